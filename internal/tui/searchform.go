package tui

import (
	"context"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/trace"
)

// A form is the terms of a search while they are being changed. One field has
// the cursor; its text is the model's prompt.
type form struct {
	v        *searchView
	terms    terms
	at       field
	prompt   *prompt
	back     int // how many searches back in the past the terms are from
	checking background
	moments  moments
}

// Moments are the window that the terms mean, or why they mean none.
type moments struct {
	of     [2]string
	window trace.Window
	err    error
}

// fieldNames are what the form calls the terms, and fieldHints what they take.
var (
	fieldNames = [allTerms]string{"Service", "Operation", "Attributes", "Since", "Until", "Duration", "Errors", "Limit"}
	fieldHints = [allTerms]string{
		"any", "any", `KEY=VALUE, as in order.id=ORD-17 name="Ann Lee"`, "15m, 1h, 7d, or 2006-01-02T15:04", "now", ">100ms, <2s, 100ms..2s", "", "200; 0 for all",
	}
)

// edit opens the form at a field.
func (v *searchView) edit(at field) tea.Cmd {
	v.form = &form{v: v, terms: v.terms}
	return v.form.goTo(at)
}

// goTo puts the cursor on a field.
func (f *form) goTo(at field) tea.Cmd {
	f.at = at
	p := newPrompt("", f.terms[at])
	p.inView = true
	p.hint = f.v.m.paints.formHint()
	p.keys = f.key
	p.live = f.typed
	p.done = func(string) tea.Cmd { return f.search() }
	p.leave = func() tea.Cmd {
		f.v.form = nil
		return nil
	}
	if at == termService || at == termOperation {
		p.offer = f.offers
	}
	f.prompt, f.v.m.prompt = p, p
	p.refresh()
	return tea.Batch(f.ask(), f.check())
}

// formHint tells the keys while the form is open.
func (p *paints) formHint() string {
	return strings.Join([]string{shown("enter", p.ASCII) + " search", "tab next", shown("up", p.ASCII) + " " + shown("down", p.ASCII) + " choose", "^p a search before", "esc gives up"}, p.dot)
}

// ask asks for the names that can be offered here.
func (f *form) ask() tea.Cmd {
	switch f.at {
	case termService:
		return f.v.names.askServices()
	case termOperation:
		return f.v.names.askOperations(f.terms[termService])
	}
	return nil
}

func (f *form) offers(typed string) []offer {
	names := f.v.names.services
	if f.at == termOperation {
		names = f.v.names.operations[f.terms[termService]]
	}
	var list []offer
	for _, name := range fitting(names, typed) {
		list = append(list, offer{text: name, name: name})
	}
	return list
}

// key takes the keys that go through the form.
func (f *form) key(key string) (tea.Cmd, bool) {
	switch key {
	case "tab":
		if f.prompt.offered.at == nothing && f.terms[f.at] != "" {
			f.prompt.offered.move(1) // the best of them
		}
		f.choose()
		return f.step(1), true
	case "shift+tab":
		return f.step(-1), true
	case "up":
		switch {
		case f.prompt.offered.move(-1):
			return nil, true
		case f.at == 0:
			return f.recall(f.back + 1), true
		}
		return f.step(-1), true
	case "down":
		if !f.prompt.offered.move(1) {
			return f.step(1), true
		}
		return nil, true
	case "ctrl+p":
		return f.recall(f.back + 1), true
	case "ctrl+n":
		return f.recall(f.back - 1), true
	}
	if f.at == termErrors {
		return f.toggled(key)
	}
	if c := &f.prompt.offered; c.at != nothing {
		f.prompt.set(c.list[c.at].text) // which is what is edited then
	}
	return nil, false
}

// toggled takes the keys of the field that has no text.
func (f *form) toggled(key string) (tea.Cmd, bool) {
	switch key {
	case " ", "x", "left", "right":
		if f.terms[termErrors] == "" {
			f.terms[termErrors] = onlyErrors
		} else {
			f.terms[termErrors] = ""
		}
	case "enter", "esc", "ctrl+c":
		return nil, false
	}
	return nil, true
}

func (f *form) step(by int) tea.Cmd {
	return f.goTo((f.at + field(by) + allTerms) % allTerms)
}

// choose takes what is chosen of what is offered.
func (f *form) choose() {
	if c := &f.prompt.offered; c.at != nothing {
		f.terms[f.at] = c.list[c.at].text
	}
}

// recall shows a search from before; none of them is what there was at first.
func (f *form) recall(back int) tea.Cmd {
	past := f.v.m.state.Searches
	if back < 0 || back > len(past) {
		return nil
	}
	t := f.v.terms
	if back > 0 {
		was, err := readTerms(past[back-1], terms{})
		if err != nil {
			return nil // kept by another version
		}
		t = was
	}
	f.back, f.terms = back, t
	return f.goTo(f.at)
}

// typed keeps what is typed, and looks whether it can be asked.
func (f *form) typed(s string) tea.Cmd {
	f.terms[f.at] = strings.TrimSpace(s)
	return f.check()
}

// check reads the moments, which may ask the source what is now.
func (f *form) check() tea.Cmd {
	of := [2]string{f.terms[termSince], f.terms[termUntil]}
	if of == f.moments.of {
		return nil
	}
	source, ctx := f.v.m.opts.Source, f.v.m.ctx
	return work(&f.checking, func() moments {
		ctx, cancel := context.WithTimeout(ctx, namedWithin)
		defer cancel()
		w, err := source.Window(ctx, of[0], of[1])
		return moments{of, w, err}
	})
}

func (f *form) checked(o outcome[moments]) tea.Cmd {
	next, last := f.checking.takes(o.of, o.number)
	if last {
		f.moments = o.value
	}
	return next
}

// search asks for what the form says; what cannot be asked keeps it open.
func (f *form) search() tea.Cmd {
	f.choose()
	if at, why := f.wrong(); why != "" {
		return f.goTo(at)
	}
	f.v.form = nil
	return f.v.search(f.terms)
}

// wrong is the first field that cannot be asked, and why.
func (f *form) wrong() (field, string) {
	if _, err := f.terms.query(); err != nil {
		if e, ok := err.(termError); ok { //nolint:errorlint // it is never wrapped
			return e.of, e.Error()
		}
	}
	if m := f.moments; m.err != nil && m.of == [2]string{f.terms[termSince], f.terms[termUntil]} {
		at, why := termSince, m.err.Error()
		if strings.HasPrefix(why, "--until") {
			at = termUntil
		}
		return at, strings.NewReplacer("--since ", "", "--until ", "").Replace(why)
	}
	return 0, ""
}
