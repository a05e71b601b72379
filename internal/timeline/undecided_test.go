package timeline_test

import (
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// kin are two calls of two services under one parent, whose client spans never
// came: a's starts at 10 ms, b's so many nanoseconds later. Both may be off by
// 5 ms either way: each was called once, for 10 ms more than it took.
func kin(later int64) *trace.Evidence {
	kind := func(s trace.Span, k trace.Kind) trace.Span { s.Kind = k; return s }
	b := span(21, 1, "b", "b's", 10, 5)
	b.Start += later
	return &trace.Evidence{Spans: []trace.Span{
		span(1, 0, "front", "root", 0, 1000),
		kind(span(2, 1, "front", "call a", 500, 20), trace.KindClient), kind(span(3, 2, "a", "serve", 505, 10), trace.KindServer),
		kind(span(4, 1, "front", "call b", 600, 20), trace.KindClient), kind(span(5, 4, "b", "serve", 605, 10), trace.KindServer),
		kind(span(20, 1, "a", "a's", 10, 5), trace.KindInternal), kind(b, trace.KindInternal),
	}}
}

// find returns the row of a span or log of that name.
func find(t *testing.T, tl *timeline.Timeline, name string) *timeline.Row {
	t.Helper()
	for i := range tl.Rows {
		switch r := &tl.Rows[i]; {
		case r.Kind == timeline.KindSpan && r.Span.Operation == name, r.Kind == timeline.KindLog && r.Log.Message == name:
			return r
		}
	}
	t.Fatalf("no row %q in\n%s", name, sketch(tl))
	return nil
}

func TestUndecidedNeighbours(t *testing.T) {
	for _, tt := range []struct {
		later     int64
		undecided bool
	}{{1 * ms, true}, {9 * ms, true}, {13 * ms, false}, {100 * ms, false}} {
		ev := kin(tt.later)
		tl := timeline.Build(ev, skew.Estimate(ev.Spans, ev.Logs))
		checkTimeline(t, ev, tl)
		if got := find(t, tl, "b's").Marks.Has(timeline.MarkUndecided); got != tt.undecided {
			t.Errorf("%d ms later: undecided %v in\n%s", tt.later/ms, got, sketch(tl))
		}
		if find(t, tl, "a's").Marks.Has(timeline.MarkUndecided) || find(t, tl, "call a").Marks.Has(timeline.MarkUndecided) {
			t.Errorf("%d ms later: what is first, or on the same clock, is marked in\n%s", tt.later/ms, sketch(tl))
		}
		if tl := build(*ev); find(t, tl, "b's").Marks.Has(timeline.MarkUndecided) {
			t.Errorf("who trusts all clocks doubts no order:\n%s", sketch(tl))
		}
	}
}

// A log of an unknown clock may have been written at any time; where clocks
// are trusted it is where it says.
func TestLogsOfUnknownClocks(t *testing.T) {
	ev := &trace.Evidence{
		Spans: []trace.Span{span(1, 0, "a", "root", 0, 100), span(2, 1, "a", "child", 10, 5)},
		Logs:  []trace.Log{log(1, "", "nobody's", 50), log(1, "", "nobody's either", 60)},
	}
	for i := range ev.Logs {
		ev.Logs[i].Origin, ev.Logs[i].Span = trace.Origin{}, 0
	}
	tl := timeline.Build(ev, skew.Estimate(ev.Spans, ev.Logs))
	for _, name := range []string{"nobody's", "nobody's either"} {
		if r := find(t, tl, name); r.Clock != nil || !r.Marks.Has(timeline.MarkUndecided) || r.Offset != 0 {
			t.Errorf("%s: %+v", name, r)
		}
		if r := find(t, build(*ev), name); r.Marks.Has(timeline.MarkUndecided) {
			t.Errorf("%s is undecided where clocks are trusted", name)
		}
	}
}

// What has no time, or a broken one, or never came, has no order to doubt.
func TestNothingToDecide(t *testing.T) {
	ev := kin(ms)
	ev.Logs = []trace.Log{log(1, "z", "when?", 0), log(1, "z", "of 1970", 0)}
	ev.Logs[0].Time, ev.Logs[1].Time = trace.NoTime, 5
	ev.Spans = append(ev.Spans, span(30, 99, "z", "orphan", 700, 1))
	tl := timeline.Build(ev, skew.Estimate(ev.Spans, ev.Logs))
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if r.Marks.Has(timeline.MarkUndecided) && (r.Marks.Has(timeline.MarkFar|timeline.MarkNoTime) || r.Kind == timeline.KindMissing) {
			t.Errorf("row %d is marked %v", i, r.Marks.Names())
		}
	}
	if !find(t, tl, "b's").Marks.Has(timeline.MarkUndecided) {
		t.Errorf("nothing is doubted in\n%s", sketch(tl))
	}
}
