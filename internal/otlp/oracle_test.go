package otlp

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// oracle converts what the library decoded, in the plainest way.
func oracle(td *tracepb.TracesData) []trace.Span {
	var spans []trace.Span
	for _, rs := range td.GetResourceSpans() {
		r := trace.NewResource(oracleAttrs(rs.GetResource().GetAttributes()))
		for _, ss := range rs.GetScopeSpans() {
			for _, s := range ss.GetSpans() {
				span := oracleSpan(s)
				span.Resource, span.Scope = r, ss.GetScope().GetName()
				spans = append(spans, span)
			}
		}
	}
	return spans
}

func oracleSpan(s *tracepb.Span) trace.Span {
	span := trace.Span{
		Trace:         trace.IDFromBytes(s.GetTraceId()),
		ID:            oracleSpanID(s.GetSpanId()),
		Parent:        oracleSpanID(s.GetParentSpanId()),
		Operation:     s.GetName(),
		StatusMessage: s.GetStatus().GetMessage(),
		Attributes:    oracleAttrs(s.GetAttributes()),
	}
	if k := s.GetKind(); k >= 0 && k <= 5 {
		span.Kind = trace.Kind(k)
	}
	if c := s.GetStatus().GetCode(); c >= 0 && c <= 2 {
		span.Status = trace.Status(c)
	}
	start, end := s.GetStartTimeUnixNano(), s.GetEndTimeUnixNano()
	span.SetTimes(int64(min(start, math.MaxInt64)), int64(min(end, math.MaxInt64)))
	span.Clamped = span.Clamped || max(start, end) > math.MaxInt64
	for _, e := range s.GetEvents() {
		span.Events = append(span.Events, trace.Event{
			Name: e.GetName(), Time: int64(min(e.GetTimeUnixNano(), math.MaxInt64)), Attributes: oracleAttrs(e.GetAttributes()),
		})
	}
	for _, l := range s.GetLinks() {
		span.Links = append(span.Links, trace.Link{
			Trace: trace.IDFromBytes(l.GetTraceId()), Span: oracleSpanID(l.GetSpanId()), Attributes: oracleAttrs(l.GetAttributes()),
		})
	}
	if s.GetTraceState() != "" {
		span.Attributes = append(span.Attributes, trace.Attribute{Key: "w3c.tracestate", Value: trace.String(s.GetTraceState())})
	}
	var rest []trace.Attribute
	for _, a := range span.Attributes {
		if a.Key == "@jaeger@warnings" {
			span.Warnings = append(span.Warnings, adjusted.Texts(a.Value.Text())...)
			continue
		}
		rest = append(rest, a)
	}
	span.Attributes = rest
	span.Settle()
	return span
}

func oracleSpanID(b []byte) trace.SpanID {
	var full [8]byte
	b = b[max(0, len(b)-8):]
	copy(full[8-len(b):], b)
	return trace.SpanID(binary.BigEndian.Uint64(full[:]))
}

func oracleAttrs(kvs []*common.KeyValue) []trace.Attribute {
	var attrs []trace.Attribute
	for _, kv := range kvs {
		attrs = append(attrs, trace.Attribute{Key: kv.GetKey(), Value: oracleValue(kv.GetValue())})
	}
	return attrs
}

func oracleValue(v *common.AnyValue) trace.Value {
	switch x := v.GetValue().(type) {
	case *common.AnyValue_StringValue:
		return trace.String(x.StringValue)
	case *common.AnyValue_BoolValue:
		return trace.Bool(x.BoolValue)
	case *common.AnyValue_IntValue:
		return trace.Int(x.IntValue)
	case *common.AnyValue_DoubleValue:
		return trace.Double(x.DoubleValue)
	case *common.AnyValue_BytesValue:
		return trace.Bytes(x.BytesValue)
	case *common.AnyValue_ArrayValue, *common.AnyValue_KvlistValue:
		return trace.JSON(oracleJSON(v))
	}
	return trace.Value{}
}

// oracleJSON prints a value with encoding/json, member by member to keep
// their order.
func oracleJSON(v *common.AnyValue) string {
	var parts []string
	switch x := v.GetValue().(type) {
	case *common.AnyValue_ArrayValue:
		for _, item := range x.ArrayValue.GetValues() {
			parts = append(parts, oracleJSON(item))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case *common.AnyValue_KvlistValue:
		for _, kv := range x.KvlistValue.GetValues() {
			parts = append(parts, plainJSON(kv.GetKey())+":"+oracleJSON(kv.GetValue()))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case *common.AnyValue_StringValue:
		return plainJSON(x.StringValue)
	case *common.AnyValue_BoolValue:
		return plainJSON(x.BoolValue)
	case *common.AnyValue_IntValue:
		return plainJSON(x.IntValue)
	case *common.AnyValue_BytesValue:
		return plainJSON(base64.StdEncoding.EncodeToString(x.BytesValue))
	case *common.AnyValue_DoubleValue:
		return string(appendDouble(nil, x.DoubleValue))
	}
	return "null"
}

func plainJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// sameSpans fails the test unless the spans are equal, warnings included.
func sameSpans(t testing.TB, got, want []trace.Span) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d spans, want %d", len(got), len(want))
	}
	for i := range got {
		g, w := normal(got[i]), normal(want[i])
		if !g.Equal(&w) || !slices.Equal(g.Warnings, w.Warnings) || g.Resource.Origin != w.Resource.Origin {
			t.Fatalf("span %d:\ngot  %s\nwant %s", i, dump(g), dump(w))
		}
	}
}

func dump(s trace.Span) string {
	r := s.Resource
	s.Resource = nil
	return fmt.Sprintf("%+v %+v", s, r)
}

// normal rewrites JSON values in one spelling: escapes and numbers have many.
func normal(s trace.Span) trace.Span {
	r := *s.Resource
	r.Attributes = normalAttrs(r.Attributes)
	s.Resource = &r
	s.Attributes = normalAttrs(s.Attributes)
	s.Events = slices.Clone(s.Events)
	for i := range s.Events {
		s.Events[i].Attributes = normalAttrs(s.Events[i].Attributes)
	}
	s.Links = slices.Clone(s.Links)
	for i := range s.Links {
		s.Links[i].Attributes = normalAttrs(s.Links[i].Attributes)
	}
	return s
}

func normalAttrs(attrs []trace.Attribute) []trace.Attribute {
	attrs = slices.Clone(attrs)
	for i, a := range attrs {
		if a.Value.Type != trace.TypeJSON {
			continue
		}
		var v any
		if err := json.Unmarshal([]byte(a.Value.Text()), &v); err != nil {
			panic(fmt.Sprintf("%s: %v", a.Value.Text(), err))
		}
		attrs[i].Value = trace.JSON(plainJSON(v))
	}
	return attrs
}

// randomTraces makes spans with everything that OTLP has. Wild ones also have
// what should not be there: wrong ID lengths, impossible times and enums.
func randomTraces(rnd *rand.Rand, spans int, wild bool) *tracepb.TracesData {
	td := &tracepb.TracesData{}
	for spans > 0 {
		n := min(spans, 1+rnd.IntN(20))
		spans -= n
		rs := &tracepb.ResourceSpans{
			Resource: &resource.Resource{Attributes: append(randomAttrs(rnd, 3), text("service.name", "svc-"+fmt.Sprint(rnd.IntN(5))))},
			ScopeSpans: []*tracepb.ScopeSpans{
				{Scope: &common.InstrumentationScope{Name: randomText(rnd), Version: "1.2.3"}},
			},
			SchemaUrl: "https://example.com",
		}
		for range n {
			rs.ScopeSpans[0].Spans = append(rs.ScopeSpans[0].Spans, randomSpan(rnd, wild))
		}
		td.ResourceSpans = append(td.ResourceSpans, rs)
	}
	return td
}

func randomSpan(rnd *rand.Rand, wild bool) *tracepb.Span {
	start := uint64(1.7e18) + rnd.Uint64N(1e12)
	s := &tracepb.Span{
		TraceId: randomBytes(rnd, 16), SpanId: randomBytes(rnd, 8), Name: randomText(rnd),
		Kind: tracepb.Span_SpanKind(rnd.IntN(6)), StartTimeUnixNano: start, EndTimeUnixNano: start + rnd.Uint64N(1e9),
		Attributes: randomAttrs(rnd, 6), Flags: rnd.Uint32(), DroppedEventsCount: rnd.Uint32N(3),
	}
	if rnd.IntN(4) > 0 {
		s.ParentSpanId = randomBytes(rnd, 8)
	}
	if rnd.IntN(5) == 0 {
		s.TraceState = "vendor=" + randomText(rnd)
	}
	for range rnd.IntN(3) {
		s.Events = append(s.Events, &tracepb.Span_Event{Name: randomText(rnd), TimeUnixNano: start + rnd.Uint64N(1e9), Attributes: randomAttrs(rnd, 3)})
	}
	for range rnd.IntN(3) {
		s.Links = append(s.Links, &tracepb.Span_Link{TraceId: randomBytes(rnd, 16), SpanId: randomBytes(rnd, 8), Attributes: randomAttrs(rnd, 2)})
	}
	if rnd.IntN(3) == 0 {
		s.Status = &tracepb.Status{Code: tracepb.Status_StatusCode(rnd.IntN(3)), Message: randomText(rnd)}
	}
	if rnd.IntN(9) == 0 {
		s.Attributes = append(s.Attributes, list("@jaeger@warnings", "clock skew", randomText(rnd)), text("span.kind", "server"), text("otel.status_code", "ERROR"))
	}
	if wild && rnd.IntN(3) == 0 {
		s.TraceId, s.SpanId = randomBytes(rnd, rnd.IntN(20)), randomBytes(rnd, rnd.IntN(12))
		s.StartTimeUnixNano, s.EndTimeUnixNano = rnd.Uint64(), rnd.Uint64()
		s.Kind = tracepb.Span_SpanKind(rnd.Int32())
	}
	return s
}

func text(key, value string) *common.KeyValue {
	return &common.KeyValue{Key: key, Value: str(value)}
}

func str(s string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: s}}
}

func list(key string, items ...string) *common.KeyValue {
	var values []*common.AnyValue
	for _, item := range items {
		values = append(values, str(item))
	}
	return &common.KeyValue{Key: key, Value: &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: &common.ArrayValue{Values: values}}}}
}

func randomBytes(rnd *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rnd.Uint32())
	}
	return b
}

func randomText(rnd *rand.Rand) string {
	words := []string{"", "GET /orders", "größer ≥ 10 €", "日本語", "tab\tquote\"back\\slash", "\u0000\u001b[31m", "\U0001F680 launch", "</script>", "line\nfeed"}
	return words[rnd.IntN(len(words))]
}

func randomAttrs(rnd *rand.Rand, most int) []*common.KeyValue {
	var attrs []*common.KeyValue
	for range rnd.IntN(most + 1) {
		attrs = append(attrs, &common.KeyValue{Key: fmt.Sprintf("key.%d", rnd.IntN(100)), Value: randomValue(rnd, 0)})
	}
	return attrs
}

func randomValue(rnd *rand.Rand, depth int) *common.AnyValue {
	switch n := rnd.IntN(9); {
	case n == 0:
		return &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: rnd.IntN(2) == 0}}
	case n == 1:
		return &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: int64(rnd.Uint64()) >> rnd.IntN(64)}}
	case n == 2:
		doubles := []float64{0, 0.1, -1e300, 3, math.NaN(), math.Inf(1), math.Inf(-1), 5e-324, 1e21}
		return &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: doubles[rnd.IntN(len(doubles))]}}
	case n == 3:
		return &common.AnyValue{Value: &common.AnyValue_BytesValue{BytesValue: randomBytes(rnd, rnd.IntN(6))}}
	case n == 4 && depth < 4:
		array := &common.ArrayValue{}
		for range rnd.IntN(4) {
			array.Values = append(array.Values, randomValue(rnd, depth+1))
		}
		return &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: array}}
	case n == 5 && depth < 4:
		kvs := &common.KeyValueList{}
		for i := range rnd.IntN(4) {
			kvs.Values = append(kvs.Values, &common.KeyValue{Key: fmt.Sprint(i, randomText(rnd)), Value: randomValue(rnd, depth+1)})
		}
		return &common.AnyValue{Value: &common.AnyValue_KvlistValue{KvlistValue: kvs}}
	case n == 6:
		return &common.AnyValue{}
	}
	return str(randomText(rnd))
}
