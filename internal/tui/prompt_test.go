package tui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
)

func typing(text string, keys ...string) *prompt {
	p := newPrompt("filter: ", text)
	for _, key := range keys {
		if kind, ok := named[key]; ok {
			p.key(tea.KeyMsg{Type: kind})
			continue
		}
		for _, r := range key {
			if r < ' ' {
				p.key(tea.KeyMsg{Type: tea.KeyType(r)})
				continue
			}
			p.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
		}
	}
	return p
}

// TestPromptEdits presses the keys that shells have; the cursor is shown as |.
func TestPromptEdits(t *testing.T) {
	for _, tt := range []struct {
		text string
		keys []string
		want string
	}{
		{"", []string{"order"}, "order|"},
		{"order", []string{"left", "left", "x"}, "ordx|er"},
		{"order", []string{"\x01", "x"}, "x|order"},
		{"order", []string{"home", "right", "\x0b"}, "o|"},
		{"order", []string{"\x02\x02", "\x06", "\x04"}, "orde|"},
		{"order by", []string{"ctrl+w"}, "order |"},
		{"order by  ", []string{"ctrl+w", "ctrl+w"}, "|"},
		{"order", []string{"left", "ctrl+u"}, "|r"},
		{"order", []string{"home", "ctrl+e", "backspace"}, "orde|"},
		{"order", []string{"home", "backspace"}, "|order"},
		{"注文サービス", []string{"left", "backspace"}, "注文サー|ス"},
		{"order", []string{"\x16", "\x0e", "\x10"}, "order|"}, // paste, next and previous are the terminal's and ours
	} {
		p := typing(tt.text, tt.keys...)
		runes := []rune(p.String())
		at := p.input.Position()
		if got := string(runes[:at]) + "|" + string(runes[at:]); got != tt.want {
			t.Errorf("%q and %q make %q, want %q", tt.text, tt.keys, got, tt.want)
		}
	}
}

// TestPromptAsksForNothing presses every key that there is: none may wake the
// program again, or read a clipboard.
func TestPromptAsksForNothing(t *testing.T) {
	p := newPrompt(":", "some words")
	for kind := tea.KeyType(-100); kind < 128; kind++ {
		for _, alt := range []bool{false, true} {
			if cmd, _ := p.key(tea.KeyMsg{Type: kind, Alt: alt, Runes: []rune("v")}); cmd != nil {
				t.Errorf("key %v asks for something", tea.KeyMsg{Type: kind, Alt: alt})
			}
		}
	}
}

// TestPromptPaste pastes what would act on a terminal, or never end.
func TestPromptPaste(t *testing.T) {
	p := newPrompt("/", "")
	p.key(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune("a\x1b]52;c;aGk=\x07b\r\n\tc\u009b2J\u202ed\u200be\x00\x7f")})
	if got := p.String(); got != "a]52;c;aGk=bc2J\u202ed\u200be" {
		t.Errorf("pasted %q", got)
	}
	paints := newPaints(render.Style{})
	checkScreen(t, p.draw(80, paints), 80, 1, false)
	p.key(tea.KeyMsg{Type: tea.KeyRunes, Paste: true, Runes: []rune(strings.Repeat("長い文 ", 100_000))})
	if n := len([]rune(p.String())); n != longestInput {
		t.Errorf("%d characters are kept", n)
	}
	checkScreen(t, p.draw(80, paints), 80, 1, false)
}

// TestPromptAtTheEdge draws texts on screens that are too narrow for them: the
// cursor is seen wherever it is.
func TestPromptAtTheEdge(t *testing.T) {
	paints := newPaints(render.Style{})
	for _, text := range []string{"", "order.id=ORD-17 and much more than there is room for", "注文サービスの受注を作成する操作", "a注b文c\u202eサd👩‍👩‍👧‍👦e", strings.Repeat("e\u0301", 40)} {
		for _, width := range []int{9, 10, 11, 24, 25, 60} {
			p := newPrompt("filter: ", text)
			p.note = "it is wrong"
			for range len([]rune(text)) + 1 {
				line := p.draw(width, paints)
				if w := ansi.StringWidth(line); w != width {
					t.Errorf("%q is %d columns wide, want %d", line, w, width)
				}
				if strings.Count(line, "\x1b[7m") != 1 || strings.Count(line, "\x1b[27m") != 1 {
					t.Errorf("the cursor is not seen in %q", line)
				}
				p.key(tea.KeyMsg{Type: tea.KeyLeft})
			}
		}
	}
	long := newPrompt("copy: m message  j JSON  i ID  c command line ", "")
	long.set("what is typed")
	if line := long.draw(30, paints); !strings.Contains(line, "what is typed") {
		t.Errorf("%q hides what is typed", line)
	}
}

// TestPromptPast goes back and forth in what was typed before.
func TestPromptPast(t *testing.T) {
	var lived []string
	p := newPrompt("filter: ", "")
	p.past = []string{"new", "old"}
	p.live = func(s string) tea.Cmd { lived = append(lived, s); return nil }
	for _, key := range []string{"up", "up", "up", "down", "down", "down"} {
		p.key(tea.KeyMsg{Type: named[key]})
	}
	if got := strings.Join(lived, ","); got != "new,old,new," {
		t.Errorf("went through %q", got)
	}
}

// TestPromptOffers completes by Tab, and back.
func TestPromptOffers(t *testing.T) {
	p := newPrompt(":", "")
	p.offer = func(s string) []offer {
		return offers("", "", fitting([]string{"context", "find", "trace", "traces"}, s))
	}
	p.refresh()
	var got []string
	for _, kind := range []tea.KeyType{tea.KeyTab, tea.KeyTab, tea.KeyShiftTab, tea.KeyShiftTab} {
		p.key(tea.KeyMsg{Type: kind})
		got = append(got, p.String())
	}
	p.key(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("s")})
	if want := "context find context traces tracess"; strings.Join(append(got, p.String()), " ") != want {
		t.Errorf("went through %q, want %q", append(got, p.String()), want)
	}
	if len(p.offered.list) != 0 {
		t.Errorf("offers %v", p.offered.list)
	}
	p.set("")
	p.refresh()
	p.key(tea.KeyMsg{Type: tea.KeyShiftTab})
	if p.String() != "traces" {
		t.Errorf("the last is %q", p.String())
	}
}

// TestFitting offers what begins with a text before what holds it.
func TestFitting(t *testing.T) {
	list := []string{"repayment", "Payment", "pay", "order"}
	for typed, want := range map[string]string{"": "repayment Payment pay order", "pa": "Payment pay repayment", "PAY": "", "x": "", "pay": ""} {
		if got := strings.Join(fitting(list, typed), " "); got != want {
			t.Errorf("%q offers %q, want %q", typed, got, want)
		}
	}
}
