package skew

import (
	"math"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// Estimate finds, for each clock, the interval its offset must lie in and the
// point chosen. The result does not depend on the order of the records.
func Estimate(spans []trace.Span, logs []trace.Log) *Clocks { return Auto.Estimate(spans, logs) }

// estimate is Estimate for numbered records. It returns what evidence was
// found to be wrong, too, between processes.
func (r *records) estimate() (*Clocks, []loss) {
	census := takeCensus(r.claims())
	w := r.listen()
	refuted := settleIdentity(w, census)
	ids := census.clocks(refuted)
	if slices.Contains(refuted, true) {
		ids = reunite(w, census, ids, r.weight)
	}
	stats := newTally(len(ids.claim))
	p := w.newPlacer(ids, stats, ids.weigh(r.weight))
	if w.edges.lostHard() || slices.Contains(refuted, true) {
		if long := r.period(); long.isLong() {
			return r.estimateLong(census, long), w.edges.losses
		}
	}
	return r.placed(census, ids, p, stats), w.edges.losses
}

// placed puts the clocks where the placer says.
func (r *records) placed(census *census, ids *identity, p *placer, stats *tally) *Clocks {
	p.mode, p.unsure = r.mode, p.unsure || r.wasSet()
	clocks := r.assemble(census, ids, p.place(), stats)
	clocks.relate = &relations{placer: p}
	return clocks
}

// settleIdentity makes the better evidence consistent, and returns which
// claims to share a clock it refutes. What yielded to a claim before that was
// refuted is heard again.
func settleIdentity(w *witness, c *census) []bool {
	refuted := make([]bool, len(c.groups))
	if c.machines() == 0 {
		return refuted
	}
	w.edges.sort()
	before := slices.Clone(w.edges.edges)
	for hearing := range maxHearings {
		s := newSolver(w.edges, len(c.claims)+c.machines(), len(c.groups))
		c.tie(s, refuted)
		s.settle()
		fresh := false
		for g, is := range s.refuted {
			fresh = fresh || is
			refuted[g] = refuted[g] || is
		}
		if !fresh || hearing == maxHearings-1 {
			break
		}
		copy(w.edges.edges, before)
		w.edges.losses = nil
	}
	return refuted
}

// maxHearings bounds how often evidence is heard again.
const maxHearings = 4

// uncorrected names every clock and moves none.
func (r *records) uncorrected() *Clocks {
	census := takeCensus(r.claims())
	ids := census.clocks(make([]bool, len(census.groups)))
	places := make([]place, len(ids.claim))
	for i := range places {
		places[i].isolated = true
	}
	return r.assemble(census, ids, places, newTally(len(places)))
}

// listen takes all records' evidence.
func (r *records) listen() *witness {
	w := newWitness(r.family, r.grains(), maxDense)
	w.hearSpans()
	for i := range r.logs {
		w.hearLog(r, int32(i))
	}
	return w
}

func (r *records) grains() grains {
	return grains{measureGrain(r.family, len(r.processes)), r.measureLogGrain()}
}

// fold brings what is left of the evidence between processes to their clocks,
// and counts it. Where no two processes share a clock it is there already.
func fold(w *witness, ids *identity, stats *tally) *edgeTable {
	w.edges.sort()
	if ids.plain {
		for i := range w.edges.edges {
			e := &w.edges.edges[i]
			stats.count(e.u, e.v, e.rule, int(e.count))
		}
		return w.edges
	}
	table := newEdgeTable(len(ids.claim), maxDense)
	table.expect(len(w.edges.edges))
	for i := range w.edges.edges {
		e := &w.edges.edges[i]
		u, v := ids.of[e.u], ids.of[e.v]
		if u == v {
			continue
		}
		stats.count(u, v, e.rule, int(e.count))
		if e.first != none {
			table.add(u, v, e.rule, e.tightest, w.edges.samples[e.first].span)
		}
	}
	countLosses(w.edges.losses, ids.of, stats)
	table.sort()
	return table
}

func countLosses(losses []loss, of []int32, stats *tally) {
	for _, l := range losses {
		if u, v := of[l.u], of[l.v]; u != v {
			stats.ignore(u, v, lost{l.span, l.rule, false})
		}
	}
}

// withinClocks brings soft samples to clocks.
func withinClocks(soft []softSample, ids *identity) []softSample {
	kept := soft[:0]
	for _, s := range soft {
		s.u, s.v = ids.of[s.u], ids.of[s.v]
		if s.u != s.v {
			kept = append(kept, s)
		}
	}
	return kept
}

// resolve brings the evidence to the clocks, makes all of it consistent and
// returns what is left, and how much the calls' delays spread. Where an effect
// seemed to precede its cause it is unsure: no bound is beyond doubt.
func resolve(w *witness, ids *identity, stats *tally) (bounds []bound, spreads []spread, unsure bool) {
	table := fold(w, ids, stats)
	spreads = judgeSoft(table, withinClocks(w.soft, ids), len(ids.claim), stats)
	table.sort()
	s := newSolver(table, table.nodes, 0)
	s.settle()
	for _, l := range table.losses {
		stats.ignore(l.u, l.v, lost{l.span, l.rule, false})
	}
	return s.bounds(), spreads, table.lostHardest() || w.edges.lostHardest()
}

// bounds returns what is left of the evidence, without what says less than
// better evidence between the same two clocks. The arcs are in order.
func (s *solver) bounds() []bound {
	bounds := make([]bound, 0, len(s.arcs))
	for i := range s.arcs {
		a := &s.arcs[i]
		if a.w >= farOff {
			continue
		}
		e := &s.table.edges[a.edge]
		b := bound{a.u, a.v, e.rule, a.w, s.table.samples[e.first].span}
		if n := len(bounds) - 1; n >= 0 && bounds[n].u == b.u && bounds[n].v == b.v {
			last := &bounds[n]
			if b.hard() == last.hard() && b.w >= last.w {
				continue
			}
			if b.hard() == last.hard() || b.w <= last.w && b.hard() { // a tighter hard bound says all that a soft one does
				*last = b
				continue
			}
		}
		bounds = append(bounds, b)
	}
	return bounds
}

// assemble describes the clocks and gives every record its own.
func (r *records) assemble(census *census, ids *identity, places []place, stats *tally) *Clocks {
	clocks := make([]Clock, len(places))
	weight := ids.weigh(r.weight)
	for i := range clocks {
		p := &places[i]
		clocks[i] = Clock{
			Name:           ids.name(int32(i), r.processes, census),
			Offset:         p.offset,
			Low:            p.low,
			High:           p.high,
			HardLow:        p.hardLow,
			HardHigh:       p.hardHigh,
			Ignored:        stats.ignored[i],
			IgnoredSamples: stats.lostAt(i),
			Spans:          weight[i],
			Refuted:        ids.split[i],
			Component:      int(p.component),
			DriftPPM:       p.ppm,
			pivot:          p.pivot,
			number:         int32(i),
		}
		clocks[i].Samples, clocks[i].Evidence = stats.sum(i)
		clocks[i].judge(p)
	}
	distinguish(clocks)
	for i := range clocks {
		clocks[i].LowBy, clocks[i].HighBy = name(clocks, &places[i].lowBy), name(clocks, &places[i].highBy)
	}
	single := len(clocks) == 1 && weight[0] > 0
	if single {
		clocks[0].setReference()
	}
	return r.assign(clocks, ids)
}

// judge sets the clock's status.
func (c *Clock) judge(p *place) {
	switch {
	case p.reference:
		c.setReference()
	case p.isolated || p.low == math.MinInt64 && p.high == math.MaxInt64:
		c.Status = Unknown
		c.Offset, c.Low, c.High, c.HardLow, c.HardHigh = 0, math.MinInt64, math.MaxInt64, math.MinInt64, math.MaxInt64
	case p.low == math.MinInt64 || p.high == math.MaxInt64:
		c.Status = OneSided
	default:
		c.Status = Proven
	}
	c.HardBounds = (c.Status == Proven || c.Status == OneSided) && c.Low == c.HardLow && c.High == c.HardHigh
}

func (c *Clock) setReference() {
	c.Status = Reference
	c.Offset, c.Low, c.High, c.HardLow, c.HardHigh = 0, 0, 0, 0, 0
}

// assign sorts the clocks by name and gives every record its own.
func (r *records) assign(clocks []Clock, ids *identity) *Clocks {
	order, place := sortByName(clocks)
	out := &Clocks{clocks: make([]Clock, len(clocks)), spans: make([]int32, len(r.spans)), logs: make([]int32, len(r.logs))}
	for to, from := range order {
		out.clocks[to] = clocks[from]
	}
	of := make([]int32, len(r.processes))
	for p := range of {
		of[p] = place[ids.of[p]]
	}
	for i, p := range r.spanOf {
		out.spans[i] = of[p]
	}
	late := r.serviceClocks(of)
	for i := range r.logs {
		switch {
		case r.logOf[i] != none:
			out.logs[i] = of[r.logOf[i]]
		case r.logLate[i] != none:
			out.logs[i] = late[r.logOrigins[r.logLate[i]].Service]
		default:
			out.logs[i] = none
		}
		if c := out.logs[i]; c != none {
			out.clocks[c].Logs++
		}
	}
	out.zones, out.zone, out.mode = r.zones, r.zoneOf, r.mode
	return out
}

// serviceClocks returns the clock of each service that has only one, and none
// for the others.
func (r *records) serviceClocks(of []int32) map[string]int32 {
	clocks := make(map[string]int32)
	for p := range r.processes {
		if r.weight[p] == 0 {
			continue
		}
		service := r.processes[p].Service
		if c, ok := clocks[service]; ok && c != of[p] {
			clocks[service] = none
		} else {
			clocks[service] = of[p]
		}
	}
	return clocks
}

// sortByName returns the clocks in the order of their names, and each one's
// place in it.
func sortByName(clocks []Clock) (order, place []int32) {
	order = make([]int32, len(clocks))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return compareNames(&clocks[a], &clocks[b]) })
	place = make([]int32, len(clocks))
	for to, from := range order {
		place[from] = int32(to)
	}
	return order, place
}
