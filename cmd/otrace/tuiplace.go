package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/tui"
)

// A tuiPlace is where the screen's traces come from: servers, or bundles.
type tuiPlace struct {
	app      *app // which writes nothing: the screen is in use
	settings settings
	errors   errorsOptions // as the command line has them
	src      gather.Sources
	from     *bundle.Bundle // nil for servers
}

// newTUIPlace resolves where to ask.
func (a *app) newTUIPlace(s settings, opts errorsOptions) (*tuiPlace, error) {
	quiet := *a
	quiet.err = io.Discard
	p := &tuiPlace{app: &quiet, settings: s, errors: opts}
	var err error
	if p.src, p.from, err = a.sources(&p.settings); err != nil {
		return nil, err
	}
	p.errors.settings = p.settings
	return p, nil
}

// Window is the stretch of time between two moments. Of servers it is the last
// hour unless something else is said; of bundles all that they hold.
func (p *tuiPlace) Window(ctx context.Context, since, until string) (trace.Window, error) {
	flags := windowFlags{since, until}
	if p.from == nil && flags.since == "" && flags.until == "" {
		flags.since = usualWindow.String()
	}
	return flags.window(ctx, p.from)
}

// name is the context's, or the bundle's.
func (p *tuiPlace) name() string {
	switch found := p.settings.found; {
	case found.Context != "":
		return found.Context
	case len(found.From) > 0:
		name := filepath.Base(found.From[0])
		if more := len(found.From) - 1; more > 0 {
			name += fmt.Sprintf(" +%d", more)
		}
		return name
	}
	return ""
}

// Command is the command line's part that says where this is.
func (p *tuiPlace) Command() []string {
	var words []string
	for _, path := range p.settings.From {
		words = append(words, "--from", path)
	}
	if p.settings.Context != "" {
		words = append(words, "--context", p.settings.Context)
	}
	if p.settings.Jaeger != "" {
		words = append(words, "--jaeger", p.settings.Jaeger)
	}
	for _, url := range p.settings.Elasticsearch {
		words = append(words, "--elasticsearch", url)
	}
	for i := range words {
		words[i] = p.app.scrub(words[i])
	}
	return words
}

// Trace gathers a trace, and tells how each source answered.
func (p *tuiPlace) Trace(ctx context.Context, id trace.ID) (trace.Evidence, []tui.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, p.settings.timeout)
	defer cancel()
	if p.from != nil {
		if ev, ok, err := p.from.Saved(ctx, id); err != nil || ok {
			return ev, nil, ofBundle(err, p.from)
		}
	}
	src, timing := timeSources(p.src)
	ev, err := gather.All(ctx, id, src)
	p.app.scrubEvidence(&ev)
	return ev, timing.answers(), p.told(err)
}

// Find lists traces, and tells how each source answered.
func (p *tuiPlace) Find(ctx context.Context, q trace.Query, _ func(trace.Found, []tui.Answer)) (trace.Found, []tui.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, p.settings.timeout)
	defer cancel()
	src, timing := timeSources(p.src)
	found, err := gather.Find(ctx, q, src)
	p.app.scrubFound(&found)
	return found, timing.answers(), p.told(err)
}

// told is an error as it may be shown.
func (p *tuiPlace) told(err error) error {
	if err == nil {
		return nil
	}
	return scrubbedError{ofBundle(err, p.from), p.app.scrub(err.Error())}
}

// A scrubbedError tells an error without the secrets that a server may echo.
type scrubbedError struct {
	error
	text string
}

// Error is the text without secrets.
func (e scrubbedError) Error() string { return e.text }

// Unwrap lets it be inspected.
func (e scrubbedError) Unwrap() error { return e.error }
