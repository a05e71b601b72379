package bundle

import (
	"context"
	"errors"

	"github.com/otrace/otrace/internal/trace"
)

// FindLogs searches for traces by their logs.
func (b *Bundle) FindLogs(context.Context, trace.Query) (trace.Found, error) {
	return trace.Found{}, errors.New("bundle: searching is not there yet")
}

// Tally counts the logs of a trace.
func (b *Bundle) Tally(context.Context, trace.ID) (trace.Summary, error) {
	return trace.Summary{}, errors.New("bundle: counting is not there yet")
}

// FindSpans searches for traces by their spans.
func (b *Bundle) FindSpans(context.Context, trace.Query) (trace.Found, error) {
	return trace.Found{}, errors.New("bundle: searching is not there yet")
}
