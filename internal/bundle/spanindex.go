package bundle

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/otrace/otrace/internal/trace"
)

// A spanIndex tells which traces may have a span that is looked for, and in
// which lines their spans are, so that the files of spans are decoded once,
// however often traces are gone through.
type spanIndex struct {
	mu     sync.Mutex
	built  bool
	ev     trace.Evidence // what reading told
	span   trace.Window   // from the first start to the last end
	at     map[trace.ID]int32
	traces []indexedTrace
	spans  []indexedSpan // in the order of the files
	lines  []lineRef
	names  map[string]int32 // services' and operations' numbers
}

type indexedTrace struct {
	id    trace.ID
	spans int
}

// An indexedSpan is a span as far as most queries ask.
type indexedSpan struct {
	start     int64
	trace     int32
	line      int32
	service   int32
	operation int32
	outcome   outcome
}

// An outcome is how surely a span failed.
type outcome uint8

const (
	didNotFail outcome = iota
	mayHaveFailed
	failed
)

// build reads all files of spans, unless that was done. One that was cancelled
// is begun anew by the next who asks.
func (x *spanIndex) build(ctx context.Context, b *Bundle) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.built {
		return nil
	}
	x.ev, x.span = trace.Evidence{}, trace.Window{}
	x.at, x.names = map[trace.ID]int32{}, map[string]int32{}
	x.traces, x.spans, x.lines = nil, nil, nil
	b.saved(&x.ev, true)
	var spans pile[indexedSpan]
	err := b.eachSpansAt(ctx, &x.ev, nil, func(at lineRef, list []trace.Span) {
		x.lines = append(x.lines, at)
		for i := range list {
			if list[i].Trace.IsTrace() {
				spans.add(x.add(&list[i]))
			}
		}
	})
	x.spans, x.built = spans.all(), err == nil
	return err
}

func (x *spanIndex) add(s *trace.Span) indexedSpan {
	x.span = widened(x.span, s.Start, s.End())
	number, ok := x.at[s.Trace]
	if !ok {
		number = int32(len(x.traces))
		x.at[s.Trace] = number
		x.traces = append(x.traces, indexedTrace{id: s.Trace})
	}
	x.traces[number].spans++
	return indexedSpan{
		start: s.Start, trace: number, line: int32(len(x.lines) - 1),
		service: x.number(s.Resource.Service), operation: x.number(s.Operation), outcome: outcomeOf(s),
	}
}

// number is a name's, the same for equal ones.
func (x *spanIndex) number(name string) int32 {
	n, ok := x.names[name]
	if !ok {
		n = int32(len(x.names))
		x.names[strings.Clone(name)] = n
	}
	return n
}

func outcomeOf(s *trace.Span) outcome {
	if s.Status == trace.StatusError {
		return failed
	}
	if tellsStatus(s.Attributes) || tellsStatus(s.Resource.Attributes) {
		return mayHaveFailed
	}
	for i := range s.Events {
		if tellsStatus(s.Events[i].Attributes) {
			return mayHaveFailed
		}
	}
	return didNotFail
}

// tellsStatus reports whether there is an attribute that queries for errors
// compare.
func tellsStatus(attrs []trace.Attribute) bool {
	for i := range attrs {
		if n := len(attrs[i].Key); n < len("error") || n > len("otel.status_code")+4 {
			continue
		}
		switch trace.Canonical(attrs[i].Key) {
		case "error", "status", "statuscode", "otelstatuscode":
			return true
		}
	}
	return false
}

// A candidate is a trace that may match.
type candidate struct {
	trace int32
	at    int64 // the start of its newest span that may
	sure  bool
}

// candidates are the traces of which a span may fulfil the query, the newest
// first.
func (x *spanIndex) candidates(q *trace.Query) []candidate {
	service, known := x.names[q.Service]
	operation, knownToo := x.names[q.Operation]
	if q.Service != "" && !known || q.Operation != "" && !knownToo {
		return nil
	}
	errors := slices.ContainsFunc(q.Conditions, trace.Condition.AsksForError)
	sure := q.MinDuration <= 0 && q.MaxDuration <= 0 && q.LinksTo.IsZero() &&
		!slices.ContainsFunc(q.Conditions, func(c trace.Condition) bool { return !c.AsksForError() })
	place := map[int32]int{}
	var list []candidate
	for i := range x.spans {
		s := &x.spans[i]
		if q.Service != "" && s.service != service || q.Operation != "" && s.operation != operation ||
			errors && s.outcome == didNotFail || !q.Window.Holds(s.start) {
			continue
		}
		at, ok := place[s.trace]
		if !ok {
			at = len(list)
			place[s.trace] = at
			list = append(list, candidate{trace: s.trace, at: s.start})
		}
		c := &list[at]
		c.at = max(c.at, s.start)
		c.sure = c.sure || sure && (!errors || s.outcome == failed)
	}
	slices.SortFunc(list, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.trace, b.trace)) })
	return list
}

// linesOf are the lines that hold spans of the traces, in order.
func (x *spanIndex) linesOf(wanted []candidate) []lineRef {
	among := make(map[int32]bool, len(wanted))
	for _, c := range wanted {
		among[c.trace] = true
	}
	var refs []lineRef
	last := int32(-1)
	for i := range x.spans {
		if s := &x.spans[i]; s.line != last && among[s.trace] {
			refs = append(refs, x.lines[s.line])
			last = s.line
		}
	}
	return refs
}

// widened is the window with a stretch of time in it. What was at or before
// 1970 was at no time.
func widened(w trace.Window, from, until int64) trace.Window {
	if from <= 0 {
		return w
	}
	if w.From == 0 || from < w.From {
		w.From = from
	}
	w.Until = max(w.Until, until)
	return w
}
