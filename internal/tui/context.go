package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
)

// commandContext goes over to another context, or lists them to choose from.
func commandContext(m *model, words []string) (tea.Cmd, error) {
	v := &contextsView{m: m}
	v.rows.rows = len(m.opts.Contexts)
	v.rows.move(v.index(m.opts.Context))
	switch {
	case len(words) > 1:
		return nil, errors.New("give it one name")
	case len(words) == 1 && v.index(words[0]) < 0:
		return nil, fmt.Errorf("there is no context %q; there are: %s", words[0], strings.Join(v.names(), ", "))
	case len(words) == 1:
		v.rows.move(v.index(words[0]))
		v.going = words[0]
	}
	return m.push(v), nil
}

// A contextsView lists the contexts. It goes over to one beside the screen:
// bundles are read for it, and commands may be asked for secrets. What was on
// the screen stays until that is done, and also when it fails.
type contextsView struct {
	m     *model
	rows  list
	going string // the context to go over to, "" for none yet
	asked request
	err   error
}

func (v *contextsView) names() []string {
	var names []string
	for _, c := range v.m.opts.Contexts {
		names = append(names, c.Name)
	}
	return names
}

func (v *contextsView) index(name string) int { return slices.Index(v.names(), name) }

func (v *contextsView) request() *request { return &v.asked }

func (v *contextsView) begin() tea.Cmd {
	if v.going == "" {
		return nil
	}
	use, name := v.m.opts.Use, v.going
	v.err = nil
	return start(v.m, &v.asked, "going over to "+safe.Of(name).String(), func(ctx context.Context) (*Place, []Answer, error) {
		place, err := use(ctx, name)
		return place, nil, err
	})
}

func (v *contextsView) update(msg tea.Msg) tea.Cmd {
	a, ok := msg.(answer[*Place])
	if !ok || !v.asked.takes(a.number) {
		return nil
	}
	if v.err = a.err; v.err != nil {
		return nil
	}
	return v.m.enter(v.going, a.value)
}

// enter begins anew in a place. What one looks at stays: when, and which
// services.
func (m *model) enter(name string, place *Place) tea.Cmd {
	m.close()
	m.opts.Keep(m.opts.Context, m.state)
	m.opts.Source, m.opts.Context, m.opts.Style, m.state = place.Source, name, place.Style, place.State
	m.paints = newPaints(place.Style)
	m.prompt, m.help = nil, nil
	m.say(done{what: "now in " + name})
	if place.Warning != "" {
		m.say(done{what: "now in " + name, err: errors.New(place.Warning)})
	}
	m.views = []view{m.first()}
	return m.top().begin()
}

func (v *contextsView) bindings() []binding {
	return append(slices.Clone(moving),
		binding{keys: []string{"enter", "l", "right"}, group: "move", does: "go over to the context", hint: "go over", do: v.open})
}

func (v *contextsView) open() tea.Cmd {
	if len(v.m.opts.Contexts) == 0 {
		return nil
	}
	v.going = v.m.opts.Contexts[v.rows.cursor].Name
	return v.begin()
}

func (v *contextsView) other(key string) tea.Cmd {
	v.rows.jump(key)
	return nil
}

func (v *contextsView) crumb() string  { return "contexts" }
func (v *contextsView) health() string { return "" }
func (v *contextsView) leave() bool    { return false }

// status tells why the last one could not be had.
func (v *contextsView) status(int) string {
	p := v.m.paints
	if v.err == nil {
		return text(p.Dim, "otrace config set-context adds more")
	}
	said := p.cross + " " + v.going + ": " + v.err.Error()
	if v.m.opts.Hint != nil {
		if hint := v.m.opts.Hint(v.err); hint != "" {
			said += p.dot + hint
		}
	}
	return text(p.Fault, said)
}

// Render draws a line a context, the current one marked.
func (v *contextsView) Render(width, height int) []string {
	p := v.m.paints
	v.rows.resize(len(v.m.opts.Contexts), height-2)
	lines := []string{text(p.Title, "[Contexts]")}
	if v.rows.rows == 0 {
		return append(lines, "", "  "+text(p.Warn, "the configuration has none: otrace config set-context makes one"))
	}
	name, spans := v.columns(width)
	lines = append(lines, text(p.Dim, p.fit("   "+p.fit("NAME", name)+"  "+p.fit("JAEGER", spans)+"  ELASTICSEARCH", width)))
	for k := v.rows.top; k < v.rows.end(); k++ {
		c := v.m.opts.Contexts[k]
		mark := " "
		if c.Name == v.m.opts.Context {
			mark = "*"
		}
		line := text(p.Title, mark) + " " + p.fit(text(p.Service, c.Name), name) + "  " + text(render.Paint{}, c.Spans)
		if c.Logs != "" {
			line = p.fit(line, name+spans+4) + "  " + text(render.Paint{}, c.Logs)
		}
		lines = append(lines, v.m.listed(line, k == v.rows.cursor, false, false, width))
	}
	return lines
}

// columns are how wide names and the addresses of spans are drawn.
func (v *contextsView) columns(width int) (name, spans int) {
	name, spans = len("NAME"), len("JAEGER")
	for _, c := range v.m.opts.Contexts {
		name = max(name, render.Columns(safe.Of(c.Name).String()))
		if c.Logs != "" { // what stands there alone has the whole line
			spans = max(spans, render.Columns(safe.Of(c.Spans).String()))
		}
	}
	name = min(name, max(width/3, 8))
	return name, min(spans, max((width-name)/2-4, 8))
}

func (v *contextsView) wheel(by int) { v.rows.move(v.rows.cursor + by) }

func (v *contextsView) click(_, y int) tea.Cmd {
	to := v.rows.top + y - 2
	if y < 2 || to >= v.rows.end() {
		return nil
	}
	if to == v.rows.cursor {
		return v.open()
	}
	v.rows.move(to)
	return nil
}
