package skew

import (
	"math"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// unmarkedCalls are calls without kinds, so that their ends alone can bound
// them: each is given by how much later its callee starts and how much earlier
// it ends.
func unmarkedCalls(calls ...[2]int64) []trace.Span {
	spans := []trace.Span{span(1, 0, trace.KindUnspecified, frontend, -5*ms, 900*ms)}
	for i, c := range calls {
		id := trace.SpanID(2 + 2*i)
		at, took := int64(i)*200*ms, max(c[0]+c[1], 0)+10*ms
		spans = append(spans,
			span(id, 1, trace.KindUnspecified, frontend, at, at+took),
			span(id+1, id, trace.KindUnspecified, orders, at+c[0], at+took-c[1]))
	}
	return spans
}

func TestTailsAndSkew(t *testing.T) {
	const highest = math.MaxInt64
	tests := []struct {
		name      string
		calls     [][2]int64
		low, high int64
		offset    int64
	}{
		{"inside", [][2]int64{{1 * ms, 2 * ms}}, -1*ms - µs, 2*ms + µs, 0},
		{"a tail bounds no worse than the longest tail", [][2]int64{{4 * ms, -2 * ms}}, -4*ms - µs, 3*ms + µs, 0},
		{"more than a tail", [][2]int64{{92 * ms, -91 * ms}}, -92*ms - µs, -91*ms + µs, -91500 * µs},
		{"one that leaves room does not hide one that leaves none", [][2]int64{{92 * ms, -91 * ms}, {315 * ms, -90 * ms}}, -92*ms - µs, -91*ms + µs, -91500 * µs},
		{"many that leave room are no vote against it", [][2]int64{{92 * ms, -91 * ms}, {150 * ms, 150 * ms}, {150 * ms, 180 * ms}, {190 * ms, 150 * ms}}, -92*ms - µs, -91*ms + µs, -91500 * µs},
		{"skew would have callees start early", [][2]int64{{92 * ms, -91 * ms}, {1 * ms, 2 * ms}}, -1*ms - µs, 2*ms + µs, 0},
		{"a late start and as long a tail", [][2]int64{{300 * ms, -100 * ms}}, -300*ms - µs, 100*ms + µs, 0},
		{"many that agree", [][2]int64{{300 * ms, -100 * ms}, {310 * ms, -80 * ms}, {320 * ms, -90 * ms}}, -300*ms - µs, -100*ms + µs, -100*ms + µs},
		{"nothing about the end", [][2]int64{{30 * ms, -50 * ms}}, -30*ms - µs, highest, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := byName(t, Estimate(unmarkedCalls(tt.calls...), nil), "b")
			if got.Low != tt.low || got.High != tt.high || got.Offset != tt.offset {
				t.Errorf("got %d in [%d, %d], want %d in [%d, %d]", got.Offset, got.Low, got.High, tt.offset, tt.low, tt.high)
			}
		})
	}
}

// An interval far wider than usual holds one long delay: the middle would be
// wrong by half of it.
func TestWideIntervals(t *testing.T) {
	spans := aCall(-229*ms, -221*ms)
	spans[1].Duration += 150 * ms // the answer, or the news of it, took long
	if got := byName(t, Estimate(spans, nil), "b"); got.Status != Proven || got.Offset != got.Low || got.Low < 228*ms {
		t.Errorf("got %+v", got)
	}
	spans[1].Duration -= 130 * ms
	if got := byName(t, Estimate(spans, nil), "b"); got.Offset != (got.Low+got.High)/2 {
		t.Errorf("an ordinary one is not in the middle: %+v", got)
	}
}
