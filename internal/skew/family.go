package skew

import (
	"math"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A family tells which span caused which. Records that would make it
// ambiguous (duplicates that differ, cycles, own parents) have no place in it
// and so give no evidence.
type family struct {
	spans  []trace.Span
	facts  []fact
	many   bool    // the spans belong to several traces
	node   []int32 // each span's process
	ids    *idTable
	shared map[trace.SpanID]pair // Zipkin's way: a client and its server with one ID
	mute   []bool                // spans that must not bear witness
	parent []int32               // each span's cause, or none
}

// A fact is what matters of a span. A whole span is eight times as large, and
// most of the time goes into getting them from memory.
type fact struct {
	start, duration int64
	id, parent      trace.SpanID // within their trace, where there are several
	kind            trace.Kind
	timed           bool // its start can be reasoned with
	clamped         bool // its end cannot
	failed          bool
	linked          bool
}

func (s *fact) end() int64 { return s.start + s.duration }

// factOf reads a span, once.
func factOf(s *trace.Span) fact {
	return fact{
		start: s.Start, duration: s.Duration, id: s.ID, parent: s.Parent, kind: s.Kind,
		timed:   s.Start > 0 && s.Duration >= 0 && s.Duration <= math.MaxInt64-s.Start && !s.Adjusted,
		clamped: s.Clamped,
		failed:  s.Status == trace.StatusError,
		linked:  len(s.Links) > 0,
	}
}

// key is what a span of a trace is found by.
func (f *family) key(id trace.SpanID, of trace.ID) trace.SpanID {
	if f.many {
		return id.Within(of)
	}
	return id
}

// A pair is a client span and the server span that answers it.
type pair struct{ client, server int32 }

// newFamily finds the spans' processes, and by those their parents.
func newFamily(spans []trace.Span) (*family, []trace.Origin) {
	f := &family{
		spans:  spans,
		facts:  make([]fact, len(spans)),
		node:   make([]int32, len(spans)),
		mute:   make([]bool, len(spans)),
		parent: make([]int32, len(spans)),
	}
	processes := f.read()
	f.ids = newIDTable(f.facts)
	f.relate()
	return f, processes
}

// read takes the facts and returns the processes, in canonical order.
func (f *family) read() []trace.Origin {
	var sets [2]*processSet
	var many [2]bool
	inHalves(len(f.spans), func(half, from, to int) {
		set := newProcessSet()
		for i := from; i < to; i++ {
			s := &f.spans[i]
			f.facts[i] = factOf(s)
			f.node[i] = set.number(s.Resource)
			many[half] = many[half] || !s.Trace.Same(f.spans[0].Trace)
		}
		sets[half] = set
	})
	if f.many = many[0] || many[1]; f.many {
		f.tellTracesApart()
	}
	return mergeProcesses(sets, f.node)
}

func (f *family) tellTracesApart() {
	for i := range f.facts {
		s, of := &f.facts[i], f.spans[i].Trace
		s.id, s.parent = s.id.Within(of), s.parent.Within(of)
	}
}

// relate finds the spans' parents.
func (f *family) relate() {
	for i, next := range f.ids.next {
		if next != none && f.ids.first(f.facts[i].id) == int32(i) {
			f.sortOut(int32(i))
		}
	}
	inHalves(len(f.facts), func(_, from, to int) {
		for i := from; i < to; i++ {
			f.parent[i] = f.findParent(int32(i))
		}
	})
	f.cutCycles()
}

// sortOut decides what several records of one span ID mean: one span, a client
// and its server, or nothing that can be trusted.
func (f *family) sortOut(head int32) {
	distinct := []int32{head}
	for i := f.ids.next[head]; i != none; i = f.ids.next[i] {
		if f.among(distinct, i) {
			f.mute[i] = true
		} else if len(distinct) < 3 {
			distinct = append(distinct, i)
		}
	}
	if len(distinct) == 1 {
		return
	}
	if p, ok := f.asPair(distinct); ok {
		if f.shared == nil {
			f.shared = make(map[trace.SpanID]pair)
		}
		f.shared[f.facts[head].id] = p
		return
	}
	for i := head; i != none; i = f.ids.next[i] {
		f.mute[i] = true
	}
}

// among reports whether span i says the same as one of the others.
func (f *family) among(others []int32, i int32) bool {
	s := &f.spans[i]
	for _, j := range others {
		o := &f.spans[j]
		if f.node[i] == f.node[j] && sameEvidence(s, o) {
			return true
		}
	}
	return false
}

// sameEvidence reports whether two spans of one process bear the same witness.
func sameEvidence(s, o *trace.Span) bool {
	return s.Start == o.Start && s.Duration == o.Duration && s.Clamped == o.Clamped &&
		s.Kind == o.Kind && s.Parent == o.Parent && s.Trace.Same(o.Trace) && gaveUp(s) == gaveUp(o) &&
		followsFrom(s) == followsFrom(o) &&
		slices.EqualFunc(s.Links, o.Links, func(a, b trace.Link) bool { return a.Span == b.Span && a.Trace.Same(b.Trace) })
}

func (f *family) asPair(list []int32) (pair, bool) {
	if len(list) != 2 || f.node[list[0]] == f.node[list[1]] {
		return pair{}, false
	}
	a, b := f.spans[list[0]].Kind, f.spans[list[1]].Kind
	switch {
	case asks(a) && answers(b):
		return pair{list[0], list[1]}, true
	case asks(b) && answers(a):
		return pair{list[1], list[0]}, true
	}
	return pair{}, false
}

func asks(k trace.Kind) bool    { return k == trace.KindClient || k == trace.KindProducer }
func answers(k trace.Kind) bool { return k == trace.KindServer || k == trace.KindConsumer }

// pairOf returns the client and the server that share an ID, if they do.
func (f *family) pairOf(id trace.SpanID) (pair, bool) {
	if f.shared == nil { // as nearly always
		return pair{}, false
	}
	p, ok := f.shared[id]
	return p, ok
}

// find returns the span of that ID, as its child on the given process sees it.
func (f *family) find(id trace.SpanID, from int32) int32 {
	if p, ok := f.pairOf(id); ok {
		if f.node[p.client] == from {
			return p.client
		}
		return p.server
	}
	i := f.ids.first(id)
	if i == none || f.mute[i] {
		return none // the first of equal duplicates is never mute
	}
	return i
}

func (f *family) findParent(i int32) int32 {
	s := &f.facts[i]
	if f.mute[i] {
		return none
	}
	if p, ok := f.pairOf(s.id); ok && p.server == i {
		return p.client
	}
	if s.parent == 0 || s.parent == s.id {
		return none
	}
	return f.find(s.parent, f.node[i])
}

// cutCycles takes the parents of all spans on a cycle away. Every cycle has a
// span whose parent stands behind it, so those are where it looks.
func (f *family) cutCycles() {
	var round []int32 // 0: not visited; else the walk that came by
	for i := range f.parent {
		if f.parent[i] <= int32(i) {
			continue
		}
		if round == nil {
			round = make([]int32, len(f.parent))
		}
		at := int32(i)
		for at != none && round[at] == 0 {
			round[at] = int32(i) + 1
			at = f.parent[at]
		}
		if at == none || round[at] != int32(i)+1 {
			continue
		}
		for f.parent[at] != none { // at is on a cycle that this walk closed
			at, f.parent[at] = f.parent[at], none
		}
	}
}

// inHalves has the work done on both halves of n records, side by side.
func inHalves(n int, work func(half, from, to int)) {
	done := make(chan struct{})
	go func() {
		work(1, n/2, n)
		close(done)
	}()
	work(0, 0, n/2)
	<-done
}
