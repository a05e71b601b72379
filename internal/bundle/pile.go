package bundle

import "slices"

// A pile gathers items of which nobody knows how many will come. A slice that
// grows by a quarter copies 100,000 large ones four times; a pile does so once.
type pile[T any] struct {
	full [][]T
	top  []T
}

// Sizes of a pile's parts, in items.
const (
	leastPart = 64
	mostPart  = 8192
)

func (p *pile[T]) add(items ...T) {
	for len(items) > 0 {
		if len(p.top) == cap(p.top) {
			if p.top != nil {
				p.full = append(p.full, p.top)
			}
			p.top = make([]T, 0, min(max(leastPart, 2*cap(p.top)), mostPart))
		}
		n := min(len(items), cap(p.top)-len(p.top))
		p.top = append(p.top, items[:n]...)
		items = items[n:]
	}
}

// all returns the items in the order in which they came, nil for none.
func (p *pile[T]) all() []T {
	if len(p.full) == 0 {
		return p.top
	}
	return slices.Concat(append(p.full, p.top)...)
}
