package timeline

import (
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// linkSpans finds every span's parent, makes a node for each parent that never
// arrived, and finds cycles.
func (b *builder) linkSpans() {
	for i := range b.ev.Spans {
		n := &b.nodes[i]
		s := &b.ev.Spans[i]
		if n.gone {
			continue
		}
		if caller := b.callerOf(int32(i)); caller != none {
			n.parent = caller
			continue
		}
		switch s.Parent {
		case 0:
		case s.ID:
			n.marks |= MarkCycle
		default:
			b.adopt(int32(i))
		}
	}
	b.findCycles()
}

// orderSameID sorts the spans that share an ID, so that the order in which
// they came decides nothing, and marks those that are not the two sides of one
// call.
func (b *builder) orderSameID() {
	var chain []int32
	for _, key := range b.shared {
		chain = chain[:0]
		for i := b.byID.first(key); i != none; i = b.sameID[i] {
			chain = append(chain, i)
		}
		slices.SortFunc(chain, b.compareNodes)
		b.byID.set(key, chain[0])
		for k, i := range chain {
			b.sameID[i] = none
			if k+1 < len(chain) {
				b.sameID[i] = chain[k+1]
			}
		}
		if len(chain) == 2 && (b.callerOf(chain[0]) != none || b.callerOf(chain[1]) != none) {
			continue
		}
		for _, i := range chain {
			b.nodes[i].marks |= MarkDuplicate
		}
	}
}

// callerOf returns the client span whose ID a server span shares: older
// tracers give both sides of a call one ID.
func (b *builder) callerOf(i int32) int32 {
	s := b.span(i)
	if len(b.shared) == 0 || s.ID == 0 || s.Kind != trace.KindServer && s.Kind != trace.KindConsumer {
		return none
	}
	caller := none
	b.twins(b.byID.first(b.key(s.ID, s.Trace)), func(other int32) bool {
		kind := b.span(other).Kind
		if kind == trace.KindClient && s.Kind == trace.KindServer || kind == trace.KindProducer && s.Kind == trace.KindConsumer {
			caller = other
		}
		return caller == none
	})
	return caller
}

// adopt gives a span the parent that it names, or a missing node in its place.
func (b *builder) adopt(i int32) {
	s := b.span(i)
	key := b.key(s.Parent, s.Trace)
	parent := b.holder(key, s.Resource.Service)
	if parent == none {
		parent = int32(len(b.nodes))
		b.byID.set(key, parent)
		b.nodes = append(b.nodes, node{kind: KindMissing, parent: none, time: trace.NoTime, number: int32(len(b.absent))})
		b.absent = append(b.absent, absentee{s.Parent, key})
	}
	n := &b.nodes[i]
	n.parent = parent
	if b.nodes[parent].kind == KindMissing {
		n.marks |= MarkOrphan
	}
}

// timeMissing lets each missing span begin with the first of those that name it.
func (b *builder) timeMissing() {
	if len(b.absent) == 0 {
		return
	}
	for i := range b.ev.Spans {
		n := &b.nodes[i]
		if !n.marks.Has(MarkOrphan) || n.time == trace.NoTime {
			continue
		}
		if holder := &b.nodes[n.parent]; holder.time == trace.NoTime || n.time < holder.time {
			holder.time = n.time
		}
	}
}

// holder returns the node that a key means to a record of the service, or
// none: where two sides of a call share the ID, the one of the same service,
// else the called side.
func (b *builder) holder(key trace.SpanID, service string) int32 {
	first := b.byID.first(key)
	if first == none || b.nodes[first].kind == KindMissing || b.sameID[first] == none {
		return first
	}
	best, called := none, none
	b.twins(first, func(i int32) bool {
		if called == none && b.callerOf(i) != none {
			called = i
		}
		if service != "" && b.span(i).Resource.Service == service {
			best = i
		}
		return best == none
	})
	switch {
	case best != none:
		return best
	case called != none:
		return called
	}
	return first
}

// findCycles walks up from every span once. Where the way leads back into
// itself is a cycle.
func (b *builder) findCycles() {
	const unseen, walking, done = 0, 1, 2
	state := make([]uint8, len(b.nodes))
	var path []int32
	for i := range b.ev.Spans {
		path = path[:0]
		at := int32(i)
		for at != none && state[at] == unseen {
			state[at] = walking
			path = append(path, at)
			at = b.nodes[at].parent
		}
		if at != none && state[at] == walking {
			b.cycles = append(b.cycles, slices.Clone(path[slices.Index(path, at):]))
		}
		for _, p := range path {
			state[p] = done
		}
	}
}

// cutCycles makes each cycle's earliest span a root.
func (b *builder) cutCycles() {
	for _, cycle := range b.cycles {
		first := slices.MinFunc(cycle, b.compareNodes)
		b.nodes[first].parent = none
		b.nodes[first].marks |= MarkCycle
	}
}
