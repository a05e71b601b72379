package tui

import (
	"fmt"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

// manyFound is a list of 10,000 traces.
func manyFound() *shelf {
	s := lister()
	s.found = trace.Found{}
	for i := range 10_000 {
		one := trace.Summary{
			ID: trace.ID{Hi: uint64(i+1) << 40, Lo: uint64(i)}, Start: epoch - int64(i)*ms, End: epoch - int64(i)*ms + int64(i*7919%1000)*ms,
			Service: fmt.Sprint("service-", i%20), Operation: fmt.Sprintf("POST /orders/%d", i%50), Spans: i % 40, Logs: i % 70, Failed: i % 3, BySpans: true,
			Services: []string{"gateway", "order", "payment", fmt.Sprint("service-", i%20)},
		}
		s.found.Traces = append(s.found.Traces, one)
	}
	return s
}

// BenchmarkSearch is from a key to the frame that answers it, and from an answer
// to the frame that shows it, with 10,000 traces listed.
func BenchmarkSearch(b *testing.B) {
	for _, bench := range []struct {
		name  string
		begin string
		keys  []string
	}{
		{"move", "", []string{"j", "j", "k", "pgdown"}},
		{"ends", "", []string{"G", "g"}},
		{"order", "", []string{"O"}},
		{"errors", "", []string{"e", "e", "["}},
		{"filter", "f", []string{"o", "r", "d", "e", "r", "s", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace"}},
		{"form", "s", []string{"s", "e", "r", "backspace", "backspace", "backspace", "tab"}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			d := newDriver(b, manyFound(), trace.ID{}, render.Style{Color: true}).searching()
			d.size(200, 50)
			d.keys(bench.begin)
			var took spread
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				d.keys(bench.keys[i%len(bench.keys)])
				d.screen()
				took = append(took, time.Since(start))
			}
			took.report(b)
		})
	}
	b.Run("results", func(b *testing.B) {
		d := newDriver(b, manyFound(), trace.ID{}, render.Style{Color: true}).searching()
		d.size(200, 50)
		v := d.search()
		d.keys("G", "fservice-1", "enter")
		var took spread
		for b.Loop() {
			start := time.Now()
			v.takeEarly(v.got, nil)
			v.take(v.got, nil, nil)
			d.screen()
			took = append(took, time.Since(start))
		}
		took.report(b)
	})
}
