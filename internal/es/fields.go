package es

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"

	"github.com/otrace/otrace/internal/logdoc"
)

// Fields of more than this many are cut, so that a query stays under the 1,024
// clauses that Elasticsearch allows.
const (
	maxIDFields   = 60
	maxTextFields = 30
	plansKeptFor  = 5 * time.Minute
)

// A fieldClass is how a field can be asked without failing a shard.
type fieldClass uint8

const (
	classExact   fieldClass = iota // keyword and its kin: a whole value
	classNumber                    // integers: only decimal forms
	classText                      // analysed: phrases
	classLenient                   // mixed among indices, or odd: phrases that forgive
)

// A field is one that may carry an ID.
type field struct {
	name   string
	class  fieldClass
	id     bool   // meant for IDs; else only text that may mention one
	nested string // the nested object that it lives in, or ""
	// kinds is the field's types, each with the indices that have it so; no
	// indices where it is the only type.
	kinds map[string][]string
}

// in is the field as one index has it.
func (f field) in(index string) field {
	for kind, indices := range f.kinds {
		if len(f.kinds) == 1 || slices.Contains(indices, index) {
			f.class = classOf([]string{kind})
		}
	}
	return f
}

// wordsOnly reports whether every type that the field has holds words, so that
// a prefix fails no shard.
func (f field) wordsOnly() bool {
	for kind := range f.kinds {
		if kind != "keyword" && !analysed(kind) {
			return false
		}
	}
	return len(f.kinds) > 0
}

// A fieldPlan is which fields of which indices to ask.
type fieldPlan struct {
	patterns []string
	indices  []string
	fields   []field
	keywords []string // text by name, yet stored as keywords, where phrases find nothing
	blind    []string // indices whose documents may hold ID fields that cannot be searched
	// unsearchable is the ID fields that are mapped without an index.
	unsearchable []string
}

func (p *fieldPlan) names() []string {
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = f.name
	}
	return names
}

// plan learns the fields of the indices, and remembers them for a while.
func (c *Client) plan(ctx context.Context, patterns []string) (*fieldPlan, error) {
	c.mu.Lock()
	known := c.known
	fresh := known != nil && slices.Equal(known.patterns, patterns) && c.now().Sub(c.learnt) < plansKeptFor
	c.mu.Unlock()
	if fresh {
		return known, nil
	}
	caps := fieldCaps{Fields: make(map[string]fieldTypes)}
	if err := c.fieldCaps(ctx, patterns, slices.Concat(idPatterns, textPatterns, rootPatterns), &caps); err != nil {
		return nil, err
	}
	plan := newPlan(caps)
	plan.patterns = patterns
	if err := c.learnBlind(ctx, plan); err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.known, c.learnt = plan, c.now()
	c.mu.Unlock()
	return plan, nil
}

// fieldCaps is Elasticsearch's answer: for each field, its types.
type fieldCaps struct {
	Indices []string              `json:"indices"`
	Fields  map[string]fieldTypes `json:"fields"`
}

type fieldTypes map[string]struct {
	Searchable bool     `json:"searchable"`
	Metadata   bool     `json:"metadata_field"`
	Indices    []string `json:"indices"`
	Not        []string `json:"non_searchable_indices"`
}

// fieldCaps asks which fields there are by these names. A server that finds so
// many names too complex gets them in halves.
func (c *Client) fieldCaps(ctx context.Context, patterns, names []string, caps *fieldCaps) error {
	yes := true
	body, err := c.net.call(ctx, func() esapi.Request {
		return esapi.FieldCapsRequest{Index: escaped(patterns), Fields: names, IgnoreUnavailable: &yes, AllowNoIndices: &yes, ExpandWildcards: "open"}
	})
	var status *statusError
	if errors.As(err, &status) && strings.Contains(status.text, "too complex") && len(names) > 1 {
		half := len(names) / 2
		if err := c.fieldCaps(ctx, patterns, names[:half], caps); err != nil {
			return err
		}
		return c.fieldCaps(ctx, patterns, names[half:], caps)
	}
	if err != nil {
		return err
	}
	var some fieldCaps
	if err := json.Unmarshal(body, &some); err != nil {
		return fmt.Errorf("%s: the answer about fields cannot be read: %w", c.net.node().base.Host, err)
	}
	caps.Indices = union(caps.Indices, some.Indices)
	maps.Copy(caps.Fields, some.Fields)
	return nil
}

func newPlan(caps fieldCaps) *fieldPlan {
	plan := &fieldPlan{indices: caps.Indices}
	slices.Sort(plan.indices)
	roots := make(map[string]bool)
	for name, types := range caps.Fields {
		if _, ok := types["nested"]; ok {
			roots[name] = true
		}
	}
	for _, name := range sortedKeys(caps.Fields) {
		types := caps.Fields[name]
		f := field{name: name, id: logdoc.IDField(name), nested: nestedRoot(name, roots)}
		f.kinds = make(map[string][]string, len(types))
		for kind, c := range types {
			switch {
			case kind == "unmapped" || kind == "object" || kind == "nested" || c.Metadata:
			case c.Searchable || len(c.Not) > 0:
				f.kinds[kind] = c.Indices
			}
			if f.id && !c.Searchable && !c.Metadata && kind != "object" && kind != "nested" && kind != "unmapped" {
				plan.unsearchable = union(plan.unsearchable, []string{name})
				plan.blind = union(plan.blind, firstOf(c.Not, c.Indices, plan.indices))
			}
		}
		if len(f.kinds) > 0 {
			plan.add(f, sortedKeys(f.kinds))
		}
	}
	return plan
}

// firstOf is the first list that is not empty: Elasticsearch leaves out a list
// that would name all.
func firstOf(lists ...[]string) []string {
	for _, l := range lists {
		if len(l) > 0 {
			return l
		}
	}
	return nil
}

// add decides how the field is asked. What is no ID field is asked only where
// it is text, or flattened.
func (p *fieldPlan) add(f field, kinds []string) {
	flat := slices.Equal(kinds, []string{"flattened"}) || slices.Equal(kinds, []string{"flat_object"})
	f.class = classOf(kinds)
	switch {
	case flat && isRoot(f.name):
		f.id = true
	case f.id:
	case !isTextName(f.name):
		return
	case f.class == classText || f.class == classLenient && slices.ContainsFunc(kinds, analysed):
	default:
		if f.class == classExact && !isSubfield(f.name) {
			p.keywords = append(p.keywords, f.name)
		}
		return
	}
	limit, same := maxTextFields, 0
	if f.id {
		limit = maxIDFields
	}
	for _, other := range p.fields {
		if other.id == f.id {
			same++
		}
	}
	if same < limit {
		p.fields = append(p.fields, f)
	}
}

func classOf(kinds []string) fieldClass {
	switch {
	case all(kinds, "keyword", "constant_keyword", "wildcard", "flattened", "flat_object"):
		return classExact
	case all(kinds, "long", "integer", "short", "byte", "unsigned_long"):
		return classNumber
	case all(kinds, "text", "match_only_text"):
		return classText
	}
	return classLenient
}

func all(kinds []string, allowed ...string) bool {
	return !slices.ContainsFunc(kinds, func(k string) bool { return !slices.Contains(allowed, k) })
}

func analysed(kind string) bool { return kind == "text" || kind == "match_only_text" }

// nestedRoot is the innermost nested object above the field.
func nestedRoot(name string, roots map[string]bool) string {
	for i := len(name) - 1; i > 0; i-- {
		if name[i] == '.' && roots[name[:i]] {
			return name[:i]
		}
	}
	return ""
}
