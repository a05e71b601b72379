package render_test

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// lean is a timeline of 100,000 spans of 20 processes and a log of each.
func lean() *timeline.Timeline {
	ev := trace.Evidence{ID: fixtureID}
	resources := make([]*trace.Resource, 20)
	for i := range resources {
		resources[i] = span(1, 0, fmt.Sprint("service-", i), "", 0, 0).Resource
	}
	for i := range 100_000 {
		s := span(trace.SpanID(i+1), trace.SpanID(i/7), "", "operation of a span", int64(i)*us, 50*ms)
		s.Resource = resources[i%20]
		ev.Spans = append(ev.Spans, s)
		ev.Logs = append(ev.Logs, entry(s.ID, s.Resource.Service, int64(i)*us, trace.LevelInfo, "a message of the usual length, with an order in it"))
	}
	return timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
}

// A meter counts what is written.
type meter struct{ bytes int64 }

func (m *meter) Write(p []byte) (int, error) {
	m.bytes += int64(len(p))
	return len(p), nil
}

// BenchmarkRows is what each format costs a row, and how much it writes.
func BenchmarkRows(b *testing.B) {
	tl := lean()
	plain := func(f func(io.Writer, *timeline.Timeline) error) format {
		return func(w io.Writer, tl *timeline.Timeline, _ render.Style) error { return f(w, tl) }
	}
	for _, bench := range []struct {
		name string
		draw format
	}{
		{"json", plain(render.JSON)},
		{"ndjson", plain(render.NDJSON)},
		{"tree", render.Tree},
		{"table", render.Table},
		{"timeline", render.Timeline},
		{"markdown", render.Markdown},
	} {
		b.Run(bench.name, func(b *testing.B) {
			var out meter
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				if err := bench.draw(&out, tl, render.Style{}); err != nil {
					b.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			n := float64(b.N) * float64(len(tl.Rows))
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/n, "ns/row")
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/n, "B/row")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/n, "allocs/row")
			b.ReportMetric(float64(out.bytes)/n, "out-B/row")
			b.ReportMetric(float64(out.bytes)/1e6/b.Elapsed().Seconds(), "MB/s")
		})
	}
}
