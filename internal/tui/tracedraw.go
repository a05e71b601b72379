package tui

import (
	"fmt"
	"strings"
)

// From how many columns on details stand beside the rows, and from how many on
// they stand below them.
const (
	leastForSides = 100
	leastForPanes = 60

	leastForDrawer = 16 // lines
)

// Render draws the tabs, the rows, and the details where there is room for them.
func (v *traceView) Render(width, height int) []string {
	p := v.m.paints
	if v.scene == nil {
		return v.empty(width)
	}
	lines := []string{v.tabs(width)}
	height--
	switch detail := v.detailSize(width, height); {
	case v.full:
		return append(lines, v.details(width, height)...)
	case detail == 0:
		return append(lines, v.body(width, height)...)
	case width >= leastForSides:
		return append(lines, v.beside(width, height, detail)...)
	default:
		lines = append(lines, v.body(width, height-detail-1)...)
		for len(lines) < 1+height-detail-1 {
			lines = append(lines, "")
		}
		lines = append(lines, text(p.Dim, strings.Repeat(p.across, width)))
		return append(lines, v.details(width, detail)...)
	}
}

// detailSize is the columns or lines that the details have; 0 for none.
func (v *traceView) detailSize(width, height int) int {
	switch {
	case v.m.state.Hidden || v.tab == tabRaw || v.tab == tabServices || width < leastForPanes:
		return 0
	case width >= leastForSides:
		return max(min(width*v.m.share()/100, width-leastForPanes), 30)
	}
	if lines := height * v.m.share() / 100; height >= leastForDrawer {
		return max(lines, 4)
	}
	return 0
}

// beside draws the rows and the details side by side.
func (v *traceView) beside(width, height, detail int) []string {
	return v.m.beside(v.body(width-detail-3, height), v.details(detail, height), width, height, detail, v.inDetail)
}

// empty says what is waited for, or what went wrong.
func (v *traceView) empty(width int) []string {
	if v.err != nil {
		return v.m.failure(v.err, width)
	}
	if v.asked.cancel == nil {
		return []string{"", text(v.m.paints.Dim, "  nothing was asked for: r asks")}
	}
	return nil
}

// failure tells what went wrong, and what to do.
func (m *model) failure(err error, width int) []string {
	pg := page{paints: m.paints, width: width - 4, wrap: true}
	pg.add("")
	pg.hang(m.paints.Fault, text(m.paints.Fault, m.paints.cross)+" ", "  ", err.Error())
	if m.opts.Hint != nil {
		if hint := m.opts.Hint(err); hint != "" {
			pg.para(m.paints.Dim, hint)
		}
	}
	pg.add("")
	pg.para(m.paints.Dim, "r asks again")
	for k := range pg.lines {
		pg.lines[k] = "  " + pg.lines[k]
	}
	return pg.lines
}

// tabs is the line that names them, and tells what a filter leaves.
func (v *traceView) tabs(width int) string {
	p := v.m.paints
	var parts []string
	for t, name := range tabNames {
		if label := fmt.Sprintf("%d %s", t+1, name); tab(t) == v.tab {
			parts = append(parts, text(p.Title, "["+label+"]"))
		} else if width >= 40 {
			parts = append(parts, text(p.Dim, " "+label+" "))
		}
	}
	return p.sides(strings.Join(parts, ""), v.filtering(), width)
}

// filtering tells the filter and how much it leaves. A search is told when there
// is no filter.
func (v *traceView) filtering() string {
	p, s := v.m.paints, v.scene.sift
	switch {
	case s != nil:
		all := len(v.scene.tl.Rows)
		count := fmt.Sprintf("%d of %d rows", s.rows, all)
		if v.sifting.busy {
			count += p.cut
		}
		return text(p.Warn, "filter: "+s.text) + "  " + text(p.Title, count)
	case v.sifting.busy:
		return text(p.Warn, "filtering"+p.cut)
	case v.search.rows != nil:
		return text(p.Dim, fmt.Sprintf("/%s: %s", v.search.text, counting(len(v.search.rows), "row")))
	}
	return text(p.Dim, counting(len(v.scene.tl.Rows), "row"))
}

// counting is a number and what it counts.
func counting(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// body draws the tab.
func (v *traceView) body(width, height int) []string {
	switch v.tab {
	case tabLogs:
		return v.logsTab(width, height)
	case tabServices:
		return v.servicesTab(width, height)
	case tabRaw:
		return v.rawTab(width, height)
	}
	return v.timelineTab(width, height)
}

// listed is a line of a list, with the sign of the cursor or of what was looked
// for before it.
func (v *traceView) listed(line string, cursor, match bool, width int) string {
	return v.m.listed(line, cursor, match, v.isElsewhere(), width)
}

// isElsewhere reports whether keys move in the details rather than in the rows.
func (v *traceView) isElsewhere() bool { return v.inDetail || v.full }

func (m *model) listed(line string, cursor, match, elsewhere bool, width int) string {
	p := m.paints
	sign := " "
	if match {
		sign = text(p.Warn, p.match)
	}
	switch {
	case cursor && elsewhere:
		return p.fit(text(p.Dim, p.cursor)+line, width)
	case cursor:
		return p.highlight(text(p.Title, p.cursor)+line, width)
	}
	return p.fit(sign+line, width)
}
