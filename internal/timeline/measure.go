package timeline

import (
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// measure fills in what depends on the rows as a whole: the timeline's extent,
// its services and counts, each span's own time, and the marks of what
// happened out of order.
func (tl *Timeline) measure() {
	tl.markFar()
	tl.extent()
	seen := map[string]bool{}
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if s := r.Service(); s != "" && !seen[s] {
			seen[s] = true
			tl.Services = append(tl.Services, s)
		}
		tl.count(r)
		if r.Kind == KindSpan {
			r.Self = tl.selfTime(i)
		}
		if r.Parent != none {
			r.Marks |= outOfOrder(r, &tl.Rows[r.Parent])
		}
	}
}

func (tl *Timeline) count(r *Row) {
	switch r.Kind {
	case KindSpan:
		tl.Counts.Spans++
		if r.IsError() {
			tl.Counts.ErrorSpans++
		}
	case KindLog:
		tl.Counts.Logs++
		if r.IsError() {
			tl.Counts.ErrorLogs++
		}
		if r.Marks.Has(MarkEvent) {
			tl.Counts.Merged++
		}
	case KindEvent:
		tl.Counts.Events++
	}
}

// farAway is how far from the middle of the trace a time may be before it is
// taken for a broken one: clocks that say 1970 must not stretch the axis.
const farAway = int64(30 * 24 * 3600 * 1e9)

func (tl *Timeline) markFar() {
	middle, ok := tl.middle()
	if !ok {
		return
	}
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if r.Time == trace.NoTime {
			continue
		}
		if d := saturate(r.Time, -middle); d > farAway || d < -farAway {
			r.Marks |= MarkFar
		}
	}
}

// middle returns the median time of the spans, of the logs where there are none.
func (tl *Timeline) middle() (int64, bool) {
	for _, kind := range [...]Kind{KindSpan, KindLog} {
		var times []int64
		for i := range tl.Rows {
			if r := &tl.Rows[i]; r.Kind == kind && r.Time != trace.NoTime {
				times = append(times, r.Time)
			}
		}
		if len(times) > 0 {
			slices.Sort(times)
			return times[len(times)/2], true
		}
	}
	return 0, false
}

// extent sets Start and Duration from the rows whose times can be believed.
func (tl *Timeline) extent() {
	first, last, any := int64(trace.NoTime), int64(trace.NoTime), false
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if r.Time == trace.NoTime || r.Marks.Has(MarkFar) || r.Kind == KindMissing {
			continue
		}
		end := r.End()
		if r.Marks.Has(MarkClamped) {
			end = r.Time
		}
		if !any || r.Time < first {
			first = r.Time
		}
		if !any || end > last {
			last = end
		}
		any = true
	}
	tl.Start = first
	if any {
		tl.Duration = saturate(last, -first)
	}
}

// selfTime is the part of a span that none of its child spans covers. Children
// come by start, so one pass over them suffices.
func (tl *Timeline) selfTime(i int) int64 {
	r := &tl.Rows[i]
	self, covered, end := r.Span.Duration, r.Time, r.End()
	for k := i + 1; k <= i+int(r.Subtree); k += 1 + int(tl.Rows[k].Subtree) {
		child := &tl.Rows[k]
		if child.Kind != KindSpan {
			continue
		}
		from, to := max(child.Time, covered), min(child.End(), end)
		if to > from {
			self -= to - from
			covered = to
		}
	}
	return self
}

// outOfOrder tells how a row's time disagrees with its parent's.
func outOfOrder(r, parent *Row) Marks {
	if parent.Kind != KindSpan || r.Time == trace.NoTime || (r.Marks | parent.Marks).Has(MarkFar) {
		return 0 // a broken time has no order
	}
	before, after := r.Time < parent.Time, r.Time > parent.End()
	switch r.Kind {
	case KindLog:
		before = saturate(r.Time, coarseness(r.Observed)) < parent.Time
	case KindSpan: // as the evidence of clocks has it: they tell microseconds at best
		before = saturate(r.Time, max(coarseness(r.Observed)+1, 1e3)) < parent.Time
	}
	switch {
	case r.Kind != KindSpan && (before || after):
		return MarkOutside
	case r.Kind != KindSpan:
		return 0
	case before:
		return MarkEarly
	case after:
		return MarkLate
	case r.End() > parent.End():
		return MarkOutlives
	}
	return 0
}

// coarseness is how much later than it says a log may have been written, or a
// span have started: many loggers and some tracers cut their times to whole
// milliseconds, or to some nanoseconds after those, nearly all tracers to
// microseconds.
func coarseness(observed int64) int64 {
	switch {
	case observed%1e6 < 1e3:
		return 1e6 - 1
	case observed%1e3 == 0:
		return 1e3 - 1
	}
	return 0
}

// Root returns the row that gives the timeline its name: the earliest span
// that has no parent, else the first row that is a span, else nil.
func (tl *Timeline) Root() *Row {
	if tl.root != nil {
		return tl.root
	}
	for i := 0; i < len(tl.Rows); i += 1 + int(tl.Rows[i].Subtree) {
		if r := &tl.Rows[i]; r.Kind == KindSpan && tl.isOwn(r) {
			return r
		}
	}
	for i := range tl.Rows {
		if r := &tl.Rows[i]; r.Kind == KindSpan && tl.isOwn(r) {
			return r
		}
	}
	return nil
}

// isOwn reports whether a row is of the trace that was asked for, rather than
// of a linked one.
func (tl *Timeline) isOwn(r *Row) bool {
	return len(tl.Linked) == 0 || r.Trace().Same(tl.ID)
}
