package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// watchErrors shows the errors again and again, on a terminal in place of what
// it showed before, until it is interrupted. A failure is shown and does not
// end it, unless asking again is pointless.
func (a *app) watchErrors(ctx context.Context, t *triaging) error {
	_, onTerminal := terminal(a.out)
	if t.from != nil {
		return usageError{hintedError{errors.New("--watch: a bundle does not change"), "leave --watch out"}}
	}
	for {
		with := *a
		var screen screenful
		if onTerminal && !t.format.machine {
			with.out = &screen
		}
		err := with.errorsOnce(ctx, t)
		if onTerminal && !t.format.machine {
			fmt.Fprintf(a.out, "\x1b[H\x1b[2J\x1b[3J%severy %s, last at %s\n", screen.text, t.watch, time.Now().UTC().Format(time.TimeOnly))
		}
		var shown partialError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, new(usageError)), refused(err), errors.As(err, new(outputError)):
			return err
		case err != nil && !errors.As(err, &shown) && !errors.As(err, new(groupsError)):
			a.report(ctx, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(t.watch):
		}
	}
}

// A screenful keeps what is drawn until all of it can be shown at once.
type screenful struct{ text []byte }

func (s *screenful) Write(p []byte) (int, error) {
	s.text = append(s.text, p...)
	return len(p), nil
}
