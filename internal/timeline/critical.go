package timeline

import (
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A Share is how long the root span waited for one service.
type Share struct {
	Service string
	Time    int64 // nanoseconds
}

// A wait is a part of a span that its parent waited for.
type wait struct {
	row      int32
	from, to int64
}

// markCritical finds the critical path: the spans, and of each the time, that
// would have to be shorter for the root to end earlier. It goes back from the
// root's end: what is waited for at any moment is the child that ends last
// before it, then the one that ended last before that child started, and so on;
// what no child covers is the span's own (compare Zhang and others, "CRISP:
// Critical Path Analysis of Large-Scale Microservice Architectures", 2022).
//
// Children that nobody waits for are left out: those that start after their
// parent ended, and those that run on after it as work taken from a queue. A
// caller's end cuts a callee's that is later: clocks are never quite right.
func (tl *Timeline) markCritical() {
	root := tl.rootAt()
	if root == none || tl.Rows[root].Time == trace.NoTime {
		return
	}
	seen := map[string]int{}
	stack := []wait{{root, tl.Rows[root].Time, tl.Rows[root].End()}}
	var kids []int32
	for len(stack) > 0 {
		w := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		r := &tl.Rows[w.row]
		r.Critical = true
		tl.markSaid(w.row)
		kids = tl.awaited(kids[:0], w)
		own := int64(0)
		at := w.to
		for _, k := range kids {
			child := &tl.Rows[k]
			if min(child.End(), w.to) > at+overlap(child) {
				continue // it went on when the next one had begun: that did not wait for it
			}
			from, to := max(child.Time, w.from), min(child.End(), at)
			if to <= from {
				continue
			}
			own += at - to
			at = from
			stack = append(stack, wait{k, from, to})
		}
		r.Awaited = own + at - w.from
		tl.addShare(seen, r.Service(), own+at-w.from)
	}
	slices.SortStableFunc(tl.Waits, func(a, b Share) int { return cmp.Compare(b.Time, a.Time) })
}

// markSaid marks the logs and events of a span on the path.
func (tl *Timeline) markSaid(row int32) {
	for k := row + 1; k <= row+tl.Rows[row].Subtree; k += 1 + tl.Rows[k].Subtree {
		if r := &tl.Rows[k]; r.Kind != KindSpan {
			r.Critical = true
		}
	}
}

// overlap is how long a span and the one that waited for it may seem to have
// run side by side: clocks differ by a little.
func overlap(r *Row) int64 { return min(1e6, r.Span.Duration/10) }

// awaited appends the children that the span waited for in that time, the last
// to end first.
func (tl *Timeline) awaited(kids []int32, w wait) []int32 {
	parent := &tl.Rows[w.row]
	for k := w.row + 1; k <= w.row+parent.Subtree; k += 1 + tl.Rows[k].Subtree {
		child := &tl.Rows[k]
		if child.Kind == KindSpan && child.Time < w.to && child.End() > w.from && !child.Marks.Has(MarkFar) && !detached(child, parent) {
			kids = append(kids, k)
		}
	}
	slices.SortStableFunc(kids, func(a, b int32) int {
		x, y := &tl.Rows[a], &tl.Rows[b]
		return cmp.Or(cmp.Compare(min(y.End(), w.to), min(x.End(), w.to)), cmp.Compare(x.Time, y.Time))
	})
	return kids
}

// detached reports whether a child went on without its parent waiting.
func detached(child, parent *Row) bool {
	if child.End() <= parent.End() {
		return false
	}
	return child.Span.Kind == trace.KindConsumer || parent.Span.Kind == trace.KindProducer
}

func (tl *Timeline) addShare(seen map[string]int, service string, d int64) {
	if d == 0 {
		return
	}
	i, ok := seen[service]
	if !ok {
		i = len(tl.Waits)
		seen[service] = i
		tl.Waits = append(tl.Waits, Share{Service: service})
	}
	tl.Waits[i].Time += d
}
