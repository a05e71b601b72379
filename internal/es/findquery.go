package es

import (
	"slices"
	"strings"
	"unicode"

	"github.com/otrace/otrace/internal/trace"
)

// A findMaker writes the query for the logs that may fulfil conditions. It
// passes more than do; each is judged on this side.
type findMaker struct {
	plan   *fieldPlan
	caps   fieldCaps // of the conditions' names
	levels fieldCaps // of the fields that hold levels
}

// query asks for all conditions. It is nil when there is no field to ask for
// one of them.
func (m findMaker) query(conditions []trace.Condition) object {
	filters := make([]any, 0, len(conditions))
	for _, c := range conditions {
		clauses := m.clauses(c)
		if len(clauses) == 0 {
			return nil
		}
		filters = append(filters, anyOf(clauses))
	}
	return object{"bool": object{"filter": filters}}
}

// clauses is every way in which a log may fulfil the condition.
func (m findMaker) clauses(c trace.Condition) []any {
	out := exactly(m.caps, named(m.caps, c.Key), c.Value)
	for _, name := range m.flattened() {
		out = append(out, object{"term": object{name: object{"value": c.Value}}})
	}
	if c.AsksForError() {
		return append(append(out, errorLevels(m.levels)...), m.inTexts(errorWords)...)
	}
	return append(out, m.mentions(c)...)
}

// flattened is the objects that may hold the key without having it for a field.
func (m findMaker) flattened() []string {
	names := flat(m.caps)
	for _, f := range m.plan.fields {
		if all(sortedKeys(f.kinds), "flattened", "flat_object") {
			names = union(names, []string{f.name})
		}
	}
	return names
}

// exactly asks fields for a whole value. A phrase on a text finds whatever its
// keyword would, and fails no shard where the field is a number or a date.
func exactly(caps fieldCaps, fields []field, value string) []any {
	return eachNested(caps, fields, func(fields []field) []any {
		var out []any
		var others []string
		for _, f := range fields {
			if f.class == classExact {
				out = append(out, object{"term": object{f.name: object{"value": value}}})
			} else {
				others = append(others, f.name)
			}
		}
		return append(out, phrases(others, []string{value})...)
	})
}

// eachNested makes clauses for the fields of each nested object, which need a
// query around theirs beside the plain ones, and for those of none.
func eachNested(caps fieldCaps, fields []field, clauses func([]field) []any) []any {
	groups := make(map[string][]field)
	for _, f := range fields {
		groups[f.nested] = append(groups[f.nested], f)
	}
	var out []any
	for _, nested := range sortedKeys(groups) {
		its := clauses(groups[nested])
		out = append(out, its...)
		if nested != "" && len(its) > 0 {
			out = append(out, insideOf(caps.Fields[nested]["nested"].Indices, nested, its))
		}
	}
	return out
}

// insideOf asks within a nested object. It is tied to the indices that have it
// as one, because the others fail.
func insideOf(indices []string, root string, clauses []any) object {
	query := object{"nested": object{"path": root, "ignore_unmapped": true, "query": anyOf(clauses)}}
	if len(indices) > 0 {
		return object{"bool": object{"filter": []any{object{"terms": object{"_index": indices}}, query}}}
	}
	return query
}

// texts is the fields that people read, and that records are nested in.
func (m findMaker) texts() []field {
	return slices.DeleteFunc(slices.Clone(m.plan.fields), func(f field) bool {
		return f.class == classExact || f.class == classNumber || f.id && !f.text
	})
}

// inTexts asks the texts for any of the words, or phrases.
func (m findMaker) inTexts(list []string) []any {
	return eachNested(m.plan.facts.Caps, m.texts(), func(fields []field) []any {
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = f.name
		}
		return phrases(names, list)
	})
}

// mentions asks the texts for the value. One that may stand for anything must
// have the key beside it; one that analysers would not cut off its key is
// looked for together with it.
func (m findMaker) mentions(c trace.Condition) []any {
	if c.Value == "" {
		return nil
	}
	values := m.inTexts([]string{c.Value})
	if len(values) > 0 && !telling(c.Value) {
		values = []any{object{"bool": object{"filter": []any{anyOf(values), anyOf(m.inTexts(keyWords(c.Key)))}}}}
	}
	if first := []rune(c.Value)[0]; unicode.IsLetter(first) {
		var glued []string
		for _, name := range wholeKeys(c.Key) {
			glued = append(glued, name+":"+c.Value)
		}
		values = append(values, m.inTexts(glued)...)
	}
	return values
}

// telling reports whether a value is hardly met by chance: letters and digits,
// or many digits.
func telling(value string) bool {
	digits := strings.IndexFunc(value, unicode.IsDigit) >= 0
	letters := strings.IndexFunc(value, unicode.IsLetter) >= 0
	return len(value) >= 6 && digits && letters || len(value) >= 9 && digits
}

// wholeKeys is how a key is usually written.
func wholeKeys(key string) []string {
	parts := words(key)
	return union(nil, []string{strings.ToLower(key), strings.Join(parts, "_"), strings.Join(parts, "."), strings.Join(parts, "")})
}

// keyWords is the words of which one stands wherever the key does: the whole
// key, its end when it is an object's in an object, or the noun before "id".
// Analysers fold case, and cut at dashes.
func keyWords(key string) []string {
	parts := words(key)
	out := wholeKeys(key)
	for i := range parts[:min(len(parts), maxCombined)] {
		ends := parts[i : i+1]
		for _, word := range parts[i+1:] {
			var longer []string
			for _, s := range ends {
				longer = append(longer, s+"_"+word, s+"."+word, s+word)
			}
			ends = longer
		}
		if i > 0 || len(parts) == 1 || len(parts) <= 3 {
			out = union(out, ends)
		}
	}
	if n := len(parts); n > 1 && parts[n-1] == "id" {
		out = union(out, parts[n-2:n-1])
	}
	return out
}
