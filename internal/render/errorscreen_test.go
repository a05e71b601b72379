package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/triage"
)

// A screen's lines fit, whatever stands in them and however often the width
// changes.
func TestErrorScreenFits(t *testing.T) {
	reports := errorReports()
	reports["zero"], reports["early"] = &triage.Report{}, allKinds().Before()
	for name, r := range reports {
		for _, style := range []render.Style{{}, {ASCII: true}, {Color: true}} {
			s := render.NewErrorScreen(r, style)
			for _, width := range []int{300, 22, 58, 78, 98, 118, 133, 200} {
				for _, expected := range []bool{false, true} {
					s.Resize(width, expected)
					lines := []string{string(s.AppendNames(nil))}
					for i := range r.Groups {
						lines = append(lines, string(s.Append(nil, i+1, &r.Groups[i])))
					}
					for i := range r.Expected {
						lines = append(lines, string(s.Append(nil, len(r.Groups)+r.Hidden+i+1, &r.Expected[i])))
					}
					for _, line := range lines {
						checkVisible(t, sgr.ReplaceAllString(line, ""))
						if w := ansi.StringWidth(line); width >= 58 && w > width {
							t.Errorf("%s: %d columns, %d allowed: %q", name, w, width, line)
						}
					}
					for _, line := range s.Overview(width) {
						if w := ansi.StringWidth(line); width >= 58 && w > width {
							t.Errorf("%s: %d columns, %d allowed: %q", name, w, width, line)
						}
					}
				}
			}
		}
	}
}

// A screen has the columns that it has room for, and the words of the list.
func TestErrorScreenColumns(t *testing.T) {
	r := allKinds()
	s := render.NewErrorScreen(r, render.Style{})
	for _, tt := range []struct {
		width       int
		names, line string
	}{
		{58, "FLAG TRACES SERVICE ERROR", "RISING 40 payment TimeoutError: upstream did not…"},
		{78, "FLAG TRACES BEFORE LAST SERVICE ERROR", "RISING 40 12 12s payment TimeoutError: upstream did not answe…"},
		{98, "FLAG TRACES LOGS BEFORE LAST SERVICE OPERATION ERROR", "RISING 40 214 12 12s payment POST /charge TimeoutError: upstream did not an…"},
		{160, "FLAG TRACES LOGS 24H BEFORE TREND LAST SERVICE OPERATION ERROR", "RISING 40 214 12 (0.5/h) ··▁▂▃▄▅▆▇█ 12s ago payment POST /charge TimeoutError: upstream did not answer within <*>"},
	} {
		s.Resize(tt.width, false)
		if got := words(string(s.AppendNames(nil))); got != tt.names {
			t.Errorf("at %d columns the names are %q, want %q", tt.width, got, tt.names)
		}
		if got := words(string(s.Append(nil, 3, &r.Groups[2]))); got != tt.line {
			t.Errorf("at %d columns the line is %q, want %q", tt.width, got, tt.line)
		}
	}
	s.Resize(160, true)
	for n, want := range map[int]string{2: "NEW? 5", 4: "31", 5: "-", 7: "expected 40"} {
		g := &r.Expected[0]
		if n <= len(r.Groups) {
			g = &r.Groups[n-1]
		}
		if got := words(string(s.Append(nil, n, g))); !strings.HasPrefix(got, want) {
			t.Errorf("group %d is %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{2: "→ api.psp.example 503", 4: "slow", 5: "log: smtp <*> greylisted"} {
		if got := string(s.Append(nil, n, &r.Groups[n-1])); !strings.Contains(got, want) {
			t.Errorf("group %d is %q, want %q in it", n, got, want)
		}
	}
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// What is not known is told, the worst of it first.
func TestLacks(t *testing.T) {
	r := partialErrors()
	r.Gaps = append(r.Gaps, errorReports()["unknown"].Gaps...)
	lacks := render.Lacks(r, render.Style{})
	want := []string{"elasticsearch is missing", "jaeger is incomplete", "500 failing traces were read", "a random sample", "not read whole", "of which 17 can be compared with", "! the level"}
	if len(lacks) != len(want) {
		t.Fatalf("there are %d: %q", len(lacks), lacks)
	}
	for i, text := range want {
		if !strings.Contains(lacks[i], text) {
			t.Errorf("%d is %q, want %q", i, lacks[i], text)
		}
	}
	if lacks := render.Lacks(allKinds(), render.Style{}); len(lacks) > 0 {
		t.Errorf("%q of a report that lacks nothing", lacks)
	}
	if lacks := render.Lacks(allKinds().Before(), render.Style{}); len(lacks) > 0 {
		t.Errorf("%q of a report that is still being asked for", lacks)
	}
}

// A group's page fits into panes from 30 columns on, and no style leaves its
// line.
func TestGroupLinesFit(t *testing.T) {
	for name, d := range details() {
		for _, style := range []render.Style{{}, {ASCII: true}, {Color: true}} {
			for _, pane := range []render.GroupPane{{}, {Whole: true}, {Brief: true, Whole: true}, {Instead: "still being asked for"}} {
				for _, width := range []int{30, 31, 40, 64, 100, 200} {
					style.Width = width
					for _, line := range render.GroupLines(d, pane, style) {
						plain := sgr.ReplaceAllString(line, "")
						checkVisible(t, plain)
						if w := ansi.StringWidth(plain); w > width {
							t.Errorf("%s: %d columns, %d allowed: %q", name, w, width, plain)
						}
						if at := strings.LastIndex(line, "\x1b["); at >= 0 && !strings.HasPrefix(line[at:], "\x1b[0m") {
							t.Errorf("%s: a style goes on: %q", name, line)
						}
					}
				}
			}
		}
	}
}

// A pane tells what it is asked for, and long logs to their ends.
func TestGroupLines(t *testing.T) {
	d := details()["new"]
	page := func(pane render.GroupPane, width int) string {
		return words(strings.Join(render.GroupLines(d, pane, render.Style{Width: width}), "\n"))
	}
	for _, tt := range []struct {
		pane         render.GroupPane
		tells, omits string
	}{
		{render.GroupPane{}, "stands out against 50 healthy traces", "traces, the newest first"},
		{render.GroupPane{Instead: "not yet"}, "not yet", "stands out"},
		{render.GroupPane{Brief: true}, "traces, the newest first", "against the 24h before"},
		{render.GroupPane{Whole: true}, "reserved for superuser connections", "…"},
	} {
		if got := page(tt.pane, 60); !strings.Contains(got, tt.tells) || strings.Contains(got, tt.omits) {
			t.Errorf("%+v tells %q, or not %q: %s", tt.pane, tt.omits, tt.tells, got)
		}
	}
	if got := page(render.GroupPane{}, 60); !strings.Contains(got, "…") {
		t.Errorf("no log is cut: %s", got)
	}
}

// TestGroupNames names groups in few words.
func TestGroupNames(t *testing.T) {
	r := allKinds()
	for i, want := range []string{"catalog PSQLException", "payment 503", "payment TimeoutError", "inventory slow", "email logs", "worker IllegalStateException"} {
		if got := render.GroupName(&r.Groups[i]); got != want {
			t.Errorf("group %d is %q, want %q", i, got, want)
		}
	}
	for i, want := range []string{"org.postgresql.util.PSQLException: FATAL: remaining", "503", "TimeoutError: ", "slow", "smtp <*>"} {
		if got := render.GroupMessage(&r.Groups[i]); !strings.HasPrefix(got, want) {
			t.Errorf("group %d says %q, want %q", i, got, want)
		}
	}
	g := triage.Group{ID: "1", Service: "a", Operation: "b", Said: r.Groups[0].Said}
	if got := fmt.Sprint(render.GroupName(&g), "; ", render.GroupMessage(&g)); got != "a b; "+g.Said[0].Example.Message {
		t.Errorf("it is %q", got)
	}
	if got := render.GroupMessage(&triage.Group{}); got != "-" {
		t.Errorf("nothing says %q", got)
	}
	style := render.Style{JaegerUI: "http://jaeger/"}
	if got := render.TraceAddress(traceID(1), style); got != "http://jaeger/trace/"+traceID(1).String() {
		t.Errorf("the address is %q", got)
	}
}
