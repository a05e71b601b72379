package es

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/elastic/go-elasticsearch/v8/esapi"
)

// blindLimit is how many documents a server may read one by one for a field
// that cannot be searched: it takes a second or two. Where it cannot do that,
// blindPages is how many are fetched to be read here.
const (
	blindLimit = 100_000
	blindPages = 20_000
)

// unmappedNames are the usual names of the trace ID, tried where documents may
// hold more fields than their index knows.
var unmappedNames = []string{
	"trace_id", "traceId", "trace.id", "traceID", "TraceId", "correlationId", "correlation_id", "mdc.traceId", "mdc.trace_id",
}

// shortestID is what an index must keep of a value for the ID to be found.
const shortestID = 36 // a UUID

// learnBlind names the indices that drop unknown fields ("dynamic": false), and
// those that drop values of a trace ID's length. Who may not see mappings does
// without.
func (c *Client) learnBlind(ctx context.Context, patterns []string) ([]string, error) {
	body, err := c.net.call(ctx, func() esapi.Request {
		return esapi.IndicesGetMappingRequest{
			Index: escaped(patterns), IgnoreUnavailable: new(true), AllowNoIndices: new(true), ExpandWildcards: "open",
			FilterPath: []string{"*.mappings.dynamic", "*.mappings.properties.*.dynamic", "*.mappings.properties.*.ignore_above"},
		}
	})
	if err != nil {
		return nil, answered(err)
	}
	var indices map[string]mapping
	_ = json.Unmarshal(body, &indices) // an answer that cannot be read names no index
	var blind []string
	for _, name := range sortedKeys(indices) {
		if indices[name].blind(c) {
			blind = append(blind, name)
		}
	}
	return blind, nil
}

// A mapping is as much of an index's as tells what it drops.
type mapping struct {
	Mappings struct {
		Dynamic    json.RawMessage `json:"dynamic"`
		Properties map[string]struct {
			Dynamic     json.RawMessage `json:"dynamic"`
			IgnoreAbove json.RawMessage `json:"ignore_above"`
		} `json:"properties"`
	} `json:"mappings"`
}

// blind reports whether the index may hold an ID that it does not know. What
// Elasticsearch drops for its length it notes in the document; OpenSearch
// does not.
func (m mapping) blind(c *Client) bool {
	if dropsFields(m.Mappings.Dynamic) {
		return true
	}
	for name, p := range m.Mappings.Properties {
		most, err := parseInt(string(p.IgnoreAbove))
		if dropsFields(p.Dynamic) || err == nil && most < shortestID && c.isID(name) && !c.net.elastic.Load() {
			return true
		}
	}
	return false
}

func dropsFields(dynamic json.RawMessage) bool {
	return bytes.Equal(dynamic, []byte(`"false"`)) || bytes.Equal(dynamic, []byte("false"))
}

// learnIgnored counts the documents whose value of an ID field the index
// dropped: longer than ignore_above, or no number under ignore_malformed.
func (c *Client) learnIgnored(ctx context.Context, patterns []string, caps fieldCaps) (int64, error) {
	names := c.ignorable(caps)
	if len(names) == 0 {
		return 0, nil
	}
	return c.count(ctx, patterns, object{"terms": object{"_ignored": names}})
}

// ignorable is the ID fields that may drop a value.
func (c *Client) ignorable(caps fieldCaps) []string {
	var names []string
	for _, name := range sortedKeys(caps.Fields) {
		for kind := range caps.Fields[name] {
			if c.isID(name) && !isSubfield(name) && !analysed(kind) && kind != "object" && kind != "nested" && kind != "unmapped" {
				names = union(names, []string{name})
			}
		}
	}
	return names[:min(len(names), maxIDFields)]
}

// count is how many documents fulfil the query, blindLimit+1 when they are
// more than that.
func (c *Client) count(ctx context.Context, indices []string, query object) (int64, error) {
	answer, err := c.search(ctx, indices, encode(object{"size": 0, "track_total_hits": blindLimit + 1, "query": query}))
	if err != nil {
		return 0, err
	}
	p, err := readPage(answer, func(hit) {})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", c.net.node().base.Host, err)
	}
	if p.total < 0 {
		return blindLimit + 1, nil
	}
	return p.total, nil
}

// unindexed looks for the ID where it is in the documents and not in the
// index, by having them read. Where these are too many, those around the trace
// are read; and it says so when not even that can be done.
func (s *search) unindexed(ctx context.Context) error {
	var errs []error
	for _, batch := range splitPatterns(s.plan.blind) {
		if len(batch) > 0 {
			ps := pass{indices: batch, query: object{"match_all": object{}}}
			errs = append(errs, s.read(ctx, ps, union(slices.Clone(s.plan.unsearchable), unmappedNames), "fields that are not mapped were"))
		}
	}
	if names := s.c.ignorable(s.plan.facts.Caps); s.plan.facts.Ignored > 0 && ctx.Err() == nil {
		ps := pass{indices: s.plan.patterns, query: object{"terms": object{"_ignored": names}}}
		errs = append(errs, s.read(ctx, ps, names, "values that the index dropped were"))
	}
	return joinFailures(errs)
}

// read has all documents of a pass read for the ID: by the server where it
// can, else here.
func (s *search) read(ctx context.Context, ps pass, names []string, what string) error {
	n, err := s.c.count(ctx, ps.indices, s.confined(ps.query))
	if err != nil || n == 0 {
		return err
	}
	if n > blindLimit {
		if around, ok := s.around(ctx); ok {
			ps.query = object{"bool": object{"filter": []any{ps.query, around}}}
			if n, err = s.c.count(ctx, ps.indices, s.confined(ps.query)); err != nil {
				return err
			}
		}
	}
	unread := "elasticsearch: " + what + " not looked at in " + list(ps.indices, 3) + ": too many documents"
	if n > blindLimit {
		s.warn(unread)
		return nil
	}
	err = s.all(ctx, s.atServer(ps, names))
	switch {
	case !noRuntime(err):
		return err
	case n > blindPages:
		s.warn(unread)
		return nil
	}
	return s.all(ctx, ps)
}

// atServer is the pass with fields that the server reads from the documents.
func (s *search) atServer(ps pass, names []string) pass {
	ps.runtime = make(object, len(names))
	var should []any
	for _, name := range names {
		ps.runtime[name] = object{"type": "keyword"}
		should = append(should, object{"terms": object{name: s.maker.exact()}})
		should = append(should, s.maker.wildcardsOn(name)...)
	}
	ps.query = object{"bool": object{"filter": []any{ps.query, anyOf(should)}}}
	return ps
}

// noRuntime reports whether the server cannot read documents: OpenSearch,
// Elasticsearch before 7.11, and where it is forbidden.
func noRuntime(err error) bool {
	var status *statusError
	return expensive(err) || errors.As(err, &status) && status.status == http.StatusBadRequest && strings.Contains(status.text, "runtime_mappings")
}
