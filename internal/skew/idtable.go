package skew

import "github.com/otrace/otrace/internal/trace"

// An idTable finds spans by ID: open addressing, because a Go map takes five
// times as long to build.
type idTable struct {
	mask  uint64
	slots []idSlot
	next  []int32 // the next span of the same ID, or none
}

type idSlot struct {
	id    trace.SpanID
	first int32 // index+1 of the first span of that ID; 0 in a free slot
}

func newIDTable(spans []fact) *idTable {
	size := 16
	for size < 2*len(spans) {
		size *= 2
	}
	t := &idTable{mask: uint64(size - 1), slots: make([]idSlot, size), next: make([]int32, len(spans))}
	for i := len(spans) - 1; i >= 0; i-- { // backwards, so that chains run forwards
		t.next[i] = none
		if id := spans[i].id; id != 0 {
			slot := t.slot(id)
			t.next[i] = slot.first - 1
			*slot = idSlot{id, int32(i) + 1}
		}
	}
	return t
}

// slot returns where the ID is, or would be.
func (t *idTable) slot(id trace.SpanID) *idSlot {
	h := uint64(id) * 0x9e3779b97f4a7c15
	for at := h >> 20 & t.mask; ; at = (at + 1) & t.mask {
		if s := &t.slots[at]; s.first == 0 || s.id == id {
			return s
		}
	}
}

// first returns the first span of that ID, or none.
func (t *idTable) first(id trace.SpanID) int32 {
	if id == 0 {
		return none
	}
	return t.slot(id).first - 1
}
