package skew

import (
	"cmp"
	"slices"
)

// A clock may be set while a trace goes on: its time service steps it, or its
// machine stood still and catches up. No one correction holds then, and no line
// does. So where evidence contradicts itself that only wrong records can
// contradict otherwise, each clock that it blames is looked at as the others see
// it: if there is a moment before which one correction explains what the others
// say of it, and after which another does, its process is two, and what is
// between them has to stand the whole estimate.

const (
	maxSteps    = 4           // in one trace
	maxSuspects = 10          // clocks that are looked at for each
	maxWatched  = 1 << 17     // spans, in all of those looks
	minSighted  = 2           // calls before and after the step that tell of it
	minStep     = millisecond // beyond what the sightings leave open
)

// A verdict is what an estimate made of the records, and what it did not believe.
type verdict struct {
	*records
	clocks *Clocks
	losses []loss
}

// withSteps tells apart what clocks were before and after they were set.
func (v verdict) withSteps() *Clocks {
	for range maxSteps {
		next, ok := v.findStep()
		if !ok {
			break
		}
		v = next
	}
	return v.clocks
}

// findStep returns the estimate with the step that explains most.
func (v verdict) findStep() (best verdict, found bool) {
	census := takeCensus(v.claims())
	least := v.doubts()
	most := doubts{losses: (least.losses - 1) / 2, inverted: least.inverted}
	if p := v.period(); p.isLong() {
		most.inverted-- // a drift that leaves nothing to explain is likelier
	}
	list := suspects(census, v.losses)
	for _, g := range list[:min(len(list), maxSuspects, 1+maxWatched/len(v.spans))] {
		split, ok := v.watch(census, g).split()
		if !ok {
			continue
		}
		clocks, losses := split.estimate()
		next := verdict{split, clocks, losses}
		if d := next.doubts(); d.losses <= most.losses && d.inverted <= most.inverted && d.compare(least) < 0 {
			best, found, least = next, true, d
		}
	}
	return best, found
}

// doubts are what an estimate leaves to be explained.
type doubts struct {
	losses   int // samples that only wrong records or clocks that change can explain
	inverted int // calls that still seem to go back in time
}

func (d doubts) compare(o doubts) int {
	return cmp.Or(cmp.Compare(d.losses, o.losses), cmp.Compare(d.inverted, o.inverted))
}

func (v verdict) doubts() doubts { return doubts{len(hardLosses(v.losses)), v.inverted(v.clocks)} }

// hardLosses returns the losses that only wrong records or clocks that change
// can explain.
func hardLosses(losses []loss) []loss {
	var hard []loss
	for _, l := range losses {
		if l.rule >= ruleOverlap {
			hard = append(hard, l)
		}
	}
	return hard
}

// suspects returns the claims to a clock that the losses blame most, the first
// of them first.
func suspects(c *census, losses []loss) []int32 {
	blame := make([]int, len(c.groups))
	for _, l := range hardLosses(losses) {
		if u, v := c.group[l.u], c.group[l.v]; u != v {
			blame[u]++
			blame[v]++
		}
	}
	var list []int32
	for g, n := range blame {
		if n > 0 {
			list = append(list, int32(g))
		}
	}
	slices.SortStableFunc(list, func(a, b int32) int { return cmp.Compare(blame[b], blame[a]) })
	return list
}

// inverted counts the effects that come before their causes by the clocks given,
// and the callees that start after their callers ended.
func (r *records) inverted(clocks *Clocks) int {
	f, g := r.family, r.grains()
	at := func(i int32) int64 { return f.facts[i].start + clocks.Span(int(i)).At(f.facts[i].start) }
	n := 0
	for i := range f.facts {
		c, p := int32(i), f.parent[i]
		if p == none || f.mute[c] || !f.facts[c].timed || !f.facts[p].timed || clocks.Span(i) == clocks.Span(int(p)) {
			continue
		}
		gap := at(c) - at(p)
		room := millisecond + g.grain[f.node[c]]
		if gap < -room || f.relation(p, c) == call && !f.facts[p].clamped && gap > f.facts[p].duration+room {
			n++
		}
	}
	return n
}
