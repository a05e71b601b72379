package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

// Exit codes. Where several apply, the one that stands first here wins.
const (
	exitInterrupted = 130
	exitUsage       = 2
	exitRefused     = 5  // a source turned our credentials down
	exitFailed      = 1  // nothing shown and a source failed, or the output could not be written
	exitPartial     = 3  // shown, and something is missing
	exitNotFound    = 4  // every source answered, and none knows it
	exitGroups      = 10 // errors --exit-code: something fails
	exitOK          = 0
)

// A usageError is the caller's mistake rather than a backend's.
type usageError struct{ error }

// Unwrap lets a usage error's own hint be found.
func (e usageError) Unwrap() error { return e.error }

// An outputError is a failure to write what was asked for.
type outputError struct{ error }

// Unwrap lets a closed pipe be told from a full disk.
func (e outputError) Unwrap() error { return e.error }

// output marks an error of writing to stdout.
func output(err error) error {
	if err == nil {
		return nil
	}
	return outputError{err}
}

// A partialError follows a timeline that was shown with gaps.
type partialError struct{ gaps []trace.Gap }

// Error names every gap.
func (e partialError) Error() string {
	reasons := make([]string, len(e.gaps))
	for i, g := range e.gaps {
		reasons[i] = g.Source + ": " + g.Reason
	}
	return "partial: " + strings.Join(reasons, "; ")
}

// partial is the error of a timeline with gaps, nil when there are none.
func partial(gaps []trace.Gap) error {
	if len(gaps) == 0 {
		return nil
	}
	return partialError{gaps}
}

// A hintedError carries what to do about it.
type hintedError struct {
	error
	hint string
}

// Unwrap gives the error without its hint.
func (e hintedError) Unwrap() error { return e.error }

// Hint tells what to do.
func (e hintedError) Hint() string { return e.hint }

// report is the only place that prints an error or chooses an exit code.
func (a *app) report(ctx context.Context, err error) int {
	code := exitCode(ctx, err)
	switch code {
	case exitOK, exitGroups:
	case exitInterrupted:
		fmt.Fprintln(a.err, "otrace: interrupted")
	default:
		for _, e := range each(err) {
			fmt.Fprintf(a.err, "otrace: %s\n", safe.Of(a.scrub(e.Error())))
			if hint := hintFor(e); hint != "" {
				fmt.Fprintf(a.err, "hint: %s\n", safe.Of(hint))
			}
		}
	}
	return code
}

// isClosedPipe reports that whoever read the output has seen enough.
func isClosedPipe(err error) bool { return errors.Is(err, syscall.EPIPE) }

// A manyError holds an error for each of several IDs.
type manyError []error

// Error tells them all.
func (m manyError) Error() string { return errors.Join(m...).Error() }

// Unwrap lets each be inspected.
func (m manyError) Unwrap() []error { return m }

func each(err error) []error {
	if many, ok := errors.AsType[manyError](err); ok {
		return many
	}
	return []error{err}
}

// exitCode picks the worst of what the error holds.
func exitCode(ctx context.Context, err error) int {
	switch {
	case err == nil, isClosedPipe(err): // which is quiet
		return exitOK
	case errors.Is(context.Cause(ctx), context.Canceled), errors.Is(err, errHungUp):
		return exitInterrupted
	case errors.As(err, new(usageError)), errors.Is(err, trace.ErrID):
		return exitUsage
	case refused(err):
		return exitRefused
	case errors.As(err, new(groupsError)):
		return exitGroups
	}
	code := exitOK
	for _, e := range each(err) {
		switch {
		case errors.As(e, new(partialError)):
			code = worse(code, exitPartial)
		case errors.Is(e, trace.ErrNotFound) && !errors.As(e, new(outputError)):
			code = worse(code, exitNotFound)
		default:
			code = worse(code, exitFailed)
		}
	}
	return code
}

func worse(a, b int) int {
	for _, code := range [...]int{exitFailed, exitPartial, exitNotFound} {
		if a == code || b == code {
			return code
		}
	}
	return exitOK
}

func refused(err error) bool {
	if errors.Is(err, trace.ErrRefused) {
		return true
	}
	for _, e := range each(err) {
		var p partialError
		if !errors.As(e, &p) {
			continue
		}
		for _, g := range p.gaps {
			if g.Refused {
				return true
			}
		}
	}
	return false
}

// hintFor says what to do about an error, "" when there is nothing to say.
func hintFor(err error) string {
	var own interface{ Hint() string }
	switch {
	case errors.As(err, &own):
		return own.Hint()
	case errors.Is(err, trace.ErrID):
		return "a trace ID is 1 to 32 hex digits, a UUID, a traceparent or the address of a trace in Jaeger; " +
			"any other 8 to 128 characters without blanks are a correlation ID"
	case errors.As(err, new(usageError)):
		return "see otrace --help"
	case refused(err):
		return "check OTRACE_JAEGER_TOKEN and OTRACE_ELASTICSEARCH_API_KEY, or _USERNAME and _PASSWORD"
	case errors.Is(err, bundle.ErrNoBundle):
		return "a bundle is a folder with spans.otlp.jsonl or logs.ndjson in it, or one file of OTLP JSON, Jaeger's JSON or logs"
	case errors.Is(err, context.DeadlineExceeded):
		return "give it longer with --timeout"
	case errors.Is(err, trace.ErrNotFound):
		return "the trace may be older than what is kept, or --jaeger and --elasticsearch may name another cluster"
	case errors.As(err, new(partialError)), errors.As(err, new(outputError)):
		return ""
	}
	return "check --jaeger and --elasticsearch, or try: otrace demo"
}
