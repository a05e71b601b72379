package bundle

import (
	"context"
	"fmt"
	"slices"

	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// How much is collected at a time: the files need not have a trace's spans
// side by side.
const (
	batchSpans  = 100_000
	batchTraces = 64 // at least, where some may turn out not to match
)

// EachTrace hands over the spans of each trace of which a span fulfils the
// query, the newest first, by that span. Calls of each come one at a time.
func (b *Bundle) EachTrace(ctx context.Context, q trace.Query, each func(spans []trace.Span)) (trace.Taken, error) {
	if err := b.spans.build(ctx, b); err != nil {
		return trace.Taken{Total: -1, More: true, Since: q.Window.Until}, err
	}
	taken := trace.Taken{Total: -1, More: true, Gaps: slices.Clone(b.spans.ev.Gaps), Warnings: slices.Clone(b.spans.ev.Warnings)}
	list := b.spans.candidates(&q)
	if !slices.ContainsFunc(list, func(c candidate) bool { return !c.sure }) {
		taken.Total = int64(len(list))
	}
	for len(list) > 0 && (q.Limit <= 0 || taken.Handed < q.Limit) {
		taken.Since = list[0].at + 1
		batch := b.spans.batch(list, q.Limit-taken.Handed)
		handed, done, err := b.handOver(ctx, &q, batch, q.Limit-taken.Handed, each)
		taken.Handed += handed
		if list = list[done:]; err != nil {
			if done > 0 && len(list) > 0 {
				taken.Since = list[0].at + 1
			}
			return taken, err
		}
	}
	if len(list) > 0 {
		taken.Since = list[0].at + 1
		return taken, nil
	}
	taken.More, taken.Since, taken.Total = false, q.Window.From, int64(taken.Handed)
	return taken, nil
}

// batch is the first candidates, as many as are collected at a time.
func (x *spanIndex) batch(list []candidate, limit int) []candidate {
	spans := 0
	for i, c := range list {
		if spans += x.traces[c.trace].spans; i > 0 && spans > batchSpans {
			return list[:i]
		}
		if limit > 0 && i >= limit && (c.sure || i >= batchTraces) {
			return list[:i]
		}
	}
	return list
}

// handOver collects the candidates' spans and hands over those that match, and
// says how many of the candidates it went through.
func (b *Bundle) handOver(ctx context.Context, q *trace.Query, batch []candidate, limit int, each func([]trace.Span)) (handed, done int, err error) {
	spans, err := b.collect(ctx, batch)
	if err != nil {
		return 0, 0, err
	}
	for i, c := range batch {
		if err := ctx.Err(); err != nil {
			return handed, i, fmt.Errorf("bundle: %w", err)
		}
		if limit > 0 && handed == limit {
			return handed, i, nil
		}
		own := trace.Unique(spans[b.spans.traces[c.trace].id])
		if slices.ContainsFunc(own, func(s trace.Span) bool { return q.Matches(&s) }) {
			each(own)
			handed++
		}
		delete(spans, b.spans.traces[c.trace].id)
	}
	return handed, len(batch), nil
}

// collect reads the spans of the traces, from their lines alone.
func (b *Bundle) collect(ctx context.Context, batch []candidate) (map[trace.ID][]trace.Span, error) {
	wanted := make(map[trace.ID][]trace.Span, len(batch))
	for _, c := range batch {
		t := &b.spans.traces[c.trace]
		wanted[t.id] = make([]trace.Span, 0, t.spans)
	}
	take := func(spans []trace.Span) {
		adjusted.Undo(spans)
		for i := range spans {
			if list, ok := wanted[spans[i].Trace]; ok {
				wanted[spans[i].Trace] = append(list, spans[i])
			}
		}
	}
	return wanted, b.readLines(ctx, b.spans.linesOf(batch), take)
}

// readLines decodes lines, which stand in their order, or whole files. What
// cannot be read was told when the index was built.
func (b *Bundle) readLines(ctx context.Context, refs []lineRef, take func([]trace.Span)) error {
	r := lineReader{b: b}
	defer r.close()
	for _, ref := range refs {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		if ref.length == 0 {
			if err := b.readWhole(ctx, b.files[ref.file], take); err != nil {
				return fmt.Errorf("bundle: %w", err)
			}
			continue
		}
		line, err := r.line(ref)
		if err != nil {
			return err
		}
		spans, _ := appendLineOf(nil, line)
		take(spans)
	}
	return nil
}

func (b *Bundle) readWhole(ctx context.Context, f file, take func([]trace.Span)) error {
	var told trace.Evidence
	if f.kind == kindJaeger {
		return jaegerFile(ctx, f, &told, take)
	}
	return spreadFile(f, &told, take)
}
