package orderservice

import (
	"encoding/hex"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Everything the sink got is in the truth once, with its times; what is in the
// truth alone is lost, and says why.
func checkTruth(t *testing.T, m *memory) {
	t.Helper()
	spans, logs := m.truthOf(t)
	seen := m.all(t)
	for id, s := range seen {
		tr, ok := spans[id]
		if !ok || tr.Lost {
			t.Errorf("span %s was delivered; the truth has it %v, lost %v", id, ok, tr.Lost)
			continue
		}
		checkSpan(t, s, tr)
	}
	docs := make(map[string]bool)
	for _, d := range m.docs {
		tr, ok := logs[d.ID]
		if !ok || tr.Lost || docs[d.ID] {
			t.Errorf("log %s was delivered; the truth has it %v, lost %v; seen before %v", d.ID, ok, tr.Lost, docs[d.ID])
			continue
		}
		docs[d.ID] = true
		checkLog(t, d, tr)
	}
	for id, tr := range spans {
		if _, ok := seen[id]; ok == tr.Lost || tr.Lost != (tr.Reason != "") {
			t.Errorf("span %s: delivered %v, lost %v because %q", id, ok, tr.Lost, tr.Reason)
		}
	}
	for id, tr := range logs {
		if docs[id] == tr.Lost || tr.Lost != (tr.Reason != "") {
			t.Errorf("log %s: delivered %v, lost %v because %q", id, docs[id], tr.Lost, tr.Reason)
		}
	}
	for _, tr := range m.truth {
		if tr.Observed != tr.TrueTime+tr.ClockOffset {
			t.Errorf("%s %s: observed %d is not %d%+d", tr.Kind, tr.SpanID, tr.Observed, tr.TrueTime, tr.ClockOffset)
		}
	}
}

func checkSpan(t *testing.T, s seenSpan, tr Truth) {
	t.Helper()
	got := []any{
		hex.EncodeToString(s.GetTraceId()), hex.EncodeToString(s.GetParentSpanId()), s.service,
		int64(s.GetStartTimeUnixNano()), int64(s.GetEndTimeUnixNano()),
	}
	want := []any{tr.TraceID, tr.ParentID, tr.Service, tr.Observed, tr.ObservedEnd}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("span %s (-truth +span):\n%s", tr.SpanID, d)
	}
}

func checkLog(t *testing.T, d LogDoc, tr Truth) {
	t.Helper()
	m := source(t, d)
	if in, ok := m["log"].(string); ok {
		outer := m["@timestamp"]
		m = make(map[string]any)
		if err := json.Unmarshal([]byte(in), &m); err != nil {
			t.Fatalf("the line in %s is no JSON: %v", d.ID, err)
		}
		if m["time"] != outer {
			t.Errorf("log %s says %v outside and %v inside", d.ID, outer, m["time"])
		}
	}
	at, err := time.Parse(time.RFC3339Nano, first(m, "@timestamp", "timestamp", "time"))
	if err != nil {
		t.Fatal(err)
	}
	got := []any{
		d.Index, at.UnixNano(), first(m, "trace_id", "trace.id", "traceId", "correlationId"),
		first(m, "span_id", "span.id", "spanId"), first(m, "service", "service.name", "app"), m["order_id"],
	}
	want := []any{tr.Index, tr.Observed - tr.Observed%tr.Precision, tr.TraceID, tr.SpanID, tr.Service, tr.OrderID}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("log %s (-truth +log):\n%s", d.ID, diff)
	}
}

// first is the first of the keys that m has, as a string.
func first(m map[string]any, keys ...string) string {
	for _, k := range keys {
		if s, ok := m[k].(string); ok {
			return s
		}
	}
	return ""
}

func TestTruthIsWhatWasDelivered(t *testing.T) {
	for seed := range uint64(4) {
		m, _ := simulated(t, testConfig(seed, 48))
		checkTruth(t, m)
	}
}

// Nothing happens before its cause, and no answer before its call was served,
// in true time.
func TestCausesComeFirst(t *testing.T) {
	m, _ := simulated(t, testConfig(9, 120))
	checkCauses(t, m, 0)
}

// checkCauses lets the machine's own clock step by slack while it looked.
func checkCauses(t *testing.T, m *memory, slack time.Duration) {
	t.Helper()
	spans, _ := m.truthOf(t)
	seen := m.all(t)
	for _, tr := range m.truth {
		cause, ok := spans[tr.TrueParentID]
		if !ok {
			continue
		}
		if tr.TrueTime < cause.TrueTime-int64(slack) {
			t.Errorf("%s %s starts %d ns before its cause %s", tr.Kind, tr.SpanID, cause.TrueTime-tr.TrueTime, cause.SpanID)
		}
		s, parent := seen[tr.SpanID], seen[tr.TrueParentID]
		within := tr.Kind == "span" && s.GetKind() != tracepb.Span_SPAN_KIND_CONSUMER && tr.Scenario != Timeout && parent.Span != nil
		if within && tr.TrueEnd > cause.TrueEnd+int64(slack) {
			t.Errorf("%s outlives %s by %d ns in scenario %s", s.GetName(), parent.GetName(), tr.TrueEnd-cause.TrueEnd, tr.Scenario)
		}
		if tr.Kind == "log" && tr.TrueTime > cause.TrueEnd+int64(slack) && tr.TrueParentID == tr.SpanID {
			t.Errorf("log %s is written after its span ended", tr.ID)
		}
	}
}

func TestClocksAreWrongAsToldTo(t *testing.T) {
	cfg := testConfig(4, 30)
	m, _ := simulated(t, cfg)
	start := cfg.End.Add(-cfg.Over)
	for _, tr := range m.truth {
		want := cfg.Skew[tr.Service]
		if tr.Service == "worker" {
			want = time.Duration(float64(tr.TrueTime-start.UnixNano()) * 60 / 1e6)
		}
		if got := time.Duration(tr.ClockOffset); got != want {
			t.Fatalf("%s is ahead by %v, want %v", tr.Service, got, want)
		}
	}
}

func TestTruthLineIsJSON(t *testing.T) {
	m, _ := simulated(t, testConfig(4, 12))
	for _, tr := range m.truth {
		var back Truth
		if err := json.Unmarshal(tr.appendJSON(nil), &back); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tr, back); d != "" {
			t.Fatalf("(-was +read back):\n%s", d)
		}
	}
}
