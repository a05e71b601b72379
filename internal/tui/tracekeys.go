package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/timeline"
)

// bindings are the trace view's keys.
func (v *traceView) bindings() []binding {
	list := append([]binding{}, moving...)
	list = append(list,
		binding{keys: []string{"enter"}, group: "move", does: "open or close what is beneath; all about a row without any", hint: "fold", do: v.enter},
		binding{keys: []string{" "}, group: "move", does: "open or close what is beneath", do: v.toggle},
		binding{keys: []string{"h", "left"}, group: "move", does: "close, then to the row above it", do: v.shut},
		binding{keys: []string{"l", "right"}, group: "move", does: "open", do: v.open},
		binding{keys: []string{"-"}, group: "move", does: "close all but what leads to errors", do: v.closeAll},
		binding{keys: []string{"+", "="}, group: "move", does: "open all", do: v.openAll},
		binding{keys: []string{"e", "]"}, with: []string{"["}, group: "find", does: "next error, the one before", hint: "next error", do: func() tea.Cmd { return v.nextError(1) }},
		binding{keys: []string{"["}, do: func() tea.Cmd { return v.nextError(-1) }},
		binding{keys: []string{"/"}, group: "find", does: "look for a text, or a /regular expression/; counted as it is typed", hint: "search", do: v.openSearch},
		binding{keys: []string{"n"}, with: []string{"N"}, group: "find", does: "next row that has it, the one before", do: func() tea.Cmd { return v.seek(1) }},
		binding{keys: []string{"N"}, do: func() tea.Cmd { return v.seek(-1) }},
		binding{keys: []string{"f"}, group: "find", does: "filter as one types: words as under filter, all of them; F takes it away", hint: "filter", do: v.openFilter},
		binding{keys: []string{"F"}, group: "find", does: "no filter", do: v.clearFilter},
		binding{keys: []string{"c"}, group: "find", does: "the critical path only, and all again", hint: "critical path", do: v.critical},
		binding{keys: []string{"1"}, with: []string{"2", "3", "4"}, group: "look", does: "timeline, logs, services, raw JSON", do: func() tea.Cmd { return v.openTab(tabTimeline) }},
		binding{keys: []string{"2"}, do: func() tea.Cmd { return v.openTab(tabLogs) }},
		binding{keys: []string{"3"}, do: func() tea.Cmd { return v.openTab(tabServices) }},
		binding{keys: []string{"4"}, do: func() tea.Cmd { return v.openTab(tabRaw) }},
		binding{keys: []string{"tab"}, group: "look", does: "move in the details, and back", hint: "details", do: v.changePane},
		binding{keys: []string{"d"}, group: "look", does: "the details on the whole screen", do: v.toggleFull},
		binding{keys: []string{"D"}, group: "look", does: "details beside the rows, or none", do: v.toggleDetails},
		binding{keys: []string{"<"}, with: []string{">"}, group: "look", does: "more room for the details, or less", do: func() tea.Cmd { return v.m.widen(5) }},
		binding{keys: []string{">"}, do: func() tea.Cmd { return v.m.widen(-5) }},
		binding{keys: []string{"C"}, group: "look", does: "columns: without bars, without services, without both", do: v.changeColumns},
		binding{keys: []string{"w"}, group: "look", does: "break long lines, or cut them", do: v.m.toggleWrap},
		binding{keys: []string{"z"}, group: "look", does: "zoom the time axis to the row, then nearer", hint: "zoom", do: v.zoomIn},
		binding{keys: []string{"Z"}, group: "look", does: "zoom out", do: v.zoomOut},
		binding{keys: []string{"s"}, group: "look", does: "clocks as observed, or corrected", hint: "clocks", do: v.toggleClocks},
		binding{keys: []string{"J"}, with: []string{"K"}, group: "look", does: "next row, row before, from the details or the JSON", do: func() tea.Cmd { return v.step(1) }},
		binding{keys: []string{"K"}, do: func() tea.Cmd { return v.step(-1) }},
	)
	list = append(list, v.m.copying(v.copyables, "the message, the row as JSON, its ID, the command line")...)
	list = append(list,
		binding{keys: []string{"o"}, group: "take", does: "open the trace in Jaeger; of a log, Kibana", do: v.browse},
		binding{keys: []string{"x"}, group: "take", does: "save a bundle, or markdown where the name ends in .md", do: v.openSave},
		binding{keys: []string{"E"}, group: "take", does: "the row's JSON in your editor", do: v.edit},
	)
	return append(list, language...)
}

// other moves.
func (v *traceView) other(key string) tea.Cmd {
	if v.scene == nil {
		return nil
	}
	switch l := v.moved(); {
	case v.inText():
		l.scroll(key)
	case l.jump(key):
		v.follow()
	}
	return nil
}

// inText reports whether the keys that move scroll a text.
func (v *traceView) inText() bool { return v.full || v.inDetail || v.tab == tabRaw }

// moved is the list that the keys move in.
func (v *traceView) moved() *list {
	switch {
	case v.full || v.inDetail:
		return &v.detail
	case v.tab == tabRaw:
		return &v.raw
	case v.tab == tabLogs:
		return &v.logs
	case v.tab == tabServices:
		return &v.services
	}
	return &v.rows
}

func (v *traceView) leave() bool {
	switch {
	case v.full:
		v.full = false
	case v.inDetail:
		v.inDetail = false
	case v.search.text != "":
		v.m.saying("/" + v.search.text + " is no longer looked for")
		v.search = search{}
		v.searching.drop()
	case v.filterText != "":
		v.m.saying("the filter is gone: f and the arrow up bring it back")
		v.m.state.remember(v.filterText)
		v.filterText, v.filter = "", timeline.Filter{}
		v.refilter()
	case len(v.zoomed) > 0:
		v.zoomTo(nil)
	case v.tab != tabTimeline:
		v.tab = tabTimeline
	default:
		return false
	}
	return true
}

func (v *traceView) enter() tea.Cmd {
	switch {
	case v.scene == nil:
	case v.tab == tabServices:
		return v.filterService()
	case v.full || v.m.width < leastForPanes:
		return v.toggleFull()
	case v.tab != tabTimeline || !v.isOpenable():
		return v.toggleFull()
	default:
		return v.toggle()
	}
	return nil
}

// isOpenable reports whether there is anything beneath the cursor's line.
func (v *traceView) isOpenable() bool {
	if len(v.scene.lines) == 0 {
		return false
	}
	l := v.line()
	return l.silence < 0 && (l.fold >= 0 || v.scene.tl.Rows[l.row].Subtree > 0)
}

func (v *traceView) toggle() tea.Cmd {
	if v.scene != nil && v.tab == tabTimeline && len(v.scene.lines) > 0 && v.scene.toggle(v.rows.cursor) {
		v.relay()
	}
	return nil
}

func (v *traceView) open() tea.Cmd {
	if v.scene == nil || !v.isOpenable() {
		return nil
	}
	if l := v.line(); l.fold >= 0 || v.scene.closed[l.row] {
		return v.toggle()
	}
	v.rows.move(v.rows.cursor + 1)
	v.follow()
	return nil
}

// shut closes a row, or goes to the one that it hangs under.
func (v *traceView) shut() tea.Cmd {
	if v.scene == nil || len(v.scene.lines) == 0 {
		return nil
	}
	l := v.line()
	r := &v.scene.tl.Rows[l.row]
	switch {
	case l.silence >= 0:
		v.goTo(l.row)
	case l.fold < 0 && r.Subtree > 0 && !v.scene.closed[l.row]:
		return v.toggle()
	case r.Parent >= 0:
		v.goTo(r.Parent)
	}
	return nil
}

func (v *traceView) closeAll() tea.Cmd {
	if v.scene != nil {
		v.scene.closeAll()
		v.relay()
	}
	return nil
}

func (v *traceView) openAll() tea.Cmd {
	if v.scene != nil {
		v.scene.openAll()
		v.relay()
	}
	return nil
}

func (v *traceView) openTab(t tab) tea.Cmd {
	v.tab, v.inDetail, v.full = t, false, false
	if v.scene != nil && (t == tabTimeline || t == tabLogs) {
		v.relay()
	}
	return nil
}

func (v *traceView) changePane() tea.Cmd {
	if v.scene == nil || v.m.state.Hidden || v.m.width < leastForPanes || v.tab == tabRaw {
		return v.toggleFull()
	}
	v.inDetail = !v.inDetail
	return nil
}

func (v *traceView) toggleFull() tea.Cmd {
	v.full = !v.full && v.scene != nil
	return nil
}

func (v *traceView) toggleDetails() tea.Cmd {
	v.m.state.Hidden = !v.m.state.Hidden
	v.inDetail = false
	return nil
}

// step moves the cursor whatever is shown of its row.
func (v *traceView) step(by int) tea.Cmd {
	if v.scene == nil || len(v.scene.lines) == 0 {
		return nil
	}
	if v.tab == tabLogs {
		v.logs.move(v.logs.cursor + by)
		v.follow()
		return nil
	}
	if v.tab != tabServices {
		v.rows.move(v.rows.cursor + by)
		v.selected = v.scene.lines[v.rows.cursor].row
		v.detail.scrollTo(0)
		v.raw.scrollTo(0)
	}
	return nil
}

func (v *traceView) wheel(by int) {
	if v.scene == nil {
		return
	}
	l := v.moved()
	if v.inText() {
		l.scrollTo(l.top + by)
		return
	}
	l.move(l.cursor + by)
	v.follow()
}

// click puts the cursor on a row; a second one opens it. The rows begin below
// the tabs and the names of the columns.
func (v *traceView) click(_, y int) tea.Cmd {
	if v.scene == nil || v.full || v.tab == tabRaw || y < 2 || y-2 >= v.moved().height {
		return nil
	}
	v.inDetail = false
	l := v.moved()
	to := l.top + y - 2
	if to >= l.rows {
		return nil
	}
	if to == l.cursor {
		return v.enter()
	}
	l.move(to)
	v.follow()
	return nil
}
