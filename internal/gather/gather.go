// Package gather asks the sources side by side and puts together what they
// return.
//
// A source that failed is a gap, not an error: half the evidence, known to be
// half, is worth showing. Gathering fails only when there is nothing to show.
package gather

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/otrace/otrace/internal/trace"
)

// Spans is what gather needs of a trace backend. Spans returns the spans of a
// trace with the gaps it knows of; or an error when it has nothing to return,
// which wraps trace.ErrNotFound when the backend's answer is that there is
// no such trace. The window is when the trace happened, all time when that is
// not known. FindSpans searches; finding nothing is an answer.
type Spans interface {
	Spans(ctx context.Context, id trace.ID, at trace.Window) (trace.Evidence, error)
	FindSpans(ctx context.Context, q trace.Query) (trace.Found, error)
}

// Logs is what gather needs of a log backend. No logs is an answer like any
// other. FindLogs searches; the logs that it counts are those that match.
// Tally counts all that a trace has, a sample of them when they are many.
type Logs interface {
	Logs(ctx context.Context, id trace.ID, where Hint) (trace.Evidence, error)
	FindLogs(ctx context.Context, q trace.Query) (trace.Found, error)
	Tally(ctx context.Context, id trace.ID) (trace.Summary, error)
}

// A Hint waits for what the spans tell about where the logs are. It may be
// nil; it must be asked only where the logs cannot be had without.
type Hint = func(context.Context) trace.Whereabouts

// Sources are the backends to ask, what to call them in a gap, and when what
// is looked for happened, as far as the user says so.
type Sources struct {
	Spans     Spans
	Logs      Logs
	Failing   FailingSpans // the same backends, asked for what failed
	ErrorLogs ErrorLogs
	SpansName string
	LogsName  string
	Window    trace.Window
}

// ErrNothing is wrapped by All's error when no source answered.
var ErrNothing = errors.New("nothing to show")

// All returns whatever evidence there is of the ID. It fails when no source
// knows it, with trace.ErrNotFound; and when nothing was found and a source
// could not be asked, so that "nothing" is not believed.
func All(ctx context.Context, id trace.ID, src Sources) (trace.Evidence, error) {
	var spans, logs trace.Evidence
	var spanErr, logErr error
	known := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(known)
		spans, spanErr = src.Spans.Spans(ctx, id, src.Window)
	})
	wg.Go(func() {
		logs, logErr = src.Logs.Logs(ctx, id, func(ctx context.Context) trace.Whereabouts {
			select {
			case <-known:
				return trace.Whereabouts{Window: trace.WindowOf(spans.Spans), Indices: trace.IndicesOf(spans.Spans)}
			case <-ctx.Done():
				return trace.Whereabouts{}
			}
		})
	})
	wg.Wait()

	if at := windowOf(logs.Logs); errors.Is(spanErr, trace.ErrNotFound) && src.Window.IsZero() && !at.IsZero() {
		// Some storages look back a few days only, unless they are told when.
		if again, err := src.Spans.Spans(ctx, id, at); err == nil {
			spans, spanErr = again, nil
		}
	}
	ev := merge(id, &spans, &logs, src)
	noTrace := errors.Is(spanErr, trace.ErrNotFound)
	if noTrace {
		ev.NoTrace, spanErr = true, nil
	}
	if len(ev.Spans) > 0 || len(ev.Logs) > 0 {
		ev.AddGap(src.SpansName, spanErr)
		ev.AddGap(src.LogsName, logErr)
		return ev, nil
	}
	return ev, nothing(&ev, spanErr, logErr, src)
}

// windowOf is the window that the logs cover, zero when none has a time.
func windowOf(logs []trace.Log) trace.Window {
	var w trace.Window
	for i := range logs {
		switch t := logs[i].Time; {
		case t <= 0:
		case w.IsZero():
			w = trace.Window{From: t, Until: t}
		default:
			w.From, w.Until = min(w.From, t), max(w.Until, t)
		}
	}
	return w
}

// merge puts the fragments together. A gap that came with an answer says that
// the answer is incomplete.
func merge(id trace.ID, spans, logs *trace.Evidence, src Sources) trace.Evidence {
	ev := trace.Evidence{ID: id, Spans: spans.Spans, Logs: logs.Logs, Searched: logs.Searched}
	for _, part := range [...]struct {
		name string
		ev   *trace.Evidence
	}{{src.SpansName, spans}, {src.LogsName, logs}} {
		ev.Gaps = append(ev.Gaps, incomplete(part.ev.Gaps, part.name)...)
		ev.Warnings = append(ev.Warnings, part.ev.Warnings...)
	}
	return ev
}

// incomplete is the gaps of a source that did answer.
func incomplete(gaps []trace.Gap, source string) []trace.Gap {
	list := slices.Clone(gaps)
	for i := range list {
		list[i].Partial = true
		list[i].Source = cmp.Or(list[i].Source, source)
	}
	return list
}

// nothing explains why there is nothing to show.
func nothing(ev *trace.Evidence, spanErr, logErr error, src Sources) error {
	switch {
	case spanErr != nil && logErr != nil && src.SpansName == src.LogsName:
		return spanErr // one source, which says the same twice
	case spanErr != nil && logErr != nil:
		return fmt.Errorf("no source answered: %w; %w", spanErr, logErr)
	case logErr != nil:
		return fmt.Errorf("%s has no such trace, and its logs are unknown: %w", src.SpansName, logErr)
	case spanErr != nil:
		return fmt.Errorf("%s has no logs of it, and its spans are unknown: %w", src.LogsName, spanErr)
	case len(ev.Gaps) > 0:
		return fmt.Errorf("nothing was found, but %s: %w", ev.Gaps[0], ErrNothing)
	}
	return fmt.Errorf("%s: %w in %s", ev.ID, trace.ErrNotFound, src.names())
}
