package orderservice

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// memory is a sink that keeps everything.
type memory struct {
	spans   []*tracepb.ResourceSpans
	docs    []LogDoc
	truth   []Truth
	flushed int
	fail    error  // what Logs returns
	onLogs  func() // called by Logs
}

func (m *memory) Spans(_ context.Context, spans []*tracepb.ResourceSpans) error {
	m.spans = append(m.spans, spans...)
	return nil
}

func (m *memory) Logs(_ context.Context, docs []LogDoc) error {
	for _, d := range docs {
		d.Source = bytes.Clone(d.Source)
		m.docs = append(m.docs, d)
	}
	if m.onLogs != nil {
		m.onLogs()
	}
	return m.fail
}

func (m *memory) Truth(_ context.Context, lines []Truth) error {
	m.truth = append(m.truth, lines...)
	return nil
}

func (m *memory) Flush(context.Context) error {
	m.flushed++
	return nil
}

// A seenSpan is a span with its service.
type seenSpan struct {
	*tracepb.Span
	service string
}

// all returns the spans by their span IDs. No ID may come twice.
func (m *memory) all(t *testing.T) map[string]seenSpan {
	t.Helper()
	seen := make(map[string]seenSpan)
	for _, rs := range m.spans {
		service := text(rs.GetResource().GetAttributes(), "service.name")
		for _, ss := range rs.GetScopeSpans() {
			for _, s := range ss.GetSpans() {
				id := hex.EncodeToString(s.GetSpanId())
				if _, twice := seen[id]; twice {
					t.Errorf("span %s came twice", id)
				}
				seen[id] = seenSpan{s, service}
			}
		}
	}
	return seen
}

// text is an attribute's value as a string, or "".
func text(attrs []*commonpb.KeyValue, key string) string {
	for _, a := range attrs {
		if a.GetKey() == key {
			switch v := a.GetValue().GetValue().(type) {
			case *commonpb.AnyValue_StringValue:
				return v.StringValue
			default:
				return strings.TrimSpace(a.GetValue().String())
			}
		}
	}
	return ""
}

// source decodes a document.
func source(t *testing.T, d LogDoc) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(d.Source, &m); err != nil {
		t.Fatalf("document %s is no JSON: %v\n%s", d.ID, err, d.Source)
	}
	return m
}

// endOfTest is when simulated traffic in tests ends.
func endOfTest() time.Time { return time.Date(2025, 11, 22, 6, 0, 0, 0, time.UTC) }

// testConfig plays every scenario, with two wrong clocks and a drifting one.
func testConfig(seed uint64, orders int) Config {
	cfg := DefaultConfig()
	cfg.Seed, cfg.Orders, cfg.End = seed, orders, endOfTest()
	cfg.DriftPPM = map[string]float64{"worker": 60}
	return cfg
}

// only is testConfig with one scenario.
func only(scenario string, seed uint64, orders int) Config {
	cfg := testConfig(seed, orders)
	cfg.Mix = Mix{scenario: 1}
	return cfg
}

func simulated(t *testing.T, cfg Config) (*memory, Summary) {
	t.Helper()
	m := new(memory)
	sum, err := Simulate(t.Context(), cfg, m)
	if err != nil {
		t.Fatal(err)
	}
	return m, sum
}

func ran(t *testing.T, cfg Config) (*memory, Summary) {
	t.Helper()
	cfg.End = time.Time{}
	m := new(memory)
	sum, err := Live(t.Context(), cfg, m)
	if err != nil {
		t.Fatal(err)
	}
	return m, sum
}

// truthOf returns the truth by span ID or document ID.
func (m *memory) truthOf(t *testing.T) (spans, logs map[string]Truth) {
	t.Helper()
	spans, logs = make(map[string]Truth), make(map[string]Truth)
	for _, tr := range m.truth {
		into, id := spans, tr.SpanID
		if tr.Kind == "log" {
			into, id = logs, tr.ID
		}
		if _, twice := into[id]; twice {
			t.Errorf("%s %s is in the truth twice", tr.Kind, id)
		}
		into[id] = tr
	}
	return spans, logs
}

func eventNames(s seenSpan) []string {
	var names []string
	for _, e := range s.GetEvents() {
		names = append(names, e.GetName())
	}
	return slices.Clip(names)
}
