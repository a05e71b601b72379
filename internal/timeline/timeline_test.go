package timeline_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

const (
	ms    = int64(1e6)
	epoch = int64(1_700_000_000_000_000_000)
)

// span makes a span of a service on a host of the service's name.
func span(id, parent trace.SpanID, service, operation string, startMS, durationMS int64) trace.Span {
	return trace.Span{
		ID: id, Parent: parent, Operation: operation, Start: epoch + startMS*ms, Duration: durationMS * ms,
		Resource: &trace.Resource{Origin: trace.Origin{Service: service, Host: service + "-host"}},
	}
}

func log(id trace.SpanID, service, message string, atMS int64) trace.Log {
	return trace.Log{
		Time: epoch + atMS*ms, Span: id, Message: message, Level: trace.LevelInfo, DocID: message,
		Origin: trace.Origin{Service: service, Host: service + "-host"},
	}
}

func build(ev trace.Evidence) *timeline.Timeline {
	return timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
}

// sketch draws rows as indented words, so that a test reads as a picture.
func sketch(tl *timeline.Timeline) string {
	var b strings.Builder
	for i := range tl.Rows {
		r := &tl.Rows[i]
		b.WriteString(strings.Repeat("  ", int(r.Depth)))
		switch r.Kind {
		case timeline.KindSpan:
			b.WriteString(r.Span.Operation)
		case timeline.KindLog:
			fmt.Fprintf(&b, "log %s (%s)", r.Log.Message, r.Attached)
		case timeline.KindEvent:
			b.WriteString("event " + r.Event.Name)
		case timeline.KindMissing:
			b.WriteString("missing " + r.Missing.String())
		}
		if names := r.Marks.Names(); names != nil {
			fmt.Fprintf(&b, " %v", names)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestBuildPlaces(t *testing.T) {
	withEvent := func(s trace.Span, name string, atMS int64) trace.Span {
		s.Events = append(s.Events, trace.Event{Name: name, Time: epoch + atMS*ms})
		return s
	}
	kind := func(s trace.Span, k trace.Kind) trace.Span { s.Kind = k; return s }
	noTime := log(1, "a", "when?", 0)
	noTime.Time = trace.NoTime
	tests := []struct {
		name string
		ev   trace.Evidence
		want string
	}{
		{"nothing", trace.Evidence{}, ``},
		{
			"logs, events and spans in the order in which they happened",
			trace.Evidence{
				Spans: []trace.Span{span(3, 1, "b", "second", 50, 10), withEvent(span(1, 0, "a", "root", 0, 100), "halfway", 45), span(2, 1, "b", "first", 10, 20)},
				Logs:  []trace.Log{log(2, "b", "in first", 12), log(1, "a", "between", 40), log(1, "a", "when it began", 0)},
			},
			`
root
  log when it began (span)
  first
    log in first (span)
  log between (span)
  event halfway
  second
`,
		},
		{
			"a parent that never came stands as missing, and its logs with it",
			trace.Evidence{
				Spans: []trace.Span{span(1, 0, "a", "root", 0, 100), span(3, 9, "c", "child", 20, 10), span(4, 9, "c", "sibling", 40, 10)},
				Logs:  []trace.Log{log(9, "b", "from the lost span", 30)},
			},
			`
root
missing 0000000000000009
  child [orphan]
  log from the lost span (span) [orphan]
  sibling [orphan]
`,
		},
		{
			"a log without a span goes by service and moment, to the last begun span that covers it",
			trace.Evidence{
				Spans: []trace.Span{span(1, 0, "a", "root", 0, 100), span(2, 1, "b", "outer", 10, 80), span(3, 2, "b", "inner", 20, 10)},
				Logs:  []trace.Log{log(0, "b", "in inner", 25), log(0, "b", "in outer", 60), log(0, "b", "too late", 95), log(0, "z", "nobody", 50), log(77, "b", "unknown span", 26)},
			},
			`
root
  outer
    inner
      log in inner (service)
      log unknown span (service) [orphan]
    log in outer (service)
log nobody (none)
log too late (none)
`,
		},
		{
			"a cycle is cut where it starts",
			trace.Evidence{Spans: []trace.Span{span(1, 3, "a", "one", 10, 5), span(2, 1, "a", "two", 0, 30), span(3, 2, "a", "three", 5, 10), span(4, 4, "a", "itself", 50, 1)}},
			`
two [cycle]
  three
    one
itself [cycle]
`,
		},
		{
			"the two sides of a call may share an ID; children belong to their own side",
			trace.Evidence{Spans: []trace.Span{
				kind(span(2, 1, "b", "serve", 12, 10), trace.KindServer), kind(span(2, 1, "a", "call", 10, 15), trace.KindClient),
				span(1, 0, "a", "root", 0, 100), span(5, 2, "b", "work", 13, 2), span(6, 2, "c", "unknown side", 14, 2),
			}},
			`
root
  call
    serve
      work
      unknown side
`,
		},
		{
			"identical spans are shown once, different ones with one ID are marked",
			trace.Evidence{Spans: []trace.Span{span(1, 0, "a", "root", 0, 9), span(1, 0, "a", "root", 0, 9), span(1, 0, "a", "other", 3, 2), span(0, 1, "a", "nameless", 4, 1)}},
			`
root [duplicate]
  nameless [no-id]
other [duplicate]
`,
		},
		{
			"what is out of order is marked",
			trace.Evidence{
				Spans: []trace.Span{span(1, 0, "a", "root", 10, 10), span(2, 1, "b", "early", 5, 3), span(3, 1, "b", "outlives", 15, 30), span(4, 1, "b", "late", 30, 3)},
				Logs:  []trace.Log{log(1, "a", "after", 99), noTime},
			},
			`
root
  early [early]
  outlives [outlives]
  late [late]
  log after (span) [outside]
  log when? (span) [no-time]
`,
		},
		{
			"a span event that a log repeats is shown once, as that log",
			trace.Evidence{
				Spans: []trace.Span{withEvent(withEvent(span(1, 0, "a", "root", 0, 100), "PaymentFailed", 40), "other", 41)},
				Logs:  []trace.Log{log(1, "a", "PaymentFailed", 40), log(1, "a", "PaymentFailed", 80)},
			},
			`
root
  log PaymentFailed (span) [event]
  event other
  log PaymentFailed (span)
`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := sketch(build(tt.ev)), strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

func TestSelfTime(t *testing.T) {
	tl := build(trace.Evidence{Spans: []trace.Span{
		span(1, 0, "a", "root", 0, 100), span(2, 1, "a", "x", 10, 20), span(3, 1, "a", "overlaps x", 20, 30), span(4, 1, "a", "sticks out", 90, 50),
	}})
	if self := tl.Rows[0].Self; self != 50*ms {
		t.Errorf("self time %d ms, want 50", self/ms)
	}
}

func TestImpossibleTimesDoNotStretchTheScale(t *testing.T) {
	past := span(2, 1, "a", "of 1970", 0, 1)
	past.Start = 5
	future := span(3, 1, "a", "of 2262", 0, 1)
	future.SetTimes(math.MaxInt64-10, math.MaxInt64)
	tl := build(trace.Evidence{Spans: []trace.Span{span(1, 0, "a", "root", 0, 100), past, future}})
	if tl.Start != epoch || tl.Duration != 100*ms {
		t.Errorf("start %d, duration %d ms", tl.Start, tl.Duration/ms)
	}
	if got, want := sketch(tl), "root\n  of 1970 [far]\n  of 2262 [far]\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// randomEvidence is anything at all: few IDs, so that they collide, dangle and
// form cycles.
func randomEvidence(rng *rand.Rand) trace.Evidence {
	var ev trace.Evidence
	services := []string{"", "a", "b", "c"}
	for range rng.IntN(40) {
		s := span(trace.SpanID(rng.IntN(20)), trace.SpanID(rng.IntN(25)), services[rng.IntN(4)], fmt.Sprint("op", rng.IntN(5)), rng.Int64N(100), rng.Int64N(50))
		s.Kind = trace.Kind(rng.IntN(6))
		for range rng.IntN(3) {
			s.Events = append(s.Events, trace.Event{Name: "e", Time: s.Start + rng.Int64N(50*ms)})
		}
		ev.Spans = append(ev.Spans, s)
	}
	for i := range rng.IntN(40) {
		l := log(trace.SpanID(rng.IntN(25)), services[rng.IntN(4)], "e", rng.Int64N(150))
		l.DocID = fmt.Sprint(i)
		ev.Logs = append(ev.Logs, l)
	}
	return ev
}

func TestNothingIsLostAndOrderOfInputIsIrrelevant(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		ev := randomEvidence(rng)
		tl := build(ev)
		checkTree(t, tl)
		events := 0
		for i := range ev.Spans {
			events += len(ev.Spans[i].Events)
		}
		if got := tl.Counts.Logs; got != len(ev.Logs) {
			t.Fatalf("seed %d: %d logs shown of %d", seed, got, len(ev.Logs))
		}
		identical := len(ev.Spans) - tl.Counts.Spans
		if identical > 0 && len(tl.Warnings) == 0 || identical < 0 {
			t.Fatalf("seed %d: %d spans shown of %d, warnings %q", seed, tl.Counts.Spans, len(ev.Spans), tl.Warnings)
		}
		if got := tl.Counts.Events + tl.Counts.Merged; identical == 0 && got != events {
			t.Fatalf("seed %d: %d events shown of %d", seed, got, events)
		}
		want := sketch(tl)
		rng.Shuffle(len(ev.Spans), func(i, j int) { ev.Spans[i], ev.Spans[j] = ev.Spans[j], ev.Spans[i] })
		rng.Shuffle(len(ev.Logs), func(i, j int) { ev.Logs[i], ev.Logs[j] = ev.Logs[j], ev.Logs[i] })
		if got := sketch(build(ev)); got != want {
			t.Fatalf("seed %d: the order of the input changed the timeline:\n%s\nbecame\n%s", seed, want, got)
		}
	}
}

// checkTree fails unless depths, parents and subtree sizes agree.
func checkTree(t *testing.T, tl *timeline.Timeline) {
	t.Helper()
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if r.Parent < 0 != (r.Depth == 0) || r.Parent >= int32(i) {
			t.Fatalf("row %d at depth %d has parent %d", i, r.Depth, r.Parent)
		}
		if r.Parent >= 0 {
			if p := &tl.Rows[r.Parent]; p.Depth != r.Depth-1 || int32(i) > r.Parent+p.Subtree {
				t.Fatalf("row %d is not within its parent %d", i, r.Parent)
			}
		}
		if end := i + 1 + int(r.Subtree); end > len(tl.Rows) || end < len(tl.Rows) && tl.Rows[end].Depth > r.Depth {
			t.Fatalf("row %d ends its subtree at %d, depth %d", i, end, r.Depth)
		}
	}
}

func TestDeepChain(t *testing.T) {
	const deep = 70_000
	spans := make([]trace.Span, deep)
	for i := range spans {
		spans[i] = span(trace.SpanID(i+1), trace.SpanID(i), "a", "step", int64(i), 2*deep)
	}
	tl := build(trace.Evidence{Spans: spans})
	checkTree(t, tl)
	if got := tl.Rows[deep-1].Depth; got != deep-1 {
		t.Errorf("the last row is at depth %d", got)
	}
}

func BenchmarkBuild(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	var ev trace.Evidence
	for i := range 100_000 {
		ev.Spans = append(ev.Spans, span(trace.SpanID(i+1), trace.SpanID(rng.IntN(i+1)), "a", "op", int64(i), 1000))
		ev.Logs = append(ev.Logs, log(trace.SpanID(rng.IntN(i+1)+1), "a", "message", int64(i)))
	}
	clocks := skew.Off.Estimate(ev.Spans, ev.Logs)
	b.ReportAllocs()
	for b.Loop() {
		timeline.Build(&ev, clocks)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/200_000, "ns/row")
}

// Two traces may use the same span IDs, and services of the same names.
func TestLinkedTracesKeepApart(t *testing.T) {
	own, other := trace.ID{Lo: 1}, trace.ID{Lo: 2}
	in := func(s trace.Span, id trace.ID) trace.Span { s.Trace = id; return s }
	with := func(l trace.Log, id trace.ID) trace.Log { l.Trace = &id; return l }
	orphan := in(span(5, 9, "order", "their orphan", 25, 1), other)
	tl := build(trace.Evidence{
		ID: own, Linked: []trace.LinkedTrace{{ID: other, Why: "linked"}},
		Spans: []trace.Span{
			in(span(1, 0, "order", "ours", 0, 50), own), in(span(2, 1, "order", "our child", 5, 10), own),
			in(span(1, 0, "order", "theirs", 10, 50), other), in(span(2, 1, "order", "their child", 12, 10), other), orphan,
		},
		Logs: []trace.Log{
			with(log(2, "order", "of our child", 6), own), with(log(2, "order", "of their child", 14), other),
			with(log(0, "order", "by its moment", 40), own), with(log(9, "order", "of the missing", 26), other),
		},
	})
	want := `ours
  our child
    log of our child (span)
  log by its moment (service)
theirs
  their child
    log of their child (span)
missing 0000000000000009
  their orphan [orphan]
  log of the missing (span) [orphan]
`
	if got := sketch(tl); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if root := tl.Root(); root == nil || root.Span.Operation != "ours" || tl.Counts.Spans != 5 {
		t.Errorf("root %+v, %+v", root, tl.Counts)
	}
}
