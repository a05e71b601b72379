package orderservice

import (
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// The simulated spans say what the SDK and otelhttp say of the live ones.

// status is how the step's span ends.
func (s *step) status() *tracepb.Status {
	if !s.failed {
		return &tracepb.Status{}
	}
	return &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: redact(s.reason)}
}

// flags are the trace flags (sampled) and whether the parent was remote.
func (s *step) flags() uint32 {
	const sampledRemoteKnown, remote = 0x101, 0x200
	if s.kind == trace.SpanKindServer && !s.root || s.kind == trace.SpanKindConsumer && !s.root {
		return sampledRemoteKnown | remote
	}
	return sampledRemoteKnown
}

// event is the span event that RecordError writes.
func (r record) event() event {
	e := r.redacted()
	return event{"exception", []attribute.KeyValue{
		attribute.String("exception.type", e.class),
		attribute.String("exception.message", e.message),
		attribute.String("exception.stacktrace", e.stack),
	}}
}

// redacted is the exception without card numbers. Nil stays nil.
func (e *exception) redacted() *exception {
	if e == nil {
		return nil
	}
	if m := redact(e.message); m != e.message {
		return &exception{e.class, m, e.stack}
	}
	return e
}

// attributes are all attributes of the step's span that starts at start.
func (e *emitter) attributes(s *step, p *process, start time.Time) []*commonpb.KeyValue {
	out := make([]*commonpb.KeyValue, 0, 12)
	switch {
	case s.remote != nil:
		out = s.clientAttrs(out)
	case s.kind == trace.SpanKindServer:
		out = s.serverAttrs(out, p)
	}
	out = keyValues(out, redactAttrs(s.attrs))
	if s.carriesBaggage() {
		out = append(out, stringValue("user.id", s.plan.order.user))
	}
	return append(out, stringValue("log.index", p.format.index(p.name, p.clock.read(start))))
}

func (s *step) clientAttrs(out []*commonpb.KeyValue) []*commonpb.KeyValue {
	host := s.remote.service.String()
	out = append(
		out,
		stringValue("http.request.method", s.method),
		stringValue("url.full", "http://"+host+":8080"+s.path),
		stringValue("server.address", host),
		intValue("server.port", 8080),
	)
	code := s.remote.code
	switch {
	case s.timeout > 0:
		return append(out, stringValue("error.type", "context.deadlineExceededError"))
	case code >= 400:
		out = append(out, stringValue("error.type", strconv.Itoa(code)))
	}
	return append(out, intValue("http.response.status_code", int64(code)))
}

func (s *step) serverAttrs(out []*commonpb.KeyValue, p *process) []*commonpb.KeyValue {
	return append(
		out,
		stringValue("http.request.method", s.method),
		stringValue("url.scheme", "http"),
		stringValue("url.path", s.path),
		stringValue("http.route", s.path),
		stringValue("server.address", p.name),
		intValue("http.response.status_code", int64(s.code)),
	)
}

// keyValues appends attributes as OTLP has them.
func keyValues(out []*commonpb.KeyValue, attrs []attribute.KeyValue) []*commonpb.KeyValue {
	for _, a := range attrs {
		k := string(a.Key)
		switch a.Value.Type() {
		case attribute.INT64:
			out = append(out, intValue(k, a.Value.AsInt64()))
		case attribute.FLOAT64:
			v := &commonpb.AnyValue{Value: &commonpb.AnyValue_DoubleValue{DoubleValue: a.Value.AsFloat64()}}
			out = append(out, &commonpb.KeyValue{Key: k, Value: v})
		default:
			out = append(out, stringValue(k, a.Value.AsString()))
		}
	}
	return out
}

// stringValue and intValue allocate an attribute in one piece: a span has a
// dozen of them.
func stringValue(k, v string) *commonpb.KeyValue {
	a := &struct {
		kv  commonpb.KeyValue
		any commonpb.AnyValue
		v   commonpb.AnyValue_StringValue
	}{}
	a.v.StringValue = v
	a.any.Value = &a.v
	a.kv.Key, a.kv.Value = k, &a.any
	return &a.kv
}

func intValue(k string, v int64) *commonpb.KeyValue {
	a := &struct {
		kv  commonpb.KeyValue
		any commonpb.AnyValue
		v   commonpb.AnyValue_IntValue
	}{}
	a.v.IntValue = v
	a.any.Value = &a.v
	a.kv.Key, a.kv.Value = k, &a.any
	return &a.kv
}
