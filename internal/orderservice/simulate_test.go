package orderservice

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writeBundle simulates cfg into a folder and returns its files.
func writeBundle(t *testing.T, cfg Config) map[string][]byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bundle")
	b, err := NewBundle(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Simulate(t.Context(), cfg, b); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string][]byte)
	for _, e := range entries {
		if files[e.Name()], err = os.ReadFile(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func TestEqualSeedsWriteEqualBundles(t *testing.T) {
	cfg := testConfig(7, 60)
	first, second := writeBundle(t, cfg), writeBundle(t, cfg)
	if len(first) != 4 || len(second) != 4 {
		t.Fatalf("a bundle of %d files, then of %d, want 4", len(first), len(second))
	}
	for name, want := range first {
		if len(want) == 0 {
			t.Errorf("%s is empty", name)
		}
		if !bytes.Equal(want, second[name]) {
			t.Errorf("%s differs", name)
		}
	}
	other := writeBundle(t, testConfig(8, 60))
	for _, name := range []string{spansFile, logsFile, truthFile} {
		if bytes.Equal(first[name], other[name]) {
			t.Errorf("%s is the same for another seed", name)
		}
	}
}

func TestEverythingHappensWithinTheWindow(t *testing.T) {
	for _, over := range []time.Duration{time.Hour, 3 * time.Second, time.Millisecond} {
		cfg := testConfig(3, 50)
		cfg.Over = over
		m, _ := simulated(t, cfg)
		from, to := cfg.End.Add(-max(over, 3*time.Second)).UnixNano(), cfg.End.UnixNano()
		for _, tr := range m.truth {
			if tr.TrueTime < from || max(tr.TrueTime, tr.TrueEnd) > to {
				t.Fatalf("over %v: %s %s from %d to %d, outside of %d to %d", over, tr.Kind, tr.SpanID, tr.TrueTime, tr.TrueEnd, from, to)
			}
		}
	}
}

func TestSimulateStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Simulate(ctx, testConfig(1, 100), new(memory)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	full := errors.New("disk full")
	if _, err := Simulate(t.Context(), testConfig(1, 100), &memory{fail: full}); !errors.Is(err, full) {
		t.Errorf("a sink that fails: %v", err)
	}
	cfg := testConfig(1, 1)
	cfg.End = time.Time{}
	if _, err := Simulate(t.Context(), cfg, new(memory)); err == nil {
		t.Error("no end: no error")
	}
}

func TestSimulateCountsWhatItDelivers(t *testing.T) {
	m, sum := simulated(t, testConfig(5, 120))
	if got := len(m.all(t)); got != sum.Spans {
		t.Errorf("%d spans came, the summary says %d", got, sum.Spans)
	}
	if len(m.docs) != sum.Logs {
		t.Errorf("%d logs came, the summary says %d", len(m.docs), sum.Logs)
	}
	if sum.Orders != 120 || m.flushed != 1 || sum.LostSpans == 0 {
		t.Errorf("orders %d, flushed %d times, %d spans lost", sum.Orders, m.flushed, sum.LostSpans)
	}
	if len(sum.Examples) != len(Scenarios()) {
		t.Errorf("%d examples of %d scenarios", len(sum.Examples), len(Scenarios()))
	}
}

// The demo's trace must show what otrace is for.
func TestTheTellingTraceTellsMuch(t *testing.T) {
	cfg := DefaultConfig()
	cfg.End = endOfTest()
	m, sum := simulated(t, cfg)
	tell := sum.Telling
	if tell.Scenario != Declined || tell.Errors == 0 {
		t.Fatalf("telling: %+v", tell)
	}
	services := make(map[string]bool)
	spans, logs := 0, 0
	for _, tr := range m.truth {
		if tr.TraceID == tell.TraceID && !tr.Lost {
			services[tr.Service] = true
			spans += btoi(tr.Kind == "span")
			logs += btoi(tr.Kind == "log")
		}
	}
	if len(services) != serviceCount {
		t.Errorf("it meets %v, not all services", services)
	}
	if spans != tell.Spans || logs != tell.Logs {
		t.Errorf("%d spans and %d logs, said to be %d and %d", spans, logs, tell.Spans, tell.Logs)
	}
	var said strings.Builder
	for _, d := range m.docs {
		if strings.Contains(string(d.Source), tell.TraceID) {
			said.Write(d.Source)
		}
	}
	for _, want := range []string{"retry 1/", "card declined", "payment_failed"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("its logs do not say %q", want)
		}
	}
}

func TestSampleRatio(t *testing.T) {
	cfg := only(OK, 2, 400)
	cfg.SampleRatio = 0.25
	m, sum := simulated(t, cfg)
	traces := make(map[string]bool)
	for _, s := range m.all(t) {
		if len(s.GetParentSpanId()) == 0 && s.service == "gateway" {
			traces[string(s.GetTraceId())] = true
		}
	}
	if n := len(traces); n < 60 || n > 140 {
		t.Errorf("%d of 400 traces sampled at 0.25", n)
	}
	if sum.Logs < 400*15 {
		t.Errorf("%d logs: unsampled traces have logs, too", sum.Logs)
	}
}

func TestScopesAndLinesStaySmall(t *testing.T) {
	files := writeBundle(t, testConfig(11, 300))
	for line := range bytes.Lines(files[spansFile]) {
		if len(line) > 2<<20 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}
