package orderservice

import (
	"encoding/base64"
	"encoding/hex"
	"strconv"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// appendTraces appends the spans as one TracesData in OTLP's JSON, as the
// Collector's file exporter writes it: IDs in hex (where protobuf's own JSON
// has base64), 64-bit integers as strings, enums as numbers.
func appendTraces(b []byte, spans []*tracepb.ResourceSpans) []byte {
	o := &object{buf: b}
	o.open()
	o.key("resourceSpans")
	list(o, spans, func(rs *tracepb.ResourceSpans) {
		o.key("resource")
		o.open()
		o.attributes(rs.GetResource().GetAttributes())
		o.close()
		o.key("scopeSpans")
		list(o, rs.GetScopeSpans(), o.scopeSpans)
		o.some("schemaUrl", rs.GetSchemaUrl())
	})
	o.close()
	return o.buf
}

// list writes an array of objects.
func list[T any](o *object, items []T, each func(T)) {
	o.buf = append(o.buf, '[')
	for i, item := range items {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.open()
		each(item)
		o.close()
	}
	o.buf = append(o.buf, ']')
}

func (o *object) scopeSpans(ss *tracepb.ScopeSpans) {
	o.key("scope")
	o.open()
	o.some("name", ss.GetScope().GetName())
	o.some("version", ss.GetScope().GetVersion())
	o.close()
	o.key("spans")
	list(o, ss.GetSpans(), o.span)
	o.some("schemaUrl", ss.GetSchemaUrl())
}

func (o *object) span(s *tracepb.Span) {
	o.hex("traceId", s.GetTraceId())
	o.hex("spanId", s.GetSpanId())
	o.some("traceState", s.GetTraceState())
	o.hex("parentSpanId", s.GetParentSpanId())
	o.num("flags", int64(s.GetFlags()))
	o.str("name", s.GetName())
	o.num("kind", int64(s.GetKind()))
	o.nanos("startTimeUnixNano", s.GetStartTimeUnixNano())
	o.nanos("endTimeUnixNano", s.GetEndTimeUnixNano())
	o.attributes(s.GetAttributes())
	if len(s.GetEvents()) > 0 {
		o.key("events")
		list(o, s.GetEvents(), o.event)
	}
	if len(s.GetLinks()) > 0 {
		o.key("links")
		list(o, s.GetLinks(), o.link)
	}
	o.key("status")
	o.open()
	o.some("message", s.GetStatus().GetMessage())
	if code := s.GetStatus().GetCode(); code != 0 {
		o.num("code", int64(code))
	}
	o.close()
}

func (o *object) event(e *tracepb.Span_Event) {
	o.nanos("timeUnixNano", e.GetTimeUnixNano())
	o.str("name", e.GetName())
	o.attributes(e.GetAttributes())
}

func (o *object) link(l *tracepb.Span_Link) {
	o.hex("traceId", l.GetTraceId())
	o.hex("spanId", l.GetSpanId())
	o.attributes(l.GetAttributes())
	o.num("flags", int64(l.GetFlags()))
}

func (o *object) attributes(attrs []*commonpb.KeyValue) {
	if len(attrs) > 0 {
		o.key("attributes")
		list(o, attrs, o.keyValue)
	}
}

func (o *object) keyValue(a *commonpb.KeyValue) {
	o.str("key", a.GetKey())
	o.key("value")
	o.any(a.GetValue())
}

func (o *object) any(v *commonpb.AnyValue) {
	o.open()
	switch v := v.GetValue().(type) {
	case *commonpb.AnyValue_StringValue:
		o.str("stringValue", v.StringValue)
	case *commonpb.AnyValue_BoolValue:
		o.flag("boolValue", v.BoolValue)
	case *commonpb.AnyValue_IntValue:
		o.str("intValue", strconv.FormatInt(v.IntValue, 10))
	case *commonpb.AnyValue_DoubleValue:
		o.key("doubleValue")
		o.buf = strconv.AppendFloat(o.buf, v.DoubleValue, 'g', -1, 64)
	case *commonpb.AnyValue_BytesValue:
		o.str("bytesValue", base64.StdEncoding.EncodeToString(v.BytesValue))
	case *commonpb.AnyValue_ArrayValue:
		o.key("arrayValue")
		o.open()
		o.key("values")
		o.array(v.ArrayValue.GetValues())
		o.close()
	}
	o.close()
}

func (o *object) array(values []*commonpb.AnyValue) {
	o.buf = append(o.buf, '[')
	for i, v := range values {
		if i > 0 {
			o.buf = append(o.buf, ',')
		}
		o.any(v)
	}
	o.buf = append(o.buf, ']')
}

// hex writes an ID, unless there is none.
func (o *object) hex(k string, id []byte) {
	if len(id) == 0 {
		return
	}
	o.key(k)
	o.buf = append(o.buf, '"')
	o.buf = hex.AppendEncode(o.buf, id)
	o.buf = append(o.buf, '"')
}

// nanos writes a time.
func (o *object) nanos(k string, t uint64) {
	o.key(k)
	o.buf = append(o.buf, '"')
	o.buf = strconv.AppendUint(o.buf, t, 10)
	o.buf = append(o.buf, '"')
}
