package render_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

func TestClocksGoldens(t *testing.T) {
	for name, ev := range clockFixtures() {
		for styleName, style := range styles() {
			if style.Color && name != "skewed" {
				continue
			}
			t.Run(name+"/"+styleName, func(t *testing.T) {
				var out bytes.Buffer
				if err := render.Clocks(&out, build(ev), style); err != nil {
					t.Fatal(err)
				}
				checkHarmless(t, out.String(), style)
				checkFits(t, out.String(), style)
				golden(t, "clocks."+name+"."+styleName+".txt", out.Bytes())
			})
		}
	}
}

// checkFits fails when a line of the report's table, or of what is below it,
// is wider than the style allows.
func checkFits(t *testing.T, text string, style render.Style) {
	t.Helper()
	_, table, _ := strings.Cut(sgr.ReplaceAllString(text, ""), "  CLOCK")
	for line := range strings.SplitSeq(table, "\n") {
		if w := ansi.StringWidth(line); style.Width > 0 && w > style.Width {
			t.Errorf("%d columns wide, %d allowed: %q", w, style.Width, line)
		}
		if style.ASCII && !isASCII(line) && !strings.Contains(text, "長") {
			t.Errorf("not ASCII: %q", line)
		}
	}
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) < 0
}

// told is the report of one clock beside a reference, and of a span on each.
func told(t *testing.T, c skew.Clock, style render.Style) string {
	t.Helper()
	here, there := stamped("a", 0, span(1, 0, "order", "POST /orders", 0, ms)), stamped("b", 0, span(2, 1, "stock", "GET /stock", 0, ms))
	ref := skew.Clock{Name: "a", Status: skew.Reference}
	tl := &timeline.Timeline{
		ID: fixtureID, Clocks: []skew.Clock{ref, c},
		Rows: []timeline.Row{
			{Kind: timeline.KindSpan, Span: &here, Clock: &ref, Parent: -1},
			{Kind: timeline.KindSpan, Span: &there, Clock: &c, Parent: 0},
		},
	}
	var out bytes.Buffer
	if err := render.Clocks(&out, tl, style); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEveryRuleIsToldInWords(t *testing.T) {
	const own, other = trace.SpanID(2), trace.SpanID(1)
	low := func(rule string, id trace.SpanID) skew.Clock {
		return skew.Clock{Low: 5 * ms, High: skew.Unbounded, HardLow: 5 * ms, HardHigh: skew.Unbounded, LowBy: skew.Proof{Rule: rule, Span: id, Clock: "a"}}
	}
	high := func(rule string, id trace.SpanID) skew.Clock {
		return skew.Clock{Low: skew.UnboundedBack, High: 5 * ms, HardLow: skew.UnboundedBack, HardHigh: skew.Unbounded, HighBy: skew.Proof{Rule: rule, Span: id, Clock: "a"}}
	}
	for want, c := range map[string]skew.Clock{
		"at least +5.0ms: span 0000000000000002 (stock GET /stock) was called from a and cannot have started before (start)":                                low("start", own),
		"at least +5.0ms: span 0000000000000002 (stock GET /stock) links to one on a and cannot have started before that (link)":                            low("link", own),
		"at least +5.0ms: span 0000000000000001 (order POST /orders) on a cannot have started after its caller here had stopped waiting (overlap)":          low("overlap", other),
		"at least +5.0ms: span 0000000000000001 (order POST /orders) on a cannot have ended after its caller here (end)":                                    low("end", other),
		"at least +5.0ms: a log on a of span 0000000000000002 (stock GET /stock) cannot have been written after that ended (end)":                           low("end", own),
		"at least +5.0ms: a log here of span 0000000000000001 (order POST /orders) on a cannot have been written before that started (log)":                 low("log", other),
		"at most +5.0ms: span 0000000000000001 (order POST /orders) on a was called from here and cannot have started before (start)":                       high("start", other),
		"at most +5.0ms: span 0000000000000001 (order POST /orders) on a links to one here and cannot have started before that (link)":                      high("link", other),
		"at most +5.0ms: span 0000000000000002 (stock GET /stock) was called from a and cannot have started after its caller had stopped waiting (overlap)": high("overlap", own),
		"at most +5.0ms: span 0000000000000002 (stock GET /stock) was called from a and cannot have ended after its caller (end)":                           high("end", own),
		"at most +5.0ms: a log here of span 0000000000000001 (order POST /orders) on a cannot have been written after that ended (end)":                     high("end", other),
		"at most +5.0ms: a log on a of span 0000000000000002 (stock GET /stock) cannot have been written before that started (log)":                         high("log", own),
		"at most +5.0ms: span 0000000000000009 was called from a and cannot have started after its caller had stopped waiting (overlap)":                    high("overlap", 9),
	} {
		c.Name, c.Status = "b", skew.OneSided
		if got := told(t, c, render.Style{}); !strings.Contains(got, "    "+want+"\n") {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
}

func TestClocksTellTheRest(t *testing.T) {
	c := skew.Clock{
		Name: "b", Status: skew.Proven, Offset: 50 * us, Low: 40 * us, High: 60 * us, HardLow: skew.UnboundedBack, HardHigh: skew.Unbounded, Refuted: true,
		Samples: 70, Evidence: []skew.Count{{Rule: "overlap", Samples: 30}, {Rule: "end", Samples: 40}}, Ignored: 20, Pooled: 10, Spans: 1,
	}
	for i := range trace.SpanID(16) {
		c.IgnoredSamples = append(c.IgnoredSamples, skew.Ignored{Span: i + 2, Rule: "end", Why: "contradicts better evidence"})
	}
	got := told(t, c, render.Style{ASCII: true})
	for _, want := range []string{
		"  a            0  -               reference      0     0        0        0  order\n",
		"~ b      +50.0us  [+40.0, +60.0]  proven         1     0       70       20  stock\n",
		"    claims the machine b, which others of another clock claim, too: a cloned host ID?\n",
		"    by starts and links alone, whoever waits for whom: no bounds\n",
		"    evidence: 30 overlap, 40 end, of 10 traces: bounds are estimates\n",
		"    20 samples ignored:\n      span 0000000000000002 (stock GET /stock) (end): contradicts better evidence\n",
		"      span 0000000000000011 (end): contradicts better evidence\n      and 4 more\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("want %q in\n%s", want, got)
		}
	}
	if narrow := told(t, c, render.Style{Width: 40}); !strings.Contains(narrow, "proven, 1 span, 0 logs of stock") {
		t.Errorf("what the table has no room for is lost:\n%s", narrow)
	}
}

func TestClocksOfAnyValueFit(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	extremes := []int64{0, 1, -1, 999, -us, ms, -3600 * 1e9, skew.Unbounded, skew.UnboundedBack, skew.UnboundedBack + 1}
	any := func() int64 { return extremes[rng.IntN(len(extremes))] }
	proof := func() skew.Proof {
		return skew.Proof{Rule: []string{"", "start", "end", "log"}[rng.IntN(4)], Span: trace.SpanID(rng.IntN(4)), Clock: "\x1b[31m長い"}
	}
	for range 500 {
		c := skew.Clock{
			Name: strings.Repeat("長\u202e-", rng.IntN(40)), Offset: any(), Low: any(), High: any(), HardLow: any(), HardHigh: any(), LowBy: proof(), HighBy: proof(),
			Status: skew.Status(rng.IntN(4)), Samples: rng.IntN(1e9), Evidence: []skew.Count{{Rule: "end", Samples: rng.IntN(1e9)}}, Ignored: rng.IntN(30),
			IgnoredSamples: []skew.Ignored{{Span: 2, Rule: "end", Why: "\x07" + strings.Repeat("why", rng.IntN(99))}}, Spans: rng.IntN(1e9), Logs: rng.IntN(1e9),
			Refuted: rng.IntN(2) == 0, Component: rng.IntN(3), DriftPPM: float64(rng.IntN(2)) * -1e300, Pooled: rng.IntN(2),
		}
		style := render.Style{Width: 1 + rng.IntN(200), ASCII: rng.IntN(2) == 0, Color: rng.IntN(2) == 0}
		got := sgr.ReplaceAllString(told(t, c, style), "")
		if strings.ContainsAny(got, "\x1b\x07\u202e") {
			t.Fatalf("the output could act on a terminal: %q", got)
		}
		_, table, _ := strings.Cut(got, "  CLOCK")
		for line := range strings.SplitSeq(table, "\n") {
			if w := ansi.StringWidth(line); w > max(style.Width, 60) {
				t.Fatalf("%d columns wide, %d allowed: %q of %+v", w, style.Width, line, c)
			}
		}
	}
}

func TestManyCorrectedClocksAreFolded(t *testing.T) {
	tl := &timeline.Timeline{ID: fixtureID}
	for i := range int64(12) {
		tl.Clocks = append(tl.Clocks, skew.Clock{Name: fmt.Sprintf("node-%d", i), Status: skew.Proven, Offset: i * ms, Low: i*ms - ms, High: i*ms + ms})
	}
	header := func(style render.Style) []string {
		var out bytes.Buffer
		if err := render.Tree(&out, tl, style); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.SplitSeq(out.String(), "\n") {
			if strings.HasPrefix(line, "~ ") {
				lines = append(lines, line)
			}
		}
		return lines
	}
	if piped := header(render.Style{}); len(piped) != 11 || !strings.HasPrefix(piped[0], "~ clock node-11 +11.0ms ") {
		t.Errorf("piped: %q, want all, the most wrong first", piped)
	}
	for width, want := range map[int]string{
		100: "~ and 8 more corrected: otrace show " + fixtureID.String() + " --clocks", 60: "~ and 8 more corrected: see --clocks", 30: "~ and 8 more corrected: see -…",
	} {
		lines := header(render.Style{Width: width})
		if len(lines) != 4 || lines[3] != want {
			t.Errorf("%d columns: %q, want three clocks and %q", width, lines, want)
		}
		for _, line := range lines {
			if ansi.StringWidth(line) > width {
				t.Errorf("wider than %d columns: %q", width, line)
			}
		}
	}
}

func TestRawTimeIsSaid(t *testing.T) {
	ev := skewed()
	tl := timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
	var out bytes.Buffer
	if err := render.Tree(&out, tl, render.Style{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "\nevery clock as observed: nothing is corrected\n") || strings.Contains(out.String(), "\n~") {
		t.Errorf("got\n%s", out.String())
	}
}

func TestClocksByMode(t *testing.T) {
	for mode, want := range map[skew.Mode]string{skew.Auto: "skew auto", skew.Mid: "skew mid", skew.Off: "skew off"} {
		ev := skewed()
		tl := timeline.Build(&ev, mode.Estimate(ev.Spans, ev.Logs))
		var out bytes.Buffer
		if err := render.Clocks(&out, tl, render.Style{Width: 100}); err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(out.String(), "\n")
		if !strings.HasSuffix(first, want) {
			t.Errorf("%s: the first line is %q", mode, first)
		}
		golden(t, "clocks.skewed."+mode.String()+".w100-mode.txt", out.Bytes())
	}
}

func TestClocksJSONHidesTheRows(t *testing.T) {
	tl := build(skewed())
	var whole, clocks, header, lines bytes.Buffer
	for _, err := range []error{
		render.JSON(&whole, tl), render.ClocksJSON(&clocks, tl),
		render.NDJSON(&lines, tl), render.ClocksNDJSON(&header, tl),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	type document struct {
		Skew   string            `json:"skew"`
		Clocks []json.RawMessage `json:"clocks"`
		Rows   []json.RawMessage `json:"rows"`
		Hidden struct {
			Spans int `json:"spans"`
			Logs  int `json:"logs"`
		} `json:"hidden"`
	}
	read := func(text []byte) (d document) {
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		return d
	}
	all, some := read(whole.Bytes()), read(clocks.Bytes())
	if some.Rows == nil || len(some.Rows) != 0 || some.Hidden.Spans != tl.Counts.Spans || some.Hidden.Logs != tl.Counts.Logs {
		t.Errorf("%d rows, hidden %+v", len(some.Rows), some.Hidden)
	}
	if some.Skew != "auto" || len(some.Clocks) < 6 || fmt.Sprintf("%s", some.Clocks) != fmt.Sprintf("%s", all.Clocks) {
		t.Error("the clocks differ from those of the whole document")
	}
	if n := strings.Count(header.String(), "\n"); n != 1 || read(header.Bytes()).Rows != nil {
		t.Errorf("%d lines of NDJSON, want the header alone", n)
	}
}

func TestClocksJSONTellsWhy(t *testing.T) {
	var out, indented bytes.Buffer
	if err := render.ClocksJSON(&out, build(skewed())); err != nil {
		t.Fatal(err)
	}
	if err := json.Indent(&indented, out.Bytes(), "", " "); err != nil {
		t.Fatal(err)
	}
	golden(t, "clocks.skewed.json", indented.Bytes())
}
