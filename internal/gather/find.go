package gather

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/otrace/otrace/internal/trace"
)

const (
	// sideBySide is how many traces are completed at a time.
	sideBySide = 8
	// mostSifted is how many traces that logs found are looked at when spans
	// must match, too.
	mostSifted = 500
	// mostSaid is how many reasons for which single traces could not be
	// completed are told.
	mostSaid = 5
)

// Find returns the traces that match the query by their spans or by their
// logs, the newest first, each with what both sources have of it. It fails as
// All does: when there is none, and when none was found and a source could not
// be asked.
func Find(ctx context.Context, q trace.Query, src Sources) (trace.Found, error) {
	return FindEarly(ctx, q, src, unheard)
}

// unheard takes what nobody waits for.
func unheard(trace.Found) {}

// FindEarly is Find, and tells what it has so far: when the first source has
// answered, and as the traces become complete. What it tells names the sources
// that are still being asked, and is the caller's own. It tells one after the
// other, and nothing after it has returned.
func FindEarly(ctx context.Context, q trace.Query, src Sources, early func(trace.Found)) (trace.Found, error) {
	found, err := search(ctx, q, src, early)
	if err != nil {
		return found, err
	}
	f := finder{q: q, src: src, found: found, early: early}
	f.complete(ctx)
	if len(f.found.Traces) > 0 || f.found.Untraced > 0 {
		return f.found, nil
	}
	if len(f.found.Gaps) > 0 {
		return f.found, fmt.Errorf("nothing was found, but %s: %w", f.found.Gaps[0], ErrNothing)
	}
	if f.found.More {
		return f.found, fmt.Errorf("none of the newest %d traces whose logs match has a span that does, and older ones were not looked at: %w", f.other, ErrNothing)
	}
	return f.found, fmt.Errorf("a trace that matches was %w in %s", trace.ErrNotFound, src.names())
}

func (s Sources) names() string {
	if s.LogsName == s.SpansName {
		return s.SpansName
	}
	return s.SpansName + " and " + s.LogsName
}

// A half is what one source has answered to a search; asking while it has not.
type half struct {
	found  trace.Found
	err    error
	asking bool
}

// search asks both sources, for one trace more than the limit, so that it is
// known whether there are more.
func search(ctx context.Context, q trace.Query, src Sources, early func(trace.Found)) (trace.Found, error) {
	limit, ofLogs := q.Limit, q
	if q.Limit > 0 {
		q.Limit++
		ofLogs.Limit = q.Limit
		if asksOfSpans(&q) {
			ofLogs.Limit = max(q.Limit, mostSifted) // few of them may remain
		}
	}
	spans, logs := half{asking: true}, half{asking: len(q.Conditions) > 0}
	answered := make(chan func(), 2)
	ask := func(of *half, find func(context.Context, trace.Query) (trace.Found, error), q trace.Query) {
		found, err := find(ctx, q)
		answered <- func() { *of = half{found: found, err: err} }
	}
	go ask(&spans, src.Spans.FindSpans, q)
	if logs.asking {
		go ask(&logs, src.Logs.FindLogs, ofLogs)
	}
	for spans.asking || logs.asking {
		(<-answered)()
		if spans.asking != logs.asking {
			early(soFar(halves(&spans, &logs, ofLogs.Limit, src), 0, &q, limit))
		}
	}
	found := halves(&spans, &logs, ofLogs.Limit, src)
	if len(found.Traces) == 0 && found.Untraced == 0 && (spans.err != nil || logs.err != nil) {
		found.Gaps = append(incomplete(spans.found.Gaps, src.SpansName), incomplete(logs.found.Gaps, src.LogsName)...)
		return found, failure(spans.err, logs.err, src)
	}
	return found, nil
}

// halves is what the sources have found so far. Logs that reach their limit may
// be of more traces.
func halves(spans, logs *half, mostLogs int, src Sources) trace.Found {
	found := trace.Found{
		Traces:   join(spans.found.Traces, logs.found.Traces),
		More:     spans.found.More || logs.found.More || mostLogs > 0 && len(logs.found.Traces) >= mostLogs,
		Untraced: logs.found.Untraced, Searched: logs.found.Searched, Warnings: slices.Concat(spans.found.Warnings, logs.found.Warnings),
		Gaps: append(incomplete(spans.found.Gaps, src.SpansName), incomplete(logs.found.Gaps, src.LogsName)...),
	}
	found.AddGap(src.SpansName, spans.err)
	found.AddGap(src.LogsName, logs.err)
	if spans.asking {
		found.Asking = append(found.Asking, src.SpansName)
	}
	if logs.asking {
		found.Asking = append(found.Asking, src.LogsName)
	}
	return found
}

// soFar is a copy of what is known while more is being asked for, of which so
// many traces are complete: without those that may turn out not to match, and
// without more than were asked for.
func soFar(found trace.Found, complete int, q *trace.Query, limit int) trace.Found {
	all := found.Traces
	found.Traces = make([]trace.Summary, 0, len(all))
	for i, s := range all {
		switch {
		case !s.BySpans && i >= complete && asksOfSpans(q):
		case limit > 0 && len(found.Traces) == limit:
			found.More = true
		default:
			if i >= complete {
				s.Uncounted, s.Unasked = true, !s.BySpans
			}
			found.Traces = append(found.Traces, s)
		}
	}
	found.Gaps, found.Warnings = slices.Clone(found.Gaps), slices.Clone(found.Warnings)
	return found
}

func failure(spanErr, logErr error, src Sources) error {
	switch {
	case spanErr != nil && logErr != nil && src.SpansName != src.LogsName:
		return fmt.Errorf("no source answered: %w; %w", spanErr, logErr)
	case spanErr != nil && logErr == nil && src.SpansName != src.LogsName:
		return fmt.Errorf("no logs match in %s, and the spans are unknown: %w", src.LogsName, spanErr)
	case spanErr == nil:
		return fmt.Errorf("no spans match in %s, and the logs are unknown: %w", src.SpansName, logErr)
	}
	return spanErr
}

// join makes one list of what the two sources found, the newest first. What
// spans tell of a trace outranks what the matching logs do. A log that keeps
// the low half of its trace's ID only belongs to the trace that ends so.
func join(spans, logs []trace.Summary) []trace.Summary {
	at := make(map[trace.ID]int, len(spans))
	low := make(map[uint64]int, len(spans))
	list := make([]trace.Summary, 0, len(spans)+len(logs))
	add := func(s trace.Summary) {
		at[s.ID] = len(list)
		if s.ID.IsTrace() && s.ID.Hi != 0 {
			low[s.ID.Lo] = len(list)
		}
		list = append(list, s)
	}
	for _, s := range spans {
		add(s)
	}
	for _, halves := range [...]bool{false, true} { // whole IDs first
		for _, l := range logs {
			if half := l.ID.IsTrace() && l.ID.Hi == 0; half != halves {
				continue
			}
			i, ok := at[l.ID]
			if !ok && halves {
				i, ok = low[l.ID.Lo]
			}
			if !ok {
				add(l)
				continue
			}
			list[i].ByLogs = true
		}
	}
	trace.Newest(list)
	return list
}

// A finder completes what a search found, until there are enough traces.
type finder struct {
	q     trace.Query
	src   Sources
	found trace.Found
	early func(trace.Found)

	mu     sync.Mutex
	said   map[string]bool // gaps of single traces, each told once
	unsaid int             // those that were too many to tell
	other  int             // traces that only their logs had matched
}

// complete fills in what the search did not tell: the spans of the traces that
// were found by their logs, and how many logs each trace has. A trace whose
// spans turn out not to match is left out.
func (f *finder) complete(ctx context.Context) {
	all := f.found.Traces
	kept := make([]trace.Summary, 0, len(all))
	f.said = make(map[string]bool)
	for next := sideBySide; len(all) > 0 && !f.enough(len(kept)); {
		if len(kept) >= next {
			f.tell(kept, all)
			next += max(sideBySide, next/4) // of very many traces not each batch is worth a copy of all
		}
		batch := all[:min(len(all), sideBySide)]
		all = all[len(batch):]
		fits := make([]bool, len(batch))
		var wg sync.WaitGroup
		for i := range batch {
			wg.Go(func() { fits[i] = f.completeOne(ctx, &batch[i]) })
		}
		wg.Wait()
		for i := range batch {
			switch {
			case !fits[i]:
			case f.enough(len(kept)):
				f.found.More = true
			default:
				kept = append(kept, batch[i])
			}
		}
	}
	f.found.More = f.found.More || len(all) > 0
	trace.Newest(kept)
	f.found.Traces = kept
	if f.unsaid > 0 {
		f.found.AddGap(f.src.names(), fmt.Errorf("%d more reasons why single traces could not be completed", f.unsaid))
		f.found.Gaps[len(f.found.Gaps)-1].Partial = true
	}
	if f.other > 0 {
		f.found.Warnings = append(f.found.Warnings, fmt.Sprintf("%d traces whose logs match have no span that does, and are left out", f.other))
	}
}

// tell tells what is complete, and what is not yet.
func (f *finder) tell(kept, rest []trace.Summary) {
	found := f.found
	found.Asking = []string{f.src.LogsName}
	found.Traces = slices.Concat(kept, rest)
	f.early(soFar(found, len(kept), &f.q, f.q.Limit))
}

func (f *finder) enough(n int) bool { return f.q.Limit > 0 && n >= f.q.Limit }

// completeOne reports whether the trace matches after all.
func (f *finder) completeOne(ctx context.Context, s *trace.Summary) bool {
	if !s.BySpans && s.ID.IsTrace() && !f.addSpans(ctx, s) {
		return false
	}
	tally, err := f.src.Logs.Tally(ctx, s.ID)
	if err != nil {
		f.lack(f.src.LogsName, "the logs of single traces could not be counted", err)
		s.Logs, s.ErrorLogs, s.Uncounted = 0, 0, true
		return true
	}
	s.Logs, s.ErrorLogs, s.AtLeast = tally.Logs, tally.ErrorLogs, tally.AtLeast
	s.Services = both(s.Services, tally.Services)
	if s.Spans == 0 && tally.Start != trace.NoTime {
		s.Start, s.End = tally.Start, tally.End
	}
	return true
}

// addSpans gathers the spans of a trace that was found by its logs.
func (f *finder) addSpans(ctx context.Context, s *trace.Summary) bool {
	at := trace.Window{}
	if s.Start > 0 {
		at = trace.Window{From: s.Start, Until: s.End}
	}
	ev, err := f.src.Spans.Spans(ctx, s.ID, at)
	unknown := err != nil && !errors.Is(err, trace.ErrNotFound)
	if unknown {
		f.lack(f.src.SpansName, "the spans of single traces could not be had", err)
		s.Unasked = len(ev.Spans) == 0
	}
	switch {
	case asksOfSpans(&f.q) && !unknown && !f.spansFit(ev.Spans):
		f.mu.Lock()
		f.other++
		f.mu.Unlock()
		return false
	case len(ev.Spans) == 0:
		return true
	}
	var sum trace.Summaries
	sum.AddSpans(ev.Spans)
	full := *sum.Of(s.ID)
	full.ByLogs, full.Services = s.ByLogs, both(full.Services, s.Services)
	*s = full
	return true
}

// asksOfSpans reports whether the query asks for what logs cannot tell.
func asksOfSpans(q *trace.Query) bool {
	return q.Operation != "" || q.MinDuration > 0 || q.MaxDuration > 0
}

// spansFit reports whether a span fulfils what the query asks for beside the
// conditions, which the logs fulfil.
func (f *finder) spansFit(spans []trace.Span) bool {
	q := f.q
	q.Conditions, q.Window = nil, trace.Window{}
	return slices.ContainsFunc(spans, func(s trace.Span) bool { return q.Matches(&s) })
}

// lack records what single traces lack, each reason once. What kept the source
// from searching at all was told before.
func (f *finder) lack(source, what string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.said[source+err.Error()] || known(f.found.Gaps, source, err) {
		return
	}
	f.said[source+err.Error()] = true
	if len(f.said) > mostSaid && !errors.Is(err, trace.ErrRefused) {
		f.unsaid++
		return
	}
	f.found.AddGap(source, fmt.Errorf("%s: %w", what, err))
	f.found.Gaps[len(f.found.Gaps)-1].Partial = true
}

// known reports whether the gaps tell of an error already.
func known(gaps []trace.Gap, source string, err error) bool {
	reason := strings.TrimPrefix(err.Error(), source+": ")
	return slices.ContainsFunc(gaps, func(g trace.Gap) bool { return g.Source == source && g.Reason == reason })
}

// both is two sorted lists as one.
func both(a, b []string) []string {
	list := slices.Concat(a, b)
	slices.Sort(list)
	return slices.Compact(list)
}
