package skew

import (
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// twoMachines are calls from the orders service to four processes that all
// claim one host: two are right, two are off by as much.
func twoMachines(off int64, calls int) []trace.Span {
	spans := aCall(1*ms, 9*ms)
	id := trace.SpanID(100)
	for n, service := range []string{"w", "x", "y", "z"} {
		at := on(service, "clone")
		for i := range int64(calls) {
			start := int64(n)*100*ms + i*10*ms
			seen := start + 100*µs
			if n >= 2 {
				seen -= off
			}
			spans = append(spans,
				span(id, 3, trace.KindClient, orders, start, start+1500*µs),
				span(id+1, id, trace.KindServer, at, seen, seen+1300*µs))
			id += 2
		}
	}
	return spans
}

func TestTwoMachinesPassForOne(t *testing.T) {
	c := Estimate(twoMachines(80*ms, 2), nil)
	clock := func(i int) *Clock { return c.Span(i) }
	w, x, y, z := clock(4), clock(8), clock(12), clock(16)
	if w != x || y != z || w == y || w.Name == y.Name {
		t.Fatalf("got %s, %s, %s and %s", w.Name, x.Name, y.Name, z.Name)
	}
	if w.Offset != 0 || y.Offset < 79*ms || y.Offset > 81*ms {
		t.Errorf("got %+v and %+v", w, y)
	}
}

// A contradiction that would leave one record wrong is that record's; one that
// would leave many wrong refutes the claim.
func TestManySmallContradictions(t *testing.T) {
	if c := Estimate(twoMachines(6*ms, 1)[:len(aCall(0, 0))+6], nil); c.Span(4) != c.Span(8) {
		t.Errorf("one record split the host: %+v", c.All())
	}
	wrong := twoMachines(0, 8)
	wrong[len(wrong)-1].Start -= 6 * ms
	if c := Estimate(wrong, nil); c.Span(4) != c.Span(len(wrong)-1) {
		t.Errorf("one record against many split the host: %+v", c.All())
	}
	c := Estimate(twoMachines(6*ms, 4), nil)
	if c.Span(4) == c.Span(20) || c.Span(20).Offset < 5*ms || c.Span(20).Offset > 7*ms {
		t.Errorf("many did not: %+v", c.All())
	}
}

// Processes of a refuted claim that no evidence connects share no clock: a
// bound that is missing on both sides is no narrow interval.
func TestStrangersAreNotReunited(t *testing.T) {
	spans := twoMachines(80*ms, 1)
	stray := span(900, 0, trace.KindServer, on("stray", "clone"), 0, 5*ms)
	c := Estimate(append(spans, stray), nil)
	if k := c.Span(len(spans)); k.Spans != 1 || k.Status != Unknown {
		t.Errorf("got %+v", k)
	}
}
