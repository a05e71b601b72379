package skew

import (
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// A checker does a proof's sum anew, from the records themselves.
type checker struct {
	spans map[trace.SpanID]*trace.Span
	clock map[trace.SpanID]*Clock
	named map[string]*Clock
	grain int64
}

func newChecker(spans []trace.Span, c *Clocks, grain int64) checker {
	ch := checker{make(map[trace.SpanID]*trace.Span), make(map[trace.SpanID]*Clock), make(map[string]*Clock), grain}
	for i := range spans {
		ch.spans[spans[i].ID], ch.clock[spans[i].ID] = &spans[i], c.Span(i)
		ch.named[c.Span(i).Name] = c.Span(i)
	}
	return ch
}

// weight returns by how much the sample lets the first clock's correction
// exceed the second's, and which clocks these are.
func (ch *checker) weight(p Proof) (first, second *Clock, w int64) {
	child := ch.spans[p.Span]
	parent := ch.spans[child.Parent]
	pc, cc := ch.clock[parent.ID], ch.clock[child.ID]
	switch p.Rule {
	case "start":
		return pc, cc, child.Start - parent.Start + ch.grain
	case "overlap":
		return cc, pc, parent.End() - child.Start + ch.grain
	case "end":
		return cc, pc, parent.End() - child.End() + ch.grain
	}
	return nil, nil, 0
}

// adds reports whether a proof proves what it should: nothing is missing, or
// less than a millisecond by which few whole ones made the clock look coarse,
// or, where the sample is an end, a tail, or, where a callee starts when its
// caller seems to be gone, the time that its request was on its way.
func (ch *checker) adds(p Proof, missing int64) bool {
	return missing == 0 || missing == ms-ch.grain || p.Rule == "end" && missing > 0 ||
		p.Rule == "overlap" && missing > 0 && missing <= onItsWay
}

// The other clock's bound and the sample give the bound that they prove. An end
// that a tail explains counts with the tail, so that it may prove less than its
// times say.
func TestProofsAddUp(t *testing.T) {
	for name, w := range worlds() {
		w.Logging = false // logs have no ID to find them by
		t.Run(name, func(t *testing.T) {
			checked, rules := 0, make(map[string]int)
			for seed := range uint64(15) {
				tr := w.Generate(seed)
				c := Estimate(tr.Spans, nil)
				ch := newChecker(tr.Spans, c, w.Grain)
				for _, k := range c.All() {
					if k.LowBy.Rule == "host" || k.HighBy.Rule == "host" {
						t.Fatalf("seed %d: between two clocks a host proves nothing: %+v", seed, k)
					}
					if by := k.LowBy; by.Rule != "" {
						checked++
						rules[by.Rule]++
						other, own, w := ch.weight(by)
						at := ch.named[by.Clock].Low
						if other == nil || own.Name != k.Name || other.Name != by.Clock || !ch.adds(by, at-w-k.Low) {
							t.Fatalf("seed %d: %s is at least %d by %+v, but %d − %d", seed, k.Name, k.Low, by, at, w)
						}
					}
					if by := k.HighBy; by.Rule != "" {
						checked++
						rules[by.Rule]++
						own, other, w := ch.weight(by)
						at := ch.named[by.Clock].High
						if other == nil || own.Name != k.Name || other.Name != by.Clock || !ch.adds(by, k.High-at-w) {
							t.Fatalf("seed %d: %s is at most %d by %+v, but %d + %d", seed, k.Name, k.High, by, at, w)
						}
					}
				}
			}
			if checked < 50 || rules["start"] == 0 || rules["end"] == 0 {
				t.Errorf("%d proofs, %v", checked, rules)
			}
		})
	}
}

// What has a bound has a proof, and what has none has none.
func TestWhatIsBoundIsProven(t *testing.T) {
	forEach(t, func(t *testing.T, tr scenario.Truth) {
		for _, k := range Estimate(tr.Spans, tr.Logs).All() {
			measured := k.Status == Proven || k.Status == OneSided
			if (k.LowBy != Proof{}) != (measured && k.Low != UnboundedBack) || (k.HighBy != Proof{}) != (measured && k.High != Unbounded) {
				t.Fatalf("%+v", k)
			}
			if k.HardBounds && (k.LowBy.Rule == "end" || k.LowBy.Rule == "overlap" || k.HighBy.Rule == "log" || k.HighBy.Rule == "end") {
				t.Fatalf("hard, and yet %+v", k)
			}
		}
	})
}

// Nothing proves the clocks that nothing was asked of, nor those that drift.
func TestNoProofWithoutMeasuring(t *testing.T) {
	spans := aCall(-29*ms, -21*ms)
	for _, k := range Off.Estimate(spans, nil).All() {
		if k.LowBy != (Proof{}) || k.HighBy != (Proof{}) {
			t.Errorf("off: %+v", k)
		}
	}
	all := scenario.All()
	tr := all[len(all)-1].Generate(1)
	drifts := 0
	for _, k := range Estimate(tr.Spans, tr.Logs).All() {
		if k.DriftPPM != 0 {
			drifts++
		}
		if k.LowBy != (Proof{}) || k.HighBy != (Proof{}) {
			t.Errorf("a line through many windows: %+v", k)
		}
	}
	if drifts == 0 {
		t.Error("nothing drifts")
	}
}

func TestProofsOfACall(t *testing.T) {
	k := byName(t, Estimate(aCall(-29*ms, -21*ms), nil), "b")
	if (k.LowBy != Proof{"start", 3, "a"}) || (k.HighBy != Proof{"end", 3, "a"}) {
		t.Errorf("got %+v and %+v", k.LowBy, k.HighBy)
	}
	linked := []trace.Span{
		span(1, 0, trace.KindServer, frontend, 0, 50*ms),
		{ID: 3, Resource: orders, Start: epoch - 20*ms + 7*µs, Duration: ms, Links: []trace.Link{{Span: 1}}},
		span(2, 1, trace.KindInternal, frontend, 1*ms, 50*ms),
	}
	k = byName(t, Estimate(linked, nil), "b")
	if (k.LowBy != Proof{"link", 3, "a"}) || k.HighBy != (Proof{}) {
		t.Errorf("got %+v and %+v", k.LowBy, k.HighBy)
	}
	logs := []trace.Log{{Time: epoch + 3*ms, Span: 3, Origin: trace.Origin{Host: "shipper"}}}
	k = byName(t, Estimate(aCall(1*ms, 9*ms), logs), "shipper")
	if k.LowBy.Rule != "log" || k.LowBy.Span != 3 || k.LowBy.Clock != "b" {
		t.Errorf("got %+v", k)
	}
}
