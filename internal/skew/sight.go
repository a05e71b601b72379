package skew

import (
	"cmp"
	"math"
	"slices"
)

// A sighting is what a call between a clock and another says of the clock: its
// correction at a time, as the other tells it.
type sighting struct {
	span      int32 // the record of the clock
	time      int64
	low, high int64
}

// sharp is how sure the other clocks' places are taken to be.
const sharp = millisecond / 2

// A watch is one clock as the others see it.
type watch struct {
	*records
	member []bool  // by process: whether the clock is its
	when   []int64 // by span: when it started, as others tell, or never
	seen   []sighting
}

// never stands for a time that is not known.
const never = int64(math.MinInt64)

// watch looks at the clock of one claim.
func (r *records) watch(c *census, claim int32) *watch {
	w := &watch{records: r, member: make([]bool, len(r.processes)), when: make([]int64, len(r.spans))}
	for _, p := range c.groups[claim] {
		w.member[p] = true
	}
	for i := range w.when {
		w.when[i] = never
	}
	others := r.without(w.member)
	f := r.family.facts
	w.sight(func(i int32) int64 { return f[i].start + others.Span(int(i)).At(f[i].start) })
	slices.SortFunc(w.seen, func(a, b sighting) int {
		return cmp.Or(
			cmp.Compare(a.time, b.time), cmp.Compare(f[a.span].start, f[b.span].start), cmp.Compare(f[a.span].id, f[b.span].id),
			cmp.Compare(a.low, b.low), cmp.Compare(a.high, b.high))
	})
	return w
}

// without estimates the clocks without what some processes say.
func (r *records) without(member []bool) *Clocks {
	o, f := *r, *r.family
	f.mute, f.parent = slices.Clone(f.mute), slices.Clone(f.parent)
	for i, p := range r.spanOf {
		f.mute[i] = f.mute[i] || member[p]
		if up := f.parent[i]; up != none && member[r.spanOf[up]] {
			f.parent[i] = none
		}
	}
	o.family, o.logs = &f, nil
	clocks, _ := o.estimate()
	return clocks
}

// sight takes all calls between the clock and others; at tells when a span of
// another clock started.
func (w *watch) sight(at func(int32) int64) {
	f := w.family
	calls := w.callsAcross()
	for _, c := range calls {
		if p := f.parent[c]; w.member[f.node[c]] {
			w.when[c] = at(p)
		} else if !w.isCalled(p) && (w.when[p] == never || at(c) < w.when[p]) {
			w.when[p] = at(c)
		}
	}
	for _, c := range calls {
		p := f.parent[c]
		low, high := f.apart(p, c)
		s := sighting{span: c}
		if w.member[f.node[c]] {
			d := at(p) - f.facts[p].start
			s.low, s.high = low+d, high+d
		} else {
			d := at(c) - f.facts[c].start
			s.span, s.low, s.high = p, d-high, d-low
		}
		s.time, s.low, s.high = w.when[s.span], max(s.low, -farOff)-sharp, min(s.high, farOff)+sharp
		w.seen = append(w.seen, s)
	}
}

// callsAcross returns the spans that the clock stamped and another their
// parents, or the other way round.
func (w *watch) callsAcross() []int32 {
	f := w.family
	var calls []int32
	for i := range f.facts {
		c, p := int32(i), f.parent[i]
		if p != none && !f.mute[c] && f.facts[c].timed && f.facts[p].timed && w.member[f.node[c]] != w.member[f.node[p]] {
			calls = append(calls, c)
		}
	}
	return calls
}

// isCalled reports whether a span of the clock has its parent on another.
func (w *watch) isCalled(i int32) bool {
	p := w.family.parent[i]
	return p != none && !w.member[w.family.node[p]]
}

// apart returns the interval that a child's correction lies in as a rule, less
// its parent's.
func (f *family) apart(p, c int32) (low, high int64) {
	parent, child := &f.facts[p], &f.facts[c]
	low, high = parent.start-child.start, farOff
	how, slack := f.relation(p, c), parent.duration-child.duration
	switch {
	case how == async || parent.clamped || parent.duration == 0:
	case slack >= 0 && !child.clamped:
		high = low + slack
	case how == call:
		high = low + parent.duration
	}
	return low, high
}
