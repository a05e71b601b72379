package tui

import (
	"slices"
	"unicode"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
)

// A prompt is the line that is being typed.
type prompt struct {
	sign  string // what it begins with: "/", "filter: "
	hint  string // what may be typed, while nothing is
	text  []rune
	at    int // where the cursor is, in characters
	past  []string
	back  int           // how far back in the past the text is from; 0 is none
	note  string        // what is wrong with it
	told  func() string // what comes of it; or nil
	live  func(text string) tea.Cmd
	done  func(text string) tea.Cmd
	leave func() tea.Cmd // it was given up
}

func newPrompt(sign, text string) *prompt {
	return &prompt{sign: sign, text: []rune(text), at: len([]rune(text))}
}

func (p *prompt) String() string { return string(p.text) }

func (p *prompt) set(text string) { p.text = []rune(text); p.at = len(p.text) }

// key edits the text, and reports whether the prompt is still there.
func (p *prompt) key(k tea.KeyMsg) (tea.Cmd, bool) {
	before := string(p.text)
	switch k.String() {
	case "enter":
		return run(p.done, before), false
	case "esc", "ctrl+c":
		if p.leave == nil {
			return nil, false
		}
		return p.leave(), false
	case "up":
		p.recall(p.back + 1)
	case "down":
		p.recall(p.back - 1)
	default:
		p.edit(k)
	}
	if after := string(p.text); after != before {
		return run(p.live, after), true
	}
	return nil, true
}

func run(f func(string) tea.Cmd, text string) tea.Cmd {
	if f == nil {
		return nil
	}
	return f(text)
}

func (p *prompt) recall(back int) {
	if back < 0 || back > len(p.past) {
		return
	}
	if p.back = back; back == 0 {
		p.set("")
		return
	}
	p.set(p.past[back-1])
}

func (p *prompt) edit(k tea.KeyMsg) {
	switch k.String() {
	case "left", "ctrl+b":
		p.at = max(p.at-1, 0)
	case "right", "ctrl+f":
		p.at = min(p.at+1, len(p.text))
	case "home", "ctrl+a":
		p.at = 0
	case "end", "ctrl+e":
		p.at = len(p.text)
	case "backspace", "ctrl+h":
		p.cut(p.at-1, p.at)
	case "delete", "ctrl+d":
		p.cut(p.at, p.at+1)
	case "ctrl+u":
		p.cut(0, p.at)
	case "ctrl+k":
		p.cut(p.at, len(p.text))
	case "ctrl+w", "alt+backspace":
		p.cut(p.wordBefore(), p.at)
	default:
		p.insert(k.Runes)
	}
}

// insert puts in what was typed or pasted, on one line.
func (p *prompt) insert(runes []rune) {
	runes = slices.DeleteFunc(slices.Clone(runes), unicode.IsControl)
	p.text = slices.Insert(p.text, p.at, runes...)
	p.at += len(runes)
}

func (p *prompt) cut(from, to int) {
	from, to = max(from, 0), min(to, len(p.text))
	if from < to {
		p.text = slices.Delete(p.text, from, to)
		p.at = from
	}
}

func (p *prompt) wordBefore() int {
	i := p.at
	for i > 0 && p.text[i-1] == ' ' {
		i--
	}
	for i > 0 && p.text[i-1] != ' ' {
		i--
	}
	return i
}

// draw shows the text with its cursor; what has no room is left out at the
// beginning.
func (p *prompt) draw(width int, paints *paints) string {
	note := ""
	switch {
	case p.note != "":
		note = "  " + text(paints.Warn, p.note)
	case len(p.text) == 0:
		note = " " + text(paints.Dim, p.hint)
	case p.told != nil:
		note = "  " + text(paints.Dim, p.told())
	}
	before, under, after := safe.Of(string(p.text[:p.at])).String(), " ", ""
	if p.at < len(p.text) {
		under, after = safe.Of(string(p.text[p.at:p.at+1])).String(), safe.Of(string(p.text[p.at+1:])).String()
	}
	room := max(width-len(p.sign)-render.Columns(under), 1)
	for render.Columns(before) > room {
		_, size := utf8.DecodeRuneInString(before)
		before = before[size:]
	}
	return paints.fit(paints.Title.Text(safe.Of(p.sign))+before+"\x1b[7m"+under+"\x1b[27m"+after+note, width)
}
