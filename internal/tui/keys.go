package tui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
)

// A binding is one thing that keys do. Update finds it by the key, and help is
// made of it: there is no other list.
type binding struct {
	keys  []string
	with  []string       // keys that help tells beside them; bindings without a group have them
	group string         // under which help tells it; "" where another binding's line tells it, too
	does  string         // what help tells
	hint  string         // a word for the last line; "" where it is not told
	do    func() tea.Cmd // nil where a list moves
}

// press does what a key is bound to.
func press(bindings []binding, key string) (tea.Cmd, bool) {
	for i := range bindings {
		if bindings[i].do != nil && slices.Contains(bindings[i].keys, key) {
			return bindings[i].do(), true
		}
	}
	return nil, false
}

// shown is how a key is written in help.
func shown(key string, ascii bool) string {
	if !ascii {
		if s, ok := symbols[key]; ok {
			return s
		}
	}
	if rest, ok := strings.CutPrefix(key, "ctrl+"); ok {
		return "^" + rest
	}
	if key == " " {
		return "space"
	}
	return key
}

var symbols = map[string]string{"enter": "↵", "up": "↑", "down": "↓", "left": "←", "right": "→", "backspace": "⌫"}

func (b *binding) shown(ascii bool) string {
	var texts []string
	for _, key := range slices.Concat(b.keys, b.with) {
		texts = append(texts, shown(key, ascii))
	}
	return strings.Join(texts, " ")
}
