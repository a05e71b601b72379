package scenario

import (
	"reflect"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// What the clocks showed is the truth and their offset, everywhere.
func TestObservedIsTrueAndOffset(t *testing.T) {
	for _, s := range All() {
		tr := s.Generate(7)
		if len(tr.Spans) != len(tr.Host) || len(tr.Spans) != len(tr.Start) || len(tr.Logs) != len(tr.LogTime) || len(tr.Logs) != len(tr.LogHost) {
			t.Fatalf("%s: %d spans, %d hosts, %d starts, %d logs", s.Name, len(tr.Spans), len(tr.Host), len(tr.Start), len(tr.Logs))
		}
		for i := range tr.Spans {
			if off := tr.Spans[i].Start + tr.Correction(tr.Host[i], tr.Start[i]) - tr.Start[i]; off < -s.Grain || off > 1 {
				t.Fatalf("%s: span %d is off by %d ns", s.Name, i, off)
			}
		}
		for i := range tr.Logs {
			if off := tr.Logs[i].Time + tr.Correction(tr.LogHost[i], tr.LogTime[i]) - tr.LogTime[i]; off < -s.Grain || off > 1 {
				t.Fatalf("%s: log %d is off by %d ns", s.Name, i, off)
			}
		}
	}
}

// In truth no effect precedes its cause, and callers that wait, wait.
func TestTruthIsCausal(t *testing.T) {
	for _, s := range All() {
		tr := s.Generate(3)
		at := make(map[trace.SpanID]int)
		for i := range tr.Spans {
			at[tr.Spans[i].ID] = i
		}
		for i := range tr.Spans {
			if p, ok := at[tr.Spans[i].Parent]; ok && tr.Start[i] < tr.Start[p] {
				t.Fatalf("%s: span %d starts before its parent", s.Name, i)
			}
		}
	}
}

func TestSeedDecides(t *testing.T) {
	w := All()[2].World
	if !reflect.DeepEqual(w.Generate(5), w.Generate(5)) {
		t.Error("the same seed makes another trace")
	}
	if reflect.DeepEqual(w.Generate(5).Start, w.Generate(6).Start) {
		t.Error("another seed makes the same trace")
	}
}

func TestWorlds(t *testing.T) {
	for _, s := range All() {
		tr := s.Generate(2)
		clean, hosts := 0, make(map[string]bool)
		for h := range tr.Offset {
			if tr.Clean(h) {
				clean++
			}
		}
		for i := range tr.Spans {
			hosts[tr.Spans[i].Resource.Host] = true
		}
		if drifts := s.DriftPPM > 0; tr.Drifts() != drifts || s.Still && clean != s.Hosts || s.Skewed == 1 && s.Skew > 0 && clean > 0 {
			t.Errorf("%s: %d clean clocks, drift %v", s.Name, clean, tr.Drifts())
		}
		if s.PodsOnly != hosts[""] || s.Cloned && len(hosts) > s.Hosts/2 {
			t.Errorf("%s: hosts are called %v", s.Name, hosts)
		}
	}
}
