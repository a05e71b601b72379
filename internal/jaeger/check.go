package jaeger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// Health is how Jaeger answers, for a person who wonders why it does not.
type Health struct {
	Address    string // that answered, or the first that was tried; without a user
	Dialect    string // in which traces are asked for, "" when none is spoken
	Dialects   []DialectHealth
	Services   []string
	RoundTrip  time.Duration // of the question for the services
	ClockAhead time.Duration // how far the server's clock is ahead of ours; zero within its second
	ClockKnown bool          // only HTTP tells
	Version    string        // "" when Jaeger does not tell
}

// DialectHealth is how one dialect at one address was answered.
type DialectHealth struct {
	Name  string
	OK    bool
	Error string
}

// Check asks for the services in every dialect. It fails when none answered;
// the error wraps trace.ErrRefused when credentials were turned down.
func (c *Client) Check(ctx context.Context) (Health, error) {
	h, err := inTime(ctx, func() (Health, error) { return c.check(ctx) })
	if err != nil {
		return h, fmt.Errorf("jaeger: %w", err)
	}
	return h, nil
}

func (c *Client) check(ctx context.Context) (Health, error) {
	h := Health{Address: c.servers[0].address()}
	var failed []error
	for _, s := range c.servers {
		for _, d := range s.dialects() {
			start := c.now()
			services, err := c.list(ctx, func() ([]string, error) { return d.services(ctx) })
			if err != nil {
				failed = append(failed, err)
				h.Dialects = append(h.Dialects, DialectHealth{Name: d.name(), Error: err.Error()})
				continue
			}
			h.Dialects = append(h.Dialects, DialectHealth{Name: d.name(), OK: true})
			if h.Dialect == "" {
				h.Address, h.Dialect, h.Services, h.RoundTrip = s.address(), d.name(), services, c.now().Sub(start)
			}
			if !h.ClockKnown {
				c.readPage(ctx, s, &h)
			}
		}
	}
	if h.Dialect != "" {
		return h, nil
	}
	for _, err := range failed {
		if errors.Is(err, trace.ErrRefused) {
			return h, err
		}
	}
	return h, noDialect(failed)
}

// readPage learns from the UI's page what no dialect tells. Without one
// nothing is known, which is no failure.
func (c *Client) readPage(ctx context.Context, s server, h *Health) {
	web, ok := s.(*httpServer)
	if !ok {
		return
	}
	asked := c.now()
	resp, err := web.send(ctx, "/", "text/html")
	if err != nil {
		return
	}
	defer resp.Body.Close()
	answered := c.now()
	h.ClockAhead, h.ClockKnown = clockAhead(resp.Header, asked, answered)
	if resp.StatusCode == http.StatusOK {
		page, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
		h.Version = version(page)
	}
}

// clockAhead tells the server's clock by the answer's Date.
func clockAhead(header http.Header, asked, answered time.Time) (ahead time.Duration, known bool) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0, false
	}
	return trace.Ahead(date, asked, answered), true
}

// version reads what Jaeger writes into its UI's page.
func version(page []byte) string {
	m := regexp.MustCompile(`JAEGER_VERSION *= *(\{[^{}]*\})`).FindSubmatch(page)
	if m == nil {
		return ""
	}
	var v struct{ GitVersion string }
	if json.Unmarshal(m[1], &v) != nil {
		return ""
	}
	return clean(v.GitVersion)
}
