package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/triage"
)

// bindings are the errors view's keys.
func (v *errorsView) bindings() []binding {
	list := append(append([]binding{}, moving...),
		binding{keys: []string{"enter", "l", "right"}, group: "move", does: "open the group: its page, and its traces", hint: "open", do: v.open},
		binding{keys: []string{"e", "]"}, with: []string{"["}, group: "find", does: "next group that is NEW or RISING, the one before", hint: "next new", do: func() tea.Cmd { return v.nextFlagged(1) }},
		binding{keys: []string{"["}, do: func() tea.Cmd { return v.nextFlagged(-1) }},
		binding{keys: []string{"f", "/"}, group: "find", does: "only the groups that tell a text: service, operation, error", hint: "filter", do: v.openFilter},
		binding{keys: []string{"F"}, group: "find", does: "all groups", do: v.clearFilter},
		binding{keys: []string{"t"}, group: "find", does: "since when to look: 1h, 15m, 2026-01-02T15:04", hint: "since", do: v.openSince},
		binding{keys: []string{"s"}, group: "find", does: "only what fails in or through a service", hint: "service", do: v.openService},
		binding{keys: []string{"b"}, group: "look", does: "group by cause, service, operation, class, entry", hint: "group by", do: v.groupBy},
		binding{keys: []string{"x"}, group: "look", does: "what is expected, too (4xx, NOT_FOUND, CANCELLED), or not", do: v.toggleExpected},
		binding{keys: []string{"i"}, group: "look", does: "all about the list: what is missing, sampled, compared", hint: "about", do: v.toggleInfo},
		binding{keys: []string{"L"}, group: "look", does: "live: ask again by itself, or not", hint: "live", do: v.toggleLive},
	)
	list = append(list, v.pane.bindings("the group's page")...)
	list = append(list, v.m.copying(v.copyables, "what was said, the group's ID, its newest trace's ID, JSON, the command line")...)
	return append(list,
		binding{keys: []string{"J"}, with: []string{"K"}, group: "look", does: "next group, group before, from its page", do: func() tea.Cmd { return v.step(1) }},
		binding{keys: []string{"K"}, do: func() tea.Cmd { return v.step(-1) }},
		binding{keys: []string{"S"}, group: "take", does: "search for traces of the group's service", do: v.search},
		binding{keys: []string{"o"}, group: "take", does: "open its newest trace in Jaeger", do: v.browse},
	)
}

// other moves.
func (v *errorsView) other(key string) tea.Cmd {
	switch {
	case v.info:
		v.about.scroll(key)
	case v.pane.moves():
		v.pane.text.scroll(key)
	case v.rows.jump(key):
		v.pane.text.scrollTo(0)
	}
	return nil
}

func (v *errorsView) leave() bool {
	switch {
	case v.info:
		v.info = false
	case v.pane.leave():
	case v.only != "":
		v.clearFilter()
	case v.expected:
		v.toggleExpected()
	default:
		return false
	}
	return true
}

// keepingCursor changes what is listed, and leaves the cursor on its group.
func (v *errorsView) keepingCursor(change func()) {
	id := ""
	if g := v.current(); g != nil {
		id = g.ID
	}
	change()
	v.pick(v.only)
	v.find(id)
}

func (v *errorsView) open() tea.Cmd {
	d := v.detail()
	if d == nil {
		return nil
	}
	return v.m.push(newGroupView(v.m, d, v.scene.scope))
}

func (v *errorsView) nextFlagged(step int) tea.Cmd {
	for k := v.rows.cursor + step; k >= 0 && k < len(v.shown); k += step {
		if v.scene.group(v.shown[k]).Flag != triage.Steady {
			v.rows.center(k)
			v.pane.text.scrollTo(0)
			return nil
		}
	}
	return v.m.saying("no other group there is NEW or RISING")
}

func (v *errorsView) step(by int) tea.Cmd {
	v.rows.move(v.rows.cursor + by)
	v.pane.text.scrollTo(0)
	return nil
}

func (v *errorsView) clearFilter() tea.Cmd {
	v.keepingCursor(func() { v.only = "" })
	return nil
}

// openFilter filters as one types. The cursor is where it was as long as its
// group is listed.
func (v *errorsView) openFilter() tea.Cmd {
	before, at := v.only, ""
	if g := v.current(); g != nil {
		at = g.ID
	}
	set := func(s string) {
		v.pick(s)
		v.find(at)
	}
	return v.m.filterList(before, "a text of the service, the operation, or the error", set)
}

// openSince asks for the window.
func (v *errorsView) openSince() tea.Cmd {
	p := newPrompt("since: ", v.scope.Since)
	p.hint = "15m, 1h, 7d, 2026-01-02T15:04"
	p.past = []string{"15m", "1h", "6h", "24h"}
	p.done = func(s string) tea.Cmd {
		scope := v.scope
		scope.Since = strings.TrimSpace(s)
		return v.lookAt(scope)
	}
	v.m.prompt = p
	return nil
}

// openService asks for a service. The arrow up offers those that fail.
func (v *errorsView) openService() tea.Cmd {
	p := newPrompt("service: ", v.scope.Service)
	p.hint = "any; the arrow up names those that fail"
	p.past = v.services()
	p.done = func(s string) tea.Cmd {
		scope := v.scope
		scope.Service = strings.TrimSpace(s)
		return v.lookAt(scope)
	}
	v.m.prompt = p
	return nil
}

// services are those of the groups, that of the cursor's first.
func (v *errorsView) services() (names []string) {
	if g := v.current(); g != nil && g.Service != "" {
		names = []string{g.Service}
	}
	for n := 0; v.scene != nil && n < v.scene.groups() && len(names) < mostNames; n++ {
		if name := v.scene.group(n).Service; name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// mostNames is how many names are offered.
const mostNames = 50

// lookAt asks for other errors.
func (v *errorsView) lookAt(scope Scope) tea.Cmd {
	v.scope = scope
	return v.begin()
}

func (v *errorsView) groupBy() tea.Cmd {
	scope := v.scope
	if scope.By++; scope.By > triage.ByEntry {
		scope.By = triage.ByCause
	}
	v.m.saying("grouped by " + scope.By.String())
	return v.lookAt(scope)
}

func (v *errorsView) toggleExpected() tea.Cmd {
	v.keepingCursor(func() { v.expected = !v.expected && v.scene != nil })
	if v.expected && len(v.scene.report.Expected) == 0 {
		v.expected = false
		return v.m.saying("nothing that failed is expected")
	}
	if v.expected {
		return v.m.saying("with what is expected, behind the others: " + v.scene.screen.Expected())
	}
	return v.m.saying("without what is expected")
}

func (v *errorsView) toggleInfo() tea.Cmd {
	v.info = !v.info && v.scene != nil
	v.about.scrollTo(0)
	return nil
}

// search lists traces that the group's service is in.
func (v *errorsView) search() tea.Cmd {
	if g := v.current(); g != nil {
		return v.m.searchFor(g, v.scope)
	}
	return nil
}

// searchFor opens a search for the traces in which a group's operation was at
// work, in the time that the list looks at.
func (m *model) searchFor(g *triage.Group, scope Scope) tea.Cmd {
	if g.Service == "" {
		return m.failing("the group has no service to search for")
	}
	t := termsOf(nil, scope)
	t[termService], t[termOperation] = g.Service, g.Operation
	if strings.Contains(g.Operation, "<*>") { // the group's own name for many
		t[termOperation] = ""
	}
	return m.push(newSearchView(m, t))
}

func (v *errorsView) wheel(by int) {
	switch {
	case v.info:
		v.about.scrollTo(v.about.top + by)
	case v.pane.moves():
		v.pane.text.scrollTo(v.pane.text.top + by)
	default:
		v.step(by)
	}
}

// click puts the cursor on a group; a second one opens it.
func (v *errorsView) click(x, y int) tea.Cmd {
	to := v.rows.top + y - v.place.top
	if v.info || v.pane.full || y < v.place.top || x >= v.place.width || to >= v.rows.end() {
		return nil
	}
	v.pane.chosen = false
	if to == v.rows.cursor {
		return v.open()
	}
	v.step(to - v.rows.cursor)
	return nil
}

// filtering tells what a filter leaves.
func (v *errorsView) filtering() string {
	if v.only == "" {
		return ""
	}
	p := v.m.paints
	return text(p.Warn, "filter: "+v.only) + "  " + text(p.Title, fmt.Sprintf("%d of %d", len(v.shown), v.listed()))
}

// legend tells what the list's words and signs mean.
func (v *errorsView) legend() []binding {
	return append([]binding{
		{keys: []string{freshSign}, does: "new, or newly flagged, since a key was pressed last"},
	}, v.m.paints.groupLegend()...)
}

// groupLegend tells what the words and signs at groups mean.
func (p *paints) groupLegend() []binding {
	arrow, usual := "→", "╌"
	if p.ASCII {
		arrow, usual = "->", "-"
	}
	return []binding{
		{keys: []string{"NEW"}, does: "was not there in the windows before"},
		{keys: []string{"NEW?"}, does: "the same, but not all that was before is known"},
		{keys: []string{"RISING"}, does: "more of it than the windows before explain"},
		{keys: []string{"19+"}, does: "at least so many: not all was read"},
		{keys: []string{arrow}, does: "at an error: was called, and left no span"},
		{keys: []string{"slow"}, does: "was still at work when its caller gave up"},
		{keys: []string{"log:"}, does: "error logs alone: their trace did not fail, is not there, or is not named"},
		{keys: []string{usual}, does: "in a trend: what is usual"},
	}
}
