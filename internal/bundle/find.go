package bundle

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// FindSpans returns the traces of which a span fulfils the query, each as the
// whole of its spans.
func (b *Bundle) FindSpans(ctx context.Context, q trace.Query) (trace.Found, error) {
	var all, matching trace.Summaries
	var ev trace.Evidence
	b.saved(&ev, true)
	err := b.eachSpans(ctx, &ev, nil, func(spans []trace.Span) {
		all.AddSpans(spans)
		for i := range spans {
			if spans[i].Trace.IsTrace() && q.Matches(&spans[i]) {
				matching.Of(spans[i].Trace)
			}
		}
	})
	if err != nil {
		return trace.Found{}, err
	}
	for _, m := range matching.List() {
		all.Of(m.ID).BySpans = true
	}
	found := foundIn(&ev)
	for _, s := range all.List() {
		if s.BySpans {
			found.Traces = append(found.Traces, s)
		}
	}
	found.Traces = newest(found.Traces, q.Limit)
	return found, nil
}

// FindLogs returns the traces whose logs fulfil all of the query's conditions,
// in its window and of its service, and counts those logs. Operations and
// durations are none of a log's, so that a query without a condition finds
// nothing.
func (b *Bundle) FindLogs(ctx context.Context, q trace.Query) (trace.Found, error) {
	if len(q.Conditions) == 0 {
		return trace.Found{}, nil
	}
	var ev trace.Evidence
	var sums trace.Summaries
	untraced, seen := 0, docSet{}
	parser := b.using(logdoc.NewFilterParser(logdoc.NewFilter(q.Conditions, q.Service)))
	parser.WantTrace(true)
	err := b.eachLog(ctx, &ev, parser, func(l *trace.Log, _ []byte) {
		if !q.Window.IsZero() && (l.Time == trace.NoTime || !q.Window.Holds(l.Time)) || !seen.first(l) {
			return
		}
		id, ok := parser.TraceID()
		if !ok {
			untraced++
			return
		}
		sums.AddLog(id, l)
		sums.Of(id).ByLogs = true
	})
	found := foundIn(&ev)
	found.Traces, found.Untraced = newest(sums.List(), q.Limit), untraced
	return found, err
}

// Tally counts the logs of a trace.
func (b *Bundle) Tally(ctx context.Context, id trace.ID) (trace.Summary, error) {
	if err := b.index.build(ctx, b.files); err != nil {
		return trace.Summary{ID: id}, fmt.Errorf("bundle: %w", err)
	}
	var ev trace.Evidence
	var sums trace.Summaries
	seen := docSet{}
	count := func(l *trace.Log, _ []byte) {
		if seen.first(l) {
			sums.AddLog(id, l)
		}
	}
	refs, ok := b.index.linesOf(id)
	if !ok {
		err := b.eachLog(ctx, &ev, b.parserOf(id), count)
		return *sums.Of(id), err
	}
	err := b.eachLineOf(ctx, refs, b.parserOf(id), count)
	return *sums.Of(id), err
}

// eachLineOf hands on the logs of single lines that the parser takes, each once.
func (b *Bundle) eachLineOf(ctx context.Context, refs []lineRef, parser *logdoc.Parser, take func(*trace.Log, []byte)) error {
	slices.SortFunc(refs, func(x, y lineRef) int { return cmp.Or(cmp.Compare(x.file, y.file), cmp.Compare(x.offset, y.offset)) })
	r := lineReader{b: b}
	defer r.close()
	for _, ref := range slices.Compact(refs) {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := r.line(ref)
		if err != nil {
			return err
		}
		if l, ok := parser.ParseLine(withoutMark(line)); ok {
			take(&l, line)
		}
	}
	return nil
}

// A lineReader reads single lines. Those of one file are best asked for one
// after the other.
type lineReader struct {
	b   *Bundle
	f   *os.File
	buf []byte
}

// line is good until the next one.
func (r *lineReader) line(ref lineRef) ([]byte, error) {
	if path := r.b.files[ref.file].path; r.f == nil || r.f.Name() != path {
		r.close()
		var err error
		if r.f, err = os.Open(path); err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
	}
	r.buf = slices.Grow(r.buf[:0], int(ref.length))[:ref.length]
	if _, err := r.f.ReadAt(r.buf, ref.offset); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return r.buf, nil
}

func (r *lineReader) close() { r.f.Close() } // nil closes without harm

// foundIn is an answer with what is known to be missing.
func foundIn(ev *trace.Evidence) trace.Found {
	return trace.Found{Gaps: ev.Gaps, Warnings: ev.Warnings, Searched: ev.Searched}
}

// newest is the first so many traces, all of them when there is no limit.
func newest(traces []trace.Summary, limit int) []trace.Summary {
	if limit > 0 && len(traces) > limit {
		return traces[:limit]
	}
	return traces
}
