package skew

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// Times from all over the range of the type make no sum overflow, and none
// that is cut off hides a contradiction: the search for intervals would go
// round in it for ever.
func TestAbsurdTimesEnd(t *testing.T) {
	times := []int64{1, 1 << 40, 1 << 58, 1 << 59, 1 << 60, 3 << 59, 1 << 61, 3 << 60, 1 << 62, math.MaxInt64 - 1<<40}
	for seed := range uint64(3_000) {
		rng := rand.New(rand.NewPCG(seed, 5))
		var spans []trace.Span
		for id := trace.SpanID(1); id < 14; id++ {
			host := fmt.Sprint("h", rng.IntN(6))
			s := trace.Span{ID: id, Parent: trace.SpanID(rng.Uint64N(14)), Kind: trace.Kind(rng.IntN(4)), Resource: &trace.Resource{Origin: trace.Origin{Service: host, Host: host}}}
			start := times[rng.IntN(len(times))] + rng.Int64N(1000)
			s.SetTimes(start, start+rng.Int64N(5000))
			spans = append(spans, s)
		}
		for _, c := range Estimate(spans, nil).All() {
			if c.Offset <= -farOff || c.Offset >= farOff {
				t.Fatalf("seed %d: %+v", seed, c)
			}
		}
	}
}
