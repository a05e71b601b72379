package skew

import (
	"flag"
	"testing"
)

var runs = flag.Int("runs", 8, "generated traces per scenario")

// TestAccuracy logs how far off the estimates are in the scenarios of the
// prototype, whose generator was another one, so that only the order of
// magnitude compares. It holds every estimate to a quarter of the raw error.
func TestAccuracy(t *testing.T) {
	ms := millisecond
	e := func(change func(*world)) world {
		w := scenario()
		w.skew, w.skewed = 100*ms, 0.2
		change(&w)
		return w
	}
	scenarios := []struct {
		name            string
		world           world
		proto, protoInv float64
	}{
		{"A no skew", e(func(w *world) { w.skew = 0 }), 0, 0},
		{"B 1 ms", e(func(w *world) { w.skew, w.skewed = ms, 1 }), 101, 2.8},
		{"C 100 ms", e(func(w *world) { w.skewed = 1 }), 218, 2},
		{"D 5 s", e(func(w *world) { w.skew, w.skewed = 5000*ms, 1 }), 15771, 2.1},
		{"E a fifth", e(func(*world) {}), 80, 0.7},
		{"F 60 % async", e(func(w *world) { w.async = 0.6 }), 391, 1.7},
		{"G tails, unmarked, timeouts", e(func(w *world) { w.tails, w.unmarked, w.timeouts = 0.3, 0.15, 0.05 }), 64, 0.8},
		{"H lost", e(func(w *world) { w.lost = 0.1 }), 136, 0.8},
		{"I pods only", e(func(w *world) { w.podsOnly = true }), 595, 1.8},
		{"K cloned", e(func(w *world) { w.cloned = true }), 316, 1.1},
		{"L WAN", e(func(w *world) { w.skewed, w.wan = 1, 20*ms }), 4451, 29},
		{"M no kinds", e(func(w *world) { w.noKinds = true }), 0, 0},
		{"N drift", e(func(w *world) { w.skew, w.skewed, w.driftPPM, w.length = ms, 1, 50, 600*second }), 164, 5},
	}
	for _, s := range scenarios {
		var raw, rawInv, mean, inv, moved, spans, proven, provenErr float64
		for seed := range uint64(*runs) {
			tr := s.world.generate(seed)
			r, ri := tr.score(Uncorrected(tr.spans, tr.logs))
			c := Estimate(tr.spans, tr.logs)
			m, mi := tr.score(c)
			raw, rawInv, mean, inv = raw+r, rawInv+ri, mean+m, inv+mi
			e, k := tr.provenError(c)
			provenErr, proven = provenErr+e, proven+k
			for i := range tr.spans {
				spans++
				if tr.offset[tr.host[i]] == 0 && c.Span(i).Offset != 0 {
					moved++
				}
			}
		}
		n := float64(*runs)
		t.Logf("%-28s spans %5.1f  raw %9.0f/%4.1f  got %7.0f/%4.1f  prototype %6.0f/%4.1f  proven clocks alone %6.0f (%3.0f %% of spans)  right clocks moved %5.2f %%",
			s.name, spans/n, raw/n, rawInv/n, mean/n, inv/n, s.proto, s.protoInv, provenErr/max(proven, 1), 100*proven/spans, 100*moved/spans)
		if mean > raw/4 || inv > max(rawInv/5, 0.01) {
			t.Errorf("%s: error %.0f of %.0f µs, %.1f of %.1f %% inverted", s.name, mean/n, raw/n, inv/n, rawInv/n)
		}
	}
}
