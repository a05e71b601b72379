package skew

import "math"

// relations tell what the evidence says of any two clocks, not just of each
// one and its reference.
type relations struct {
	placer *placer
	from   [][]reach // by clock: the intervals of all clocks, measured from it
	effort int
}

// A reach is what another clock's correction may be, where this one's is 0.
type reach struct{ low, high int64 }

// maxEffort bounds the work of measuring, in bounds visited: beyond, the
// intervals relative to the reference have to do, which are wider.
const maxEffort = 1 << 21

// Ordered reports whether the evidence decides that a moment of one clock was
// not after a moment of the other, both as observed. On one clock their times
// do, and in mode Off all are one, even those that are not known, which are nil.
// It must not be called by two goroutines at once.
func (c *Clocks) Ordered(a *Clock, at int64, b *Clock, bt int64) bool {
	switch {
	case c.mode == Off || a != nil && a == b:
		return at <= bt
	case a == nil || b == nil || a.Status == Unknown || b.Status == Unknown || a.Component != b.Component:
		return false
	}
	gap := saturatingSub(addSaturating(bt, b.At(bt)-b.Offset), addSaturating(at, a.At(at)-a.Offset))
	if low := apart(a, b); low != math.MinInt64 && addSaturating(gap, low) >= 0 {
		return true
	}
	if c.relate == nil {
		return false
	}
	low := c.relate.lowest(a.number, b.number)
	return low != math.MinInt64 && addSaturating(gap, low) >= 0
}

// apart returns the least that b's correction exceeds a's by, as far as their
// bounds relative to the reference tell.
func apart(a, b *Clock) int64 {
	if b.Low == UnboundedBack || a.High == Unbounded {
		return math.MinInt64
	}
	return saturatingSub(b.Low, a.High)
}

// lowest is apart, exactly, while there is effort left.
func (r *relations) lowest(a, b int32) int64 {
	if r.from == nil {
		r.from = make([][]reach, len(r.placer.weight))
	}
	if r.from[a] == nil {
		if r.effort > maxEffort {
			return math.MinInt64
		}
		r.from[a] = r.measure(a)
	}
	low, _ := outward(r.from[a][b].low, r.from[a][b].high)
	return low
}

// measure finds the intervals of all clocks relative to one.
func (r *relations) measure(a int32) []reach {
	p := r.placer
	var members []int32
	for i, of := range p.component {
		if of == p.component[a] {
			members = append(members, int32(i))
		}
	}
	p.hardOnly = false
	p.measureFrom(a, members)
	list := make([]reach, len(p.low))
	for _, i := range members {
		list[i] = reach{p.low[i], p.high[i]}
		r.effort += 1 + len(p.above[i]) + len(p.below[i])
	}
	return list
}

func saturatingSub(a, b int64) int64 {
	if b == math.MinInt64 {
		return addSaturating(addSaturating(a, math.MaxInt64), 1)
	}
	return addSaturating(a, -b)
}
