package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/trace"
)

// windowFlags say between which moments to look.
type windowFlags struct{ since, until string }

func (f *windowFlags) addWindow(flags *pflag.FlagSet) {
	flags.StringVar(&f.since, "since", "", "look at what happened after this `moment`: 90s, 15m, 1h, 7d ago, or 2006-01-02T15:04:05Z")
	flags.StringVar(&f.until, "until", "", "look at what happened before this `moment`")
}

// window resolves the flags. Moments that are told relatively count back from
// now; in a bundle, that is its newest record.
func (f *windowFlags) window(ctx context.Context, b *bundle.Bundle) (trace.Window, error) {
	if f.since == "" && f.until == "" {
		return trace.Window{}, nil
	}
	now := time.Now()
	if b != nil {
		newest, err := newestIn(ctx, b)
		if err != nil {
			return trace.Window{}, err
		}
		now = newest
	}
	return f.at(now)
}

// at resolves the flags by what is now; sides that were not given are open.
func (f *windowFlags) at(now time.Time) (trace.Window, error) {
	from, err := parseMoment("--since", f.since, now)
	if err != nil {
		return trace.Window{}, err
	}
	until, err := parseMoment("--until", f.until, now)
	if err != nil {
		return trace.Window{}, err
	}
	if from != 0 && until != 0 && from > until {
		return trace.Window{}, usageError{hintedError{fmt.Errorf("--since %s is after --until %s", f.since, f.until), "nothing can have happened between them"}}
	}
	return trace.Window{From: from, Until: until}, nil
}

func newestIn(ctx context.Context, b *bundle.Bundle) (time.Time, error) {
	held, err := b.Span(ctx)
	if held.IsZero() {
		return time.Now(), err
	}
	return time.Unix(0, held.Until), err
}

// momentLayouts are how a moment may be written. Without a zone it is UTC, as
// everything that otrace prints.
var momentLayouts = [...]string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly,
}

// parseMoment reads a flag's moment, 0 when there is none.
func parseMoment(flag, s string, now time.Time) (int64, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, nil
	}
	if s == "now" {
		return now.UnixNano(), nil
	}
	if d, err := parseDuration(strings.TrimSuffix(s, " ago")); err == nil {
		if d < 0 {
			return 0, usageError{fmt.Errorf("%s %s: a moment is told by how long ago it was, as in 1h", flag, s)}
		}
		return now.Add(-d).UnixNano(), nil
	}
	for _, layout := range momentLayouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1970 && t.Year() < 2262 {
			return max(t.UnixNano(), 1), nil
		}
	}
	return 0, usageError{hintedError{
		fmt.Errorf("%s %q is no moment", flag, s), "say how long ago, as in 15m, 1h or 7d, or when, as in 2006-01-02T15:04:05Z",
	}}
}
