package skew

import (
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// slowCalls are calls to a clock that is off: given by how long each took there
// and back.
func slowCalls(off int64, calls ...[2]int64) []trace.Span {
	spans := []trace.Span{span(1, 0, trace.KindServer, frontend, 0, 900*second)}
	for i, c := range calls {
		id := trace.SpanID(2 + 2*i)
		at := int64(i)*10*second + 17*µs
		spans = append(spans,
			span(id, 1, trace.KindClient, frontend, at, at+c[0]+c[1]+ms),
			span(id+1, id, trace.KindServer, orders, at+c[0]-off, at+c[0]+ms-off))
	}
	return spans
}

// Where many calls are slow on both ways, the way whose delays vary three times
// as much has three quarters of an interval.
func TestSpreadChoosesFromWideIntervals(t *testing.T) {
	off := 500 * ms
	calls := [][2]int64{{90 * ms, 30 * ms}, {120 * ms, 40 * ms}, {150 * ms, 50 * ms}, {180 * ms, 60 * ms}}
	got := byName(t, Estimate(slowCalls(off, calls...), nil), "b")
	if d := got.Offset - off; d < -ms || d > ms || got.Low > 411*ms || got.High < 529*ms {
		t.Errorf("got %+v", got)
	}
	got = byName(t, Estimate(slowCalls(off, calls[:3]...), nil), "b")
	if got.Offset != got.Low {
		t.Errorf("three calls tell nothing: %+v", got)
	}
	if got = byName(t, Estimate(slowCalls(10*ms, calls...), nil), "b"); got.Offset != 0 {
		t.Errorf("moved without proof: %+v", got)
	}
}

// A Java agent's first reading of its clock comes some nanoseconds after the
// whole millisecond that it started from.
func TestGrainOfAnchoredClocks(t *testing.T) {
	for _, tt := range []struct {
		past int64
		want int64
	}{{0, millisecond}, {116, millisecond}, {999, millisecond}, {1000, microsecond}} {
		spans := aCall(0, 8*ms)
		for i := range spans {
			spans[i].Start = spans[i].Start/ms*ms + tt.past
		}
		f, _ := newFamily(spans)
		if got := measureGrain(f, 2); got[0] != tt.want {
			t.Errorf("%d ns past a whole millisecond: %v", tt.past, got)
		}
	}
}
