package gather

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// How far links are followed. A business ID that more traces share than
// mostShared names no single case, as a tenant's or a shop's does.
const (
	mostLinked   = 50                   // traces beside the first
	mostShared   = 20                   // traces that one business ID may lead to
	mostKeys     = 5                    // business IDs that are followed
	mostLookedAt = 200                  // traces whose links are read for one that points here
	around       = int64(6 * 3600e9)    // how far before and after the trace its business IDs are looked for
	pointing     = int64(15 * 60 * 1e9) // how far before and after the trace links to it are looked for
)

// Linked returns All's evidence together with that of the traces that belong
// to the same case: those that its spans link to, those that link to it, and
// those that share its business IDs. Evidence.Linked tells which and why. It
// fails as All does; a linked trace that cannot be had is a gap.
func Linked(ctx context.Context, id trace.ID, src Sources) (trace.Evidence, error) {
	ev, err := All(ctx, id, src)
	if err != nil {
		return ev, err
	}
	l := linker{src: src, ev: &ev, why: map[trace.ID]string{}}
	l.linksOf(ev.Spans)
	l.search(ctx)
	for i := range ev.Logs {
		ev.Logs[i].Trace = &id
	}
	l.gather(ctx)
	return ev, nil
}

// A linker collects the traces that belong to one.
type linker struct {
	src Sources
	ev  *trace.Evidence

	order []trace.ID
	why   map[trace.ID]string // the first reason counts
}

func (l *linker) add(id trace.ID, why string) {
	if id.IsZero() || id.Same(l.ev.ID) || l.why[id] != "" {
		return
	}
	l.why[id] = why
	l.order = append(l.order, id)
}

// linksOf adds the traces that spans link to.
func (l *linker) linksOf(spans []trace.Span) {
	for i := range spans {
		for _, link := range spans[i].Links {
			l.add(trace.ID{Hi: link.Trace.Hi, Lo: link.Trace.Lo}, "linked to by "+spans[i].Operation)
		}
	}
}

// search looks for the traces that link here, and for those that share a
// business ID. No backend can search by links: it reads those of the traces
// around.
func (l *linker) search(ctx context.Context) {
	at := trace.WindowOf(l.ev.Spans)
	if at.IsZero() {
		at = windowOf(l.ev.Logs)
	}
	keys := businessIDs(l.ev)
	if len(keys) > mostKeys {
		l.warn(fmt.Sprintf("traces with the same %s were not looked for: too many business IDs", names(keys[mostKeys:])))
		keys = keys[:mostKeys]
	}
	answers := make([]answer, 1+len(keys))
	var wg sync.WaitGroup
	if !l.ev.NoTrace && l.ev.ID.IsTrace() && !at.IsZero() {
		wg.Go(func() { answers[0] = l.pointing(ctx, at) })
	}
	for i, key := range keys {
		wg.Go(func() { answers[1+i] = l.sharing(ctx, key, at) })
	}
	wg.Wait()
	for i := range answers { // in this order, whoever came first
		l.take(&answers[i])
	}
}

// An answer is what one search found, for what reason, and what is not known
// where it lacks something.
type answer struct {
	found        trace.Found
	err          error
	why, unknown string
	followed     bool
}

// pointing looks for the traces that link here.
func (l *linker) pointing(ctx context.Context, at trace.Window) answer {
	q := trace.Query{LinksTo: l.ev.ID, Window: at.Padded(pointing), Limit: mostLinked, LookAt: mostLookedAt}
	ctx, cancel := halfOf(ctx)
	defer cancel()
	found, err := l.src.Spans.FindSpans(ctx, q)
	return answer{found, err, "links to this trace", "whether other traces link here is not known", true}
}

// halfOf leaves half of the time to what comes after.
func halfOf(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(deadline)/2)
}

// sharing looks for the traces that share a business ID. One that too many
// share is not followed.
func (l *linker) sharing(ctx context.Context, key trace.Condition, at trace.Window) answer {
	q := trace.Query{Conditions: []trace.Condition{key}, Window: at.Padded(around), Limit: mostShared}
	found, err := search(ctx, q, l.src, unheard)
	if err == nil && (found.More || len(found.Traces) > mostShared) {
		text := fmt.Sprintf("%s is shared by more than %d traces, and was not followed", key, mostShared)
		return answer{found: trace.Found{Warnings: []string{text}}}
	}
	return answer{found, err, "shares " + key.String(), "traces with the same " + key.Key + " are not known", true}
}

// take adds what a search found, and what it lacks.
func (l *linker) take(a *answer) {
	for i := range a.found.Traces {
		l.add(a.found.Traces[i].ID, a.why)
	}
	for _, w := range a.found.Warnings {
		if a.followed {
			w = "looking for what " + a.why + ": " + w
		}
		l.warn(w)
	}
	if a.err != nil && !errors.Is(a.err, trace.ErrNotFound) && !known(l.ev.Gaps, l.src.SpansName, a.err) {
		l.gap(trace.Gap{Source: l.src.SpansName, Reason: a.unknown + ": " + a.err.Error(), Refused: errors.Is(a.err, trace.ErrRefused)})
	}
	for _, g := range a.found.Gaps {
		g.Reason = a.unknown + ": " + g.Reason
		l.gap(g)
	}
}

// gap adds a gap once.
func (l *linker) gap(g trace.Gap) {
	g.Partial = true
	g.Source = cmp.Or(g.Source, l.src.SpansName)
	if !slices.Contains(l.ev.Gaps, g) {
		l.ev.Gaps = append(l.ev.Gaps, g)
	}
}

func (l *linker) warn(text string) {
	l.ev.Warnings = append(l.ev.Warnings, text)
}

// gather adds the evidence of the linked traces, in a fixed order.
func (l *linker) gather(ctx context.Context) {
	slices.SortStableFunc(l.order, func(a, b trace.ID) int { return cmp.Compare(a.String(), b.String()) })
	if n := len(l.order) - mostLinked; n > 0 {
		l.gap(trace.Gap{Reason: fmt.Sprintf("%d more linked traces were not gathered", n)})
		l.order = l.order[:mostLinked]
	}
	parts := make([]trace.Evidence, len(l.order))
	errs := make([]error, len(l.order))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(sideBySide, len(l.order)) {
		wg.Go(func() {
			for i := range next {
				parts[i], errs[i] = All(ctx, l.order[i], l.src)
			}
		})
	}
	for i := range l.order {
		next <- i
	}
	close(next)
	wg.Wait()
	for i, id := range l.order {
		l.merge(id, &parts[i], errs[i])
	}
	l.onlyOnce()
}

// merge adds one linked trace. One that no source knows any more is told, too.
func (l *linker) merge(id trace.ID, part *trace.Evidence, err error) {
	l.ev.Linked = append(l.ev.Linked, trace.LinkedTrace{ID: id, Why: l.why[id], Spans: len(part.Spans), Logs: len(part.Logs)})
	if err != nil && !errors.Is(err, trace.ErrNotFound) {
		l.gap(trace.Gap{Reason: "linked trace " + id.String() + ": " + err.Error(), Refused: errors.Is(err, trace.ErrRefused)})
	}
	for i := range part.Logs {
		part.Logs[i].Trace = &id
	}
	l.ev.Spans = append(l.ev.Spans, part.Spans...)
	l.ev.Logs = append(l.ev.Logs, part.Logs...)
	for _, g := range part.Gaps {
		l.gap(g)
	}
	for _, w := range part.Warnings {
		if !slices.Contains(l.ev.Warnings, w) {
			l.ev.Warnings = append(l.ev.Warnings, w)
		}
	}
}

// onlyOnce keeps a document that came with several traces where its span is,
// or with the first of them.
func (l *linker) onlyOnce() {
	type document struct{ index, id string }
	type place struct {
		hi, lo uint64
		span   trace.SpanID
	}
	spans := make(map[place]bool, len(l.ev.Spans))
	for i := range l.ev.Spans {
		s := &l.ev.Spans[i]
		spans[place{s.Trace.Hi, s.Trace.Lo, s.ID}] = true
	}
	homed := func(log *trace.Log) bool { return spans[place{log.Trace.Hi, log.Trace.Lo, log.Span}] }
	best := make(map[document]int, len(l.ev.Logs))
	for i := range l.ev.Logs {
		d := document{l.ev.Logs[i].Index, l.ev.Logs[i].DocID}
		if had, ok := best[d]; !ok || !homed(&l.ev.Logs[had]) && homed(&l.ev.Logs[i]) {
			best[d] = i
		}
	}
	kept := l.ev.Logs[:0]
	for i, log := range l.ev.Logs {
		if log.DocID == "" || best[document{log.Index, log.DocID}] == i {
			kept = append(kept, log)
		}
	}
	clear(l.ev.Logs[len(kept):])
	l.ev.Logs = kept
}

func names(keys []trace.Condition) string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = k.Key
	}
	return strings.Join(list, ", ")
}
