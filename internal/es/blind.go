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
// those that drop values of a trace ID's length; the objects that do; and the
// messages that are not cut into words as usual. Who may not see mappings does
// without.
func (c *Client) learnBlind(ctx context.Context, patterns []string, f *facts) error {
	const top, below = "*.mappings.properties.*.", "*.mappings.properties.*.properties.*."
	body, err := c.net.call(ctx, func() esapi.Request {
		return esapi.IndicesGetMappingRequest{
			Index: escaped(patterns), IgnoreUnavailable: new(true), AllowNoIndices: new(true), ExpandWildcards: "open",
			FilterPath: []string{"*.mappings.dynamic", top + "dynamic", top + "enabled", top + "ignore_above", top + "analyzer", below + "dynamic", below + "enabled", below + "analyzer"},
		}
	})
	if err != nil {
		return answered(err)
	}
	var indices map[string]struct {
		Mappings mapping `json:"mappings"`
	}
	_ = json.Unmarshal(body, &indices) // an answer that cannot be read names no index
	for _, name := range sortedKeys(indices) {
		m := indices[name].Mappings
		objects := m.dark("")
		f.Dark = union(f.Dark, objects)
		if m.drops() || len(objects) > 0 || m.short(c) {
			f.Blind = append(f.Blind, name)
		}
		if unsplit := m.unsplit(""); len(unsplit) > 0 {
			f.Hush, f.Lines = append(f.Hush, name), union(f.Lines, unsplit)
		}
	}
	return nil
}

// A mapping is as much of an object's as tells what it drops.
type mapping struct {
	Dynamic     json.RawMessage    `json:"dynamic"`
	Enabled     json.RawMessage    `json:"enabled"`
	IgnoreAbove json.RawMessage    `json:"ignore_above"`
	Analyzer    string             `json:"analyzer"`
	Properties  map[string]mapping `json:"properties"`
}

// unsplit is the messages of which an analyser keeps more in one word than the
// usual one does: words between blanks, or whole lines.
func (m mapping) unsplit(path string) []string {
	var out []string
	for _, name := range sortedKeys(m.Properties) {
		p := m.Properties[name]
		if (p.Analyzer == "whitespace" || p.Analyzer == "keyword") && isMessage(path+name) {
			out = append(out, path+name)
		}
		out = append(out, p.unsplit(path+name+".")...)
	}
	return out
}

// drops reports whether the object may hold an ID that the index does not know.
func (m mapping) drops() bool { return isFalse(m.Dynamic) || isFalse(m.Enabled) }

// dark is the objects within this one that drop fields.
func (m mapping) dark(path string) []string {
	var out []string
	for _, name := range sortedKeys(m.Properties) {
		if p := m.Properties[name]; p.drops() {
			out = append(out, path+name)
		} else {
			out = append(out, p.dark(path+name+".")...)
		}
	}
	return out
}

// short reports whether an ID may be too long for its field. What Elasticsearch
// drops for its length it notes in the document; OpenSearch does not.
func (m mapping) short(c *Client) bool {
	for name, p := range m.Properties {
		most, err := parseInt(string(p.IgnoreAbove))
		if err == nil && most < shortestID && c.isID(name) && !c.net.elastic.Load() {
			return true
		}
	}
	return false
}

func isFalse(raw json.RawMessage) bool {
	return bytes.Equal(raw, []byte(`"false"`)) || bytes.Equal(raw, []byte("false"))
}

// learnIgnored counts the documents whose value of an ID field the index
// dropped: longer than ignore_above, or no number under ignore_malformed.
func (c *Client) learnIgnored(ctx context.Context, patterns []string, caps fieldCaps) (int64, error) {
	names := c.ignorable(caps)
	if len(names) == 0 {
		return 0, nil
	}
	return c.count(ctx, patterns, object{"terms": object{"_ignored": names}}, blindLimit)
}

// maxIgnorable is how many fields are asked for dropped values.
const maxIgnorable = 60

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
	return names[:min(len(names), maxIgnorable)]
}

// count is how many documents fulfil the query, limit+1 when they are more than
// that.
func (c *Client) count(ctx context.Context, indices []string, query object, limit int64) (int64, error) {
	answer, err := c.search(ctx, indices, encode(object{"size": 0, "track_total_hits": limit + 1, "query": query}))
	if err != nil {
		return 0, err
	}
	p, err := readPage(answer, func(hit) {})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", c.net.node().base.Host, err)
	}
	if p.total < 0 {
		return limit + 1, nil
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
			errs = append(errs, s.read(ctx, ps, s.plan.unmapped(), "fields that are not mapped were"))
		}
	}
	if !s.c.wildcard && ctx.Err() == nil {
		errs = append(errs, s.inLines(ctx))
	}
	if names := s.c.ignorable(s.plan.facts.Caps); s.plan.facts.Ignored > 0 && ctx.Err() == nil {
		ps := pass{indices: s.plan.patterns, query: object{"terms": object{"_ignored": names}}}
		errs = append(errs, s.read(ctx, ps, names, "values that the index dropped were"))
	}
	return joinFailures(errs)
}

// maxUnmapped is how many names are tried where fields are not mapped.
const maxUnmapped = 60

// unmapped is the names to try where fields are not mapped.
func (p *fieldPlan) unmapped() []string {
	names := union(slices.Clone(p.unsearchable), unmappedNames)
	for _, object := range p.facts.Dark {
		names = union(names, []string{object + ".trace_id", object + ".traceId", object + ".trace.id"})
	}
	return names[:min(len(names), maxUnmapped)]
}

// lineLimit is how many lines may be stored as keywords for all of them to be
// looked through: the server needs a second for ten times as many.
const lineLimit = 1_000_000

// inLines looks within messages that are stored as keywords, where a phrase
// finds whole lines only.
func (s *search) inLines(ctx context.Context) error {
	var clauses []any
	for _, name := range s.plan.lines {
		clauses = append(clauses, s.maker.wildcardsOn(name)...)
	}
	if len(clauses) == 0 || s.maker.plain {
		return nil
	}
	var errs []error
	for _, batch := range splitPatterns(s.plan.hush) {
		n, err := s.c.count(ctx, batch, object{"match_all": object{}}, lineLimit)
		if err == nil && n <= lineLimit {
			err = s.all(ctx, pass{indices: batch, query: object{"bool": object{"filter": []any{anyOf(clauses)}}}})
		}
		if n > lineLimit || expensive(err) {
			s.warn("elasticsearch: " + list(batch, 3) + ": messages are stored as keywords, within which IDs were not looked for; --wildcard does")
			err = nil
		}
		errs = append(errs, err)
	}
	return joinFailures(errs)
}

// read has all documents of a pass read for the ID: by the server where it
// can, else here.
func (s *search) read(ctx context.Context, ps pass, names []string, what string) error {
	n, err := s.c.count(ctx, ps.indices, s.confined(ps.query), blindLimit)
	if err != nil || n == 0 {
		return err
	}
	if n > blindLimit {
		if around, ok := s.around(ctx); ok {
			ps.query = object{"bool": object{"filter": []any{ps.query, around}}}
			if n, err = s.c.count(ctx, ps.indices, s.confined(ps.query), blindLimit); err != nil {
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
