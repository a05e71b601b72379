package timeline_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// anOrder is a small trace: a gateway asks an order service, which asks a
// payment service, which fails.
func anOrder() *timeline.Timeline {
	on := func(service string) *trace.Resource {
		return &trace.Resource{Origin: trace.Origin{Service: service}}
	}
	gateway, order, payment := on("gateway"), on("order"), on("payment")
	spans := []trace.Span{
		{ID: 1, Operation: "POST /orders", Kind: trace.KindServer, Resource: gateway},
		{ID: 2, Parent: 1, Operation: "CreateOrder", Resource: order, Attributes: []trace.Attribute{{Key: "order.id", Value: trace.String("ORD-17")}}},
		{ID: 3, Parent: 2, Operation: "validateOrder", Resource: order},
		{ID: 4, Parent: 2, Operation: "processPayment", Resource: payment, Status: trace.StatusError, StatusMessage: "declined"},
		{ID: 5, Parent: 4, Operation: "POST psp", Resource: payment},
	}
	for i, ms := range [][2]int64{{0, 100}, {5, 95}, {6, 8}, {10, 90}, {20, 80}} {
		spans[i].SetTimes(1e18+ms[0]*1e6, 1e18+ms[1]*1e6)
	}
	spans[3].Events = []trace.Event{{Name: "retry", Time: 1e18 + 50e6}}
	log := func(ms int64, span trace.SpanID, service string, level trace.Level, message string) trace.Log {
		return trace.Log{Time: 1e18 + ms*1e6, Span: span, Origin: trace.Origin{Service: service}, Level: level, Message: message, Document: []byte(`{"message":"` + message + `"}`)}
	}
	ev := trace.Evidence{Spans: spans, Logs: []trace.Log{
		log(7, 3, "order", trace.LevelDebug, "price list read"),
		log(12, 4, "payment", trace.LevelInfo, "charging ORD-17"),
		log(85, 4, "payment", trace.LevelError, "card declined"),
		log(96, 1, "gateway", trace.LevelWarn, "answered 402"),
		log(97, 1, "gateway", trace.LevelUnknown, "access log"),
	}}
	return timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
}

// said lists what the rows tell, in their order.
func said(tl *timeline.Timeline) string {
	var list []string
	for i := range tl.Rows {
		switch r := &tl.Rows[i]; r.Kind {
		case timeline.KindLog:
			list = append(list, r.Log.Message)
		case timeline.KindEvent:
			list = append(list, r.Event.Name)
		case timeline.KindSpan:
			list = append(list, r.Span.Operation)
		default:
			list = append(list, "?")
		}
	}
	return strings.Join(list, "; ")
}

func TestFilter(t *testing.T) {
	pattern := func(s string) []timeline.Pattern { return []timeline.Pattern{timeline.NewPattern(s)} }
	tests := []struct {
		name   string
		filter timeline.Filter
		want   string
	}{
		{"failures, with all that the failed spans said", timeline.Filter{Errors: true}, "POST /orders; CreateOrder; processPayment; charging ORD-17; retry; card declined"},
		{"a service and what leads to it", timeline.Filter{Services: pattern("PAYMENT")}, "POST /orders; CreateOrder; processPayment; charging ORD-17; POST psp; retry; card declined"},
		{"an operation and what it said", timeline.Filter{Operations: pattern("*order")}, "POST /orders; CreateOrder; validateOrder; price list read"},
		{"long spans and what they said", timeline.Filter{MinDuration: 80e6}, "POST /orders; CreateOrder; processPayment; charging ORD-17; retry; card declined; answered 402; access log"},
		{"levels are a matter of logs", timeline.Filter{Level: trace.LevelWarn}, "POST /orders; CreateOrder; validateOrder; processPayment; POST psp; retry; card declined; answered 402"},
		{"a text, wherever it stands", timeline.Filter{Text: regexp.MustCompile("ORD-17")}, "POST /orders; CreateOrder; processPayment; charging ORD-17"},
		{"no logs", timeline.Filter{NoLogs: true}, "POST /orders; CreateOrder; validateOrder; processPayment; POST psp; retry"},
		{"two levels of spans", timeline.Filter{Depth: 2}, "POST /orders; CreateOrder; answered 402; access log"},
		{"the critical path", timeline.Filter{Critical: true, NoLogs: true}, "POST /orders; CreateOrder; validateOrder; processPayment; POST psp; retry"},
		{"all at once", timeline.Filter{Errors: true, Services: pattern("pay*"), Level: trace.LevelError}, "POST /orders; CreateOrder; processPayment; retry; card declined"},
		{"nothing", timeline.Filter{Services: pattern("nobody")}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tl := anOrder().Filter(&tt.filter)
			if got := said(tl); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if tl.Root() == nil || tl.Root().Span.Operation != "POST /orders" {
				t.Error("the root has no name any more")
			}
		})
	}
}

// What is not shown is counted, and what is shown hangs together.
func TestFilterCountsAndKeepsTheTree(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 9))
		spans := []trace.Span{during(1, 0, 0, 1000, trace.KindServer)}
		for id := trace.SpanID(2); id < 50; id++ {
			from := rng.Int64N(1000)
			s := during(id, trace.SpanID(rng.Uint64N(uint64(id+2))), from, from+rng.Int64N(300), trace.KindInternal)
			s.Status = trace.Status(rng.IntN(3))
			s.Events = make([]trace.Event, rng.IntN(2))
			spans = append(spans, s)
		}
		ev := trace.Evidence{Spans: spans}
		for range 40 {
			ev.Logs = append(ev.Logs, trace.Log{Time: 1e18 + rng.Int64N(1e9), Span: trace.SpanID(rng.IntN(60)), Level: trace.Level(rng.IntN(7))})
		}
		tl := timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
		f := timeline.Filter{Errors: rng.IntN(2) == 0, MinDuration: rng.Int64N(3e8), Level: trace.Level(rng.IntN(7)), Depth: rng.IntN(6), Critical: rng.IntN(4) == 0}
		part := tl.Filter(&f)
		if got, want := count(part), count(tl); got[0]+part.Hidden.Spans != want[0] || got[1]+part.Hidden.Logs != want[1] || got[2]+part.Hidden.Events != want[2] {
			t.Fatalf("seed %d: %v shown, %+v hidden, of %v", seed, got, part.Hidden, want)
		}
		for i := range part.Rows {
			r := &part.Rows[i]
			if end := i + 1 + int(r.Subtree); end > len(part.Rows) || end < len(part.Rows) && part.Rows[end].Depth > r.Depth {
				t.Fatalf("seed %d: row %d says %d rows are beneath it", seed, i, r.Subtree)
			}
			if r.Parent >= 0 && (part.Rows[r.Parent].Depth != r.Depth-1 || int(r.Parent) >= i) {
				t.Fatalf("seed %d: row %d hangs on row %d", seed, i, r.Parent)
			}
		}
	}
}

// count returns how many spans, logs and events are shown.
func count(tl *timeline.Timeline) (n [3]int) {
	for i := range tl.Rows {
		switch tl.Rows[i].Kind {
		case timeline.KindSpan:
			n[0]++
		case timeline.KindLog:
			n[1]++
		case timeline.KindEvent:
			n[2]++
		}
	}
	return n
}

func TestPattern(t *testing.T) {
	tests := []struct {
		pattern, text string
		want          bool
	}{
		{"order", "Order", true},
		{"order", "orders", false},
		{"order*", "orders", true},
		{"*post*order*", "POST /orders", true},
		{"a*a", "a", false},
		{"*", "", true},
		{"", "x", false},
		{"a**b", "ab", true},
	}
	for _, tt := range tests {
		if got := timeline.NewPattern(tt.pattern).Matches(tt.text); got != tt.want {
			t.Errorf("%q matches %q: %v", tt.pattern, tt.text, got)
		}
	}
}
