package jaeger

import (
	"cmp"
	"maps"
	"slices"

	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// A fold counts the traces of one answer as they come. It holds the spans of
// one trace at a time.
type fold struct {
	q         *trace.Query
	spans     []trace.Span // of the trace at hand
	traces    trace.Summaries
	confirmed map[trace.ID]int64 // the start of the newest span that has all that is asked for
	cut       map[string]bool    // what Jaeger says of traces that it cut short
	adjusted  map[trace.ID]adjusted.Outcome
}

func newFold(q *trace.Query) *fold {
	return &fold{q: q, confirmed: map[trace.ID]int64{}, cut: map[string]bool{}, adjusted: map[trace.ID]adjusted.Outcome{}}
}

func (f *fold) take(spans []trace.Span) {
	for len(spans) > 0 {
		id := spans[0].Trace
		n := 1
		for n < len(spans) && spans[n].Trace == id {
			n++
		}
		if len(f.spans) > 0 && f.spans[0].Trace != id {
			f.flush()
		}
		f.spans = append(f.spans, spans[:n]...)
		spans = spans[n:]
	}
}

// flush counts the trace at hand.
func (f *fold) flush() {
	f.undo()
	f.spans = trace.Unique(f.spans)
	f.traces.AddSpans(f.spans)
	for i := range f.spans {
		s := &f.spans[i]
		if f.q.Matches(s) {
			f.confirmed[s.Trace] = max(f.confirmed[s.Trace], s.Start)
		}
		for _, w := range s.Warnings {
			if truncation(w) {
				f.cut[clean(w)] = true
			}
		}
	}
	clear(f.spans)
	f.spans = f.spans[:0]
}

// undo moves the spans of the trace at hand back to their own clocks' times.
func (f *fold) undo() {
	outcome := adjusted.Undo(f.spans)
	if outcome != (adjusted.Outcome{}) {
		sum := f.adjusted[f.spans[0].Trace]
		sum.Add(outcome)
		f.adjusted[f.spans[0].Trace] = sum
	}
}

// times are when the traces were, the newest first: the spans that were looked
// for, or the whole trace where none was found.
func (f *fold) times() []int64 {
	var list []int64
	for _, t := range f.traces.List() {
		at, ok := f.confirmed[t.ID]
		if !ok {
			at = t.Start
		}
		list = append(list, at)
	}
	slices.SortFunc(list, func(a, b int64) int { return cmp.Compare(b, a) })
	return list
}

// merge adds an answer to what was found. The same trace may come in several:
// storages return what lies around the window that was asked for, so the
// larger one counts.
func (f *finder) merge(a *fold) {
	a.flush()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range a.traces.List() {
		_, confirmed := a.confirmed[t.ID]
		h := f.traces[t.ID]
		if h == nil {
			h = &hit{}
			f.traces[t.ID] = h
		}
		if t.Spans > h.Spans {
			h.Summary, h.adjusted = t, a.adjusted[t.ID]
		}
		h.confirmed = h.confirmed || confirmed
	}
	for text := range a.cut {
		f.gaps[text] = trace.Gap{Source: "jaeger", Reason: text, Partial: true}
	}
}

// found is what was found so far.
func (f *finder) found() trace.Found {
	f.mu.Lock()
	defer f.mu.Unlock()
	var found trace.Found
	for _, h := range f.traces {
		if h.confirmed {
			h.BySpans = true
			found.Traces = append(found.Traces, h.Summary)
		}
	}
	trace.Newest(found.Traces)
	if f.q.Limit > 0 && len(found.Traces) > f.q.Limit {
		found.Traces = found.Traces[:f.q.Limit]
	}
	for _, reason := range slices.Sorted(maps.Keys(f.gaps)) {
		found.Gaps = append(found.Gaps, f.gaps[reason])
	}
	for _, text := range slices.Sorted(maps.Keys(f.warnings)) {
		found.Warnings = append(found.Warnings, "jaeger: "+text)
	}
	var outcome adjusted.Outcome
	for _, t := range found.Traces {
		outcome.Add(f.traces[t.ID].adjusted)
	}
	found.Warnings = append(found.Warnings, outcome.Warnings(thoughRaw)...)
	return found
}
