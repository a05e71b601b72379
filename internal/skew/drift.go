package skew

import (
	"cmp"
	"math"
	"slices"
)

// Over a long trace clocks drift apart: 50 ppm are 30 ms in ten minutes. A
// constant is then worse than doing nothing. So where the evidence of a long
// trace contradicts itself, it is cut into windows of time, short enough for
// constants, and every clock gets the line that fits its windows best.
const (
	longTrace   = 2 * second
	windowTime  = 10 * second
	maxWindows  = 64
	minWindows  = 4
	maxDriftPPM = 2000.0

	// usualDriftPPM is how fast clocks drift as a rule, and fewDriftPPM how fast
	// one is believed to that only a window or two tell of.
	usualDriftPPM = 200.0
	fewDriftPPM   = 1000.0
)

// A period is the time from the first span's start to the last one's.
type period struct{ from, to int64 }

// period returns when the trace took place.
func (r *records) period() period {
	p := period{math.MaxInt64, 0}
	for i := range r.spans {
		if s := &r.family.facts[i]; s.timed && !r.family.mute[i] {
			p.from, p.to = min(p.from, s.start), max(p.to, s.start)
		}
	}
	return p
}

// isLong reports whether drift may matter.
func (p period) isLong() bool { return p.to > p.from && p.to-p.from > longTrace }

func (p period) windows() int64 {
	return min(max((p.to-p.from)/windowTime, minWindows), maxWindows)
}

// window returns which window a time belongs to.
func (p period) window(t int64) int64 {
	n := p.windows()
	size := (p.to-p.from)/n + 1
	return min(max((t-p.from)/size, 0), n-1)
}

// A window is the evidence of a part of the trace.
type window struct {
	*witness
	first, last int64 // its spans' starts
	placer      *placer
	stamped     []bool // by clock: whether it stamped any of its spans
}

// time is the middle of what the window holds.
func (w *window) time() int64 { return w.first/2 + w.last/2 }

// estimateLong is Estimate for a long trace whose evidence contradicts one
// constant per clock.
func (r *records) estimateLong(census *census, p period) *Clocks {
	windows := r.listenByWindow(p)
	refuted := make([]bool, len(census.groups))
	for _, w := range windows {
		for g, is := range settleIdentity(w.witness, census) {
			refuted[g] = refuted[g] || is
		}
	}
	ids := census.clocks(refuted)
	if slices.Contains(refuted, true) {
		ids = reuniteOverTime(witnesses(windows), census, ids, r.weight)
	}
	stats := newTally(len(ids.claim))
	if p := r.steady(ids, stats); p != nil {
		return r.placed(census, ids, p, stats)
	}
	weight := ids.weigh(r.weight)
	for _, w := range windows {
		w.placer = w.newPlacer(ids, stats, weight)
		w.stamped = make([]bool, len(weight))
	}
	for i := range r.spans {
		if s := &r.family.facts[i]; s.timed && !r.family.mute[i] {
			windows[p.window(s.start)].stamped[ids.of[r.spanOf[i]]] = true
		}
	}
	places := placeLines(windows, weight, r.mode)
	return r.assemble(census, ids, places, stats)
}

// steady returns what places the clocks if, now that those who share no machine
// are told apart, constants do explain what only wrong records contradict
// otherwise; else nil.
func (r *records) steady(ids *identity, stats *tally) *placer {
	if ids.plain {
		return nil // then nobody has been told apart
	}
	w := r.listen()
	table := fold(w, ids, newTally(len(ids.claim)))
	table.sort()
	newSolver(table, len(ids.claim), 0).settle()
	if table.lostHard() {
		return nil
	}
	return w.newPlacer(ids, stats, ids.weigh(r.weight))
}

// witnesses returns who heard the evidence, window by window.
func witnesses(windows []*window) []*witness {
	list := make([]*witness, len(windows))
	for i, w := range windows {
		list[i] = w.witness
	}
	return list
}

// listenByWindow takes all evidence, each window's apart.
func (r *records) listenByWindow(p period) []*window {
	g := r.grains()
	windows := make([]*window, p.windows())
	for i := range windows {
		windows[i] = &window{witness: newWitness(r.family, g, maxDense/maxWindows), first: math.MaxInt64}
	}
	for i := range r.spans {
		s := &r.family.facts[i]
		if !s.timed || r.family.mute[i] {
			continue
		}
		w := windows[p.window(s.start)]
		w.hearSpan(int32(i))
		w.first, w.last = min(w.first, s.start), max(w.last, s.start)
	}
	for i := range r.logs {
		if t := r.logTime(int32(i)); t > 0 {
			windows[p.window(t)].hearLog(r, int32(i))
		}
	}
	return windows
}

// placeLines gives each clock a line through its windows: the clock that most
// windows bound first. Each one that is placed bounds others, which may have no
// evidence in common with the reference.
func placeLines(windows []*window, weight []int, mode Mode) []place {
	places := make([]place, len(weight))
	open := make([]int32, len(weight))
	for i := range open {
		places[i].isolated = true
		open[i] = int32(i)
	}
	slices.SortStableFunc(open, func(a, b int32) int { return cmp.Compare(weight[b], weight[a]) })
	ref := referenceOverTime(windows, open)
	measureOverTime(windows, ref, open)
	tieOverTime(windows, open)
	places[ref] = place{reference: true}
	open = slices.DeleteFunc(open, func(c int32) bool { return c == ref })
	for len(open) > 0 {
		at, known := bestKnown(windows, open)
		if known == 0 {
			break
		}
		c := open[at]
		open = slices.Delete(open, at, at+1)
		places[c] = fitLine(pointsOf(windows, c), mode)
		if !places[c].isolated {
			fixOverTime(windows, c, places[c])
		}
	}
	return places
}

// bestKnown returns which clock most windows bound, and how many do.
func bestKnown(windows []*window, clocks []int32) (at, known int) {
	for i, c := range clocks {
		n := 0
		for _, w := range windows {
			if w.placer.bounded(c) {
				n++
			}
		}
		if n > known {
			at, known = i, n
		}
	}
	return at, known
}

// referenceOverTime chooses the clock that leaves most others in place in all
// windows, if that is a majority, or else the one that says most about them.
func referenceOverTime(windows []*window, bySize []int32) int32 {
	ref, bestStay, bestKnown := bySize[0], -1, -1
	for _, c := range bySize[:min(len(bySize), 16)] {
		measureOverTime(windows, c, bySize)
		stay, known := 0, 0
		for _, other := range bySize {
			points := pointsOf(windows, other)
			n := 0
			for i := range points {
				if points[i].bounded() {
					n++
				}
			}
			if known += n; n > 0 && staysPut(points) {
				stay++
			}
		}
		if 2*stay < len(bySize) {
			stay = 0 // drift is everywhere: none is righter than others
		}
		if stay > bestStay || stay == bestStay && known > bestKnown {
			ref, bestStay, bestKnown = c, stay, known
		}
	}
	return ref
}

// measureOverTime finds all intervals relative to ref, window by window.
func measureOverTime(windows []*window, ref int32, all []int32) {
	for _, w := range windows {
		w.placer.measureFrom(ref, all)
	}
}

// fixOverTime puts a clock on its line, as far as each window allows.
func fixOverTime(windows []*window, c int32, at place) {
	l := line{at.pivot, float64(at.offset), at.ppm}
	for _, w := range windows {
		x := int64(math.Round(l.at(w.time())))
		w.placer.fix(c, min(max(x, w.placer.low[c]), w.placer.high[c]))
	}
}

// pointsOf returns a clock's intervals in the windows that tell any.
func pointsOf(windows []*window, c int32) []point {
	var points []point
	for _, w := range windows {
		if low, high := w.placer.low[c], w.placer.high[c]; w.stamped[c] || low > -farOff || high < farOff {
			points = append(points, point{w.time(), low, high, w.stamped[c]})
		}
	}
	return points
}
