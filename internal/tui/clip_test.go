package tui

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// TestCopyTells says what took a text, and what may not have.
func TestCopyTells(t *testing.T) {
	takes := func(_ context.Context, _ string) (string, error) { return "wl-copy", nil }
	breaks := func(context.Context, string) (string, error) { return "", errors.New("xclip: exit status 1") }
	long, tooLong := strings.Repeat("x", 60_000), strings.Repeat("x", 1<<20)
	for _, tt := range []struct {
		text string
		clip func(context.Context, string) (string, error)
		want string
		warn bool
		sent bool
	}{
		{"short", nil, "copied it, 5 bytes, by OSC 52, if the terminal allows it", false, true},
		{"short", takes, "copied it, 5 bytes, by OSC 52 and wl-copy", false, true},
		{"short", breaks, "copied it, 5 bytes, by OSC 52, if the terminal allows it (xclip: exit status 1)", false, true},
		{long, nil, "copied it, 60000 bytes, by OSC 52, if the terminal allows it; many do not take as much", false, true},
		{long, takes, "copied it, 60000 bytes, by OSC 52 and wl-copy", false, true},
		{tooLong, takes, "copied it, 1048576 bytes, by wl-copy alone: it is too long for a terminal", false, false},
		{tooLong, nil, "not copied it, 1048576 bytes: it is too long for a terminal", true, false},
		{"", nil, "there is nothing in it", true, false},
	} {
		d := open(t, shop())
		d.m.opts.Clip = tt.clip
		d.run(d.m.copy("it", tt.text))
		if d.m.note != tt.want || d.m.warn != tt.warn {
			t.Errorf("%d bytes: %q, %v; want %q, %v", len(tt.text), d.m.note, d.m.warn, tt.want, tt.warn)
		}
		if sent := d.out.String() == osc52(tt.text, false); sent != tt.sent {
			t.Errorf("%d bytes: wrote %.40q", len(tt.text), d.out.String())
		}
	}
}

// Within GNU screen the pieces together are what a terminal understands.
func TestCopyInScreen(t *testing.T) {
	text := strings.Repeat("what a log says; ", 200)
	wrapped := osc52(text, true)
	var inner strings.Builder
	for wrapped != "" {
		piece, rest, ended := strings.Cut(strings.TrimPrefix(wrapped, "\x1bP"), "\x1b\\")
		if !ended || !strings.HasPrefix(wrapped, "\x1bP") || len(piece) > 700 {
			t.Fatalf("%d bytes are no piece that screen takes: %.40q", len(piece), wrapped)
		}
		inner.WriteString(piece)
		wrapped = rest
	}
	want := "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(text)) + "\x07"
	if inner.String() != want {
		t.Errorf("the pieces are %.60q…", inner.String())
	}
}

// Ctrl-Z stops nothing where no shell would go on with it.
func TestSuspend(t *testing.T) {
	d := open(t, shop())
	if cmd := d.m.suspend(); cmd == nil {
		t.Error("it was not suspended")
	} else if _, ok := cmd().(tea.SuspendMsg); !ok {
		t.Error("it was not suspended")
	}
	d.m.opts.Alone = true
	d.run(d.m.suspend())
	d.sees("not suspended: there is no shell")
}
