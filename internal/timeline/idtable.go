package timeline

import (
	"math/bits"

	"github.com/otrace/otrace/internal/trace"
)

// An idTable finds the first node of a key: open addressing, because a Go map
// takes several times as long to build.
type idTable struct {
	slots []idSlot // a power of two of them, at most half of them taken
	taken int
	shift int // what is left of a hash is a slot's number
}

type idSlot struct {
	key  trace.SpanID
	node int32 // index+1; 0 in a free slot
}

// newIDTable returns a table with room for that many keys, and for more.
func newIDTable(keys int) *idTable {
	size := max(4, bits.Len(uint(2*keys)))
	return &idTable{slots: make([]idSlot, 1<<size), shift: 64 - size}
}

// slot returns where the key is, or would be.
func (t *idTable) slot(key trace.SpanID) *idSlot {
	for at := uint64(key) * 0x9e3779b97f4a7c15 >> t.shift; ; at = (at + 1) & uint64(len(t.slots)-1) {
		if s := &t.slots[at]; s.node == 0 || s.key == key {
			return s
		}
	}
}

// first returns the key's first node, or none.
func (t *idTable) first(key trace.SpanID) int32 { return t.slot(key).node - 1 }

// set makes a node the key's first.
func (t *idTable) set(key trace.SpanID, node int32) {
	s := t.slot(key)
	if s.node == 0 {
		if t.taken++; 2*t.taken > len(t.slots) {
			t.grow()
			s = t.slot(key)
		}
	}
	*s = idSlot{key, node + 1}
}

func (t *idTable) grow() {
	old := t.slots
	t.slots = make([]idSlot, 2*len(old))
	t.shift--
	for _, s := range old {
		if s.node != 0 {
			*t.slot(s.key) = s
		}
	}
}
