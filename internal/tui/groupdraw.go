package tui

import (
	"fmt"
	"time"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// The smallest lists of traces: columns beside the page, lines below it.
const (
	leastForTraces = 32
	leastOfTraces  = 4
)

// Render draws the group's page, and beside it or below it its traces.
func (v *groupView) Render(width, height int) []string {
	beside := width >= leastForSides
	switch {
	case v.pane.full:
		return v.text(width, height)
	case v.m.state.Hidden || !beside && height < 2*leastOfTraces+1:
		v.place = place{1, width}
		return v.list(width, height)
	case beside:
		columns := max(min(width*v.m.share()/100, width-leastForPanes), leastForTraces)
		v.place = place{1, columns}
		return v.m.beside(v.text(width-columns-3, height), v.list(columns, height), width, height, columns, v.pane.chosen)
	}
	rows := min(len(v.traces())+1, max(height*v.m.share()/100, leastOfTraces))
	lines := height - rows - 1
	v.place = place{lines + 2, width}
	return v.m.above(v.text(width, lines), v.list(width, rows), width, lines, v.pane.chosen)
}

// text draws the page.
func (v *groupView) text(width, height int) []string {
	d, p := v.best(), v.m.paints
	wrap, pending := !v.m.state.Unwrap, v.pending()
	lines := v.page.of(pageKey{of: d, width: width, wrap: wrap, note: pending}, func() []string {
		style := p.Style
		style.Width = width - 2
		return indented(render.GroupLines(d, render.GroupPane{Instead: pending, Whole: wrap}, style))
	})
	return v.pane.text.drawn(lines, width, height, p)
}

// list draws a line a trace.
func (v *groupView) list(width, height int) []string {
	p, traces := v.m.paints, v.traces()
	v.rows.resize(len(traces), height-1)
	lines := []string{p.fit(" "+v.listed(), width)}
	if len(traces) == 0 {
		return append(lines, p.fit(text(p.Dim, "  its logs name none"), width))
	}
	for k := v.rows.top; k < v.rows.end(); k++ {
		lines = append(lines, v.m.listed(v.line(&traces[k], width), k == v.rows.cursor, false, v.pane.moves(), width))
	}
	return lines
}

// listed says how many traces are listed, and of how many.
func (v *groupView) listed() string {
	p, n, all := v.m.paints, len(v.traces()), v.known.Group.Traces
	switch {
	case n == 0:
		return text(p.Title, "no trace to open")
	case n < all:
		return text(p.Title, fmt.Sprintf("%d of %d traces", n, all)) + text(p.Dim, ", newest first")
	case n == 1:
		return text(p.Title, "1 trace")
	}
	return text(p.Title, fmt.Sprintf("%d traces", n)) + text(p.Dim, ", newest first")
}

// leastForWhole is the columns of a list that has room for whole IDs.
const leastForWhole = 90

// line is a trace: when it failed, its ID, and what a log of it says.
func (v *groupView) line(e *triage.Example, width int) string {
	p, id, columns := v.m.paints, shortID(e.Trace), 8
	if width >= leastForWhole {
		id, columns = e.Trace.String(), 32
	}
	return v.when(e.Time) + "  " + p.fit(text(p.Service, id), columns) + "  " + text(render.Paint{}, clipped(v.said[e.Trace]))
}

// clipped is as much of a text as a line can show.
func clipped(s string) string { return s[:min(len(s), longest)] }

// when is a moment within the window.
func (v *groupView) when(at int64) string {
	layout := time.TimeOnly
	if w := v.known.Report.Calendar.Window; w.From == 0 || w.Until-w.From > int64(24*time.Hour) {
		layout = "01-02 15:04:05"
	}
	if at == trace.NoTime {
		return fmt.Sprintf("%*s", len(layout), "-")
	}
	return time.Unix(0, at).UTC().Format(layout)
}
