package tui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/trace"
)

// A command is what can be typed behind a colon.
type command struct {
	names []string
	takes string // what follows it, for help
	do    func(m *model, words []string) (tea.Cmd, error)
}

func commands() []command {
	return []command{
		{[]string{"trace", "t"}, "ID", commandTrace},
		{[]string{"errors", "err", "e"}, "[SINCE] [service:NAME]", commandErrors},
		{[]string{"traces"}, "", commandTraces},
		{[]string{"search"}, "", commandSearch},
		{[]string{"find"}, "[KEY=VALUE service:x since:2h]", commandFind},
		{[]string{"context", "ctx"}, "[NAME]", commandContext},
		{[]string{"help", "h"}, "", func(m *model, _ []string) (tea.Cmd, error) { return m.openHelp(), nil }},
		{[]string{"quit", "q", "q!", "qa", "x"}, "", func(*model, []string) (tea.Cmd, error) { return tea.Quit, nil }},
	}
}

// commandNames lists the commands for help.
func commandNames() string {
	var names []string
	for _, c := range commands() {
		names = append(names, strings.TrimSpace(":"+c.names[0]+" "+c.takes))
	}
	return strings.Join(names, ", ")
}

func (m *model) openCommand() tea.Cmd {
	p := newPrompt(":", "")
	o := &commandOffers{m, newNames(m)}
	p.done, p.live, p.offer = m.command, o.ask, o.list
	p.refresh()
	m.prompt = p
	return nil
}

func (m *model) command(s string) tea.Cmd {
	words := strings.Fields(s)
	if len(words) == 0 {
		return nil
	}
	for _, c := range commands() {
		if slices.Contains(c.names, words[0]) {
			cmd, err := c.do(m, words[1:])
			if err != nil {
				return m.failing(":" + words[0] + ": " + err.Error())
			}
			return cmd
		}
	}
	return m.failing(fmt.Sprintf(":%s is no command; there are %s", words[0], commandNames()))
}

func commandTrace(m *model, words []string) (tea.Cmd, error) {
	if len(words) != 1 {
		return nil, errors.New("give it one ID")
	}
	id, err := trace.ParseID(words[0])
	if err != nil {
		return nil, err
	}
	return m.push(newTraceView(m, id)), nil
}

// commandErrors lists what fails, since a moment or in a service.
func commandErrors(m *model, words []string) (tea.Cmd, error) {
	scope := m.opts.Scope
	since := 0
	for _, w := range words {
		key, value, ok := strings.Cut(w, ":")
		switch {
		case ok && (key == "service" || key == "svc"):
			scope.Service = value
		default:
			scope.Since = w
			since++
		}
	}
	if since > 1 {
		return nil, errors.New("write :errors 2h service:payment")
	}
	return m.push(newErrorsOf(m, scope)), nil
}

func commandTraces(m *model, _ []string) (tea.Cmd, error) {
	return m.push(newSearchView(m, termsOf(nil, m.opts.Scope))), nil
}

// commandSearch lists traces with the form open.
func commandSearch(m *model, _ []string) (tea.Cmd, error) {
	v := newSearchView(m, termsOf(nil, m.opts.Scope))
	return tea.Batch(m.push(v), v.edit(termService)), nil
}

func commandFind(m *model, words []string) (tea.Cmd, error) {
	if len(words) == 0 {
		return commandSearch(m, nil)
	}
	t, err := readTerms(strings.Join(words, " "), termsOf(nil, m.opts.Scope))
	if err != nil {
		return nil, err
	}
	m.state.rememberSearch(t.String())
	return m.push(newSearchView(m, t)), nil
}
