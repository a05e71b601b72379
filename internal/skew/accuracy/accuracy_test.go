package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
)

// few is enough traces to see which method is better: the gaps are wide.
const few = 60

// In every scenario ours beats the others, and hard bounds hold the truth, but
// where two machines pass for one.
func TestRelations(t *testing.T) {
	blind := scenario.All()[4] // E, by an exporter that loses the spans' kinds
	blind.Name, blind.NoKinds = "no kinds", true
	for _, s := range append(scenario.All(), blind) {
		t.Run(s.Name, func(t *testing.T) {
			r := measure(few, 2, func(i int) scenario.Truth { return s.Generate(uint64(i)) })
			ours, original := r.mean(otrace, bySpan).mean, r.mean(raw, bySpan).mean
			if most := min(r.mean(jaeger, bySpan).mean/4, original/4); ours > most {
				t.Errorf("the error is %.1f µs, want at most %.1f", ours, most)
			}
			if z := r.mean(zipkin, bySpan).mean; ours > z {
				t.Errorf("the error is %.1f µs, Zipkin's is %.1f", ours, z)
			}
			if limit := r.mean(provable, bySpan).mean; s.DriftPPM == 0 && limit > ours {
				t.Errorf("the error is %.1f µs, and %.1f at the limit of what is provable", ours, limit)
			}
			was, is := r.total[raw], r.total[otrace]
			if 5*is.inverted.of > was.inverted.of || 5*is.misordered.of > was.misordered.of {
				t.Errorf("inverted %v and misordered %v, raw %v and %v", is.inverted, is.misordered, was.inverted, was.misordered)
			}
			if hard := is.withinHard; s.Name != "K" && (hard.all == 0 || hard.of != hard.all) {
				t.Errorf("hard bounds hold the truth of %d spans of %d", hard.of, hard.all)
			}
			if s.Still && is.cleanMoved.of > 0 {
				t.Errorf("%d spans of right clocks moved", is.cleanMoved.of)
			}
			if e := r.mean(perfect, byClocks).mean; e > 0.001 {
				t.Errorf("the truth itself is off by %.4f µs", e)
			}
		})
	}
}

// The figures do not depend on how many work on them.
func TestFiguresSideBySide(t *testing.T) {
	s := scenario.All()[9]
	one := measure(12, 1, func(i int) scenario.Truth { return s.Generate(uint64(i)) })
	many := measure(12, 5, func(i int) scenario.Truth { return s.Generate(uint64(i)) })
	if !reflect.DeepEqual(one, many) {
		t.Errorf("one worker finds %+v, five find %+v", one, many)
	}
}

func TestRun(t *testing.T) {
	env := func(string) string { return filepath.Join(t.TempDir(), "none") }
	for _, tt := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"-traces", "3", "-only", "a,NEZHA"}, 0, []string{"A: no skew (3 traces", "Jaeger's", "Zipkin's", "clean spans moved: 0, met", "Nezha's traces are left out"}},
		{[]string{"-traces", "2", "-only", "C"}, 0, []string{"aim: at most 0.01 of Jaeger's error by span", "provable of Jaeger's error", "inverted", "log lines misordered"}},
		{[]string{"-traces", "0"}, 2, []string{"at least one trace"}},
		{[]string{"C"}, 2, []string{"no arguments"}},
		{[]string{"-fast"}, 2, []string{"not defined"}},
		{[]string{"-only", "Z"}, 2, []string{`no scenario "Z"`}},
	} {
		var out bytes.Buffer
		code := run(tt.args, &out, &out, env)
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q says %q, want %q", tt.args, out.String(), want)
			}
		}
		if code != tt.code {
			t.Errorf("%q ends with %d, want %d", tt.args, code, tt.code)
		}
	}
}

const (
	recordedSpans = `TraceID,SpanID,ParentID,PodName,OperationName,StartTimeUnixNano,EndTimeUnixNano,Duration
0000000000000000000000000000c0de,00000000000000a1,root,front-579b9bff58-t2dbm,/,1700000000000001000,1700000000010000000,10
0000000000000000000000000000c0de,00000000000000a2,00000000000000a1,food-6f6cfc45b-h5m2n,GET,1700000000001001000,1700000000009000000,8
`
	recordedLogs = `Timestamp,TimeUnixNano,Node,PodName,Container,TraceID,SpanID,Log
x,1700000000000500000,n1,front-579b9bff58-t2dbm,server,0000000000000000000000000000c0de,00000000000000a1,hello
x,1700000000003000000,n2,food-6f6cfc45b-h5m2n,server,0000000000000000000000000000c0de,00000000000000a2,hello
`
)

func TestRecordedTraces(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"trainticket/1_trace.csv": recordedSpans, "trainticket/1_log.csv": recordedLogs,
		"onlineboutique/1_trace.csv": recordedSpans, "onlineboutique/1_log.csv": recordedLogs,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if code := run([]string{"-traces", "20", "-only", "nezha"}, &out, &out, func(string) string { return dir }); code != 0 {
		t.Fatalf("ends with %d: %s", code, out.String())
	}
	for _, want := range []string{"trainticket: nothing injected (1 traces, 2.0 spans)", "10 traces together (2 traces, 20.0 spans)", "all of Nezha's slice"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("says %s, want %q", out.String(), want)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "trainticket/1_log.csv"), []byte("a\nb\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code := run([]string{"-only", "nezha"}, &out, &out, func(string) string { return dir }); code != 1 {
		t.Errorf("a damaged file ends with %d", code)
	}
}

func TestMeanDeviation(t *testing.T) {
	for _, tt := range []struct {
		values, weights []float64
		want            float64
	}{
		{nil, nil, 0},
		{[]float64{5}, []float64{1}, 0},
		{[]float64{7, 7, 7}, []float64{1, 1, 1}, 0},
		{[]float64{0, 0, 9}, []float64{1, 1, 1}, 3},
		{[]float64{9, 0, 0}, []float64{4, 1, 1}, 3},
		{[]float64{-1, 1}, []float64{1, 1}, 1},
	} {
		if got := meanDeviation(tt.values, tt.weights); got != tt.want {
			t.Errorf("of %v by %v: %v, want %v", tt.values, tt.weights, got, tt.want)
		}
	}
}

// What is provable leaves alone whom the trace allows to be right, and knows the
// truth of the others.
func TestProvable(t *testing.T) {
	tr := scenario.All()[5].Generate(3) // F: many messages that nobody answers
	clocks := skew.Estimate(tr.Spans, tr.Logs)
	c, ref := byProof(&tr, clocks), referenceHosts(&tr, clocks)
	moved := 0
	for i := range tr.Spans {
		k, want := clocks.Span(i), int64(0)
		if k.Offset != 0 {
			want = tr.Correction(tr.Host[i], tr.Start[i]) - tr.Correction(ref[k.Component], tr.Start[i])
			moved++
		}
		if c.spans[i] != want {
			t.Fatalf("span %d is moved by %d, want %d: %+v", i, c.spans[i], want, k)
		}
	}
	if moved == 0 || moved == len(tr.Spans) {
		t.Errorf("%d of %d spans are provably off: the trace tells nothing", moved, len(tr.Spans))
	}
}

// A constant shift of all clocks is no error, and neither is the drift of the
// clock that a method takes for right.
func TestFrames(t *testing.T) {
	for _, s := range scenario.All() {
		tr := s.Generate(1)
		f := newField(&tr)
		shift := byTruth(&tr).spans
		for i := range shift {
			shift[i] += 1_000_000 - tr.Correction(3, tr.Start[i])
		}
		if e := f.errors(shift); e.bySpan > 0.01 || e.byClock > 0.01 {
			t.Errorf("%s: the frame of host 3 is off by %+v µs", s.Name, e)
		}
	}
}

func TestPairs(t *testing.T) {
	ms := int64(1_000_000)
	times, host := []int64{0, 5 * ms, 16 * ms, 5*ms + 1, 12 * ms}, []int{0, 1, 0, 1, 0}
	got := pairsOf(times, host, 1)
	want := []pair{{0, 1}, {0, 3}, {1, 4}, {3, 4}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestStatistics(t *testing.T) {
	r := &result{traces: 4}
	for _, x := range []float64{1, 2, 3, 6} {
		r.single[otrace] = append(r.single[otrace], errors{bySpan: x})
		r.single[jaeger] = append(r.single[jaeger], errors{bySpan: 10 * x})
	}
	if m := r.mean(otrace, bySpan); m.mean != 3 || math.Abs(m.se-math.Sqrt(14.0/12)) > 1e-9 {
		t.Errorf("mean %+v", m)
	}
	if q := r.ratio(otrace, jaeger, bySpan); math.Abs(q.mean-0.1) > 1e-9 || q.se > 1e-9 {
		t.Errorf("ratio %+v: what the traces have in common must cancel out", q)
	}
	if q := r.ratio(otrace, raw, bySpan); !math.IsNaN(q.mean) {
		t.Errorf("of nothing: %+v", q)
	}
	if got := percent(share{1, 8}) + percent(share{}); got != "12.50–" {
		t.Errorf("shares %s", got)
	}
}
