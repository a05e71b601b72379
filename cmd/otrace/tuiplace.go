package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/tui"
)

// A tuiPlace is where the screen's traces come from: servers, or bundles. Its
// methods are called at the same time.
type tuiPlace struct {
	app      *app // which writes nothing, and learns no more secrets: the screen is in use
	settings settings
	errors   errorsOptions // as the command line has them
	redacts  *redactFlags
	taken    takenOut
	src      gather.Sources
	from     *bundle.Bundle // nil for servers
	warned   string         // what was warned of when this was settled
}

// newTUIPlace resolves where to ask.
func (a *app) newTUIPlace(ctx context.Context, s settings, opts *tuiOptions) (*tuiPlace, error) {
	var warned bytes.Buffer
	quiet := *a
	quiet.ctx, quiet.err = ctx, &warned
	p := &tuiPlace{app: &quiet, settings: s, errors: opts.errorsOptions, redacts: &opts.redactFlags}
	var err error
	if p.src, p.from, err = quiet.sources(&p.settings); err != nil {
		return nil, scrubbedError{err, quiet.scrub(err.Error())}
	}
	quiet.ctx, quiet.err, p.warned = a.ctx, io.Discard, warned.String()
	// The secrets are had once: what that took is not every request's loss.
	p.settings.timeout = s.timeout
	if _, err := p.settings.setTimeout(a.getenv); err != nil {
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

// Fixed reports whether this is bundles: what they hold stays.
func (p *tuiPlace) Fixed() bool { return p.from != nil }

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
	src, timing := timeSources(p.src)
	ev, err := p.gather(ctx, id, src)
	p.app.scrubEvidence(&ev)
	if err == nil {
		err = p.redact(id, &ev)
	}
	return ev, p.answers(timing), p.told(err)
}

// gather asks the sources; a bundle that was saved for the ID gives back what
// they said then.
func (p *tuiPlace) gather(ctx context.Context, id trace.ID, src gather.Sources) (trace.Evidence, error) {
	if p.from != nil {
		if ev, ok, err := p.from.Saved(ctx, id); err != nil || ok {
			return ev, err
		}
	}
	return gather.All(ctx, id, src)
}

// Find lists traces, and tells how each source answered.
func (p *tuiPlace) Find(ctx context.Context, q trace.Query, early func(trace.Found, []tui.Answer)) (trace.Found, []tui.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, p.settings.timeout)
	defer cancel()
	src, timing := timeSources(p.src)
	found, err := gather.FindEarly(ctx, q, src, func(found trace.Found) {
		if early != nil && p.cleanFound(&found) == nil {
			early(found, p.answers(timing))
		}
	})
	if redacting := p.cleanFound(&found); err == nil {
		err = redacting
	}
	return found, p.answers(timing), p.told(err)
}

// answers tells how the sources answered, without the secrets that they may
// echo.
func (p *tuiPlace) answers(t *timing) []tui.Answer {
	list := t.answers()
	for i := range list {
		list[i].Err = p.told(list[i].Err)
	}
	return list
}

// told is an error as it may be shown.
func (p *tuiPlace) told(err error) error {
	if err == nil {
		return nil
	}
	err = ofBundle(err, p.from)
	return scrubbedError{err, p.app.scrub(err.Error())}
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
