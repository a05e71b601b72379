package triage

import "github.com/otrace/otrace/internal/trace"

// A Calendar cuts time into slots: the baseline's slices, the oldest first, and
// then the window's own, finer ones. The baseline ends where the window begins.
type Calendar struct {
	Window   trace.Window // closed on both sides
	Slots    int          // of the window, at least 1
	Baseline trace.Window // zero when there is none
	Slices   int          // of the baseline, each as long as the window where that is possible
}

// Edges are the slots' limits: slot i lies from edge i to before edge i+1.
// There are Slices+Slots+1.
func (c *Calendar) Edges() []int64 {
	edges := make([]int64, 0, c.Slices+c.Slots+1)
	edges = cut(edges, c.Baseline.From, c.Window.From, c.Slices)
	edges = cut(edges, c.Window.From, c.Window.Until, c.Slots)
	return append(edges, c.Window.Until+1)
}

// cut appends where n equal parts of a stretch begin.
func cut(edges []int64, from, until int64, n int) []int64 {
	for i := range n {
		edges = append(edges, from+int64(float64(until-from)/float64(n)*float64(i)))
	}
	return edges
}

// Slot is the slot of a moment. What lies before the first counts for it, and
// what lies behind the last for that: clocks that are off stamp such times.
func (c *Calendar) Slot(t int64) int {
	if c.Slices > 0 && t < c.Window.From {
		return within(t, c.Baseline.From, c.Window.From, c.Slices)
	}
	return c.Slices + within(t, c.Window.From, c.Window.Until+1, c.Slots)
}

// within is the part of a stretch of n that a moment lies in.
func within(t, from, until int64, n int) int {
	i := int(float64(t-from) / float64(until-from) * float64(n))
	return min(max(i, 0), n-1)
}

// inSlices is the window's length in slices of the baseline.
func (c *Calendar) inSlices() float64 {
	if c.Slices == 0 {
		return 1
	}
	slice := float64(c.Window.From-c.Baseline.From) / float64(c.Slices)
	return float64(c.Window.Until+1-c.Window.From) / max(slice, 1)
}
