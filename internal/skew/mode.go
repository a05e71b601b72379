package skew

import (
	"fmt"

	"github.com/otrace/otrace/internal/trace"
)

// A Mode says where within its interval a clock is put.
type Mode uint8

// The modes.
const (
	Auto Mode = iota // where it stands, if the evidence allows that
	Mid              // in the middle, always: no clock but the reference is taken for right
	Off              // where it stands, always
)

var modeNames = [...]string{"auto", "mid", "off"}

// String returns "auto", "mid" or "off".
func (m Mode) String() string { return modeNames[m] }

// ParseMode reads a mode's name.
func ParseMode(name string) (Mode, error) {
	for m, known := range modeNames {
		if name == known {
			return Mode(m), nil
		}
	}
	return Auto, fmt.Errorf("%q is none of auto, mid, off", name)
}

// Estimate is Estimate with the clocks put as the mode says.
func (m Mode) Estimate(spans []trace.Span, logs []trace.Log) *Clocks {
	r := number(spans, logs, m, nil)
	if m == Off {
		return r.uncorrected()
	}
	clocks, losses := r.estimate()
	if contested := r.contested(losses); len(contested) > 0 {
		r = number(spans, logs, m, contested)
		clocks, losses = r.estimate()
	}
	if len(hardLosses(losses)) == 0 {
		return clocks
	}
	return verdict{r, clocks, losses}.withSteps()
}
