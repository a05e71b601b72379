package skew

import (
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// keptSamples is how many of an edge's samples are kept, tightest first: enough
// to survive some that lie.
const keptSamples = 8

// An edge is the evidence of one rule between two clocks: for every sample,
// x[u] − x[v] ≤ w.
type edge struct {
	tightest int64 // the weight of the first sample, if there is one
	u, v     int32
	first    int32 // its tightest sample, or none
	count    int32 // all samples, kept or not
	rule     rule
}

type sample struct {
	w    int64
	span trace.SpanID // the later of the two records
	next int32        // the next tightest, or none
}

// before reports whether a sample is tighter than another of the same edge.
func (s *sample) before(o *sample) bool { return s.w < o.w || s.w == o.w && s.span < o.span }

// A note is a sample that has no edge yet.
type note struct {
	w    int64
	span trace.SpanID
	u    int32
	lane int32 // where it leads and why
}

// lane is a number for the other end and the rule of an edge.
func lane(v int32, r rule) int32 { return v*numRules + int32(r) }

// before reports whether a note is tighter than another of the same edge.
func (n *note) before(o *note) bool { return n.w < o.w || n.w == o.w && n.span < o.span }

// An edgeTable holds the edges between nodes, ordered by ends and rule, so that
// no later choice depends on the order of the input. Samples are noted as they
// come and made edges all at once: sorting them is several times as fast as
// finding the edge of each.
type edgeTable struct {
	nodes   int
	edges   []edge
	samples []sample
	notes   []note
	losses  []loss

	limit int64
	pairs []int32 // by ends: the first of their edges+1; nil where there are too many nodes
	rows  []int32 // by u: its first edge
}

// A loss is a sample that was found to contradict better evidence.
type loss struct {
	u, v int32
	rule rule
	span trace.SpanID
}

// maxDense bounds the pairs of nodes whose edges are found without searching:
// those of 700 clocks.
const maxDense = 1 << 19

func newEdgeTable(nodes int, limit int64) *edgeTable {
	return &edgeTable{nodes: nodes, limit: limit}
}

// expect makes room for some samples.
func (t *edgeTable) expect(samples int) { t.notes = slices.Grow(t.notes, samples) }

// add notes a sample: x[u] − x[v] ≤ w. It counts from the next sort on.
func (t *edgeTable) add(u, v int32, r rule, w int64, span trace.SpanID) {
	if w > -maxGap && w < maxGap {
		t.notes = append(t.notes, note{w, span, u, lane(v, r)})
	}
}

// sort makes edges of what was noted since the last time.
func (t *edgeTable) sort() {
	if len(t.notes) == 0 {
		return
	}
	t.sortNotes()
	n, kept := measureNotes(t.notes)
	fresh := make([]edge, 0, n)
	t.samples = slices.Grow(t.samples, kept)
	for notes := t.notes; len(notes) > 0; {
		n := groupLen(notes)
		fresh = append(fresh, t.file(notes[:n]))
		notes = notes[n:]
	}
	t.notes = t.notes[:0]
	t.merge(fresh)
}

// absorb takes another table's edges in.
func (t *edgeTable) absorb(o *edgeTable) {
	base := int32(len(t.samples))
	t.samples = slices.Grow(t.samples, 3*len(o.samples)/2) // soft samples come later
	t.samples = append(t.samples, o.samples...)
	for i := range o.samples {
		if s := &t.samples[int(base)+i]; s.next != none {
			s.next += base
		}
	}
	for i := range o.edges {
		o.edges[i].first += base
	}
	t.merge(o.edges)
}

// merge puts edges, which are in order, among the table's.
func (t *edgeTable) merge(fresh []edge) {
	t.pairs, t.rows = nil, nil
	older := t.edges
	if len(older) == 0 {
		t.edges = fresh
		return
	}
	t.edges = make([]edge, 0, len(older)+len(fresh))
	for len(older) > 0 && len(fresh) > 0 {
		switch d := compareEdges(&older[0], &fresh[0]); {
		case d < 0:
			t.edges = append(t.edges, older[0])
			older = older[1:]
		case d > 0:
			t.edges = append(t.edges, fresh[0])
			fresh = fresh[1:]
		default:
			t.edges = append(t.edges, t.join(older[0], fresh[0]))
			older, fresh = older[1:], fresh[1:]
		}
	}
	t.edges = append(append(t.edges, older...), fresh...)
}

func compareEdges(a, b *edge) int {
	if a.u != b.u {
		return int(a.u) - int(b.u)
	}
	return int(lane(a.v, a.rule)) - int(lane(b.v, b.rule))
}

// join makes one edge of two that say the same.
func (t *edgeTable) join(e, o edge) edge {
	at, a, b := &e.first, e.first, o.first
	for n := 0; n < keptSamples && (a != none || b != none); n++ {
		if b == none || a != none && t.samples[a].before(&t.samples[b]) {
			*at, a = a, t.samples[a].next
		} else {
			*at, b = b, t.samples[b].next
		}
		at = &t.samples[*at].next
	}
	*at = none
	e.tightest = t.samples[e.first].w
	e.count += o.count
	return e
}

// sortNotes orders the notes by their edges.
func (t *edgeTable) sortNotes() {
	if slices.IsSortedFunc(t.notes, compareNotes) { // as those of soft samples often are
		return
	}
	lanes, nodes := make([]int32, t.nodes*numRules+1), make([]int32, t.nodes+1)
	for i := range t.notes {
		lanes[t.notes[i].lane+1]++
		nodes[t.notes[i].u+1]++
	}
	other := make([]note, len(t.notes))
	accumulate(lanes)
	for i := range t.notes {
		at := &lanes[t.notes[i].lane]
		other[*at] = t.notes[i]
		*at++
	}
	accumulate(nodes)
	for i := range other {
		at := &nodes[other[i].u]
		t.notes[*at] = other[i]
		*at++
	}
}

// accumulate makes places of counts.
func accumulate(counts []int32) {
	for i := range len(counts) - 1 {
		counts[i+1] += counts[i]
	}
}

func compareNotes(a, b note) int {
	if a.u != b.u {
		return int(a.u) - int(b.u)
	}
	return int(a.lane) - int(b.lane)
}

// groupLen returns how many of the first notes are of one edge.
func groupLen(notes []note) int {
	n := 1
	for n < len(notes) && notes[n].lane == notes[0].lane && notes[n].u == notes[0].u {
		n++
	}
	return n
}

// measureNotes returns how many edges and kept samples the notes will make.
func measureNotes(notes []note) (edges, samples int) {
	for len(notes) > 0 {
		n := groupLen(notes)
		edges++
		samples += min(n, keptSamples)
		notes = notes[n:]
	}
	return edges, samples
}

// file makes an edge of its notes.
func (t *edgeTable) file(notes []note) edge {
	kept := keepTightest(notes)
	first := int32(len(t.samples))
	for i := range kept {
		t.samples = append(t.samples, sample{kept[i].w, kept[i].span, first + int32(i) + 1})
	}
	t.samples[len(t.samples)-1].next = none
	return edge{
		tightest: kept[0].w,
		u:        kept[0].u,
		v:        kept[0].lane / numRules,
		first:    first,
		count:    int32(len(notes)),
		rule:     rule(kept[0].lane % numRules),
	}
}

// keepTightest brings the tightest notes to the front, in order.
func keepTightest(notes []note) []note {
	kept := 0
	for _, n := range notes {
		switch {
		case kept < keptSamples:
			kept++
		case !n.before(&notes[kept-1]):
			continue
		}
		at := kept - 1
		for ; at > 0 && n.before(&notes[at-1]); at-- {
			notes[at] = notes[at-1]
		}
		notes[at] = n
	}
	return notes[:kept]
}

// drop takes the tightest sample away, and reports whether one is left.
func (t *edgeTable) drop(e *edge) bool {
	t.losses = append(t.losses, loss{e.u, e.v, e.rule, t.samples[e.first].span})
	e.first = t.samples[e.first].next
	if e.first == none {
		return false
	}
	e.tightest = t.samples[e.first].w
	return true
}

// tightest returns the tightest bound of x[u] − x[v] by the rules that are better
// than that of ends, or maxGap.
func (t *edgeTable) tightest(u, v int32) int64 {
	if t.rows == nil {
		t.index()
	}
	w := maxGap
	for i := t.find(u, v); i < len(t.edges) && t.edges[i].u == u && t.edges[i].v == v; i++ {
		if e := &t.edges[i]; e.rule > ruleEnd && e.rule < ruleIdentity && e.first != none {
			w = min(w, e.tightest)
		}
	}
	return w
}

// index prepares the table for finding edges.
func (t *edgeTable) index() {
	t.rows = make([]int32, t.nodes+1)
	for i := range t.edges {
		t.rows[t.edges[i].u+1] = int32(i) + 1
	}
	for u := range t.nodes {
		t.rows[u+1] = max(t.rows[u+1], t.rows[u])
	}
	if size := int64(t.nodes) * int64(t.nodes); size <= t.limit {
		t.pairs = make([]int32, size)
		for i, e := range slices.Backward(t.edges) {
			t.pairs[int(e.u)*t.nodes+int(e.v)] = int32(i) + 1
		}
	}
}

// find returns the first edge between two nodes, or one that is not.
func (t *edgeTable) find(u, v int32) int {
	if t.pairs != nil {
		if i := t.pairs[int(u)*t.nodes+int(v)]; i > 0 {
			return int(i) - 1
		}
		return len(t.edges)
	}
	row := t.edges[t.rows[u]:t.rows[u+1]]
	at, _ := slices.BinarySearchFunc(row, v, func(e edge, v int32) int { return int(e.v) - int(v) })
	return int(t.rows[u]) + at
}

// countingSort copies the items ordered by a key below n, keeping the order of
// equals.
func countingSort[T any](to, from []T, n int, key func(*T) int32) {
	at := make([]int32, n+1)
	for i := range from {
		at[key(&from[i])+1]++
	}
	accumulate(at)
	for i := range from {
		k := key(&from[i])
		to[at[k]] = from[i]
		at[k]++
	}
}

// lostHard reports whether evidence was dropped that only wrong records or a
// drifting clock can contradict.
func (t *edgeTable) lostHard() bool {
	for i := range t.losses {
		if t.losses[i].rule >= ruleOverlap {
			return true
		}
	}
	return false
}

// lostHardest reports whether a cause was found to follow its effect: then a
// record is wrong, or a clock was set meanwhile, or a machine is two, and no
// bound is beyond doubt.
func (t *edgeTable) lostHardest() bool {
	for i := range t.losses {
		if t.losses[i].rule.hard() {
			return true
		}
	}
	return false
}
