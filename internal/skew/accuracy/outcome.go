package main

import (
	"slices"
	"time"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

const (
	// near is how far apart in truth two records are at most whose order is
	// looked at: the order of distant ones is hard to get wrong.
	near = int64(10 * time.Millisecond)
	// logGap is how far apart two log lines are at least: loggers write whole
	// milliseconds.
	logGap = int64(time.Millisecond)
	// grain is how finely the clocks tell time.
	grain = int64(time.Microsecond)
)

// A share counts how many of some things are of a kind.
type share struct{ of, all int }

func (s *share) add(is bool) {
	s.all++
	if is {
		s.of++
	}
}

func (s *share) join(o share) { s.of, s.all = s.of+o.of, s.all+o.all }

// percent returns the share, and false when there was nothing to count.
func (s share) percent() (float64, bool) {
	return 100 * float64(s.of) / float64(max(s.all, 1)), s.all > 0
}

// An outcome is how well one method did on one trace.
type outcome struct {
	errors
	inverted    share // of near pairs of spans on different hosts
	cleanMoved  share // of the spans of right clocks
	misordered  share // of near pairs of logs on different hosts
	early       share // of causes on other hosts: the effect starts before
	uncontained share // of calls to other hosts: the callee outlives the caller
	within      share // of spans: the truth lies within their clock's bounds
	withinHard  share
}

// A pair is two records of different hosts, in their true order.
type pair struct{ first, second int }

// A field is a trace with all that is the same for every method.
type field struct {
	*scenario.Truth
	spanPairs, logPairs []pair
	parent              []int // each span's, or −1
}

func newField(t *scenario.Truth) *field {
	f := &field{
		Truth:     t,
		spanPairs: pairsOf(t.Start, t.Host, 1),
		logPairs:  pairsOf(t.LogTime, t.LogHost, logGap),
		parent:    make([]int, len(t.Spans)),
	}
	at := make(map[trace.SpanID]int, len(t.Spans))
	for i := range t.Spans {
		at[t.Spans[i].ID] = i
	}
	for i := range t.Spans {
		f.parent[i] = -1
		if p, ok := at[t.Spans[i].Parent]; ok {
			f.parent[i] = p
		}
	}
	return f
}

// pairsOf returns the pairs of records on different hosts that are at least so
// far apart, and near.
func pairsOf(times []int64, host []int, atLeast int64) []pair {
	order := make([]int, len(times))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(max(min(times[a]-times[b], 1), -1)) })
	var pairs []pair
	for n, i := range order {
		for _, j := range order[n+1:] {
			gap := times[j] - times[i]
			if gap > near {
				break
			}
			if gap >= atLeast && host[i] != host[j] {
				pairs = append(pairs, pair{i, j})
			}
		}
	}
	return pairs
}

// judge measures a correction.
func (f *field) judge(c correction) outcome {
	o := outcome{errors: f.errors(c.spans)}
	spanAt := func(i int) int64 { return f.Spans[i].Start + c.spans[i] }
	for _, p := range f.spanPairs {
		o.inverted.add(spanAt(p.second) < spanAt(p.first))
	}
	for _, p := range f.logPairs {
		o.misordered.add(f.Logs[p.second].Time+c.logs[p.second] < f.Logs[p.first].Time+c.logs[p.first])
	}
	for i := range f.Spans {
		if f.Clean(f.Host[i]) {
			o.cleanMoved.add(c.spans[i] != 0)
		}
		p := f.parent[i]
		if p < 0 || f.Host[p] == f.Host[i] {
			continue
		}
		o.early.add(spanAt(i) < spanAt(p)-grain)
		if waits(&f.Spans[p], &f.Spans[i]) {
			o.uncontained.add(spanAt(i)+f.Spans[i].Duration > spanAt(p)+f.Spans[p].Duration+grain)
		}
	}
	if c.clocks != nil {
		f.judgeBounds(c.clocks, &o)
	}
	return o
}

// waits reports whether the parent is a caller that waits for its callee, as
// far as the spans tell.
func waits(parent, child *trace.Span) bool {
	return parent.Kind == trace.KindClient && child.Kind == trace.KindServer ||
		parent.Kind == trace.KindUnspecified && child.Kind == trace.KindUnspecified
}

// judgeBounds looks where the truth lies for the spans of all clocks that were
// measured against a reference. The bounds of a clock that drifts move with it.
func (f *field) judgeBounds(clocks *skew.Clocks, o *outcome) {
	reference := referenceHosts(f.Truth, clocks)
	for i := range f.Spans {
		k := clocks.Span(i)
		host, ok := reference[k.Component]
		if !ok || k.Status == skew.Reference || k.Status == skew.Unknown {
			continue
		}
		drifted := k.At(f.Spans[i].Start) - k.Offset
		x := f.Correction(f.Host[i], f.Start[i]) - f.Correction(host, f.Start[i]) - drifted
		o.within.add(x >= k.Low && x <= k.High)
		o.withinHard.add(x >= k.HardLow && x <= k.HardHigh)
	}
}
