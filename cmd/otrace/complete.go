package main

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A completion is worth little when it is slow or complains: what is not known
// in a moment is left out, and what was learnt is kept for a few minutes.
const (
	completeWithin = 800 * time.Millisecond
	completionsFor = 5 * time.Minute
)

// completeFlags completes services, and the operations of those that were
// named before them.
func (a *app) completeFlags(cmd *cobra.Command, s *settings, services func() []string) {
	complete := func(flag string, list func(context.Context, *settings) []string) {
		_ = cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			ctx, cancel := context.WithTimeout(a.ctx, completeWithin)
			defer cancel()
			head := ""
			if flag == "service" {
				head = typed[:strings.LastIndexByte(typed, ',')+1] // of several, the last is being typed
			}
			fit := beginning(list(ctx, s), typed[len(head):])
			for i := range fit {
				fit[i] = head + fit[i]
			}
			return fit, cobra.ShellCompDirectiveNoFileComp
		}) // fails for unknown flags only
	}
	quiet := *a
	quiet.err = io.Discard
	complete("service", quiet.services)
	complete("operation", func(ctx context.Context, s *settings) []string {
		var list []string
		named := services()
		if len(named) == 0 {
			named = []string{""}
		}
		for _, service := range named {
			list = append(list, quiet.operations(ctx, s, service)...)
		}
		slices.Sort(list)
		return slices.Compact(list)
	})
	if cmd.Flags().Lookup("level") != nil {
		complete("level", func(context.Context, *settings) []string { return levels })
	}
}

func beginning(list []string, typed string) []cobra.Completion {
	var fit []cobra.Completion
	for _, text := range list {
		if strings.HasPrefix(strings.ToLower(text), strings.ToLower(typed)) {
			fit = append(fit, text)
		}
	}
	return fit
}

// services lists the services that the spans' source knows.
func (a *app) services(ctx context.Context, s *settings) []string {
	return a.known(ctx, s, "services", func(jaeger namer) ([]string, error) { return jaeger.Services(ctx) }, servicesIn)
}

// operations lists the operations of a service; without one, all that a bundle
// knows.
func (a *app) operations(ctx context.Context, s *settings, service string) []string {
	ask := func(jaeger namer) ([]string, error) {
		if service == "" {
			return nil, nil
		}
		return jaeger.Operations(ctx, service)
	}
	return a.known(ctx, s, operationsKey(service), ask, func(ctx context.Context, b *bundle.Bundle, t *trace.Summary) []string {
		return operationsIn(ctx, b, t, service)
	})
}

func servicesIn(_ context.Context, _ *bundle.Bundle, t *trace.Summary) []string { return t.Services }

// operationsIn reads a trace's spans: its summary names the root's alone.
func operationsIn(ctx context.Context, b *bundle.Bundle, t *trace.Summary, service string) []string {
	if service != "" && !slices.Contains(t.Services, service) {
		return nil
	}
	var list []string
	if service == "" || t.Service == service {
		list = append(list, t.Operation)
	}
	if ctx.Err() != nil { // of the rest the roots must do
		return list
	}
	ev, _ := b.Spans(ctx, t.ID, trace.Window{}) // as far as they can be read
	for i := range ev.Spans {
		if s := &ev.Spans[i]; service == "" || s.Resource.Service == service {
			list = append(list, s.Operation)
		}
	}
	return list
}

// A namer knows what services and operations there are.
type namer interface {
	Services(ctx context.Context) ([]string, error)
	Operations(ctx context.Context, service string) ([]string, error)
}

// A reading takes names out of a bundle's trace.
type reading func(context.Context, *bundle.Bundle, *trace.Summary) []string

// known asks Jaeger for names, or looks through the traces of a bundle, and
// remembers.
func (a *app) known(ctx context.Context, s *settings, what string, ask func(namer) ([]string, error), read reading) []string {
	r, err := a.resolve(s)
	if err != nil {
		return nil
	}
	if len(r.From) > 0 {
		return namesInBundle(ctx, r.From, read)
	}
	return a.askNames(r, what, func() ([]string, error) {
		s.timeout = completeWithin
		if err := a.reveal(s, r); err != nil {
			return nil, err
		}
		client, err := a.newJaeger(r)
		if err != nil {
			return nil, err
		}
		return ask(client)
	})
}

// askNames asks for names unless they are remembered.
func (a *app) askNames(r *config.Resolved, what string, ask func() ([]string, error)) []string {
	key := strings.Join([]string{"completion", r.Jaeger, r.Context, r.JaegerHeaders[config.Tenant], what}, "\x00")
	if list, ok := a.remembered(key, completionsFor); ok {
		return list
	}
	list, err := ask()
	list = slices.DeleteFunc(list, unsafe)
	if err == nil {
		a.remember(key, list)
	}
	return list
}

// operationsKey names a service's operations among what is remembered.
func operationsKey(service string) string { return "operations\x00" + service }

// unsafe reports a name that acts on a terminal: nobody could type it either.
func unsafe(name string) bool { return name == "" || safe.Of(name).String() != name }

func namesInBundle(ctx context.Context, paths []string, read reading) []string {
	b, err := bundle.OpenContext(ctx, paths...)
	if err != nil {
		return nil
	}
	defer b.Close()
	return namesOf(ctx, b, read)
}

// namesOf takes names out of all traces of a bundle.
func namesOf(ctx context.Context, b *bundle.Bundle, read reading) []string {
	traces, _ := b.Traces(ctx) // as far as it came
	var list []string
	for i := range traces {
		list = append(list, read(ctx, b, &traces[i])...)
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), unsafe)
}

// A note is a list that is worth keeping for a while.
type note struct {
	At   time.Time
	List []string
}

func (a *app) remembered(key string, maxAge time.Duration) ([]string, bool) {
	text, ok := a.memory().Get(key)
	var n note
	if !ok || json.Unmarshal(text, &n) != nil {
		return nil, false
	}
	age := time.Since(n.At)
	return n.List, age >= 0 && age < maxAge
}

func (a *app) remember(key string, list []string) {
	if text, err := json.Marshal(note{time.Now(), list}); err == nil {
		a.memory().Put(key, text)
	}
}

// The IDs that were shown last are completed with what they are.
const (
	recentKey  = "recent"
	mostRecent = 20
)

// keepRecent remembers an ID that was shown, and what it is called.
func (a *app) keepRecent(id trace.ID, tl *timeline.Timeline) {
	name := ""
	if root := tl.Root(); root != nil {
		name = root.Service() + " " + root.Span.Operation
	}
	a.keepOpened(id, name)
}

func (a *app) keepOpened(id trace.ID, name string) {
	entry := id.String() + "\t" + safe.Of(name).String()
	list, _ := a.remembered(recentKey, keptFor)
	list = slices.DeleteFunc(list, func(old string) bool { return strings.HasPrefix(old, id.String()+"\t") })
	list = append([]string{entry}, list...)
	a.remember(recentKey, list[:min(len(list), mostRecent)])
}

// completeRecent completes the IDs that were shown last.
func (a *app) completeRecent(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	list, _ := a.remembered(recentKey, keptFor)
	return beginning(list, typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// completeFirst completes one such ID.
func (a *app) completeFirst(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeRecent(cmd, args, typed)
}
