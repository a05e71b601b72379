package gather

import (
	"fmt"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

func TestBusinessIDs(t *testing.T) {
	log := func(document string) trace.Log { return trace.Log{Document: []byte(document)} }
	span := func(pairs ...string) trace.Span {
		var s trace.Span
		for i := 0; i < len(pairs); i += 2 {
			s.Attributes = append(s.Attributes, trace.Attribute{Key: pairs[i], Value: trace.String(pairs[i+1])})
		}
		return s
	}
	tests := []struct {
		name string
		ev   trace.Evidence
		want string
	}{
		{"however it is spelled", trace.Evidence{Spans: []trace.Span{span("order_id", "ORD-1"), span("order.id", "ORD-1"), span("orderId", "ORD-1")}}, "order.id=ORD-1"},
		{"the most used first", trace.Evidence{Spans: []trace.Span{span("cart.id", "c-9", "order.id", "ORD-1"), span("order.id", "ORD-1")}}, "order.id=ORD-1 cart.id=c-9"},
		{"what the machinery gives out", trace.Evidence{Spans: []trace.Span{span("thread.id", "t-19", "span_id", "00f067aa", "messaging.message.id", "m-17", "user.id", "u-1", "id", "x-100")}}, ""},
		{"numbers of things", trace.Evidence{Spans: []trace.Span{span("order.id", "12", "cart.id", "none", "shop.id", "a b 1")}}, ""},
		{"of logs alone", trace.Evidence{Logs: []trace.Log{log(`{"order_id":"ORD-2","trace_id":"7a1c09e2","n":5}`)}}, "order_id=ORD-2"},
		{"an object", trace.Evidence{Logs: []trace.Log{log(`{"mdc":{"order":{"id":"ORD-3"}}}`)}}, "order.id=ORD-3"},
		{"under a wrapper", trace.Evidence{Logs: []trace.Log{log(`{"mdc":{"order_id":"ORD-4"}}`)}}, "order_id=ORD-4"},
		{"JSON as text", trace.Evidence{Logs: []trace.Log{log(`{"log":"{\"order_id\":\"ORD-5\"}\n"}`)}}, "order_id=ORD-5"},
		{"no JSON", trace.Evidence{Logs: []trace.Log{log(`nope`), {}, log(`[1]`), log(`{"a":null}`)}}, ""},
	}
	for _, tt := range tests {
		var got []string
		for _, c := range businessIDs(&tt.ev) {
			got = append(got, fmt.Sprint(c))
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, text, tt.want)
		}
	}
}
