package bundle

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// The trace of testdata/ui_adjusted.json and testdata/api_v3_adjusted.json as
// it was sent: microseconds after the moment, and the middles of two spans as
// their events.
var asSent = []struct{ start, took, event int64 }{
	{0, 250_000, 0},
	{2_000 - 3_000_000, 90_000, 47_000 - 3_000_000},
	{5_000 - 3_000_000, 60_000, 0},
	{6_000 + 250_001, 50_500, 31_250 + 250_001},
	{200_000 - 300_000, 500_000, 0},
}

// What Jaeger 2.13 with max_clock_skew_adjust gave to the UI, which moves whole
// spans, and in api_v3, which moved their starts alone, is read as it was sent,
// and the bundle says so.
func TestAdjusted(t *testing.T) {
	v3, err := os.ReadFile("testdata/api_v3_adjusted.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := folder(t, map[string]string{
		"several.jsonl": otlpLine(hexID2, "0000000000000002") + "\n" + string(v3) + "\n" + otlpLine(hexID2, "0000000000000003"),
		"spread.json":   strings.Replace(string(v3), "{", "{\n", 1),
	})
	for path, moved := range map[string]int{"testdata/ui_adjusted.json": 4, "testdata/api_v3_adjusted.json": 3, dir + "/several.jsonl": 3, dir + "/spread.json": 3} {
		b := open(t, path)
		want := fmt.Sprintf("%s: jaeger had adjusted the times of %d spans for clock skew: undone by what it says of each", filepath.Base(path), moved)
		ev, err := b.Spans(t.Context(), id(t, hexID), trace.Window{})
		if err != nil || len(ev.Gaps) > 0 || len(ev.Warnings) != 1 || ev.Warnings[0] != want {
			t.Errorf("%s: %v, %s, %q", path, err, gapTexts(ev), ev.Warnings)
		}
		sentTimes(t, path, ev.Spans)
		found, err := b.FindSpans(t.Context(), trace.Query{Service: "payment"})
		if err != nil || len(found.Traces) != 1 || !slices.Contains(found.Warnings, want) {
			t.Errorf("%s: %+v, %v", path, found, err)
			continue
		}
		list, err := b.Traces(t.Context())
		if err != nil || len(list) == 0 {
			t.Errorf("%s: %+v, %v", path, list, err)
			continue
		}
		for _, s := range []trace.Summary{found.Traces[0], list[0]} {
			if s.Spans != 5 || s.Start != moment-2_998_000_000 || s.End != moment+400_000_000 {
				t.Errorf("%s: %+v", path, s)
			}
		}
	}
}

func sentTimes(t *testing.T, path string, spans []trace.Span) {
	t.Helper()
	slices.SortFunc(spans, func(a, b trace.Span) int { return cmp.Compare(a.ID, b.ID) })
	for i, s := range spans {
		want := asSent[i]
		event := int64(0)
		if len(s.Events) > 0 {
			event = (s.Events[0].Time - moment) / 1000
		}
		if s.Start != moment+want.start*1000 || s.Duration != want.took*1000 || event != want.event || len(s.Warnings) > 0 || s.Clamped || s.Adjusted {
			t.Errorf("%s: %+v, want %+v", path, s, want)
		}
	}
	if len(spans) != len(asSent) {
		t.Errorf("%s: %d spans", path, len(spans))
	}
}

// Only the trace that is asked for is counted, and what cannot be undone is
// marked and stays as it is.
func TestAdjustedBySomething(t *testing.T) {
	span := func(traceID, warning string) string {
		return fmt.Sprintf(`{"traceID":%q,"spans":[{"traceID":%q,"spanID":"1","startTime":1770000000000000,"duration":5,"warnings":[%q]}],"processes":{}}`, traceID, traceID, warning)
	}
	const moved = "This span's timestamps were adjusted by "
	dir := folder(t, map[string]string{"list.json": "[" + span(hexID, moved+"1ms") + "," + span(hexID2, moved+"something") + "," + span(numbered(3), "clock skew adjustment disabled; not applying calculated delta of 5s") + "]"})
	const left = "list.json: jaeger says that it adjusted the times of 1 span for clock skew, and nothing by which that can be undone: they are shown as Jaeger left them, and are no evidence of clocks"
	for _, tt := range []struct {
		id, warning string
		start       int64
		adjusted    bool
	}{
		{hexID, "list.json: jaeger had adjusted the times of 1 span for clock skew: undone by what it says of each; whether it had moved the end of 1 span, too, does not show: their durations are those that came", moment - 1e6, false},
		{hexID2, left, moment, true},
		{numbered(3), "", moment, false},
	} {
		ev, err := open(t, dir+"/list.json").Spans(t.Context(), id(t, tt.id), trace.Window{})
		if err != nil || len(ev.Spans) != 1 || strings.Join(ev.Warnings, "") != tt.warning {
			t.Errorf("%s: %d spans, %v, %q", tt.id, len(ev.Spans), err, ev.Warnings)
			continue
		}
		if s := ev.Spans[0]; s.Start != tt.start || s.Duration != 5000 || s.Adjusted != tt.adjusted {
			t.Errorf("%s: %+v", tt.id, s)
		}
	}
}
