package render_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// lineWith returns the line that begins with a text.
func lineWith(text, beginning string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, beginning) {
			return line
		}
	}
	return ""
}

func TestCriticalPathByService(t *testing.T) {
	waits := []timeline.Share{{Service: "payment", Time: 605}, {Service: "order", Time: 220}, {Service: "gateway", Time: 90}, {Service: "stock", Time: 50}, {Service: "", Time: 32}, {Service: "\x1bmail", Time: 3}}
	tests := []struct {
		width int
		waits []timeline.Share
		want  string
	}{
		{0, waits, "critical path: payment 61 %, order 22 %, gateway 9 %, stock 5 %, no service 3 %, ␛mail <1 %"},
		{80, waits, "critical path: payment 61 %, order 22 %, gateway 9 %, stock 5 %, 2 more 4 %"},
		{60, waits, "critical path: payment 61 %, order 22 %, 4 more 18 %"},
		{30, waits, "critical path: payment 61 %, …"},
		{80, waits[:1], ""},
		{80, nil, ""},
	}
	for _, tt := range tests {
		tl := build(order())
		tl.Waits = tt.waits
		got := lineWith(draw(t, render.Tree, tl, render.Style{Width: tt.width}), "critical path")
		if got != tt.want || tt.width > 0 && ansi.StringWidth(got) > tt.width {
			t.Errorf("at %d: got %q, want %q", tt.width, got, tt.want)
		}
	}
}

// Where all that is shown is on the critical path, its weight says nothing.
func TestBarsMarkTheCriticalPathWhereItDivides(t *testing.T) {
	style := render.Style{Width: 100}
	whole := draw(t, render.Tree, build(parallel()), style)
	path := draw(t, render.Tree, build(parallel()).Filter(&timeline.Filter{Critical: true}), style)
	if !strings.Contains(whole, "━ critical path\n") || strings.Count(body(whole), " ─") != 3 {
		t.Errorf("the path does not divide:\n%s", whole)
	}
	if strings.Contains(path, "━ critical path") || strings.Contains(body(path), " ─") {
		t.Errorf("the path divides itself:\n%s", path)
	}
}

// Without bars a sign stands where much of the time was spent, and nowhere else:
// of two hundred calls in a row none took a twentieth.
func TestASignMarksMuchOfTheCriticalPath(t *testing.T) {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{span(1, 0, "shop", "GET /", 0, 1000*ms), span(2, 1, "till", "slow", 800*ms, 200*ms)}}
	for i := range int64(200) {
		ev.Spans = append(ev.Spans, span(trace.SpanID(i+3), 1, "shop", "call", 4*i*ms, 4*ms))
	}
	for _, style := range []render.Style{{}, {Width: 60}, {Width: 79}} {
		text := draw(t, render.Tree, build(ev), style)
		if strings.Count(body(text), "*") != 1 || !strings.Contains(text, "*200ms") || !strings.Contains(text, "* itself 5 % of") && !strings.Contains(text, "* long on") {
			t.Errorf("at %d:\n%s", style.Width, text)
		}
	}
}

func TestHiddenRowsAreCounted(t *testing.T) {
	filtered := build(order()).Filter(&timeline.Filter{Errors: true})
	nothing := build(order()).Filter(&timeline.Filter{Services: []timeline.Pattern{timeline.NewPattern("nobody")}})
	for name, f := range map[string]format{"tree": render.Tree, "table": render.Table, "timeline": render.Timeline, "markdown": render.Markdown} {
		for tl, want := range map[*timeline.Timeline]string{
			filtered: "hidden: 3 of 7 spans, 3 of 5 logs", nothing: "the filter matches nothing: it hides 7 spans, 5 logs and 1 event", build(order()): "",
		} {
			text := draw(t, f, tl, render.Style{Width: 100})
			if !strings.Contains(text, want) || strings.Count(text, "hid")-strings.Count(text, "rows hidden)") != min(len(want), 1) {
				t.Errorf("%s does not say %q once:\n%s", name, want, text)
			}
		}
	}
}
