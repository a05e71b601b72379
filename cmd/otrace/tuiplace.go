package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/tui"
)

// A tuiPlace is where the screen's traces come from: servers, or bundles.
type tuiPlace struct {
	app      *app
	settings settings
	src      gather.Sources
	from     *bundle.Bundle // nil for servers
	window   trace.Window   // of the traces to list
	back     time.Duration  // when it is that much before now; else 0
}

// What traces are listed, unless flags say which.
const (
	listedSince = time.Hour
	mostListed  = 200
)

// newTUIPlace resolves where to ask, and when the traces to list happened.
func (a *app) newTUIPlace(ctx context.Context, s settings, flags windowFlags) (*tuiPlace, error) {
	p := &tuiPlace{app: a, settings: s}
	var err error
	if p.src, p.from, err = a.sources(&p.settings); err != nil {
		return nil, err
	}
	if p.window, err = flags.window(ctx, p.from); err != nil {
		p.from.Close()
		return nil, err
	}
	p.src.Window = p.window
	switch now := time.Now(); {
	case p.from != nil:
	case p.window.IsZero():
		p.back = listedSince
	case p.window.Until == 0:
		p.back = now.Sub(time.Unix(0, p.window.From))
	}
	return p, nil
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

// query asks for the traces to list, as of now.
func (p *tuiPlace) query() trace.Query {
	q := trace.Query{Limit: mostListed, Window: p.window}
	if p.back > 0 {
		q.Window.From = time.Now().Add(-p.back).UnixNano()
	}
	return q
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
	src, timed := timeSources(p.src)
	ev, err := gather.All(ctx, id, src)
	p.app.scrubEvidence(&ev)
	return ev, timed.answers(p.src), p.told(err)
}

// Find lists traces, and tells how each source answered.
func (p *tuiPlace) Find(ctx context.Context, q trace.Query) (trace.Found, []tui.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, p.settings.timeout)
	defer cancel()
	src, timed := timeSources(p.src)
	found, err := gather.Find(ctx, q, src)
	p.app.scrubFound(&found)
	return found, timed.answers(p.src), p.told(err)
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

// A timing is how the two sources answered.
type timing struct{ spans, logs tui.Answer }

// timeSources notes how long the sources take, and whether they fail.
func timeSources(src gather.Sources) (gather.Sources, *timing) {
	t := &timing{}
	src.Spans, src.Logs = timedSpans{src.Spans, &t.spans}, timedLogs{src.Logs, &t.logs}
	return src, t
}

// answers are those of the sources that were asked.
func (t *timing) answers(src gather.Sources) []tui.Answer {
	t.spans.Name, t.logs.Name = src.SpansName, src.LogsName
	list := []tui.Answer{t.spans}
	switch {
	case src.SpansName == src.LogsName:
		list[0].Took = max(t.spans.Took, t.logs.Took)
		list[0].Err = errors.Join(t.spans.Err, t.logs.Err)
	case t.logs.Took > 0:
		list = append(list, t.logs)
	}
	return list
}

func noteAnswer(a *tui.Answer, start time.Time, err error) {
	a.Took += max(time.Since(start), 1)
	if !errors.Is(err, trace.ErrNotFound) {
		a.Err = err
	}
}

type timedSpans struct {
	of     gather.Spans
	answer *tui.Answer
}

// Spans notes how the source answers.
func (t timedSpans) Spans(ctx context.Context, id trace.ID, at trace.Window) (trace.Evidence, error) {
	start := time.Now()
	ev, err := t.of.Spans(ctx, id, at)
	noteAnswer(t.answer, start, err)
	return ev, err
}

// FindSpans notes how the source answers.
func (t timedSpans) FindSpans(ctx context.Context, q trace.Query) (trace.Found, error) {
	start := time.Now()
	found, err := t.of.FindSpans(ctx, q)
	noteAnswer(t.answer, start, err)
	return found, err
}

type timedLogs struct {
	of     gather.Logs
	answer *tui.Answer
}

// Logs notes how the source answers.
func (t timedLogs) Logs(ctx context.Context, id trace.ID, where gather.Hint) (trace.Evidence, error) {
	start := time.Now()
	ev, err := t.of.Logs(ctx, id, where)
	noteAnswer(t.answer, start, err)
	return ev, err
}

// FindLogs notes how the source answers.
func (t timedLogs) FindLogs(ctx context.Context, q trace.Query) (trace.Found, error) {
	start := time.Now()
	found, err := t.of.FindLogs(ctx, q)
	noteAnswer(t.answer, start, err)
	return found, err
}

// Tally counts what a trace has; a search that asks for it tells its own time.
func (t timedLogs) Tally(ctx context.Context, id trace.ID) (trace.Summary, error) {
	return t.of.Tally(ctx, id)
}
