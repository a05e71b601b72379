package tui

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
)

// timelineTab draws the rows as a tree on a time axis.
func (v *traceView) timelineTab(width, height int) []string {
	s := v.scene
	v.rows.resize(len(s.lines), height-1)
	if len(s.lines) == 0 {
		return v.nothingLeft(width)
	}
	v.fitScreen(width - 1)
	lines := []string{v.names(width)}
	var buf []byte
	for k := v.rows.top; k < v.rows.end(); k++ {
		buf = v.appendRow(buf[:0], k)
		from, to := s.screen.Words(&s.tl.Rows[s.lines[k].row])
		line := v.lit(string(buf), from, to, k == v.rows.cursor && !v.isElsewhere())
		lines = append(lines, v.listed(line, k == v.rows.cursor, v.search.matches(s.lines[k].row), width))
	}
	return lines
}

// names are those of the columns. A time on the axis that has no room is left
// out whole.
func (v *traceView) names(width int) string {
	line := " " + string(v.scene.screen.AppendNames(nil))
	if ansi.StringWidth(line) > width {
		line = ansi.Truncate(line, width, "")
		if at := strings.LastIndexByte(line, ' '); at > 0 {
			line = line[:at]
			if v.m.paints.Color {
				line += reset
			}
		}
	}
	return v.m.paints.fit(line, width)
}

func (v *traceView) appendRow(b []byte, k int) []byte {
	s := v.scene
	at := s.place(k, v.scene.screen.Levels())
	if l := &s.lines[k]; l.silence >= 0 {
		return v.scene.screen.AppendSilence(b, &s.tl.Silences[l.silence], at)
	}
	return v.scene.screen.Append(b, s.row(k), at)
}

// fitScreen shares the width out, and lets the bars show what is zoomed to.
func (v *traceView) fitScreen(width int) {
	if s, without := v.scene, v.m.state.Without; s.width != width || s.without != without {
		s.width, s.without = width, without
		s.screen.Resize(width, without)
	}
	axis := v.axis()
	v.scene.screen.Zoom(axis.from, axis.length)
}

// changeColumns leaves columns out, one way after the other.
func (v *traceView) changeColumns() tea.Cmd {
	const bars, services = render.BarColumn, render.ServiceColumn
	m := v.m
	switch m.state.Without {
	case 0:
		m.state.Without = bars
		return m.saying("without bars: C leaves services out in their place")
	case bars:
		m.state.Without = services
		return m.saying("without services: C leaves bars out, too")
	case services:
		m.state.Without = bars | services
		return m.saying("without bars and services: C shows both again")
	}
	m.state.Without = 0
	return m.saying("all columns")
}

// nothingLeft says why no row is seen.
func (v *traceView) nothingLeft(width int) []string {
	p := v.m.paints
	pg := page{paints: p, width: width - 2, wrap: true}
	pg.add("")
	if s := v.scene.sift; s != nil {
		c := v.scene.tl.Counts
		pg.para(p.Warn, fmt.Sprintf("the filter %s matches nothing: it hides %s, %s and %s",
			s.text, counting(c.Spans, "span"), counting(c.Logs, "log"), counting(c.Events, "event")))
		pg.para(p.Dim, "f changes it, F takes it away")
	} else {
		pg.para(p.Dim, "there is nothing to show")
	}
	return pg.lines
}
