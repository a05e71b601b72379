package timeline

import (
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/trace"
)

// A node is a record before it has its place: what places it, so that sorting
// and linking need not look the record up. Its row is written once, when its
// place is known.
type node struct {
	time    int64 // corrected; trace.NoTime when there is none
	offset  int64 // what was added
	length  int64 // a span's duration, nanoseconds
	parent  int32 // a node's index, or none
	service int32 // the name that the record itself gives, in builder.services; 0 for none
	number  int32 // an event's place in its span; a missing span's in builder.absent
	marks   Marks
	kind    Kind
	at      Attached
	failed  bool // its row tells of an error
	gone    bool // shown by another node: an identical span, or an event that a log repeats
}

// end is when a span's corrected time ends; any other node's time.
func (n *node) end() int64 { return saturate(n.time, n.length) }

func (n *node) observed() int64 { return n.time - n.offset }

// observe sets the node's time to an observed one.
func (n *node) observe(at int64) {
	n.time = at
	if at == trace.NoTime {
		n.marks |= MarkNoTime
	}
}

// correct moves the node's observed time by its clock, which may be unknown.
func (n *node) correct(clock *skew.Clock) {
	if clock == nil || n.time == trace.NoTime {
		return
	}
	observed := n.time
	n.time = saturate(observed, clock.At(observed))
	n.offset = n.time - observed
}

// correctLog is correct for a log whose source may have a mistaken time zone.
func (n *node) correctLog(zone int64, clock *skew.Clock) {
	if zone == 0 || n.time == trace.NoTime {
		n.correct(clock)
		return
	}
	observed := n.time
	n.time = saturate(observed, zone)
	n.correct(clock)
	n.offset = n.time - observed
	n.marks |= MarkZone
}

// The records behind nodes.
func (b *builder) span(i int32) *trace.Span { return &b.ev.Spans[i] }

func (b *builder) log(i int32) *trace.Log { return &b.ev.Logs[int(i)-b.logs] }

func (b *builder) event(i int32) *trace.Event {
	n := &b.nodes[i]
	return &b.ev.Spans[n.parent].Events[n.number]
}

// sort orders nodes by time. Most come in order.
func (b *builder) sort(list []int32) {
	const many = 64
	switch {
	case b.inOrder(list):
	case len(list) < many:
		slices.SortFunc(list, b.compareNodes)
	default:
		b.sortMany(list)
	}
}

// A ranked node has its time beside it, because nodes are far apart in memory.
type ranked struct {
	rank uint64
	node int32
}

// rank is a time as compareNodes has it: none is the largest.
func rank(t int64) uint64 { return (uint64(t) ^ 1<<63) - 1 }

func (b *builder) sortMany(list []int32) {
	order := make([]ranked, len(list))
	for k, i := range list {
		order[k] = ranked{rank(b.nodes[i].time), i}
	}
	slices.SortFunc(order, func(x, y ranked) int {
		if x.rank != y.rank {
			return cmp.Compare(x.rank, y.rank)
		}
		return b.compareNodes(x.node, y.node)
	})
	for k := range order {
		list[k] = order[k].node
	}
}

func (b *builder) inOrder(list []int32) bool {
	for k := 1; k < len(list); k++ {
		x, y := b.nodes[list[k-1]].time, b.nodes[list[k]].time
		if (x >= y || x == trace.NoTime) && b.compareNodes(list[k-1], list[k]) > 0 {
			return false
		}
	}
	return true
}

// compareNodes orders by time and then by what the records say, so that the
// order in which they came never matters. Records without a time come last.
func (b *builder) compareNodes(i, j int32) int {
	x, y := &b.nodes[i], &b.nodes[j]
	if x.time != y.time {
		if x.time == trace.NoTime {
			return 1
		}
		if y.time == trace.NoTime {
			return -1
		}
		return cmp.Compare(x.time, y.time)
	}
	if c := cmp.Compare(x.kind, y.kind); c != 0 {
		return c
	}
	switch x.kind {
	case KindSpan:
		return compareSpans(b.span(i), b.span(j))
	case KindLog:
		return compareLogs(b.log(i), b.log(j))
	case KindEvent:
		return cmp.Or(cmp.Compare(b.event(i).Name, b.event(j).Name), cmp.Compare(i, j))
	}
	p, q := b.absent[x.number], b.absent[y.number]
	return cmp.Or(cmp.Compare(p.id, q.id), cmp.Compare(p.key, q.key))
}
