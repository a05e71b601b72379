package tui

import (
	"slices"
)

// moveTo puts the cursor of every tab on a row.
func (v *traceView) moveTo(row int32) {
	s := v.scene
	v.selected = row
	v.rows.rows = len(s.lines)
	v.rows.center(s.line(row))
	v.followInLogs()
	v.detail.scrollTo(0)
	v.raw.scrollTo(0)
}

// logLine is the line of the tab of logs that shows a row: a log's own, or the
// first that a span has; -1 where there is none.
func (s *scene) logLine(row int32) int {
	if row < 0 || int(row) >= len(s.tl.Rows) {
		return nothing
	}
	last := row + s.tl.Rows[row].Subtree
	return slices.IndexFunc(s.logs(), func(i int32) bool { return i >= row && i <= last })
}

// relay keeps the cursor on its row where the lines have changed.
func (v *traceView) relay() {
	v.rows.rows = len(v.scene.lines)
	v.rows.center(v.scene.line(v.selected))
	v.followInLogs()
	v.follow()
}

// followInLogs puts the cursor of the logs where the selection is, while they
// are seen: all logs are looked through for it.
func (v *traceView) followInLogs() {
	if v.tab != tabLogs {
		return
	}
	v.logs.rows = len(v.scene.logs())
	if at := v.scene.logLine(v.selected); at >= 0 {
		v.logs.center(at)
	}
	v.logs.move(v.logs.cursor)
}

// follow puts the selection where the cursor is.
func (v *traceView) follow() {
	s := v.scene
	if s == nil {
		return
	}
	before := v.selected
	switch {
	case v.tab == tabLogs && len(s.logs()) > 0:
		v.selected = s.logs()[v.logs.cursor]
		if k := s.line(v.selected); v.rows.cursor != k {
			v.rows.center(k)
		}
	case v.tab == tabTimeline && len(s.lines) > 0:
		v.selected = s.lines[v.rows.cursor].row
	}
	if v.selected != before {
		v.detail.scrollTo(0)
		v.raw.scrollTo(0)
	}
}

// line is the line that the details tell about.
func (v *traceView) line() line {
	if v.tab == tabTimeline && v.rows.cursor < len(v.scene.lines) {
		return v.scene.lines[v.rows.cursor]
	}
	return line{row: v.selected, fold: nothing, silence: nothing}
}
