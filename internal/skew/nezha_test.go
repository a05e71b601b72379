package skew

import (
	"cmp"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/nezha"
)

func nezhaDir(t *testing.T) string {
	t.Helper()
	dir := cmp.Or(os.Getenv("OTRACE_NEZHA_DIR"), "../../../shared/data/nezha")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("Nezha's traces are not there (set OTRACE_NEZHA_DIR): %v", err)
	}
	return dir
}

func read(t *testing.T, system string, hosts bool) []nezha.Trace {
	t.Helper()
	traces, err := nezha.Read(nezhaDir(t), system, hosts)
	if err != nil {
		t.Fatal(err)
	}
	return traces
}

// TestRealTracesStayPut: nobody knows of any skew in these traces. What moves
// is a node of OnlineBoutique whose server starts, in some traces, up to a third
// of a millisecond before its caller asks.
func TestRealTracesStayPut(t *testing.T) {
	for _, withHost := range []bool{true, false} {
		all, allMoved := 0, 0
		for _, system := range nezha.Systems() {
			moved, spans, clocks, ignored := 0, 0, 0, 0
			for _, rt := range read(t, system, withHost) {
				c := Estimate(rt.Spans, rt.Logs)
				for _, k := range c.All() {
					clocks++
					ignored += k.Ignored
					if k.Offset != 0 {
						moved += k.Spans
					}
				}
				spans += len(rt.Spans)
			}
			t.Logf("%s, hosts in spans %v: %d of %d spans moved, %d clocks, %d samples ignored", system, withHost, moved, spans, clocks, ignored)
			all, allMoved = all+spans, allMoved+moved
		}
		if share := 100 * float64(allMoved) / float64(all); share >= 0.5 {
			t.Errorf("hosts in spans %v: %.2f %% of the spans moved, want fewer than 0.5 %%", withHost, share)
		}
	}
}

// TestRealTracesWithInjectedSkew puts a fifth of the nodes 100 ms off.
func TestRealTracesWithInjectedSkew(t *testing.T) {
	for _, system := range nezha.Systems() {
		rng := rand.New(rand.NewPCG(7, 8))
		var raw, got float64
		n := 0
		for _, rt := range read(t, system, true) {
			offset := make(map[string]int64)
			for _, node := range rt.Node {
				if _, ok := offset[node]; !ok {
					offset[node] = 0
					if rng.Float64() < 0.2 {
						offset[node] = int64(rng.NormFloat64()*100) * millisecond
					}
				}
			}
			for i := range rt.Spans {
				rt.Spans[i].Start += offset[rt.Node[i]]
			}
			for i := range rt.Logs {
				rt.Logs[i].Time += offset[rt.LogNode[i]]
			}
			c := Estimate(rt.Spans, rt.Logs)
			if len(offset) < 2 {
				continue
			}
			n++
			raw += meanError(offset, func(string) int64 { return 0 })
			found := make(map[string]int64)
			for i := range rt.Spans {
				found[rt.Node[i]] = c.Span(i).Offset
			}
			got += meanError(offset, func(node string) int64 { return found[node] })
		}
		t.Logf("%s: %d traces, mean error raw %.0f µs, corrected %.0f µs", system, n, raw/float64(n), got/float64(n))
		if got > raw/4 {
			t.Errorf("%s: the mean error is %.0f of %.0f µs", system, got, raw)
		}
	}
}

// meanError is the mean distance of corrections from the truth, in
// microseconds, after the best common shift.
func meanError(offset map[string]int64, correction func(string) int64) float64 {
	var errs []float64
	for node, o := range offset {
		errs = append(errs, float64(correction(node)+o)/1000)
	}
	slices.Sort(errs)
	sum := 0.0
	for _, e := range errs {
		sum += math.Abs(e-errs[len(errs)/2]) / float64(len(errs))
	}
	return sum
}
