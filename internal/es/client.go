// Package es finds every log that carries an ID in Elasticsearch or
// OpenSearch, without being told under which name or in which form.
//
// It asks the cluster which fields could hold IDs or text, asks for all forms
// of the ID in all of them at once, and confirms every document that comes
// back on this side.
package es

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// Config says where Elasticsearch is and what may be asked there. Only URLs
// is needed.
type Config struct {
	URLs     []string // http(s)://[user:pass@]host[:9200][/prefix]
	Username string   // basic authentication; a URL's own comes before it
	Password string
	APIKey   string   // "id:key" or its base64
	Token    string   // a bearer token
	Indices  []string // index patterns; all but Jaeger's, APM's and metrics' when empty
	Wildcard bool     // also look inside words, which is slow on large indices

	CACert      []byte // PEM, beside the system's
	Fingerprint string // SHA-256 of a certificate in the chain, in hex
	Insecure    bool   // do not check certificates

	Transport http.RoundTripper // in place of the network, for tests
	PageSize  int               // documents a page; 10,000 when 0

	Wait   func(context.Context, time.Duration) error // sleeps; for tests
	Jitter func() float64                             // 0 to 1; for tests
	Now    func() time.Time                           // for tests
}

// Sizes of answers. Most traces have fewer logs than firstPage, and are then
// had with one search.
const (
	defaultPage = 10_000
	firstPage   = 1_000
)

// A Client asks one cluster. It is safe for use by several goroutines.
type Client struct {
	indices  []string
	wildcard bool
	pageSize int
	net      *transport
	now      func() time.Time

	mu     sync.Mutex
	known  *fieldPlan
	learnt time.Time
}

// New makes a client without talking to the network. It fails when a URL or a
// certificate cannot be used; its errors never show a password.
func New(cfg Config) (*Client, error) {
	cfg = withDefaults(cfg)
	net, err := newTransport(cfg)
	if err != nil {
		return nil, fmt.Errorf("elasticsearch: %w", err)
	}
	return &Client{
		indices:  indexPatterns(cfg.Indices),
		wildcard: cfg.Wildcard,
		pageSize: cfg.PageSize,
		net:      net,
		now:      cfg.Now,
	}, nil
}

func withDefaults(cfg Config) Config {
	if cfg.PageSize <= 0 {
		cfg.PageSize = defaultPage
	}
	cfg.PageSize = min(cfg.PageSize, defaultPage) // more is refused
	if cfg.Wait == nil {
		cfg.Wait = wait
	}
	if cfg.Jitter == nil {
		cfg.Jitter = rand.Float64
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// wait sleeps until the time is over or the context is.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Logs returns every log that carries the ID, in no particular order, with
// what could not be had as gaps and what was looked at as Searched. Without a
// single hit that is an answer, not an error: it fails only when nothing could
// be learnt. Errors wrap trace.ErrRefused, and the context's own error.
func (c *Client) Logs(ctx context.Context, id trace.ID, where func(context.Context) trace.Whereabouts) (trace.Evidence, error) {
	ev := trace.Evidence{ID: id}
	var failures []error
	batches := splitPatterns(c.indices)
	for _, patterns := range batches {
		failures = append(failures, c.gather(ctx, &ev, id, patterns)...)
	}
	if len(batches) > 1 { // patterns may overlap
		ev.Logs = dedupe(ev.Logs)
	}
	if len(failures) >= len(batches) && len(ev.Logs) == 0 && len(ev.Gaps) == 0 {
		return ev, fmt.Errorf("elasticsearch: %w", join(failures))
	}
	for _, err := range failures {
		addGap(&ev, err.Error(), errors.Is(err, trace.ErrRefused))
	}
	return ev, nil
}

// gather asks the indices of one URL's worth of patterns.
func (c *Client) gather(ctx context.Context, ev *trace.Evidence, id trace.ID, patterns []string) []error {
	plan, err := c.plan(ctx, patterns)
	if err != nil {
		return []error{err}
	}
	ev.Searched.Indices = append(ev.Searched.Indices, plan.indices...)
	ev.Searched.Fields = union(ev.Searched.Fields, plan.names())
	if len(plan.indices) == 0 {
		ev.Searched.Indices = append(ev.Searched.Indices, positive(patterns)...)
		ev.Warnings = append(ev.Warnings, "elasticsearch: no index matches "+list(positive(patterns), 5))
		return nil
	}
	s := &search{c: c, patterns: patterns, plan: plan, id: id, matcher: logdoc.NewMatcher(id), gaps: make(map[string]bool)}
	err = s.run(ctx)
	ev.Logs = slices.Concat(append([][]trace.Log{ev.Logs}, s.pages...)...)
	ev.Warnings = append(ev.Warnings, s.warnings...)
	for _, gap := range sortedKeys(s.gaps) {
		addGap(ev, gap, false)
	}
	if err != nil {
		return []error{err}
	}
	return nil
}

func addGap(ev *trace.Evidence, reason string, refused bool) {
	ev.Gaps = append(ev.Gaps, trace.Gap{Source: "elasticsearch", Reason: reason, Partial: true, Refused: refused})
}
