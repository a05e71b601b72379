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
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// Config says where Elasticsearch is and what may be asked there. Only URLs,
// or a CloudID in their place, is needed.
type Config struct {
	URLs     []string // http(s)://[user:pass@]host[:9200][/prefix]
	CloudID  string   // Elastic Cloud's name for a deployment
	Username string   // basic authentication; a URL's own comes before it
	Password string
	APIKey   string        // "id:key" or its base64
	Token    string        // a bearer token
	Indices  []string      // index patterns; all but Jaeger's, APM's and metrics' when empty
	Wildcard bool          // also look inside words, which is slow on large indices
	Fields   logdoc.Fields // names of the user's own, asked for and read before the known ones
	Window   trace.Window  // when the logs were written; all time when zero

	CACert      []byte // PEM, beside the system's
	Fingerprint string // SHA-256 of a certificate in the chain, in hex
	Insecure    bool   // do not check certificates

	Memory    Memory            // keeps what was learnt for the next run; may be nil
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
	own      logdoc.Fields
	window   trace.Window
	pageSize int
	net      *transport
	now      func() time.Time
	memory   Memory
	pits     atomic.Int32 // the pitStyle that the cluster understands

	mu     sync.Mutex
	known  map[string]facts
	errors map[string]keptCaps // the fields that tell of errors
}

// New makes a client without talking to the network. It fails when a URL, a
// certificate or a field's role cannot be used; its errors never show a
// password.
func New(cfg Config) (*Client, error) {
	cfg = withDefaults(cfg)
	if err := cfg.Fields.Check(); err != nil {
		return nil, fmt.Errorf("elasticsearch: %w", err)
	}
	if cfg.CloudID != "" && len(cfg.URLs) == 0 {
		url, err := cloudURL(cfg.CloudID)
		if err != nil {
			return nil, fmt.Errorf("elasticsearch: %w", err)
		}
		cfg.URLs = []string{url}
	}
	net, err := newTransport(cfg)
	if err != nil {
		return nil, fmt.Errorf("elasticsearch: %w", err)
	}
	return &Client{
		indices:  indexPatterns(cfg.Indices),
		wildcard: cfg.Wildcard,
		own:      cfg.Fields,
		window:   cfg.Window,
		pageSize: cfg.PageSize,
		net:      net,
		now:      cfg.Now,
		memory:   cfg.Memory,
		known:    make(map[string]facts),
		errors:   make(map[string]keptCaps),
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
//
// where waits for what the spans tell, and may be nil. It is asked after the
// search, for indices that the spans name; and earlier only by what would look
// at too many documents without knowing when the trace happened.
func (c *Client) Logs(ctx context.Context, id trace.ID, where func(context.Context) trace.Whereabouts) (trace.Evidence, error) {
	ev := trace.Evidence{ID: id}
	h := &hint{ask: where}
	batches := splitPatterns(c.indices)
	failures := c.gatherAll(ctx, &ev, h, batches)
	if len(failures) >= len(batches) && len(ev.Logs) == 0 && len(ev.Gaps) == 0 {
		return ev, fmt.Errorf("elasticsearch: %w", join(failures))
	}
	failures = append(failures, c.elsewhere(ctx, &ev, h)...)
	for _, err := range failures {
		addGap(&ev, err.Error(), errors.Is(err, trace.ErrRefused))
	}
	if !c.window.IsZero() {
		ev.Logs = slices.DeleteFunc(ev.Logs, func(l trace.Log) bool { return l.Time != trace.NoTime && !c.window.Holds(l.Time) })
	}
	return ev, nil
}

// gatherAll asks one batch of indices after the other. Their patterns may
// overlap.
func (c *Client) gatherAll(ctx context.Context, ev *trace.Evidence, h *hint, batches [][]string) []error {
	var failures []error
	for _, patterns := range batches {
		if err := c.gather(ctx, ev, h, patterns); err != nil {
			failures = append(failures, err)
		}
	}
	if len(batches) > 1 {
		ev.Logs = dedupe(ev.Logs)
	}
	return failures
}

// gather asks the indices of one URL's worth of patterns. A plan that was
// learnt earlier is not believed when it finds nothing, or fails, or when the
// cluster has other fields by now.
func (c *Client) gather(ctx context.Context, ev *trace.Evidence, h *hint, patterns []string) error {
	plan, err := c.plan(ctx, patterns)
	if err != nil {
		return err
	}
	checking := c.recheck(ctx, plan)
	s := c.newSearch(ev.ID, h, plan)
	err = s.run(ctx)
	if outdated := c.outdated(checking, plan); plan.kept && (outdated || s.doubts(err)) && ctx.Err() == nil {
		if fresh, failed := c.learn(ctx, patterns); failed == nil && !fresh.same(plan) {
			s = c.newSearch(ev.ID, h, fresh)
			err = s.run(ctx)
		}
	}
	s.report(ev)
	if err == nil && s.count() == 0 {
		err = plan.refusal
	}
	return err
}

// report adds what the search found, and what it could not.
func (s *search) report(ev *trace.Evidence) {
	ev.Searched.Indices = union(ev.Searched.Indices, s.plan.indices)
	ev.Searched.Fields = union(ev.Searched.Fields, s.plan.names())
	if len(s.plan.indices) == 0 {
		ev.Searched.Indices = union(ev.Searched.Indices, positive(s.plan.patterns))
	}
	if len(ev.Logs) == 0 {
		ev.Logs = s.logs
	} else {
		ev.Logs = append(ev.Logs, s.logs...)
	}
	ev.Warnings = union(ev.Warnings, slices.Concat(s.plan.warnings(s.c), s.warnings))
	for _, gap := range sortedKeys(s.gaps) {
		addGap(ev, gap, false)
	}
}

func addGap(ev *trace.Evidence, reason string, refused bool) {
	gap := trace.Gap{Source: "elasticsearch", Reason: reason, Partial: true, Refused: refused}
	if !slices.Contains(ev.Gaps, gap) {
		ev.Gaps = append(ev.Gaps, gap)
	}
}

// warnings tells what of the settings the cluster does not have.
func (p *fieldPlan) warnings(c *Client) []string {
	var out []string
	for _, name := range p.facts.Missing {
		out = append(out, "elasticsearch: the index "+clean(name, 100)+" does not exist")
	}
	if len(p.indices) == 0 {
		if len(out) == 0 {
			out = append(out, "elasticsearch: no index matches "+list(positive(p.patterns), 5))
		}
		return out
	}
	if p.facts.Guessed != "" {
		return append(out, "elasticsearch: fields of the usual names only were searched: "+p.facts.Guessed)
	}
	for _, role := range sortedKeys(c.own) {
		for _, name := range c.own[role] {
			if !p.has(name) {
				out = append(out, fmt.Sprintf("elasticsearch: no index has the field %s, which is named for the %s", clean(name, 100), role))
			}
		}
	}
	return out
}

// has reports whether any index has the field, or an object of that name.
func (p *fieldPlan) has(name string) bool {
	if _, ok := p.facts.Caps.Fields[name]; ok {
		return true
	}
	for root, types := range p.facts.Caps.Fields { // whose keys are no fields
		_, flat := types["flattened"]
		_, object := types["flat_object"]
		if (flat || object) && strings.HasPrefix(name, root+".") {
			return true
		}
	}
	return false
}
