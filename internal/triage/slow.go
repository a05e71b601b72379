package triage

import "github.com/otrace/otrace/internal/trace"

// findGivenUp notes whether a span is a caller that gave up while its callee
// was still at work; one that did so because it had waited long enough is a
// root. Durations are compared, not moments: clocks differ.
func (w *walk) findGivenUp(i int32) {
	n, s := &w.nodes[i], &w.spans[i]
	n.waits = w.longestWait(i)
	if !w.failed(i) || n.kid == none || s.Kind == trace.KindProducer || s.Kind == trace.KindConsumer {
		return
	}
	outlasted := w.outlastedBelow
	if s.Kind == trace.KindClient {
		outlasted = w.outlasted
	}
	callee := outlasted(i)
	if callee == none {
		return
	}
	f := factsOf(s)
	late := f.timedOut()
	if !late && (s.Kind != trace.KindClient || !f.wasCancelled()) {
		return
	}
	n.slow, n.waits = w.deepest(i, callee), i
	if late {
		n.marks |= self
	}
}

// longestWait is the longest of the calls beneath a span, within its service,
// that were given up.
func (w *walk) longestWait(i int32) int32 {
	longest := none
	if w.spans[i].Kind == trace.KindClient {
		return longest // what the callee waits for is the callee's
	}
	for k := w.nodes[i].kid; k != none; k = w.nodes[k].next {
		if c := w.nodes[k].waits; c != none && (longest == none || compareWaits(&w.spans[c], &w.spans[longest]) > 0) {
			longest = c
		}
	}
	return longest
}

func compareWaits(a, b *trace.Span) int {
	if a.Duration != b.Duration {
		if a.Duration < b.Duration {
			return -1
		}
		return 1
	}
	return compareSpans(a, b)
}

// outlasted is the callee of a call if it went on for longer than its caller
// waited, and failed at most for that reason; else none.
func (w *walk) outlasted(i int32) int32 {
	longest := none
	s := &w.spans[i]
	for k := w.nodes[i].kid; k != none; k = w.nodes[k].next {
		c, kid := &w.spans[k], &w.nodes[k]
		if kid.marks.has(carries) && kid.marks&(healed|handsOff) == 0 && (!kid.marks.has(cancelled) || c.Duration < s.Duration-s.Duration/10) {
			return none
		}
		if isCallee(c, s) && (c.Duration > s.Duration || kid.marks.has(carries|cancelled)) && (longest == none || compareWaits(c, &w.spans[longest]) > 0) {
			longest = k
		}
	}
	return longest
}

// outlastedBelow is the same of a span whose own calls are not marked as
// failed, as where an HTTP client does not see the deadline of its caller.
func (w *walk) outlastedBelow(i int32) int32 {
	longest := none
	for k := w.nodes[i].kid; k != none; k = w.nodes[k].next {
		if w.nodes[k].marks.has(carries) && !w.nodes[k].marks.has(healed) {
			return none
		}
		if w.spans[k].Kind != trace.KindClient || w.failed(k) {
			continue
		}
		if c := w.outlasted(k); c != none && (longest == none || compareWaits(&w.spans[c], &w.spans[longest]) > 0) {
			longest = c
		}
	}
	return longest
}

// isCallee reports whether a call's child is its other side.
func isCallee(kid, caller *trace.Span) bool {
	return kid.Kind == trace.KindServer || kid.Kind != trace.KindConsumer && kid.Resource.Service != caller.Resource.Service
}

// deepest goes on from a slow callee to what that waited for itself, for most
// of the time.
func (w *walk) deepest(caller, callee int32) int32 {
	c := w.nodes[callee].waits
	if c == none || w.nodes[c].slow == none || 2*w.spans[c].Duration < w.spans[caller].Duration {
		return callee
	}
	return w.nodes[c].slow
}
