package gather_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/trace"
)

// A shop is a store whose searches look at what it holds.
type shop struct{ store }

func (s shop) FindSpans(_ context.Context, q trace.Query) (trace.Found, error) {
	var sum trace.Summaries
	for lo, spans := range s.spans {
		if slices.ContainsFunc(spans, func(s trace.Span) bool { return q.Matches(&s) }) {
			sum.Of(trace.ID{Lo: lo})
		}
	}
	f := trace.Found{Traces: sum.List()}
	if q.Limit > 0 && len(f.Traces) > q.Limit {
		f.Traces, f.More = f.Traces[:q.Limit], true
	}
	return f, nil
}

func (s shop) FindLogs(context.Context, trace.Query) (trace.Found, error) { return trace.Found{}, nil }

func of(id uint64, start int64, attributes ...string) trace.Span {
	s := trace.Span{Trace: trace.ID{Lo: id}, ID: 1, Operation: "op", Start: start, Duration: 10, Resource: &trace.Resource{}}
	for i := 0; i < len(attributes); i += 2 {
		s.Attributes = append(s.Attributes, trace.Attribute{Key: attributes[i], Value: trace.String(attributes[i+1])})
	}
	return s
}

func linkingTo(s trace.Span, id uint64) []trace.Span {
	s.Links = []trace.Link{{Trace: trace.ID{Lo: id}, Span: 1}}
	return []trace.Span{s}
}

func why(ev *trace.Evidence) string {
	var words []string
	for _, l := range ev.Linked {
		words = append(words, l.Why)
	}
	return strings.Join(words, "; ")
}

func TestLinkedTraces(t *testing.T) {
	const now = int64(1_700_000_000_000_000_000)
	s := shop{store{spans: map[uint64][]trace.Span{
		1: linkingTo(of(1, now, "order.id", "ORD-17", "tenant.id", "t-1"), 2),
		2: {of(2, now)},
		3: linkingTo(of(3, now+5), 1),
		4: {of(4, now+9, "order_id", "ORD-17")},
		5: {of(5, now, "order.id", "ORD-18", "tenant.id", "t-1")},
		6: {of(6, now+48*3600e9, "order.id", "ORD-17")}, // another day
	}, logs: map[uint64]int{1: 2, 4: 1}}}
	src := gather.Sources{Spans: s, SpansName: "jaeger", Logs: s, LogsName: "elasticsearch"}
	ev, err := gather.Linked(t.Context(), trace.ID{Lo: 1}, src)
	if err != nil {
		t.Fatal(err)
	}
	if got := why(&ev); got != "linked to by op; links to this trace; shares order.id=ORD-17" {
		t.Error(got)
	}
	if len(ev.Spans) != 4 || len(ev.Logs) != 3 || len(ev.Gaps) > 0 {
		t.Errorf("%d spans, %d logs, %v", len(ev.Spans), len(ev.Logs), ev.Gaps)
	}
	for i := range ev.Logs {
		if ev.Logs[i].Trace == nil {
			t.Error("a log does not tell which trace it came with")
		}
	}
}

func TestABusinessIDOfEverybodyIsNotFollowed(t *testing.T) {
	s := shop{store{spans: map[uint64][]trace.Span{}}}
	for id := range uint64(30) {
		s.spans[id+1] = []trace.Span{of(id+1, 1_700_000_000_000_000_000, "shop.id", "s-1")}
	}
	ev, err := gather.Linked(t.Context(), trace.ID{Lo: 1}, gather.Sources{Spans: s, Logs: s})
	if err != nil || len(ev.Linked) > 0 || !slices.ContainsFunc(ev.Warnings, func(w string) bool { return strings.Contains(w, "shop.id=s-1 is shared by more than") }) {
		t.Errorf("%v %v %v", ev.Linked, ev.Warnings, err)
	}
}

func TestALinkedTraceThatIsGoneIsTold(t *testing.T) {
	s := shop{store{spans: map[uint64][]trace.Span{1: linkingTo(of(1, 5), 99)}}}
	ev, err := gather.Linked(t.Context(), trace.ID{Lo: 1}, gather.Sources{Spans: s, Logs: s})
	if err != nil || len(ev.Linked) != 1 || ev.Linked[0].Spans != 0 {
		t.Errorf("%+v %v", ev.Linked, err)
	}
}

// A diary is a shop whose only log names two traces, and a span of the second.
type diary struct{ shop }

func (diary) Logs(_ context.Context, id trace.ID, _ gather.Hint) (trace.Evidence, error) {
	return trace.Evidence{ID: id, Logs: []trace.Log{{Index: "app", DocID: "1", Span: 7}}}, nil
}

func TestALogStaysWithItsSpan(t *testing.T) {
	other := of(2, 5)
	other.ID = 7
	s := diary{shop{store{spans: map[uint64][]trace.Span{1: linkingTo(of(1, 5), 2), 2: {other}}}}}
	ev, err := gather.Linked(t.Context(), trace.ID{Lo: 1}, gather.Sources{Spans: s, Logs: s})
	if err != nil || len(ev.Logs) != 1 || ev.Logs[0].Trace.Lo != 2 {
		t.Errorf("%+v %v", ev.Logs, err)
	}
}

func TestWhatASourceLacksIsToldOnce(t *testing.T) {
	s := shop{store{spansErr: errors.New("jaeger: down")}}
	ev, err := gather.Linked(t.Context(), trace.ID{Lo: 1}, gather.Sources{Spans: failedSearch{s}, SpansName: "jaeger", Logs: failedSearch{s}, LogsName: "elasticsearch"})
	if err != nil || len(ev.Gaps) != 1 {
		t.Errorf("%v %v", ev.Gaps, err)
	}
}

// A failedSearch cannot be searched for the same reason.
type failedSearch struct{ shop }

func (f failedSearch) FindSpans(context.Context, trace.Query) (trace.Found, error) {
	return trace.Found{}, f.spansErr
}

func (failedSearch) Logs(_ context.Context, id trace.ID, _ gather.Hint) (trace.Evidence, error) {
	return trace.Evidence{ID: id, Logs: []trace.Log{{Time: 1_700_000_000_000_000_000}}}, nil
}
