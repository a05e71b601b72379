package otlp

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A slab hands out small slices of big arrays: one allocation for thousands
// of spans. A slab lives as long as any slice of it.
type slab[T any] struct{ free []T }

const slabSize = 2048

// keep returns a copy of items with no room to grow, nil for none.
func (s *slab[T]) keep(items []T) []T {
	n := len(items)
	if n == 0 {
		return nil
	}
	if len(s.free) < n {
		s.free = make([]T, max(n, slabSize))
	}
	kept := s.free[:n:n]
	s.free = s.free[n:]
	copy(kept, items)
	return kept
}

// An arena copies texts into strings. Short ones share one allocation, which
// lives as long as any of them.
type arena struct{ b strings.Builder }

const arenaSize = 64 << 10

// own returns a copy of b.
func (a *arena) own(b []byte) string {
	if len(b) > arenaSize/8 {
		return string(b)
	}
	if a.b.Cap()-a.b.Len() < len(b) {
		a.b.Reset()
		a.b.Grow(arenaSize)
	}
	at := a.b.Len()
	a.b.Write(b)
	return a.b.String()[at:]
}

// takeWarnings splits what Jaeger says of a span from its attributes.
func takeWarnings(attrs []trace.Attribute) (rest []trace.Attribute, warnings []string) {
	for i := range attrs {
		if len(attrs[i].Key) == len(warningsKey) && attrs[i].Key == warningsKey {
			return takeWarningsFrom(attrs)
		}
	}
	return attrs, nil
}

func takeWarningsFrom(attrs []trace.Attribute) (rest []trace.Attribute, warnings []string) {
	for _, a := range attrs {
		if a.Key == warningsKey {
			warnings = append(warnings, texts(a.Value)...)
		}
	}
	rest = slices.DeleteFunc(attrs, func(a trace.Attribute) bool { return a.Key == warningsKey })
	if len(rest) == 0 {
		return nil, warnings
	}
	return rest, warnings
}

// texts returns the strings of an array, or the value's own text.
func texts(v trace.Value) []string {
	var list []string
	if v.Type == trace.TypeJSON && json.Unmarshal([]byte(v.Text()), &list) == nil {
		return list
	}
	return []string{v.Text()}
}
