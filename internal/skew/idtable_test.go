package skew

import (
	"math/rand/v2"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// Spans of one ID are found in their order, also where many IDs have the same
// hash but for a few bits, and where all stand in one half of the table.
func TestIDTableFindsAllSpansInOrder(t *testing.T) {
	const inverse = 0xf1de83e19937733d // of the hash's factor
	for _, n := range []int{0, 1, 2, 7, 8, 64, 1000} {
		for name, id := range map[string]func(*rand.Rand) trace.SpanID{
			"random":   func(rng *rand.Rand) trace.SpanID { return trace.SpanID(rng.Uint64()) },
			"few":      func(rng *rand.Rand) trace.SpanID { return trace.SpanID(rng.Uint64N(20)) },
			"one half": func(rng *rand.Rand) trace.SpanID { return trace.SpanID((1<<63 | rng.Uint64N(1<<40)) * inverse) },
			"one tag":  func(rng *rand.Rand) trace.SpanID { return trace.SpanID((rng.Uint64N(1<<20)<<44 | 5) * inverse) },
		} {
			rng := rand.New(rand.NewPCG(uint64(n), 2))
			spans := make([]fact, n)
			want := make(map[trace.SpanID][]int32)
			for i := range spans {
				spans[i].id = id(rng)
				want[spans[i].id] = append(want[spans[i].id], int32(i))
			}
			table := newIDTable(spans)
			if got := table.first(12345678901234567); got != none {
				t.Fatalf("%s, %d: found an ID that is not there at %d", name, n, got)
			}
			for id, list := range want {
				if id == 0 {
					continue
				}
				at := table.first(id)
				for _, i := range list {
					if at != i {
						t.Fatalf("%s, %d: %x is at %d, want %v", name, n, id, at, list)
					}
					at = table.next[at]
				}
				if at != none {
					t.Fatalf("%s, %d: %x goes on to %d", name, n, id, at)
				}
			}
		}
	}
}
