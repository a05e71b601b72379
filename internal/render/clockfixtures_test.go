package render_test

import (
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// stamped is a span of a process on a machine, whose clock is ahead.
func stamped(host string, ahead int64, s trace.Span) trace.Span {
	service := s.Resource.Service
	s.Resource = trace.NewResource([]trace.Attribute{
		{Key: "service.name", Value: trace.String(service)},
		{Key: "k8s.pod.name", Value: trace.String(service + "-5d9c")},
		{Key: "k8s.node.name", Value: trace.String(host)},
	})
	s.Start += ahead + 7*us
	return s
}

func written(host string, ahead int64, l trace.Log) trace.Log {
	l.Origin.Pod, l.Origin.Host = l.Origin.Service+"-5d9c", host
	l.Time += ahead + 7*us
	return l
}

// skewed is an order whose machines disagree in every way they can: payment's
// clock is ahead and has calls that outlive their callers, the mail worker's is
// behind as far as can be told, inventory and billing claim one machine, audit's
// caller is lost, and a shipper reads order's logs in the wrong time zone.
func skewed() trace.Evidence {
	const payment, worker, billing, zone = 103200 * us, -40 * ms, -200 * ms, 2 * 3600 * 1e9
	client := func(id trace.SpanID, operation string, start, duration int64) trace.Span {
		return stamped("node-1", 0, kind(span(id, 2, "order", operation, start, duration), trace.KindClient))
	}
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{
		stamped("node-1", 0, kind(span(1, 0, "gateway", "POST /orders", 0, 400*ms), trace.KindServer)),
		stamped("node-1", 0, kind(span(2, 1, "order", "CreateOrder", 2*ms, 380*ms), trace.KindServer)),
		client(3, "HTTP POST payment", 10*ms, 20*ms),
		stamped("node-7", payment, failed(kind(span(4, 3, "payment", "POST /charge", 10400*us, 19300*us), trace.KindServer), "declined")),
		client(5, "HTTP GET stock", 40*ms, 10*ms),
		stamped("node-4", 0, kind(span(6, 5, "inventory", "GET /stock", 42*ms, 7*ms), trace.KindServer)),
		client(7, "HTTP POST billing", 60*ms, 10*ms),
		stamped("node-4", billing, kind(span(8, 7, "billing", "POST /bills", 62*ms, 7*ms), trace.KindServer)),
		stamped("node-1", 0, kind(span(9, 2, "order", "orders publish", 80*ms, ms), trace.KindProducer)),
		stamped("node-5", worker, kind(span(10, 9, "mail", "orders process", 81*ms, 30*ms), trace.KindConsumer)),
		stamped("node-7", payment, kind(span(15, 9, "payment", "orders process", 83*ms, 2*ms), trace.KindConsumer)),
		stamped("node-4", 0, kind(span(16, 9, "inventory", "orders process", 83500*us, 2*ms), trace.KindConsumer)),
		stamped("node-9", 0, kind(span(12, 11, "audit", "record", 90*ms, ms), trace.KindServer)),
		client(13, "HTTP GET stock", 120*ms, 10*ms),
		stamped("node-4", 0, kind(span(14, 13, "inventory", "GET /stock", 121*ms, 12*ms), trace.KindServer)),
	}}
	for i := range ev.Spans {
		ev.Spans[i].Adjusted = ev.Spans[i].ID == 12 // as Jaeger does unless asked for raw spans
	}
	for i := range trace.SpanID(20) { // quick calls; some answer, and then go on working
		at, began, took := 140*ms+int64(i)*10*ms, 400*us, 4*ms
		if i%7 == 6 {
			began, took = 2500*us, 4900*us
		}
		ev.Spans = append(ev.Spans,
			client(100+2*i, "HTTP POST payment", at, 5*ms),
			stamped("node-7", payment, kind(span(101+2*i, 100+2*i, "payment", "POST /receipts", at+began, took), trace.KindServer)))
	}
	ev.Logs = []trace.Log{
		written("node-1", 0, entry(1, "gateway", ms, trace.LevelInfo, "POST /orders")),
		written("node-1", zone, entry(2, "order", 3*ms, trace.LevelInfo, "order 8812 received")),
		written("node-1", zone, entry(2, "order", 70*ms, trace.LevelInfo, "order 8812 billed")),
		written("node-1", zone, entry(2, "order", 379*ms, trace.LevelError, "order 8812 rejected")),
		written("node-7", payment, entry(4, "payment", 20*ms, trace.LevelWarn, "psp said no")),
		written("node-5", worker, entry(10, "mail", 82*ms, trace.LevelInfo, "mail sent")),
		written("node-8", 0, entry(0, "edge", 5*ms, trace.LevelInfo, "GET /healthz")),
		{Time: epoch + 30*ms, Message: "nobody knows who said this", Index: "logs-1", DocID: "x"},
	}
	return ev
}

// drifting is ten minutes of calls to a machine whose clock runs too fast.
func drifting() trace.Evidence {
	const ppm = 80
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{
		stamped("node-1", 0, kind(span(1, 0, "batch", "nightly", 0, 601e9), trace.KindServer)),
	}}
	for i := range trace.SpanID(300) {
		at := int64(i)*2e9 + int64(i)*13*us
		ev.Spans = append(ev.Spans,
			stamped("node-1", 0, kind(span(10+2*i, 1, "batch", "HTTP POST", at, 4*ms), trace.KindClient)),
			stamped("node-2", 5*ms+at*ppm/1e6, kind(span(11+2*i, 10+2*i, "rates", "POST /rates", at+300*us, 3400*us), trace.KindServer)))
	}
	return ev
}

// islands are two groups of clocks that nothing ties together.
func islands() trace.Evidence {
	ev := skewed()
	ev.Logs = nil
	ev.Spans = append(ev.Spans,
		stamped("node-20", 0, kind(span(900, 899, "search", "GET /search", 10*ms, 20*ms), trace.KindServer)),
		stamped("node-20", 0, kind(span(901, 900, "search", "HTTP GET", 11*ms, 10*ms), trace.KindClient)),
		stamped("node-21", 3e9, kind(span(902, 901, "index", "GET /shards", 12*ms, 8*ms), trace.KindServer)))
	return ev
}

func clockFixtures() map[string]trace.Evidence {
	hostileNames := skewed()
	for i := range hostileNames.Spans {
		s := &hostileNames.Spans[i]
		if s.Resource.Service == "payment" {
			s.Operation = "\x1b]0;owned\x07" + strings.Repeat("長い", 60) + "\u202e"
			s.Resource = trace.NewResource([]trace.Attribute{
				{Key: "service.name", Value: trace.String("pay\x1b[5m")}, {Key: "host.name", Value: trace.String("ip-10-0-12-34.eu-west-1\u009bcompute.internal" + strings.Repeat("-node", 10))},
			})
		}
	}
	hostileNames.Gaps = []trace.Gap{{Source: "elasticsearch", Reason: "503 \x1b[31mred"}}
	return map[string]trace.Evidence{
		"skewed": skewed(), "drifting": drifting(), "islands": islands(), "hostile": hostileNames, "single": fixtures()["single"], "logs-only": fixtures()["logs-only"],
	}
}
