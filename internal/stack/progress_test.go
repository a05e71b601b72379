package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestLongStepsAreMentionedAgain(t *testing.T) {
	var out strings.Builder
	p := newProgress(&out)
	p.again = 10 * time.Millisecond
	failed := errors.New("failed")
	err := p.during("es8", "starting", func() error { time.Sleep(100 * time.Millisecond); return failed })
	if !errors.Is(err, failed) {
		t.Errorf("error %v", err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) < 3 || len(lines) > 5 || !strings.HasSuffix(lines[0], "s es8: starting") || !strings.HasSuffix(lines[1], "s es8: still starting (0 s)") {
		t.Errorf("said %q", out.String())
	}
}

func TestTail(t *testing.T) {
	if got := tail("a\nb\nc\n", 2); got != "  b\n  c" {
		t.Errorf("got %q", got)
	}
}
