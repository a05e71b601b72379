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
func (a *app) completeFlags(cmd *cobra.Command, s *settings, services *[]string) {
	complete := func(flag string, list func(context.Context, *settings) []string) {
		_ = cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			ctx, cancel := context.WithTimeout(a.ctx, completeWithin)
			defer cancel()
			return beginning(list(ctx, s), typed), cobra.ShellCompDirectiveNoFileComp
		}) // fails for unknown flags only
	}
	quiet := *a
	quiet.err = io.Discard
	complete("service", quiet.services)
	complete("operation", func(ctx context.Context, s *settings) []string {
		var list []string
		for _, service := range *services {
			list = append(list, quiet.operations(ctx, s, service)...)
		}
		return list
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
	return a.known(ctx, s, "services", func(jaeger namer) ([]string, error) { return jaeger.Services(ctx) }, func(t *trace.Summary) []string {
		return t.Services
	})
}

func (a *app) operations(ctx context.Context, s *settings, service string) []string {
	return a.known(ctx, s, "operations\x00"+service, func(jaeger namer) ([]string, error) { return jaeger.Operations(ctx, service) }, func(t *trace.Summary) []string {
		return []string{t.Operation}
	})
}

// A namer knows what services and operations there are.
type namer interface {
	Services(ctx context.Context) ([]string, error)
	Operations(ctx context.Context, service string) ([]string, error)
}

// known asks Jaeger for names, or looks through the traces of a bundle, and
// remembers.
func (a *app) known(ctx context.Context, s *settings, what string, ask func(namer) ([]string, error), read func(*trace.Summary) []string) []string {
	r, err := a.resolve(s)
	if err != nil {
		return nil
	}
	if len(r.From) > 0 {
		return namesInBundle(ctx, r.From, read)
	}
	key := "completion\x00" + r.Jaeger + "\x00" + r.Context + "\x00" + what
	if list, ok := a.remembered(key, completionsFor); ok {
		return list
	}
	if a.reveal(s, r) != nil {
		return nil
	}
	client, err := a.newJaeger(r)
	if err != nil {
		return nil
	}
	list, err := ask(client)
	if err == nil {
		a.remember(key, list)
	}
	return list
}

func namesInBundle(ctx context.Context, paths []string, read func(*trace.Summary) []string) []string {
	b, err := bundle.Open(paths...)
	if err != nil {
		return nil
	}
	traces, _ := b.Traces(ctx) // as far as it came
	var list []string
	for i := range traces {
		list = append(list, read(&traces[i])...)
	}
	slices.Sort(list)
	return slices.Compact(list)
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
	entry := id.String() + "\t" + strings.Map(printable, name)
	list, _ := a.remembered(recentKey, keptFor)
	list = slices.DeleteFunc(list, func(old string) bool { return strings.HasPrefix(old, id.String()+"\t") })
	list = append([]string{entry}, list...)
	a.remember(recentKey, list[:min(len(list), mostRecent)])
}

// printable leaves out what would end a line of completions.
func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

// completeRecent completes the IDs that were shown last.
func (a *app) completeRecent(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	list, _ := a.remembered(recentKey, keptFor)
	return beginning(list, typed), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
