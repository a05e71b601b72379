package es

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/trace"
)

// said are the fields that hold a log's message: the best that a log has is its
// message, and what stands in another is not.
type said []ranked

// only passes the logs whose message is in the field at a place.
func (s said) only(at int) object {
	var better []any
	for _, f := range s[:at] {
		better = append(better, exists(f.name, ""))
	}
	return allBut([]any{exists(s[at].name, "")}, better)
}

// pattern asks for the messages that a pattern fits, whoever wrote them, as
// nearly as the index can tell. Analysers ignore case and most of what is no
// letter or digit, so that a text may be passed which differs from the pattern
// in nothing else; a message that is one keyword is asked exactly, but also
// within longer words. It is nil for a pattern that cannot be asked.
func (m *errorMaker) pattern(p trace.Pattern, in said) object {
	if len(p.Parts) == 0 {
		return object{"match_all": object{}}
	}
	var should []any
	for i, f := range in {
		filters := m.parts(f, p.Parts)
		if len(filters) == 0 {
			continue
		}
		if len(in) > 1 {
			filters = append(filters, in.only(i))
		}
		should = append(should, allBut(filters, nil))
	}
	switch len(should) {
	case 0:
		return nil
	case 1:
		return should[0].(object)
	}
	return anyOf(should)
}

// of confines a query to a service's logs, where fields tell these.
func (m *errorMaker) of(service string, query object) object {
	if service == "" {
		return query
	}
	if by := m.service(service); by != nil {
		return object{"bool": object{"filter": []any{by, query}}}
	}
	return query
}

// parts asks one field for all the parts; in none that cannot be asked so.
func (m *errorMaker) parts(f ranked, parts []string) []any {
	var out []any
	for _, part := range parts {
		clauses := f.perKind(func(kind string) []any {
			switch phrase := phraseOf(part); {
			case analysed(kind) && phrase != "":
				return []any{object{"match_phrase": object{f.name: phrase}}}
			case classOf([]string{kind}) == classExact && !m.plain:
				return []any{object{"wildcard": object{f.name: object{"value": "*" + escapeWildcard(part) + "*"}}}}
			}
			return nil
		})
		if len(clauses) > 0 {
			out = append(out, anyOf(clauses))
		}
	}
	return out
}

// longestPhrase is how many words of a part are looked for.
const longestPhrase = 32

// phraseOf is the words of a part that an analyser surely cuts off from what
// stands beside them: in "failed code:" the last may be one word with the code.
// It is "" where there are none.
func phraseOf(part string) string {
	words := strings.Fields(part)
	words = slices.DeleteFunc(words, func(w string) bool { return !strings.ContainsFunc(w, isTelling) })
	if n := len(words); n > 1 && joins(lastRune(part)) {
		words = words[:n-1]
	}
	if first, _ := utf8.DecodeRuneInString(part); len(words) > 1 && joins(first) {
		words = words[1:]
	}
	return strings.Join(words[:min(len(words), longestPhrase)], " ")
}

func isTelling(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// joins reports whether analysers may keep in one word what stands before and
// behind the character.
func joins(r rune) bool { return strings.ContainsRune(".:'_,;’·", r) }

// unlike asks for the logs that fit any of the patterns, to be left out. Each
// service is asked for once. The clauses stand in heaps, because a cluster
// limits how many stand in one place.
func (m *errorMaker) unlike(patterns []trace.Pattern) []any {
	by := make(map[string][]any)
	for _, p := range patterns {
		if query := m.pattern(p, said(m.messages)); query != nil {
			by[p.Service] = append(by[p.Service], query)
		}
	}
	var out []any
	for _, service := range sortedKeys(by) {
		for some := range slices.Chunk(by[service], heap) {
			out = append(out, m.of(service, anyOf(some)))
		}
	}
	return out
}
