package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/safe"
)

// View is the screen as text.
func (m *model) View() string { return m.Render(m.width, m.height) }

// The smallest screen that anything can be seen on.
const (
	leastWidth  = 24
	leastHeight = 6
)

// Render draws the whole screen: where one is, the view, what is always to be
// seen, and what keys do, or what was just done, or is being typed.
func (m *model) Render(width, height int) string {
	if width < leastWidth || height < leastHeight {
		return m.paints.fit("too small", width)
	}
	lines := []string{m.header(width)}
	if m.help != nil {
		lines = append(lines, m.help.Render(width, height-3)...)
	} else {
		lines = append(lines, m.top().Render(width, height-3)...)
	}
	for len(lines) < height-2 {
		lines = append(lines, "")
	}
	if m.prompt != nil {
		m.prompt.over(lines[:height-2], width, m.paints)
	}
	lines = append(lines[:height-2], m.status(width), m.foot(width))
	return strings.Join(lines, "\n")
}

// header is the breadcrumb, and how the sources are.
func (m *model) header(width int) string {
	crumbs := make([]string, 0, 1+len(m.views))
	if m.opts.Context != "" {
		crumbs = append(crumbs, text(m.paints.Dim, m.opts.Context))
	}
	if m.opts.Redacted {
		crumbs = append(crumbs[:0], strings.Join(append(crumbs, text(m.paints.Warn, "(redacted)")), " "))
	}
	for k, v := range m.views {
		paint := m.paints.Dim
		if k == len(m.views)-1 {
			paint = m.paints.Title
		}
		crumbs = append(crumbs, text(paint, v.crumb()))
	}
	right := m.top().health()
	if wait := m.top().request().waiting(m.paints, m.now()); wait != "" {
		right = text(m.paints.Warn, wait)
	}
	room := width - ansi.StringWidth(right) - 2
	line := m.trail(crumbs, room)
	if ansi.StringWidth(line) > room { // the right is cut in any case
		line = m.trail(crumbs, max(room, width*2/3))
	}
	return m.paints.sides(line, right, width)
}

// trail joins the crumbs. Where they have no room the left ones give way, but
// for the word that secrets are taken out.
func (m *model) trail(crumbs []string, room int) string {
	sign, left := text(m.paints.Dim, m.paints.crumb), text(m.paints.Dim, m.paints.cut)
	if m.opts.Redacted {
		left += " " + text(m.paints.Warn, "(redacted)")
	}
	line := strings.Join(crumbs, sign)
	for k := 1; k < len(crumbs) && ansi.StringWidth(line) > room; k++ {
		line = left + sign + strings.Join(crumbs[k:], sign)
	}
	return line
}

// status is the line that is always told: what is missing outranks all.
func (m *model) status(width int) string {
	return m.paints.fit(m.top().status(width), width)
}

// foot is what is being typed, else what was done last, else some keys.
func (m *model) foot(width int) string {
	if m.prompt != nil {
		return m.prompt.draw(width, m.paints)
	}
	if m.note != "" {
		paint := m.paints.Title
		if m.warn {
			paint = m.paints.Warn
		}
		return m.paints.fit(paint.Text(safe.Of(m.note)), width)
	}
	var hints []string
	for _, list := range [...][]binding{m.top().bindings(), m.bindings()} {
		for i := range list {
			if b := &list[i]; b.hint != "" {
				hints = append(hints, m.paints.Title.Text(safe.Of(shown(b.keys[0], m.paints.ASCII)))+" "+text(m.paints.Dim, b.hint))
			}
		}
	}
	return m.paints.hints(hints, width)
}
