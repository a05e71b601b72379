package scenario

import (
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// The worlds beyond the table are sound: each span and log has its truth, no
// effect precedes its cause, and the clocks showed what their faults explain.
func TestWildTruth(t *testing.T) {
	names := make(map[string]bool)
	for _, s := range append(All(), Wild()...) {
		if names[s.Name] {
			t.Errorf("two worlds are called %s", s.Name)
		}
		names[s.Name] = true
	}
	for _, s := range Wild() {
		tr := s.Generate(5)
		if len(tr.Spans) < 2 || len(tr.Spans) != len(tr.Host) || len(tr.Spans) != len(tr.Start) || len(tr.Logs) != len(tr.LogTime) {
			t.Fatalf("%s: %d spans, %d hosts, %d starts, %d logs", s.Name, len(tr.Spans), len(tr.Host), len(tr.Start), len(tr.Logs))
		}
		at := make(map[trace.SpanID]int)
		for i := range tr.Spans {
			at[tr.Spans[i].ID] = i
		}
		if len(at) != len(tr.Spans) {
			t.Errorf("%s: %d IDs for %d spans", s.Name, len(at), len(tr.Spans))
		}
		for i := range tr.Spans {
			if p, ok := at[tr.Spans[i].Parent]; ok && tr.Start[i] < tr.Start[p] {
				t.Fatalf("%s: span %d starts before its parent", s.Name, i)
			}
			if off := tr.Spans[i].Start + tr.Correction(tr.Host[i], tr.Start[i]) - tr.Start[i]; s.After == nil && (off < -s.Grain || off > 1) {
				t.Fatalf("%s: span %d is off by %d ns", s.Name, i, off)
			}
		}
	}
}

func TestFaults(t *testing.T) {
	tr := Truth{Offset: []int64{5, 7}, Drift: make([]float64, 2), Begin: Epoch, Faults: []Fault{
		{Host: 1, At: Epoch + 100, By: 1000},
		{Host: 1, At: Epoch + 200, Over: 10, By: -10},
	}}
	for at, want := range map[int64]int64{0: -7, 99: -7, 100: -1007, 200: -1007, 205: -1002, 210: -997, 900: -997} {
		if got := tr.Correction(1, Epoch+at); got != want {
			t.Errorf("after %d ns: %d, want %d", at, got, want)
		}
	}
	if tr.Correction(0, Epoch+900) != -5 || tr.Clean(1) || !tr.Drifts() {
		t.Error("a fault is one clock's, and makes it a wrong one")
	}
}
