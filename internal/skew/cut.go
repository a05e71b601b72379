package skew

// A cut is where a clock's sightings fall apart.
type cut struct {
	when          int64   // between the last before and the first after, as others tell the time
	before, after reach   // what corrections explain the sightings
	torn          []int32 // spans that neither explains
}

// cut finds where two corrections explain more sightings than one does anywhere.
func (w *watch) cut() (cut, bool) {
	n := len(w.seen)
	if n < 2*minSighted {
		return cut{}, false
	}
	before, after := w.explained()
	at, best := 0, 0
	for i := minSighted; i <= n-minSighted; i++ {
		gap, both := w.gap(i), before[i]+after[i]
		if gap > 0 && (both > best || both == best && gap > w.gap(at)) {
			at, best = i, both
		}
	}
	if at == 0 || w.spansSeen(0, at) < minSighted || w.spansSeen(at, n) < minSighted {
		return cut{}, false
	}
	c := cut{when: w.seen[at-1].time + w.gap(at)/2, before: deepest(w.seen[:at]), after: deepest(w.seen[at:])}
	gain, missed := best-before[n], n-best
	c.torn = w.torn(at, &c)
	return c, gain >= minSighted && 2*gain > missed && c.step() >= w.leastStep()
}

// explained returns how many of the sightings before each, and how many from it
// on, one correction explains.
func (w *watch) explained() (before, after []int) {
	n := len(w.seen)
	forth, back := newDepth(w.seen), newDepth(w.seen)
	before, after = make([]int, n+1), make([]int, n+1)
	for i := range n {
		before[i+1] = forth.add(&w.seen[i])
		after[n-1-i] = back.add(&w.seen[n-1-i])
	}
	return before, after
}

// spansSeen counts the spans of some sightings: one that lies is no step,
// however many tell of it. Sightings of one span stand side by side.
func (w *watch) spansSeen(from, to int) int {
	n := 0
	for i := from; i < to; i++ {
		if i == from || w.seen[i].span != w.seen[i-1].span {
			n++
		}
	}
	return n
}

// step is by how much the clock was set at least.
func (c *cut) step() int64 {
	return max(c.after.low-c.before.high, c.before.low-c.after.high)
}

// leastStep is what a step must be more than: over a long time a clock drifts
// as far.
func (w *watch) leastStep() int64 {
	p := w.period()
	if !p.isLong() {
		return minStep
	}
	return max(minStep, driftOver(p.to-p.from, usualDriftPPM))
}

// torn returns the spans next to the cut that fit neither side: a machine that
// stands still stamps them while its clock falls behind.
func (w *watch) torn(at int, c *cut) []int32 {
	var spans []int32
	for i := at - 1; i >= 0 && !w.seen[i].fits(&c.before); i-- {
		spans = append(spans, w.seen[i].span)
	}
	for i := at; i < len(w.seen) && !w.seen[i].fits(&c.after); i++ {
		spans = append(spans, w.seen[i].span)
	}
	return spans
}

// fits reports whether a correction explains the sighting.
func (s *sighting) fits(r *reach) bool { return s.low <= r.high && s.high >= r.low }

// gap is how much time lies between a sighting and the one before.
func (w *watch) gap(i int) int64 { return w.seen[i].time - w.seen[i-1].time }
