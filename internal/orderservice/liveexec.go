package orderservice

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// perform does what the step does, within the span that ctx carries.
func (l *live) perform(ctx context.Context, s *step) {
	span := trace.SpanFromContext(ctx)
	if s.failed && s.kind != trace.SpanKindServer { // otelhttp sees to those
		defer span.SetStatus(codes.Error, s.reason)
	}
	for _, a := range s.do {
		switch a := a.(type) {
		case work:
			l.wait(time.Duration(a))
		case *line:
			l.services[s.service].loggers.write(ctx, s, a)
		case event:
			span.AddEvent(a.name, trace.WithAttributes(a.attrs...))
		case record:
			span.RecordError(a.exception, trace.WithAttributes(attribute.String("exception.stacktrace", a.stack)))
		case call:
			l.call(ctx, s, a.step)
		case spawn:
			l.spawn(ctx, a)
		case crash:
			panic(a.exception)
		}
	}
}

// call does a step and waits for it. A panic gets no further than the server
// step that it happened in.
func (l *live) call(ctx context.Context, from, s *step) {
	if from.kind == trace.SpanKindServer {
		defer func() {
			if p := recover(); p != nil {
				if _, planned := p.(*exception); !planned {
					panic(p)
				}
			}
		}()
	}
	switch {
	case s.remote != nil:
		l.request(ctx, s)
	case s.untraced:
		l.perform(ctx, s)
	default:
		ctx, span := l.services[s.service].tracer.Start(withStep(ctx, s), s.name, trace.WithSpanKind(s.kind))
		defer span.End()
		l.perform(ctx, s)
	}
}

// A job is a message to the worker pool: what to do, and the headers that its
// sender's context left on it.
type job struct {
	step    *step
	headers propagation.MapCarrier
}

// spawn sends a job to the worker pool, to arrive after its delay.
func (l *live) spawn(ctx context.Context, s spawn) {
	j := job{s.step, propagation.MapCarrier{}}
	l.propagator.Inject(ctx, j.headers)
	l.pending.Add(1)
	go func() {
		l.wait(s.delay)
		l.jobs <- j
	}()
}

// work is a worker: it does jobs until there are no more.
func (l *live) work() {
	for j := range l.jobs {
		l.consume(j)
		l.pending.Done()
	}
}

// consume does one job, in its cause's trace or in one of its own, and linked
// to its cause either way.
func (l *live) consume(j job) {
	ctx := l.propagator.Extract(context.WithoutCancel(l.ctx), j.headers)
	opts := []trace.SpanStartOption{
		trace.WithSpanKind(j.step.kind),
		trace.WithLinks(trace.LinkFromContext(ctx, linkAttrs()...)),
	}
	if j.step.root {
		opts = append(opts, trace.WithNewRoot())
	}
	ctx, span := l.services[j.step.service].tracer.Start(withStep(ctx, j.step), j.step.name, opts...)
	defer span.End()
	l.perform(ctx, j.step)
}
