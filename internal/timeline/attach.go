package timeline

import "github.com/otrace/otrace/internal/trace"

// attachLogs puts each log under the span that it names.
func (b *builder) attachLogs() {
	for i := b.logs; i < b.logs+len(b.ev.Logs); i++ {
		n := &b.nodes[i]
		l := b.log(int32(i))
		if l.Span != 0 {
			holder := b.holder(b.logKey(l), l.Origin.Service)
			if len(b.ev.Spans) > 0 && (holder == none || b.nodes[holder].kind == KindMissing) { // without any spans, no log stands out for lacking its own
				n.marks |= MarkOrphan
			}
			if holder != none {
				n.parent, n.at = holder, AttachedSpan
				continue
			}
		}
		if n.time != trace.NoTime {
			b.homeless = append(b.homeless, int32(i))
		}
	}
}

// A sweep is one place's spans, and how far the passing moment has come.
type sweep struct {
	spans []int32 // by start
	next  int     // the first that has not begun
	stack []int32 // begun, and not seen to have ended
	slack int64   // by how much the place's logs cut their times
}

// A place is what a log and a span must share for the log to be placed by its
// moment: the pod where both tell it, else the service; and the trace, where
// there are several.
type place struct {
	of           trace.ID
	pod, service string
}

// attachByMoment puts a log that names no span, or one that never arrived, under
// the span of its own service that covered its moment. It sweeps over time, per
// place: the spans begun by a log's moment form a stack, and the last begun that
// has not ended covers it. A span that ended never covers a later log, so it is
// dropped once and for good.
func (b *builder) attachByMoment() {
	logs := b.homeless
	if len(logs) == 0 || len(b.ev.Spans) == 0 {
		return
	}
	places := b.spansByPlace()
	b.sort(logs)
	sweeps := make([]*sweep, len(logs))
	for k, i := range logs {
		if s := b.sweepOf(b.log(i), places); s != nil {
			s.slack = min(s.slack, coarseness(b.nodes[i].observed()))
			sweeps[k] = s
		}
	}
	for k, i := range logs {
		if s := sweeps[k]; s != nil {
			n := &b.nodes[i]
			if span := b.covering(s, n.time); span != none {
				n.parent, n.at = span, AttachedService
			}
		}
	}
}

// covering returns the last begun span that covers the moment, or none.
func (b *builder) covering(s *sweep, at int64) int32 {
	latest := saturate(at, s.slack)
	for ; s.next < len(s.spans) && b.nodes[s.spans[s.next]].time <= latest; s.next++ {
		s.stack = append(s.stack, s.spans[s.next])
	}
	for len(s.stack) > 0 && b.nodes[s.stack[len(s.stack)-1]].end() < at {
		s.stack = s.stack[:len(s.stack)-1]
	}
	if len(s.stack) == 0 {
		return none
	}
	return s.stack[len(s.stack)-1]
}

// spansByPlace lists the spans of each service, and of each pod, by start.
func (b *builder) spansByPlace() map[place]*sweep {
	places := map[place]*sweep{}
	add := func(at place, i int32) {
		if at.pod == "" && at.service == "" {
			return
		}
		if places[at] == nil {
			places[at] = &sweep{slack: 1e6}
		}
		places[at].spans = append(places[at].spans, i)
	}
	for i := range b.ev.Spans {
		if !b.nodes[i].gone {
			s := &b.ev.Spans[i]
			o, of := s.Resource.Origin, b.traceOf(s.Trace)
			add(place{of: of, service: o.Service}, int32(i))
			add(place{of: of, pod: o.Pod}, int32(i))
		}
	}
	for _, s := range places {
		b.sort(s.spans)
	}
	return places
}

func (b *builder) sweepOf(l *trace.Log, places map[place]*sweep) *sweep {
	of := b.ev.ID
	if l.Trace != nil {
		of = *l.Trace
	}
	of = b.traceOf(of)
	if s := places[place{of: of, pod: l.Origin.Pod}]; s != nil {
		return s
	}
	return places[place{of: of, service: l.Origin.Service}]
}

// traceOf is the ID, without how it was typed, where there are several traces;
// else one for all.
func (b *builder) traceOf(id trace.ID) trace.ID {
	if len(b.ev.Linked) == 0 {
		return trace.ID{}
	}
	return trace.ID{Hi: id.Hi, Lo: id.Lo}
}
