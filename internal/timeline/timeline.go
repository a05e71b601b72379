// Package timeline turns evidence into the rows that every output draws.
//
// Build decides everything once: which span nests under which, where each log
// and span event belongs, what moment each happened at once its clock is
// corrected, and what is odd about it. Trees, tables, JSON and the TUI draw
// the same rows and decide nothing again.
//
// Build cannot fail and drops nothing. A span whose parent never arrived hangs
// under a row that stands for the missing parent; a cycle is broken where it
// starts; a log that names no span hangs on the span of its service that
// covered its moment. Each such row is marked. Nothing recurses over spans:
// chains 70,000 deep are real.
package timeline

import (
	"math"
	"slices"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/trace"
)

// A Timeline is one ID's evidence in the order in which it happened.
type Timeline struct {
	ID       trace.ID
	Rows     []Row // in pre-order: what belongs to a row follows it directly
	Start    int64 // the earliest corrected time, nanoseconds since the epoch; trace.NoTime when no row has any
	Duration int64 // from Start to the latest corrected end, nanoseconds
	Services []string
	Clocks   []skew.Clock
	Mode     skew.Mode // how the clocks were put
	Counts   Counts
	Hidden   Hidden
	Folded   int       // how many rows stand for several
	Silences []Silence // in the order of the rows
	NoTrace  bool
	Gaps     []trace.Gap
	Warnings []string
	Searched trace.Searched
	Linked   []trace.LinkedTrace // the other traces whose rows are among these
	Waits    []Share             // what the root waited for: its critical path by service, longest first

	clocks *skew.Clocks
	errors []int32 // the rows that tell of errors, of the whole
	root   *Row    // of the whole, where rows are left out
	whole  []Row   // where rows are left out
}

// Counts are the records behind the rows.
type Counts struct {
	Spans, Events, Logs   int
	ErrorSpans, ErrorLogs int
	Merged                int // span events that are shown as the log that repeats them
}

// Hidden counts what filters left out of the rows.
type Hidden struct{ Spans, Logs, Events int }

// Kind says what a row is.
type Kind uint8

// The kinds of row. A Missing row stands for a span that others name as their
// parent and that no source returned.
const (
	KindLog Kind = iota
	KindEvent
	KindMissing
	KindSpan
	KindFold // stands for several; only Timeline.Fold makes it
)

// Attached says how a log found its place.
type Attached uint8

// How sure a log's place is.
const (
	AttachedSpan    Attached = iota // it names the span
	AttachedService                 // the span of its service that covered its moment
	AttachedNone                    // no span fits
)

// String returns the word that JSON uses.
func (a Attached) String() string {
	return [...]string{"span", "service", "none"}[a]
}

// A Row is one line: a span, an event or a log under the span it belongs to,
// or a span that is missing. Rows are plain data and point into the Evidence.
type Row struct {
	Kind     Kind
	Attached Attached // logs only
	Critical bool     // on the critical path: a span, or what it said
	Marks    Marks
	Depth    int32
	Subtree  int32 // rows beneath this one
	Parent   int32 // index of the row above, -1 at depth 0

	Time     int64 // corrected; trace.NoTime when there is none
	Observed int64
	Offset   int64 // what was added: Time - Observed
	Self     int64 // spans only: the time no child span covers, nanoseconds
	Awaited  int64 // the part of Self that is on the critical path

	Clock   *skew.Clock  // nil when unknown
	Span    *trace.Span  // the span itself; for logs and events the span they are in, or nil
	Event   *trace.Event // KindEvent only
	Log     *trace.Log   // of a log only
	Missing trace.SpanID // KindMissing only
	Fold    *Fold        // KindFold only; the rest of the row is its first one's
}

// Service returns the service that the row's record came from.
func (r *Row) Service() string {
	switch {
	case r.Log != nil && (r.Log.Origin.Service != "" || r.Span == nil):
		return r.Log.Origin.Service
	case r.Span != nil:
		return r.Span.Resource.Service
	}
	return ""
}

// Trace returns the trace that the row belongs to, the zero ID where the
// record does not tell.
func (r *Row) Trace() trace.ID {
	switch {
	case r.Log != nil && r.Log.Trace != nil:
		return *r.Log.Trace
	case r.Span != nil:
		return r.Span.Trace
	}
	return trace.ID{}
}

// End returns a span row's corrected end, a fold's last one, any other row's
// time.
func (r *Row) End() int64 {
	switch r.Kind {
	case KindSpan:
	case KindFold:
		return r.Fold.End
	default:
		return r.Time
	}
	return saturate(r.Time, r.Span.Duration)
}

// IsError reports whether the row itself tells of an error.
func (r *Row) IsError() bool {
	switch r.Kind {
	case KindSpan:
		return r.Span.Status == trace.StatusError
	case KindLog:
		return r.Log.Level >= trace.LevelError
	case KindEvent:
		return r.Event.Name == "exception"
	case KindFold:
		return r.Fold.Failed > 0
	}
	return false
}

// Build merges the evidence into rows, with the clocks corrected as Estimate
// found them.
func Build(ev *trace.Evidence, clocks *skew.Clocks) *Timeline {
	return read(ev).build(clocks)
}

// Of estimates the clocks as the mode says and builds the timeline. What belongs
// to what is found while clocks are estimated: neither needs the other.
func Of(ev *trace.Evidence, mode skew.Mode) *Timeline {
	estimated := make(chan *skew.Clocks, 1)
	go func() { estimated <- mode.Estimate(ev.Spans, ev.Logs) }()
	b := read(ev)
	return b.build(<-estimated)
}

// read finds what can be known of the records' places before their clocks are:
// all but what their order decides.
func read(ev *trace.Evidence) *builder {
	b := &builder{ev: ev, services: newNames()}
	b.placeSpans()
	b.placeEvents()
	b.placeLogs()
	if len(b.shared) == 0 { // else the order of those that share an ID is needed
		b.link()
	}
	return b
}

// link finds what belongs to what by IDs.
func (b *builder) link() {
	b.linkSpans()
	b.attachLogs()
}

func (b *builder) build(clocks *skew.Clocks) *Timeline {
	ev := b.ev
	b.clocks = clocks
	b.correct()
	if len(b.shared) > 0 {
		b.orderSameID()
		b.link()
	}
	b.timeMissing()
	b.cutCycles()
	b.attachByMoment()
	b.mergeEvents()
	b.nameZones()
	b.markFar()
	axis := b.extent()
	tl := &Timeline{
		ID: ev.ID, Start: axis.start, Duration: axis.length, Rows: b.rows(b.children()), Services: b.services.order, Counts: b.counts,
		Clocks: clocks.All(), Mode: clocks.Mode(), NoTrace: ev.NoTrace,
		Gaps: ev.Gaps, Warnings: append(slices.Clip(ev.Warnings), b.warnings...), Searched: ev.Searched, Linked: ev.Linked,
		clocks: clocks,
	}
	tl.errors = b.errors
	tl.mark()
	return tl
}

// mark tells what is odd about rows, and which were waited for.
func (tl *Timeline) mark() {
	undecided := make(chan []int32, 1)
	go func() { undecided <- tl.undecided() }()
	tl.markCritical()
	tl.findSilences()
	for _, i := range <-undecided {
		tl.Rows[i].Marks |= MarkUndecided
	}
	tl.markOrigins()
}

// Whole returns all rows, also those that were filtered or folded away.
func (tl *Timeline) Whole() []Row {
	if tl.whole != nil {
		return tl.whole
	}
	return tl.Rows
}

// saturate adds without overflow: corrected times of the years 1677 and 2262
// stay at the edge instead of changing sides.
func saturate(t, d int64) int64 {
	sum := t + d
	switch {
	case d > 0 && sum < t:
		return math.MaxInt64
	case d < 0 && sum > t, sum == trace.NoTime && t != trace.NoTime:
		return trace.NoTime + 1
	}
	return sum
}
