package skew

import "testing"

// measured returns a placer of clocks 1 to 4 that calls bind to clock 0 within
// 2 µs, and that sent each other messages which took 6 ms.
func measured(more ...bound) *placer {
	bounds := more
	for c := int32(1); c <= 4; c++ {
		bounds = append(bounds, bound{u: 0, v: c, rule: ruleStart, w: µs}, bound{u: c, v: 0, rule: ruleOverlap, w: µs})
		if c > 1 {
			bounds = append(bounds, bound{u: c - 1, v: c, rule: ruleStart, w: 6 * ms})
		}
	}
	weight := []int{9, 8, 8, 8, 8, 1}
	sorted := make([]bound, len(bounds))
	countingSort(sorted, bounds, len(weight), func(b *bound) int32 { return b.v })
	countingSort(bounds, sorted, len(weight), func(b *bound) int32 { return b.u })
	return newPlacer(bounds, nil, weight)
}

func TestPointsLeaveRoomForUsualDelays(t *testing.T) {
	for _, tt := range []struct {
		name   string
		bounds []bound
		want   int64
	}{
		{"a message alone", []bound{{u: 4, v: 5, rule: ruleStart, w: -50 * ms}}, 56 * ms},
		{"a message to others", []bound{{u: 5, v: 4, rule: ruleStart, w: -50 * ms}}, -56 * ms},
		{"a call alone", []bound{{u: 4, v: 5, rule: ruleStart, w: -50 * ms}, {u: 5, v: 4, rule: ruleOverlap, w: 70 * ms}}, 60 * ms},
		{"a message, and an answer to another", []bound{{u: 4, v: 5, rule: ruleStart, w: -50 * ms}, {u: 5, v: 3, rule: ruleOverlap, w: 59 * ms}, {u: 3, v: 5, rule: ruleStart, w: 0}}, 59*ms - 9*ms/6001},
		{"nothing unusual", []bound{{u: 4, v: 5, rule: ruleStart, w: -50 * ms}, {u: 5, v: 3, rule: ruleOverlap, w: 50*ms + µs}}, 50*ms + µs/2},
		{"no proof", []bound{{u: 4, v: 5, rule: ruleStart, w: 50 * ms}}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := measured(tt.bounds...).place()[5]
			if d := got.offset - tt.want; d < -2*µs || d > 2*µs || got.offset < got.low || got.offset > got.high {
				t.Errorf("got %d of [%d, %d], want %d", got.offset, got.low, got.high, tt.want)
			}
		})
	}
}

// Too few messages tell nothing: the only end is as good as any.
func TestTooFewDelays(t *testing.T) {
	p := newPlacer([]bound{{u: 0, v: 1, rule: ruleStart, w: -50 * ms}}, nil, []int{2, 1})
	if got := p.place()[1]; got.offset != 50*ms {
		t.Errorf("got %+v", got)
	}
}
