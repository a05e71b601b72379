package es

import (
	"slices"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// object is a JSON object of a request.
type object = map[string]any

// A queryMaker writes the query that finds an ID.
type queryMaker struct {
	id trace.ID
	// plain leaves out prefixes, which a cluster may forbid as expensive.
	plain bool
}

// queries asks every field: in one query, or in as many as a cluster of many
// fields takes.
func (q queryMaker) queries(plan *fieldPlan) []object {
	var out []object
	add := func(fields []field) {
		if one := q.query(&fieldPlan{fields: fields}); one != nil {
			out = append(out, one)
		}
	}
	ids, texts, start := 0, 0, 0
	for i, f := range plan.fields {
		if f.id && ids == maxIDFields || !f.id && texts == maxTextFields {
			add(plan.fields[start:i])
			ids, texts, start = 0, 0, i
		}
		if f.id {
			ids++
		} else {
			texts++
		}
	}
	add(plan.fields[start:])
	return out
}

// query asks every field in the way that fits it, and any match will do. It is
// nil when there is no field to ask.
func (q queryMaker) query(plan *fieldPlan) object {
	groups := make(map[string][]field)
	for _, f := range plan.fields {
		groups[f.nested] = append(groups[f.nested], f)
	}
	var should []any
	for _, nested := range sortedKeys(groups) {
		clauses := q.clauses(groups[nested])
		should = append(should, clauses...)
		if nested != "" && len(clauses) > 0 {
			// Beside the plain clauses, which serve the indices where it is no nested object.
			should = append(should, object{"nested": object{
				"path": nested, "ignore_unmapped": true, "query": object{"bool": object{"should": clauses}},
			}})
		}
	}
	if len(should) == 0 {
		return nil
	}
	return object{"bool": object{"filter": []any{anyOf(should)}}}
}

func anyOf(clauses []any) object {
	return object{"bool": object{"should": clauses, "minimum_should_match": 1}}
}

// clauses asks the fields of one object. A field of several types is asked in
// each index as it is there; and once in the way that forgives, for the indices
// that the plan does not know yet.
func (q queryMaker) clauses(fields []field) []any {
	var out []any
	var ids, texts []string
	for _, f := range fields {
		out = append(out, q.only(f)...)
		for _, kind := range sortedKeys(f.kinds) {
			one := f
			one.class = classOf([]string{kind})
			if clauses := q.only(one); f.class == classLenient && len(clauses) > 0 && len(f.kinds[kind]) > 0 {
				out = append(out, object{"bool": object{"filter": []any{object{"terms": object{"_index": f.kinds[kind]}}, anyOf(clauses)}}})
			}
		}
		switch {
		case f.class == classExact, f.class == classNumber:
		case f.id:
			ids = append(ids, f.name)
		default:
			texts = append(texts, f.name)
		}
	}
	forms := q.exact()
	if n := int64(q.id.Lo); n < 0 {
		forms = append(forms, strconv.FormatInt(n, 10))
	}
	return append(append(append(out, phrases(ids, forms)...), phrases(texts, q.phrases())...), q.unsplitPhrases(texts)...)
}

// only is what can be asked of fields of one class, besides phrases.
func (q queryMaker) only(f field) []any {
	switch f.class {
	case classExact:
		return append([]any{object{"terms": object{f.name: q.exact()}}}, q.prefixes(f.name, q.headers())...)
	case classNumber:
		if numbers := q.numbers(); len(numbers) > 0 {
			return []any{object{"terms": object{f.name: numbers}}}
		}
	case classText:
		return q.unsplit(f.name, !f.id)
	}
	return nil
}

// phrases asks fields of any type for the words in their order; lenient keeps
// hexadecimal digits from failing the shards where a field is a number.
func phrases(fields, texts []string) []any {
	if len(fields) == 0 {
		return nil
	}
	out := make([]any, 0, len(texts))
	for _, text := range texts {
		out = append(out, object{"multi_match": object{"query": text, "type": "phrase", "lenient": true, "fields": fields}})
	}
	return out
}

// keyColons are keys that stay in one word with an ID that begins with a letter.
var keyColons = [...]string{"traceid:", "trace_id:", "id:", "requestid:", "correlationid:"}

// unsplitPhrases finds the IDs of several words of which the last one, or the
// first, was not split from what stands next to it.
func (q queryMaker) unsplitPhrases(fields []string) []any {
	if len(fields) == 0 || q.plain {
		return nil
	}
	var texts []string
	for _, text := range q.phrases() {
		texts = union(texts, []string{strings.ToLower(text)})
		if c := text[0] | 0x20; c >= 'a' && c <= 'z' {
			for _, key := range keyColons {
				texts = union(texts, []string{key + strings.ToLower(text)})
			}
		}
	}
	out := make([]any, 0, len(texts))
	for _, text := range texts {
		out = append(out, object{"multi_match": object{"query": text, "type": "phrase_prefix", "max_expansions": 1000, "lenient": true, "fields": fields}})
	}
	return out
}

func (q queryMaker) prefixes(field string, starts []string) []any {
	if q.plain {
		return nil
	}
	out := make([]any, 0, len(starts))
	for _, start := range starts {
		out = append(out, object{"prefix": object{field: object{"value": start}}})
	}
	return out
}

// exact is every form, for fields that hold nothing else.
func (q queryMaker) exact() []string {
	forms := q.id.Forms()
	if !q.id.IsTrace() {
		forms = union(forms, []string{strings.ToLower(forms[0]), strings.ToUpper(forms[0])})
	}
	return forms
}

// numbers is the forms that an integer field may equal.
func (q queryMaker) numbers() []int64 {
	var out []int64
	for _, f := range q.id.Forms() {
		if n, err := strconv.ParseInt(f, 10, 64); err == nil && n > 0 && strconv.FormatInt(n, 10) == f && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	if low := int64(q.id.Lo); low < 0 { // an unsigned number that was stored as a signed one
		out = append(out, low)
	}
	return out
}

// longForm is from which length a form is believed outside of ID fields.
const longForm = 16

// phrases is the forms to look for within text. Analysers fold case, so that
// one case will do but for the usual form, which a simpler analyser may keep.
// Of short IDs only the padded forms stand for themselves.
func (q queryMaker) phrases() []string {
	if !q.id.IsTrace() {
		return q.id.Forms()
	}
	var out []string
	for i, f := range q.id.Forms() {
		switch {
		case q.id.Short() && len(f) < longForm:
			out = append(out, "trace_id "+strings.ToLower(f), "traceid "+strings.ToLower(f), "trace.id "+strings.ToLower(f))
		case i > 1:
			out = append(out, strings.ToLower(f))
		default:
			out = append(out, f)
		}
	}
	return union(nil, out)
}

// headers is how composite headers that hold the ID begin: a traceparent,
// Jaeger's, as it is and escaped for HTTP, B3's and X-Ray's.
func (q queryMaker) headers() []string {
	if !q.id.IsTrace() {
		return nil
	}
	full := q.id.String()
	low, stripped := full[16:], strings.TrimLeft(full, "0")
	out := []string{"00-" + full + "-", full + "-", "Root=1-" + full[:8] + "-" + full[8:], "1-" + full[:8] + "-" + full[8:] + ";"}
	return union(out, []string{full + ":", full + "%3", stripped + ":", stripped + "%3", low + ":", low + "%3", low + "-"})
}

// glued is what an analyser leaves before an ID in one word with it: escaped
// characters of a URL (, = " : blank [ /), and the usual ends of a key. A regexp would
// take all in one, and a hundred times as long: each shard compiles it anew.
var glued = [...]string{"2c", "3d", "22", "3a", "20", "5b", "2f", "t_", "x_", "id_", "trace_", "trace_id_", "traceid_"}

// unsplit finds the words that an analyser failed to split around the ID, as in
// "[order,T,S]" where T ends and S begins with a digit, or "trace_id_T".
func (q queryMaker) unsplit(field string, text bool) []any {
	if !q.id.IsTrace() {
		return nil
	}
	starts := q.beginnings()
	if text {
		for _, glue := range glued {
			starts = append(starts, glue+q.id.String())
		}
	}
	return q.prefixes(field, starts)
}

// beginnings is how a word begins that starts with the ID.
func (q queryMaker) beginnings() []string {
	full := q.id.String()
	if q.id.Lo == 0 {
		return []string{full}
	}
	return []string{full, full[16:]}
}

// wildcards finds the ID inside words, and inside whole lines stored as
// keywords.
func (q queryMaker) wildcards(plan *fieldPlan) []any {
	var out []any
	for _, f := range plan.fields {
		if !f.id && f.nested == "" {
			out = append(out, q.wildcardsOn(f.name)...)
		}
	}
	for _, name := range plan.keywords {
		out = append(out, q.wildcardsOn(name)...)
	}
	return out
}

func (q queryMaker) wildcardsOn(field string) []any {
	var out []any
	for _, f := range q.phrases() {
		if len(f) >= longForm || !q.id.IsTrace() {
			out = append(out, object{"wildcard": object{field: object{"value": "*" + escapeWildcard(f) + "*", "case_insensitive": true}}})
		}
	}
	return out
}

func escapeWildcard(s string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`).Replace(s)
}
