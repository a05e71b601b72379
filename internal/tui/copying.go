package tui

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// A copyable is one of the things that can be copied from where the cursor is.
type copyable struct {
	key, name string
	what      string // as a sentence names it
	text      func() string
}

// copying are the bindings that copy. The first thing is copied at once, and
// the next ones as y goes on; Y asks which.
func (m *model) copying(list func() []copyable, does string) []binding {
	return []binding{
		{keys: []string{"y"}, group: "take", does: "copy, and again for the next: " + does, hint: "copy", do: func() tea.Cmd { return m.copyNext(list()) }},
		{keys: []string{"Y"}, group: "take", does: "copy one of these", do: func() tea.Cmd { return m.chooseCopy(list()) }},
	}
}

// copyNext copies the first thing, or the one behind that which the key before
// copied.
func (m *model) copyNext(list []copyable) tea.Cmd {
	if len(list) == 0 {
		return m.failing("there is nothing to copy")
	}
	if m.turn++; m.pressed != m.copiedAt+1 {
		m.turn = 0
	}
	m.copiedAt = m.pressed
	c, then := list[m.turn%len(list)], ""
	if len(list) > 1 {
		then = "y again: " + list[(m.turn+1)%len(list)].what
	}
	return m.copyThen(c.what, c.text(), then)
}

// chooseCopy lets one choose what to copy, by one key.
func (m *model) chooseCopy(list []copyable) tea.Cmd {
	if len(list) == 0 {
		return m.failing("there is nothing to copy")
	}
	var names []string
	for _, c := range list {
		names = append(names, c.key+" "+c.name)
	}
	p := newPrompt("copy: "+strings.Join(names, "  ")+" ", "")
	p.live = func(key string) tea.Cmd {
		m.prompt = nil
		for _, c := range list {
			if c.key == key {
				return m.copy(c.what, c.text())
			}
		}
		return m.failing("nothing is copied by " + key)
	}
	p.done = func(string) tea.Cmd { return m.copy(list[0].what, list[0].text()) }
	m.prompt = p
	return nil
}
