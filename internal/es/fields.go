package es

import (
	"maps"
	"slices"
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
	id     bool     // meant for IDs; else only text that may mention one
	text   bool     // meant for people
	nested string   // the nested object that it lives in, or ""
	inside []string // the indices that have it as one; none where all do
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

// newPlan decides which fields to ask, and how.
func (c *Client) newPlan(f facts, patterns []string) *fieldPlan {
	caps := f.Caps
	caps.Fields = maps.Clone(caps.Fields)
	for name, types := range f.Flat.Fields {
		if _, ok := caps.Fields[name]; !ok {
			caps.Fields[name] = types
		}
	}
	plan := &fieldPlan{facts: f, patterns: patterns, indices: slices.Sorted(slices.Values(caps.Indices)), blind: slices.Clone(f.Blind), lines: slices.Clone(f.Lines), hush: slices.Clone(f.Hush)}
	plan.times = groupByTime(f.Times, plan.indices, c.own["time"])
	roots := make(map[string]bool)
	for name, types := range caps.Fields {
		if _, ok := types["nested"]; ok {
			roots[name] = true
		}
	}
	for _, name := range c.ownFirst(caps) {
		types := caps.Fields[name]
		f := field{name: name, id: c.isID(name) || isOtherID(name) && !numeric(types), text: c.isText(name), nested: nestedRoot(name, roots)}
		if f.nested != "" {
			f.inside = caps.Fields[f.nested]["nested"].Indices
		}
		f.kinds = make(map[string][]string, len(types))
		mixed := false
		for kind, c := range types {
			if kind == "unmapped" || kind == "object" || kind == "nested" || c.Metadata {
				continue
			}
			if c.Searchable || len(c.Not) > 0 {
				f.kinds[kind] = c.Indices
			}
			if len(c.Not) > 0 { // those would fail
				f.kinds[kind] = without(firstOf(c.Indices, plan.indices), c.Not)
			}
			mixed = mixed || !c.Searchable
			if !c.Searchable && (f.id || f.text && analysed(kind) && isMessage(name)) {
				plan.unsearchable = union(plan.unsearchable, []string{name})
				plan.blind = union(plan.blind, firstOf(c.Not, c.Indices, plan.indices))
			}
		}
		if len(f.kinds) > 0 {
			plan.add(f, sortedKeys(f.kinds), mixed)
		}
	}
	return plan
}

// ownFirst is the fields by name, those that the user named before all others.
func (c *Client) ownFirst(caps fieldCaps) []string {
	var names []string
	for _, role := range []string{"trace", "message", "error", "stack"} {
		for _, name := range c.own[role] {
			if _, ok := caps.Fields[name]; ok {
				names = union(names, []string{name})
			}
		}
	}
	own := slices.Clone(names)
	for _, name := range sortedKeys(caps.Fields) {
		if !slices.Contains(own, name) {
			names = append(names, name)
		}
	}
	return names
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
func (p *fieldPlan) add(f field, kinds []string, mixed bool) {
	flat := all(kinds, "flattened", "flat_object")
	if f.class = classOf(kinds); mixed {
		f.class = classLenient
	}
	if isMessage(f.name) {
		p.hushed(f, kinds)
	}
	switch {
	case flat:
		f.id = true
	case f.id:
	case !f.text:
		return
	case f.class == classText || f.class == classLenient && (p.facts.Guessed != "" || slices.ContainsFunc(kinds, analysed)):
	default:
		if classOf(kinds) == classExact && !isSubfield(f.name) {
			p.keywords = append(p.keywords, f.name)
		}
		return
	}
	p.fields = append(p.fields, f)
}

// hushed notes the indices that keep the log's line as one whole value, within
// which no phrase is found.
func (p *fieldPlan) hushed(f field, kinds []string) {
	for _, kind := range kinds {
		if classOf([]string{kind}) == classExact && kind != "flattened" && kind != "flat_object" {
			p.hush = union(p.hush, firstOf(f.kinds[kind], p.indices))
			p.lines = union(p.lines, []string{f.name})
		}
	}
}

func without(list, not []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(not, s) })
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

func numeric(types fieldTypes) bool { return classOf(sortedKeys(types)) == classNumber }

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
