package tui

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

func (v *errorsView) copyables() []copyable {
	command := copyable{"c", "command", "the command line", v.command}
	d := v.detail()
	if d == nil {
		return []copyable{command}
	}
	return append(copyablesOf(d, exampleOf(d.Group)), command)
}

// copyablesOf are what can be copied of a group and one of its traces.
func copyablesOf(d *render.GroupDetail, id trace.ID) []copyable {
	return []copyable{
		{"m", "message", "what was said", func() string { return render.GroupMessage(d.Group) }},
		{"i", "ID", "the group's ID", func() string { return d.Group.ID }},
		{"t", "trace", "the trace's ID", func() string {
			if id.IsZero() {
				return ""
			}
			return id.String()
		}},
		{"j", "JSON", "the JSON", func() string { return groupJSON(d) }},
	}
}

// exampleOf is the trace to open of a group, the zero ID when there is none.
func exampleOf(g *triage.Group) trace.ID {
	if len(g.Examples) == 0 {
		return trace.ID{}
	}
	return g.Examples[0].Trace
}

// groupJSON is a group as JSON, for people.
func groupJSON(d *render.GroupDetail) string {
	plain := written(render.ErrorGroupJSON, d)
	var out bytes.Buffer
	if json.Indent(&out, []byte(plain), "", "  ") != nil {
		return plain
	}
	return out.String()
}

// written is what is written of a group.
func written(write func(io.Writer, *render.GroupDetail) error, d *render.GroupDetail) string {
	var out bytes.Buffer
	_ = write(&out, d) // a buffer takes all
	return out.String()
}

// command is the command line that lists the same.
func (v *errorsView) command() string {
	words := append([]string{"otrace", "errors"}, v.scope.flags()...)
	if v.expected {
		words = append(words, "--expected")
	}
	return v.m.commandLine(words)
}

// flags are those that mean the same as a scope.
func (s Scope) flags() (words []string) {
	for _, flag := range [...][2]string{{"--since", s.Since}, {"--until", s.Until}, {"--service", s.Service}, {"--operation", s.Operation}} {
		if flag[1] != "" {
			words = append(words, flag[0], flag[1])
		}
	}
	if s.By != triage.ByCause {
		words = append(words, "--group-by", s.By.String())
	}
	return words
}

// commandLine is a command that asks the same source, as a shell takes it.
func (m *model) commandLine(words []string) string {
	words = append(words, m.opts.Source.Command()...)
	for i, w := range words {
		words[i] = quoted(w)
	}
	return strings.Join(words, " ")
}

func (v *errorsView) browse() tea.Cmd {
	if g := v.current(); g != nil {
		return v.m.browseTrace(exampleOf(g))
	}
	return nil
}

// browseTrace opens a trace's page in Jaeger, or says where it is.
func (m *model) browseTrace(id trace.ID) tea.Cmd {
	page := render.TraceAddress(id, m.opts.Style)
	switch {
	case id.IsZero():
		return m.failing("there is no trace to open")
	case page == "":
		return m.failing("no page is known: a context names it as jaeger-ui")
	}
	return m.openPage(page, "Jaeger")
}
