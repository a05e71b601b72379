package timeline

import (
	"math"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// An extent is the part of time that the timeline's axis shows.
type extent struct{ start, length int64 }

// farAway is how far from the middle of the trace a time may be before it is
// taken for a broken one: clocks that say 1970 must not stretch the axis.
const farAway = int64(30 * 24 * 3600 * 1e9)

// markFar marks the nodes whose times are far from the rest.
func (b *builder) markFar() {
	if b.areNear() {
		return
	}
	middle, ok := b.middle()
	if !ok {
		return
	}
	for i := range b.nodes {
		n := &b.nodes[i]
		if n.time == trace.NoTime {
			continue
		}
		if d := saturate(n.time, -middle); d > farAway || d < -farAway {
			n.marks |= MarkFar
		}
	}
}

// areNear reports whether all times are so near each other that none can be
// far from their middle.
func (b *builder) areNear() bool {
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for i := range b.nodes {
		if t := b.nodes[i].time; t != trace.NoTime {
			first, last = min(first, t), max(last, t)
		}
	}
	return first > last || saturate(last, -first) <= farAway
}

// middle returns the median time of the spans, of the logs where there are none.
func (b *builder) middle() (int64, bool) {
	for _, kind := range [...]Kind{KindSpan, KindLog} {
		var times []int64
		for i := range b.nodes {
			if n := &b.nodes[i]; n.kind == kind && n.time != trace.NoTime && !n.gone {
				times = append(times, n.time)
			}
		}
		if len(times) > 0 {
			slices.Sort(times)
			return times[len(times)/2], true
		}
	}
	return 0, false
}

// extent covers the nodes whose times can be believed.
func (b *builder) extent() extent {
	first, last, any := int64(trace.NoTime), int64(trace.NoTime), false
	for i := range b.nodes {
		n := &b.nodes[i]
		if n.gone || n.time == trace.NoTime || n.marks.Has(MarkFar) || n.kind == KindMissing {
			continue
		}
		end := n.end()
		if n.marks.Has(MarkClamped) {
			end = n.time
		}
		if !any || n.time < first {
			first = n.time
		}
		if !any || end > last {
			last = end
		}
		any = true
	}
	if !any {
		return extent{start: trace.NoTime}
	}
	return extent{first, saturate(last, -first)}
}

// selfTime is the part of a span that none of its child spans covers. Children
// come by start, so one pass over them suffices.
func (b *builder) selfTime(n *node, kids []int32) int64 {
	self, covered, end := n.length, n.time, n.end()
	for _, k := range kids {
		child := &b.nodes[k]
		if child.kind != KindSpan {
			continue
		}
		from, to := max(child.time, covered), min(child.end(), end)
		if to > from {
			self -= to - from
			covered = to
		}
	}
	return self
}

// outOfOrder tells how a node's time disagrees with its parent's.
func outOfOrder(n, parent *node) Marks {
	if parent.kind != KindSpan || n.time == trace.NoTime || (n.marks | parent.marks).Has(MarkFar) {
		return 0 // a broken time has no order
	}
	before, after := n.time < parent.time, n.time > parent.end()
	switch n.kind {
	case KindLog:
		before = saturate(n.time, coarseness(n.observed())) < parent.time
	case KindSpan: // as the evidence of clocks has it: they tell microseconds at best
		before = saturate(n.time, max(coarseness(n.observed())+1, 1e3)) < parent.time
	}
	switch {
	case n.kind != KindSpan && (before || after):
		return MarkOutside
	case n.kind != KindSpan:
		return 0
	case before:
		return MarkEarly
	case after:
		return MarkLate
	case n.end() > parent.end():
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
	if i := tl.rootAt(); i != none {
		return &tl.Rows[i]
	}
	return nil
}

// rootAt returns the root's index, or none.
func (tl *Timeline) rootAt() int32 {
	for i := 0; i < len(tl.Rows); i += 1 + int(tl.Rows[i].Subtree) {
		if r := &tl.Rows[i]; r.Kind == KindSpan && tl.isOwn(r) {
			return int32(i)
		}
	}
	for i := range tl.Rows {
		if r := &tl.Rows[i]; r.Kind == KindSpan && tl.isOwn(r) {
			return int32(i)
		}
	}
	return none
}

// isOwn reports whether a row is of the trace that was asked for, rather than
// of a linked one.
func (tl *Timeline) isOwn(r *Row) bool {
	return len(tl.Linked) == 0 || r.Trace().Same(tl.ID)
}
