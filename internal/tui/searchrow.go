package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

// leastForCounts is the columns that spans and logs are counted in.
const leastForCounts = 80

// byColumn is how wide the column is that tells how traces were found; without
// conditions it is by their spans.
func (v *searchView) byColumn(width int) int {
	switch {
	case v.got == nil || len(v.got.query.Conditions) == 0 || width < leastForCounts:
		return 0
	case width < leastForSides:
		return len("SL")
	}
	return len("spans")
}

// foundBy tells in so many columns by which source a trace was found.
func foundBy(t *trace.Summary, columns int) string {
	short, word := "S ", "spans"
	switch {
	case t.BySpans && t.ByLogs:
		short, word = "SL", "both"
	case t.ByLogs:
		short, word = " L", "logs"
	}
	if columns == len(short) {
		return short
	}
	return fmt.Sprintf("%-*s", columns, word)
}

// columns are the names of the columns; the one that the list is sorted by has
// a sign.
func (v *searchView) columns(width int) string {
	sign := [allOrders]string{" ", " ", " "}
	if sign[v.by] = "▾"; v.m.paints.ASCII {
		sign[v.by] = "v"
	}
	if width < leastForPanes {
		return " STARTED" + sign[byNewest] + "  ERR" + sign[byErrors] + "    DUR" + sign[byDuration] + " ROOT"
	}
	counts := ""
	if n := v.byColumn(width); n > 0 {
		counts = fmt.Sprintf("%-*s ", n, "BY")
	}
	if width >= leastForCounts {
		counts += "SPANS  LOGS "
	}
	return " STARTED (UTC)" + sign[byNewest] + " TRACE    " + counts + "  ERR" + sign[byErrors] + "     DUR" + sign[byDuration] + "ROOT"
}

// line draws a trace under the columns' names.
func (v *searchView) line(t *trace.Summary, width int) string {
	p := v.m.paints
	when, took := "-", ""
	if t.Start != trace.NoTime {
		at := time.Unix(0, t.Start).UTC()
		if when = at.Format("15:04:05"); width >= leastForPanes {
			when = at.Format("01-02 15:04:05")
		}
		took = render.Duration(t.End-t.Start, p.ASCII)
	}
	others := ""
	if list := slices.DeleteFunc(slices.Clone(t.Services), func(s string) bool { return s == t.Service }); width >= leastForSides && len(list) > 0 {
		others = text(p.Dim, "  + "+strings.Join(list, ", "))
	}
	root := text(p.Service, t.Service) + " " + text(render.Paint{}, t.Operation) + others
	if t.Service == "" && t.Operation == "" {
		root = text(p.Dim, "logs only") + others
	}
	took = strings.Repeat(" ", max(8-render.Columns(took), 0)) + took
	if width < leastForPanes {
		return fmt.Sprintf("%-8s %s %s %s", when, v.errors(t), took, root)
	}
	counts := ""
	if n := v.byColumn(width); n > 0 {
		counts = text(p.Dim, foundBy(t, n)) + " "
	}
	if width >= leastForCounts {
		counts += count(t.Spans, t.Unasked, 5) + " " + count(t.Logs, t.Uncounted, 5) + " "
	}
	return fmt.Sprintf("%-14s %s %s%s %s %s", when, p.fit(text(p.Dim, shortID(t.ID)), 8), counts, v.errors(t), took, root)
}

// errors is how many errors a trace has in five columns, as far as is known.
func (v *searchView) errors(t *trace.Summary) string {
	p := v.m.paints
	n, unsure := faults(t), t.Unasked || t.Uncounted
	switch {
	case n == 0 && unsure:
		return text(p.Dim, fmt.Sprintf("%5s", "?"))
	case n == 0:
		return fmt.Sprintf("%5s", "")
	}
	s := fmt.Sprintf("%s%d", p.cross, n)
	if unsure || t.AtLeast {
		s += "+"
	}
	return text(p.Fault, fmt.Sprintf("%5s", s))
}

// count is a number, or that it is not known.
func count(n int, unknown bool, width int) string {
	if unknown {
		return fmt.Sprintf("%*s", width, "?")
	}
	return fmt.Sprintf("%*d", width, n)
}
