package render_test

import (
	"runtime"
	"testing"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
)

// A meter counts what is written.
type meter struct{ bytes int64 }

func (m *meter) Write(p []byte) (int, error) {
	m.bytes += int64(len(p))
	return len(p), nil
}

// BenchmarkRows is what each format costs a row of each shape, and how much it
// writes.
func BenchmarkRows(b *testing.B) {
	for shape, make := range shapes() {
		b.Run(shape, func(b *testing.B) {
			tl := make()
			for name, f := range everyFormat() {
				b.Run(name, func(b *testing.B) { benchmarkRows(b, f, tl) })
			}
		})
	}
}

func benchmarkRows(b *testing.B, draw format, tl *timeline.Timeline) {
	var out meter
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		if err := draw(&out, tl, render.Style{}); err != nil {
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
}
