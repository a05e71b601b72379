package otlp

import (
	"fmt"
	"math/rand/v2"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// benchTraces makes spans of the usual shape: HTTP calls among a dozen
// services, in batches as exporters send them, about 190 bytes each.
func benchTraces(spans int) *tracepb.TracesData {
	rnd := rand.New(rand.NewPCG(1, 2))
	id := randomBytes(rnd, 16)
	td := &tracepb.TracesData{}
	for n := 0; n < spans; {
		var batch []*tracepb.Span
		for ; len(batch) < 512 && n < spans; n++ {
			batch = append(batch, benchSpan(rnd, id, n))
		}
		td.ResourceSpans = append(td.ResourceSpans, &tracepb.ResourceSpans{
			Resource:   &resource.Resource{Attributes: []*common.KeyValue{text("service.name", fmt.Sprintf("service-%d", n%12)), text("host.name", "node-1")}},
			ScopeSpans: []*tracepb.ScopeSpans{{Scope: &common.InstrumentationScope{Name: "otelhttp"}, Spans: batch}},
		})
	}
	return td
}

func benchSpan(rnd *rand.Rand, id []byte, n int) *tracepb.Span {
	start := uint64(1.7e18) + uint64(n)*1000
	s := &tracepb.Span{
		TraceId: id, SpanId: randomBytes(rnd, 8), ParentSpanId: randomBytes(rnd, 8), Name: "GET /orders/{id}",
		Kind: tracepb.Span_SPAN_KIND_SERVER, StartTimeUnixNano: start, EndTimeUnixNano: start + 1e6,
		Attributes: []*common.KeyValue{
			text("http.request.method", "GET"),
			text("url.path", fmt.Sprintf("/orders/%d", n)),
			{Key: "http.response.status_code", Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: 200}}},
		},
	}
	if n%10 == 0 {
		s.Events = []*tracepb.Span_Event{{Name: "cache miss", TimeUnixNano: start + 5, Attributes: []*common.KeyValue{text("key", "a")}}}
		s.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "boom"}
	}
	return s
}
