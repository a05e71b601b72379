package skew

import (
	"math"
	"slices"
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
)

func TestModesHaveNames(t *testing.T) {
	for _, m := range []Mode{Auto, Mid, Off} {
		if got, err := ParseMode(m.String()); err != nil || got != m {
			t.Errorf("%q is %v, %v", m, got, err)
		}
	}
	if _, err := ParseMode("middle"); err == nil || err.Error() != `"middle" is none of auto, mid, off` {
		t.Errorf("got %v", err)
	}
}

// The same evidence, put in three ways.
func TestModesOfOneClock(t *testing.T) {
	for _, tt := range []struct {
		name           string
		start, end     int64 // what b's clock shows of a call from 0 to 10 ms
		auto, mid, off int64
	}{
		{"inside", 3 * ms, 9 * ms, 0, -ms, 0}, // from −3 to +1 ms
		{"behind", -29 * ms, -21 * ms, 30 * ms, 30 * ms, 0},
		{"inside by a hair", 0, 8 * ms, 0, ms, 0},
	} {
		for m, want := range []int64{tt.auto, tt.mid, tt.off} {
			if got := byName(t, Mode(m).Estimate(aCall(tt.start, tt.end), nil), "b"); got.Offset != want {
				t.Errorf("%s, %v: %d, want %d", tt.name, Mode(m), got.Offset, want)
			}
		}
	}
	oneSided := aCall(-29*ms, -21*ms)
	oneSided[1].Clamped = true // its end tells nothing
	for m, want := range []int64{29*ms - µs, 29*ms - µs, 0} {
		if got := byName(t, Mode(m).Estimate(oneSided, nil), "b"); got.Offset != want {
			t.Errorf("one-sided, %v: %d, want %d", Mode(m), got.Offset, want)
		}
	}
}

// The clock that is known best stands in the middle, and leaves the others less
// room; none leaves its bounds.
func TestMidIsInTheMiddle(t *testing.T) {
	for name, w := range worlds() {
		checked := 0
		for seed := range uint64(10) {
			tr := w.Generate(seed)
			auto := Estimate(tr.Spans, tr.Logs).All()
			best, alone := Clock{High: wideInterval}, false
			for i, k := range Mid.Estimate(tr.Spans, tr.Logs).All() {
				if k.Offset < k.Low || k.Offset > k.High || k.Low != auto[i].Low || k.High != auto[i].High || k.Status != auto[i].Status {
					t.Fatalf("%s, seed %d: %+v, %+v", name, seed, k, auto[i])
				}
				if k.Status == Reference && k.Offset != 0 {
					t.Fatalf("%s, seed %d: the reference moved: %+v", name, seed, k)
				}
				if width, least := k.High-k.Low, best.High-best.Low; k.Status == Proven && k.Component == 0 && width <= least {
					best, alone = k, width < least
				}
			}
			if !alone {
				continue
			}
			checked++
			if mid := best.Low + (best.High-best.Low)/2; best.Offset != mid {
				t.Errorf("%s, seed %d: %+v is not at %d", name, seed, best, mid)
			}
		}
		if checked < 4 {
			t.Errorf("%s: only %d traces could be checked", name, checked)
		}
	}
}

// To believe that clocks are right unless proven wrong is nearer to the truth
// where few are off or none by much; to believe it of none is nearer where all
// are off by more than calls take. Both are better than nothing there.
func TestModesAgainstTheTruth(t *testing.T) {
	w := scenario.Usual()
	for _, tt := range []struct {
		skew      int64
		skewed    float64
		midNearer bool
	}{{50 * µs, 1, false}, {100 * µs, 1, false}, {300 * µs, 1, false}, {5 * ms, 1, true}, {100 * ms, 0.2, false}} {
		w.Skew, w.Skewed = tt.skew, tt.skewed
		var raw, auto, mid float64
		const traces = 200
		for seed := range uint64(traces) {
			tr := w.Generate(seed)
			raw += offsetError(&tr, Off.Estimate(tr.Spans, tr.Logs)) / traces
			auto += offsetError(&tr, Estimate(tr.Spans, tr.Logs)) / traces
			mid += offsetError(&tr, Mid.Estimate(tr.Spans, tr.Logs)) / traces
		}
		t.Logf("%.0f %% of the hosts off by %d µs: raw %.0f µs, auto %.0f µs, mid %.0f µs", 100*tt.skewed, tt.skew/µs, raw, auto, mid)
		if (mid < auto) != tt.midNearer || auto >= raw || tt.skew >= 300*µs && mid >= raw {
			t.Errorf("%d µs: raw %.1f µs, auto %.1f µs, mid %.1f µs", tt.skew/µs, raw, auto, mid)
		}
	}
}

// offsetError is the mean distance of the hosts' corrections from the truth, in
// microseconds, after the best common shift.
func offsetError(tr *scenario.Truth, c *Clocks) float64 {
	found := make(map[int]int64)
	for i := range tr.Spans {
		found[tr.Host[i]] = c.Span(i).Offset
	}
	var errs []float64
	for h, x := range found {
		errs = append(errs, float64(x-tr.Correction(h, tr.Begin))/1000)
	}
	slices.Sort(errs)
	sum := 0.0
	for _, e := range errs {
		sum += math.Abs(e-errs[len(errs)/2]) / float64(len(errs))
	}
	return sum
}
