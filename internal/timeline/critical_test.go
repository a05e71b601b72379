package timeline_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// path builds a timeline of spans written as {id, parent, from, to} in
// milliseconds, one service a span, and returns what the root waited for.
func path(t *testing.T, spans []trace.Span) (*timeline.Timeline, map[string]int64) {
	t.Helper()
	ev := trace.Evidence{Spans: spans}
	tl := timeline.Build(&ev, skew.Off.Estimate(spans, nil))
	waits := map[string]int64{}
	for _, w := range tl.Waits {
		waits[w.Service] = w.Time
	}
	return tl, waits
}

func during(id, parent trace.SpanID, from, to int64, kind trace.Kind) trace.Span {
	s := trace.Span{ID: id, Parent: parent, Kind: kind, Resource: &trace.Resource{Origin: trace.Origin{Service: fmt.Sprint("s", uint64(id))}}}
	s.SetTimes(1e18+from*1e6, 1e18+to*1e6)
	return s
}

func TestCriticalPath(t *testing.T) {
	const any = trace.KindUnspecified
	tests := []struct {
		name  string
		spans []trace.Span
		want  map[string]int64 // milliseconds
	}{
		{"one span", []trace.Span{during(1, 0, 0, 10, any)}, map[string]int64{"s1": 10}},
		{
			"one after the other",
			[]trace.Span{during(1, 0, 0, 100, any), during(2, 1, 10, 40, any), during(3, 1, 40, 90, any)},
			map[string]int64{"s1": 20, "s2": 30, "s3": 50},
		},
		{
			"side by side, the last to end counts",
			[]trace.Span{during(1, 0, 0, 100, any), during(2, 1, 10, 80, any), during(3, 1, 12, 90, any)},
			map[string]int64{"s1": 22, "s3": 78},
		},
		{
			"hand over with an overlap of a clock's error",
			[]trace.Span{during(1, 0, 0, 1000, any), during(2, 1, 0, 501, any), during(3, 1, 500, 1000, any)},
			map[string]int64{"s2": 500, "s3": 500},
		},
		{
			"a callee that outlives its caller is cut",
			[]trace.Span{during(1, 0, 0, 100, any), during(2, 1, 10, 130, trace.KindServer)},
			map[string]int64{"s1": 10, "s2": 90},
		},
		{
			"nobody waits for a queue",
			[]trace.Span{during(1, 0, 0, 100, any), during(2, 1, 10, 20, trace.KindProducer), during(3, 2, 15, 300, trace.KindConsumer)},
			map[string]int64{"s1": 90, "s2": 10},
		},
		{
			"nor for what starts afterwards",
			[]trace.Span{during(1, 0, 0, 100, any), during(2, 1, 100, 200, any)},
			map[string]int64{"s1": 100},
		},
		{
			"deep",
			[]trace.Span{during(1, 0, 0, 100, any), during(2, 1, 20, 80, any), during(3, 2, 30, 70, any)},
			map[string]int64{"s1": 40, "s2": 20, "s3": 40},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got := path(t, tt.spans)
			for service, ms := range tt.want {
				if got[service] != ms*1e6 {
					t.Errorf("the root waited %d ns for %s, want %d ms; all: %v", got[service], service, ms, got)
				}
			}
			if len(got) != len(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// Whatever the trace, the shares add up to the root's duration, and no span is
// waited for longer than its own time.
func TestCriticalPathAddsUp(t *testing.T) {
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 3))
		spans := []trace.Span{during(1, 0, 0, 1000, trace.KindServer)}
		for id := trace.SpanID(2); id < 60; id++ {
			from := rng.Int64N(1100)
			spans = append(spans, during(id, 1+trace.SpanID(rng.Uint64N(uint64(id-1))), from, from+rng.Int64N(400), trace.Kind(rng.IntN(6))))
		}
		tl, waits := path(t, spans)
		sum := int64(0)
		for _, d := range waits {
			sum += d
		}
		if sum != 1000e6 {
			t.Fatalf("seed %d: the shares are %d ns, the root took a second", seed, sum)
		}
		for i := range tl.Rows {
			if r := &tl.Rows[i]; r.Awaited > 0 && !r.Critical || r.Awaited > r.Span.Duration {
				t.Fatalf("seed %d: span %d awaited for %d ns, critical %v", seed, r.Span.ID, r.Awaited, r.Critical)
			}
		}
	}
}
