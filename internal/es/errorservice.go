package es

import (
	"strings"
)

// Names of pods end as Kubernetes draws them.
const (
	podLetters = "[bcdfghjklmnpqrstvwxz0-9]"
	podEnding  = "-(" + podLetters + "{6,10}-" + podLetters + "{5}|[0-9]{1,3})"
)

// service asks for the logs that a service wrote, as the parser tells it: by
// its own name, else by its pod's, else by its container's. It is nil where no
// field tells.
func (m *errorMaker) service(name string) object {
	var should, better []any
	for _, f := range m.told(m.services) {
		should = append(should, allBut([]any{anyOf(m.is(f, name))}, better))
		better = append(better, exists(f.name, ""))
	}
	if !m.plain {
		for _, f := range m.told(m.pods) {
			whole := m.whole(f)
			should = append(should, allBut([]any{regexpOf(whole, escapeRegexp(name)+podEnding)}, better))
			better = append(better, regexpOf(whole, ".+"+podEnding))
		}
	}
	for _, f := range m.told(m.workloads) {
		should = append(should, allBut([]any{anyOf(m.is(f, name))}, better))
		better = append(better, exists(f.name, ""))
	}
	if texts := phrases(textsOf(m.messages), []string{name}); len(texts) > 0 { // a record that was logged as text
		should = append(should, allBut([]any{anyOf(texts)}, better))
	}
	if len(should) == 0 {
		return nil
	}
	return anyOf(should)
}

// textsOf is the names of the fields that phrases can be looked for in.
func textsOf(fields []ranked) []string {
	var names []string
	for _, f := range fields {
		if f.class != classExact && f.class != classNumber {
			names = append(names, f.name)
		}
	}
	return names
}

func regexpOf(field, expr string) object {
	return object{"regexp": object{field: object{"value": expr}}}
}

func escapeRegexp(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`.?+*|{}[]()"\#@&<>~^$-`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// told is the fields that hold words, without the keywords that repeat one.
func (m *errorMaker) told(list []ranked) []ranked {
	var out []ranked
	for _, f := range list {
		if f.holdsText() && !isSubfield(f.name) {
			out = append(out, f)
		}
	}
	return out
}

// is asks for a whole value; of a text by the keyword that repeats it.
func (m *errorMaker) is(f ranked, value string) []any {
	return f.perKind(func(kind string) []any {
		term := object{"term": object{f.name: object{"value": value}}}
		if !analysed(kind) {
			return []any{term}
		}
		if name := m.whole(f); name != f.name {
			return []any{object{"term": object{name: object{"value": value}}}}
		}
		return phrases([]string{f.name}, []string{value})
	})
}

// whole is the keyword that repeats a text, or the field itself.
func (m *errorMaker) whole(f ranked) string {
	if f.class == classExact {
		return f.name
	}
	if repeated, ok := capped(m.caps, f.name+".keyword"); ok && repeated.class == classExact {
		return repeated.name
	}
	return f.name
}
