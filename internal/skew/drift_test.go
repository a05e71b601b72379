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
