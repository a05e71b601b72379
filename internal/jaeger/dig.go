package jaeger

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

const (
	// digs is how many searches are made for one trace.
	digs = 16
	// digWithin is how exactly the time of a trace must be known.
	digWithin = 10 * time.Minute
)

// dig looks for an old trace that is not to be had by its ID among all the
// traces of its time. It is a last resort: a failure is "not found", unless
// some of the trace came before.
func (c *Client) dig(ctx context.Context, id trace.ID, at trace.Window) (ans answer, err error) {
	old := at.From != 0 && at.Until != 0 && c.now().UnixNano()-at.Until > int64(day)
	if !old || at.Until-at.From > int64(digWithin) {
		return ans, nil
	}
	todo := []trace.Window{at.Padded(int64(time.Minute))}
	for n := 0; n < digs && len(todo) > 0; n++ {
		s := search{window: todo[len(todo)-1], depth: mostDepth}
		todo = todo[:len(todo)-1]
		times := map[trace.ID]int64{}
		err = c.speak(func(d dialect) error {
			return c.patiently(ctx, func() error {
				return d.find(ctx, &s, func(spans []trace.Span) { ans.sift(id, spans, times) })
			})
		})
		if err != nil || len(ans.spans) > 0 {
			break
		}
		if len(times) < s.depth {
			continue
		}
		if older, newer, ok := cut(s.window, newestOf(times)); ok {
			todo = append(todo, older, newer)
		}
	}
	return ans, err
}

// sift keeps the trace's spans, and notes when each trace began.
func (ans *answer) sift(id trace.ID, spans []trace.Span, times map[trace.ID]int64) {
	for i := range spans {
		s := &spans[i]
		if began, ok := times[s.Trace]; !ok || s.Start < began {
			times[s.Trace] = s.Start
		}
		if s.Trace.Same(id) {
			ans.spans = append(ans.spans, *s)
		}
	}
}

// newestOf sorts the times, the newest first.
func newestOf(times map[trace.ID]int64) []int64 {
	list := make([]int64, 0, len(times))
	for _, t := range times {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b int64) int { return cmp.Compare(b, a) })
	return list
}

// cut splits a window where half of what came lies on either side. Storages
// that return the newest have then told all of the newer half; of others it
// is asked for again. ok is false for a window that is too short.
func cut(w trace.Window, newestFirst []int64) (older, newer trace.Window, ok bool) {
	if w.Until-w.From <= narrowest {
		return w, w, false
	}
	at := newestFirst[len(newestFirst)/2]
	if at <= w.From || at > w.Until {
		at = w.From + (w.Until-w.From)/2 + 1
	}
	return trace.Window{From: w.From, Until: at - 1}, trace.Window{From: at, Until: w.Until}, true
}
