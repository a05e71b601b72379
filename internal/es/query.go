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
	// most is how many clauses the cluster takes, mostClauses when it is zero.
	most int
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
			should = append(should, insideOf(groups[nested][0].inside, nested, clauses))
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
	var ids, lenient, idTexts, texts []string
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
			continue
		case f.class == classLenient && f.id:
			ids = append(ids, f.name)
		case f.class == classLenient:
			lenient = append(lenient, f.name)
		}
		if f.id {
			idTexts = append(idTexts, f.name)
		} else {
			texts = append(texts, f.name)
		}
	}
	forms := q.exact()
	if n := int64(q.id.Lo); n < 0 {
		forms = append(forms, strconv.FormatInt(n, 10))
	}
	out = append(append(out, phrases(ids, forms)...), phrases(lenient, q.phrases())...)
	out = append(out, q.inTexts(without(idTexts, ids), forms, q.phrases())...)
	return append(append(out, q.inTexts(without(texts, lenient), q.phrases(), q.phrases())...), append(q.begun(append(ids, lenient...), q.phrases()), q.keyed(texts)...)...)
}

// only is what can be asked of fields of one class, besides phrases.
func (q queryMaker) only(f field) []any {
	switch f.class {
	case classExact:
		exact := []any{object{"terms": object{f.name: q.exact()}}}
		if isSubfield(f.name) { // the text beside it knows headers by their parts
			return exact
		}
		return append(exact, q.prefixes(f.name, q.headers())...)
	case classNumber:
		if numbers := q.numbers(); len(numbers) > 0 {
			return []any{object{"terms": object{f.name: numbers}}}
		}
	case classText:
		if !f.id {
			return q.gluedTo(f.name)
		}
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

// inTexts asks analysed fields. What begins a word is found by begun already,
// but for the usual forms, which an analyser may keep in their case.
func (q queryMaker) inTexts(fields, forms, begun []string) []any {
	if q.plain {
		return phrases(fields, forms)
	}
	begun = lower(begun)
	whole := slices.DeleteFunc(slices.Clone(forms), func(f string) bool {
		return !slices.Contains(forms[:min(2, len(forms))], f) && slices.Contains(begun, strings.ToLower(f))
	})
	return append(phrases(fields, whole), q.begun(fields, begun)...)
}

func lower(texts []string) []string {
	var out []string
	for _, text := range texts {
		out = union(out, []string{strings.ToLower(text)})
	}
	return out
}

// begun finds the IDs whose last word, or only one, was not split from what
// follows, as in "[order,T,S]" where T ends and S begins with a digit. It costs
// a fraction of a prefix query, for which each shard compiles an automaton.
func (q queryMaker) begun(fields, texts []string) []any {
	if len(fields) == 0 || q.plain {
		return nil
	}
	var out []any
	for _, text := range lower(texts) {
		out = append(out, object{"multi_match": object{"query": text, "type": "phrase_prefix", "max_expansions": 1000, "lenient": true, "fields": fields}})
	}
	return out
}

// keyColons are keys that stay in one word with an ID that begins with a letter.
var keyColons = [...]string{"traceid:", "trace_id:", "id:", "requestid:", "correlationid:"}

// keyed finds the IDs that were not split from the key before them.
func (q queryMaker) keyed(fields []string) []any {
	var texts []string
	for _, text := range q.phrases() {
		if c := text[0] | 0x20; c >= 'a' && c <= 'z' {
			for _, key := range keyColons {
				texts = append(texts, key+text)
			}
		}
	}
	return q.begun(fields, texts)
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
// characters of a URL (, = " : blank [ /), and the usual ends of a key.
var glued = [...]string{"2c", "3d", "22", "3a", "20", "5b", "2f", "t_", "x_", "id_", "trace_", "trace_id_", "traceid_"}

// gluedTo asks a text for the words of which the ID is the end. Whole words cost
// a tenth of what prefixes do.
func (q queryMaker) gluedTo(field string) []any {
	if !q.id.IsTrace() {
		return nil
	}
	words := make([]string, len(glued))
	for i, glue := range glued {
		words[i] = glue + q.id.String()
	}
	return []any{object{"terms": object{field: words}}}
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
