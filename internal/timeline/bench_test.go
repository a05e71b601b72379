package timeline_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// perRow runs f and reports what it costs a row.
func perRow(b *testing.B, rows int, f func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for b.Loop() {
		f()
	}
	runtime.ReadMemStats(&after)
	n := float64(b.N) * float64(rows)
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/n, "ns/row")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/n, "B/row")
	b.ReportMetric(float64(after.Mallocs-before.Mallocs)/n, "allocs/row")
}

// shapes are evidence that a step of more than linear cost would show in.
func shapes() map[string]trace.Evidence {
	rng := rand.New(rand.NewPCG(1, 2))
	var tree, chain, fan, said, placed, alone trace.Evidence
	for i := range 100_000 {
		id, at := trace.SpanID(i+1), int64(i)
		tree.Spans = append(tree.Spans, span(id, trace.SpanID(rng.IntN(i+1)), "a", "op", at, 1000))
		tree.Logs = append(tree.Logs, log(trace.SpanID(rng.IntN(i+1)+1), "a", "message", at))
		fan.Spans = append(fan.Spans, span(id, trace.SpanID(min(i, 1)), "a", "op", at, 200_000))
		said.Logs = append(said.Logs, log(1, "a", "message", rng.Int64N(100_000)))
		placed.Spans = append(placed.Spans, span(id, trace.SpanID(i/7), "a", "op", at, 1000))
		placed.Logs = append(placed.Logs, log(0, "a", "message", rng.Int64N(100_000)))
	}
	said.Spans = fan.Spans[:1]
	for i := range 70_000 {
		chain.Spans = append(chain.Spans, span(trace.SpanID(i+1), trace.SpanID(i), "a", "op", int64(i), 200_000))
	}
	for range 1_000_000 {
		alone.Logs = append(alone.Logs, log(0, "a", "message", rng.Int64N(1e9)))
	}
	return map[string]trace.Evidence{
		"tree": tree, "chain of 70,000": chain, "100,000 children": fan, "100,000 logs on a span": said,
		"100,000 logs by their moment": placed, "1,000,000 logs alone": alone,
	}
}

func BenchmarkShapes(b *testing.B) {
	for name, ev := range shapes() {
		clocks := skew.Auto.Estimate(ev.Spans, ev.Logs)
		b.Run(name, func(b *testing.B) {
			perRow(b, len(ev.Spans)+len(ev.Logs), func() { timeline.Build(&ev, clocks) })
		})
	}
}
