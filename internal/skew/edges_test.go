package skew

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// chain returns an edge's samples, tightest first.
func (t *edgeTable) chain(e *edge) []int64 {
	var list []int64
	for i := e.first; i != none; i = t.samples[i].next {
		list = append(list, t.samples[i].w)
	}
	return list
}

// However samples come, one by one, sorted in between or by way of another
// table, an edge counts all of them and keeps the tightest.
func TestEdgesKeepTheTightestOfAll(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 1))
		nodes := 2 + rng.IntN(4)
		limit := int64(rng.IntN(2)) * maxDense // with and without an index of pairs
		a, b := newEdgeTable(nodes, limit), newEdgeTable(nodes, limit)
		want := make(map[[3]int32][]int64)
		for range 1 + rng.IntN(200) {
			u, v, r := rng.Int32N(int32(nodes)), rng.Int32N(int32(nodes)), rule(rng.IntN(int(ruleIdentity)))
			w, to := rng.Int64N(1000)-500, a
			if rng.IntN(2) == 0 {
				to = b
			}
			to.add(u, v, r, w, trace.SpanID(rng.Uint64()))
			if rng.IntN(40) == 0 {
				to.sort()
			}
			key := [3]int32{u, v, int32(r)}
			want[key] = append(want[key], w)
		}
		a.sort()
		b.sort()
		a.absorb(b)
		if len(a.edges) != len(want) || !slices.IsSortedFunc(a.edges, func(e, o edge) int { return compareEdges(&e, &o) }) {
			t.Fatalf("seed %d: %d edges of %d: %+v", seed, len(a.edges), len(want), a.edges)
		}
		for i := range a.edges {
			e := &a.edges[i]
			all := want[[3]int32{e.u, e.v, int32(e.rule)}]
			slices.Sort(all)
			if got := a.chain(e); !slices.Equal(got, all[:min(len(all), keptSamples)]) || int(e.count) != len(all) {
				t.Fatalf("seed %d: %+v keeps %v of %v", seed, e, got, all)
			}
			if got := peek(a, e.u, e.v, e.rule); got != all[0] || e.tightest != all[0] {
				t.Fatalf("seed %d: %d is seen of %+v with %v", seed, got, e, all)
			}
		}
		for range 50 {
			key := [3]int32{rng.Int32N(int32(nodes)), rng.Int32N(int32(nodes)), rng.Int32N(numRules)}
			if _, ok := want[key]; !ok && peek(a, key[0], key[1], rule(key[2])) != maxGap {
				t.Fatalf("seed %d: there is no edge %v", seed, key)
			}
		}
	}
}

func TestSamplesBeyondAllReasonAreNoEvidence(t *testing.T) {
	table := newEdgeTable(2, maxDense)
	table.add(0, 1, ruleStart, maxGap, 1)
	table.add(0, 1, ruleStart, -maxGap, 2)
	table.sort()
	if len(table.edges) > 0 || peek(table, 0, 1, ruleStart) != maxGap {
		t.Errorf("%+v", table.edges)
	}
}

func TestDroppedSamplesLeaveTheNext(t *testing.T) {
	table := newEdgeTable(2, maxDense)
	table.add(0, 1, ruleStart, 7, 1)
	table.add(0, 1, ruleStart, 5, 2)
	table.sort()
	e := &table.edges[0]
	if !table.drop(e) || peek(table, 0, 1, ruleStart) != 7 {
		t.Errorf("after 5 comes %d", peek(table, 0, 1, ruleStart))
	}
	if table.drop(e) || peek(table, 0, 1, ruleStart) != maxGap || len(table.losses) != 2 {
		t.Errorf("%+v, lost %+v", e, table.losses)
	}
}

// peek returns the tightest bound of x[u] − x[v] by one rule, or maxGap. Where
// it is of the better ones, tightest must know of it.
func peek(t *edgeTable, u, v int32, r rule) int64 {
	better := t.tightest(u, v)
	for i := t.find(u, v); i < len(t.edges) && t.edges[i].u == u && t.edges[i].v == v; i++ {
		if e := &t.edges[i]; e.rule == r && e.first != none {
			if r > ruleEnd && r < ruleIdentity && better > e.tightest {
				return better
			}
			return e.tightest
		}
	}
	return maxGap
}
