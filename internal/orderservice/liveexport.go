package orderservice

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/baggage"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// A collector receives the spans of every live service, writes down the truth
// about them, and hands them to the sink as their services' clocks saw them.
type collector struct {
	steps map[trace.SpanID]*step
	sink  Sink
	fail  context.CancelCauseFunc

	mu    sync.Mutex
	truth []Truth
	infos map[trace.TraceID]*TraceInfo // of the orders' own traces
	spans int
	lost  int
}

func newCollector(plans []*plan, sink Sink, fail context.CancelCauseFunc) *collector {
	c := &collector{
		steps: make(map[trace.SpanID]*step), sink: sink, fail: fail,
		infos: make(map[trace.TraceID]*TraceInfo),
	}
	for _, p := range plans {
		info := p.info()
		c.infos[p.traces[0]] = &info
		for _, s := range p.steps {
			c.steps[s.spanID] = s
		}
	}
	return c
}

// provider is the tracing of one service.
func (c *collector) provider(p *process, ratio float64) *sdktrace.TracerProvider {
	next := otlptrace.NewUnstarted(uploader{c})
	return sdktrace.NewTracerProvider(
		sdktrace.WithResource(resource.NewSchemaless(p.resource...)),
		sdktrace.WithIDGenerator(plannedIDs{}),
		sdktrace.WithSampler(sdktrace.ParentBased(plannedSampler{sdktrace.TraceIDRatioBased(ratio)})),
		sdktrace.WithoutPanicRecording(), // the plan records its panics itself
		sdktrace.WithSpanProcessor(annotator{p}),
		// Blocking, for a span that is dropped unseen would be a lie in the truth.
		sdktrace.WithBatcher(&exporter{c, p, next}, sdktrace.WithBlocking(), sdktrace.WithBatchTimeout(200*time.Millisecond)),
	)
}

// plannedIDs gives a span the IDs of the step that it is.
type plannedIDs struct{}

func (plannedIDs) NewIDs(ctx context.Context) (trace.TraceID, trace.SpanID) {
	s := stepFrom(ctx)
	return s.traceID(), s.spanID
}

func (plannedIDs) NewSpanID(ctx context.Context, _ trace.TraceID) trace.SpanID {
	return stepFrom(ctx).spanID
}

// plannedSampler decides at a trace's root.
type plannedSampler struct{ sdktrace.Sampler }

func (s plannedSampler) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if sampled(s.Sampler, stepFrom(p.ParentContext).plan, p.TraceID) {
		return sdktrace.SamplingResult{Decision: sdktrace.RecordAndSample}
	}
	return sdktrace.SamplingResult{Decision: sdktrace.Drop}
}

// An annotator adds to each span what its step says, the user of its baggage,
// and the index that its logs are in.
type annotator struct{ *process }

// OnStart is where otelhttp's own spans can be reached, too.
func (a annotator) OnStart(ctx context.Context, s sdktrace.ReadWriteSpan) {
	s.SetAttributes(stepFrom(ctx).attrs...)
	if user := baggage.FromContext(ctx).Member("user_id").Value(); user != "" {
		s.SetAttributes(attribute.String("user.id", user))
	}
	s.SetAttributes(attribute.String("log.index", a.format.index(a.name, a.clock.read(s.StartTime()))))
}

func (annotator) OnEnd(sdktrace.ReadOnlySpan)      {}
func (annotator) Shutdown(context.Context) error   { return nil }
func (annotator) ForceFlush(context.Context) error { return nil }

// An exporter is where a service's spans leave it: with its clock's times, and
// without card numbers.
type exporter struct {
	*collector
	process *process
	next    *otlptrace.Exporter
}

// ExportSpans never fails: what the sink refuses ends the run.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	var out []sdktrace.ReadOnlySpan
	for _, s := range spans {
		st := e.steps[s.SpanContext().SpanID()]
		e.note(st, spanTruth(st, e.process, s.StartTime(), s.EndTime()))
		if !st.lost {
			out = append(out, observedSpan{s, st, e.process.clock})
		}
	}
	if err := e.next.ExportSpans(ctx, out); err != nil {
		e.fail(err)
	}
	return nil
}

// Shutdown has nothing to end: the sink is the caller's.
func (e *exporter) Shutdown(context.Context) error { return nil }

// note counts a span and keeps the truth about it.
func (c *collector) note(s *step, t Truth) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.truth = append(c.truth, t)
	if s.lost {
		c.lost++
		return
	}
	c.spans++
	if info := c.infos[s.traceID()]; info != nil {
		info.Spans++
		info.Errors += btoi(s.failed)
	}
}

// flush hands the truth to the sink.
func (c *collector) flush(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.sink.Truth(ctx, c.truth)
	c.truth = nil
	return err
}

// sum counts up a run that has ended.
func (c *collector) sum(plans []*plan, logs *logQueue) Summary {
	sum := Summary{Spans: c.spans, LostSpans: c.lost, Logs: logs.shipped, DroppedLogs: int(logs.dropped.Load())}
	for _, p := range plans {
		info := *c.infos[p.traces[0]]
		info.Logs = logs.byOrder[p.order.id]
		if info.Logs == 0 && info.Spans == 0 {
			continue // the run ended before its turn
		}
		sum.Orders++
		sum.note(info)
	}
	return sum
}

// An uploader is an OTLP client whose far end is the sink.
type uploader struct{ *collector }

func (uploader) Start(context.Context) error { return nil }
func (uploader) Stop(context.Context) error  { return nil }

func (u uploader) UploadTraces(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	return u.sink.Spans(ctx, spans)
}

// An observedSpan is a span as its service's clock saw it. This is the one
// place where otelhttp's spans can be given another clock.
type observedSpan struct {
	sdktrace.ReadOnlySpan
	step  *step
	clock clock
}

func (s observedSpan) StartTime() time.Time { return s.clock.read(s.ReadOnlySpan.StartTime()) }
func (s observedSpan) EndTime() time.Time   { return s.clock.read(s.ReadOnlySpan.EndTime()) }

func (s observedSpan) Status() sdktrace.Status {
	st := s.ReadOnlySpan.Status()
	st.Description = redact(st.Description)
	return st
}

func (s observedSpan) Attributes() []attribute.KeyValue {
	return redactAttrs(s.ReadOnlySpan.Attributes())
}

func (s observedSpan) Events() []sdktrace.Event {
	events := s.ReadOnlySpan.Events()
	out := make([]sdktrace.Event, len(events))
	for i, e := range events {
		e.Time = s.clock.read(e.Time)
		e.Attributes = redactAttrs(e.Attributes)
		if e.Name == "exception" {
			e.Attributes = s.step.classify(slices.Clone(e.Attributes))
		}
		out[i] = e
	}
	return out
}

// classify gives an exception event the class that the plan gives it:
// RecordError can only say what Go type the plan's exceptions have.
func (s *step) classify(attrs []attribute.KeyValue) []attribute.KeyValue {
	for _, a := range s.do {
		r, ok := a.(record)
		if !ok {
			continue
		}
		for i := range attrs {
			if attrs[i].Key == "exception.type" {
				attrs[i].Value = attribute.StringValue(r.class)
			}
		}
	}
	return attrs
}
