package timeline

import (
	"fmt"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/trace"
)

// A builder holds one node a record while Build decides where each belongs.
// Nodes stand in the order spans, events, logs, missing spans.
type builder struct {
	ev       *trace.Evidence
	clocks   *skew.Clocks
	nodes    []node
	byID     map[trace.SpanID]int32 // the node that a span's key means first
	sameID   []int32                // per span node: the next one with the same ID, or none
	missing  map[trace.SpanID]int32
	events   int // index of the first event node
	logs     int // index of the first log node
	warnings []string
}

// none is the parent of a root, and the end of a chain.
const none = int32(-1)

// A node is a row before it has its place.
type node struct {
	row    Row
	parent int32        // a node's index, or none
	gone   bool         // shown by another node: an identical span, or an event that a log repeats
	key    trace.SpanID // what a missing span is found by
}

// placeSpans makes a node a span, and merges those that are identical in all
// they say: overlapping sources return the same span twice.
func (b *builder) placeSpans() {
	spans := b.ev.Spans
	b.nodes = make([]node, 0, len(spans)+len(b.ev.Logs))
	b.byID = make(map[trace.SpanID]int32, len(spans))
	b.sameID = make([]int32, len(spans))
	identical := 0
	for i := range spans {
		s := &spans[i]
		clock := b.clocks.Span(i)
		n := node{row: Row{Kind: KindSpan, Span: s}, parent: none}
		n.row.setTime(s.Start, movable(s, clock))
		n.row.Clock = clock
		if s.Clamped {
			n.row.Marks |= MarkClamped
		}
		if s.Adjusted {
			n.row.Marks |= MarkAdjusted
		}
		b.sameID[i] = none
		if s.ID == 0 {
			n.row.Marks |= MarkNoID
		} else if first, taken := b.byID[b.key(s.ID, s.Trace)]; !taken {
			b.byID[b.key(s.ID, s.Trace)] = int32(i)
		} else if n.gone = b.repeats(first, s); !n.gone {
			b.sameID[i], b.sameID[first] = b.sameID[first], int32(i)
		} else {
			identical++
		}
		b.nodes = append(b.nodes, n)
	}
	if identical > 0 {
		b.warnings = append(b.warnings, fmt.Sprintf("%d spans came more than once and are shown once", identical))
	}
}

// key is what a span of a trace is found by: its ID, which several traces may
// use.
func (b *builder) key(id trace.SpanID, of trace.ID) trace.SpanID {
	if len(b.ev.Linked) == 0 {
		return id
	}
	return id.Within(of)
}

// logKey is the key of the span that a log names.
func (b *builder) logKey(l *trace.Log) trace.SpanID {
	if l.Trace != nil {
		return b.key(l.Span, *l.Trace)
	}
	return b.key(l.Span, b.ev.ID)
}

// setTime sets the row's times from an observed one and its clock, which may
// be unknown.
func (r *Row) setTime(observed int64, clock *skew.Clock) {
	r.Observed, r.Time, r.Clock = observed, observed, clock
	if observed == trace.NoTime {
		r.Marks |= MarkNoTime
	}
	if clock == nil || observed == trace.NoTime {
		return
	}
	r.Time = saturate(observed, clock.At(observed))
	r.Offset = r.Time - observed
}

// setLogTime is setTime for a log whose source may have a mistaken time zone.
func (r *Row) setLogTime(observed, zone int64, clock *skew.Clock) {
	r.setTime(observed, clock)
	if zone == 0 || observed == trace.NoTime {
		return
	}
	r.setTime(saturate(observed, zone), clock)
	r.Observed, r.Offset = observed, r.Time-observed
	r.Marks |= MarkZone
}

// movable returns the clock by which a span is moved: none where the backend
// did that already, nobody knows how far.
func movable(s *trace.Span, clock *skew.Clock) *skew.Clock {
	if s.Adjusted {
		return nil
	}
	return clock
}

// mostTwins bounds how many spans of one ID are compared with each other: a
// broken generator can give every span the same one.
const mostTwins = 64

// twins calls yield for the nodes that share an ID, starting at first, until
// it returns false.
func (b *builder) twins(first int32, yield func(i int32) bool) {
	for i, n := first, 0; i != none && n < mostTwins; i, n = b.sameID[i], n+1 {
		if !yield(i) {
			return
		}
	}
}

// repeats reports whether one of the nodes that share an ID is identical to s.
func (b *builder) repeats(first int32, s *trace.Span) (found bool) {
	b.twins(first, func(i int32) bool {
		found = b.nodes[i].row.Span.Equal(s)
		return !found
	})
	return found
}

// placeEvents makes a node an event, under the span that it is part of.
func (b *builder) placeEvents() {
	b.events = len(b.nodes)
	for i := range b.ev.Spans {
		owner := &b.nodes[i].row
		if b.nodes[i].gone {
			continue
		}
		for j := range owner.Span.Events {
			e := &owner.Span.Events[j]
			n := node{row: Row{Kind: KindEvent, Event: e, Span: owner.Span}, parent: int32(i)}
			n.row.setTime(e.Time, movable(owner.Span, owner.Clock))
			n.row.Clock = owner.Clock
			n.row.Marks |= owner.Marks & MarkAdjusted
			b.nodes = append(b.nodes, n)
			owner = &b.nodes[i].row // append may have moved it
		}
	}
}

// placeLogs makes a node a log. attachLogs finds their spans.
func (b *builder) placeLogs() {
	b.logs = len(b.nodes)
	for i := range b.ev.Logs {
		l := &b.ev.Logs[i]
		n := node{row: Row{Kind: KindLog, Log: l, Attached: AttachedNone}, parent: none}
		n.row.setLogTime(l.Time, b.clocks.Zone(i), b.clocks.Log(i))
		if l.Match == trace.MatchText {
			n.row.Marks |= MarkText
		}
		if l.Damaged {
			n.row.Marks |= MarkDamaged
		}
		b.nodes = append(b.nodes, n)
	}
}
