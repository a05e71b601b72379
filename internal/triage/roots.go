package triage

import (
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// trackFailures finds the roots, and how far up the failure of each went. It
// goes through all spans twice: from the called to the callers, and back.
func (w *walk) trackFailures() {
	for _, i := range w.order {
		w.gather(i)
	}
	for _, i := range slices.Backward(w.order) {
		if w.nodes[i].marks.has(carries) {
			w.follow(i)
		}
	}
}

// failed reports whether a span says that it failed.
func (w *walk) failed(i int32) bool { return w.spans[i].Status == trace.StatusError }

// gather decides whether a span is a root, when all that it called is known.
func (w *walk) gather(i int32) {
	n, s := &w.nodes[i], &w.spans[i]
	retried := w.failingKids(i) > 0 && w.markRetries(i)
	from, allCancelled := w.failsFrom(i)
	if from == none && retried && w.failed(i) {
		from = w.repeats(i)
	}
	w.findGivenUp(i)
	switch {
	case w.failed(i):
		n.marks |= carries
		if from == none || n.marks.has(self) { // a caller that gave up is one already
			n.marks |= self
			from = none
			f := factsOf(s)
			allCancelled = f.wasCancelled()
		}
	case isCalled(s) && s.Status == trace.StatusUnset:
		if from == none && w.broke(i) {
			n.marks |= carries | self
		} else if from != none {
			if f := factsOf(s); f.hands() {
				n.marks |= carries
			}
		}
	}
	if !n.marks.has(carries) {
		return
	}
	if allCancelled {
		n.marks |= cancelled
	}
	n.owner = i
	if from != none {
		n.owner = w.nodes[from].owner
	}
}

// broke reports whether a server that is not marked as failed did fail: by its
// own code, and by its caller's mark. There are libraries that set no status.
func (w *walk) broke(i int32) bool {
	p := w.nodes[i].parent
	if p == none || !w.failed(p) || w.spans[p].Kind != trace.KindClient {
		return false
	}
	if f := factsOf(&w.spans[i]); f.http < 500 && !f.serverFault() {
		return false
	}
	above := factsOf(&w.spans[p])
	return !above.timedOut() && !above.wasCancelled()
}

// failingKids counts those that a span called and that failed.
func (w *walk) failingKids(i int32) int {
	count := 0
	for k := w.nodes[i].kid; k != none; k = w.nodes[k].next {
		if w.nodes[k].marks.has(carries) {
			count++
		}
	}
	return count
}

// failsFrom is the call whose failure a span would hand on: of several the one
// that began last. It also tells whether all of them failed only because
// nobody waited.
func (w *walk) failsFrom(i int32) (from int32, allCancelled bool) {
	from, allCancelled = none, true
	for k := w.nodes[i].kid; k != none; k = w.nodes[k].next {
		kid := &w.nodes[k]
		if !kid.marks.has(carries) {
			continue
		}
		if w.detached(k, i) {
			kid.marks |= handsOff
		}
		if kid.marks&(healed|handsOff) != 0 {
			continue
		}
		allCancelled = allCancelled && kid.marks.has(cancelled)
		if from == none || compareSpans(&w.spans[k], &w.spans[from]) > 0 {
			from = k
		}
	}
	return from, allCancelled && from != none
}

// detached reports whether a caller, if it is one, did not wait for a span.
func (w *walk) detached(kid, parent int32) bool {
	k, p := &w.spans[kid], &w.spans[parent]
	if k.Kind == trace.KindConsumer || p.Kind == trace.KindProducer {
		return true
	}
	slack := clockSlack
	if k.Resource.Clock() == p.Resource.Clock() {
		slack = 1e6
	}
	return p.Status != trace.StatusError && k.Start-slack > p.End()
}

// follow decides how a failure goes on from a span, when its caller is known.
func (w *walk) follow(i int32) {
	n, s := &w.nodes[i], &w.spans[i]
	if s.Kind == trace.KindClient || s.Kind == trace.KindServer {
		n.near = i
	}
	switch p := n.parent; {
	case n.marks.has(healed):
	case p == none || n.marks.has(handsOff):
		n.entry = i
	case w.nodes[p].marks.has(carries):
		w.goOn(n, &w.nodes[p], p)
	}
	if n.entry != none && isCalled(s) && !isCalled(&w.spans[n.entry]) {
		n.entry = i
	}
}

// goOn lets a failure take its caller's way.
func (w *walk) goOn(n, above *node, p int32) {
	n.entry = above.entry
	if n.near == none {
		n.near = above.near
	}
	n.marks |= above.marks & ownFault
	if above.slow != none && above.marks.has(self) || above.marks.has(gone) {
		n.marks |= gone
		n.owner = above.owner
	}
	if s := &w.spans[p]; s.Kind == trace.KindServer && w.failed(p) {
		if f := factsOf(s); !f.refuses() {
			n.marks |= ownFault
		}
	}
}

// expected reports whether a root is a refusal that its caller brought upon
// itself, and that did not become a server's own failure on its way.
func (w *walk) expected(i int32, f *facts) bool {
	n := &w.nodes[i]
	if n.marks.has(ownFault) {
		return false
	}
	if f.refuses() || refusalNamed(f.class()) {
		return true
	}
	if n.near == none || n.near == i {
		return false
	}
	near := factsOf(&w.spans[n.near])
	return near.refuses()
}
