package es

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// maxLooked is how many logs a search looks at, at most. What may fulfil a
// condition is seldom that much.
const maxLooked = 100_000

// FindLogs returns the traces whose logs fulfil all of the query's conditions,
// in its window and of its service, and counts those logs: the newest logs
// first, until there are as many traces as are wanted. Operations and durations
// are none of a log's, so that a query without a condition finds nothing.
func (c *Client) FindLogs(ctx context.Context, q trace.Query) (trace.Found, error) {
	if len(q.Conditions) == 0 {
		return trace.Found{}, nil
	}
	f := c.newFinding(q)
	var failures []error
	batches := splitPatterns(c.indices)
	for _, patterns := range batches {
		if err := f.search(ctx, patterns); err != nil {
			failures = append(failures, err)
		}
	}
	if len(failures) >= len(batches) && f.matching == 0 && len(f.ev.Gaps) == 0 {
		return trace.Found{}, fmt.Errorf("elasticsearch: %w", join(failures))
	}
	for _, err := range failures {
		addGap(&f.ev, err.Error(), errors.Is(err, trace.ErrRefused))
	}
	return f.found(), nil
}

// A finding is a search for traces by their logs.
type finding struct {
	c      *Client
	q      trace.Query
	parser *logdoc.Parser

	ev       trace.Evidence // gaps, warnings, and what was searched
	seen     map[docKey]bool
	sums     trace.Summaries
	matching int // logs
	untraced int // of these, those that name no trace
	bare     int // documents that the server has without their text
	more     bool
	// anyService asks for logs of all services, to choose from on this side.
	anyService bool
}

func (c *Client) newFinding(q trace.Query) *finding {
	f := &finding{c: c, q: q, seen: make(map[docKey]bool)}
	f.parser = logdoc.NewFilterParser(logdoc.NewFilter(q.Conditions, q.Service))
	f.parser.Use(c.own)
	f.parser.WantTrace(true)
	return f
}

// search asks the indices of one URL's worth of patterns. A plan that was
// learnt earlier is not believed when it finds nothing, or fails.
func (f *finding) search(ctx context.Context, patterns []string) error {
	plan, err := f.c.plan(ctx, patterns)
	if err != nil {
		return err
	}
	matching, before := f.matching, f.ev
	checking := f.c.recheck(ctx, plan)
	err = f.planned(ctx, plan)
	outdated := f.c.outdated(checking, plan)
	if plan.kept && (outdated || err != nil || f.matching == matching || len(f.ev.Gaps) > len(before.Gaps)) && ctx.Err() == nil {
		if fresh, failed := f.c.learn(ctx, patterns); failed == nil && !fresh.same(plan) {
			f.ev.Gaps, f.ev.Warnings = before.Gaps, slices.Clone(before.Warnings) // the old plan's are none of now
			f.ev.Searched.Indices = slices.Clone(before.Searched.Indices)
			err = f.planned(ctx, fresh)
		}
	}
	return err
}

// planned asks each group of indices that keep time alike.
func (f *finding) planned(ctx context.Context, plan *fieldPlan) error {
	f.ev.Searched.Indices = union(f.ev.Searched.Indices, plan.indices)
	f.ev.Warnings = union(f.ev.Warnings, plan.warnings(f.c))
	if len(plan.indices) == 0 {
		f.ev.Searched.Indices = union(f.ev.Searched.Indices, positive(plan.patterns))
		return nil
	}
	maker, err := f.maker(ctx, plan)
	if err != nil {
		return err
	}
	query, err := f.query(ctx, maker)
	if query == nil || err != nil {
		return err
	}
	if len(plan.blind) > 0 {
		f.ev.Warnings = union(f.ev.Warnings, []string{"elasticsearch: fields that are not mapped cannot be searched in " + list(plan.blind, 3)})
	}
	var failures []error
	for _, g := range plan.timeGroups() {
		for _, indices := range plan.batches(g) {
			p := &paging{finding: f, plan: plan, group: g, indices: indices, query: query}
			err := p.run(ctx)
			if expensive(err) && !f.anyService { // the names of a service's pods
				f.anyService = true
				return f.planned(ctx, plan)
			}
			failures = append(failures, err)
		}
	}
	return joinFailures(failures)
}

// query asks for the conditions, and for the service. It is nil when there is
// no field to ask for one of them.
func (f *finding) query(ctx context.Context, m findMaker) (object, error) {
	query := m.query(f.q.Conditions)
	if query == nil {
		return nil, nil
	}
	service, err := f.service(ctx, m)
	if service == nil || err != nil {
		return query, err
	}
	return object{"bool": object{"filter": []any{query, service}}}, nil
}

// maker learns the fields that the conditions mean.
func (f *finding) maker(ctx context.Context, plan *fieldPlan) (findMaker, error) {
	m := findMaker{plan: plan}
	var names []string
	asksForError := false
	for _, c := range f.q.Conditions {
		names = union(names, fieldPatterns(c.Key))
		asksForError = asksForError || c.AsksForError()
	}
	var err error
	if m.caps, err = f.c.capsOf(ctx, plan.patterns, names); err != nil {
		return m, err
	}
	if asksForError {
		m.levels, err = f.c.capsOf(ctx, plan.patterns, union(slices.Clone(f.c.own["level"]), levelPatterns))
	}
	f.ev.Searched.Fields = union(f.ev.Searched.Fields, m.names(f.q.Conditions))
	return m, err
}

// names is the fields that the query asks.
func (m findMaker) names(conditions []trace.Condition) []string {
	out := m.flattened()
	fields := m.texts()
	for _, c := range conditions {
		fields = append(fields, named(m.caps, c.Key)...)
	}
	for _, f := range fields {
		out = union(out, []string{f.name})
	}
	for _, name := range sortedKeys(m.levels.Fields) {
		if _, ok := capped(m.levels, name); ok {
			out = union(out, []string{name})
		}
	}
	return out
}

// take judges a hit, and returns the trace that it counts for.
func (f *finding) take(h hit) (trace.ID, bool) {
	key := docKey{string(jscan.Unescape(h.index)), string(jscan.Unescape(h.id))}
	if f.seen[key] {
		return trace.ID{}, false
	}
	f.seen[key] = true
	if h.source == nil {
		f.bare++
		return trace.ID{}, false
	}
	l, ok := f.parser.Parse(h.source, key.index, key.id)
	if !ok || !f.inTime(l.Time) {
		return trace.ID{}, false
	}
	f.matching++
	id, ok := f.parser.TraceID()
	if !ok {
		f.untraced++
		return trace.ID{}, false
	}
	f.sums.AddLog(id, &l)
	f.sums.Of(id).ByLogs = true
	return id, true
}

// inTime reports whether a log's time is in the query's window, in which no log
// without one is, and not outside the client's.
func (f *finding) inTime(t int64) bool {
	if t == trace.NoTime {
		return f.q.Window.IsZero()
	}
	return f.q.Window.Holds(t) && f.c.window.Holds(t)
}

// found is the newest traces. When the search did not see all logs, any of
// them may have more.
func (f *finding) found() trace.Found {
	if f.bare > 0 {
		addGap(&f.ev, fmt.Sprintf("%d documents that may match are stored without their text", f.bare), false)
	}
	traces := f.sums.List()
	if f.q.Limit > 0 && len(traces) > f.q.Limit {
		traces = traces[:f.q.Limit]
	}
	for i := range traces {
		traces[i].AtLeast = f.more || len(f.ev.Gaps) > 0
	}
	return trace.Found{Traces: traces, Untraced: f.untraced, Gaps: f.ev.Gaps, Warnings: f.ev.Warnings, Searched: f.ev.Searched}
}
