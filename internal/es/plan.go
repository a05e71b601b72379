package es

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"

	"github.com/otrace/otrace/internal/logdoc"
)

// plansKeptFor is how long the fields of the indices are taken to stay as they
// are.
const plansKeptFor = 10 * time.Minute

// A fieldPlan is which fields of which indices to ask.
type fieldPlan struct {
	patterns []string
	indices  []string
	fields   []field
	keywords []string // text by name, yet stored as keywords, where phrases find nothing
	blind    []string // indices whose documents may hold ID fields that cannot be searched
	// unsearchable is the ID fields, and the messages, that are mapped without an index.
	unsearchable []string
	lines        []string // messages within whose words, or single values, no phrase is found
	hush         []string // the indices that have them so
	times        []timeGroup
	refusal      error // why the fields are guessed
	facts        facts
	kept         bool // learnt by an earlier search, so that it may be out of date
}

func (p *fieldPlan) names() []string {
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = f.name
	}
	return names
}

// The facts of a plan are what the cluster said about its indices. A plan is
// made of them and of the settings, and nothing else.
type facts struct {
	At time.Time
	// Checked is when Caps were last seen to be those of the cluster.
	Checked time.Time `json:"-"`
	Caps    fieldCaps // of the fields that may carry IDs
	Times   fieldCaps // of those that may hold times
	Flat    fieldCaps // of objects that are one field, whatever their name
	Blind   []string  // indices that drop unknown fields
	Dark    []string  // objects that drop them
	Lines   []string  // messages that are cut into words between blanks, or not at all
	Hush    []string  // the indices that have them
	// Ignored is how many documents have an ID that the index dropped, in part
	// or whole; a lower bound when they are many.
	Ignored int64
	Guessed string   // why the fields are the usual ones, "" when they were learnt
	Missing []string // indices that were named and do not exist
}

// plan is the fields of the indices, as they were learnt not long ago, or anew.
func (c *Client) plan(ctx context.Context, patterns []string) (*fieldPlan, error) {
	if f, ok := c.remembered(patterns); ok {
		plan := c.newPlan(f, patterns)
		plan.kept = true
		return plan, nil
	}
	return c.learn(ctx, patterns)
}

// learn asks the cluster about its fields.
func (c *Client) learn(ctx context.Context, patterns []string) (*fieldPlan, error) {
	f := facts{At: c.now()}
	if err := c.fieldCaps(ctx, patterns, c.idNames(), false, &f.Caps); err != nil {
		if plan, ok := c.guessed(patterns, err); ok {
			return plan, nil
		}
		return nil, err
	}
	if err := c.learnMore(ctx, patterns, &f); err != nil {
		return nil, err
	}
	c.remember(patterns, f)
	return c.newPlan(f, patterns), nil
}

// idNames is the names of fields to ask about.
func (c *Client) idNames() []string {
	names := slices.Concat(idPatterns, otherIDs, textPatterns, rootPatterns)
	for _, role := range sortedKeys(c.own) {
		names = union(names, c.own[role])
	}
	return names
}

// isID reports whether a field is meant for IDs.
func (c *Client) isID(name string) bool {
	return logdoc.IDField(name) || slices.Contains(c.own["trace"], name)
}

// isText reports whether a field is one that people read.
func (c *Client) isText(name string) bool {
	return isTextName(name) || slices.Contains(c.own["message"], name) || slices.Contains(c.own["error"], name) || slices.Contains(c.own["stack"], name)
}

// learnMore asks side by side for what can only be known of existing indices.
func (c *Client) learnMore(ctx context.Context, patterns []string, f *facts) error {
	var errs [5]error
	var wg sync.WaitGroup
	if len(f.Caps.Indices) > 0 {
		wg.Go(func() { errs[0] = answered(c.fieldCaps(ctx, patterns, timeNames(c.own["time"]), true, &f.Times)) })
		wg.Go(func() { errs[1] = c.learnBlind(ctx, patterns, f) })
		wg.Go(func() {
			n, err := c.learnIgnored(ctx, patterns, f.Caps)
			f.Ignored, errs[2] = n, answered(err)
		})
	}
	if c.net.elastic.Load() { // OpenSearch cannot tell
		wg.Go(func() { errs[4] = answered(c.capsOfTypes(ctx, patterns, []string{"flattened"}, &f.Flat)) })
	}
	wg.Go(func() { f.Missing, errs[3] = c.learnMissing(ctx, patterns, f.Caps.Indices) })
	wg.Wait()
	return joinFailures(errs[:])
}

// maxAsked is after how many names of indices no more are asked about.
const maxAsked = 10

// learnMissing tells which of the indices that were named do not exist, not
// even as an alias. Whoever may not ask is told of none.
func (c *Client) learnMissing(ctx context.Context, patterns, indices []string) ([]string, error) {
	var missing []string
	asked := 0
	for _, name := range positive(patterns) {
		if strings.ContainsAny(name, "*<:,") || name == "_all" || slices.Contains(indices, name) || asked == maxAsked {
			continue
		}
		asked++
		_, err := c.net.call(ctx, func() esapi.Request { return esapi.IndicesExistsRequest{Index: escaped([]string{name})} })
		var status *statusError
		if errors.As(err, &status) && status.status == http.StatusNotFound {
			missing = append(missing, name)
		} else if err = answered(err); err != nil {
			return missing, err
		}
	}
	return missing, nil
}

// same reports whether the cluster said of both plans the same.
func (p *fieldPlan) same(other *fieldPlan) bool {
	a, b := p.facts, other.facts
	a.At, b.At, a.Checked, b.Checked = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	return reflect.DeepEqual(a, b)
}

// answered forgives a server that answered, if only to refuse: who may not see
// times or mappings does without.
func answered(err error) error {
	if _, ok := errors.AsType[*statusError](err); ok {
		return nil
	}
	return err
}

// fieldCaps is Elasticsearch's answer: for each field, its types.
type fieldCaps struct {
	Indices []string              `json:"indices"`
	Fields  map[string]fieldTypes `json:"fields"`
}

type fieldTypes map[string]fieldType

// A fieldType is a field as some indices have it; Indices is empty where
// these are all that have the field.
type fieldType struct {
	Searchable   bool     `json:"searchable"`
	Aggregatable bool     `json:"aggregatable"`
	Metadata     bool     `json:"metadata_field"`
	Indices      []string `json:"indices,omitempty"`
	Not          []string `json:"non_searchable_indices,omitempty"`
}

// fieldCaps asks which fields there are by these names; all is whether the
// indices without a field shall be named too. A server that finds so many
// names too complex gets them in halves.
func (c *Client) fieldCaps(ctx context.Context, patterns, names []string, all bool, caps *fieldCaps) error {
	req := esapi.FieldCapsRequest{Index: escaped(patterns), Fields: names}
	if all {
		req.IncludeUnmapped = new(true)
	}
	err := c.askCaps(ctx, req, caps)
	if tooLong(err) && len(names) > 1 {
		half := len(names) / 2
		if err := c.fieldCaps(ctx, patterns, names[:half], all, caps); err != nil {
			return err
		}
		return c.fieldCaps(ctx, patterns, names[half:], all, caps)
	}
	return err
}

// tooLong reports whether a request had too many names for the server, or for
// a proxy before it.
func tooLong(err error) bool {
	var status *statusError
	if !errors.As(err, &status) {
		return false
	}
	switch status.status {
	case http.StatusRequestURITooLong, http.StatusRequestHeaderFieldsTooLarge:
		return true
	}
	return strings.Contains(status.text, "too complex") || strings.Contains(status.text, "too_long_frame")
}

// capsOfTypes asks for all fields of some types, which Elasticsearch knows from
// 8.2 on.
func (c *Client) capsOfTypes(ctx context.Context, patterns, types []string, caps *fieldCaps) error {
	return c.askCaps(ctx, esapi.FieldCapsRequest{Index: escaped(patterns), Fields: []string{"*"}, Types: types}, caps)
}

// askCaps adds an answer to what is known.
func (c *Client) askCaps(ctx context.Context, req esapi.FieldCapsRequest, caps *fieldCaps) error {
	req.IgnoreUnavailable, req.AllowNoIndices, req.ExpandWildcards = new(true), new(true), "open"
	body, err := c.net.call(ctx, func() esapi.Request { return req })
	if err != nil {
		return err
	}
	var some fieldCaps
	if err := json.Unmarshal(body, &some); err != nil {
		return fmt.Errorf("%s: the answer about fields cannot be read: %w", c.net.node().base.Host, err)
	}
	if some.Fields == nil {
		return fmt.Errorf("%s: the answer about fields names none: is this Elasticsearch?", c.net.node().base.Host)
	}
	caps.Indices = union(caps.Indices, some.Indices)
	if caps.Fields == nil {
		caps.Fields = make(map[string]fieldTypes, len(some.Fields))
	}
	maps.Copy(caps.Fields, some.Fields)
	return nil
}
