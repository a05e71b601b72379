package skew

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// manyCalls makes n spans: calls between clocks that are all off. A sparse
// graph has few neighbours per clock; a complete one has all.
func manyCalls(n, clocks int, complete bool) []trace.Span {
	rng := rand.New(rand.NewPCG(1, 2))
	res := make([]*trace.Resource, clocks)
	offset := make([]int64, clocks)
	for i := range res {
		o := trace.Origin{Service: fmt.Sprint("svc", i), Pod: fmt.Sprint("pod", i), Host: fmt.Sprint("host", i)}
		res[i] = &trace.Resource{Origin: o}
		offset[i] = int64(rng.NormFloat64() * float64(100*millisecond))
	}
	spans := make([]trace.Span, 0, n)
	add := func(parent trace.SpanID, kind trace.Kind, at int, start, end int64) trace.SpanID {
		id := trace.SpanID(rng.Uint64())
		s := trace.Span{ID: id, Parent: parent, Kind: kind, Resource: res[at]}
		s.SetTimes(start+offset[at], end+offset[at])
		spans = append(spans, s)
		return id
	}
	root := add(0, trace.KindServer, 0, epoch, epoch+20*second)
	for len(spans) < n {
		from, to := rng.IntN(clocks), rng.IntN(clocks)
		if !complete {
			to = (from + 1 + rng.IntN(4)*rng.IntN(4)) % clocks
		}
		start := epoch + rng.Int64N(19*second)
		took := millisecond + rng.Int64N(100*millisecond)
		there, back := 75*microsecond+rng.Int64N(millisecond), 75*microsecond+rng.Int64N(millisecond)
		client := add(root, trace.KindClient, from, start, start+there+took+back)
		add(client, trace.KindServer, to, start+there, start+there+took)
	}
	return spans[:n]
}

// theirLogs makes n logs of the spans' hosts. Every second one names its span;
// each is written by one of three programs on the span's host.
func theirLogs(n int, spans []trace.Span) []trace.Log {
	rng := rand.New(rand.NewPCG(3, 4))
	logs := make([]trace.Log, n)
	for i := range logs {
		s := &spans[rng.IntN(len(spans))]
		logs[i] = trace.Log{Time: s.Start + rng.Int64N(s.Duration+1), Origin: s.Resource.Origin}
		switch i % 3 {
		case 1:
			logs[i].Origin.Pod = ""
		case 2:
			logs[i].Origin.Process = "sidecar"
		}
		if i%2 == 0 {
			logs[i].Span = s.ID
		}
	}
	return logs
}

func BenchmarkEstimate(b *testing.B) {
	for _, shape := range []string{"sparse", "complete"} {
		for _, clocks := range []int{10, 200, 2000, 10_000} {
			if shape == "complete" && clocks > 200 {
				continue
			}
			spans := manyCalls(100_000, clocks, shape == "complete")
			b.Run(fmt.Sprintf("%s/clocks=%d", shape, clocks), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					Estimate(spans, nil)
				}
			})
		}
	}
}

func BenchmarkEstimateWithLogs(b *testing.B) {
	spans := manyCalls(100_000, 200, false)
	logs := theirLogs(1_000_000, spans)
	b.ReportAllocs()
	for b.Loop() {
		Estimate(spans, logs)
	}
}
