package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/tui"
)

// A timing is how the two sources answered.
type timing struct {
	mu          sync.Mutex
	spans, logs tui.Answer
}

// timeSources notes how long the sources take, and whether they fail.
func timeSources(src gather.Sources) (gather.Sources, *timing) {
	t := &timing{spans: tui.Answer{Name: src.SpansName}, logs: tui.Answer{Name: src.LogsName}}
	src.Spans, src.Failing = timedSpans{src.Spans, t}, timedFailing{src.Failing, t}
	src.Logs, src.ErrorLogs = timedLogs{src.Logs, t}, timedErrorLogs{src.ErrorLogs, t}
	return src, t
}

// answers are those of the sources that have answered.
func (t *timing) answers() []tui.Answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.spans.Took+t.logs.Took == 0:
		return nil // what was saved is not asked for
	case t.spans.Name == t.logs.Name:
		return []tui.Answer{{Name: t.spans.Name, Took: max(t.spans.Took, t.logs.Took), Err: errors.Join(t.spans.Err, t.logs.Err)}}
	}
	var list []tui.Answer
	for _, a := range [...]tui.Answer{t.spans, t.logs} {
		if a.Took > 0 {
			list = append(list, a)
		}
	}
	return list
}

// noted asks, and notes how long it took until the answer and whether there was
// one.
func noted[T any](t *timing, a *tui.Answer, ask func() (T, error)) (T, error) {
	start := time.Now()
	value, err := ask()
	t.mu.Lock()
	defer t.mu.Unlock()
	a.Took += max(time.Since(start), 1)
	if err != nil && !errors.Is(err, trace.ErrNotFound) {
		a.Err = err
	}
	return value, err
}

type timedSpans struct {
	of gather.Spans
	*timing
}

// Spans notes how the source answers.
func (t timedSpans) Spans(ctx context.Context, id trace.ID, at trace.Window) (trace.Evidence, error) {
	return noted(t.timing, &t.spans, func() (trace.Evidence, error) { return t.of.Spans(ctx, id, at) })
}

// FindSpans notes how the source answers.
func (t timedSpans) FindSpans(ctx context.Context, q trace.Query) (trace.Found, error) {
	return noted(t.timing, &t.spans, func() (trace.Found, error) { return t.of.FindSpans(ctx, q) })
}

type timedFailing struct {
	of gather.FailingSpans
	*timing
}

// EachTrace notes how the source answers.
func (t timedFailing) EachTrace(ctx context.Context, q trace.Query, each func([]trace.Span)) (trace.Taken, error) {
	return noted(t.timing, &t.spans, func() (trace.Taken, error) { return t.of.EachTrace(ctx, q, each) })
}

type timedLogs struct {
	of gather.Logs
	*timing
}

// Logs notes how the source answers.
func (t timedLogs) Logs(ctx context.Context, id trace.ID, where gather.Hint) (trace.Evidence, error) {
	return noted(t.timing, &t.logs, func() (trace.Evidence, error) { return t.of.Logs(ctx, id, where) })
}

// FindLogs notes how the source answers.
func (t timedLogs) FindLogs(ctx context.Context, q trace.Query) (trace.Found, error) {
	return noted(t.timing, &t.logs, func() (trace.Found, error) { return t.of.FindLogs(ctx, q) })
}

// Tally counts what a trace has; a search that asks for it tells its own time.
func (t timedLogs) Tally(ctx context.Context, id trace.ID) (trace.Summary, error) {
	return t.of.Tally(ctx, id)
}

type timedErrorLogs struct {
	of gather.ErrorLogs
	*timing
}

// EachErrorLog notes how the source answers.
func (t timedErrorLogs) EachErrorLog(ctx context.Context, q trace.ErrorQuery, each func(*trace.ErrorLog)) (trace.Taken, error) {
	return noted(t.timing, &t.logs, func() (trace.Taken, error) { return t.of.EachErrorLog(ctx, q, each) })
}

// CountErrorLogs notes how the source answers.
func (t timedErrorLogs) CountErrorLogs(ctx context.Context, q trace.ErrorQuery, patterns []trace.Pattern, edges []int64) (trace.ErrorCounts, error) {
	return noted(t.timing, &t.logs, func() (trace.ErrorCounts, error) { return t.of.CountErrorLogs(ctx, q, patterns, edges) })
}
