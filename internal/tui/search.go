package tui

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

// A searchView lists the traces that a search finds, under what it looks for.
type searchView struct {
	m       *model
	terms   terms // what is looked for
	form    *form // nil while the terms are not being changed
	names   *names
	asked   request
	answers []Answer
	err     error

	got       *listing // nil before there is an answer
	of        terms    // what it answers
	whole     bool     // it is all, rather than what came first
	told      trace.Found
	rows      list
	toldBelow bool // what the list lacks is told under it
	first     int  // the line of the screen that the rows begin at
	by        order
	only      string // what a trace must tell to be listed
	shown     []int  // of the found ones
}

func newSearchView(m *model, t terms) *searchView {
	return &searchView{m: m, terms: t, names: newNames(m)}
}

func (v *searchView) request() *request { return &v.asked }

// begin asks for what is looked for. What was found before stays until the
// answer is there, unless it answers another question.
func (v *searchView) begin() tea.Cmd {
	q, err := v.terms.query()
	if err != nil {
		return v.m.failing(err.Error())
	}
	if !v.of.asks(v.terms) {
		v.put(nil)
		v.err = nil
	}
	v.of, v.whole, v.told = v.terms, v.whole && v.got != nil, trace.Found{}
	source, since, until := v.m.opts.Source, v.terms[termSince], v.terms[termUntil]
	return stages(v.m, &v.asked, "looking for traces", func(ctx context.Context, early func(*listing, []Answer)) (*listing, []Answer, error) {
		var err error
		if q.Window, err = source.Window(ctx, since, until); err != nil {
			return nil, nil, err
		}
		found, answers, err := source.Find(ctx, q, func(f trace.Found, a []Answer) { early(newListing(q, f), a) })
		return newListing(q, found), answers, err
	})
}

// asks reports whether other terms ask the same, for more or fewer traces.
func (t terms) asks(other terms) bool {
	t[termLimit] = other[termLimit]
	return t == other
}

// search looks for something else.
func (v *searchView) search(t terms) tea.Cmd {
	v.terms = t
	v.m.state.rememberSearch(t.String())
	return v.begin()
}

// mostSearches is how many searches are remembered.
const mostSearches = 20

func (s *State) rememberSearch(text string) {
	if text == "" {
		return
	}
	list := slices.DeleteFunc(slices.Clone(s.Searches), func(old string) bool { return old == text })
	list = slices.Insert(list, 0, text)
	s.Searches = list[:min(len(list), mostSearches)]
}

func (v *searchView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case early[*listing]:
		if v.asked.awaits(msg.number) {
			v.takeEarly(msg.value, msg.answers)
		}
		return msg.next
	case answer[*listing]:
		if v.asked.takes(msg.number) {
			v.take(msg.value, msg.answers, msg.err)
		}
	case outcome[moments]:
		if v.form != nil {
			return v.form.checked(msg)
		}
	}
	return nil
}

// takeEarly shows what came first, in place of nothing: a list that is whole is
// better than half a new one.
func (v *searchView) takeEarly(l *listing, answers []Answer) {
	v.answers, v.told = answers, l.found
	if !v.whole {
		v.put(l)
	}
}

func (v *searchView) take(l *listing, answers []Answer, err error) {
	v.answers, v.err, v.told = answers, err, trace.Found{}
	switch {
	case err == nil || errors.Is(err, trace.ErrNotFound):
		v.whole, v.told = true, l.found
		v.put(l)
	case !v.whole:
		v.put(nil) // what came early does not stand alone
	}
	if errors.Is(err, trace.ErrNotFound) {
		v.err = nil
	}
	if l != nil && err != nil {
		v.told.Warnings = l.found.Warnings
	}
}

// crumb tells the least that tells searches apart.
func (v *searchView) crumb() string {
	list, _ := words(v.terms[termAttributes]) // none that is wrong is asked
	for _, w := range append(list, v.terms[termService], v.terms[termOperation]) {
		if w = safe.Of(w).String(); w != "" {
			return v.m.paints.cutTo("search "+w, mostCrumb)
		}
	}
	return "search"
}

func (v *searchView) health() string { return strings.Join(healthOf(v.m.paints, v.answers), "  ") }

func (v *searchView) leave() bool {
	if v.only == "" {
		return false
	}
	v.filter("")
	return true
}

// filter lists the traces that tell a text.
func (v *searchView) filter(only string) {
	v.only = only
	v.relay()
}

func (v *searchView) wheel(by int) { v.rows.move(v.rows.cursor + by) }

// click puts the cursor on a trace; a second one opens it.
func (v *searchView) click(_, y int) tea.Cmd {
	to := v.rows.top + y - v.first
	if y < v.first || to >= v.rows.end() {
		return nil
	}
	if to == v.rows.cursor {
		return v.open()
	}
	v.rows.move(to)
	return nil
}
