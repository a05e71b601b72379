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

// blindLimit is how many documents may be read one by one for a field that
// cannot be searched. It takes a server a second or two.
const blindLimit = 100_000

// unmappedNames are the usual names of the trace ID, tried where documents may
// hold more fields than their index knows.
var unmappedNames = []string{
	"trace_id", "traceId", "trace.id", "traceID", "TraceId", "correlationId", "correlation_id", "mdc.traceId", "mdc.trace_id",
}

// learnBlind notes the indices that drop unknown fields ("dynamic": false).
// Who may not see mappings does without.
func (c *Client) learnBlind(ctx context.Context, plan *fieldPlan) error {
	body, err := c.net.call(ctx, func() esapi.Request {
		return esapi.IndicesGetMappingRequest{
			Index: escaped(plan.patterns), IgnoreUnavailable: new(true), AllowNoIndices: new(true), ExpandWildcards: "open",
			FilterPath: []string{"*.mappings.dynamic", "*.mappings.properties.*.dynamic"},
		}
	})
	if _, answered := errors.AsType[*statusError](err); answered {
		return nil
	}
	if err != nil {
		return err
	}
	var indices map[string]json.RawMessage
	_ = json.Unmarshal(body, &indices) // an answer that cannot be read names no index
	for _, name := range sortedKeys(indices) {
		if bytes.Contains(indices[name], []byte(`"dynamic":"false"`)) || bytes.Contains(indices[name], []byte(`"dynamic":false`)) {
			plan.blind = union(plan.blind, []string{name})
		}
	}
	return nil
}

// unmapped looks for the ID in fields that are in the documents and not in the
// index, by letting the server read the documents. Where these are too many it
// says so instead.
func (s *search) unmapped(ctx context.Context) error {
	for _, batch := range splitPatterns(s.plan.blind) {
		if err := s.unmappedIn(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

func (s *search) unmappedIn(ctx context.Context, indices []string) error {
	if len(indices) == 0 {
		return nil
	}
	size := object{"size": 0, "track_total_hits": blindLimit + 1, "query": object{"match_all": object{}}}
	p, err := s.fetch(ctx, indices, encode(size), nil)
	if err != nil {
		return err
	}
	if p.total < 0 || p.total > blindLimit {
		s.warnings = append(s.warnings, fmt.Sprintf("elasticsearch: fields that are not mapped were not looked at in %s: too many documents", list(indices, 3)))
		return nil
	}
	names := union(slices.Clone(s.plan.unsearchable), unmappedNames)
	fields := make(object, len(names))
	var should []any
	for _, name := range names {
		fields[name] = object{"type": "keyword"}
		should = append(should, object{"terms": object{name: queryMaker{id: s.id}.exact()}})
	}
	body := s.bodyOf(ctx, object{"bool": object{"should": should}}, object{
		"size": s.c.pageSize, "track_total_hits": true, "sort": []string{"_doc"}, "runtime_mappings": fields,
	})
	p, err = s.fetch(ctx, indices, body, s.seen())
	var status *statusError
	if errors.As(err, &status) && status.status == http.StatusBadRequest && strings.Contains(status.text, "runtime_mappings") {
		return nil // OpenSearch, and Elasticsearch before 7.11
	}
	if err != nil {
		return err
	}
	s.note(p)
	if p.total > int64(p.hits) {
		s.lack(int64(p.hits), p.total)
	}
	return nil
}
