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
	loosest  int64 // the weight of the last kept sample
	u, v     int32
	first    int32 // its tightest sample, or none
	kept     int32
	count    int32 // all samples
	dropped  int32 // those that were found to contradict better evidence
	rule     rule
}

type sample struct {
	w    int64
	span trace.SpanID // the later of the two records
	next int32        // the next tightest, or none
}

// An edgeTable holds the edges between nodes, found by their ends and rule.
type edgeTable struct {
	nodes   int64
	edges   []edge
	samples []sample
	dense   []int32 // by key: edge+1
	sparse  map[int64]int32
	losses  []loss
}

// A loss is a sample that was found to contradict better evidence.
type loss struct {
	u, v int32
	rule rule
	span trace.SpanID
}

// maxDense bounds the size of a table without hashing: 200 clocks fit.
const maxDense = 1 << 19

func newEdgeTable(nodes int, limit int64) *edgeTable {
	t := &edgeTable{nodes: int64(nodes)}
	if keys := t.nodes * t.nodes * int64(numRules); keys <= limit {
		t.dense = make([]int32, keys)
	} else {
		t.sparse = make(map[int64]int32)
	}
	return t
}

// expect makes room for some samples.
func (t *edgeTable) expect(samples int) {
	t.samples = slices.Grow(t.samples, samples)
	t.edges = slices.Grow(t.edges, min(samples, int(numRules/2*t.nodes*t.nodes)))
}

// lookup returns an edge's key, and its number+1 or 0.
func (t *edgeTable) lookup(u, v int32, r rule) (key int64, id int32) {
	key = (int64(u)*t.nodes+int64(v))*int64(numRules) + int64(r)
	if t.dense != nil {
		return key, t.dense[key]
	}
	return key, t.sparse[key]
}

// at returns the edge, made when it is new.
func (t *edgeTable) at(u, v int32, r rule) *edge {
	key, id := t.lookup(u, v, r)
	if id > 0 {
		return &t.edges[id-1]
	}
	t.edges = append(t.edges, edge{u: u, v: v, rule: r, first: none})
	id = int32(len(t.edges))
	if t.dense != nil {
		t.dense[key] = id
	} else {
		t.sparse[key] = id
	}
	return &t.edges[id-1]
}

// add adds a sample: x[u] − x[v] ≤ w.
func (t *edgeTable) add(u, v int32, r rule, w int64, span trace.SpanID) {
	if w <= -maxGap || w >= maxGap {
		return
	}
	e := t.at(u, v, r)
	e.count++
	if e.kept < keptSamples {
		e.kept++
		t.samples = append(t.samples, sample{w, span, none})
		t.insert(e, int32(len(t.samples)-1))
		return
	}
	if w > e.loosest {
		return
	}
	if slot := t.replaceLoosest(e, w, span); slot != none {
		t.insert(e, slot)
	}
}

// insert puts a sample where it belongs in the edge's list.
func (t *edgeTable) insert(e *edge, slot int32) {
	s := &t.samples[slot]
	at := &e.first
	for *at != none && t.samples[*at].before(s.w, s.span) {
		at = &t.samples[*at].next
	}
	s.next = *at
	*at = slot
	e.tightest = t.samples[e.first].w
	if s.next == none {
		e.loosest = s.w
	}
}

// replaceLoosest takes the loosest of a full edge's samples out of its list to
// hold a tighter one, or returns none.
func (t *edgeTable) replaceLoosest(e *edge, w int64, span trace.SpanID) int32 {
	last := e.first
	for range keptSamples - 2 {
		last = t.samples[last].next
	}
	slot := t.samples[last].next
	if t.samples[slot].before(w, span) {
		return none
	}
	t.samples[last].next = none
	e.loosest = t.samples[last].w
	t.samples[slot] = sample{w, span, none}
	return slot
}

func (s *sample) before(w int64, span trace.SpanID) bool {
	return s.w < w || s.w == w && s.span < span
}

// drop takes the tightest sample away, and reports whether one is left.
func (t *edgeTable) drop(e *edge) bool {
	t.losses = append(t.losses, loss{e.u, e.v, e.rule, t.samples[e.first].span})
	e.first = t.samples[e.first].next
	e.kept--
	e.dropped++
	if e.first == none {
		return false
	}
	e.tightest = t.samples[e.first].w
	return true
}

// peek returns the tightest bound of x[u] − x[v] by that rule, or maxGap.
func (t *edgeTable) peek(u, v int32, r rule) int64 {
	_, id := t.lookup(u, v, r)
	if id == 0 || t.edges[id-1].first == none {
		return maxGap
	}
	return t.edges[id-1].tightest
}

// sort orders the edges by ends and rule, so that the solver's choices do not
// depend on the order of the input. Edges cannot be found or added afterwards.
func (t *edgeTable) sort() {
	t.dense, t.sparse = nil, nil
	other := make([]edge, len(t.edges))
	for _, key := range [...]func(*edge) int32{
		func(e *edge) int32 { return e.v*numRules + int32(e.rule) },
		func(e *edge) int32 { return e.u },
	} {
		countingSort(other, t.edges, int(t.nodes)*numRules, key)
		t.edges, other = other, t.edges
	}
}

// countingSort copies the items ordered by a key below n, keeping the order of
// equals.
func countingSort[T any](to, from []T, n int, key func(*T) int32) {
	at := make([]int32, n+1)
	for i := range from {
		at[key(&from[i])+1]++
	}
	for k := range n {
		at[k+1] += at[k]
	}
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
