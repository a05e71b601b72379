package skew

import "slices"

// splitAt is the contradiction, in nanoseconds, over which a claim that two
// processes share a machine counts as refuted.
const splitAt = 10 * millisecond

// A smaller contradiction, of this many nanoseconds, refutes the claim when more
// than so many samples would have to be wrong for it to stand, and no single
// one for it to fall: one record may be wrong, several that agree hardly are.
const (
	splitTogether = millisecond
	maxSpared     = 2
)

// farOff is beyond any correction: it keeps sums from overflowing.
const farOff = int64(1) << 62

// An arc is an edge as the solver sees it: x[u] ≤ x[v] + w. A dead one has the
// weight farOff.
type arc struct {
	u, v int32
	edge int32 // or −1−(number of the claim) for an arc of identity
	w    int64
}

func (a *arc) isIdentity() bool { return a.edge < 0 }

// A solver finds corrections x that satisfy all arcs, by Bellman and Ford's
// relaxation. Where none exist it finds a cycle of contradiction and makes the
// least trusted evidence on it yield.
type solver struct {
	table   *edgeTable
	arcs    []arc
	x       []int64
	by      []int32 // the arc that lowered x[u] last, or none
	seen    []int32 // for the search of cycles
	walk    int32
	cycle   []int32
	refuted []bool    // by claim
	spared  []int32   // by claim: samples that yielded to it
	accuser [][]int32 // by claim: arcs of one sample that all its contradictions have in common
	drops   int
	work    int
}

// The effort, in drops and relaxations, after which the solver stops choosing
// carefully. Ordinary traces stay far below; contradictory ones must end too.
const (
	carefulDrops = 512
	maxWork      = 30_000_000
)

func newSolver(table *edgeTable, nodes, claims int) *solver {
	s := &solver{
		table:   table,
		arcs:    make([]arc, 0, len(table.edges)+2*nodes),
		x:       make([]int64, nodes),
		by:      make([]int32, nodes),
		seen:    make([]int32, nodes),
		refuted: make([]bool, claims),
		spared:  make([]int32, claims),
		accuser: make([][]int32, claims),
	}
	for i := range s.by {
		s.by[i] = none
	}
	for i := range table.edges {
		e := &table.edges[i]
		if e.first != none {
			s.arcs = append(s.arcs, arc{e.u, e.v, int32(i), e.tightest})
		}
	}
	return s
}

// claim ties a process to a machine.
func (s *solver) claim(process, machine int32, claim int) {
	id := int32(-1 - claim)
	s.arcs = append(s.arcs, arc{process, machine, id, 0}, arc{machine, process, id, 0})
}

// settle makes the evidence consistent and leaves corrections that satisfy it.
func (s *solver) settle() {
	for idle := 0; s.relax(); idle++ {
		if s.work += len(s.arcs); s.work > maxWork || idle > len(s.x)+1 {
			s.giveUp()
			return
		}
		if s.breakCycles() {
			idle = 0
		}
	}
}

// relax goes over all arcs once and reports whether anything changed.
func (s *solver) relax() bool {
	changed := false
	for i := range s.arcs {
		a := &s.arcs[i]
		d := s.x[a.v] + a.w
		switch {
		case d >= s.x[a.u]:
			continue
		case d <= -farOff: // no clocks are that far apart, and sums must not overflow
			s.weaken(a)
			if s.by[a.u] == int32(i) {
				s.by[a.u] = none
			}
		default:
			s.x[a.u] = d
			s.by[a.u] = int32(i)
		}
		changed = true
	}
	return changed
}

// breakCycles looks for cycles among the arcs that lowered something last:
// each is a contradiction.
func (s *solver) breakCycles() bool {
	found := false
	base := s.walk
	for i := range s.x {
		s.walk++
		at := int32(i)
		for s.by[at] != none && s.seen[at] <= base {
			s.seen[at] = s.walk
			at = s.arcs[s.by[at]].v
		}
		if s.by[at] != none && s.seen[at] == s.walk {
			s.yield(at)
			found = true
		}
	}
	return found
}

// yield drops the least trusted evidence on the cycle through a node.
func (s *solver) yield(at int32) {
	s.cycle = s.cycle[:0]
	total := int64(0)
	for s.by[at] != none {
		i := s.by[at]
		s.cycle = append(s.cycle, i)
		total = max(total+s.arcs[i].w, -farOff)
		s.by[at] = none // relaxation finds it again if need be
		at = s.arcs[i].v
	}
	if total >= 0 {
		return // not possible unless times are absurd
	}
	victim := slices.MinFunc(s.cycle, func(i, j int32) int { return s.compareTrust(&s.arcs[i], &s.arcs[j], total) })
	s.spare(victim, total)
	s.weaken(&s.arcs[victim])
}

// spare counts the sample that yields for every claim on the cycle of that
// total.
func (s *solver) spare(victim int32, total int64) {
	if s.arcs[victim].isIdentity() {
		return
	}
	var lone []int32
	for _, i := range s.cycle {
		if i != victim && !s.arcs[i].isIdentity() && s.isLone(&s.arcs[i], total) {
			lone = append(lone, i)
		}
	}
	last := int32(0)
	for _, i := range s.cycle {
		e := s.arcs[i].edge
		if e >= 0 || e == last {
			continue
		}
		last = e // a claim's two arcs stand side by side
		claim := -1 - e
		if s.spared[claim]++; s.spared[claim] == 1 {
			s.accuser[claim] = slices.Clone(lone)
		} else {
			s.accuser[claim] = slices.DeleteFunc(s.accuser[claim], func(i int32) bool { return !slices.Contains(lone, i) })
		}
	}
}

// isLone reports whether only the tightest of an arc's samples contradicts as
// much as can refute a claim.
func (s *solver) isLone(a *arc, total int64) bool {
	e := &s.table.edges[a.edge]
	next := s.table.samples[e.first].next
	return next == none || s.table.samples[next].w-a.w > -total-splitTogether
}

// refutes reports whether a contradiction of that total refutes a claim.
func (s *solver) refutes(claim int32, total int64) bool {
	return total < -splitAt ||
		total < -splitTogether && s.spared[claim] >= maxSpared && len(s.accuser[claim]) == 0
}

// rank orders the evidence on a cycle of that total, least trusted first.
func (s *solver) rank(a *arc, total int64) int {
	switch {
	case !a.isIdentity():
		return 2 * int(s.table.edges[a.edge].rule)
	case s.refutes(-1-a.edge, total):
		return 2*int(ruleEnd) + 1
	}
	return 2 * int(ruleIdentity)
}

func (s *solver) compareTrust(a, b *arc, total int64) int {
	if d := s.rank(a, total) - s.rank(b, total); d != 0 || a.isIdentity() {
		return d
	}
	// Of equals, the one with fewer witnesses lies.
	return int(s.table.edges[a.edge].count) - int(s.table.edges[b.edge].count)
}

// weaken takes the arc's tightest sample away, or the claim behind it.
func (s *solver) weaken(a *arc) {
	s.drops++
	if a.isIdentity() {
		s.refute(-1 - a.edge)
		return
	}
	e := &s.table.edges[a.edge]
	left := s.table.drop(e)
	for left && s.drops > carefulDrops {
		left = s.table.drop(e)
	}
	a.w = farOff
	if left {
		a.w = e.tightest
	}
}

// refute ends a claim: all who made it have clocks of their own.
func (s *solver) refute(claim int32) {
	s.refuted[claim] = true
	for i := range s.arcs {
		if s.arcs[i].edge == -1-claim {
			s.arcs[i].w = farOff
		}
	}
}

// giveUp weakens every arc that the present corrections violate. What is left
// is consistent, if not the best that could have been kept.
func (s *solver) giveUp() {
	for i := range s.arcs {
		for a := &s.arcs[i]; s.x[a.v]+a.w < s.x[a.u]; {
			s.weaken(a)
		}
	}
}
