// Package jaeger asks Jaeger's query API for the spans of a trace.
//
// Jaeger has four dialects, and no server in the field is sure to speak any
// one of them: gRPC api_v3 and api_v2, HTTP /api/v3 and the UI's own /api. The
// client tries them, fastest first, and remembers the one that answered. All
// are asked for raw traces, so that no clock was corrected before otrace does.
package jaeger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/otrace/otrace/internal/trace"
)

// A Config says where Jaeger is and how to be let in.
type Config struct {
	// URL is http(s)://host:16686[/base] or grpc(s)://host:16685. Empty means
	// this machine: gRPC on port 16685, then HTTP on port 16686. A user and
	// password in it are sent as basic authentication.
	URL        string
	Token      string            // bearer token
	Headers    map[string]string // sent with every request, such as x-tenant
	CACert     []byte            // PEM; empty means the system's
	ClientCert []byte            // PEM
	ClientKey  []byte            // PEM
	Insecure   bool              // accept any certificate
}

// A Client asks one Jaeger. It is safe for concurrent use.
type Client struct {
	servers []server

	mu    sync.Mutex
	known *dialect // the one that answered last
}

// A server is one address and the dialects that may be spoken there.
type server interface {
	dialects() []dialect
	close() error
}

// A dialect asks for a trace in one of Jaeger's ways. Its error wraps
// errNoDialect when the server does not speak it, and errCut when the answer
// broke off; the spans before an error are returned with it.
type dialect struct {
	name string
	ask  func(ctx context.Context, id trace.ID) (answer, error)
}

// An answer is what came of a trace.
type answer struct {
	spans    []trace.Span
	warnings []string
}

// New makes a client. It does not touch the network. Its errors never show a
// secret.
func New(cfg Config) (*Client, error) {
	c := &Client{}
	targets, err := parseTargets(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("jaeger: %w", err)
	}
	headers, err := headersOf(cfg)
	if err != nil {
		return nil, fmt.Errorf("jaeger: %w", err)
	}
	secure, err := tlsConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("jaeger: %w", err)
	}
	for _, t := range targets {
		s, err := t.open(headers, secure)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("jaeger: %w", err), c.Close())
		}
		c.servers = append(c.servers, s)
	}
	return c, nil
}

// headersOf are the headers of every request, with names in lower case.
func headersOf(cfg Config) (map[string]string, error) {
	headers := map[string]string{}
	if cfg.Token != "" {
		headers["authorization"] = "Bearer " + cfg.Token
	}
	for name, value := range cfg.Headers {
		headers[strings.ToLower(name)] = value
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if !httpguts.ValidHeaderFieldName(name) {
			return nil, fmt.Errorf("%q is no header name", name)
		}
		if !httpguts.ValidHeaderFieldValue(headers[name]) {
			return nil, fmt.Errorf("the value of header %s has a character that no header can hold", name)
		}
	}
	return headers, nil
}

// Close ends the connections.
func (c *Client) Close() error {
	var errs []error
	for _, s := range c.servers {
		errs = append(errs, s.close())
	}
	return errors.Join(errs...)
}

// Spans returns the trace's spans, each once. Evidence that is known to be
// incomplete has a gap that says why. The error wraps trace.ErrNotFound when
// Jaeger has no such trace, and trace.ErrRefused when it turned the
// credentials down.
func (c *Client) Spans(ctx context.Context, id trace.ID, at trace.Window) (trace.Evidence, error) {
	ev := trace.Evidence{ID: id}
	if !id.IsTrace() {
		return ev, fmt.Errorf("jaeger: %s is no trace ID: %w", id, trace.ErrNotFound)
	}
	ans, err := c.inTime(ctx, id)
	ans.spans = trace.Unique(ans.spans)
	none := len(ans.spans) == 0
	switch {
	case none && (err == nil || errors.Is(err, trace.ErrNotFound)):
		return ev, fmt.Errorf("jaeger: trace %s: %w", id, trace.ErrNotFound)
	case none, errors.Is(err, context.Canceled):
		return ev, fmt.Errorf("jaeger: %w", err)
	case err != nil:
		ev.AddGap("jaeger", fmt.Errorf("only %s came: %w", count(len(ans.spans)), err))
	}
	ev.Spans = ans.spans
	remark(&ev, ans.warnings)
	return ev, nil
}

// grace is how long after the context's end an answer is still waited for: it
// may know a better reason, or bring the spans that came so far.
const grace = 50 * time.Millisecond

// inTime asks, and returns soon after the context has ended even when a large
// answer is just being decoded.
func (c *Client) inTime(ctx context.Context, id trace.ID) (answer, error) {
	type result struct {
		answer
		err error
	}
	done := make(chan result, 1)
	go func() {
		ans, err := c.ask(ctx, id)
		done <- result{ans, err}
	}()
	select {
	case r := <-done:
		return r.answer, r.err
	case <-ctx.Done():
	}
	late := time.NewTimer(grace)
	defer late.Stop()
	select {
	case r := <-done:
		return r.answer, r.err
	case <-late.C:
		return answer{}, &failure{text: "no answer in time", kind: ctx.Err()}
	}
}

// ask tries the dialects until one is spoken, and says what all of them met
// when none is.
func (c *Client) ask(ctx context.Context, id trace.ID) (answer, error) {
	var failed []error
	tried := c.remembered()
	if tried != nil {
		ans, err := askTwice(ctx, *tried, id)
		if !elsewhere(err) {
			return ans, err
		}
		failed = append(failed, err)
	}
	for _, s := range c.servers {
		for _, d := range s.dialects() {
			if tried != nil && d.name == tried.name {
				continue
			}
			ans, err := askTwice(ctx, d, id)
			if !elsewhere(err) {
				c.remember(d, err)
				return ans, err
			}
			failed = append(failed, err)
			if errors.Is(err, errUnreachable) {
				break // nor will its other dialects
			}
		}
	}
	return answer{}, noDialect(failed)
}

// elsewhere reports an error after which another dialect or address may do.
func elsewhere(err error) bool {
	return errors.Is(err, errNoDialect) || errors.Is(err, errUnreachable)
}

// askTwice asks again, once, when an answer broke off. If the second breaks
// off too, what both brought is returned.
func askTwice(ctx context.Context, d dialect, id trace.ID) (answer, error) {
	ans, err := d.ask(ctx, id)
	if !errors.Is(err, errCut) || ctx.Err() != nil {
		return ans, err
	}
	again, err := d.ask(ctx, id)
	if err == nil || errors.Is(err, trace.ErrRefused) {
		return again, err
	}
	again.spans = append(again.spans, ans.spans...)
	again.warnings = append(again.warnings, ans.warnings...)
	return again, err
}

func (c *Client) remembered() *dialect {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known
}

// remember keeps a dialect in which the server answered, if only that it has
// no such trace.
func (c *Client) remember(d dialect, err error) {
	if err != nil && !errors.Is(err, trace.ErrNotFound) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = &d
}
