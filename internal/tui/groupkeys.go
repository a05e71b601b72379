package tui

import (
	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
)

// bindings are the group view's keys.
func (v *groupView) bindings() []binding {
	list := append(append([]binding{}, moving...),
		binding{keys: []string{"enter", "l", "right"}, group: "move", does: "open the trace", hint: "open", do: v.open},
	)
	list = append(list, v.pane.bindings("the page")...)
	list = append(list, v.m.copying(v.copyables, "what was said, the group's ID, the trace's ID, JSON, the page as markdown, the command line")...)
	return append(list,
		binding{keys: []string{"J"}, with: []string{"K"}, group: "look", does: "next trace, trace before, from the page", do: func() tea.Cmd { v.rows.move(v.rows.cursor + 1); return nil }},
		binding{keys: []string{"K"}, do: func() tea.Cmd { v.rows.move(v.rows.cursor - 1); return nil }},
		binding{keys: []string{"x"}, group: "take", does: "save the page as markdown", hint: "save", do: v.openSave},
		binding{keys: []string{"S"}, group: "take", does: "search for traces of its service", hint: "search", do: func() tea.Cmd { return v.m.searchFor(v.known.Group, v.scope) }},
		binding{keys: []string{"o"}, group: "take", does: "open the trace in Jaeger", do: func() tea.Cmd { return v.m.browseTrace(v.current()) }},
	)
}

// other moves.
func (v *groupView) other(key string) tea.Cmd {
	if v.pane.moves() {
		v.pane.text.scroll(key)
	} else {
		v.rows.jump(key)
	}
	return nil
}

func (v *groupView) leave() bool { return v.pane.leave() }

func (v *groupView) open() tea.Cmd {
	id := v.current()
	if id.IsZero() {
		return v.m.failing("there is no trace to open: its logs name none")
	}
	return v.m.push(newTraceView(v.m, id))
}

func (v *groupView) copyables() []copyable {
	d := v.best()
	return append(
		copyablesOf(d, v.current()),
		copyable{"k", "markdown", "the page as markdown", func() string { return written(render.ErrorGroupMarkdown, d) }},
		copyable{"c", "command", "the command line", v.command},
	)
}

// command is the command line that tells the same of the group.
func (v *groupView) command() string {
	words := append([]string{"otrace", "errors", "show", v.known.Group.ID}, v.scope.flags()...)
	return v.m.commandLine(words)
}

// openSave asks for the name to save the page under.
func (v *groupView) openSave() tea.Cmd {
	return v.m.saveAs("errors-"+fileName(v.known.Group.ID)+".md", func() func(string) error {
		save, d := v.m.opts.SaveText, v.best()
		return func(path string) error { return save(path, []byte(written(render.ErrorGroupMarkdown, d))) }
	})
}

func (v *groupView) wheel(by int) {
	if v.pane.moves() {
		v.pane.text.scrollTo(v.pane.text.top + by)
		return
	}
	v.rows.move(v.rows.cursor + by)
}

// click puts the cursor on a trace; a second one opens it.
func (v *groupView) click(x, y int) tea.Cmd {
	to := v.rows.top + y - v.place.top
	if v.pane.full || y < v.place.top || x < v.m.width-v.place.width || to >= v.rows.end() {
		return nil
	}
	v.pane.chosen = false
	if to == v.rows.cursor {
		return v.open()
	}
	v.rows.move(to)
	return nil
}

// legend tells what the page's words and signs mean.
func (v *groupView) legend() []binding { return v.m.paints.groupLegend() }
