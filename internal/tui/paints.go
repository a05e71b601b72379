package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
)

// paints are the styles of the rows, and what only a screen has: a row that the
// cursor is on, and signs of its own.
type paints struct {
	render.Paints
	render.Style
	selected, off string // around the cursor's row
	signs
}

type signs struct{ cursor, match, crumb, dot, side, across, cross, ok, missing, cut, wait, corrected string }

func newPaints(style render.Style) *paints {
	p := &paints{Paints: render.NewPaints(style), Style: style, selected: "\x1b[7m", off: "\x1b[27m"}
	p.signs = signs{
		cursor: "▌", match: "▪", crumb: " ▸ ", dot: " · ", side: "│", across: "─", cross: "✗", ok: "✓", missing: "⋯", cut: "…", wait: "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏", corrected: "~",
	}
	if style.ASCII {
		p.signs = signs{
			cursor: ">", match: "*", crumb: " > ", dot: " - ", side: "|", across: "-", cross: "x", ok: "ok ", missing: "?", cut: ">", wait: `|/-\`, corrected: "~",
		}
	}
	switch {
	case style.Color && style.Light:
		p.selected, p.off = "\x1b[48;5;253m", "\x1b[49m"
	case style.Color:
		p.selected, p.off = "\x1b[48;5;237m", "\x1b[49m"
	}
	return p
}

// fit cuts or fills a line to exactly so many columns.
func (p *paints) fit(line string, width int) string {
	w := ansi.StringWidth(line)
	if w > width {
		line = ansi.Truncate(line, width, p.cut)
		w = ansi.StringWidth(line)
	}
	return line + strings.Repeat(" ", max(width-w, 0))
}

// cutTo cuts harmless text where it is too wide.
func (p *paints) cutTo(s string, width int) string {
	if render.Columns(s) <= width {
		return s
	}
	return render.Clip(s, width-render.Columns(p.cut)) + p.cut
}

// highlight draws a whole line as the cursor's: what ends a style within it must
// not end this.
func (p *paints) highlight(line string, width int) string {
	line = p.fit(line, width)
	return p.selected + strings.ReplaceAll(line, reset, reset+p.selected) + p.off
}

// reset is how styles end.
const reset = "\x1b[0m"

// sides puts one text at the left end of a line and another at the right one,
// which is cut first.
func (p *paints) sides(left, right string, width int) string {
	l, r := ansi.StringWidth(left), ansi.StringWidth(right)
	switch {
	case l+r+2 <= width:
		return left + strings.Repeat(" ", width-l-r) + right
	case l+2+8 <= width:
		return left + "  " + p.fit(right, width-l-2)
	}
	return p.fit(left, width)
}

// text styles text from outside.
func text(paint render.Paint, s string) string { return paint.Text(safe.Of(s)) }

// wrap breaks harmless text into lines of so many columns, between words where
// that is possible.
func wrap(s string, width int) []string {
	if render.Columns(s) <= width {
		return []string{s}
	}
	return strings.Split(ansi.Wrap(s, max(width, 1), " ,;&"), "\n")
}
