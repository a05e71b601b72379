package tui

import (
	"context"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/triage"
)

// An errorsView lists the causes of what fails.
type errorsView struct {
	m       *model
	scope   Scope
	asked   request
	answers []Answer
	err     error
	scene   *errorScene // nil before there is one
	at      time.Time   // when the last whole answer came

	rows     list
	shown    []int  // of the scene's groups
	only     string // what a group must tell to be listed
	expected bool   // what is expected is listed, too
	pane     pane
	page     pageCache
	info     bool // all that there is to say about the list, in its place
	about    list
	place    place

	live
}

// A place is where the rows were drawn: what a click needs to know.
type place struct{ top, width int }

func newErrors(m *model) *errorsView { return newErrorsOf(m, m.opts.Scope) }

func newErrorsOf(m *model, scope Scope) *errorsView {
	v := &errorsView{m: m, scope: scope, pane: pane{m: m}}
	if !m.opts.Source.Fixed() {
		v.every = m.opts.Every
	}
	return v
}

func (v *errorsView) request() *request { return &v.asked }

// An errorScene is a report with what it takes to draw it, and to look through
// it.
type errorScene struct {
	report *triage.Report
	scope  Scope
	number int // of the request
	screen *render.ErrorScreen
	facts  []string
	lacks  []string
	told   []string // by group, in lower case
}

// newErrorScene measures a report, which takes a while when it has many groups.
func newErrorScene(r *triage.Report, scope Scope, style render.Style) *errorScene {
	s := &errorScene{report: r, scope: scope, screen: render.NewErrorScreen(r, style), lacks: render.Lacks(r, style)}
	s.facts = s.screen.Facts()
	for n := range s.groups() {
		g := s.group(n)
		s.told = append(s.told, strings.ToLower(strings.Join([]string{g.Service, g.Operation, g.Class, g.Detail, g.Callee, g.ID}, " ")))
	}
	return s
}

// groups is how many there are, those that are expected behind the others.
func (s *errorScene) groups() int { return len(s.report.Groups) + len(s.report.Expected) }

func (s *errorScene) group(n int) *triage.Group {
	if own := len(s.report.Groups); n >= own {
		return &s.report.Expected[n-own]
	}
	return &s.report.Groups[n]
}

// numberOf is a group's number as the command line has it.
func (s *errorScene) numberOf(n int) int {
	if n >= len(s.report.Groups) {
		n += s.report.Hidden
	}
	return n + 1
}

// begin asks what fails. What is shown stays until the answer is there.
func (v *errorsView) begin() tea.Cmd {
	source, scope, style := v.m.opts.Source, v.scope, v.m.paints.Style
	number := v.m.requests + 1
	scene := func(r *triage.Report) *errorScene {
		if r == nil {
			return nil
		}
		s := newErrorScene(r, scope, style)
		s.number = number
		return s
	}
	asked := stages(v.m, &v.asked, "looking for errors", func(ctx context.Context, early func(*errorScene, []Answer)) (*errorScene, []Answer, error) {
		r, answers, err := source.Errors(ctx, scope, func(r *triage.Report, a []Answer) { early(scene(r), a) })
		return scene(r), answers, err
	})
	return tea.Batch(asked, v.wait())
}

func (v *errorsView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case early[*errorScene]:
		if v.asked.awaits(msg.number) && v.isBetter(msg.value) {
			v.answers, v.err = msg.answers, nil
			v.show(msg.value)
		}
		return msg.next
	case answer[*errorScene]:
		if v.asked.takes(msg.number) {
			v.take(msg)
		}
	case due:
		return v.dueNow(msg)
	}
	return nil
}

// isBetter reports whether what came early tells more than what is shown: what
// was compared already does not give way to what is not.
func (v *errorsView) isBetter(s *errorScene) bool {
	return s != nil && (v.scene == nil || v.scene.report.Pending || v.scene.scope != s.scope)
}

func (v *errorsView) take(a answer[*errorScene]) {
	v.answers, v.err = a.answers, a.err
	if a.value == nil {
		return
	}
	v.at = v.m.now()
	v.mark(v.scene, a.value, v.m.pressed)
	v.show(a.value)
}

// show puts a report in place of the one that was shown, with the cursor on the
// same group, or where that was. While the first list is still coming, the top
// stays the top: what is new is put there when it is known to be.
func (v *errorsView) show(s *errorScene) {
	id := ""
	if g := v.current(); g != nil && (v.rows.cursor > 0 || !v.scene.report.Pending) {
		id = g.ID
	}
	v.scene = s
	v.pick(v.only)
	if id != "" {
		v.find(id)
	}
}

// pick lists the groups that tell a text.
func (v *errorsView) pick(only string) {
	v.only, v.shown = only, v.shown[:0]
	if v.scene == nil {
		return
	}
	wanted := strings.ToLower(only)
	for n, told := range v.scene.told[:v.listed()] {
		if strings.Contains(told, wanted) {
			v.shown = append(v.shown, n)
		}
	}
	v.rows.rows = len(v.shown)
	v.rows.move(v.rows.cursor)
}

// listed is how many groups there are to list.
func (v *errorsView) listed() int {
	if v.expected {
		return v.scene.groups()
	}
	return len(v.scene.report.Groups)
}

// find puts the cursor on the group of an ID, if it is listed.
func (v *errorsView) find(id string) {
	for k, n := range v.shown {
		if v.scene.group(n).ID == id {
			v.rows.center(k)
			return
		}
	}
}

// current is the group that the cursor is on, or nil.
func (v *errorsView) current() *triage.Group {
	if v.scene == nil || v.rows.cursor >= len(v.shown) {
		return nil
	}
	return v.scene.group(v.shown[v.rows.cursor])
}

// detail is what the report knows of the group that the cursor is on, or nil.
func (v *errorsView) detail() *render.GroupDetail {
	g := v.current()
	if g == nil {
		return nil
	}
	return &render.GroupDetail{Report: v.scene.report, Number: v.scene.numberOf(v.shown[v.rows.cursor]), Group: g}
}

// crumb is the window, and what of it is looked at.
func (v *errorsView) crumb() string {
	since := v.scope.Since
	if since == "" && v.scene != nil && v.scene.scope == v.scope {
		since = v.scene.screen.Span()
	}
	words := []string{"errors"}
	for _, word := range [...]string{since, v.scope.Service, v.scope.Operation} {
		if word != "" {
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}

func (v *errorsView) health() string { return strings.Join(healthOf(v.m.paints, v.answers), "  ") }
