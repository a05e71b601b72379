package es

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"

	"github.com/otrace/otrace/internal/trace"
)

// Health is how the cluster answers, and what its logs are made of, for a
// person who wonders why there are none.
type Health struct {
	Host       string
	Product    string // "Elasticsearch" or "OpenSearch"
	Version    string // "" when the cluster does not tell
	Indices    []string
	Docs       int64
	Roles      []RoleUse
	RoundTrip  time.Duration
	ClockAhead time.Duration // how far the server's clock is ahead of ours; zero within its second
	ClockKnown bool          // Elasticsearch itself does not tell; proxies do
}

// Check asks the cluster what it is and which fields its logs have. What it
// learnt until it failed comes with the error, which wraps trace.ErrRefused
// when credentials were turned down.
func (c *Client) Check(ctx context.Context) (Health, error) {
	h := Health{Host: c.net.node().base.Host}
	err := c.greet(ctx, &h)
	if err == nil {
		err = c.takeStock(ctx, &h)
	}
	if err != nil {
		return h, fmt.Errorf("elasticsearch: %w", err)
	}
	return h, nil
}

// A greeting is what GET / and _nodes answer.
type greeting struct {
	Version struct {
		Number       string `json:"number"`
		Distribution string `json:"distribution"`
	} `json:"version"`
	Nodes map[string]struct {
		Version string `json:"version"`
	} `json:"nodes"`
}

// greet learns product and version. Who may not ask for these, or a build that
// does not tell, is healthy all the same: what matters comes after.
func (c *Client) greet(ctx context.Context, h *Health) error {
	hello, err := c.ask(ctx, h, esapi.InfoRequest{})
	if _, said := errors.AsType[*statusError](err); err != nil && (!said || unauthenticated(err)) {
		return err
	}
	if hello.Version.Number == "" {
		more, err := c.ask(ctx, h, esapi.NodesInfoRequest{NodeID: []string{"_local"}, FilterPath: []string{"nodes.*.version"}})
		if err = answered(err); err != nil {
			return err
		}
		for _, id := range sortedKeys(more.Nodes) {
			hello.Version.Number = more.Nodes[id].Version
		}
	}
	h.Version = clean(hello.Version.Number, 40)
	h.Product = "Elasticsearch"
	if strings.EqualFold(hello.Version.Distribution, "opensearch") {
		h.Product = "OpenSearch"
	}
	return nil
}

// unauthenticated tells who the cluster does not know from who may not ask
// for its version.
func unauthenticated(err error) bool {
	var status *statusError
	return errors.As(err, &status) && status.status == http.StatusUnauthorized
}

// ask sends one request, and notes how long that took and what the clock of
// the other side said.
func (c *Client) ask(ctx context.Context, h *Health, req esapi.Request) (greeting, error) {
	var hello greeting
	body, err := c.net.repeat(ctx, func() ([]byte, error) {
		asked := c.now()
		body, header, err := c.net.exchange(ctx, req)
		if header != nil {
			answered := c.now()
			h.Host, h.RoundTrip = c.net.node().base.Host, answered.Sub(asked)
			if ahead, known := clockAhead(header, asked, answered); known {
				h.ClockAhead, h.ClockKnown = ahead, true
			}
		}
		return body, err
	})
	_ = json.Unmarshal(body, &hello) // what is no greeting tells nothing
	return hello, err
}

// clockAhead tells the server's clock by the answer's Date.
func clockAhead(header http.Header, asked, answered time.Time) (ahead time.Duration, known bool) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0, false
	}
	return trace.Ahead(date, asked, answered), true
}

// takeStock learns the indices, how many documents they hold, and which fields
// serve which role.
func (c *Client) takeStock(ctx context.Context, h *Health) error {
	uses := make(map[RoleUse]int64) // by role and field
	for _, patterns := range splitPatterns(c.indices) {
		plan, err := c.learn(ctx, patterns)
		if err != nil {
			return err
		}
		if h.Indices = union(h.Indices, plan.indices); len(plan.indices) == 0 {
			continue
		}
		roles, err := c.roleFields(ctx, plan)
		if err != nil {
			return err
		}
		docs, err := c.usage(ctx, plan, roles, uses)
		if err != nil {
			return err
		}
		h.Docs += docs
	}
	h.Roles = mostUsed(uses)
	return nil
}

// Samples are how many documents are looked at for recent traces, and how many
// of these are enough.
const (
	sampleDocs   = 300
	sampleTraces = 10
)

// Sample returns a few traces that recent logs name, the newest first.
func (c *Client) Sample(ctx context.Context) ([]trace.ID, error) {
	var seen []sighting
	for _, patterns := range splitPatterns(c.indices) {
		plan, err := c.plan(ctx, patterns)
		if err != nil {
			return nil, fmt.Errorf("elasticsearch: %w", err)
		}
		for _, g := range plan.timeGroups() {
			for _, indices := range plan.batches(g) {
				some, err := c.sightings(ctx, plan, g, indices)
				if err != nil {
					return nil, fmt.Errorf("elasticsearch: %w", err)
				}
				seen = append(seen, some...)
			}
		}
	}
	slices.SortStableFunc(seen, func(a, b sighting) int { return cmp.Compare(b.time, a.time) })
	var ids []trace.ID
	for _, s := range seen {
		if len(ids) < sampleTraces && !slices.Contains(ids, s.id) {
			ids = append(ids, s.id)
		}
	}
	return ids, nil
}
