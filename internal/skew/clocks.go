package skew

import (
	"math"
	"slices"
)

// Status says how sure a clock's offset is.
type Status uint8

// What can be known of a clock, relative to its component's reference.
const (
	Unknown   Status = iota // nothing bounds it: never shifted
	Reference               // the clock that the others are measured against
	Proven                  // bounded on both sides
	OneSided                // bounded on one side only
)

// String returns "reference", "proven", "one-sided" or "unknown".
func (s Status) String() string {
	switch s {
	case Reference:
		return "reference"
	case Proven:
		return "proven"
	case OneSided:
		return "one-sided"
	}
	return "unknown"
}

// The ends of an interval that nothing bounds.
const (
	Unbounded     = math.MaxInt64 // a High without a bound
	UnboundedBack = math.MinInt64 // a Low without a bound
)

// maxIgnored bounds Clock.IgnoredSamples.
const maxIgnored = 16

// A Clock is one machine's clock: what has to be added to its times, and how
// sure that is. Offset lies within [Low, High] unless the clock drifts, and is
// exactly 0 when the evidence allows that.
type Clock struct {
	Name   string
	Offset int64 // nanoseconds to add to its times; under drift, at the middle of the trace
	// Low and High bound the offset in nanoseconds, relative to the reference
	// of the clock's component.
	Low, High int64
	// HardLow and HardHigh are the same by start rules alone: an effect never
	// precedes its cause. They are at least as wide.
	HardLow, HardHigh int64
	HardBounds        bool // Low and High are made by start rules alone
	LowBy, HighBy     Proof
	Status            Status
	Samples           int       // pairs of records that bear upon this clock
	Evidence          []Count   // the same by rule, the most trusted first
	Ignored           int       // samples that were not believed
	IgnoredSamples    []Ignored // the first few of them, ascending by span
	Spans, Logs       int       // how many it stamped
	Refuted           bool      // it claims a machine that others, of another clock, claim too
	Component         int       // clocks of different components cannot be compared; 0 is the largest
	DriftPPM          float64   // nanoseconds gained per millisecond on the reference; 0 when not known
	Pooled            int       // how many traces the evidence is from, where it is from several

	pivot  int64 // the time at which Offset holds exactly
	number int32 // among the estimate's clocks
}

// At returns what to add to the time t of this clock, in nanoseconds. The sum
// never overflows.
func (c *Clock) At(t int64) int64 {
	offset := c.Offset
	if c.DriftPPM != 0 {
		offset = addSaturating(offset, int64(math.Round((float64(t)-float64(c.pivot))*c.DriftPPM/1e6)))
	}
	switch {
	case offset > 0 && t > math.MaxInt64-offset:
		return math.MaxInt64 - t
	case offset < 0 && t < math.MinInt64-offset:
		return math.MinInt64 - t
	}
	return offset
}

func addSaturating(a, b int64) int64 {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}

// Clocks are the clocks of one trace, and which of them stamped each record.
type Clocks struct {
	clocks []Clock // by name
	spans  []int32 // the clock of each span
	logs   []int32 // the clock of each log, or none
	zones  []Zone
	zone   []int32 // the zone of each log, or none; nil where there are no zones

	mode   Mode
	relate *relations
}

// none stands for the absence of an index.
const none int32 = -1

// All returns the clocks sorted by name, whatever order the records came in.
func (c *Clocks) All() []Clock { return slices.Clone(c.clocks) }

// Mode returns how the clocks were put within their intervals.
func (c *Clocks) Mode() Mode { return c.mode }

// Span returns the clock that stamped spans[i]. It is never nil.
func (c *Clocks) Span(i int) *Clock { return &c.clocks[c.spans[i]] }

// Log returns the clock that stamped logs[i], or nil when that is not known:
// such a log must not be shifted.
func (c *Clocks) Log(i int) *Clock {
	if c.logs[i] == none {
		return nil
	}
	return &c.clocks[c.logs[i]]
}
