package skew

import (
	"cmp"
	"math"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A bound is an arc of the solved system: x[u] − x[v] ≤ w.
type bound struct {
	u, v int32
	rule rule
	w    int64
	span trace.SpanID // of the sample that says so
}

func (b *bound) hard() bool { return b.rule.hard() }

// A placer turns consistent bounds into intervals and points.
type placer struct {
	weight    []int     // how many spans each clock stamped
	above     [][]bound // by v: raising none, lowering high[u]
	below     [][]bound // by u: raising low[v]
	component []int32
	low, high []int64
	queue     []int32
	queued    []bool
	hardOnly  bool
	delays    delays // of the component at hand
	spreads   []spread
	mode      Mode
	unsure    bool // no bound is beyond doubt
}

// A place is what was found for one clock.
type place struct {
	offset              int64
	low, high           int64
	hardLow, hardHigh   int64
	component           int32
	reference, isolated bool
	lowBy, highBy       proof
	ppm                 float64 // drift, with the time at which offset holds
	pivot               int64
}

func newPlacer(bounds []bound, spreads []spread, weight []int) *placer {
	n := len(weight)
	p := &placer{
		weight:  weight,
		above:   groupBounds(bounds, n, func(b *bound) int32 { return b.v }),
		below:   groupBounds(bounds, n, func(b *bound) int32 { return b.u }),
		low:     make([]int64, n),
		high:    make([]int64, n),
		queued:  make([]bool, n),
		spreads: spreads,
	}
	p.component = p.findComponents()
	return p
}

func groupBounds(bounds []bound, n int, key func(*bound) int32) [][]bound {
	sorted := make([]bound, len(bounds))
	countingSort(sorted, bounds, n, key)
	groups := make([][]bound, n)
	for from := 0; from < len(sorted); {
		k, to := key(&sorted[from]), from+1
		for to < len(sorted) && key(&sorted[to]) == k {
			to++
		}
		groups[k] = sorted[from:to]
		from = to
	}
	return groups
}

// findComponents numbers the sets of clocks that evidence connects.
func (p *placer) findComponents() []int32 {
	of := make([]int32, len(p.weight))
	n := int32(0)
	for i := range of {
		if of[i] != 0 {
			continue
		}
		n++
		of[i] = n
		for stack := []int32{int32(i)}; len(stack) > 0; {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			for _, b := range p.above[at] {
				if of[b.u] == 0 {
					of[b.u] = n
					stack = append(stack, b.u)
				}
			}
			for _, b := range p.below[at] {
				if of[b.v] == 0 {
					of[b.v] = n
					stack = append(stack, b.v)
				}
			}
		}
	}
	return of
}

// place finds every clock's interval and point.
func (p *placer) place() []place {
	places := make([]place, len(p.weight))
	for n, members := range p.byComponent() {
		for _, c := range members {
			places[c].component = int32(n)
		}
		p.placeComponent(members, places)
	}
	return places
}

// byComponent returns the components' clocks, the component with most spans
// first, and within each the clock with most spans first.
func (p *placer) byComponent() [][]int32 {
	order := make([]int32, len(p.weight))
	total := make([]int, len(p.weight)+1)
	for i := range order {
		order[i] = int32(i)
		total[p.component[i]] += p.weight[i]
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		ca, cb := p.component[a], p.component[b]
		return cmp.Or(
			cmp.Compare(total[cb], total[ca]),
			cmp.Compare(ca, cb),
			cmp.Compare(p.weight[b], p.weight[a]),
		)
	})
	var groups [][]int32
	for i, c := range order {
		if i == 0 || p.component[order[i-1]] != p.component[c] {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], c)
	}
	return groups
}

func (p *placer) placeComponent(members []int32, places []place) {
	ref := p.chooseReference(members)
	p.hardOnly = true
	p.measureFrom(ref, members)
	for _, c := range members {
		places[c].hardLow, places[c].hardHigh = outward(p.low[c], p.high[c])
		if p.unsure {
			places[c].hardLow, places[c].hardHigh = math.MinInt64, math.MaxInt64
		}
	}
	p.hardOnly = false
	p.measureFrom(ref, members)
	for _, c := range members {
		places[c].low, places[c].high = outward(p.low[c], p.high[c])
	}
	p.prove(ref, members, places)
	p.delays = delays{width: p.usualWidth(ref, members)}
	places[ref].reference = len(members) > 1
	places[ref].isolated = len(members) == 1
	p.fixAll(members, places)
	for _, c := range members {
		places[c].offset = p.low[c]
	}
}

// outward writes bounds as the outside knows them.
func outward(low, high int64) (int64, int64) {
	if low <= -farOff {
		low = math.MinInt64
	}
	if high >= farOff {
		high = math.MaxInt64
	}
	return low, high
}

// maxTrials bounds the effort of choosing a reference, in bounds visited.
const maxTrials = 1 << 18

// chooseReference returns the clock against which the most clocks may stay put
// together: clocks go wrong one by one, so the fewest wrong ones explain the
// evidence best. Among equals the one that leaves the most spans in place, then
// the one with most spans, which stands first, wins.
func (p *placer) chooseReference(members []int32) int32 {
	bounds := 0
	for _, c := range members {
		bounds += len(p.above[c]) + len(p.below[c])
	}
	trials := min(len(members), max(4, maxTrials/(bounds+len(members))))
	best, most, mostSpans := members[0], 0, 0
	for _, c := range members[:trials] {
		p.measureFrom(c, members)
		clocks, spans := p.fixAtZero(members)
		if clocks > most || clocks == most && spans > mostSpans {
			best, most, mostSpans = c, clocks, spans
		}
		if clocks == len(members) {
			break
		}
	}
	return best
}

// fixAtZero puts every clock at 0 that may stay there, the ones with most spans
// before others, and returns how many did, and their spans.
func (p *placer) fixAtZero(members []int32) (clocks, spans int) {
	for _, c := range members {
		if p.mayStay(c) {
			p.fix(c, 0)
			clocks++
			spans += p.weight[c]
		}
	}
	return clocks, spans
}

func (p *placer) mayStay(c int32) bool { return p.low[c] <= 0 && p.high[c] >= 0 }

// fixAll puts every clock at a point: those that may stay put first, the ones
// with most spans before others; then those known best.
//
// A clock that the reference does not bound at all may still be bound by
// clocks placed before it. Then those bounds are all that can be said of it.
func (p *placer) fixAll(members []int32, places []place) {
	if p.mode == Auto {
		p.fixAtZero(members)
	}
	var open []int32
	for _, c := range members {
		if p.low[c] < p.high[c] || !p.mayStay(c) {
			open = append(open, c)
		}
	}
	if slices.ContainsFunc(open, p.needsWait) {
		p.delays.wait = p.usualWait(members)
	}
	for len(open) > 0 {
		at := 0
		for i := range open {
			if p.width(open[i]) < p.width(open[at]) {
				at = i
			}
		}
		c := open[at]
		open = slices.Delete(open, at, at+1)
		if q := &places[c]; q.low == math.MinInt64 && q.high == math.MaxInt64 {
			q.low, q.high = outward(p.low[c], p.high[c])
		}
		p.fix(c, p.point(c))
	}
}

// bounded reports whether a clock's interval has both ends.
func (p *placer) bounded(c int32) bool { return p.low[c] > -farOff && p.high[c] < farOff }

func (p *placer) width(c int32) int64 { return p.high[c] - p.low[c] } // at most 2·farOff − 2, no overflow
