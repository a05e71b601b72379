package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// spoken hands on the first lines that are written, and drops the others.
type spoken struct{ lines chan string }

func (s spoken) Write(p []byte) (int, error) {
	select {
	case s.lines <- string(p):
	default:
	}
	return len(p), nil
}

func TestLongStepsAreMentionedAgain(t *testing.T) {
	out := spoken{lines: make(chan string, 3)}
	p := newProgress(out)
	p.again = time.Millisecond
	failed := errors.New("failed")
	var lines []string
	err := p.during("es8", "starting", func() error {
		for len(lines) < 3 {
			lines = append(lines, strings.TrimSpace(<-out.lines))
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Errorf("error %v", err)
	}
	if !strings.HasSuffix(lines[0], "s es8: starting") || !strings.HasSuffix(lines[1], "s es8: still starting (0 s)") {
		t.Errorf("said %q", lines)
	}
}

func TestTail(t *testing.T) {
	if got := tail("a\nb\nc\n", 2); got != "  b\n  c" {
		t.Errorf("got %q", got)
	}
}
