package main

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otrace/otrace/internal/cache"
	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/redact"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/tui"
)

// tuiPlaces are the places that one screen was in. One that was left may still
// be asked, so that all stay open to the end.
type tuiPlaces struct {
	app  *app
	opts *tuiOptions

	mu   sync.Mutex
	list []*tuiPlace
}

// open resolves where to ask. How far back logs are looked for is the command
// line's, wherever that is.
func (p *tuiPlaces) open(ctx context.Context, s settings) (*tuiPlace, error) {
	place, err := p.app.newTUIPlace(ctx, s, p.opts)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.list = append(p.list, place)
	p.mu.Unlock()
	place.src.Window, err = p.opts.window(ctx, place.from)
	return place, err
}

// use goes over to a context.
func (p *tuiPlaces) use(ctx context.Context, name string, style render.Style) (*tui.Place, error) {
	place, err := p.open(ctx, settings{Settings: config.Settings{Context: name}, timeout: p.opts.timeout})
	if err != nil {
		return nil, err
	}
	if err := link(&style, place.settings.found, false); err != nil {
		return nil, err
	}
	warned := strings.TrimPrefix(strings.TrimSpace(place.warned), "otrace: warning: ")
	return &tui.Place{Source: place, State: p.app.tuiState(name), Style: style, Warning: strings.ReplaceAll(warned, "\notrace: warning: ", "; ")}, nil
}

func (p *tuiPlaces) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, place := range p.list {
		place.from.Close()
	}
}

// redacted is what was taken out of a trace.
func (p *tuiPlaces) redacted(id trace.ID) redact.Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, place := range slices.Backward(p.list) { // the newest knows best
		if counts := place.taken.of(id); counts != nil {
			return counts
		}
	}
	return nil
}

// tuiContexts are the contexts that can be gone over to.
func (a *app) tuiContexts() []tui.Context {
	file, err := config.Load(a.getenv)
	if err != nil {
		return nil // which is told when the settings are resolved
	}
	var list []tui.Context
	for _, name := range file.Names() {
		c, err := file.Context(name, a.getenv)
		if err != nil {
			continue // without a home there is no demo
		}
		places := placesOf(&c)
		if len(c.From) > 0 {
			places[1] = ""
		}
		list = append(list, tui.Context{Name: safe.Of(name).String(), Spans: places[0], Logs: places[1]})
	}
	return list
}

// tuiMemory keeps what users set, for as long as they come back now and then.
func (a *app) tuiMemory() *cache.Cache {
	dir := config.CacheDir(a.getenv)
	if dir == "" {
		return nil
	}
	return cache.Open(filepath.Join(dir, "tui"), 365*24*time.Hour, time.Now)
}

func (a *app) tuiState(name string) (s tui.State) {
	if text, ok := a.tuiMemory().Get(name); ok && json.Unmarshal(text, &s) != nil {
		return tui.State{}
	}
	return s
}

func (a *app) keepTUIState(name string, s tui.State) {
	if text, err := json.Marshal(s); err == nil {
		a.tuiMemory().Put(name, text)
	}
}
