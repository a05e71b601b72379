package es

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// A hint is what the spans will tell about where the logs are, once they are
// known.
type hint struct {
	ask  func(context.Context) trace.Whereabouts // may be nil
	once sync.Once
	is   trace.Whereabouts
}

// get waits for the spans, the first time.
func (h *hint) get(ctx context.Context) trace.Whereabouts {
	if h == nil || h.ask == nil || ctx.Err() != nil {
		return trace.Whereabouts{}
	}
	h.once.Do(func() { h.is = h.ask(ctx) })
	return h.is
}

// aDay is how far from its spans a trace's logs are believed to be, where all
// time is too much to look at. Clocks and time zones are off by less.
const aDay = int64(24 * time.Hour)

// around is a filter for the time around the trace, false when that is not
// known.
func (s *search) around(ctx context.Context) (object, bool) {
	w := s.hint.get(ctx).Window
	if w.IsZero() {
		return nil, false
	}
	return s.plan.within(w.Padded(aDay)), true
}

// What spans may make us ask.
const (
	maxElsewhere = 20  // indices
	maxIndexName = 255 // bytes, as Elasticsearch has it
)

// elsewhere searches the indices that the spans name for their logs and that
// were left out. One that does not exist is worth a warning.
func (c *Client) elsewhere(ctx context.Context, ev *trace.Evidence, h *hint) []error {
	var named []string
	for _, text := range h.get(ctx).Indices {
		for name := range strings.SplitSeq(text, ",") {
			name = strings.TrimSpace(name)
			switch {
			case !indexName(name):
				ev.Warnings = union(ev.Warnings, []string{fmt.Sprintf("elasticsearch: spans name %q for their logs, which is no index", clean(name, 60))})
			case !covered(name, c.indices):
				named = union(named, []string{name})
			}
		}
	}
	if len(named) > maxElsewhere {
		addGap(ev, fmt.Sprintf("spans name %d more indices for their logs, and only %d were searched", len(named), maxElsewhere), false)
		named = named[:maxElsewhere]
	}
	var failures []error
	for _, name := range named {
		if ctx.Err() != nil {
			return append(failures, newNetError(ctx, c.net.node().base.Host, ctx.Err()))
		}
		if err := c.gather(ctx, ev, h, []string{name}); err != nil {
			failures = append(failures, fmt.Errorf("%s: %w", name, err))
		}
	}
	if len(named) > 0 {
		ev.Logs = dedupe(ev.Logs)
	}
	return failures
}

// indexName reports whether a text that spans hold may be an index or a
// pattern. The cluster's own indices are not for logs.
func indexName(s string) bool {
	if s == "" || len(s) > maxIndexName || strings.Trim(s, "*") == "" || strings.IndexByte("-_+.", s[0]) >= 0 {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`\/?"<>|#%&=`, r) })
}

// covered reports whether the patterns take the name in.
func covered(name string, patterns []string) bool {
	in := slices.ContainsFunc(positive(patterns), func(p string) bool {
		return simpleMatch(p, name) && strings.Contains(p, ":") == strings.Contains(name, ":")
	})
	return in && !slices.ContainsFunc(patterns, func(p string) bool { return strings.HasPrefix(p, "-") && simpleMatch(p[1:], name) })
}
