package skew

import (
	"cmp"
	"slices"
)

// delays are how long messages usually take from clock to clock, in
// nanoseconds. They are assumptions: they choose points of intervals, and never
// decide whether a clock is touched.
type delays struct {
	width int64 // how wide intervals usually are: a call's way there and back
	wait  int64 // how long messages take that nobody answers: they lie in queues
}

// wideInterval is the least width, in nanoseconds, that may be out of the
// ordinary: two ways of 20 ms over a wide area network are not.
const wideInterval = 40 * millisecond

// fewDelays is how many delays are too few to tell what is usual.
const fewDelays = 3

// point chooses from an interval without 0: between the ends as the usual
// delays are long, or as far from the only end as one takes.
//
// An interval far wider than usual holds a delay out of the ordinary, one way
// or the other. What is usual then says nothing; the end that moves the clock
// least, and leaves room for a usual delay, is right more often than not. Unless
// many calls agree that delays are long: then both ways are, each as much as its
// delays spread.
func (p *placer) point(c int32) int64 {
	low, high, usual := p.low[c], p.high[c], p.delays.width
	switch {
	case p.mode == Mid && p.bounded(c):
		return p.middle(c)
	case low <= -farOff:
		return min(high-p.delayBefore(c), 0)
	case high >= farOff:
		return max(low+p.delayAfter(c), 0)
	case p.width(c) <= 4*usual:
		return p.middle(c)
	case p.width(c) <= wideInterval:
		return low + divide(high-low, p.delayAfter(c), p.delayBefore(c))
	}
	if first, second := p.spreadAfter(c), p.spreadBefore(c); first > 0 && second > 0 {
		return low + divide(high-low, first, second)
	}
	if low > 0 {
		return low + usual/2
	}
	return high - usual/2
}

func (p *placer) middle(c int32) int64 { return p.low[c] + p.width(c)/2 }

// divide returns the first part of a width that is divided as two delays are
// long, or half of it where they are not known.
func divide(width, first, second int64) int64 {
	if first == second || first+second <= 0 {
		return width / 2
	}
	return int64(float64(width) * float64(first) / float64(first+second))
}

// delayAfter returns how long the message usually takes that makes the low end
// of a clock's interval.
func (p *placer) delayAfter(c int32) int64 {
	for i := range p.above[c] {
		if b := &p.above[c][i]; p.low[b.u] > -farOff && p.low[b.u]-b.w == p.low[c] && p.isMessage(b) {
			return p.delays.wait
		}
	}
	return p.delays.width / 2
}

// delayBefore is the same for the high end.
func (p *placer) delayBefore(c int32) int64 {
	for i := range p.below[c] {
		if b := &p.below[c][i]; p.high[b.v] < farOff && p.high[b.v]+b.w == p.high[c] && p.isMessage(b) {
			return p.delays.wait
		}
	}
	return p.delays.width / 2
}

// isMessage reports whether a bound comes from messages that nobody answers: an
// answer would bound the two clocks the other way, if not as hard.
func (p *placer) isMessage(b *bound) bool {
	if !b.hard() {
		return false
	}
	back := p.above[b.u] // by u
	at, _ := slices.BinarySearchFunc(back, b.v, func(a bound, v int32) int { return cmp.Compare(a.u, v) })
	for ; at < len(back) && back[at].u == b.v; at++ {
		if !back[at].hard() {
			return false
		}
	}
	return true
}

// usualWidth returns the median width of the intervals relative to ref.
func (p *placer) usualWidth(ref int32, members []int32) int64 {
	var widths []int64
	for _, c := range members {
		if c != ref && p.bounded(c) {
			widths = append(widths, p.width(c))
		}
	}
	if len(widths) < fewDelays {
		return 0
	}
	return median(widths)
}

// needsWait reports whether a clock's point may depend on how long messages
// wait. Intervals only get narrower.
func (p *placer) needsWait(c int32) bool {
	return !p.bounded(c) || p.width(c) > 4*p.delays.width && p.width(c) <= wideInterval
}

// usualWait returns how long messages took, in the median, between clocks that
// are known well by now. Where too few tell, it is as long as a call's.
func (p *placer) usualWait(members []int32) int64 {
	var waits []int64
	for _, c := range members {
		waits = p.waitsFor(waits, c, 2*p.delays.width)
	}
	if len(waits) < fewDelays {
		return p.delays.width / 2
	}
	return min(median(waits), wideInterval/2)
}

// waitsFor adds how long messages took that a clock got from others, as far as
// the intervals of both are narrow.
func (p *placer) waitsFor(waits []int64, c int32, narrow int64) []int64 {
	known := func(c int32) bool { return p.bounded(c) && p.width(c) <= narrow }
	if !known(c) {
		return waits
	}
	for i := range p.above[c] {
		if b := &p.above[c][i]; known(b.u) && p.isMessage(b) {
			waits = append(waits, max(b.w+p.middle(c)-p.middle(b.u), 0))
		}
	}
	return waits
}

func median(values []int64) int64 {
	slices.Sort(values)
	return values[len(values)/2]
}
