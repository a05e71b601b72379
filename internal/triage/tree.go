package triage

import (
	"cmp"
	"math/bits"

	"github.com/otrace/otrace/internal/trace"
)

// A node is a span's place among its trace's, and what was found out about it.
// Other spans are named by their position, or none.
type node struct {
	parent, kid, next int32 // its caller, the first that it called, and its caller's next one
	open              int32 // those that it called and that are not in order yet

	owner int32 // of a failure's way: the root that it comes from
	entry int32 // of a failure's way: where the request came in, or none when it was absorbed
	near  int32 // of a failure's way: the first client or server span on it
	slow  int32 // of a caller that gave up: the callee that it waited for
	waits int32 // the call beneath, within the service, that was given up
	root  int32 // of a root: which of the trace's
	marks marks
}

// marks are what holds for a span.
type marks uint16

const (
	repeated  marks = 1 << iota // it came twice, and this is the second
	carries                     // it failed, or hands a failure on
	self                        // it is a root
	healed                      // it was tried again
	handsOff                    // its caller does not wait for it
	cancelled                   // it failed, if at all, because its caller had gone
	gone                        // its caller's giving up made it fail
	ownFault                    // above it a server failed that need not have
)

func (m marks) has(all marks) bool { return m&all == all }

// A walk looks at the spans of one trace. It has memory to be used again.
type walk struct {
	spans []trace.Span
	nodes []node
	order []int32 // every span after those that it called
	table []place // by span ID, a power of two of them
	shift int
}

// A place is where an ID's spans are, plus one: older tracers give both sides
// of a call one ID.
type place struct {
	id              trace.SpanID
	calling, called int32
}

// plant finds out who called whom.
func (w *walk) plant(spans []trace.Span) {
	w.spans = spans
	w.nodes = sized(w.nodes, len(spans))
	for i := range w.nodes {
		w.nodes[i] = node{parent: none, kid: none, next: none, owner: none, entry: none, near: none, slow: none, waits: none, root: none}
	}
	w.index()
	orphans := false
	for i := range spans {
		n := &w.nodes[i]
		if n.marks.has(repeated) {
			continue
		}
		if caller := w.caller(int32(i)); caller != none {
			w.put(int32(i), caller)
		} else if spans[i].Parent != 0 {
			orphans = true
		}
	}
	if orphans {
		w.adopt()
	}
	w.sort()
}

// put puts a span beneath its caller.
func (w *walk) put(i, caller int32) {
	n, p := &w.nodes[i], &w.nodes[caller]
	n.parent, n.next, p.kid = caller, p.kid, i
	p.open++
}

// sized is a slice of that length, of old memory where it has room; memory
// that is far too large is given back.
func sized[T any](old []T, n int) []T {
	const tooLarge = 1 << 14
	if cap(old) < n || cap(old) > tooLarge && cap(old) > 8*n {
		return make([]T, n)
	}
	return old[:n]
}

func (w *walk) index() {
	size := max(4, bits.Len(uint(2*len(w.spans))))
	w.table, w.shift = sized(w.table, 1<<size), 64-size
	clear(w.table)
	for i := range w.spans {
		s := &w.spans[i]
		if s.ID == 0 {
			continue
		}
		p := w.place(s.ID)
		p.id = s.ID
		side := &p.calling
		if isCalled(s) {
			side = &p.called
		}
		if *side == 0 {
			*side = int32(i + 1)
			continue
		}
		switch order := compareSpans(s, &w.spans[*side-1]); {
		case order == 0:
			w.nodes[i].marks |= repeated
		case order < 0:
			*side = int32(i + 1)
		}
	}
}

// place is where an ID is, or would be.
func (w *walk) place(id trace.SpanID) *place {
	for at := uint64(id) * 0x9e3779b97f4a7c15 >> w.shift; ; at = (at + 1) & uint64(len(w.table)-1) {
		if p := &w.table[at]; p.id == id || p.id == 0 {
			return p
		}
	}
}

// compareSpans tells spans of one ID apart, in an order that does not depend
// on how they came.
func compareSpans(a, b *trace.Span) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.Duration, b.Duration), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Resource.Service, b.Resource.Service), cmp.Compare(a.ID, b.ID))
}

func isCalled(s *trace.Span) bool { return s.Kind == trace.KindServer || s.Kind == trace.KindConsumer }

func isCalling(s *trace.Span) bool { return s.Kind == trace.KindClient || s.Kind == trace.KindProducer }

// caller is the span that called span i, or none that came.
func (w *walk) caller(i int32) int32 {
	s := &w.spans[i]
	if isCalled(s) && s.ID != 0 {
		if twin := w.place(s.ID).calling - 1; twin != none && isCalling(&w.spans[twin]) {
			return twin
		}
	}
	if s.Parent == 0 || s.Parent == s.ID {
		return none
	}
	p := w.place(s.Parent)
	switch calling, called := p.calling-1, p.called-1; {
	case calling == none:
		return called
	case called != none && w.spans[calling].Resource.Service != s.Resource.Service:
		return called
	default:
		return calling
	}
}

// sort puts every span after those that it called. Whatever is left then goes
// round in circles, which are cut.
func (w *walk) sort() {
	w.order = sized(w.order, len(w.spans))[:0]
	for i := range w.nodes {
		if w.nodes[i].open == 0 && !w.nodes[i].marks.has(repeated) {
			w.order = append(w.order, int32(i))
		}
	}
	w.climb(0)
	for i := range w.nodes {
		if w.nodes[i].open > 0 {
			w.cut(int32(i))
		}
	}
}

// climb goes on from the spans in order to their callers.
func (w *walk) climb(from int) {
	for ; from < len(w.order); from++ {
		p := w.nodes[w.order[from]].parent
		if p == none {
			continue
		}
		if w.nodes[p].open--; w.nodes[p].open == 0 {
			w.order = append(w.order, p)
		}
	}
}

// cut makes the earliest span of a circle one that nobody called.
func (w *walk) cut(in int32) {
	first := in
	for at := w.nodes[in].parent; at != in; at = w.nodes[at].parent {
		if compareSpans(&w.spans[at], &w.spans[first]) < 0 {
			first = at
		}
	}
	n := &w.nodes[first]
	p := n.parent
	n.parent = none
	w.disown(p, first)
	if w.nodes[p].open--; w.nodes[p].open == 0 {
		w.order = append(w.order, p)
		w.climb(len(w.order) - 1)
	}
}

// disown takes a span from among those that another called.
func (w *walk) disown(parent, kid int32) {
	at := &w.nodes[parent].kid
	for *at != kid {
		at = &w.nodes[*at].next
	}
	*at = w.nodes[kid].next
}
