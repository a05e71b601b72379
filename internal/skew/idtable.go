package skew

import (
	"math/bits"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// An idTable finds spans by ID: open addressing, because a Go map takes five
// times as long to build. Its slots are small, because most of the time goes
// into getting them from memory; the IDs themselves are the spans'. It consists
// of two halves that are filled side by side, so no search leaves its half.
type idTable struct {
	spans []fact
	slots []idSlot
	shift int     // what is left of a hash is a slot's number
	next  []int32 // the next span of the same ID, or none
}

type idSlot struct {
	tag   uint32 // the lower half of the ID's hash; the upper one tells the place
	first int32  // index+1 of the first span of that ID; 0 in a free slot
}

func newIDTable(spans []fact) *idTable {
	size := max(4, bits.Len(uint(2*len(spans)))) // even if all were in one half, it would have a free slot
	t := &idTable{
		spans: spans,
		slots: make([]idSlot, 1<<size),
		shift: 64 - size,
		next:  make([]int32, len(spans)),
	}
	inHalves(len(t.slots), func(half, _, _ int) {
		for i, s := range slices.Backward(spans) { // so that chains run forwards
			if hash := hashID(s.id); hash>>63 == uint64(half) {
				t.insert(int32(i), hash)
			}
		}
	})
	return t
}

func (t *idTable) insert(i int32, hash uint64) {
	t.next[i] = none
	if id := t.spans[i].id; id != 0 {
		slot := t.slot(id, hash)
		t.next[i] = slot.first - 1
		*slot = idSlot{uint32(hash), i + 1}
	}
}

// hashID spreads IDs over all numbers; its upper bits depend on all of the ID.
func hashID(id trace.SpanID) uint64 { return uint64(id) * 0x9e3779b97f4a7c15 }

// slot returns where the ID is, or would be.
func (t *idTable) slot(id trace.SpanID, hash uint64) *idSlot {
	at, within := hash>>t.shift, uint64(len(t.slots)/2-1)
	for {
		s := &t.slots[at]
		if s.first == 0 || s.tag == uint32(hash) && t.spans[s.first-1].id == id {
			return s
		}
		at = at&^within | (at+1)&within
	}
}

// first returns the first span of that ID, or none.
func (t *idTable) first(id trace.SpanID) int32 {
	if id == 0 {
		return none
	}
	return t.slot(id, hashID(id)).first - 1
}
