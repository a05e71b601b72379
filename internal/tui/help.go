package tui

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/safe"
)

// A helpPage tells what the keys do. It is made of the bindings.
type helpPage struct {
	*paints
	groups []string
	of     map[string][]binding
	list
}

func (m *model) openHelp() tea.Cmd {
	h := &helpPage{paints: m.paints, of: map[string][]binding{}}
	for _, bindings := range [...][]binding{m.top().bindings(), m.bindings()} {
		for _, b := range bindings {
			if b.group == "" { // told with another of the same
				continue
			}
			if h.of[b.group] == nil {
				h.groups = append(h.groups, b.group)
			}
			h.of[b.group] = append(h.of[b.group], b)
		}
	}
	h.groups = append(h.groups, "signs")
	h.of["signs"] = m.paints.legend()
	if v, ok := m.top().(interface{ legend() []binding }); ok {
		h.of["signs"] = v.legend()
	}
	m.help = h
	return nil
}

// key scrolls, and reports false when help is to go.
func (h *helpPage) key(key string) bool { return h.scroll(key) }

// Render draws the groups, as many beside each other as have room.
func (h *helpPage) Render(width, height int) []string {
	columns := max(min(width/44, 3), 1)
	each := width/columns - 2
	blocks := make([][]string, columns)
	for _, group := range h.groups {
		at := 0
		for k := range blocks { // the shortest so far
			if len(blocks[k]) < len(blocks[at]) {
				at = k
			}
		}
		blocks[at] = append(blocks[at], h.block(group, each)...)
	}
	var lines []string
	for k := 0; ; k++ {
		line, any := "", false
		for _, block := range blocks {
			cell := ""
			if k < len(block) {
				cell, any = block[k], true
			}
			line += h.fit(cell, each) + "  "
		}
		if !any {
			break
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	h.fill(len(lines), height)
	lines = lines[h.top:h.end()]
	if h.rows > h.height {
		lines[len(lines)-1] = h.fit(text(h.Dim, fmt.Sprintf("%s j k for more, any other key leaves", h.cut)), width)
	}
	return lines
}

func (h *helpPage) block(group string, width int) []string {
	lines := []string{text(h.Title, group)}
	for _, b := range h.of[group] {
		keys := b.shown(h.ASCII)
		for k, part := range wrap(safe.Of(b.does).String(), max(width-15, 10)) {
			if k > 0 {
				keys = ""
			}
			lines = append(lines, "  "+h.fit(keys, 11)+" "+text(h.Dim, part))
		}
	}
	return append(lines, "")
}

// hints puts as many hints on a line as have room; the last ones outrank the
// others.
func (p *paints) hints(hints []string, width int) string {
	sep := text(p.Dim, p.dot)
	for len(hints) > 2 && ansi.StringWidth(strings.Join(hints, sep)) > width {
		hints = append(hints[:len(hints)-3], hints[len(hints)-2:]...)
	}
	return p.fit(strings.Join(hints, sep), width)
}

// legend tells what the signs beside rows mean.
func (p *paints) legend() []binding {
	if p.ASCII {
		return []binding{
			{keys: []string{"~"}, does: "a corrected time"},
			{keys: []string{"?"}, does: "at a time: may be earlier than its neighbour above; at a log: its span is a guess"},
			{keys: []string{"="}, does: "the critical path: what the root waited for"},
			{keys: []string{"..."}, does: "nothing is known of that time"},
			{keys: []string{":"}, does: "only leads to what the filter wants"},
			{keys: []string{"+"}, does: "closed, or rows that say the same"},
			{keys: []string{"*"}, does: "has what was looked for; at a span: long on the critical path"},
		}
	}
	return []binding{
		{keys: []string{"~"}, does: "a corrected time"},
		{keys: []string{"≈"}, does: "may be earlier than its neighbour above"},
		{keys: []string{"━"}, does: "the critical path: what the root waited for"},
		{keys: []string{"*"}, does: "long on the critical path"},
		{keys: []string{"⋯"}, does: "nothing is known of that time, or a span is missing"},
		{keys: []string{"▿"}, does: "only leads to what the filter wants"},
		{keys: []string{"▸"}, does: "closed, or rows that say the same"},
		{keys: []string{"▪"}, does: "has what was looked for"},
		{keys: []string{"?"}, does: "at a log: its span is a guess, by service and time"},
	}
}
