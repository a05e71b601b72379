package triage

import (
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A call tells calls of one caller apart: equal ones are the same call again.
type call struct{ service, operation, callee, url string }

func callOf(s *trace.Span) call {
	c := call{service: s.Resource.Service, operation: s.Operation}
	if isCalling(s) {
		c.callee = trace.FindText(s.Attributes, "peer.service")
		c.url = trace.FindText(s.Attributes, "url.full", "http.url", "db.query.text", "db.statement")
		if c.callee == "" && c.url == "" {
			c.callee = calleeOf(s)
		}
	}
	return c
}

// fewCalls are as many as are compared each with each.
const fewCalls = 8

// markRetries marks the failed ones of a caller's calls after which the same
// call was made again: their failure had no more consequences. Calls that ran
// side by side are no retries of each other. It reports whether there are any.
func (w *walk) markRetries(i int32) (found bool) {
	first := w.nodes[i].kid
	count := 0
	for k := first; k != none; k = w.nodes[k].next {
		count++
	}
	if count == 1 {
		return false
	}
	var latest map[call]int64
	if count > fewCalls {
		latest = w.latestCalls(first)
	}
	for k := first; k != none; k = w.nodes[k].next {
		if !w.nodes[k].marks.has(carries) {
			continue
		}
		s := &w.spans[k]
		if latest != nil && latest[callOf(s)] >= s.End() && latest[callOf(s)] > s.Start || latest == nil && w.calledAgain(k, first) {
			w.nodes[k].marks |= healed
			found = true
		}
	}
	return found
}

// latestCalls is when each call was begun last.
func (w *walk) latestCalls(first int32) map[call]int64 {
	latest := make(map[call]int64)
	for k := first; k != none; k = w.nodes[k].next {
		s := &w.spans[k]
		c := callOf(s)
		if at, ok := latest[c]; !ok || s.Start > at {
			latest[c] = s.Start
		}
	}
	return latest
}

// calledAgain reports whether one of few calls was made again.
func (w *walk) calledAgain(i, first int32) bool {
	s := &w.spans[i]
	for k := first; k != none; k = w.nodes[k].next {
		o := &w.spans[k]
		if o.Start >= s.End() && o.Start > s.Start && o.Operation == s.Operation && callOf(o) == callOf(s) {
			return true
		}
	}
	return false
}

// repeats is a call that was made again, and whose failure is nevertheless its
// caller's: what looked like a retry was the next of several. So it is when the
// caller tells it as its own, and when the caller throws nothing itself and made
// the call even though it had gone well. It is none otherwise.
func (w *walk) repeats(i int32) int32 {
	var own facts
	for k := w.nodes[i].kid; k != none; k = w.nodes[k].next {
		kid := &w.nodes[k]
		if !kid.marks.has(healed|carries) || kid.marks.has(handsOff) {
			continue
		}
		if own == (facts{}) {
			own = factsOf(&w.spans[i])
		}
		f := factsOf(&w.spans[k])
		said := f.says()
		told := said != "" && own.says() != "" && strings.Contains(own.says(), said)
		if told || own.exception == "" && own.message == "" && w.wentWell(k, w.nodes[i].kid) > 1 {
			kid.marks &^= healed
			return k
		}
	}
	return none
}

// wentWell counts the calls equal to one that did not fail: retries end with the
// first of them.
func (w *walk) wentWell(i, first int32) (count int) {
	of := callOf(&w.spans[i])
	for k := first; k != none && count < 2; k = w.nodes[k].next {
		if !w.nodes[k].marks.has(carries) && callOf(&w.spans[k]) == of {
			count++
		}
	}
	return count
}
