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
		early(r.Before(), timing.answers())
	}, stop: make(chan struct{})}
	go teller.run()
	r, err := p.app.analyse(ctx, t, cal, analysis, teller)
	return r, timing.answers(), p.told(err)
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
	own := *of // the list's own gaps stay as they are
	own.Gaps = slices.Clone(of.Gaps)
	d := p.app.detail(ctx, t, &own, g)
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	return d, timing.answers(), nil
}

// Services names what the source knows.
func (p *tuiPlace) Services(ctx context.Context) []string {
	if p.from != nil {
		return namesOf(ctx, p.from, servicesIn)
	}
	s := p.settings // asking sets a limit to its time
	return p.app.services(ctx, &s)
}

// Operations names what a service does.
func (p *tuiPlace) Operations(ctx context.Context, service string) []string {
	if p.from != nil {
		return namesOf(ctx, p.from, func(ctx context.Context, b *bundle.Bundle, t *trace.Summary) []string {
			return operationsIn(ctx, b, t, service)
		})
	}
	s := p.settings
	return p.app.operations(ctx, &s, service)
}
