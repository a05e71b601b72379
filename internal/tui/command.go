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
		{[]string{"traces"}, "", commandTraces},
		{[]string{"find"}, "KEY=VALUE", commandFind},
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
	p.done = m.command
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

func commandTraces(m *model, _ []string) (tea.Cmd, error) {
	return m.push(newTraces(m)), nil
}

func commandFind(m *model, words []string) (tea.Cmd, error) {
	v := newTraces(m)
	for _, w := range words {
		key, value, ok := strings.Cut(w, "=")
		if !ok || key == "" || value == "" {
			return nil, fmt.Errorf("%q is no condition: write KEY=VALUE", w)
		}
		if key == "service" {
			v.service = value
			continue
		}
		v.wants = append(v.wants, trace.Condition{Key: key, Value: value})
	}
	if len(words) == 0 {
		return nil, errors.New("write KEY=VALUE, as in order.id=ORD-17")
	}
	return m.push(v), nil
}
