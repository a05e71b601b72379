package timeline_test

import (
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// calls are a front end's calls of a service whose clock is 300 ms behind: one
// as it came, and one that the backend moved.
func calls() *trace.Evidence {
	kind := func(s trace.Span, k trace.Kind) trace.Span { s.Kind = k; return s }
	raw := kind(span(3, 2, "shop", "raw", 15-300, 80), trace.KindServer)
	moved := kind(span(5, 4, "shop", "moved", 210, 80), trace.KindServer)
	moved.Adjusted = true
	for i, s := range []*trace.Span{&raw, &moved} {
		s.Events = []trace.Event{{Name: "one", Time: s.Start + 10*ms}, {Name: "two", Time: s.Start + 20*ms}}
		s.Attributes = []trace.Attribute{{Key: "n", Value: trace.Int(int64(i))}}
	}
	return &trace.Evidence{
		Spans: []trace.Span{
			span(1, 0, "front", "root", 0, 400),
			kind(span(2, 1, "front", "call", 10, 100), trace.KindClient), raw,
			kind(span(4, 1, "front", "call", 200, 100), trace.KindClient), moved,
		},
		Logs: []trace.Log{log(5, "shop", "as its clock shows", 245-300)},
	}
}

// What the backend moved is not moved again; its logs, which it never saw, are.
func TestAdjustedSpansAreNotMovedAgain(t *testing.T) {
	ev := calls()
	// The clock is known from what came raw.
	clocks := skew.Estimate(append(ev.Spans[:4:4], ev.Spans[2]), ev.Logs)
	tl := timeline.Build(ev, clocks)
	checkTimeline(t, ev, tl)
	moved, kept := 0, 0
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if r.Service() != "shop" {
			continue
		}
		if r.Clock == nil || r.Clock.Offset < 200*ms {
			t.Fatalf("row %d has the clock %+v", i, r.Clock)
		}
		adjusted := r.Span.Adjusted && r.Kind != timeline.KindLog
		if adjusted != r.Marks.Has(timeline.MarkAdjusted) || adjusted != (r.Offset == 0) {
			t.Errorf("row %d of %q is moved by %d and marked %v", i, r.Span.Operation, r.Offset, r.Marks.Names())
		}
		if adjusted {
			kept++
		} else {
			moved++
		}
	}
	if kept != 3 || moved != 4 {
		t.Errorf("%d rows moved, %d kept", moved, kept)
	}
}

// Nobody knows how far they were moved: against no other row is their order
// proven, not even of their own clock; but within a span all moved together.
func TestOrderOfAdjustedSpansIsUndecided(t *testing.T) {
	one, two, raw := span(2, 1, "a", "one", 10, 50), span(3, 1, "a", "two", 20, 50), span(4, 1, "a", "raw", 30, 5)
	one.Adjusted, two.Adjusted = true, true
	one.Events = []trace.Event{{Name: "first", Time: one.Start + ms}, {Name: "second", Time: one.Start + 2*ms}}
	within := span(5, 2, "a", "within", 13, 2)
	tl := build(trace.Evidence{
		Spans: []trace.Span{span(1, 0, "a", "root", 0, 100), one, two, raw, within, span(6, 1, "a", "last", 40, 1)},
	})
	want := `root
  one [adjusted]
    event first [adjusted]
    event second [adjusted]
    within [undecided]
  two [adjusted undecided]
  raw [undecided]
  last
`
	if got := sketch(tl); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	other := one.Events
	two.Events, two.Start = other, one.Start
	one.Parent, two.Parent = 0, 0
	tl = build(trace.Evidence{Spans: []trace.Span{one, two}}) // each followed by its two events
	if a, b, c := &tl.Rows[1], &tl.Rows[2], &tl.Rows[5]; !tl.Decided(a, b) || tl.Decided(a, c) {
		t.Errorf("events of one span: %v; of two that moved apart: %v", tl.Decided(a, b), tl.Decided(a, c))
	}
}
