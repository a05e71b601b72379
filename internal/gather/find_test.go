package gather_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/trace"
)

// A store is a source that holds whole traces, and may fail.
type store struct {
	spans    map[uint64][]trace.Span
	logs     map[uint64]int // how many logs a trace has
	found    trace.Found
	findErr  error
	spansErr error
	tallyErr error
	asked    *[]trace.Query
}

func (s store) Spans(_ context.Context, id trace.ID, _ trace.Window) (trace.Evidence, error) {
	if s.spansErr != nil {
		return trace.Evidence{}, s.spansErr
	}
	if len(s.spans[id.Lo]) == 0 {
		return trace.Evidence{}, trace.ErrNotFound
	}
	return trace.Evidence{ID: id, Spans: s.spans[id.Lo]}, nil
}

func (s store) Logs(_ context.Context, id trace.ID, _ gather.Hint) (trace.Evidence, error) {
	return trace.Evidence{ID: id, Logs: make([]trace.Log, s.logs[id.Lo])}, nil
}

func (s store) FindSpans(_ context.Context, q trace.Query) (trace.Found, error) { return s.find(q) }
func (s store) FindLogs(_ context.Context, q trace.Query) (trace.Found, error)  { return s.find(q) }

func (s store) find(q trace.Query) (trace.Found, error) {
	if s.asked != nil {
		*s.asked = append(*s.asked, q)
	}
	return s.found, s.findErr
}

func (s store) Tally(_ context.Context, id trace.ID) (trace.Summary, error) {
	return trace.Summary{ID: id, Start: trace.NoTime, Logs: s.logs[id.Lo], Services: []string{"mail"}}, s.tallyErr
}

func found(at int64, ids ...uint64) (f trace.Found) {
	for _, id := range ids {
		f.Traces = append(f.Traces, trace.Summary{ID: trace.ID{Lo: id}, Start: at + int64(id), End: at + int64(id)})
	}
	return f
}

func bySpans(f trace.Found) trace.Found {
	for i := range f.Traces {
		f.Traces[i].BySpans, f.Traces[i].Spans = true, 3
	}
	return f
}

func byLogs(f trace.Found) trace.Found {
	for i := range f.Traces {
		f.Traces[i].ByLogs = true
	}
	return f
}

func more(f trace.Found) trace.Found {
	f.More = true
	return f
}

func span(operation string, start int64) trace.Span {
	return trace.Span{Trace: trace.ID{Lo: 2}, Operation: operation, Start: start, Duration: 5, Resource: &trace.Resource{Origin: trace.Origin{Service: "order"}}}
}

var order17 = []trace.Condition{{Key: "order.id", Value: "ORD-17"}}

func list(f trace.Found) string {
	var words []string
	for _, s := range f.Traces {
		words = append(words, fmt.Sprintf("%d:%ds%dl", s.ID.Lo, s.Spans, s.Logs))
	}
	return strings.Join(words, " ")
}

func TestFind(t *testing.T) {
	full := map[uint64][]trace.Span{2: {span("pay", 500), span("ship", 501)}}
	tests := []struct {
		name        string
		q           trace.Query
		spans, logs store
		want        string
		wantErr     string
		more        bool
		gaps        int
	}{
		{
			name:  "both sources' traces, each once and whole, the newest first",
			q:     trace.Query{Conditions: order17},
			spans: store{found: bySpans(found(100, 1, 3)), spans: full}, logs: store{found: byLogs(found(100, 1, 2)), logs: map[uint64]int{1: 4, 2: 5}},
			want: "2:2s5l 3:3s0l 1:3s4l",
		},
		{
			name: "a log that keeps half of an ID", q: trace.Query{Conditions: order17},
			spans: store{found: trace.Found{Traces: []trace.Summary{{ID: trace.ID{Hi: 5, Lo: 1}, Start: 9, BySpans: true, Spans: 3}}}},
			logs:  store{found: byLogs(found(0, 1, 2))}, want: "1:3s0l 2:0s0l",
		},
		{
			name: "no more than asked for, and said", q: trace.Query{Conditions: order17, Limit: 2},
			spans: store{found: bySpans(found(100, 1, 2, 3))}, logs: store{}, want: "3:3s0l 2:3s0l", more: true,
		},
		{
			name: "logs of a trace that Jaeger does not have", q: trace.Query{Conditions: order17},
			spans: store{}, logs: store{found: byLogs(found(0, 9)), logs: map[uint64]int{9: 2}}, want: "9:0s2l",
		},
		{
			name: "its logs match, its spans do not", q: trace.Query{Conditions: order17, Operation: "refund"},
			spans: store{spans: full}, logs: store{found: byLogs(found(0, 2, 9))}, wantErr: "not found",
		},
		{
			name: "its logs match, and a span does, too", q: trace.Query{Conditions: order17, Operation: "ship"},
			spans: store{spans: full}, logs: store{found: byLogs(found(0, 2))}, want: "2:2s0l",
		},
		{
			name: "older traces that were not looked at may match", q: trace.Query{Conditions: order17, Operation: "refund", Limit: 1},
			spans: store{spans: full}, logs: store{found: more(byLogs(found(0, 2, 9)))}, more: true,
			wantErr: "none of the newest 2 traces whose logs match has a span that does, and older ones were not looked at",
		},
		{name: "nothing", q: trace.Query{Conditions: order17}, wantErr: "a trace that matches was not found in jaeger and elasticsearch"},
		{
			name: "one source is down, which is said once", q: trace.Query{Conditions: order17},
			spans: store{findErr: errors.New("down"), spansErr: errors.New("down")}, logs: store{found: byLogs(found(0, 9)), logs: map[uint64]int{9: 2}},
			want: "9:0s2l", gaps: 1,
		},
		{
			name: "nothing is not believed while a source is down", q: trace.Query{Conditions: order17},
			spans: store{findErr: errors.New("down")}, wantErr: "no logs match in elasticsearch, and the spans are unknown: down",
		},
		{
			name: "both are down", q: trace.Query{Conditions: order17},
			spans: store{findErr: errors.New("down")}, logs: store{findErr: errors.New("out")}, wantErr: "no source answered: down; out",
		},
		{
			name: "a search that was cut short finds nothing", q: trace.Query{Conditions: order17},
			logs: store{found: trace.Found{Gaps: []trace.Gap{{Reason: "1 of 2 shards failed"}}}}, wantErr: "nothing was found, but elasticsearch is incomplete", gaps: 1,
		},
		{
			name: "logs that cannot be counted are said once", q: trace.Query{Conditions: order17},
			spans: store{found: bySpans(found(0, 1, 2))}, logs: store{tallyErr: errors.New("busy")}, want: "2:3s0l 1:3s0l", gaps: 1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := gather.Find(t.Context(), tt.q, gather.Sources{Spans: tt.spans, SpansName: "jaeger", Logs: tt.logs, LogsName: "elasticsearch"})
			if (err == nil) != (tt.wantErr == "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Fatalf("error %v, want %q", err, tt.wantErr)
			}
			if err == nil && list(got) != tt.want {
				t.Errorf("%s, want %s", list(got), tt.want)
			}
			if got.More != tt.more || len(got.Gaps) != tt.gaps {
				t.Errorf("more %v, gaps %v", got.More, got.Gaps)
			}
		})
	}
}

func TestFindAsksForOneMoreThanTheLimit(t *testing.T) {
	var asked []trace.Query
	s := store{found: bySpans(found(0, 1)), asked: &asked}
	if _, err := gather.Find(t.Context(), trace.Query{Service: "x", Limit: 5}, gather.Sources{Spans: s, Logs: store{}}); err != nil || len(asked) != 1 || asked[0].Limit != 6 {
		t.Errorf("%v %v", asked, err)
	}
}

// TestFindSiftsManyTracesForTheFewThatFit has more traces whose logs match than
// are to be listed, of which only the oldest has a span that matches.
func TestFindSiftsManyTracesForTheFewThatFit(t *testing.T) {
	logs := store{found: byLogs(found(0, 2, 10, 11, 12, 13))}
	spans := store{spans: map[uint64][]trace.Span{2: {span("ship", 2)}}}
	var asked []trace.Query
	logs.asked = &asked
	q := trace.Query{Conditions: order17, Operation: "ship", Limit: 2}
	got, err := gather.Find(t.Context(), q, gather.Sources{Spans: spans, SpansName: "jaeger", Logs: logs, LogsName: "elasticsearch"})
	if err != nil || list(got) != "2:1s0l" || len(asked) != 1 || asked[0].Limit < 100 {
		t.Errorf("%s, asked %v, %v", list(got), asked, err)
	}
	if len(got.Warnings) != 1 || !strings.HasPrefix(got.Warnings[0], "4 traces whose logs match") {
		t.Errorf("warnings %q", got.Warnings)
	}
}

// A failing store says something else each time.
type failing struct {
	store
	n *atomic.Int64
}

func (f failing) Tally(context.Context, trace.ID) (trace.Summary, error) {
	return trace.Summary{}, fmt.Errorf("request %d failed", f.n.Add(1))
}

func TestFindDoesNotTellAThousandReasons(t *testing.T) {
	var ids []uint64
	for id := range uint64(1000) {
		ids = append(ids, id+1)
	}
	src := gather.Sources{Spans: store{found: bySpans(found(0, ids...))}, SpansName: "jaeger", Logs: failing{n: new(atomic.Int64)}, LogsName: "elasticsearch"}
	got, err := gather.Find(t.Context(), trace.Query{Service: "x"}, src)
	if err != nil || len(got.Traces) != 1000 || len(got.Gaps) != 6 || !strings.HasPrefix(got.Gaps[5].Reason, "995 more reasons") {
		t.Errorf("%d traces, gaps %v, %v", len(got.Traces), got.Gaps, err)
	}
}

// A late source answers a search when it is let to.
type late struct {
	store
	let chan struct{}
}

func (l late) FindSpans(ctx context.Context, q trace.Query) (trace.Found, error) {
	<-l.let
	return l.store.FindSpans(ctx, q)
}

func (l late) FindLogs(ctx context.Context, q trace.Query) (trace.Found, error) {
	<-l.let
	return l.store.FindLogs(ctx, q)
}

// TestFindEarlyTellsTheFirstAnswer lets each source be the first. What is told
// is not the same memory as what is told later.
func TestFindEarlyTellsTheFirstAnswer(t *testing.T) {
	full := map[uint64][]trace.Span{2: {span("pay", 500)}, 3: {span("ship", 501)}}
	spans := store{found: bySpans(found(100, 1, 3)), spans: full}
	logs := store{found: byLogs(found(100, 1, 2)), logs: map[uint64]int{1: 4, 2: 5}}
	for _, tt := range []struct {
		name          string
		q             trace.Query
		logsAreLate   bool
		spanErr       error
		want, waiting string
		gaps          int
		more          bool
	}{
		{"spans first", trace.Query{}, true, nil, "3:3s0l 1:3s0l", "elasticsearch", 0, false},
		{"logs first", trace.Query{}, false, nil, "2:0s0l 1:0s0l", "jaeger", 0, false},
		{"logs first, whose spans must match, too", trace.Query{Operation: "pay"}, false, nil, "", "jaeger", 0, false},
		{"no more than asked for", trace.Query{Limit: 1}, true, nil, "3:3s0l", "elasticsearch", 0, true},
		{"the first has failed", trace.Query{}, true, errors.New("down"), "", "elasticsearch", 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			let := make(chan struct{})
			src := gather.Sources{Spans: spans, SpansName: "jaeger", Logs: logs, LogsName: "elasticsearch"}
			if tt.logsAreLate {
				first := spans
				first.findErr = tt.spanErr
				if tt.spanErr != nil {
					first.found = trace.Found{}
				}
				src.Spans, src.Logs = first, late{logs, let}
			} else {
				src.Spans = late{spans, let}
			}
			tt.q.Conditions = order17
			var told []trace.Found
			got, err := gather.FindEarly(t.Context(), tt.q, src, func(f trace.Found) {
				if told = append(told, f); len(told) == 1 {
					close(let)
				}
			})
			if err != nil || len(told) == 0 {
				t.Fatalf("told %d times, %v", len(told), err)
			}
			f := told[0]
			if list(f) != tt.want || strings.Join(f.Asking, " ") != tt.waiting || len(f.Gaps) != tt.gaps || f.More != tt.more {
				t.Errorf("told %q of %q, gaps %v, more %v", list(f), f.Asking, f.Gaps, f.More)
			}
			for _, s := range f.Traces {
				if !s.Uncounted || s.Unasked == s.BySpans {
					t.Errorf("%+v tells what is not known yet", s)
				}
			}
			if len(got.Asking) > 0 {
				t.Errorf("%q are asked at the end", got.Asking)
			}
		})
	}
}

// TestFindEarlyTellsAsTracesBecomeComplete looks at what is told of twenty
// traces, and of very many.
func TestFindEarlyTellsAsTracesBecomeComplete(t *testing.T) {
	for n, want := range map[uint64]int{8: 0, 20: 2, 10_000: 29} {
		var ids []uint64
		counts := map[uint64]int{}
		for id := range n {
			ids = append(ids, id+1)
			counts[id+1] = 7
		}
		src := gather.Sources{Spans: store{found: bySpans(found(0, ids...))}, SpansName: "jaeger", Logs: store{logs: counts}, LogsName: "elasticsearch"}
		var told []int
		_, err := gather.FindEarly(t.Context(), trace.Query{Service: "x"}, src, func(f trace.Found) {
			counted := 0
			for _, s := range f.Traces {
				if !s.Uncounted && s.Logs == 7 {
					counted++
				}
			}
			if len(f.Traces) != int(n) || strings.Join(f.Asking, "") != "elasticsearch" || f.More {
				t.Errorf("told %d traces, asking %q", len(f.Traces), f.Asking)
			}
			told = append(told, counted)
		})
		if err != nil || len(told) != want || !slices.IsSorted(told) || want == 2 && !slices.Equal(told, []int{8, 16}) {
			t.Errorf("%d traces: told of %v, %v", n, told, err)
		}
	}
}
