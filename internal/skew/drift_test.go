package skew

import (
	"math"
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
)

func longScenario() scenario.World {
	w := scenario.Usual()
	w.Length = 600 * second
	return w
}

func TestLongTraceWithoutSkewStaysPut(t *testing.T) {
	w := longScenario()
	w.Unmarked, w.Timeouts, w.Tails = 0.15, 0.05, 0.3
	for seed := range uint64(20) {
		tr := w.Generate(seed)
		for _, c := range Estimate(tr.Spans, nil).All() {
			if c.Offset != 0 || c.DriftPPM != 0 {
				t.Fatalf("seed %d moved %+v", seed, c)
			}
		}
	}
}

func TestLongTraceWithoutDriftIsConstant(t *testing.T) {
	w := longScenario()
	w.Skew, w.Skewed = 100*ms, 0.3
	for seed := range uint64(20) {
		tr := w.Generate(seed)
		for _, c := range Estimate(tr.Spans, nil).All() {
			if c.DriftPPM != 0 {
				t.Fatalf("seed %d found drift: %+v", seed, c)
			}
		}
	}
}

// Drift is found to some parts in a million, and no clock with a constant is
// taken for one that drifts.
func TestDriftIsFound(t *testing.T) {
	w := longScenario()
	w.Size, w.Hosts, w.Services, w.DriftPPM = 400, 4, 6, 50
	for seed := range uint64(10) {
		tr := w.Generate(seed)
		c := Estimate(tr.Spans, nil)
		var ref float64
		for i := range tr.Spans {
			if c.Span(i).Status == Reference {
				ref = tr.Drift[tr.Host[i]]
			}
		}
		for i := range tr.Spans {
			k := c.Span(i)
			if want := ref - tr.Drift[tr.Host[i]]; k.Status == Proven && math.Abs(k.DriftPPM-want) > 5 {
				t.Fatalf("seed %d: %.1f ppm, want %.1f: %+v", seed, k.DriftPPM, want, k)
			}
		}
	}
}

// Where a clock is measured twice in ten minutes, what lies between is known
// all the same: no clock drifts faster than clocks do.
func TestWindowsLearnFromEachOther(t *testing.T) {
	bounds := func(w ...bound) *window {
		return &window{placer: newPlacer(w, nil, []int{2, 1, 1}), first: 1, last: 1}
	}
	within := func(x int64) *window {
		return bounds(bound{u: 1, v: 0, rule: ruleStart, w: x + ms}, bound{u: 0, v: 1, rule: ruleStart, w: ms - x})
	}
	windows := []*window{within(0), bounds(bound{u: 2, v: 1, rule: ruleStart, w: 2 * ms}), {placer: within(0).placer, first: 3, last: 2}, within(10 * ms)}
	for i, at := range []int64{0, 10 * second, 15 * second, 30 * second} {
		w := windows[i]
		w.first, w.last = w.first+at, w.last+at
	}
	all := []int32{0, 1, 2}
	measureOverTime(windows, 0, all)
	tieOverTime(windows, all)
	p := windows[1].placer
	if low, high := p.low[1], p.high[1]; low != ms || high != 5*ms { // 4 ms in 10 s
		t.Errorf("between the windows: [%d, %d]", low, high)
	}
	if p.high[2] != 7*ms || p.low[2] != -farOff {
		t.Errorf("what hangs on it: [%d, %d]", p.low[2], p.high[2])
	}
	if p = windows[2].placer; p.low[1] != -ms || p.high[1] != ms {
		t.Errorf("an empty window has no time to compare: [%d, %d]", p.low[1], p.high[1])
	}
}

// driftError is how far the spans' corrections are from the truth, relative to
// the reference, in nanoseconds on average.
func driftError(tr *scenario.Truth, c *Clocks) float64 {
	sum, ref := 0.0, 0
	for i := range tr.Spans {
		if k := c.Span(i); k.Status == Reference && k.Component == 0 {
			ref = tr.Host[i]
		}
	}
	for i := range tr.Spans {
		at := tr.Start[i]
		sum += math.Abs(float64(c.Span(i).At(tr.Spans[i].Start) - tr.Correction(tr.Host[i], at) + tr.Correction(ref, at)))
	}
	return sum / float64(len(tr.Spans))
}

// Some clocks drift, others do not, for a short while or a long one, and hosts
// may be cloned: the estimate is always far better than nothing.
func TestDriftOfSomeClocks(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*scenario.World)
		most   float64 // of the error without correction
	}{
		{"a fifth", func(w *scenario.World) { w.Skewed = 0.2 }, 0.05},
		{"a fifth for an hour", func(w *scenario.World) { w.Skewed, w.Length = 0.2, 3600*second }, 0.02},
		{"three minutes", func(w *scenario.World) { w.Length = 180 * second }, 0.18},
		{"90 seconds", func(w *scenario.World) { w.Length = 90 * second }, 0.28},
		{"pods only", func(w *scenario.World) { w.PodsOnly = true }, 0.2},
		{"a fifth, cloned", func(w *scenario.World) { w.Skewed, w.Cloned, w.Skew = 0.2, true, 100*ms }, 0.15},
		{"constant, cloned", func(w *scenario.World) { w.Skewed, w.Cloned, w.Skew, w.DriftPPM = 0.2, true, 100*ms, 0 }, 0.15},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := longScenario()
			w.Skew, w.DriftPPM = ms, 50
			tt.change(&w)
			raw, got := 0.0, 0.0
			for seed := range uint64(20) {
				tr := w.Generate(seed)
				raw += driftError(&tr, Off.Estimate(tr.Spans, nil))
				got += driftError(&tr, Estimate(tr.Spans, nil))
			}
			t.Logf("%.3f of the error", got/raw)
			if got > tt.most*raw {
				t.Errorf("%.3f of the error is left, want %.3f at most", got/raw, tt.most)
			}
		})
	}
}
