package tui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Names are the services and operations that can be asked for, as far as the
// source has told them. Each is asked for once, beside everything else, and
// what the source does not tell is not missed.
type names struct {
	m          *model
	services   []string
	operations map[string][]string // of each service
	asked      map[string]bool     // services whose operations were asked for
	began      bool                // the services were asked for
}

// ToldNames are names that a source told.
type toldNames struct {
	to         *names
	operations bool
	service    string // whose operations they are
	list       []string
}

// namedWithin is how long names are waited for.
const namedWithin = 5 * time.Second

func newNames(m *model) *names {
	return &names{m: m, operations: map[string][]string{}, asked: map[string]bool{}}
}

func (n *names) askServices() tea.Cmd {
	if n.began {
		return nil
	}
	n.began = true
	source, ctx := n.m.opts.Source, n.m.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, namedWithin)
		defer cancel()
		return toldNames{to: n, list: source.Services(ctx)}
	}
}

func (n *names) askOperations(service string) tea.Cmd {
	if n.asked[service] {
		return nil
	}
	n.asked[service] = true
	source, ctx := n.m.opts.Source, n.m.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, namedWithin)
		defer cancel()
		return toldNames{to: n, operations: true, service: service, list: source.Operations(ctx, service)}
	}
}

// takeNames keeps what a source told, and offers it where it is being typed.
func (m *model) takeNames(msg toldNames) {
	if msg.operations {
		msg.to.operations[msg.service] = msg.list
	} else {
		msg.to.services = msg.list
	}
	if p := m.prompt; p != nil && p.offered.at == nothing {
		p.refresh()
	}
}

// fitting are the names that hold what is typed, those that begin with it
// first; none when one of them is typed.
func fitting(list []string, typed string) []string {
	typed = strings.ToLower(typed)
	var begin, hold []string
	for _, name := range list {
		switch at := strings.Index(strings.ToLower(name), typed); {
		case at == 0 && len(name) == len(typed):
			return nil
		case at == 0:
			begin = append(begin, name)
		case at > 0:
			hold = append(hold, name)
		}
	}
	return slices.Concat(begin, hold)
}
