package gather

import (
	"context"

	"github.com/otrace/otrace/internal/trace"
)

// FailingSpans is what triage needs of a trace backend. EachTrace hands over
// the whole traces that match, the newest first, each trace's spans together;
// they are the caller's only until each returns, and calls come one at a time.
type FailingSpans interface {
	EachTrace(ctx context.Context, q trace.Query, each func(spans []trace.Span)) (trace.Taken, error)
}

// ErrorLogs is what triage needs of a log backend. EachErrorLog hands over the
// error logs that match, or a random sample when there are more than the limit;
// they are the caller's only until each returns, and calls come one at a time.
// CountErrorLogs counts what is not handed over, wherever the logs are; its
// edges are in order.
type ErrorLogs interface {
	EachErrorLog(ctx context.Context, q trace.ErrorQuery, each func(l *trace.ErrorLog)) (trace.Taken, error)
	CountErrorLogs(ctx context.Context, q trace.ErrorQuery, patterns []trace.Pattern, edges []int64) (trace.ErrorCounts, error)
}
