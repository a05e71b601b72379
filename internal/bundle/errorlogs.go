package bundle

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"slices"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// EachErrorLog hands over the error logs that match, each document once, in the
// order of the files. Where there are more than a limit that is not zero, they
// are a random sample, which is the same for the same bundle and query.
func (b *Bundle) EachErrorLog(ctx context.Context, q trace.ErrorQuery, each func(l *trace.ErrorLog)) (trace.Taken, error) {
	var ev trace.Evidence
	seen := newSeen()
	sample := newSample(q.Limit)
	total, timeless := int64(0), 0
	parser := b.using(logdoc.NewErrorParser(q.Service))
	err := b.eachLog(ctx, &ev, parser, func(l *trace.Log, _ []byte) {
		if !q.Window.IsZero() && l.Time == trace.NoTime && seen.first(l) {
			timeless++
		}
		if !matches(&q, l) || !seen.first(l) {
			return
		}
		total++
		if e := parser.ErrorLog(*l); q.Limit > 0 {
			sample.offer(&e)
		} else {
			each(&e)
		}
	})
	for i := range sample.logs {
		each(&sample.logs[i])
	}
	if timeless > 0 {
		ev.Warnings = append(ev.Warnings, fmt.Sprintf("error logs without a time are left out, since nobody knows when they were: %d", timeless))
	}
	taken := trace.Taken{
		Handed: int(total), Total: total, Since: q.Window.From, More: err != nil,
		Gaps: ev.Gaps, Warnings: ev.Warnings, Searched: ev.Searched,
	}
	if q.Limit > 0 {
		taken.Handed = len(sample.logs)
	}
	switch {
	case err != nil:
		taken.Total, taken.Since = -1, q.Window.Until
	case int64(taken.Handed) < total:
		taken.More, taken.Sampled = true, true
	}
	return taken, err
}

// matches reports whether an error log of the right service is asked for.
func matches(q *trace.ErrorQuery, l *trace.Log) bool {
	if !q.Window.IsZero() && (l.Time == trace.NoTime || !q.Window.Holds(l.Time)) {
		return false
	}
	return !slices.ContainsFunc(q.Without, func(p trace.Pattern) bool { return p.Fits(l.Origin.Service, l.Message) })
}

// CountErrorLogs counts the logs that tell of an error, by slots and by the
// first pattern that fits, and the logs of any level, each document once.
func (b *Bundle) CountErrorLogs(ctx context.Context, q trace.ErrorQuery, patterns []trace.Pattern, edges []int64) (trace.ErrorCounts, error) {
	slots := max(0, len(edges)-1)
	counts := trace.ErrorCounts{Of: make([][]int64, len(patterns)), Errors: make([]int64, slots), All: make([]int64, slots)}
	for i := range counts.Of {
		counts.Of[i] = make([]int64, slots)
	}
	var ev trace.Evidence
	seen := newSeen()
	errors := b.using(logdoc.NewErrorParser(q.Service))
	err := b.eachLog(ctx, &ev, b.using(logdoc.NewParser(nil)), func(l *trace.Log, line []byte) {
		slot := slotOf(edges, l.Time)
		if slot < 0 || !q.Window.IsZero() && !q.Window.Holds(l.Time) || q.Service != "" && l.Origin.Service != q.Service || !seen.first(l) {
			return
		}
		counts.All[slot]++
		if l.Level != trace.LevelUnknown && l.Level < trace.LevelError {
			return
		}
		if e, ok := errors.ParseLine(line); ok && matches(&q, &e) {
			counts.Errors[slot]++
			if at := slices.IndexFunc(patterns, func(p trace.Pattern) bool { return p.Fits(e.Origin.Service, e.Message) }); at >= 0 {
				counts.Of[at][slot]++
			}
		}
	})
	counts.Gaps, counts.Warnings = ev.Gaps, ev.Warnings
	return counts, err
}

// slotOf is the slot that a moment lies in, -1 for none.
func slotOf(edges []int64, at int64) int {
	i, found := slices.BinarySearch(edges, at)
	switch {
	case at == trace.NoTime || len(edges) == 0 || at >= edges[len(edges)-1]:
		return -1
	case found:
		return i
	}
	return i - 1
}

// A seenSet knows documents by a hash of their places: among a million, two are
// taken for one with a chance of 1 in 30 million.
type seenSet struct {
	seed  maphash.Seed
	there map[uint64]struct{}
}

func newSeen() *seenSet { return &seenSet{maphash.MakeSeed(), map[uint64]struct{}{}} }

// first adds a log's document and reports whether it is new. One without an ID
// always is.
func (s *seenSet) first(l *trace.Log) bool {
	if l.DocID == "" {
		return true
	}
	had := len(s.there)
	s.there[maphash.Comparable(s.seed, docKey{l.Index, l.DocID})] = struct{}{}
	return len(s.there) > had
}

// A sample is so many of what is offered, all with the same chance.
type sample struct {
	limit   int
	offered int
	random  *rand.Rand
	logs    []trace.ErrorLog
}

func newSample(limit int) *sample {
	return &sample{limit: limit, random: rand.New(rand.NewPCG(7, 1))}
}

// offer keeps a log, or does not. What it keeps outlives its line.
func (s *sample) offer(l *trace.ErrorLog) {
	s.offered++
	at := len(s.logs)
	if at < s.limit {
		s.logs = append(s.logs, trace.ErrorLog{})
	} else if at = s.random.IntN(s.offered); at >= s.limit {
		return
	}
	l.Document = bytes.Clone(l.Document)
	s.logs[at] = *l
}

// Span is the window from the oldest record of the bundle to its newest, spans
// and logs, by their own clocks; zero when nothing has a time. The files are
// read for it once.
func (b *Bundle) Span(ctx context.Context) (trace.Window, error) {
	if err := b.spans.build(ctx, b); err != nil {
		return trace.Window{}, err
	}
	logs, err := b.logTimes.read(ctx, b)
	if err != nil {
		return trace.Window{}, fmt.Errorf("bundle: %w", err)
	}
	return widened(widened(b.spans.span, logs.From, logs.From), logs.Until, logs.Until), nil
}
