package timeline

import (
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A Silence is a stretch of a span on the critical path of which nothing is
// known: no child span, log or event tells what it waited for. It points at
// missing instrumentation, or at where the time went.
type Silence struct {
	Before int32 // the row that ended it, or would follow
	Depth  int32 // of the rows beside it
	From   int64 // corrected
	Time   int64 // nanoseconds
}

func (s Silence) moved(before int) Silence {
	s.Before = int32(before)
	return s
}

// within reports whether the silence is in a row of that depth, which ends with
// row last.
func (s Silence) within(last int, depth int32) bool {
	return int(s.Before) <= last || int(s.Before) == last+1 && s.Depth > depth
}

// A silence is worth a line when it lasts a tenth of the timeline, and more
// than a moment.
const (
	silentShare = 10
	leastSilent = int64(1e6)
)

// findSilences looks between the children of every span that has some.
func (tl *Timeline) findSilences() {
	least := max(tl.Duration/silentShare, leastSilent)
	for i := range tl.Rows {
		r := &tl.Rows[i]
		if r.Kind == KindSpan && r.Critical && r.Subtree > 0 && r.Self >= least && !r.Marks.Has(MarkFar|MarkClamped) {
			tl.findSilencesIn(i, least)
		}
	}
	slices.SortStableFunc(tl.Silences, func(a, b Silence) int {
		return cmp.Or(cmp.Compare(a.Before, b.Before), cmp.Compare(b.Depth, a.Depth))
	})
}

func (tl *Timeline) findSilencesIn(i int, least int64) {
	r := &tl.Rows[i]
	quiet, next := r.Time, i+1
	for ; next <= i+int(r.Subtree); next += 1 + int(tl.Rows[next].Subtree) {
		child := &tl.Rows[next]
		if child.Time == trace.NoTime || child.Kind == KindMissing || child.Marks.Has(MarkFar) {
			continue
		}
		tl.noteSilence(next, r.Depth+1, quiet, min(child.Time, r.End()), least)
		quiet = max(quiet, child.End())
	}
	tl.noteSilence(next, r.Depth+1, quiet, r.End(), least)
}

func (tl *Timeline) noteSilence(before int, depth int32, from, to, least int64) {
	if to-from >= least {
		tl.Silences = append(tl.Silences, Silence{int32(before), depth, from, to - from})
	}
}
