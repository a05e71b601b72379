package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
)

// From how many columns on a group's page stands beside the list: a line of the
// list needs more room than one of a trace.
const leastForErrorSides = 160

// leastBesidePage is the columns that the list keeps beside a page.
const leastBesidePage = 100

// Render draws what the list comes to, a line a group, and the page of the group
// that the cursor is on.
func (v *errorsView) Render(width, height int) []string {
	if v.scene == nil {
		return v.empty(width)
	}
	v.scene.screen.Resize(width-2, v.expected)
	lines := v.head(width, height)
	height -= len(lines)
	v.place = place{top: len(lines) + 1, width: width}
	switch {
	case v.info:
		return append(lines, v.about.drawn(v.aboutLines(width-2), width, height, v.m.paints)...)
	case len(v.shown) == 0:
		return append(lines, v.nothing(width)...)
	case v.pane.full:
		return append(lines, v.details(width, height)...)
	case v.m.state.Hidden || width < leastForPanes:
		return append(lines, v.list(width, height)...)
	case width >= leastForErrorSides:
		columns := max(min(width*v.m.share()/100, width-leastBesidePage), 40)
		v.place.width = width - columns - 3
		return append(lines, v.m.beside(v.list(width-columns-3, height), v.details(columns, height), width, height, columns, v.pane.chosen)...)
	case height < leastForDrawer-2:
		return append(lines, v.list(width, height)...)
	}
	return append(lines, v.stacked(width, height)...)
}

// stacked draws the page below the list, in the lines that it leaves.
func (v *errorsView) stacked(width, height int) []string {
	rows := min(len(v.shown)+1, height-1-max(height*v.m.share()/100, 4))
	return v.m.above(v.list(width, rows), v.details(width, height-rows-1), width, rows, v.pane.chosen)
}

// empty says what went wrong, or that nothing is asked for.
func (v *errorsView) empty(width int) []string {
	p := v.m.paints
	switch {
	case v.err != nil:
		return v.m.failure(v.err, width)
	case v.asked.cancel != nil:
		return []string{"", text(p.Dim, "  looking for failed spans and for error logs"+p.cut)}
	}
	return []string{"", text(p.Dim, "  nothing was asked for: r asks")}
}

// head tells what all comes to, on as many lines as can be spared.
func (v *errorsView) head(width, height int) []string {
	if v.info || len(v.shown) == 0 && v.only == "" {
		return nil // which tells the same, and more
	}
	most := max(min(height/6, 3), 1)
	parts := v.scene.facts
	if said := v.scene.screen.Expected(); said != "" && !v.expected {
		parts = append(slices.Clip(parts), text(v.m.paints.Dim, said+": x"))
	}
	if said := v.filtering(); said != "" {
		parts = append([]string{said}, parts...)
	}
	return v.m.paints.flow(parts, width, most)
}

// flow puts texts side by side on at most so many lines. What has no room is
// left out at the end.
func (p *paints) flow(parts []string, width, most int) (lines []string) {
	dot, line := text(p.Dim, p.dot), ""
	for _, part := range parts {
		switch {
		case line == "":
			line = " " + part
		case ansi.StringWidth(line+dot+part) <= width:
			line += dot + part
		case len(lines) == most-1:
			return append(lines, p.fit(line, width))
		default:
			lines, line = append(lines, p.fit(line, width)), " "+part
		}
	}
	return append(lines, p.fit(line, width))
}

// list draws the names of the columns and a line a group.
func (v *errorsView) list(width, height int) []string {
	p, s := v.m.paints, v.scene
	s.screen.Resize(width-2, v.expected)
	v.rows.resize(len(v.shown), height-1)
	lines := []string{p.fit("  "+string(s.screen.AppendNames(nil)), width)}
	var buf []byte
	for k := v.rows.top; k < v.rows.end(); k++ {
		n := v.shown[k]
		g := s.group(n)
		sign := " "
		if v.fresh[g.ID] {
			sign = text(p.Warn, freshSign)
		}
		buf = s.screen.Append(append(buf[:0], sign...), s.numberOf(n), g)
		lines = append(lines, v.m.listed(string(buf), k == v.rows.cursor, false, v.pane.moves(), width))
	}
	return lines
}

// details draws the page of the group that the cursor is on.
func (v *errorsView) details(width, height int) []string {
	d, p := v.detail(), v.m.paints
	if d == nil {
		return nil
	}
	wrap := !v.m.state.Unwrap
	lines := v.page.of(pageKey{of: d.Group, width: width, wrap: wrap}, func() []string {
		style := p.Style
		style.Width = width - 2
		return indented(render.GroupLines(d, render.GroupPane{Brief: true, Whole: wrap}, style))
	})
	return v.pane.text.drawn(lines, width, height, p)
}

// nothing says why no group is listed.
func (v *errorsView) nothing(width int) []string {
	pg := page{paints: v.m.paints, width: width - 2, wrap: true}
	pg.add("")
	if v.only != "" {
		pg.para(pg.Warn, fmt.Sprintf("the filter %s matches none of %d groups", v.only, v.listed()))
		pg.para(pg.Dim, "f changes it, F takes it away")
		return indented(pg.lines)
	}
	lines := append([]string{""}, v.scene.screen.Overview(width-2)...)
	if len(v.scene.report.Expected) > 0 {
		lines = append(lines, "", text(pg.Dim, "x lists what is expected"))
	}
	return indented(lines)
}

// aboutLines are all that there is to say about the list.
func (v *errorsView) aboutLines(width int) []string {
	pg := page{paints: v.m.paints, width: width, wrap: true}
	pg.para(pg.Title, "About this list")
	for _, own := range v.troubles() {
		pg.para(own.paint, own.text)
	}
	pg.lines = append(pg.lines, v.scene.screen.Overview(width)...)
	searched := v.scene.report.Searched
	pg.blank()
	pg.field("indices", strings.Join(searched.Indices, ", "))
	pg.field("fields", strings.Join(searched.Fields, ", "))
	pg.field("asked", v.liveText(false))
	pg.field("command", v.command())
	return indented(pg.lines)
}

// A trouble is something to know before the list is believed.
type trouble struct {
	paint render.Paint
	text  string
}

// troubles are what the last request came to, where that was not what is shown.
func (v *errorsView) troubles() (list []trouble) {
	p, s := v.m.paints, v.scene
	switch {
	case v.err != nil && s.number == v.asked.number:
		list = append(list, trouble{p.Fault, p.cross + " broke off, and not all is here: " + v.err.Error() + " (r asks again)"})
	case v.err != nil:
		list = append(list, trouble{p.Fault, p.cross + " as it was before: " + v.err.Error() + " (r asks again)"})
	case s.scope != v.scope && v.asked.cancel == nil:
		list = append(list, trouble{p.Warn, p.missing + " as it was before: " + s.screen.Span() + "; what was asked for last did not come (r asks again)"})
	case s.scope != v.scope:
		list = append(list, trouble{p.Warn, p.missing + " as it was before, until what was asked for is there"})
	}
	switch {
	case s.report.Pending && s.report.Calendar.Slices == 0 && v.asked.cancel != nil:
		list = append(list, trouble{p.Warn, p.missing + " not all is read yet: counts may grow"})
	case s.report.Pending && s.number == v.asked.number && v.asked.cancel != nil:
		list = append(list, trouble{p.Warn, p.missing + " not compared yet, and counts may grow: what is NEW or RISING comes with what was before"})
	case s.report.Pending:
		list = append(list, trouble{p.Warn, p.missing + " not compared: what is new or rising is not known (r asks again)"})
	}
	return list
}

// status tells what is missing, and whether the list is live.
func (v *errorsView) status(width int) string {
	if v.scene == nil {
		return text(v.m.paints.Dim, v.liveText(true))
	}
	list := v.troubles()
	for _, lack := range v.scene.lacks {
		list = append(list, trouble{v.m.paints.Warn, lack})
	}
	return v.m.paints.telling(list, v.liveText(width < leastForSides && len(list) > 0), "i", width)
}

// mostTold is how many troubles a line tells at once.
const mostTold = 4

// telling puts as many troubles on a line as have room, the first in any case,
// and counts the others, which a key tells.
func (p *paints) telling(list []trouble, last, key string, width int) string {
	dot := text(p.Dim, p.dot)
	for shown := min(len(list), mostTold); shown >= 0; shown-- {
		var parts []string
		for _, t := range list[:shown] {
			parts = append(parts, text(t.paint, t.text))
		}
		if rest := len(list) - shown; rest > 0 && shown > 0 {
			parts = append(parts, text(p.Title, fmt.Sprintf("%s tells %d more", key, rest)))
		}
		if last != "" {
			parts = append(parts, text(p.Dim, last))
		}
		if line := " " + strings.Join(parts, dot); shown == len(list) && shown == 0 || shown > 0 && ansi.StringWidth(line) <= width {
			return p.fit(line, width)
		}
	}
	tail := dot + text(p.Title, key+" tells all")
	if last != "" {
		tail += dot + text(p.Dim, last)
	}
	return p.fit(" "+text(list[0].paint, list[0].text), max(width-ansi.StringWidth(tail), width/2)) + tail
}
