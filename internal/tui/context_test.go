package tui

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

// contexts gives a screen contexts to go over to: staging has a trace of its
// own, and broken cannot be had.
func contexts(t *testing.T) (*driver, map[string]State) {
	t.Helper()
	d := open(t, shop())
	kept := map[string]State{}
	d.m.opts.Contexts = []Context{
		{"broken", "grpcs://jaeger.old.example:16685", "https://logs.old.example:9200"},
		{"prod", "grpcs://jaeger.example:16685", "https://logs-1.example:9200,https://logs-2.example:9200"},
		{"staging", "from /srv/incidents/2026-01-02", ""},
	}
	d.m.opts.Keep = func(name string, s State) { kept[name] = s }
	d.m.opts.Use = func(_ context.Context, name string) (*Place, error) {
		if name == "broken" {
			return nil, errors.New("the password could not be had")
		}
		return &Place{Source: &stock{traces: []trace.Evidence{wide()}, report: incident()}, State: State{Share: 41}, Style: render.Style{JaegerUI: "https://" + name}}, nil
	}
	return d, kept
}

// TestContext goes over to another context, by name and from the list.
func TestContext(t *testing.T) {
	for _, keys := range [][]string{{":context staging", "enter"}, {":ctx", "enter", "j", "enter"}} {
		d, kept := contexts(t)
		d.m.opts.Scope = Scope{Since: "15m", Service: "payment"}
		d.m.state.Share = 33
		d.keys(keys...)
		d.sees("staging ▸ errors 15m payment", "6 causes", "now in staging")
		if kept["prod"].Share != 33 || d.m.state.Share != 41 {
			t.Errorf("%v: kept %v, and the state is %v", keys, kept, d.m.state)
		}
		if got := d.m.opts.Scope; got.Since != "15m" || got.Service != "payment" {
			t.Errorf("%v: what is looked at became %v", keys, got)
		}
		if d.m.paints.JaegerUI != "https://staging" {
			t.Errorf("%v: pages are still looked for at %s", keys, d.m.paints.JaegerUI)
		}
	}
}

// TestContextFails leaves all as it was.
func TestContextFails(t *testing.T) {
	d, kept := contexts(t)
	source := d.m.opts.Source
	d.keys(":context nowhere", "enter")
	d.sees(`there is no context "nowhere"; there are: broken, prod, staging`)
	d.keys(":context broken", "enter")
	d.sees("broken: the password could not be had", "* prod")
	d.keys("r")
	d.sees("broken: the password could not be had")
	if d.m.opts.Source != source || d.m.opts.Context != "prod" || len(kept) > 0 {
		t.Errorf("it is in %s, and kept %v", d.m.opts.Context, kept)
	}
	d.keys("esc")
	d.sees("POST /orders")
	d.keys(":context a b", "enter")
	d.sees(":context: give it one name")
}

// TestContextWaits goes over beside the screen, and Ctrl-C gives that up.
func TestContextWaits(t *testing.T) {
	d, kept := contexts(t)
	d.hold = true
	d.keys(":context staging", "enter")
	d.sees("[Contexts]", "prod")
	d.keys("ctrl+c")
	d.sees("cancelled")
	d.release()
	if d.m.opts.Context != "prod" || len(kept) > 0 {
		t.Errorf("it went over to %s though that was given up", d.m.opts.Context)
	}
}

// TestContextWarns tells what is to be known of a context.
func TestContextWarns(t *testing.T) {
	d, _ := contexts(t)
	d.m.opts.Use = func(context.Context, string) (*Place, error) {
		return &Place{Source: &stock{}, Warning: "TLS certificates are not verified"}, nil
	}
	d.keys(":context staging", "enter")
	d.sees("now in staging: TLS certificates are not verified")
}

// TestContextsGoldens draws the list as wide as terminals are.
func TestContextsGoldens(t *testing.T) {
	for _, width := range []int{60, 80, 100, 200} {
		d, _ := contexts(t)
		d.m.opts.Redacted = true
		d.size(width, 15)
		d.keys(":context", "enter")
		checkScreen(t, d.screen(), width, 15, false)
		golden(t, fmt.Sprintf("contexts.w%d.txt", width), d.screen())
	}
	d, _ := contexts(t)
	d.m.opts.Contexts = nil
	d.keys(":context", "enter", "enter")
	d.sees("the configuration has none")
}
