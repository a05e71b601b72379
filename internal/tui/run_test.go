package tui

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/term"

	"github.com/otrace/otrace/internal/trace"
)

// A trap is a source that breaks off.
type trap struct{ stock }

func (*trap) Trace(context.Context, trace.ID) (trace.Evidence, []Answer, error) { panic("of a test") }

// What breaks off leaves the terminal as it was.
func TestPanicRestores(t *testing.T) {
	keyboard, screen, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal: %v", err)
	}
	defer keyboard.Close()
	const over = "all is written"
	before, err := term.GetState(int(screen.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan []byte, 1)
	go func() {
		var all []byte
		for b := make([]byte, 4096); !bytes.Contains(all, []byte(over)); {
			n, err := keyboard.Read(b)
			if all = append(all, b[:n]...); err != nil {
				break
			}
		}
		written <- all
	}()
	err = Run(t.Context(), Options{Source: &trap{}, ID: fixtureID, In: screen, Out: screen, Keep: func(string, State) {}})
	if err == nil {
		t.Error("it did not tell that it broke off")
	}
	after, stateErr := term.GetState(int(screen.Fd()))
	if stateErr != nil || *after != *before {
		t.Errorf("the terminal is in another mode: %v", stateErr)
	}
	_, _ = screen.WriteString(over) // it is not closed: the library may be reading its last
	select {
	case all := <-written:
		if !bytes.Contains(all, []byte("\x1b[?1049l")) || !bytes.Contains(all, []byte("\x1b[?25h")) {
			t.Errorf("the screen is not restored: %q", all)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("the terminal is still open")
	}
}
