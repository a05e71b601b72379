package jaeger

import (
	"math"
	"time"

	"github.com/jaegertracing/jaeger-idl/model/v1"

	"github.com/otrace/otrace/internal/jaegerjson"
	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// A modelReader turns spans of Jaeger's own model into trace.Span. Every span
// repeats its process; equal ones are shared.
type modelReader struct {
	resources map[string]*trace.Resource
}

func (r *modelReader) span(m *model.Span) trace.Span {
	s := trace.Span{
		Trace:      modelID(m.TraceID),
		ID:         trace.SpanID(m.SpanID),
		Operation:  m.OperationName,
		Attributes: tags(m.Tags),
		Resource:   r.process(m.Process),
		Warnings:   m.Warnings,
	}
	setTimes(&s, m.StartTime, m.Duration)
	for i := range m.Logs {
		at, _ := nanos(m.Logs[i].Timestamp)
		s.Events = append(s.Events, jaegerjson.Event(at, tags(m.Logs[i].Fields)))
	}
	refs := make([]jaegerjson.Ref, len(m.References))
	for i, ref := range m.References {
		refs[i] = jaegerjson.Ref{Trace: modelID(ref.TraceID), Span: trace.SpanID(ref.SpanID), Follows: ref.RefType == model.FollowsFrom}
	}
	jaegerjson.Finish(&s, refs)
	return s
}

func modelID(id model.TraceID) trace.ID { return trace.ID{Hi: id.High, Lo: id.Low} }

func (r *modelReader) process(p *model.Process) *trace.Resource {
	if p == nil {
		p = &model.Process{}
	}
	key, err := p.Marshal()
	if shared := r.resources[string(key)]; shared != nil && err == nil {
		return shared
	}
	resource := jaegerjson.Process(p.ServiceName, tags(p.Tags))
	r.resources[string(key)] = resource
	return resource
}

func tags(list []model.KeyValue) []trace.Attribute {
	if len(list) == 0 {
		return nil
	}
	attrs := make([]trace.Attribute, len(list))
	for i := range list {
		attrs[i] = trace.Attribute{Key: list[i].Key, Value: tagValue(&list[i])}
	}
	return attrs
}

func tagValue(kv *model.KeyValue) trace.Value {
	switch kv.VType {
	case model.BoolType:
		return trace.Bool(kv.VBool)
	case model.Int64Type:
		return trace.Int(kv.VInt64)
	case model.Float64Type:
		return trace.Double(kv.VFloat64)
	case model.BinaryType:
		return trace.Bytes(kv.VBinary)
	}
	return trace.String(kv.VStr)
}

// setTimes sets the times of a span whose warnings are known, clamped to what
// fits.
func setTimes(s *trace.Span, start time.Time, took time.Duration) {
	from, ok := nanos(start)
	end := from + int64(took)
	switch {
	case took > 0 && end < from:
		end, ok = math.MaxInt64, false
	case took < 0 && end > from:
		end = math.MinInt64 + 1
	}
	adjusted.SetTimes(s, from, end)
	s.Clamped = s.Clamped || !ok
}

// nanos are the nanoseconds since the epoch; ok is false when they had to be
// clamped to what fits.
func nanos(t time.Time) (ns int64, ok bool) {
	const most = math.MaxInt64/1_000_000_000 - 1
	switch seconds := t.Unix(); {
	case seconds > most:
		return math.MaxInt64, false
	case seconds < -most:
		return -math.MaxInt64, false
	}
	return t.UnixNano(), true
}
