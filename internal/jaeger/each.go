package jaeger

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// EachTrace searches as FindSpans does, and hands over the spans of each trace
// that is confirmed, all that Jaeger has of it, once. The newest traces come
// first, answer by answer; calls of each come one at a time, and none comes
// after EachTrace has returned. The spans are the caller's until each returns;
// their texts are parts of the answer that they came in, and keep it alive.
//
// Where a service must be named, each one has its share of the limit. Taken
// tells from which moment on nothing is missing: storage in memory returns
// traces as they arrived, so that a search of it which meets its limit at once
// knows of none. What came before a failure counts, with a gap; when the
// context was cancelled, its error comes with what was handed over.
func (c *Client) EachTrace(ctx context.Context, q trace.Query, each func(spans []trace.Span)) (trace.Taken, error) {
	f := newFinder(c, q)
	f.out = &outlet{each: each, limit: q.Limit, spans: map[trace.ID]int{}}
	err := f.work(ctx)
	f.out.close()
	taken := f.taken(err == nil)
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		return taken, fmt.Errorf("jaeger: %w", err)
	case taken.Handed == 0:
		return trace.Taken{Total: -1, More: true, Since: taken.Since}, fmt.Errorf("jaeger: %w", err)
	default:
		taken.Gaps = append(taken.Gaps, onlySome(taken.Handed, err))
	}
	return taken, nil
}

// An outlet hands traces over, each once, up to a limit.
type outlet struct {
	mu       sync.Mutex
	each     func([]trace.Span)
	limit    int // zero is none
	spans    map[trace.ID]int
	grown    int // traces that came again with more spans
	refused  bool
	closed   bool
	adjusted adjusted.Outcome
}

// take hands a trace over unless it was before; false means that the limit was
// reached. A trace is whole as it comes: where a storage returned more of it for
// another window, that is counted.
func (o *outlet) take(spans []trace.Span, outcome adjusted.Outcome) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	id := spans[0].Trace
	had, again := o.spans[id]
	switch {
	case again && had < len(spans):
		o.grown++
		o.spans[id] = len(spans)
		return true
	case again:
		return true
	case o.closed || o.limit > 0 && len(o.spans) >= o.limit:
		o.refused = true
		return false
	}
	o.spans[id] = len(spans)
	o.adjusted.Add(outcome)
	o.each(spans)
	return true
}

// left is how many more traces may be handed over, 0 without a limit.
func (o *outlet) left() (n int, full bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n = max(0, o.limit-len(o.spans))
	return n, o.limit > 0 && n == 0
}

// close lets a call of each come to its end, and no other begin.
func (o *outlet) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
}

// taken is what was handed over so far. All of it was when the search ended by
// itself, no sweep left a part of the window out and nothing was refused.
func (f *finder) taken(ended bool) trace.Taken {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.out
	o.mu.Lock()
	defer o.mu.Unlock()
	t := trace.Taken{Handed: len(o.spans), Total: -1, More: o.refused || !ended, Since: f.q.Window.From}
	told := f.window.From
	for _, w := range f.sweeps {
		told = max(told, w.told)
		t.More = t.More || !w.done
	}
	if len(f.sweeps) == 0 && !ended {
		told = f.window.Until + 1
	}
	if t.More {
		t.Since = told
	} else {
		t.Total = int64(t.Handed)
	}
	t.Gaps, t.Warnings = f.told()
	if o.grown > 0 {
		t.Warnings = append(t.Warnings, fmt.Sprintf("jaeger: a later answer had more spans of %s: these are missing", plural(o.grown, "trace")))
	}
	t.Warnings = append(t.Warnings, o.adjusted.Warnings(thoughRaw)...)
	return t
}
