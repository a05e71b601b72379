package orderservice

import (
	"context"
	"encoding/json"
	"errors"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// A Sink takes what a run produces. Its methods are called one at a time, and
// what they are given is theirs to read until they return.
type Sink interface {
	// Spans takes finished spans, grouped by the process that wrote them.
	Spans(ctx context.Context, spans []*tracepb.ResourceSpans) error
	// Logs takes log documents.
	Logs(ctx context.Context, docs []LogDoc) error
	// Truth takes what is really so about spans and logs that were, or should
	// have been, given to the sink.
	Truth(ctx context.Context, lines []Truth) error
	// Flush makes everything that was given visible to readers.
	Flush(ctx context.Context) error
}

// A LogDoc is one log line as it is stored in Elasticsearch.
type LogDoc struct {
	Index  string
	ID     string
	Source json.RawMessage // one line
}

// Tee is a sink that gives everything to each of sinks. It stops at the first
// that fails.
func Tee(sinks ...Sink) Sink { return tee(sinks) }

type tee []Sink

func (t tee) each(f func(Sink) error) error {
	for _, s := range t {
		if err := f(s); err != nil {
			return err
		}
	}
	return nil
}

func (t tee) Spans(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	return t.each(func(s Sink) error { return s.Spans(ctx, spans) })
}

func (t tee) Logs(ctx context.Context, docs []LogDoc) error {
	return t.each(func(s Sink) error { return s.Logs(ctx, docs) })
}

func (t tee) Truth(ctx context.Context, lines []Truth) error {
	return t.each(func(s Sink) error { return s.Truth(ctx, lines) })
}

// Flush flushes every sink, also when one fails.
func (t tee) Flush(ctx context.Context) error {
	var errs []error
	for _, s := range t {
		errs = append(errs, s.Flush(ctx))
	}
	return errors.Join(errs...)
}
