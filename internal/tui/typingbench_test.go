package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// usual is many with ten attributes a span and documents of the usual 400 bytes.
func usual() trace.Evidence {
	ev := many()
	for i := range ev.Spans {
		for k := range 10 {
			ev.Spans[i].Attributes = append(ev.Spans[i].Attributes, trace.Attribute{Key: fmt.Sprint("http.request.header.number", k), Value: trace.String(fmt.Sprintf("%016x", (i*10+k)*0x9e3779b1))})
		}
		l := &ev.Logs[i]
		l.Document = fmt.Appendf(nil, `{"@timestamp":"2026-01-02T03:04:05.%09dZ","message":%q,"log.level":"INFO","order":{"id":"ORD-%d"},"rest":"%s"}`, i, l.Message, i, strings.Repeat("all that there is ", 13))
	}
	return ev
}

// BenchmarkTyping is from a key to the frame with the rows that it leaves, or the
// count of those that it finds, while a text is typed and deleted character by
// character. Late is the part of the frames, in percent, that the rows were not
// in; they are measured to the frame that has them.
func BenchmarkTyping(b *testing.B) {
	for name, ev := range map[string]trace.Evidence{"many": many(), "usual": usual()} {
		for _, bench := range []struct{ name, key, typed string }{
			{"text", "f", "order ord-4711"},
			{"common", "f", "a message"},
			{"capitals", "f", "ORD-4711"},
			{"words", "f", "level>=error or service:service-7 -op:operation"},
			{"field", "f", "order.id:ORD-47"},
			{"search", "/", "ord-4711"},
		} {
			b.Run(name+"/"+bench.name, func(b *testing.B) { benchTyping(b, ev, bench.key, bench.typed) })
		}
	}
}

func benchTyping(b *testing.B, ev trace.Evidence, open, typed string) {
	d := newDriver(b, &stock{traces: []trace.Evidence{ev}}, ev.ID, render.Style{Color: true})
	d.size(200, 50)
	d.keys("+", open)
	var took spread
	late := 0
	for i := 0; b.Loop(); i++ {
		key := "backspace"
		if at := i % (2 * len(typed)); at < len(typed) {
			key = strings.ReplaceAll(typed[at:at+1], " ", "space")
		}
		d.hold = true
		start := time.Now()
		d.keys(key)
		d.screen()
		if len(d.held) > 0 {
			late++
			d.release()
			d.screen()
		}
		took = append(took, time.Since(start))
	}
	took.report(b)
	b.ReportMetric(float64(late)*100/float64(len(took)), "%late")
}

// BenchmarkIndexing is what the index of all texts takes, beside the evidence.
func BenchmarkIndexing(b *testing.B) {
	for name, ev := range map[string]trace.Evidence{"many": many(), "usual": usual()} {
		tl := sceneOf(&ev, 0, render.Style{}).tl
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				before := heap()
				start := time.Now()
				x := timeline.NewIndex(tl)
				facts := time.Since(start)
				x.Read()
				b.ReportMetric(float64(time.Since(start))/1e6, "ms")
				b.ReportMetric(float64(facts)/1e6, "ms-facts")
				b.ReportMetric(float64(heap()-before)/1e6, "MB")
				b.ReportMetric(float64(x.Size())/1e6, "MB-texts")
			}
		})
	}
}
