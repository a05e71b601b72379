package orderservice

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// The instrumentation scopes of the services' own spans, and of otelhttp's.
const (
	scopeName     = "github.com/otrace/otrace/internal/orderservice"
	httpScopeName = "go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	scopes        = 2
)

// An emitter turns recordings into spans, documents and truth, and gathers
// them into batches.
type emitter struct {
	procs     []*process
	resources []*resourcepb.Resource
	sampler   sdktrace.Sampler

	batch [serviceCount][scopes][]*tracepb.Span
	spans int // in batch
	docs  []LogDoc
	truth []Truth
	arena []byte // the documents' bytes

	summary Summary
}

func newEmitter(cfg Config, procs []*process) *emitter {
	e := &emitter{procs: procs, sampler: sdktrace.TraceIDRatioBased(cfg.SampleRatio)}
	for _, p := range procs {
		e.resources = append(e.resources, &resourcepb.Resource{Attributes: keyValues(nil, p.resource)})
	}
	return e
}

// sampled reports whether a trace of the plan is sampled. It is what live
// mode's parent-based sampler decides.
func sampled(ratio sdktrace.Sampler, p *plan, id trace.TraceID) bool {
	if p.scenario == Unsampled {
		return false
	}
	result := ratio.ShouldSample(sdktrace.SamplingParameters{ParentContext: context.Background(), TraceID: id})
	return result.Decision == sdktrace.RecordAndSample
}

// add puts a recording that began at base into the batch.
func (e *emitter) add(r *recording, base time.Time) {
	info := r.plan.info()
	keep := make([]bool, len(r.plan.traces))
	for i, id := range r.plan.traces {
		keep[i] = sampled(e.sampler, r.plan, id)
	}
	for i := range r.spans {
		s := r.spans[i].step
		if s.untraced || !keep[s.trace] {
			continue
		}
		e.addSpan(&r.spans[i], base)
		if s.lost {
			continue
		}
		if s.trace == 0 {
			info.Spans++
			info.Errors += btoi(s.failed)
		}
	}
	for _, l := range r.logs {
		e.addLog(l, base)
	}
	info.Logs = len(r.logs)
	e.summary.Orders++
	e.summary.note(info)
}

// info names the order's own trace; its counts are still to come.
func (p *plan) info() TraceInfo {
	info := TraceInfo{Scenario: p.scenario, OrderID: p.order.id, TraceID: p.traces[0].String()}
	for _, id := range p.traces[1:] {
		info.Linked = append(info.Linked, id.String())
	}
	return info
}

func (e *emitter) addSpan(r *spanRecord, base time.Time) {
	s := r.step
	p := e.procs[s.service]
	start, end := base.Add(time.Duration(r.start)), base.Add(time.Duration(r.end))
	t := spanTruth(s, p, start, end)
	e.truth = append(e.truth, t)
	if s.lost {
		e.summary.LostSpans++
		return
	}
	traceID, spanID := s.traceID(), s.spanID
	out := &tracepb.Span{
		TraceId:           traceID[:],
		SpanId:            spanID[:],
		Name:              s.name,
		Kind:              tracepb.Span_SpanKind(s.kind),
		StartTimeUnixNano: uint64(t.Observed),
		EndTimeUnixNano:   uint64(t.ObservedEnd),
		Attributes:        e.attributes(s, p, start),
		Status:            s.status(),
		Flags:             s.flags(),
	}
	if parent := s.parent(); parent != nil {
		out.ParentSpanId = parent.spanID[:]
	}
	for _, ev := range r.events {
		out.Events = append(out.Events, &tracepb.Span_Event{
			TimeUnixNano: uint64(p.clock.read(base.Add(time.Duration(ev.at))).UnixNano()),
			Name:         ev.name,
			Attributes:   keyValues(nil, ev.attrs),
		})
	}
	if s.link {
		cause := s.cause.traceID()
		out.Links = []*tracepb.Span_Link{{
			TraceId: cause[:], SpanId: s.cause.spanID[:], Flags: 0x301,
			Attributes: keyValues(nil, linkAttrs()),
		}}
	}
	scope := &e.batch[s.service][btoi(s.method != "")]
	*scope = append(*scope, out)
	e.spans++
}

func linkAttrs() []attribute.KeyValue {
	return []attribute.KeyValue{attribute.String("link.reason", "caused_by")}
}

// spanTruth is the truth about a step that took from start to end in true time.
func spanTruth(s *step, p *process, start, end time.Time) Truth {
	t := Truth{
		Kind: "span", TraceID: s.traceID().String(), SpanID: s.spanID.String(),
		Service: p.name, Clock: p.host,
		TrueTime: start.UnixNano(), ClockOffset: int64(p.clock.offset(start)),
		TrueEnd: end.UnixNano(), ObservedEnd: p.clock.read(end).UnixNano(),
		OrderID: s.plan.order.id, Scenario: s.plan.scenario,
	}
	t.Observed = t.TrueTime + t.ClockOffset
	if parent := s.parent(); parent != nil {
		t.ParentID = parent.spanID.String()
	}
	t.blame(s.tracedCause())
	if s.lost {
		t.Lost, t.Reason = true, lostInExport
	}
	return t
}

// blame names the true parent.
func (t *Truth) blame(cause *step) {
	if cause != nil {
		t.TrueParentID, t.TrueTraceID = cause.spanID.String(), cause.traceID().String()
	}
}

func (e *emitter) addLog(r logRecord, base time.Time) {
	p := e.procs[r.step.service]
	doc, truth := document(r.step, r.line, p, base.Add(time.Duration(r.at)), &e.arena)
	e.docs = append(e.docs, doc)
	e.truth = append(e.truth, truth)
}

// document is a line as its process writes it at the true time at, without
// card numbers, together with the truth about it. The bytes go to the arena.
func document(s *step, ln *line, p *process, at time.Time, arena *[]byte) (LogDoc, Truth) {
	format := p.format
	if ln.audit {
		format = auditLog
	}
	en := entry{
		process: p, observed: p.clock.read(at), level: ln.level, message: redact(ln.message),
		orderID: s.plan.order.id, fields: redactFields(ln.fields), err: ln.err.redacted(),
	}
	if !s.untraced {
		en.traceID, en.spanID = s.traceID().String(), s.spanID.String()
	}
	from := len(*arena)
	*arena = format.appendDoc(*arena, &en)
	doc := LogDoc{
		Index:  format.index(p.name, en.observed),
		ID:     s.docID(ln),
		Source: (*arena)[from:len(*arena):len(*arena)],
	}
	return doc, logTruth(s, p, format, at, doc)
}

// docID names the document of a line of the step.
func (s *step) docID(ln *line) string {
	return s.plan.hash.text("log").num(uint64(s.index)).num(uint64(ln.ordinal)).docID()
}

func logTruth(s *step, p *process, format Format, at time.Time, doc LogDoc) Truth {
	t := Truth{
		Kind: "log", ID: doc.ID, Index: doc.Index, Service: p.name, Clock: p.host,
		TrueTime: at.UnixNano(), ClockOffset: int64(p.clock.offset(at)), Precision: int64(format.precision()),
		OrderID: s.plan.order.id, Scenario: s.plan.scenario,
	}
	t.Observed = t.TrueTime + t.ClockOffset
	if s.untraced {
		t.blame(s.tracedCause())
		return t
	}
	t.TraceID = s.traceID().String()
	if format != Winston {
		t.SpanID = s.spanID.String()
	}
	t.ParentID = t.SpanID
	t.blame(s)
	return t
}

// send gives the batch to the sink and starts a new one.
func (e *emitter) send(ctx context.Context, sink Sink) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := sink.Spans(ctx, e.take()); err != nil {
		return err
	}
	e.summary.Spans += e.spans
	if err := sink.Logs(ctx, e.docs); err != nil {
		return err
	}
	e.summary.Logs += len(e.docs)
	err := sink.Truth(ctx, e.truth)
	e.spans, e.docs, e.truth, e.arena = 0, e.docs[:0], e.truth[:0], e.arena[:0]
	return err
}

// take empties the batch of spans, grouped by process and scope.
func (e *emitter) take() []*tracepb.ResourceSpans {
	var out []*tracepb.ResourceSpans
	for i := range e.batch {
		rs := &tracepb.ResourceSpans{Resource: e.resources[i]}
		for j, name := range [scopes]string{scopeName, httpScopeName} {
			if spans := e.batch[i][j]; len(spans) > 0 {
				scope := &commonpb.InstrumentationScope{Name: name}
				rs.ScopeSpans = append(rs.ScopeSpans, &tracepb.ScopeSpans{Scope: scope, Spans: spans})
				e.batch[i][j] = nil
			}
		}
		if len(rs.ScopeSpans) > 0 {
			out = append(out, rs)
		}
	}
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
