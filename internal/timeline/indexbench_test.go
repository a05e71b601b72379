package timeline_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// usual is 100,000 spans with ten attributes and 100,000 logs whose documents are
// of the usual 400 bytes.
func usual() *timeline.Timeline {
	rng := rand.New(rand.NewPCG(1, 2))
	var ev trace.Evidence
	resource := trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String("order")}, {Key: "host.name", Value: trace.String("order-1")}})
	for i := range 100_000 {
		s := during(trace.SpanID(i+1), trace.SpanID(i/7), int64(i/200), int64(i/200+20), trace.KindInternal)
		s.Operation, s.Resource = fmt.Sprint("operation ", i%50), resource
		for k := range 10 {
			s.Attributes = append(s.Attributes, trace.Attribute{Key: fmt.Sprint("http.request.header.number", k), Value: trace.String(fmt.Sprintf("%016x", rng.Uint64()))})
		}
		ev.Spans = append(ev.Spans, s)
		message := fmt.Sprintf("a message of the usual length, with order ORD-%d in it", i)
		doc := fmt.Sprintf(`{"@timestamp":"2026-01-02T03:04:05.%09dZ","message":%q,"log.level":"INFO","order":{"id":"ORD-%d"},"rest":"%s"}`, i, message, i, strings.Repeat("all that there is ", 13))
		ev.Logs = append(ev.Logs, trace.Log{Time: s.Start, Span: s.ID, Message: message, Level: trace.LevelInfo, Origin: resource.Origin, Document: []byte(doc)})
	}
	return timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
}

// BenchmarkIndex is what an index costs, and what it saves.
func BenchmarkIndex(b *testing.B) {
	tl := usual()
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			timeline.NewIndex(tl)
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			x := timeline.NewIndex(tl)
			x.Read()
			b.ReportMetric(float64(x.Size())/1e6, "MB")
		}
	})
	x := timeline.NewIndex(tl)
	x.Read()
	for _, p := range []string{"e", "z", "or", "order ord-47", "ORD-47", "th", "qqqq", "usual length"} {
		f := timeline.Filter{Phrase: p}
		b.Run("phrase/"+p, func(b *testing.B) {
			for b.Loop() {
				x.Forget()
				x.Wanted(&f)
			}
		})
	}
	p := timeline.Filter{Phrase: "order ord-4711"}
	b.Run("rows", func(b *testing.B) {
		for b.Loop() {
			tl.Wanted(&p)
		}
	})
	field := timeline.Filter{Fields: []timeline.Field{timeline.NewField("order.id", "ORD-47", true, "")}}
	b.Run("field", func(b *testing.B) {
		for b.Loop() {
			x.Forget()
			x.Wanted(&field)
		}
	})
	b.Run("field-again", func(b *testing.B) {
		for b.Loop() {
			x.Wanted(&field)
		}
	})
	plain := timeline.Filter{Errors: true, Services: []timeline.Pattern{timeline.NewPattern("ord*")}, Level: trace.LevelWarn}
	b.Run("facts", func(b *testing.B) {
		for b.Loop() {
			x.Wanted(&plain)
		}
	})
}
