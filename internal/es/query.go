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
	id       trace.ID
	wildcard bool
	// plain leaves out prefixes, which a cluster may forbid as expensive.
	plain bool
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
		if q.wildcard && nested == "" {
			clauses = append(clauses, q.wildcards(plan)...)
		}
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
	return object{"bool": object{"filter": []any{object{"bool": object{"should": should, "minimum_should_match": 1}}}}}
}

// clauses asks the fields of one object.
func (q queryMaker) clauses(fields []field) []any {
	var out []any
	var ids, texts []string
	for _, f := range fields {
		switch {
		case f.class == classExact:
			out = append(out, object{"terms": object{f.name: q.exact()}})
			out = append(out, q.prefixes(f.name, q.headers())...)
		case f.class == classNumber:
			if numbers := q.numbers(); len(numbers) > 0 {
				out = append(out, object{"terms": object{f.name: numbers}})
			}
		case f.id:
			ids = append(ids, f.name)
		default:
			texts = append(texts, f.name)
		}
		switch {
		case f.class == classText:
			out = append(out, q.prefixes(f.name, q.beginnings())...)
		case f.class == classLenient && f.wordsOnly(): // one odd index must not hide what the others hold
			out = append(out, q.prefixes(f.name, union(q.headers(), q.beginnings()))...)
		}
	}
	forms := q.exact()
	if n := int64(q.id.Lo); n < 0 {
		forms = append(forms, strconv.FormatInt(n, 10))
	}
	return append(append(out, phrases(ids, forms)...), phrases(texts, q.phrases())...)
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
// Jaeger's, B3's and X-Ray's.
func (q queryMaker) headers() []string {
	if !q.id.IsTrace() {
		return nil
	}
	full := q.id.String()
	out := []string{"00-" + full + "-", full + ":", full + "-", "Root=1-" + full[:8] + "-" + full[8:], "1-" + full[:8] + "-" + full[8:] + ";"}
	if q.id.Hi == 0 {
		low := full[16:]
		out = append(out, low+":", strings.TrimLeft(low, "0")+":", low+"-")
	} else if stripped := strings.TrimLeft(full, "0"); stripped != full {
		out = append(out, stripped+":")
	}
	return out
}

// beginnings finds the words that an analyser failed to split after the ID, as
// in "[order,T,S]" where T ends and S begins with a digit.
func (q queryMaker) beginnings() []string {
	if !q.id.IsTrace() {
		return nil
	}
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
