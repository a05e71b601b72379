package jaegerjson

import "strings"

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

// names are texts that the spans have in common: the keys of tags and the
// names of operations.
type names map[string]string

// mostNames bounds what a trace costs that has a name for every span.
const mostNames = 4096

func (n names) add(name string) string {
	if len(n) < mostNames {
		n[name] = name
	}
	return name
}
