package skew

import (
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

func TestLogClocks(t *testing.T) {
	spans := append(aCall(1*ms, 9*ms), span(4, 1, trace.KindInternal, on("orders", "c"), 2*ms, 3*ms))
	spans[3].Resource.Pod = "orders-2"
	tests := []struct {
		name   string
		span   trace.SpanID
		origin trace.Origin
		want   string // "" for none
	}{
		{"by its span", 3, trace.Origin{Service: "orders"}, "b"},
		{"by its span, node unknown to it", 3, trace.Origin{}, "b"},
		{"by its span, the collector names the node", 3, trace.Origin{Pod: "orders-1", Host: "node-7"}, "b"},
		{"by its own host", 3, trace.Origin{Service: "orders", Host: "c"}, "c"},
		{"by service and pod", 0, trace.Origin{Service: "orders", Pod: "orders-2"}, "c"},
		{"by pod", 0, trace.Origin{Service: "sidecar", Pod: "orders-1"}, "b"},
		{"by host", 0, trace.Origin{Service: "kernel", Host: "a"}, "a"},
		{"by the only clock of its service", 0, trace.Origin{Service: "frontend"}, "a"},
		{"two clocks for its service", 0, trace.Origin{Service: "orders"}, ""},
		{"nothing", 0, trace.Origin{}, ""},
		{"a clock that stamped no span", 0, trace.Origin{Service: "proxy", Host: "edge"}, "edge"},
		{"a service that stamped no span", 0, trace.Origin{Service: "cron"}, "cron"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logs := []trace.Log{{Time: epoch + 5*ms, Span: tt.span, Origin: tt.origin}}
			for _, c := range []*Clocks{Estimate(spans, logs), Off.Estimate(spans, logs)} {
				got := ""
				if k := c.Log(0); k != nil {
					got = k.Name
				}
				if got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			}
		})
	}
}

// Logs alone tie two clocks when a shipper stamps them.
func TestLogsAreEvidence(t *testing.T) {
	spans := aCall(1*ms, 9*ms)
	var logs []trace.Log
	for i := range int64(8) { // the shipper's clock is 60 ms behind the order service's
		logs = append(logs, trace.Log{
			Time: epoch + (1+i-60)*ms + 7*µs, Span: 3,
			Origin: trace.Origin{Service: "orders", Host: "shipper"},
		})
	}
	got := byName(t, Estimate(spans, logs), "shipper")
	if got.Offset < 59*ms || got.Offset > 62*ms || got.Status != Proven || got.HardBounds {
		t.Errorf("got %+v", got)
	}
}

// Where spans name no host, the logs of their pods do.
func TestHostsAreLearnedFromLogs(t *testing.T) {
	bare := func(service string) *trace.Resource {
		return &trace.Resource{Origin: trace.Origin{Service: service, Pod: service + "-1"}}
	}
	spans := []trace.Span{
		span(1, 0, trace.KindServer, bare("x"), 0, 50*ms),
		span(2, 1, trace.KindServer, bare("y"), 1*ms, 5*ms),
		span(3, 1, trace.KindServer, bare("z"), 1*ms, 5*ms),
	}
	logs := []trace.Log{
		{Time: epoch, Origin: trace.Origin{Pod: "x-1", Host: "n1"}},
		{Time: epoch, Origin: trace.Origin{Pod: "y-1", Host: "n1"}},
		{Time: epoch, Origin: trace.Origin{Pod: "z-1", Host: "n1"}},
		{Time: epoch, Origin: trace.Origin{Pod: "z-1", Host: "n2"}},
	}
	c := Estimate(spans, logs)
	if c.Span(0).Name != "n1" || c.Span(1) != c.Span(0) || c.Span(2).Name != "z-1" {
		t.Errorf("got %+v", c.All())
	}
}
