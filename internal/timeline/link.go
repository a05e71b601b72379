package timeline

import (
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// linkSpans finds every span's parent, makes a node for each parent that never
// arrived, and cuts cycles.
func (b *builder) linkSpans() {
	b.orderSameID()
	b.missing = map[trace.SpanID]int32{}
	for i := range b.ev.Spans {
		n := &b.nodes[i]
		s := n.row.Span
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
			n.row.Marks |= MarkCycle
		default:
			b.adopt(int32(i))
		}
	}
	b.cutCycles()
}

// orderSameID sorts the spans that share an ID, so that the order in which
// they came decides nothing, and marks those that are not the two sides of one
// call.
func (b *builder) orderSameID() {
	var chain []int32
	for id, first := range b.byID {
		if b.sameID[first] == none {
			continue
		}
		chain = chain[:0]
		for i := first; i != none; i = b.sameID[i] {
			chain = append(chain, i)
		}
		slices.SortFunc(chain, b.compareNodes)
		b.byID[id] = chain[0]
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
			b.nodes[i].row.Marks |= MarkDuplicate
		}
	}
}

// callerOf returns the client span whose ID a server span shares: older
// tracers give both sides of a call one ID.
func (b *builder) callerOf(i int32) int32 {
	s := b.nodes[i].row.Span
	if s.ID == 0 || s.Kind != trace.KindServer && s.Kind != trace.KindConsumer {
		return none
	}
	caller := none
	b.twins(b.byID[b.key(s.ID, s.Trace)], func(other int32) bool {
		kind := b.nodes[other].row.Span.Kind
		if kind == trace.KindClient && s.Kind == trace.KindServer || kind == trace.KindProducer && s.Kind == trace.KindConsumer {
			caller = other
		}
		return caller == none
	})
	return caller
}

// adopt gives a span the parent that it names, or a missing node in its place.
func (b *builder) adopt(i int32) {
	n := &b.nodes[i]
	parent := n.row.Span.Parent
	key := b.key(parent, n.row.Span.Trace)
	if holder, ok := b.holder(key, n.row.Span.Resource.Service); ok {
		n.parent = holder
		return
	}
	n.row.Marks |= MarkOrphan
	m, ok := b.missing[key]
	if !ok {
		m = int32(len(b.nodes))
		b.missing[key] = m
		b.nodes = append(b.nodes, node{row: Row{Kind: KindMissing, Missing: parent, Time: trace.NoTime, Observed: trace.NoTime}, parent: none, key: key})
	}
	row := &b.nodes[m].row
	if child := b.nodes[i].row.Time; child != trace.NoTime && (row.Time == trace.NoTime || child < row.Time) {
		row.Time, row.Observed = child, child
	}
	b.nodes[i].parent = m
}

// holder returns the span node that a key means to a record of the service:
// where two sides of a call share the ID, the one of the same service, else
// the called side.
func (b *builder) holder(key trace.SpanID, service string) (int32, bool) {
	first, ok := b.byID[key]
	if !ok {
		return none, false
	}
	if b.sameID[first] == none {
		return first, true
	}
	best, called := none, none
	b.twins(first, func(i int32) bool {
		if called == none && b.callerOf(i) != none {
			called = i
		}
		if service != "" && b.nodes[i].row.Span.Resource.Service == service {
			best = i
		}
		return best == none
	})
	switch {
	case best != none:
		return best, true
	case called != none:
		return called, true
	}
	return first, true
}

// cutCycles walks up from every span once. Where the way leads back into
// itself, the span that starts first becomes a root.
func (b *builder) cutCycles() {
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
			b.cutAt(path[slices.Index(path, at):])
		}
		for _, p := range path {
			state[p] = done
		}
	}
}

// cutAt makes the cycle's earliest span a root.
func (b *builder) cutAt(cycle []int32) {
	first := slices.MinFunc(cycle, b.compareNodes)
	b.nodes[first].parent = none
	b.nodes[first].row.Marks |= MarkCycle
}

// compareNodes orders by time and then by what the records say, so that the
// order in which they came never matters. Records without a time come last.
func (b *builder) compareNodes(i, j int32) int {
	x, y := &b.nodes[i].row, &b.nodes[j].row
	if x.Time != y.Time {
		if x.Time == trace.NoTime {
			return 1
		}
		if y.Time == trace.NoTime {
			return -1
		}
		return cmp.Compare(x.Time, y.Time)
	}
	if c := cmp.Compare(x.Kind, y.Kind); c != 0 {
		return c
	}
	switch x.Kind {
	case KindSpan:
		return compareSpans(x.Span, y.Span)
	case KindLog:
		return compareLogs(x.Log, y.Log)
	case KindEvent:
		return cmp.Or(cmp.Compare(x.Event.Name, y.Event.Name), cmp.Compare(i, j))
	}
	return cmp.Or(cmp.Compare(x.Missing, y.Missing), cmp.Compare(b.nodes[i].key, b.nodes[j].key))
}
