package jscan

import "strings"

// A Slab hands out small slices of big arrays: one allocation for thousands
// of records. It lives as long as any slice of it. The zero Slab is ready to
// use.
type Slab[T any] struct {
	free []T
	size int // of the newest array
}

const slabSize = 2048

// Keep returns a copy of items with no room to grow, nil for none.
func (s *Slab[T]) Keep(items []T) []T {
	n := len(items)
	if n == 0 {
		return nil
	}
	if len(s.free) < n {
		s.size = min(max(2*s.size, 32), slabSize)
		s.free = make([]T, max(n, s.size))
	}
	kept := s.free[:n:n]
	s.free = s.free[n:]
	copy(kept, items)
	return kept
}

// An Arena copies texts into strings that outlive the buffer they were read
// from. Short ones share one allocation, which lives as long as any of them. The
// zero Arena is ready to use.
type Arena struct {
	b    strings.Builder
	size int // of the newest allocation
}

const arenaSize = 64 << 10

// Own returns a copy of b.
func (a *Arena) Own(b []byte) string {
	if len(b) > arenaSize/8 {
		return string(b)
	}
	if a.b.Cap()-a.b.Len() < len(b) {
		a.size = min(max(2*a.size, 1<<10), arenaSize)
		a.b.Reset()
		a.b.Grow(max(len(b), a.size))
	}
	at := a.b.Len()
	a.b.Write(b)
	return a.b.String()[at:]
}
