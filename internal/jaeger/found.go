package jaeger

import (
	"cmp"
	"maps"
	"slices"

	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// A fold counts the traces of one answer as they come, and lets out those that
// are confirmed. It holds the spans of one trace at a time.
type fold struct {
	q         *trace.Query
	asked     trace.Query  // what the server was asked for
	out       *outlet      // nil when only summaries are wanted
	spans     []trace.Span // of the trace at hand
	traces    trace.Summaries
	times     map[trace.ID]int64 // the start of the newest span that has what the server was asked for
	confirmed map[trace.ID]int64 // the start of the newest span that has all that is asked for
	kept      int64              // the newest of confirmed that the outlet did not take, NoTime for none
	cut       map[string]bool    // what Jaeger says of traces that it cut short
	adjusted  map[trace.ID]adjusted.Outcome
}

// newFold begins the answer about a window. The server may not have been asked
// for conditions and links: these are sifted here.
func newFold(q *trace.Query, out *outlet, window trace.Window, sifts bool) *fold {
	f := &fold{
		q: q, asked: *q, out: out, kept: trace.NoTime, times: map[trace.ID]int64{}, confirmed: map[trace.ID]int64{},
		cut: map[string]bool{}, adjusted: map[trace.ID]adjusted.Outcome{},
	}
	f.asked.Window = window.Padded(narrowest)
	if sifts {
		f.asked.Conditions, f.asked.LinksTo = nil, trace.ID{}
	}
	return f
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

// end counts the last trace. When an answer broke off, that one may lack spans:
// it is not let out.
func (f *fold) end(err error) {
	if err != nil && f.out != nil {
		f.spans = f.spans[:0]
	}
	f.flush()
}

// flush counts the trace at hand, and lets it out.
func (f *fold) flush() {
	if len(f.spans) == 0 {
		return
	}
	id := f.spans[0].Trace
	f.undo()
	f.spans = trace.Unique(f.spans)
	f.traces.AddSpans(f.spans)
	for i := range f.spans {
		f.look(&f.spans[i])
	}
	if at, ok := f.confirmed[id]; ok && f.out != nil && !f.out.take(f.spans, f.adjusted[id]) {
		f.kept = max(f.kept, at)
	}
	clear(f.spans)
	f.spans = f.spans[:0]
}

// look notes what a span says of its trace.
func (f *fold) look(s *trace.Span) {
	if f.asked.Matches(s) {
		note(f.times, s)
	}
	if f.q.Matches(s) {
		note(f.confirmed, s)
	}
	for _, w := range s.Warnings {
		if truncation(w) {
			f.cut[clean(w)] = true
		}
	}
}

func note(newest map[trace.ID]int64, s *trace.Span) {
	if at, ok := newest[s.Trace]; !ok || s.Start > at {
		newest[s.Trace] = s.Start
	}
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

// newestFirst are when the traces were: the spans that were looked for, or the
// whole trace where none was found.
func (f *fold) newestFirst() []int64 {
	var list []int64
	for _, t := range f.traces.List() {
		at, ok := f.times[t.ID]
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
// larger one counts. Traces that were let out need no summary.
func (f *finder) merge(a *fold) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for text := range a.cut {
		f.gaps[text] = trace.Gap{Source: "jaeger", Reason: text, Partial: true}
	}
	for _, t := range a.traces.List() {
		if f.out != nil {
			f.looks++
			f.spansLooked += t.Spans
			continue
		}
		f.mergeTrace(&t, a)
	}
}

func (f *finder) mergeTrace(t *trace.Summary, a *fold) {
	_, confirmed := a.confirmed[t.ID]
	h := f.traces[t.ID]
	if h == nil {
		h = &hit{}
		f.traces[t.ID] = h
		f.looks++
	}
	if t.Spans > h.Spans {
		f.spansLooked += t.Spans - h.Spans
		h.Summary, h.adjusted = *t, a.adjusted[t.ID]
	}
	h.confirmed = h.confirmed || confirmed
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
	found.Gaps, found.Warnings = f.told()
	var outcome adjusted.Outcome
	for _, t := range found.Traces {
		outcome.Add(f.traces[t.ID].adjusted)
	}
	found.Warnings = append(found.Warnings, outcome.Warnings(thoughRaw)...)
	return found
}

// told is what is missing and what is odd, in order. The caller holds mu.
func (f *finder) told() (gaps []trace.Gap, warnings []string) {
	for _, reason := range slices.Sorted(maps.Keys(f.gaps)) {
		gaps = append(gaps, f.gaps[reason])
	}
	for _, text := range slices.Sorted(maps.Keys(f.warnings)) {
		warnings = append(warnings, "jaeger: "+text)
	}
	return gaps, warnings
}
