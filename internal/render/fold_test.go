package render_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// selects runs a statement for each item; two fail, each for its own reason.
func selects() trace.Evidence {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{kind(span(1, 0, "shop", "GET /cart", 0, 130*ms), trace.KindServer)}}
	for i := range int64(48) {
		s := kind(span(trace.SpanID(i+2), 1, "shop", "SELECT items", 2*ms+i*2600*us, 100*us+i%20*100*us), trace.KindClient)
		switch i {
		case 7:
			s = failed(s, "deadlock detected")
		case 30:
			s = failed(s, "connection reset by peer")
		}
		ev.Spans = append(ev.Spans, s)
	}
	ev.Logs = []trace.Log{entry(1, "shop", 128*ms, trace.LevelWarn, "46 of 48 items found")}
	return ev
}

// storm is an order that asks for a payment again and again, in vain.
func storm() trace.Evidence {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{
		failed(kind(span(1, 0, "gateway", "POST /orders", 0, 950*ms), trace.KindServer), "402"),
		failed(span(2, 1, "order", "CreateOrder", ms, 945*ms), "payment failed"),
		kind(span(3, 2, "order", "POST /reservations", 2*ms, 12*ms), trace.KindClient),
	}}
	for i := range int64(30) {
		client, at := trace.SpanID(10*i+10), (20+30*i)*ms
		ev.Spans = append(ev.Spans,
			failed(kind(span(client, 2, "order", "POST /payments", at, (8+i%13)*ms), trace.KindClient), ""),
			failed(kind(span(client+1, client, "payment", "POST /payments", at+ms, (6+i%13)*ms), trace.KindServer), fmt.Sprintf("attempt %d: psp answered 503", i+1)))
		ev.Logs = append(ev.Logs,
			entry(client+1, "payment", at+2*ms, trace.LevelError, fmt.Sprintf("psp answered 503 to charge %d", 8812+i)),
			entry(2, "order", at+22*ms, trace.LevelWarn, fmt.Sprintf("retry %d/30: payment answered 503", i+1)))
	}
	return ev
}

// fanOut asks three hundred shards, none like another.
func fanOut() trace.Evidence {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{kind(span(1, 0, "search", "GET /search", 0, 400*ms), trace.KindServer)}}
	for i := range int64(300) {
		id := trace.SpanID(i + 2)
		s := kind(span(id, 1, "search", fmt.Sprintf("GET /shards/%c%c", 'a'+i/26, 'a'+i%26), ms+i*us, (20+i%70)*ms), trace.KindClient)
		if i == 217 {
			s = failed(s, "shard is read-only")
		}
		ev.Spans = append(ev.Spans, s)
		if i%10 == 0 {
			ev.Logs = append(ev.Logs, entry(id, "search", 2*ms+i*us, trace.LevelDebug, "cache miss"))
		}
	}
	return ev
}

// polls says the same thing again and again.
func polls() trace.Evidence {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{span(1, 0, "worker", "drain 受注キュー", 0, 130*ms)}}
	for i := range int64(12) {
		ev.Logs = append(ev.Logs,
			entry(1, "worker", (5+10*i)*ms, trace.LevelInfo, fmt.Sprintf("poll %d of 12: queue-%d is empty, next one in 10 ms, nothing to do until then", i+1, i%3)),
			entry(1, "worker", (6+10*i)*ms, trace.LevelError, fmt.Sprintf("heartbeat %d was not answered", i)))
	}
	return ev
}

// parallel asks two services at once, of which one is awaited.
func parallel() trace.Evidence {
	return trace.Evidence{ID: fixtureID, Spans: []trace.Span{
		kind(span(1, 0, "gateway", "GET /product", 0, 100*ms), trace.KindServer),
		kind(span(2, 1, "price", "GET /price", 5*ms, 80*ms), trace.KindServer),
		kind(span(3, 1, "reviews", "GET /reviews", 5*ms, 30*ms), trace.KindServer),
		span(4, 2, "price", "SELECT price", 10*ms, 70*ms),
		failed(span(5, 3, "reviews", "SELECT reviews", 8*ms, 20*ms), "timeout"),
		kind(span(6, 1, "stats", "viewed process", 90*ms, 60*ms), trace.KindConsumer),
	}}
}

// waiting is a span of which little is known.
func waiting() trace.Evidence {
	ev := parallel()
	ev.Spans = ev.Spans[:4]
	ev.Spans[3] = span(4, 2, "price", "SELECT price", 50*ms, 15*ms)
	ev.Logs = []trace.Log{entry(1, "gateway", 97*ms, trace.LevelInfo, "answered 200")}
	return ev
}

// folded are the timelines of the goldens of what is not shown row by row.
func folded() map[string]*timeline.Timeline {
	nobody := timeline.NewPattern("nobody")
	return map[string]*timeline.Timeline{
		"selects": build(selects()).Fold(), "storm": build(storm()).Fold(), "fan-out": build(fanOut()).Fold(), "polls": build(polls()).Fold(),
		"parallel": build(parallel()).Fold(), "waiting": build(waiting()).Fold(),
		"storm-errors": build(storm()).Filter(&timeline.Filter{Errors: true}).Fold(),
		"nothing":      build(storm()).Filter(&timeline.Filter{Services: []timeline.Pattern{nobody}}).Fold(),
	}
}

func TestFoldedGoldens(t *testing.T) {
	for name, tl := range folded() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			for _, s := range goldenStyles {
				text := draw(t, render.Tree, tl, s.style)
				checkHarmless(t, text, s.style)
				fmt.Fprintf(&out, "-- %s --\n%s", s.name, text)
			}
			fmt.Fprintf(&out, "-- table --\n%s", body(draw(t, render.Table, tl, render.Style{Width: 100})))
			fmt.Fprintf(&out, "-- timeline --\n%s", body(draw(t, render.Timeline, tl, render.Style{Width: 100})))
			markdown := draw(t, render.Markdown, tl, render.Style{})
			checkMarkdown(t, markdown)
			fmt.Fprintf(&out, "-- markdown --\n%s", markdown)
			golden(t, "folded."+name+".txt", out.Bytes())
		})
	}
}
