package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
	"github.com/otrace/otrace/internal/tui"
)

// earlyEvery is how often the screen is told what was read so far.
const earlyEvery = 400 * time.Millisecond

// Errors groups what failed, and tells how each source answered.
func (p *tuiPlace) Errors(ctx context.Context, s tui.Scope, early func(*triage.Report, []tui.Answer)) (*triage.Report, []tui.Answer, error) {
	t, err := p.triaging(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	var timing *timing
	t.src, timing = timeSources(t.src)
	cal, err := t.calendar(time.Now())
	if err != nil {
		return nil, nil, err
	}
	analysis := triage.Begin(cal, t.by)
	teller := &earlyTeller{tell: func(found *gather.Errors) {
		r := analysis.Report()
		if len(r.Groups) == 0 {
			return // which may be so for the moment only
		}
		p.app.complete(r, found, t)
		if p.redactReport(r) == nil {
			early(r.Before(), p.answers(timing))
		}
	}, stop: make(chan struct{})}
	go teller.run()
	r, err := p.app.analyse(ctx, t, cal, analysis, teller)
	if redacting := p.redactReport(r); redacting != nil {
		return nil, nil, redacting
	}
	return r, p.answers(timing), p.told(err)
}

// triaging is what a scope asks for.
func (p *tuiPlace) triaging(ctx context.Context, s tui.Scope) (*triaging, error) {
	opts := p.errors
	opts.windowFlags = windowFlags{s.Since, s.Until}
	opts.service, opts.operation = s.Service, s.Operation
	t := &triaging{errorsOptions: &opts, by: s.By, src: p.src, from: p.from}
	if _, err := opts.at(time.Now()); err != nil {
		return nil, err
	}
	var err error
	if p.from != nil {
		t.held, err = p.from.Span(ctx)
	}
	return t, err
}

// An earlyTeller tells every now and then what an analysis has come to.
type earlyTeller struct {
	tell func(*gather.Errors)
	stop chan struct{}

	mu    sync.Mutex
	found gather.Errors // once the window is read
	ended bool
}

func (e *earlyTeller) run() {
	tick := time.NewTicker(earlyEvery)
	defer tick.Stop()
	for {
		select {
		case <-e.stop:
			return
		case <-tick.C:
			e.now()
		}
	}
}

// now tells what there is, unless all has been told.
func (e *earlyTeller) now() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.ended {
		e.tell(&e.found)
	}
}

func (e *earlyTeller) show(found gather.Errors) {
	e.mu.Lock()
	e.found = found
	e.mu.Unlock()
	e.now()
}

func (e *earlyTeller) over() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ended = true
	close(e.stop)
}

// Group gathers what a group's own view tells.
func (p *tuiPlace) Group(ctx context.Context, of *triage.Report, g *triage.Group) (*render.GroupDetail, []tui.Answer, error) {
	t, err := p.triaging(ctx, tui.Scope{})
	if err != nil {
		return nil, nil, err
	}
	var timing *timing
	t.src, timing = timeSources(t.src)
	own := *of // whose own gaps and warnings stay as they are
	own.Gaps, own.Warnings = slices.Clone(of.Gaps), slices.Clone(of.Warnings)
	d := p.app.detail(ctx, t, &own, g)
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if err := p.redactDetail(d); err != nil {
		return nil, nil, err
	}
	return d, p.answers(timing), nil
}

// Services names what the source knows.
func (p *tuiPlace) Services(ctx context.Context) []string {
	if p.from != nil {
		return namesOf(ctx, p.from, servicesIn)
	}
	return p.names(ctx, "services", namer.Services)
}

// Operations names what a service does.
func (p *tuiPlace) Operations(ctx context.Context, service string) []string {
	if p.from != nil {
		return namesOf(ctx, p.from, func(ctx context.Context, b *bundle.Bundle, t *trace.Summary) []string {
			return operationsIn(ctx, b, t, service)
		})
	}
	return p.names(ctx, operationsKey(service), func(n namer, ctx context.Context) ([]string, error) { return n.Operations(ctx, service) })
}

// names asks the client that is there, for a moment: another one would want its
// secrets anew.
func (p *tuiPlace) names(ctx context.Context, what string, ask func(namer, context.Context) ([]string, error)) []string {
	client, ok := p.src.Spans.(namer)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, completeWithin)
	defer cancel()
	return p.app.askNames(p.settings.found, what, func() ([]string, error) { return ask(client, ctx) })
}
