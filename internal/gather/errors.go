package gather

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// FailingSpans is what triage needs of a trace backend. EachTrace hands over
// the whole traces that match, the newest first, each trace's spans together;
// they are the caller's only until each returns, and calls come one at a time.
type FailingSpans interface {
	EachTrace(ctx context.Context, q trace.Query, each func(spans []trace.Span)) (trace.Taken, error)
}

// ErrorLogs is what triage needs of a log backend. EachErrorLog hands over the
// error logs that match, or a random sample when there are more than the limit;
// they are the caller's only until each returns, and calls come one at a time.
// CountErrorLogs counts what is not handed over, wherever the logs are; its
// edges are in order.
type ErrorLogs interface {
	EachErrorLog(ctx context.Context, q trace.ErrorQuery, each func(l *trace.ErrorLog)) (trace.Taken, error)
	CountErrorLogs(ctx context.Context, q trace.ErrorQuery, patterns []trace.Pattern, edges []int64) (trace.ErrorCounts, error)
}

// An Analysis takes what is gathered. It is used by several goroutines.
// Patterns tells how to count the logs that it has been given, and SetCounts
// what was counted. Cover tells which share of a slot's failing traces, and of
// its error logs, was read; it is 1 where nothing is said.
type Analysis interface {
	AddTrace(spans []trace.Span)
	AddLog(l *trace.ErrorLog)
	Patterns() []trace.Pattern
	SetCounts(patterns []trace.Pattern, counts trace.ErrorCounts)
	Cover(slot int, spans, logs float64)
}

// An ErrorPlan says which errors to look at, and how many.
type ErrorPlan struct {
	Service   string // "" is any
	Operation string // of a failing span; "" is any
	Edges     []int64
	Slices    int // slots of the baseline, which come first; the others are the window's
	// All says that the window is all that the sources hold, also what has no
	// time. There is no baseline then.
	All bool
	// MostTraces is about how many failing traces of the window are read, and
	// of the baseline; MostLogs how many error logs, before they are sampled.
	// Zero is no limit.
	MostTraces, MostLogs int
	// Patience is about how long the failing traces of the window, and those of
	// the baseline, are read; what is left out then is said. Zero is no limit.
	Patience time.Duration
}

// window is the stretch of time from one slot to before another.
func (p *ErrorPlan) window(first, last int) trace.Window {
	return trace.Window{From: p.Edges[first], Until: p.Edges[last] - 1}
}

func (p *ErrorPlan) slots() int { return len(p.Edges) - 1 }

// slot is the slot of a moment, the nearest for one outside.
func (p *ErrorPlan) slot(t int64) int {
	i, found := slices.BinarySearch(p.Edges, t)
	if !found {
		i--
	}
	return min(max(i, 0), p.slots()-1)
}

// Errors is what was read of the window, and what it lacks.
type Errors struct {
	Traces      int  // failing ones that were read
	TracesCut   bool // there are more: each slot's newest were read
	Logs        int  // error logs that were read
	AllLogs     int64
	LogsSampled bool // a random sample was read, and counts are the source's own
	Gaps        []trace.Gap
	Warnings    []string
	Searched    trace.Searched
}

// TriageErrors asks both sources side by side for what failed, and hands it to
// an analysis: the window first, then the baseline. windowRead is called in
// between with what is known by then, when the window's errors of both sources
// are; it may be nil.
// TriageErrors fails when no source answered; when the context ends it tells
// what there is so far together with the context's error.
func TriageErrors(ctx context.Context, plan ErrorPlan, src Sources, into Analysis, windowRead func(Errors)) (Errors, error) {
	t := newTriaging(plan, src, into, windowRead)
	var spanErr, logErr error
	var wg sync.WaitGroup
	wg.Go(func() { spanErr = t.spans(ctx) })
	wg.Go(func() { logErr = t.logs(ctx) })
	wg.Wait()
	if errors.Is(ctx.Err(), context.Canceled) {
		t.gap(src.SpansName, spanErr, t.found.Traces > 0)
		t.gap(src.LogsName, logErr, t.found.Logs > 0)
		return t.found, ctx.Err()
	}
	if spanErr != nil && logErr != nil && t.found.Traces == 0 && t.found.Logs == 0 {
		if src.SpansName == src.LogsName {
			return t.found, spanErr
		}
		return t.found, fmt.Errorf("no source answered: %w; %w", spanErr, logErr)
	}
	t.gap(src.SpansName, spanErr, t.found.Traces > 0)
	t.gap(src.LogsName, logErr, t.found.Logs > 0)
	return t.found, nil
}

// A triaging is one TriageErrors at work.
type triaging struct {
	plan       ErrorPlan
	src        Sources
	into       Analysis
	windowRead func(Errors)
	waiting    atomic.Int32   // windows that are not read yet
	failures   []atomic.Int64 // failing traces by slot

	mu    sync.Mutex
	read  []share // by slot
	found Errors
}

// A share is how much of a slot was read of each source, from 0 to 1.
type share struct{ spans, logs float64 }

func newTriaging(plan ErrorPlan, src Sources, into Analysis, windowRead func(Errors)) *triaging {
	t := &triaging{plan: plan, src: src, into: into, windowRead: windowRead}
	t.failures, t.read = make([]atomic.Int64, plan.slots()), make([]share, plan.slots())
	for i := range t.read {
		t.read[i] = share{1, 1}
	}
	t.waiting.Store(2)
	return t
}

// half tells that one source's window is read.
func (t *triaging) half() {
	if t.waiting.Add(-1) > 0 || t.windowRead == nil {
		return
	}
	t.mu.Lock()
	soFar := t.found
	soFar.Gaps, soFar.Warnings = slices.Clone(soFar.Gaps), slices.Clone(soFar.Warnings)
	t.mu.Unlock()
	t.windowRead(soFar)
}

// coverSpans tells the analysis which share of a slot's failing traces was
// read, and coverLogs which of its error logs.
func (t *triaging) coverSpans(slot int, is float64) { t.cover(slot, func(s *share) { s.spans = is }) }

func (t *triaging) coverLogs(slot int, is float64) { t.cover(slot, func(s *share) { s.logs = is }) }

func (t *triaging) cover(slot int, set func(*share)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	set(&t.read[slot])
	t.into.Cover(slot, t.read[slot].spans, t.read[slot].logs)
}

// gap records what a source lacks; partial when some of it came.
func (t *triaging) gap(source string, err error, partial bool) {
	if err == nil {
		return
	}
	if errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	var ev trace.Evidence
	ev.AddGap(source, err)
	ev.Gaps[0].Partial = partial
	t.mu.Lock()
	defer t.mu.Unlock()
	t.note(ev.Gaps, nil)
}

// errInterrupted is why a source was not heard to its end.
var errInterrupted = errors.New("interrupted")

// note adds gaps and warnings, each once.
func (t *triaging) note(gaps []trace.Gap, warnings []string) {
	for _, g := range gaps {
		if !slices.Contains(t.found.Gaps, g) {
			t.found.Gaps = append(t.found.Gaps, g)
		}
	}
	for _, w := range warnings {
		if !slices.Contains(t.found.Warnings, w) {
			t.found.Warnings = append(t.found.Warnings, w)
		}
	}
}

// take notes what came with an answer.
func (t *triaging) take(taken *trace.Taken, source string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.note(incomplete(taken.Gaps, source), taken.Warnings)
	t.found.Searched.Indices = both(t.found.Searched.Indices, taken.Searched.Indices)
	t.found.Searched.Fields = both(t.found.Searched.Fields, taken.Searched.Fields)
}

// withoutBaseline tells that what a source has of the baseline is not known,
// though its window was read.
func (t *triaging) withoutBaseline(source string, err error, cover func(slot int, is float64)) {
	if err == nil {
		return
	}
	t.uncovered(cover)
	if errors.Is(err, context.Canceled) {
		err = errInterrupted
	}
	t.gap(source, fmt.Errorf("what was usual before is not known: %w", err), true)
}

// uncovered tells that nothing of the baseline is known of a source.
func (t *triaging) uncovered(cover func(slot int, is float64)) {
	for i := range t.plan.Slices {
		cover(i, 0)
	}
}
