package tui

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

// A pane is a text beside a list or below it. It has the keys that move when it
// is chosen, or the whole screen.
type pane struct {
	m      *model
	text   list // what of it is seen
	chosen bool
	full   bool
}

// moves reports whether the keys that move scroll the text.
func (p *pane) moves() bool { return p.full || p.chosen }

// bindings are the keys of a pane, called so in help.
func (p *pane) bindings(name string) []binding {
	return []binding{
		{keys: []string{"tab"}, group: "look", does: "move in " + name + ", and back", do: p.choose},
		{keys: []string{"d"}, group: "look", does: name + " on the whole screen", do: p.toggleFull},
		{keys: []string{"D"}, group: "look", does: name + " beside the rows, or not", do: p.toggleHidden},
		{keys: []string{"<"}, with: []string{">"}, group: "look", does: "the line between them to the left or up, or back", do: func() tea.Cmd { return p.m.widen(5) }},
		{keys: []string{">"}, do: func() tea.Cmd { return p.m.widen(-5) }},
		{keys: []string{"w"}, group: "look", does: "break long lines, or cut them", do: p.m.toggleWrap},
	}
}

// leave gives the whole screen back, then the keys.
func (p *pane) leave() bool {
	was := p.moves()
	if p.full {
		p.full = false
	} else {
		p.chosen = false
	}
	return was
}

func (p *pane) choose() tea.Cmd {
	if p.m.state.Hidden {
		return p.toggleFull()
	}
	p.chosen = !p.chosen
	return nil
}

func (p *pane) toggleFull() tea.Cmd {
	p.full = !p.full
	return nil
}

func (p *pane) toggleHidden() tea.Cmd {
	p.m.state.Hidden = !p.m.state.Hidden
	p.chosen = false
	return nil
}

// drawn is what of a text is seen, and how much follows.
func (l *list) drawn(lines []string, width, height int, p *paints) []string {
	l.fill(len(lines), height)
	seen := make([]string, 0, height)
	for _, line := range lines[l.top:l.end()] {
		seen = append(seen, p.fit(line, width))
	}
	if rest := len(lines) - l.end(); rest > 0 && len(seen) > 2 {
		tail := text(p.Dim, fmt.Sprintf("%s %d more", p.cut, rest+1))
		seen[len(seen)-1] = strings.Repeat(" ", max(width-ansi.StringWidth(tail), 0)) + tail
	}
	return seen
}

// share is the part of the screen, in percent, that stands right of the line or
// below it.
func (m *model) share() int {
	if m.state.Share == 0 {
		return 32
	}
	return m.state.Share
}

func (m *model) widen(by int) tea.Cmd {
	m.state.Share = max(min(m.share()+by, 70), 20)
	return nil
}

func (m *model) toggleWrap() tea.Cmd {
	if m.state.Unwrap = !m.state.Unwrap; m.state.Unwrap {
		return m.saying("long lines are cut")
	}
	return m.saying("long lines are broken")
}

// beside draws two texts side by side, the right one in so many columns.
func (m *model) beside(left, right []string, width, height, columns int, chosen bool) []string {
	p := m.paints
	side := text(p.Dim, p.side)
	if chosen {
		side = text(p.Title, p.side)
	}
	lines := make([]string, height)
	for k := range lines {
		l, r := "", ""
		if k < len(left) {
			l = left[k]
		}
		if k < len(right) {
			r = right[k]
		}
		lines[k] = p.fit(l, width-columns-3) + " " + side + " " + p.fit(r, columns)
	}
	return lines
}

// above draws one text above another, which begins behind so many lines.
func (m *model) above(top, below []string, width, lines int, chosen bool) []string {
	p := m.paints
	for len(top) < lines {
		top = append(top, "")
	}
	paint := p.Dim
	if chosen {
		paint = p.Title
	}
	top = append(top[:lines:lines], text(paint, strings.Repeat(p.across, width)))
	return append(top, below...)
}

// A pageCache keeps the lines of the last page until another is wanted.
type pageCache struct {
	key   pageKey
	lines []string
}

type pageKey struct {
	of    any // the group with what is known of it
	width int
	wrap  bool
	note  string
}

func (c *pageCache) of(key pageKey, make func() []string) []string {
	if c.key != key {
		c.key, c.lines = key, make()
	}
	return c.lines
}
