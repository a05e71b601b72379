package render_test

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// shapes are timelines in which a step of more than linear cost would show, or
// one that calls itself for each level.
func shapes() map[string]func() *timeline.Timeline {
	return map[string]func() *timeline.Timeline{
		"tree": func() *timeline.Timeline {
			return shaped(100_000/smaller, 100_000/smaller, func(i int) int { return i / 7 })
		},
		"chain": func() *timeline.Timeline { return shaped(70_000/smaller, 70_000/smaller, func(i int) int { return i }) },
		"fan": func() *timeline.Timeline {
			return shaped(100_001/smaller, 100_000/smaller, func(i int) int { return min(i, 1) })
		},
	}
}

// shaped is a timeline of spans of 20 processes, each beneath the one of that
// number, and of a log of each of the first of them.
func shaped(spans, logs int, parent func(i int) int) *timeline.Timeline {
	ev := trace.Evidence{ID: fixtureID}
	resources := make([]*trace.Resource, 20)
	for i := range resources {
		resources[i] = span(1, 0, fmt.Sprint("service-", i), "", 0, 0).Resource
	}
	for i := range spans {
		s := span(trace.SpanID(i+1), trace.SpanID(parent(i)), "", "operation of a span", int64(i)*us, 50*ms)
		s.Resource = resources[i%len(resources)]
		ev.Spans = append(ev.Spans, s)
		if i < logs {
			ev.Logs = append(ev.Logs, entry(s.ID, s.Resource.Service, int64(i)*us, trace.LevelInfo, "a message of the usual length, with an order in it"))
		}
	}
	return timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
}

// everyFormat is each way in which otrace writes a timeline.
func everyFormat() map[string]format {
	plain := func(f func(io.Writer, *timeline.Timeline) error) format {
		return func(w io.Writer, tl *timeline.Timeline, _ render.Style) error { return f(w, tl) }
	}
	return map[string]format{
		"tree": render.Tree, "table": render.Table, "timeline": render.Timeline, "markdown": render.Markdown, "clocks": render.Clocks,
		"json": plain(render.JSON), "ndjson": plain(render.NDJSON), "clocks-json": plain(render.ClocksJSON),
	}
}

// onALine are the formats that have a line for each row; the first three are for
// screens.
var onALine = []string{"tree", "table", "timeline", "ndjson"}

// A tally counts what is written.
type tally struct{ bytes, lines int }

func (c *tally) Write(p []byte) (int, error) {
	c.bytes += len(p)
	c.lines += bytes.Count(p, []byte{'\n'})
	return len(p), nil
}

// Every format draws traces that are many, deep or broad, with a stack that has no
// room for a call a level, and without keeping what it has written.
func TestEveryFormatDrawsEveryShape(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(256 << 10))
	for shape, make := range shapes() {
		whole := make()
		for name, f := range everyFormat() {
			lines := drawShape(t, shape+" as "+name, f, whole, render.Style{})
			if slices.Contains(onALine, name) && lines < len(whole.Rows) {
				t.Errorf("%s has %d lines for %d rows as %s", shape, lines, len(whole.Rows), name)
			}
		}
		for _, name := range onALine[:3] {
			drawShape(t, shape+" on a screen as "+name, everyFormat()[name], whole, render.Style{Width: 100, Color: true})
		}
		filtered := whole.Filter(&timeline.Filter{Services: []timeline.Pattern{timeline.NewPattern("service-7")}})
		for name, tl := range map[string]*timeline.Timeline{"filtered": filtered, "folded": whole.Fold()} {
			for _, f := range onALine[:3] {
				drawShape(t, fmt.Sprintf("%s %s as %s", name, shape, f), everyFormat()[f], tl, render.Style{Width: 100})
			}
		}
	}
}

// mostPerRow bounds what a format allocates for each row, in bytes.
const mostPerRow = 160

func drawShape(t *testing.T, what string, f format, tl *timeline.Timeline, style render.Style) (lines int) {
	t.Helper()
	var out tally
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := f(&out, tl, style); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	runtime.ReadMemStats(&after)
	if per := float64(after.TotalAlloc-before.TotalAlloc) / float64(len(tl.Rows)+10_000); per > mostPerRow {
		t.Errorf("%s allocates %.0f bytes a row", what, per)
	}
	if out.bytes == 0 || out.lines == 0 {
		t.Errorf("%s is empty", what)
	}
	return out.lines
}
