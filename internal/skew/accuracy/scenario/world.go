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
	Size      int // spans, about
	Hosts     int
	Services  int
	Skew      int64   // standard deviation of the clocks' offsets
	Skewed    float64 // share of hosts that have one, and drift
	Async     float64 // marked: producer and consumer
	Unmarked  float64 // fire and forget, marked as a call
	Tails     float64 // servers that outlive their callers
	Timeouts  float64
	Lost      float64 // spans that never arrived
	HeavyTail bool    // some latencies are enormous
	Slow      int64   // what requests take longer than answers, up to
	WAN       int64   // extra one-way latency between hosts, up to
	PodsOnly  bool    // hosts are not named
	Cloned    bool    // pairs of hosts have one ID
	Length    int64   // the trace's, when it is longer than its calls
	DriftPPM  float64 // standard deviation of those clocks' drift
	Grain     int64   // how finely the clocks tell time
	NoKinds   bool
	Logging   bool

	Setup func(*builder) // changes machines and clocks before the first call
	Shape func(*builder) // makes calls of another kind
	After func(*builder) // changes what was seen
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
	Faults  []Fault
}

// Correction returns what has to be added to what a host's clock showed at a
// true time.
func (t *Truth) Correction(host int, at int64) int64 {
	return -t.Offset[host] - int64(float64(at-t.Begin)*t.Drift[host]/1e6) - t.faults(host, at)
}

// Drifts reports whether any clock does, or fails.
func (t *Truth) Drifts() bool {
	if len(t.Faults) > 0 {
		return true
	}
	for _, d := range t.Drift {
		if d != 0 {
			return true
		}
	}
	return false
}

// Clean reports whether a host's clock is right.
func (t *Truth) Clean(host int) bool {
	return t.Offset[host] == 0 && t.Drift[host] == 0 && !t.fails(host)
}
