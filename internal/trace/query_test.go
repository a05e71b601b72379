package trace_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otrace/otrace/internal/trace"
)

func TestWindow(t *testing.T) {
	w := trace.Window{From: 100, Until: 200}
	for at, want := range map[int64]bool{99: false, 100: true, 200: true, 201: false} {
		if w.Holds(at) != want {
			t.Errorf("%v holds %d: %v", w, at, !want)
		}
	}
	if open := (trace.Window{From: 100}); open.Holds(99) || !open.Holds(math.MaxInt64) || open.Padded(50) != (trace.Window{From: 50}) {
		t.Error("a side that is open does not stay so")
	}
	edge := trace.Window{From: math.MinInt64 + 5, Until: math.MaxInt64 - 5}.Padded(100)
	if edge.From > edge.Until {
		t.Errorf("padding overflows: %v", edge)
	}
}

func TestWindowOfSpansLeavesBrokenClocksOut(t *testing.T) {
	spans := []trace.Span{{Start: 0, Duration: 5}, {Start: 1000, Duration: 10}, {Start: 900, Duration: 1}}
	if got := trace.WindowOf(spans); got != (trace.Window{From: 900, Until: 1010}) {
		t.Errorf("%v", got)
	}
}

func TestConditionsHoldHoweverTheKeyIsSpelled(t *testing.T) {
	span := trace.Span{
		Operation: "pay", Duration: 50, Start: 10, Status: trace.StatusError,
		Resource:   &trace.Resource{Origin: trace.Origin{Service: "payment"}, Attributes: []trace.Attribute{{Key: "cloud.region", Value: trace.String("eu")}}},
		Attributes: []trace.Attribute{{Key: "order_id", Value: trace.String("ORD-17")}, {Key: "http.response.status_code", Value: trace.Int(503)}},
		Events:     []trace.Event{{Attributes: []trace.Attribute{{Key: "attempt", Value: trace.Int(2)}}}},
		Links:      []trace.Link{{Trace: trace.ID{Lo: 7}}},
	}
	where := func(pairs ...string) (q trace.Query) {
		for i := 0; i < len(pairs); i += 2 {
			q.Conditions = append(q.Conditions, trace.Condition{Key: pairs[i], Value: pairs[i+1]})
		}
		return q
	}
	tests := []struct {
		name string
		q    trace.Query
		want bool
	}{
		{"nothing is asked", trace.Query{}, true},
		{"dots for underscores", where("order.id", "ORD-17"), true},
		{"another case", where("orderId", "ORD-17"), true},
		{"a longer value", where("order.id", "ORD-1"), false},
		{"a number", where("http.response.status_code", "503"), true},
		{"the resource's", where("cloud_region", "eu"), true},
		{"an event's", where("attempt", "2"), true},
		{"all must hold", where("order.id", "ORD-17", "cloud.region", "us"), false},
		{"a failure, as one storage says it", where("error", "true"), true},
		{"a failure, as another says it", where("otel.status_code", "ERROR"), true},
		{"no failure", where("error", "false"), false},
		{"the service", trace.Query{Service: "payment", Operation: "pay", MinDuration: 50, MaxDuration: 50}, true},
		{"another service", trace.Query{Service: "order"}, false},
		{"too short", trace.Query{MinDuration: 51}, false},
		{"too long", trace.Query{MaxDuration: 49}, false},
		{"outside of the window", trace.Query{Window: trace.Window{From: 11}}, false},
		{"a link", trace.Query{LinksTo: trace.ID{Lo: 7}}, true},
		{"no such link", trace.Query{LinksTo: trace.ID{Lo: 8}}, false},
	}
	for _, tt := range tests {
		if got := tt.q.Matches(&span); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestSummariesDoNotDependOnTheOrder(t *testing.T) {
	id := trace.ID{Lo: 1}
	resource := func(service string) *trace.Resource {
		return &trace.Resource{Origin: trace.Origin{Service: service}}
	}
	spans := []trace.Span{
		{Trace: id, ID: 2, Parent: 1, Operation: "pay", Start: 120, Duration: 100, Status: trace.StatusError, Resource: resource("payment")},
		{Trace: id, ID: 1, Operation: "POST /orders", Start: 100, Duration: 90, Resource: resource("order")},
		{Trace: trace.ID{Lo: 2}, ID: 9, Operation: "later", Start: 500, Resource: resource("order")},
	}
	logs := []trace.Log{
		{Time: 90, Level: trace.LevelError, Origin: trace.Origin{Service: "mail"}},
		{Time: trace.NoTime},
	}
	want := []trace.Summary{
		{ID: trace.ID{Lo: 2}, Start: 500, End: 500, Service: "order", Operation: "later", Services: []string{"order"}, Spans: 1},
		{ID: id, Start: 100, End: 220, Service: "order", Operation: "POST /orders", Services: []string{"mail", "order", "payment"}, Spans: 2, Failed: 1, Logs: 2, ErrorLogs: 1},
	}
	for _, spansFirst := range []bool{true, false} {
		var s trace.Summaries
		add := func() {
			for i := range logs {
				s.AddLog(id, &logs[i])
			}
		}
		if !spansFirst {
			add()
		}
		for i := range spans {
			s.AddSpans(spans[len(spans)-1-i:][:1])
		}
		if spansFirst {
			add()
		}
		if diff := cmp.Diff(want, s.List(), cmp.Comparer(func(a, b trace.ID) bool { return a == b })); diff != "" {
			t.Errorf("spans first %v: %s", spansFirst, diff)
		}
	}
}

func TestASummaryOfLogsAloneHasTheirTimes(t *testing.T) {
	var s trace.Summaries
	typed, err := trace.ParseID("1a2b")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{trace.NoTime, 300, 200} {
		s.AddLog(typed, &trace.Log{Time: at})
	}
	if !s.Has(trace.ID{Lo: 0x1a2b}) || s.Len() != 1 {
		t.Error("how an ID was typed made two of one")
	}
	if got := s.List()[0]; got.Start != 200 || got.End != 300 || got.Logs != 3 {
		t.Errorf("%+v", got)
	}
}

func TestSpansOfTwoTracesKeepApart(t *testing.T) {
	a, b := trace.ID{Hi: 1, Lo: 2}, trace.ID{Hi: 1, Lo: 3}
	if trace.SpanID(5).Within(a) == trace.SpanID(5).Within(b) || trace.SpanID(0).Within(a) != 0 {
		t.Error("an ID means the same in two traces, or none means something")
	}
}
