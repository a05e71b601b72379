package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/term"
)

// watchErrors shows the errors again and again, on a terminal in place of what
// it showed before, until it is interrupted. A failure is shown and does not
// end it, unless asking again is pointless.
func (a *app) watchErrors(ctx context.Context, t *triaging) error {
	if t.from != nil {
		return usageError{hintedError{errors.New("--watch: a bundle does not change"), "leave --watch out"}}
	}
	look := a.errorsOnce
	if screen, ok := terminal(a.out); ok && !t.format.machine {
		look = (&watched{app: a, screen: screen}).look
	}
	for {
		err := look(ctx, t)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, new(partialError)), errors.As(err, new(groupsError)): // which was shown
		case errors.As(err, new(usageError)), errors.As(err, new(outputError)), refused(err):
			return err
		case err != nil:
			a.report(ctx, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(t.watch):
		}
	}
}

// A watched screen shows one look at the errors in place of the other. What was
// seen last stays while a look fails.
type watched struct {
	app    *app
	screen *os.File
	text   screenful
	at     time.Time // of text
}

// look asks, and draws as much as fits on the screen: the top matters most.
func (w *watched) look(ctx context.Context, t *triaging) error {
	width, height, err := term.GetSize(int(w.screen.Fd()))
	if err != nil || width <= 0 {
		width, height = 80, 24
	}
	if t.width == 0 {
		t.style.Width = width
	}
	var text screenful
	with := *w.app
	with.out = &text
	err = with.errorsOnce(ctx, t)
	if len(text.text) > 0 && (ctx.Err() == nil || len(w.text.text) == 0) {
		w.text, w.at = text, time.Now()
	}
	if len(w.text.text) == 0 {
		return err
	}
	fits, left := top(w.text.text, width, height-linesBelow)
	fmt.Fprintf(w.screen, "\x1b[H\x1b[2J%s", fits)
	if left > 0 {
		fmt.Fprintf(w.screen, "%d lines more: see --limit\n", left)
	}
	fmt.Fprintf(w.screen, "every %s, last at %s\n", t.watch, w.at.UTC().Format("15:04:05 UTC"))
	return err
}

// linesBelow is how many lines a watched screen needs beside the errors: to
// tell what is left out, when it was, what failed, and for the cursor.
const linesBelow = 6

// A screenful keeps what is drawn until all of it can be shown at once.
type screenful struct{ text []byte }

func (s *screenful) Write(p []byte) (int, error) {
	s.text = append(s.text, p...)
	return len(p), nil
}
