package timeline

import (
	"iter"
	"math/bits"
)

// A Set is some of a timeline's rows, a bit for each.
type Set []uint64

func newSet(rows int) Set { return make(Set, (rows+63)/64) }

// Has reports whether a row is in the set.
func (s Set) Has(row int32) bool { return s[row>>6]>>(row&63)&1 != 0 }

// Len counts the rows.
func (s Set) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// All goes through the rows in their order.
func (s Set) All() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for k, w := range s {
			for ; w != 0; w &= w - 1 {
				if !yield(int32(k<<6 + bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

func (s Set) add(row int32) { s[row>>6] |= 1 << (row & 63) }

func (s Set) remove(row int32) { s[row>>6] &^= 1 << (row & 63) }

func (s Set) and(t Set) {
	for k := range s {
		s[k] &= t[k]
	}
}

func (s Set) or(t Set) {
	for k := range s {
		s[k] |= t[k]
	}
}

func (s Set) andNot(t Set) {
	for k := range s {
		s[k] &^= t[k]
	}
}
