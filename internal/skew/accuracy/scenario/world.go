// Package scenario makes traces of which everything is known: what each clock
// showed, and what was true. It stands for the networks, machines and
// programs on which the estimate of clocks is measured.
package scenario

import (
	"time"

	"github.com/otrace/otrace/internal/trace"
)

const (
	microsecond = int64(time.Microsecond)
	millisecond = int64(time.Millisecond)
	second      = int64(time.Second)

	// Epoch is when every trace begins, in true time.
	Epoch = int64(1_700_000_000_000_000_000)
)

// A World is how a trace is made. Shares are probabilities, times nanoseconds.
type World struct {
	Size     int // spans, about
	Hosts    int
	Services int
	Skew     int64   // standard deviation of the clocks' offsets
	Skewed   float64 // share of hosts that have one
	Async    float64 // marked: producer and consumer
	Unmarked float64 // fire and forget, marked as a call
	Tails    float64 // servers that outlive their callers
	Timeouts float64
	Lost     float64 // spans that never arrived
	WAN      int64   // extra one-way latency between hosts, up to
	PodsOnly bool    // hosts are not named
	Cloned   bool    // pairs of hosts have one ID
	Length   int64   // the trace's, when it is longer than its calls
	DriftPPM float64 // standard deviation of the clocks' drift
	Grain    int64   // how finely the clocks tell time
	NoKinds  bool
	Logging  bool
}

// Usual is the world that the scenarios are variations of.
func Usual() World {
	return World{Size: 82, Hosts: 10, Services: 25, Skewed: 1, Async: 0.15, Tails: 0.15, Grain: microsecond}
}

// A Truth is a trace as its clocks showed it and what is true of it.
type Truth struct {
	Spans   []trace.Span
	Logs    []trace.Log
	Host    []int   // each span's true host
	Start   []int64 // each span's true start
	LogHost []int
	LogTime []int64 // each log's true time
	Offset  []int64 // of each host's clock: observed = true + offset + drift
	Drift   []float64
	Begin   int64 // when the drift was 0
}

// Correction returns what has to be added to what a host's clock showed at a
// true time.
func (t *Truth) Correction(host int, at int64) int64 {
	return -t.Offset[host] - int64(float64(at-t.Begin)*t.Drift[host]/1e6)
}

// Drifts reports whether any clock does.
func (t *Truth) Drifts() bool {
	for _, d := range t.Drift {
		if d != 0 {
			return true
		}
	}
	return false
}

// Clean reports whether a host's clock is right.
func (t *Truth) Clean(host int) bool { return t.Offset[host] == 0 && t.Drift[host] == 0 }
