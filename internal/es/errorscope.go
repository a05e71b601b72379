package es

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// An errorScope is indices that keep time alike, and what to ask them.
type errorScope struct {
	*errorMaker
	group   timeGroup
	indices []string
}

// An errorQuest asks for error logs wherever they are.
type errorQuest struct {
	c  *Client
	q  trace.ErrorQuery
	ev trace.Evidence // gaps, warnings, and what was searched
	// failures are of indices that could not be asked, and asked is how often
	// any were.
	failures []error
	asked    int
	plain    bool // the cluster forbids regular expressions
}

// scopes learns where error logs may be. Indices that cannot be asked are
// failures.
func (e *errorQuest) scopes(ctx context.Context) []errorScope {
	var list []errorScope
	for _, patterns := range splitPatterns(e.c.indices) {
		e.asked++
		plan, err := e.c.current(ctx, patterns)
		if err == nil {
			list, err = e.add(ctx, list, plan)
		}
		if err != nil {
			e.failures = append(e.failures, err)
		}
	}
	return list
}

func (e *errorQuest) add(ctx context.Context, list []errorScope, plan *fieldPlan) ([]errorScope, error) {
	e.ev.Searched.Indices = union(e.ev.Searched.Indices, plan.indices)
	e.ev.Warnings = union(e.ev.Warnings, plan.warnings(e.c))
	if len(plan.indices) == 0 {
		e.ev.Searched.Indices = union(e.ev.Searched.Indices, positive(plan.patterns))
		return list, nil
	}
	m, err := e.c.errorMaker(ctx, plan)
	if err != nil {
		return list, err
	}
	m.plain = e.plain
	for _, fields := range [][]ranked{m.levels, m.messages} {
		for _, f := range fields {
			e.ev.Searched.Fields = union(e.ev.Searched.Fields, []string{f.name})
		}
	}
	for _, f := range m.evidence {
		e.ev.Searched.Fields = union(e.ev.Searched.Fields, []string{f.name})
	}
	if m.errors() == nil {
		return list, nil
	}
	for _, g := range plan.timeGroups() {
		for _, indices := range plan.batches(g) {
			list = append(list, errorScope{m, g, indices})
		}
	}
	return list, nil
}

// current is the fields of the indices as they are now.
func (c *Client) current(ctx context.Context, patterns []string) (*fieldPlan, error) {
	plan, err := c.plan(ctx, patterns)
	if err != nil {
		return nil, err
	}
	if c.outdated(c.recheck(ctx, plan), plan) {
		return c.learn(ctx, patterns)
	}
	return plan, nil
}

// each asks every scope, one after the other, and keeps what fails. A scope
// whose cluster forbids regular expressions is asked without.
func (e *errorQuest) each(ctx context.Context, scopes []errorScope, ask func(i int, s *errorScope) error) {
	for i := range scopes {
		s := &scopes[i]
		e.asked++
		err := ask(i, s)
		if expensive(err) && !s.plain {
			e.simpler(s)
			err = ask(i, s)
		}
		if err != nil {
			e.failures = append(e.failures, err)
		}
		if ctx.Err() != nil {
			return
		}
	}
}

func (e *errorQuest) simpler(s *errorScope) {
	e.plain, s.plain = true, true
	e.ev.Warnings = union(e.ev.Warnings, []string{"elasticsearch: the cluster forbids expensive queries: services by their pods' names, and patterns in messages that are keywords, are not found"})
}

// ended is the error of a quest that learnt nothing; else its failures are
// gaps.
func (e *errorQuest) ended(ctx context.Context, nothing bool) error {
	if err := ctx.Err(); err != nil && errors.Is(err, context.Canceled) {
		return fmt.Errorf("elasticsearch: %w", newNetError(ctx, e.c.net.node().base.Host, err))
	}
	if len(e.failures) > 0 && nothing && len(e.ev.Gaps) == 0 {
		return fmt.Errorf("elasticsearch: %w", join(e.failures))
	}
	for _, err := range e.failures {
		addGap(&e.ev, err.Error(), errors.Is(err, trace.ErrRefused))
	}
	return nil
}

// query is what error logs of a service pass, with more filters.
func (s *errorScope) query(service string, more ...any) object {
	filters := []any{s.errors()}
	if by := s.ofService(service); by != nil {
		filters = append(filters, by)
	}
	return object{"bool": object{"filter": append(filters, more...)}}
}

func (s *errorScope) ofService(name string) any {
	if name == "" {
		return nil
	}
	if by := s.service(name); by != nil {
		return by
	}
	return nil
}

// ask sends one request and returns its answer with what the page says of it.
func (s *errorScope) ask(ctx context.Context, e *errorQuest, query object, more object) ([]byte, page, error) {
	body := (&search{c: s.c, plan: s.plan}).body(ctx, pass{query: query}, more)
	answer, err := s.c.search(ctx, s.indices, body)
	if err != nil {
		return nil, page{total: -1}, err
	}
	p, err := readPage(answer, func(hit) {})
	if err != nil {
		return nil, p, fmt.Errorf("%s: %w", s.c.net.node().base.Host, err)
	}
	for _, gap := range p.gaps() {
		addGap(&e.ev, gap, false)
	}
	return answer, p, nil
}

// count is how many documents a query passes.
func (s *errorScope) count(ctx context.Context, e *errorQuest, query object) (int64, error) {
	_, p, err := s.ask(ctx, e, query, object{"size": 0, "track_total_hits": true})
	return max(0, p.total), err
}

// sum adds up what is known.
func sum(list []int64) int64 {
	total := int64(0)
	for _, n := range list {
		total += max(0, n)
	}
	return total
}

// proportional shares out so many among the parts of a total, at least one to
// each that is not empty.
func proportional(limit int, parts []int64) []int {
	out := make([]int, len(parts))
	total := sum(parts)
	if total == 0 {
		return out
	}
	order := make([]int, len(parts))
	left := limit
	for i, n := range parts {
		order[i] = i
		out[i] = int(int64(limit) * n / total)
		if n > 0 {
			out[i] = max(1, out[i])
		}
		left -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return int(int64(limit)*parts[b]%total - int64(limit)*parts[a]%total)
	})
	for _, i := range order {
		if left > 0 && int64(out[i]) < parts[i] {
			out[i]++
			left--
		}
	}
	return out
}
