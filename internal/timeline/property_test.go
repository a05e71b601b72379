package timeline_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// written is all that a timeline's rows say, so that two can be compared
// whatever memory they point into.
func written(tl *timeline.Timeline) string {
	var b strings.Builder
	for i := range tl.Rows {
		r := &tl.Rows[i]
		fmt.Fprintf(&b, "%d %v %v %v d%d s%d p%d t%d o%d +%d self%d", i, r.Kind, r.Attached, r.Marks.Names(), r.Depth, r.Subtree, r.Parent, r.Time, r.Observed, r.Offset, r.Self)
		if r.Clock != nil {
			b.WriteString(" by " + r.Clock.Name)
		}
		if r.Span != nil {
			s := *r.Span
			s.Resource = nil
			fmt.Fprintf(&b, " of %+v %+v", s, *r.Span.Resource)
		}
		if r.Event != nil {
			fmt.Fprintf(&b, " event %+v", *r.Event)
		}
		if r.Log != nil {
			l := *r.Log
			l.Trace = nil
			fmt.Fprintf(&b, " log %+v of %v", l, r.Trace())
		}
		fmt.Fprintf(&b, " missing %v\n", r.Missing)
	}
	fmt.Fprintf(&b, "%d %d %v %+v %q", tl.Start, tl.Duration, tl.Services, tl.Counts, tl.Warnings)
	return b.String()
}

// checkTimeline fails unless the rows hold every record once, in order, and
// their times are what was observed and what was added.
func checkTimeline(t *testing.T, ev *trace.Evidence, tl *timeline.Timeline) {
	t.Helper()
	checkTree(t, tl)
	checkRecords(t, ev, tl)
	last := make(map[int32]*timeline.Row)
	for i := range tl.Rows {
		r := &tl.Rows[i]
		checkTimes(t, r)
		if before := last[r.Parent]; before != nil && (before.Time == trace.NoTime && r.Time != trace.NoTime || before.Time > r.Time && r.Time != trace.NoTime) {
			t.Fatalf("row %d, at %d, follows one at %d", i, r.Time, before.Time)
		}
		last[r.Parent] = r
		if r.Kind == timeline.KindSpan && (r.Self < 0 || r.Self > r.Span.Duration) {
			t.Fatalf("row %d lasts %d, of which %d are its own", i, r.Span.Duration, r.Self)
		}
	}
}

// checkTimes fails unless a row's times agree with its record's.
func checkTimes(t *testing.T, r *timeline.Row) {
	t.Helper()
	observed := r.Observed
	switch r.Kind {
	case timeline.KindSpan:
		observed = r.Span.Start
	case timeline.KindEvent:
		observed = r.Event.Time
	case timeline.KindLog:
		observed = r.Log.Time
	}
	if r.Observed != observed || r.Time-r.Observed != r.Offset {
		t.Fatalf("observed at %d, shown as observed at %d, %+d, at %d", observed, r.Observed, r.Offset, r.Time)
	}
	if r.Kind != timeline.KindMissing && (r.Observed == trace.NoTime) != r.Marks.Has(timeline.MarkNoTime) {
		t.Fatalf("observed at %d, marked %v", r.Observed, r.Marks.Names())
	}
	if (r.Time == trace.NoTime) != (r.Observed == trace.NoTime) {
		t.Fatalf("observed at %d, shown at %d", r.Observed, r.Time)
	}
	if r.Kind == timeline.KindSpan && r.Span.Adjusted != r.Marks.Has(timeline.MarkAdjusted) || r.Marks.Has(timeline.MarkAdjusted) && r.Offset != 0 {
		t.Fatalf("adjusted %v, marked %v, %+d", r.Span.Adjusted, r.Marks.Names(), r.Offset)
	}
	if r.Kind == timeline.KindLog && r.Marks.Has(timeline.MarkZone) && r.Offset == 0 {
		t.Fatalf("a zone is mended by nothing: %+v", r.Log)
	}
}

// checkRecords fails unless each record is in one row, but for identical spans
// and for events that a log repeats.
func checkRecords(t *testing.T, ev *trace.Evidence, tl *timeline.Timeline) {
	t.Helper()
	spans, events, logs := make(map[*trace.Span]int), make(map[*trace.Event]int), make(map[*trace.Log]int)
	merged := 0
	for i := range tl.Rows {
		switch r := &tl.Rows[i]; r.Kind {
		case timeline.KindSpan:
			spans[r.Span]++
		case timeline.KindEvent:
			events[r.Event]++
		case timeline.KindLog:
			logs[r.Log]++
			if r.Marks.Has(timeline.MarkEvent) {
				merged++
			}
		}
	}
	lost := 0
	for i := range ev.Spans {
		s := &ev.Spans[i]
		if n := spans[s]; n > 1 || n == 0 && !slices.ContainsFunc(ev.Spans, func(o trace.Span) bool { return o.Equal(s) && &o != s }) {
			t.Fatalf("span %d is in %d rows", i, n)
		}
		if spans[s] == 0 {
			continue
		}
		for j := range s.Events {
			if n := events[&s.Events[j]]; n > 1 {
				t.Fatalf("event %d of span %d is in %d rows", j, i, n)
			} else if n == 0 {
				lost++
			}
		}
	}
	if lost != merged || tl.Counts.Merged != merged {
		t.Fatalf("%d events are not shown, %d logs stand for one, %d are counted", lost, merged, tl.Counts.Merged)
	}
	for i := range ev.Logs {
		if n := logs[&ev.Logs[i]]; n != 1 {
			t.Fatalf("log %d is in %d rows", i, n)
		}
	}
}

// shuffled is the same evidence in another order.
func shuffled(ev *trace.Evidence, rng *rand.Rand) *trace.Evidence {
	other := *ev
	other.Spans, other.Logs = slices.Clone(ev.Spans), slices.Clone(ev.Logs)
	rng.Shuffle(len(other.Spans), func(i, j int) { other.Spans[i], other.Spans[j] = other.Spans[j], other.Spans[i] })
	rng.Shuffle(len(other.Logs), func(i, j int) { other.Logs[i], other.Logs[j] = other.Logs[j], other.Logs[i] })
	return &other
}

// checkShuffled fails unless the rows are the same in any order of input.
func checkShuffled(t *testing.T, ev *trace.Evidence, m skew.Mode, tl *timeline.Timeline) {
	t.Helper()
	other := shuffled(ev, rand.New(rand.NewPCG(3, 3)))
	if got, want := written(timeline.Build(other, m.Estimate(other.Spans, other.Logs))), written(tl); got != want {
		at := 0
		for at < min(len(got), len(want)) && got[at] == want[at] {
			at++
		}
		t.Fatalf("the order of the input matters: …%.300s… became …%.300s…", want[max(at-40, 0):], got[max(at-40, 0):])
	}
}

// checkCauses fails where a span starts before its parent although the clocks
// of both were corrected by what the evidence says of such starts. It returns
// how many it looked at.
func checkCauses(t *testing.T, tl *timeline.Timeline) (checked int) {
	t.Helper()
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if r.Parent < 0 || r.Kind != timeline.KindSpan || tl.Rows[r.Parent].Kind != timeline.KindSpan || r.Marks.Has(timeline.MarkDuplicate|timeline.MarkCycle) {
			continue
		}
		p := &tl.Rows[r.Parent]
		if p.Clock == r.Clock || p.Clock.Component != r.Clock.Component || p.Clock.Ignored+r.Clock.Ignored > 0 || p.Clock.DriftPPM != 0 || r.Clock.DriftPPM != 0 {
			continue
		}
		checked++
		if r.Marks.Has(timeline.MarkEarly) {
			t.Fatalf("row %d starts %d ns before its parent, by the clocks %+v and %+v", i, p.Time-r.Time, p.Clock, r.Clock)
		}
	}
	return checked
}

func TestTimelinesOfGeneratedTraces(t *testing.T) {
	for _, s := range scenario.All() {
		t.Run(s.Name, func(t *testing.T) {
			causes, moved := 0, 0
			for seed := range uint64(4) {
				tr := s.Generate(seed)
				ev := &trace.Evidence{Spans: tr.Spans, Logs: tr.Logs}
				for i := range ev.Logs {
					ev.Logs[i].DocID, ev.Logs[i].Message = fmt.Sprint(i), "said"
				}
				for _, m := range []skew.Mode{skew.Auto, skew.Mid, skew.Off} {
					tl := timeline.Build(ev, m.Estimate(ev.Spans, ev.Logs))
					checkTimeline(t, ev, tl)
					checkShuffled(t, ev, m, tl)
					for i := range tl.Rows {
						if r := &tl.Rows[i]; m == skew.Off && (r.Offset != 0 || r.Marks.Has(timeline.MarkUndecided)) {
							t.Fatalf("nothing was to be corrected, and yet row %d is moved by %d and marked %v", i, r.Offset, r.Marks.Names())
						} else if r.Offset != 0 {
							moved++
						}
					}
					if m != skew.Off {
						causes += checkCauses(t, tl)
					}
				}
			}
			if moved == 0 && s.Skew > 0 || causes == 0 && s.DriftPPM == 0 {
				t.Errorf("%d rows were moved, %d starts were checked", moved, causes)
			}
		})
	}
}

// A tracer that tells whole milliseconds shows the callee before its caller: by
// less than one, that is not early.
func TestCutTimesAreNotEarly(t *testing.T) {
	parent, child := span(1, 0, "a", "call", 10, 50), span(2, 1, "a", "serve", 10, 20)
	parent.Start += 999_000
	for _, tt := range []struct {
		start int64
		early bool
	}{{epoch + 10*ms, false}, {epoch + 10*ms - 1000, true}, {parent.Start - 1000, false}, {parent.Start - 1001, true}, {parent.Start - 2000, true}, {epoch + 9*ms, true}} {
		child.Start = tt.start
		tl := build(trace.Evidence{Spans: []trace.Span{parent, child}})
		if got := tl.Rows[1].Marks.Has(timeline.MarkEarly); got != tt.early {
			t.Errorf("%d ns before: early %v", parent.Start-tt.start, got)
		}
	}
}

// Records that agree in all that is sorted by are still told apart.
func TestLikenessIsNoTie(t *testing.T) {
	one, two := span(7, 1, "b", "same", 10, 5), span(7, 1, "b", "same", 10, 5)
	one.Attributes = []trace.Attribute{{Key: "n", Value: trace.Int(1)}}
	two.Attributes = []trace.Attribute{{Key: "n", Value: trace.Int(2)}}
	early, late := one, two
	early.Events = []trace.Event{{Name: "e", Time: epoch + 11*ms}}
	late.StatusMessage = "failed"
	first, second := log(1, "a", "same", 20), log(1, "a", "same", 20)
	first.DocID, second.DocID = "", ""
	first.Document, second.Document = []byte(`{"n":1}`), []byte(`{"n":2}`)
	third := first
	third.Template = "same {}"
	ev := &trace.Evidence{
		Spans: []trace.Span{span(1, 0, "a", "root", 0, 100), one, two, early, late},
		Logs:  []trace.Log{first, second, third},
	}
	want := written(build(*ev))
	for seed := range uint64(50) {
		if got := written(build(*shuffled(ev, rand.New(rand.NewPCG(seed, 1))))); got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// Times at the ends of what can be told are moved no further, and stay times.
func TestTimesAtTheEnds(t *testing.T) {
	caller, callee := span(1, 0, "a", "call", 0, 100), span(2, 1, "b", "serve", -9_000, 50)
	caller.Kind, callee.Kind = trace.KindClient, trace.KindServer
	for _, at := range []int64{math.MinInt64, math.MinInt64 + 1, math.MinInt64 + 5, -1, 0, math.MaxInt64 - 5, math.MaxInt64} {
		far := span(3, 1, "b", "far", 0, 0)
		far.Start = at
		l := log(2, "b", "far", 0)
		l.Time = at
		ev := &trace.Evidence{Spans: []trace.Span{caller, callee, far}, Logs: []trace.Log{l}}
		for _, m := range []skew.Mode{skew.Auto, skew.Off} {
			tl := timeline.Build(ev, m.Estimate(ev.Spans, ev.Logs))
			checkTimeline(t, ev, tl)
		}
	}
}
