package gather

import (
	"context"

	"github.com/otrace/otrace/internal/trace"
)

const (
	// moreRounds is how often the logs that no pattern fits yet are sampled
	// again, so that what is rare among very many is seen, too.
	moreRounds = 4
	// roundLogs is how many are then looked at.
	roundLogs = 2000
)

// logs reads the error logs, the window's and then the baseline's. Where they
// are too many, a sample tells what they say, and the source counts them.
func (t *triaging) logs(ctx context.Context) error {
	window := trace.ErrorQuery{Service: t.plan.Service, Window: t.plan.window(t.plan.Slices, t.plan.slots()), Limit: t.plan.MostLogs}
	if t.plan.All {
		window.Window = trace.Window{}
	}
	taken, err := t.errorLogs(ctx, window)
	t.mu.Lock()
	t.found.Logs, t.found.AllLogs, t.found.LogsSampled = taken.Handed, max(taken.Total, int64(taken.Handed)), taken.Sampled
	t.mu.Unlock()
	if err == nil && taken.Sampled {
		if err = t.rare(ctx, window); err == nil {
			err = t.count(ctx)
		}
	}
	if err != nil {
		t.uncovered(t.coverLogs)
		t.gap(t.src.LogsName, err, t.found.Logs > 0)
	}
	t.half()
	if err != nil || taken.Sampled || t.plan.Slices == 0 {
		return err
	}
	t.withoutBaseline(t.src.LogsName, t.baselineLogs(ctx), t.coverLogs)
	return nil
}

// errorLogs hands the logs that match to the analysis.
func (t *triaging) errorLogs(ctx context.Context, q trace.ErrorQuery) (trace.Taken, error) {
	taken, err := t.src.ErrorLogs.EachErrorLog(ctx, q, t.into.AddLog)
	t.take(&taken, t.src.LogsName)
	return taken, err
}

// rare samples what the patterns so far do not fit, until that is nothing.
func (t *triaging) rare(ctx context.Context, q trace.ErrorQuery) error {
	for range moreRounds {
		q.Without, q.Limit = t.into.Patterns(), roundLogs
		taken, err := t.errorLogs(ctx, q)
		t.mu.Lock()
		t.found.Logs += taken.Handed
		t.mu.Unlock()
		if err != nil || !taken.Sampled {
			return err
		}
	}
	return nil
}

// count has the source count what the sample's patterns fit, in all slots.
func (t *triaging) count(ctx context.Context) error {
	patterns := t.into.Patterns()
	counts, err := t.counts(ctx, patterns)
	if err == nil {
		t.into.SetCounts(patterns, counts)
	}
	return err
}

// counts counts the error logs of all slots, and tells the analysis of slices
// without any log.
func (t *triaging) counts(ctx context.Context, patterns []trace.Pattern) (trace.ErrorCounts, error) {
	q := trace.ErrorQuery{Service: t.plan.Service, Window: t.plan.window(0, t.plan.slots())}
	counts, err := t.src.ErrorLogs.CountErrorLogs(ctx, q, patterns, t.plan.Edges)
	t.take(&trace.Taken{Gaps: counts.Gaps, Warnings: counts.Warnings}, t.src.LogsName)
	if err != nil {
		return counts, err
	}
	for i := range t.plan.Slices {
		if counts.All[i] == 0 {
			t.coverLogs(i, 0)
		}
	}
	return counts, nil
}

// baselineLogs reads the baseline's logs where they are few, and has them
// counted where they are not.
func (t *triaging) baselineLogs(ctx context.Context) error {
	patterns := t.into.Patterns()
	counts, err := t.counts(ctx, patterns)
	if err != nil {
		return err
	}
	before := int64(0)
	for _, n := range counts.Errors[:t.plan.Slices] {
		before += n
	}
	switch {
	case before == 0:
		return nil
	case t.plan.MostLogs > 0 && before > int64(t.plan.MostLogs):
		t.into.SetCounts(patterns, counts)
		return nil
	}
	_, err = t.errorLogs(ctx, trace.ErrorQuery{Service: t.plan.Service, Window: t.plan.window(0, t.plan.Slices)})
	return err
}
