package timeline_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// Estimating while the timeline is built changes nothing.
func TestOfIsBuildSideBySide(t *testing.T) {
	failed := span(1, 0, "a", "op", 0, 100)
	failed.Status = trace.StatusError
	cases := map[string]trace.Evidence{"twins, orphans and a cycle": {
		Spans: []trace.Span{failed, span(1, 0, "b", "op", 5, 50), span(2, 9, "b", "op", 7, 5), span(3, 4, "a", "op", 9, 5), span(4, 3, "b", "op", 8, 5)},
		Logs:  []trace.Log{log(1, "b", "message", 6), log(0, "a", "message", 7), log(8, "b", "message", 8)},
	}}
	rng := rand.New(rand.NewPCG(1, 2))
	for seed := range 50 {
		var ev trace.Evidence
		for i := range 200 {
			service, at := string(rune('a'+rng.IntN(5))), rng.Int64N(1000)
			ev.Spans = append(ev.Spans, span(trace.SpanID(i+1), trace.SpanID(rng.IntN(i+1)), service, "op", at, rng.Int64N(1000)))
			ev.Logs = append(ev.Logs, log(trace.SpanID(rng.IntN(250)), service, "message", at))
		}
		cases[fmt.Sprint("random ", seed)] = ev
	}
	for name, ev := range cases {
		for _, mode := range [...]skew.Mode{skew.Auto, skew.Mid, skew.Off} {
			at := func(i int, what string) { t.Helper(); t.Fatalf("%s, %v: row %d has another %s", name, mode, i, what) }
			want, got := timeline.Build(&ev, mode.Estimate(ev.Spans, ev.Logs)), timeline.Of(&ev, mode)
			if len(got.Rows) != len(want.Rows) || got.Start != want.Start || got.Duration != want.Duration || got.Mode != mode {
				t.Fatalf("%s, %v: another timeline", name, mode)
			}
			for i := range want.Rows {
				g, w := got.Rows[i], want.Rows[i]
				if (g.Clock == nil) != (w.Clock == nil) || g.Clock != nil && g.Clock.Name != w.Clock.Name {
					at(i, "clock")
				}
				if g.Clock = w.Clock; g != w {
					at(i, "content")
				}
			}
		}
	}
}

// The rows that tell of errors are those that say so, whatever is left out.
func TestErrors(t *testing.T) {
	failed := span(2, 1, "a", "op", 10, 50)
	failed.Status = trace.StatusError
	failed.Events = []trace.Event{{Name: "exception", Time: epoch + 20*ms}, {Name: "retry", Time: epoch + 30*ms}}
	bad := log(1, "a", "it broke", 40)
	bad.Level = trace.LevelError
	whole := built([]trace.Span{span(1, 0, "a", "op", 0, 100), failed}, []trace.Log{log(1, "a", "fine", 5), bad})
	for name, tl := range map[string]*timeline.Timeline{
		"whole": whole, "filtered": whole.Filter(&timeline.Filter{Operations: []timeline.Pattern{timeline.NewPattern("op")}, NoLogs: true}), "folded": whole.Fold(),
	} {
		errors := tl.Errors()
		if len(errors) == 0 {
			t.Errorf("%s: there are none", name)
		}
		for i := range tl.Rows {
			is := len(errors) > 0 && errors[0] == int32(i)
			if is {
				errors = errors[1:]
			}
			if is != tl.Rows[i].IsError() {
				t.Errorf("%s: row %d is listed: %v", name, i, is)
			}
		}
	}
}
