package orderservice

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A bundle that was given up leaves the one before it as it was.
func TestDiscardedBundleLeavesTheOldOne(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, spansFile)
	ours := os.WriteFile(filepath.Join(dir, manifestFile), []byte(`{"created_by":"`+createdBy+`"}`), 0o600)
	if err := errors.Join(ours, os.WriteFile(old, []byte("old"), 0o600)); err != nil {
		t.Fatal(err)
	}
	b, err := NewBundle(dir, testConfig(1, 12))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Simulate(t.Context(), testConfig(1, 12), b); err != nil {
		t.Fatal(err)
	}
	b.Discard()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if text, err := os.ReadFile(old); err != nil || string(text) != "old" {
		t.Errorf("the old bundle is %q, %v", text, err)
	}
}

func TestManifestSaysHowItCameAbout(t *testing.T) {
	var m manifest
	if err := json.Unmarshal(writeBundle(t, testConfig(9, 24))[manifestFile], &m); err != nil {
		t.Fatal(err)
	}
	if m.Schema != "otrace.bundle/v1" || m.Mode != "simulated" || m.Seed != 9 || m.Orders != 24 || m.Skew["payment"] != "-180ms" || m.Spans == 0 {
		t.Errorf("%+v", m)
	}
}

func TestNoFolderForABundle(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewBundle(filepath.Join(file, "bundle"), testConfig(1, 1)); err == nil {
		t.Error("no error for a folder below a file")
	}
}

// A folder in which somebody else keeps a file of the same name is left alone.
func TestForeignFolder(t *testing.T) {
	dir := t.TempDir()
	kept := filepath.Join(dir, logsFile)
	if err := os.WriteFile(kept, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := NewBundle(dir, testConfig(1, 1)); err == nil || !strings.Contains(err.Error(), kept) {
		t.Errorf("got %v", err)
	}
	if text, err := os.ReadFile(kept); err != nil || string(text) != "mine\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// A tee gives everything to all its sinks, and flushes all.
func TestTee(t *testing.T) {
	a, b := new(memory), new(memory)
	if _, err := Simulate(t.Context(), testConfig(1, 12), Tee(a, b)); err != nil {
		t.Fatal(err)
	}
	if len(a.docs) == 0 || len(a.docs) != len(b.docs) || len(a.spans) != len(b.spans) || len(a.truth) != len(b.truth) || a.flushed != 1 || b.flushed != 1 {
		t.Errorf("%d and %d documents, flushed %d and %d times", len(a.docs), len(b.docs), a.flushed, b.flushed)
	}
	full := errors.New("disk full")
	if _, err := Simulate(t.Context(), testConfig(1, 12), Tee(&memory{fail: full}, b)); !errors.Is(err, full) {
		t.Errorf("one sink fails: %v", err)
	}
}

func BenchmarkSimulate(b *testing.B) {
	cfg := testConfig(1, 5000)
	cfg.Mix = ProductionMix()
	spans := 0
	for b.Loop() {
		bundle, err := NewBundle(b.TempDir(), cfg)
		if err != nil {
			b.Fatal(err)
		}
		sum, err := Simulate(b.Context(), cfg, bundle)
		if err != nil {
			b.Fatal(err)
		}
		if err := bundle.Close(); err != nil {
			b.Fatal(err)
		}
		spans += sum.Spans
	}
	b.ReportMetric(float64(spans)/b.Elapsed().Seconds(), "spans/s")
}
