package skew

import (
	"math"
	"slices"
	"time"
)

// split returns the records with the clock made two, if it was set: what it
// stamped afterwards is of processes of their own.
func (w *watch) split() (*records, bool) {
	c, ok := w.cut()
	if !ok {
		return nil, false
	}
	after := w.sides(&c)
	r := w.copy()
	second := r.double(w.member, " after it was set at "+time.Unix(0, w.firstOf(after)).UTC().Format("15:04:05.000"))
	for i, p := range w.spanOf {
		switch f := &r.family.facts[i]; {
		case !w.member[p]:
		case after[i]:
			r.weight[p]--
			r.weight[second[p]]++
			r.spanOf[i] = second[p]
		case w.when[i]+f.duration > c.when:
			f.clamped = true // its end is of the second clock, or of none
		}
	}
	for _, i := range c.torn {
		r.family.facts[i].timed = false
	}
	for i, p := range r.logOf {
		if p != none && w.member[p] && w.isLogAfter(int32(i), &c, after) {
			r.logOf[i] = second[p]
		}
	}
	return r, true
}

// copy returns records whose processes can be told apart without changing these.
func (r *records) copy() *records {
	o, f := *r, *r.family
	f.node, f.facts = slices.Clone(f.node), slices.Clone(f.facts)
	o.family, o.spanOf, o.logOf = &f, f.node, slices.Clone(r.logOf)
	o.processes, o.learned, o.set, o.weight = slices.Clone(r.processes), slices.Clone(r.learned), slices.Clone(r.set), slices.Clone(r.weight)
	return &o
}

// double gives each member a second process, whose clock was set, and returns
// those by the first.
func (r *records) double(member []bool, set string) []int32 {
	second := make([]int32, len(member))
	for p := range member {
		if second[p] = none; member[p] {
			second[p] = r.grow(r.processes[p])
			r.learned[second[p]], r.set[second[p]] = r.learned[p], set
		}
	}
	return second
}

// firstOf returns what the clock showed at the first of some spans.
func (w *watch) firstOf(spans []bool) int64 {
	first := int64(math.MaxInt64)
	for i, is := range spans {
		if is && w.family.facts[i].timed {
			first = min(first, w.family.facts[i].start)
		}
	}
	return first
}

// sides tells which of the clock's spans started after the cut. A span that no
// other clock saw started as long after its parent as the clock tells; if it
// seems to have started before it, the clock was set back meanwhile.
func (w *watch) sides(c *cut) []bool {
	after := make([]bool, len(w.spans))
	done := make([]bool, len(w.spans))
	var path []int32
	for i := range w.spans {
		path = path[:0]
		for at := int32(i); at != none && w.member[w.spanOf[at]] && !done[at]; at = w.family.parent[at] {
			path = append(path, at)
		}
		for _, at := range slices.Backward(path) {
			after[at], done[at] = w.side(at, c, after), true
		}
	}
	return after
}

// side is sides for one span, whose parent's side is known. It notes when the
// span started.
func (w *watch) side(i int32, c *cut, after []bool) bool {
	p, at := w.family.parent[i], w.family.facts[i].start
	within := p != none && w.member[w.spanOf[p]]
	switch {
	case within && after[p]:
		return true
	case w.when[i] != never:
		return w.when[i] >= c.when
	case within:
		w.when[i] = w.when[p] + at - w.family.facts[p].start
		return at < w.family.facts[p].start || w.when[i] >= c.when
	}
	w.when[i] = c.before.middle(at)
	return w.when[i] >= c.when
}

// middle corrects a time by the middle of an interval.
func (r reach) middle(at int64) int64 { return at + r.low/2 + r.high/2 }

// isLogAfter is side for a log of the clock.
func (w *watch) isLogAfter(i int32, c *cut, after []bool) bool {
	at, s := w.logTime(i), w.logSpan[i]
	if s == none || !w.member[w.spanOf[s]] {
		return c.before.middle(at) >= c.when
	}
	gap := at - w.family.facts[s].start
	return after[s] || gap < 0 || w.when[s]+gap >= c.when
}
