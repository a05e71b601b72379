package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// readIDs parses the arguments; "-" stands for the lines of standard input.
func (a *app) readIDs(ctx context.Context, args []string) ([]trace.ID, error) {
	var ids []trace.ID
	for _, arg := range args {
		texts := []string{arg}
		if arg == "-" {
			var err error
			texts, err = readLines(ctx, a.in)
			if errors.Is(err, bufio.ErrTooLong) {
				return nil, usageError{errors.New("standard input: a line is too long to be an ID")}
			}
			if err != nil {
				return nil, fmt.Errorf("standard input: %w", err)
			}
			if len(texts) == 0 {
				return nil, usageError{errors.New("no ID on standard input")}
			}
		}
		for _, text := range texts {
			id, err := parseID(text)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// parseID reads an ID that was typed.
func parseID(text string) (trace.ID, error) {
	text = strings.TrimSpace(text)
	if text != "" && strings.Trim(text, "0-") == "" {
		return trace.ID{}, usageError{hintedError{fmt.Errorf("%q is all zeros", text), "that is how a trace ID is written where there is no trace"}}
	}
	id, err := trace.ParseID(text)
	if err != nil {
		return id, usageError{err}
	}
	return id, nil
}

// readLines returns the lines that are not blank. It does not wait for them
// beyond the context's end.
func readLines(ctx context.Context, r io.Reader) ([]string, error) {
	type result struct {
		lines []string
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var lines []string
		scan := bufio.NewScanner(r)
		for scan.Scan() {
			if line := strings.TrimSpace(scan.Text()); line != "" {
				lines = append(lines, line)
			}
		}
		done <- result{lines, scan.Err()}
	}()
	select {
	case r := <-done:
		return r.lines, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// onlyIDs returns the IDs that a bundle was saved for, or its one trace. Where
// there are several it lists them and returns none.
func (a *app) onlyIDs(ctx context.Context, s *showing) ([]trace.ID, error) {
	if s.from == nil {
		return nil, usageError{errors.New("show needs an ID")}
	}
	if cases := s.from.Cases(); len(cases) > 0 {
		return cases, nil
	}
	traces, err := s.from.Traces(ctx)
	switch {
	case err != nil:
		return nil, err
	case len(traces) == 0:
		return nil, hintedError{fmt.Errorf("bundle: a trace was %w in it", trace.ErrNotFound), "name an ID to look for in its logs"}
	case len(traces) == 1:
		return []trace.ID{traces[0].ID}, nil
	}
	if s.save != "" {
		return nil, usageError{hintedError{fmt.Errorf("--save: which of the %d traces?", len(traces)), "otrace show without --save lists them; give their IDs"}}
	}
	for i := range traces {
		if s.redact != nil {
			traces[i].Operation = s.redact.String(traces[i].Operation)
		}
	}
	return nil, a.listTraces(traces, s.format, s.style)
}
