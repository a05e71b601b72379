package tui

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
)

// A prompt is the line that is being typed. The library edits it; what begins
// it, what it offers and what becomes of it is said here.
type prompt struct {
	sign  string // what it begins with: "/", "filter: "
	hint  string // what may be typed, while nothing is
	input textinput.Model
	past  []string
	back  int           // how far back in the past the text is from; 0 is none
	note  string        // what is wrong with it
	told  func() string // what comes of it; or nil
	live  func(text string) tea.Cmd
	done  func(text string) tea.Cmd
	leave func() tea.Cmd // it was given up

	offer   func(text string) []offer // what the text may become; nil for none
	offered choice
	keys    func(key string) (tea.Cmd, bool) // keys that mean something else here
	inView  bool                             // a view draws it; the last line has the hint
}

// longestInput is how many characters a line takes, so that what is pasted by
// mistake is no burden.
const longestInput = 4096

func newPrompt(sign, text string) *prompt {
	p := &prompt{sign: sign, input: textinput.New(), offered: choice{at: nothing}}
	p.input.KeyMap = editing()
	p.input.CharLimit = longestInput
	p.input.Cursor.SetMode(cursor.CursorStatic) // one that blinks wakes the program
	p.input.Focus()
	p.set(text)
	return p
}

// editing is the library's keys without those that read the clipboard, which a
// terminal pastes by itself, and those for what a prompt offers in its own way.
func editing() textinput.KeyMap {
	keys := textinput.DefaultKeyMap
	for _, b := range [...]*key.Binding{&keys.Paste, &keys.AcceptSuggestion, &keys.NextSuggestion, &keys.PrevSuggestion} {
		*b = key.NewBinding()
	}
	return keys
}

func (p *prompt) String() string { return p.input.Value() }

func (p *prompt) set(text string) {
	p.input.SetValue(text)
	p.input.CursorEnd()
}

// key edits the text, and reports whether the prompt is still there.
func (p *prompt) key(k tea.KeyMsg) (tea.Cmd, bool) {
	before := p.String()
	if p.keys != nil {
		if cmd, ok := p.keys(k.String()); ok {
			return cmd, true
		}
	}
	switch k.String() {
	case "enter":
		return run(p.done, before), false
	case "esc", "ctrl+c":
		if p.leave == nil {
			return nil, false
		}
		return p.leave(), false
	case "tab", "shift+tab":
		p.take(k.String() == "tab")
	case "up":
		p.recall(p.back + 1)
	case "down":
		p.recall(p.back - 1)
	default:
		p.edit(k)
		if p.String() != before {
			p.refresh()
		}
	}
	if after := p.String(); after != before {
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
	} else {
		p.set(p.past[back-1])
	}
	p.refresh()
}

// edit lets the library edit. What is typed or pasted becomes one line; the
// library would ask for nothing more than a cursor that blinks.
func (p *prompt) edit(k tea.KeyMsg) {
	if slices.ContainsFunc(k.Runes, unicode.IsControl) {
		k.Runes = slices.DeleteFunc(slices.Clone(k.Runes), unicode.IsControl)
	}
	p.input, _ = p.input.Update(k)
}

// refresh offers what fits what is typed.
func (p *prompt) refresh() {
	p.offered = choice{at: nothing}
	if p.offer != nil {
		p.offered.list = p.offer(p.String())
	}
}

// take puts the next of what is offered in place of the text, or the one
// before.
func (p *prompt) take(next bool) {
	n, step := len(p.offered.list), 1
	if n == 0 {
		return
	}
	if !next {
		step, p.offered.at = n-1, max(p.offered.at, 0)
	}
	p.offered.at = (p.offered.at + step) % n
	p.set(p.offered.list[p.offered.at].text)
}

// draw shows the text with its cursor.
func (p *prompt) draw(width int, paints *paints) string {
	if p.inView {
		return paints.fit(text(paints.Dim, p.hint), width)
	}
	sign := p.sign
	if p.String() != "" && render.Columns(sign) > width/2 {
		sign = render.Clip(sign, width/2)
	}
	line := paints.Title.Text(safe.Of(sign)) + p.typed(width-render.Columns(sign))
	switch {
	case p.note != "":
		line += "  " + text(paints.Warn, p.note)
	case p.String() == "":
		line += " " + text(paints.Dim, p.hint)
	case p.told != nil:
		line += "  " + text(paints.Dim, p.told())
	}
	return paints.fit(line, width)
}

// typed is the text with its cursor, of which the part that has room is shown:
// the one that ends at the cursor, and what is behind it.
func (p *prompt) typed(room int) string {
	runes, at := []rune(p.String()), p.input.Position()
	before, under, after := safe.Of(string(runes[:at])).String(), " ", ""
	if at < len(runes) {
		under, after = safe.Of(string(runes[at:at+1])).String(), safe.Of(string(runes[at+1:])).String()
	}
	room = max(room-render.Columns(under), 1)
	if over := render.Columns(before) - room; over > 0 {
		before = ansi.TruncateLeft(before, over, "")
	}
	for render.Columns(before) > room { // a wide character was cut in two
		_, size := utf8.DecodeRuneInString(before)
		before = before[size:]
	}
	after = render.Clip(after, max(room-render.Columns(before), 0))
	return before + "\x1b[7m" + under + "\x1b[27m" + after
}

// over lays what is offered over the last of the lines.
func (p *prompt) over(lines []string, width int, paints *paints) {
	if p.inView || len(p.offered.list) == 0 || len(lines) < 2 {
		return
	}
	list := p.offered.draw(paints, width, min(mostOffered, len(lines)-1))
	copy(lines[len(lines)-len(list):], list)
}

// An offer is what a text may become.
type offer struct {
	text  string // the whole of it
	name  string // what is listed
	tells string // beside it
}

// mostOffered is how many offers are seen at once.
const mostOffered = 8

// A choice is what is offered, and which of it is chosen.
type choice struct {
	list []offer
	at   int // nothing while none is
}

// move chooses another one, and reports whether there is one. Before the first
// is none.
func (c *choice) move(by int) bool {
	to := c.at + by
	if to < nothing || to >= len(c.list) || to == c.at {
		return false
	}
	c.at = to
	return true
}

// draw lists what is offered around the one that is chosen.
func (c *choice) draw(paints *paints, width, height int) []string {
	names := 0
	for _, o := range c.list {
		names = max(names, render.Columns(safe.Of(o.name).String()))
	}
	names = min(names, width-2)
	rows := list{rows: len(c.list), height: height}
	if len(c.list) > height && height > 1 {
		rows.height-- // the last line tells of the others
	}
	rows.move(max(c.at, 0))
	var lines []string
	for k := rows.top; k < rows.end(); k++ {
		o := c.list[k]
		line := " " + paints.fit(safe.Of(o.name).String(), names)
		if o.tells != "" {
			line += "  " + text(paints.Dim, o.tells)
		}
		if k == c.at {
			line = paints.highlight(text(paints.Title, paints.cursor)+strings.TrimPrefix(line, " "), width)
		}
		lines = append(lines, paints.fit(line, width))
	}
	if more := len(c.list) - len(lines); more > 0 && height > 1 {
		lines = append(lines, paints.fit(" "+text(paints.Dim, fmt.Sprintf("%s %d more", paints.cut, more)), width))
	}
	return lines
}
