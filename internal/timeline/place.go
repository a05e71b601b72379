package timeline

import (
	"fmt"
	"slices"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/trace"
)

// A builder holds one node a record while Build decides where each belongs.
// Nodes stand in the order spans, events, logs, missing spans.
type builder struct {
	ev       *trace.Evidence
	clocks   *skew.Clocks
	nodes    []node
	byID     *idTable       // the node that a span's key means first
	sameID   []int32        // per span node: the next one with the same ID, or none
	shared   []trace.SpanID // the keys of several spans
	absent   []absentee
	cycles   [][]int32 // spans whose parents lead back to themselves
	homeless []int32   // logs with a time that name no span at hand
	errors   []int32   // the rows that tell of errors
	events   int       // index of the first event node
	logs     int       // index of the first log node
	services names
	counts   Counts
	warnings []string
}

// none is the parent of a root, and the end of a chain.
const none = int32(-1)

// An absentee is a span that others name and that never arrived.
type absentee struct{ id, key trace.SpanID }

// placeSpans makes a node a span, and merges those that are identical in all
// they say: overlapping sources return the same span twice.
func (b *builder) placeSpans() {
	spans := b.ev.Spans
	b.nodes = make([]node, 0, len(spans)+len(b.ev.Logs))
	b.byID = newIDTable(len(spans))
	b.sameID = make([]int32, len(spans))
	identical := 0
	for i := range spans {
		s := &spans[i]
		n := node{kind: KindSpan, parent: none, length: s.Duration, service: b.services.of(s.Resource.Service)}
		n.observe(s.Start)
		n.failed = s.Status == trace.StatusError
		if s.Clamped {
			n.marks |= MarkClamped
		}
		if s.Adjusted {
			n.marks |= MarkAdjusted
		}
		if s.ID == 0 {
			n.marks |= MarkNoID
		}
		if n.gone = !b.enter(int32(i)); n.gone {
			identical++
		} else {
			b.countSpan(s)
		}
		b.nodes = append(b.nodes, n)
	}
	if identical > 0 {
		b.warnings = append(b.warnings, fmt.Sprintf("%d spans came more than once and are shown once", identical))
	}
}

// enter lets a span be found by its ID, unless an identical one is.
func (b *builder) enter(i int32) bool {
	s := b.span(i)
	b.sameID[i] = none
	if s.ID == 0 {
		return true
	}
	key := b.key(s.ID, s.Trace)
	first := b.byID.first(key)
	switch {
	case first == none:
		b.byID.set(key, i)
		return true
	case b.repeats(first, s):
		return false
	case b.sameID[first] == none:
		b.shared = append(b.shared, key)
	}
	b.sameID[i], b.sameID[first] = b.sameID[first], i
	return true
}

func (b *builder) countSpan(s *trace.Span) {
	b.counts.Spans++
	b.counts.Events += len(s.Events)
	if s.Status == trace.StatusError {
		b.counts.ErrorSpans++
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
		found = b.span(i).Equal(s)
		return !found
	})
	return found
}

// placeEvents makes a node an event, under the span that it is part of.
func (b *builder) placeEvents() {
	b.events = len(b.nodes)
	if b.counts.Events == 0 {
		return
	}
	b.nodes = slices.Grow(b.nodes, b.counts.Events+len(b.ev.Logs))
	for i := range b.ev.Spans {
		owner := &b.nodes[i]
		if owner.gone {
			continue
		}
		s := &b.ev.Spans[i]
		for j := range s.Events {
			n := node{kind: KindEvent, parent: int32(i), number: int32(j), service: owner.service, marks: owner.marks & MarkAdjusted}
			n.observe(s.Events[j].Time)
			n.failed = s.Events[j].Name == "exception"
			b.nodes = append(b.nodes, n)
		}
	}
}

// placeLogs makes a node a log. attachLogs finds their spans.
func (b *builder) placeLogs() {
	b.logs = len(b.nodes)
	for i := range b.ev.Logs {
		l := &b.ev.Logs[i]
		n := node{kind: KindLog, parent: none, at: AttachedNone, service: b.services.of(l.Origin.Service)}
		n.observe(l.Time)
		if l.Match == trace.MatchText {
			n.marks |= MarkText
		}
		if l.Damaged {
			n.marks |= MarkDamaged
		}
		if n.failed = l.Level >= trace.LevelError; n.failed {
			b.counts.ErrorLogs++
		}
		b.nodes = append(b.nodes, n)
	}
	b.counts.Logs = len(b.ev.Logs)
}

// correct moves the records by their clocks. Those that the backend moved
// already, nobody knows how far, stay.
func (b *builder) correct() {
	for i := range b.nodes[:b.logs] {
		n, of := &b.nodes[i], i
		if i >= b.events {
			of = int(n.parent)
		}
		if !n.marks.Has(MarkAdjusted) {
			n.correct(b.clocks.Span(of))
		}
	}
	logs := b.nodes[b.logs:][:len(b.ev.Logs)]
	for i := range logs {
		logs[i].correctLog(b.clocks.Zone(i), b.clocks.Log(i))
	}
}
