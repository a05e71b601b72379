package render

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"github.com/otrace/otrace/internal/trace"
)

// A paint is what to write before and after a text to style it. Styles are
// made by lipgloss once and then cost two appends a use.
type paint struct{ on, off string }

func (p paint) append(b []byte, s string) []byte {
	return append(append(append(b, p.on...), s...), p.off...)
}

// A theme is every style and sign that rows are drawn with.
type theme struct {
	title, dim, fault, warn, fixed, bar, service paint
	signs
}

// signs are the characters that otrace draws itself.
type signs struct {
	pipe, beside, fork, last, end, knot, leads, leaf, cross, event, missing, corrected, undecided, dot, bang, cut, elided, link string
	folded, times, dash, silent, critical                                                                                       string
	barFull, barThin, barMany                                                                                                   string
}

var (
	unicodeSigns = signs{
		pipe: "│", beside: "│ ", fork: "├", last: "└", end: "╵ ", knot: "▾", leads: "▿", leaf: "─", cross: "✗", event: "◆", missing: "⋯",
		corrected: "~", undecided: "≈", dot: "·", bang: "!", cut: "…", elided: "…", link: "↗",
		folded: "▸", times: "×", dash: "–", silent: "⋯", critical: "*", barFull: "━", barThin: "─", barMany: "┅",
	}
	asciiSigns = signs{
		pipe: "|", beside: "| ", fork: "|", last: "`", end: "' ", knot: "v", leads: ":", leaf: "-", cross: "x", event: "*", missing: "?",
		corrected: "~", undecided: "?", dot: ".", bang: "!", cut: ">", elided: "...", link: "^",
		folded: "+", times: "x", dash: "-", silent: "...", critical: "=", barFull: "=", barThin: "-", barMany: ":",
	}
)

func newTheme(s Style) *theme {
	t := &theme{signs: unicodeSigns}
	if s.ASCII {
		t.signs = asciiSigns
	}
	if !s.Color {
		return t
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.ANSI256) // both are said, so that no terminal is ever asked
	r.SetHasDarkBackground(!s.Light)
	color := func(light, dark string) lipgloss.Style {
		return r.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: light, Dark: dark})
	}
	t.title = newPaint(r.NewStyle().Bold(true))
	t.dim = newPaint(color("243", "245"))
	t.fault = newPaint(color("160", "203").Bold(true))
	t.warn = newPaint(color("130", "214"))
	t.fixed = newPaint(color("91", "141"))
	t.bar = newPaint(color("31", "74"))
	t.service = newPaint(color("25", "110"))
	return t
}

// newPaint takes apart what lipgloss makes of a placeholder.
func newPaint(s lipgloss.Style) paint {
	on, off, _ := strings.Cut(s.Render("x"), "x")
	return paint{on, off}
}

// level returns a level's letter and how to paint it.
func (t *theme) level(l trace.Level) (string, paint) {
	switch l {
	case trace.LevelTrace:
		return "T", t.dim
	case trace.LevelDebug:
		return "D", t.dim
	case trace.LevelInfo:
		return "I", paint{}
	case trace.LevelWarn:
		return "W", t.warn
	case trace.LevelError:
		return "E", t.fault
	case trace.LevelFatal:
		return "F", t.fault
	}
	return t.dot, t.dim
}
