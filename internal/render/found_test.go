package render_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

// found is a search's result with all that a list may have to tell.
func found() *render.Search {
	const start = int64(1_714_557_600_123_456_789)
	opaque, _ := trace.ParseID("req-8812-eu")
	return &render.Search{
		Query: trace.Query{
			Conditions: []trace.Condition{{Key: "order.id", Value: "ORD-17"}}, Service: "order", MinDuration: 5 * ms,
			Window: trace.Window{From: start - 3600e9},
		},
		Found: trace.Found{
			Traces: []trace.Summary{
				{
					ID: fixtureID, Start: start, End: start + 1240*ms, Service: "gateway", Operation: "POST /orders",
					Services: []string{"gateway", "inventory", "order", "payment"}, Spans: 20, Failed: 2, Logs: 17, ErrorLogs: 3, BySpans: true, ByLogs: true,
				},
				{ID: trace.ID{Lo: 0x1a2b}, Start: start - 60e9, End: start - 60e9 + 45*us, Service: "受注\x1b[31m", Operation: "nightly", Services: []string{"受注\x1b[31m"}, Spans: 100_000, Logs: 1_000_000, AtLeast: true, BySpans: true},
				{ID: opaque, Start: start - 70e9, End: start - 69e9, Services: []string{"edge", "order"}, Logs: 4, ByLogs: true, Unasked: true},
				{ID: trace.ID{Lo: 8}, Start: start - 80e9, End: start - 79e9, Service: "order", Operation: "GET /", Services: []string{"order"}, Spans: 2, Failed: 1, Uncounted: true, BySpans: true},
				{ID: trace.ID{Lo: 9}, Start: trace.NoTime, End: trace.NoTime, Logs: 1, ByLogs: true},
			},
			More: true, Untraced: 3,
			Gaps:     []trace.Gap{{Source: "elasticsearch", Reason: "1 of 5 shards failed", Partial: true}},
			Warnings: []string{"odd\x07"},
			Searched: trace.Searched{Indices: []string{"logs-1"}, Fields: []string{"order_id"}},
		},
	}
}

func TestFoundTableGoldens(t *testing.T) {
	for name, style := range styles() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := render.FoundTable(&out, found(), style); err != nil {
				t.Fatal(err)
			}
			golden(t, "found."+name+".txt", out.Bytes())
			if plain := sgr.ReplaceAllString(out.String(), ""); strings.ContainsAny(plain, "\x1b\x07") {
				t.Errorf("the output could act on a terminal: %q", plain)
			}
		})
	}
}

func TestFoundJSONGolden(t *testing.T) {
	var out, indented bytes.Buffer
	if err := render.FoundJSON(&out, found()); err != nil {
		t.Fatal(err)
	}
	if err := json.Indent(&indented, out.Bytes(), "", " "); err != nil {
		t.Fatalf("%v\n%s", err, out.Bytes())
	}
	golden(t, "found.json", indented.Bytes())
}

func TestFoundNDJSONIsTheSameTraces(t *testing.T) {
	var lines, whole bytes.Buffer
	if render.FoundNDJSON(&lines, found()) != nil || render.FoundJSON(&whole, found()) != nil {
		t.Fatal("writing to memory failed")
	}
	parts := strings.Split(strings.TrimSuffix(lines.String(), "\n"), "\n")
	if len(parts) != 6 || !strings.Contains(whole.String(), strings.Join(parts[1:], ",")) {
		t.Errorf("%d lines, or other traces than -o json", len(parts))
	}
	for _, line := range parts {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}

// On a terminal no line is wider than it, and the IDs stay whole.
func TestFoundTableFits(t *testing.T) {
	for _, width := range []int{60, 72, 80, 100, 120, 200} {
		var out bytes.Buffer
		if err := render.FoundTable(&out, found(), render.Style{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if w := ansi.StringWidth(line); w > width {
				t.Errorf("%d columns wide at %d: %q", w, width, line)
			}
		}
		for _, tr := range found().Traces {
			if !strings.Contains(out.String(), tr.ID.String()) {
				t.Errorf("at %d the ID %s is cut:\n%s", width, tr.ID, out.String())
			}
		}
	}
}
