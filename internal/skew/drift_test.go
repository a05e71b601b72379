package skew

import (
	"math"
	"testing"
)

func longScenario() world {
	w := scenario()
	w.length = 600 * second
	return w
}

func TestLongTraceWithoutSkewStaysPut(t *testing.T) {
	w := longScenario()
	w.unmarked, w.timeouts, w.tails = 0.15, 0.05, 0.3
	for seed := range uint64(20) {
		tr := w.generate(seed)
		for _, c := range Estimate(tr.spans, nil).All() {
			if c.Offset != 0 || c.DriftPPM != 0 {
				t.Fatalf("seed %d moved %+v", seed, c)
			}
		}
	}
}

func TestLongTraceWithoutDriftIsConstant(t *testing.T) {
	w := longScenario()
	w.skew, w.skewed = 100*ms, 0.3
	for seed := range uint64(20) {
		tr := w.generate(seed)
		for _, c := range Estimate(tr.spans, nil).All() {
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
	w.size, w.hosts, w.services, w.driftPPM = 400, 4, 6, 50
	for seed := range uint64(10) {
		tr := w.generate(seed)
		c := Estimate(tr.spans, nil)
		var ref float64
		for i := range tr.spans {
			if c.Span(i).Status == Reference {
				ref = tr.drift[tr.host[i]]
			}
		}
		for i := range tr.spans {
			k := c.Span(i)
			if want := ref - tr.drift[tr.host[i]]; k.Status == Proven && math.Abs(k.DriftPPM-want) > 5 {
				t.Fatalf("seed %d: %.1f ppm, want %.1f: %+v", seed, k.DriftPPM, want, k)
			}
		}
	}
}
