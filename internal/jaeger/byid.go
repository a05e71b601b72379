package jaeger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// Spans returns the trace's spans, each once. Evidence that is known to be
// incomplete has a gap that says why. The window is when the trace happened,
// all time when that is not known; it helps storages that keep time apart, and
// never hides a trace. The error wraps trace.ErrNotFound when Jaeger has no
// such trace, and trace.ErrRefused when it turned the credentials down.
func (c *Client) Spans(ctx context.Context, id trace.ID, at trace.Window) (trace.Evidence, error) {
	ev := trace.Evidence{ID: id}
	if !id.IsTrace() {
		return ev, fmt.Errorf("jaeger: %s is no trace ID: %w", id, trace.ErrNotFound)
	}
	ans, err := inTime(ctx, func() (answer, error) { return c.ask(ctx, id, at) })
	outcome := adjusted.Undo(ans.spans)
	ans.spans = trace.Unique(ans.spans)
	none := len(ans.spans) == 0
	switch {
	case none && (err == nil || errors.Is(err, trace.ErrNotFound)):
		return ev, fmt.Errorf("jaeger: trace %s: %w", id, trace.ErrNotFound)
	case none, errors.Is(err, context.Canceled):
		return ev, fmt.Errorf("jaeger: %w", err)
	case err != nil:
		ev.AddGap("jaeger", fmt.Errorf("only %s came: %w", count(len(ans.spans)), err))
	}
	ev.Spans = ans.spans
	remark(&ev, ans.warnings)
	ev.Warnings = append(ev.Warnings, outcome.Warnings(thoughRaw)...)
	return ev, nil
}

// thoughRaw is what should have kept Jaeger from adjusting times.
const thoughRaw = ", though raw times were asked for"

// grace is how long after the context's end an answer is still waited for: it
// may know a better reason, or bring what came so far.
const grace = 50 * time.Millisecond

// inTime asks, and returns soon after the context has ended even when a large
// answer is just being decoded.
func inTime[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	type result struct {
		answer T
		err    error
	}
	done := make(chan result, 1)
	go func() {
		ans, err := ask()
		done <- result{ans, err}
	}()
	select {
	case r := <-done:
		return r.answer, r.err
	case <-ctx.Done():
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case r := <-done:
		return r.answer, r.err
	case <-late.C:
		var none T
		return none, &failure{text: "no answer in time", kind: ctx.Err()}
	}
}

// day pads what is known of a trace's time: services' clocks are off, and logs
// tell only a part of a trace.
const day = 24 * time.Hour

// ask looks within the window, or without one. "Not found" is believed when
// it is said of all time as well: some servers look back only a little unless
// they are told where to, and a window may be wrong.
//
// Jaeger with Elasticsearch storage never takes the window (seen in 2.13; its
// source of 2026 still has it as a TODO): it looks back max_span_age, 72 hours
// by default, and has no trace by ID beyond. Such a trace is looked for by a
// search over its window, which does reach there. Jaeger's archive needs no
// question of its own: both query services ask it by themselves when the
// storage has no such trace (GetTraces and GetTrace in their querysvc).
func (c *Client) ask(ctx context.Context, id trace.ID, at trace.Window) (answer, error) {
	padded := at.Padded(int64(day))
	ans, err := c.askOnce(ctx, id, padded)
	if !nowhere(ans, err) {
		return ans, err
	}
	other := trace.Window{}
	if at.IsZero() {
		now := c.now().UnixNano()
		other = trace.Window{From: now - int64(recent), Until: now + int64(day)}
	}
	if again, err := c.askOnce(ctx, id, other); !nowhere(again, err) && !errors.Is(err, errWide) {
		return again, err
	}
	if found, err := c.dig(ctx, id, at); len(found.spans) > 0 {
		return found, err
	}
	return ans, err
}

// nowhere reports an answer that there is no such trace.
func nowhere(ans answer, err error) bool {
	return len(ans.spans) == 0 && (err == nil || errors.Is(err, trace.ErrNotFound))
}

// askOnce asks the dialects for the trace within one window.
func (c *Client) askOnce(ctx context.Context, id trace.ID, at trace.Window) (ans answer, err error) {
	err = c.speak(func(d dialect) (err error) {
		ans, err = c.askTwice(ctx, d, id, at)
		return err
	})
	return ans, err
}

// askTwice asks again, once, when an answer broke off. If the second breaks
// off too, what both brought is returned.
func (c *Client) askTwice(ctx context.Context, d dialect, id trace.ID, at trace.Window) (answer, error) {
	ans, err := c.askPatiently(ctx, d, id, at)
	if !errors.Is(err, errCut) || ctx.Err() != nil {
		return ans, err
	}
	again, err := c.askPatiently(ctx, d, id, at)
	if err == nil || errors.Is(err, trace.ErrRefused) {
		return again, err
	}
	again.spans = append(again.spans, ans.spans...)
	again.warnings = append(again.warnings, ans.warnings...)
	return again, err
}

func (c *Client) askPatiently(ctx context.Context, d dialect, id trace.ID, at trace.Window) (ans answer, err error) {
	err = c.patiently(ctx, func() error {
		ans = answer{}
		return d.trace(ctx, id, at, &ans)
	})
	return ans, err
}
