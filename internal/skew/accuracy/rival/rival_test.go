package rival

import (
	"slices"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

const epoch = 1_700_000_000_000_000_000

// on makes a process of its own on a host.
func on(service, host string) *trace.Resource {
	return &trace.Resource{Origin: trace.Origin{Service: service, Pod: service + "-1", Host: host}}
}

func span(id, parent trace.SpanID, kind trace.Kind, at *trace.Resource, start, end int64) trace.Span {
	s := trace.Span{ID: id, Parent: parent, Kind: kind, Resource: at}
	s.SetTimes(epoch+start, epoch+end)
	return s
}

// aCall is a server that asks another one, whose clock shows the call from
// start to end.
func aCall(start, end int64) []trace.Span {
	front, orders := on("front", "a"), on("orders", "b")
	return []trace.Span{
		span(1, 0, trace.KindServer, front, 0, 200),
		span(2, 1, trace.KindClient, front, 50, 150),
		span(3, 2, trace.KindServer, orders, start, end),
		span(4, 3, trace.KindInternal, orders, start+10, end-10),
	}
}

func change(spans []trace.Span, f func([]trace.Span)) []trace.Span {
	f(spans)
	return spans
}

// Both do the same to a server that is behind; beyond that each has cases in
// which it is known to fail.
func TestShifts(t *testing.T) {
	bare := func(s []trace.Span) {
		for i := range s {
			r := *s[i].Resource
			r.Host = ""
			s[i].Resource = &r
		}
	}
	tests := []struct {
		name           string
		spans          []trace.Span
		jaeger, zipkin []int64
	}{
		{"inside", aCall(60, 140), []int64{0, 0, 0, 0}, []int64{0, 0, 0, 0}},
		{"behind", aCall(-940, -860), []int64{0, 0, 1000, 1000}, []int64{0, 0, 1000, 1000}},
		{"ahead: Zipkin does not see it", aCall(1060, 1140), []int64{0, 0, -1000, -1000}, []int64{0, 0, 0, 0}},
		{"ends late: a tail is taken for skew", aCall(80, 160), []int64{0, 0, -20, -20}, []int64{0, 0, 0, 0}},
		{"longer than its caller, and behind", aCall(-940, -740), []int64{0, 0, 990, 990}, []int64{0, 0, 0, 0}},
		{"longer than its caller, and ahead: not seen", aCall(1060, 1300), []int64{0, 0, 0, 0}, []int64{0, 0, 0, 0}},
		{"a consumer is dragged into its producer", change(aCall(500, 540), func(s []trace.Span) {
			s[1].Kind, s[2].Kind = trace.KindProducer, trace.KindConsumer
		}), []int64{0, 0, -420, -420}, []int64{0, 0, 0, 0}},
		{"no hosts: every span is its own", change(change(aCall(-940, -860), bare), func(s []trace.Span) {
			s[3].SetTimes(epoch-900, epoch-850) // a local child that outlives its parent, as asynchronous work does
		}), []int64{0, 0, 1000, 975}, []int64{0, 0, 1000, 1000}},
		{"two calls to one host get two deltas", append(aCall(-940, -860),
			span(5, 1, trace.KindClient, on("front", "a"), 150, 190),
			span(6, 5, trace.KindServer, on("orders", "b"), -820, -812)), []int64{0, 0, 1000, 1000, 0, 986}, []int64{0, 0, 1000, 1000, 0, 986}},
		{"the parent is missing", aCall(-940, -860)[2:], []int64{0, 0}, []int64{0, 0}},
		{"no kinds", change(aCall(-940, -860), func(s []trace.Span) {
			for i := range s {
				s[i].Kind = trace.KindUnspecified
			}
		}), []int64{0, 0, 1000, 1000}, []int64{0, 0, 1000, 1000}},
		{"one's own parent", change(aCall(60, 140), func(s []trace.Span) { s[2].Parent = s[2].ID }), []int64{0, 0, 0, 0}, []int64{0, 0, 0, 0}},
		{"a cycle", change(aCall(-940, -860), func(s []trace.Span) { s[2].Parent = s[3].ID }), []int64{0, 0, 0, 0}, []int64{0, 0, 0, 0}},
		{"nothing", nil, []int64{}, []int64{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Jaeger(tt.spans); !slices.Equal(got, tt.jaeger) {
				t.Errorf("Jaeger's: %d, want %d", got, tt.jaeger)
			}
			if got := Zipkin(tt.spans); !slices.Equal(got, tt.zipkin) {
				t.Errorf("Zipkin's: %d, want %d", got, tt.zipkin)
			}
		})
	}
}
