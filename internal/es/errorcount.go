package es

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/otrace/otrace/internal/trace"
)

// CountErrorLogs counts the error logs of the query's service by slots of time:
// those of each pattern, all of them, and logs of any level. The cluster
// counts; no log is fetched. What a field does not tell is counted by words, and
// patterns by the words of their parts, so that logs that differ from a
// pattern in case and punctuation alone count for it, too.
func (c *Client) CountErrorLogs(ctx context.Context, q trace.ErrorQuery, patterns []trace.Pattern, edges []int64) (trace.ErrorCounts, error) {
	e := &errorCount{errorQuest: errorQuest{c: c, q: q}, patterns: patterns, edges: edges}
	slots := max(0, len(edges)-1)
	e.out = trace.ErrorCounts{Of: make([][]int64, len(patterns)), Errors: make([]int64, slots), All: make([]int64, slots)}
	for i := range patterns {
		e.out.Of[i] = make([]int64, slots)
	}
	if slots == 0 {
		return e.out, nil
	}
	e.each(ctx, e.scopes(ctx), func(_ int, s *errorScope) error { return e.scope(ctx, s) })
	err := e.ended(ctx, sum(e.out.All) == 0)
	e.out.Gaps, e.out.Warnings = e.ev.Gaps, e.ev.Warnings
	return e.out, err
}

// An errorCount counts error logs.
type errorCount struct {
	errorQuest
	patterns []trace.Pattern
	edges    []int64
	out      trace.ErrorCounts
}

// scope counts what one scope's indices hold. A scope that fails adds nothing.
func (e *errorCount) scope(ctx context.Context, s *errorScope) error {
	times := s.timings()
	if len(times) == 0 {
		return e.untimed(ctx, s)
	}
	all, err := e.all(ctx, s, times)
	if err != nil {
		return err
	}
	seen, err := e.survey(ctx, s, times)
	if err != nil {
		return err
	}
	for _, t := range seen.times {
		if err := e.timed(ctx, s, t, seen.messages); err != nil {
			return err
		}
	}
	for i, n := range all {
		e.out.All[i] += n
	}
	return nil
}

// untimed tells of error logs whose time no index knows.
func (e *errorCount) untimed(ctx context.Context, s *errorScope) error {
	n, err := s.count(ctx, &e.errorQuest, s.query(e.q.Service))
	if n > 0 {
		addGap(&e.ev, fmt.Sprintf("%d error logs have no time that can be counted by, in %s", n, list(s.group.indices, 3)), false)
	}
	return err
}

// all counts the logs of any level.
func (e *errorCount) all(ctx context.Context, s *errorScope, times []timing) ([]int64, error) {
	filters := []any{s.group.within(stretch(e.edges))}
	if by := s.ofService(e.q.Service); by != nil {
		filters = append(filters, by)
	}
	aggs := make(object)
	for i, t := range times {
		aggs["t"+strconv.Itoa(i)] = object{"filter": allBut([]any{t.its(), t.within(e.edges[0], e.edges[len(e.edges)-1])}, nil), "aggs": object{"slots": t.slots(e.edges)}}
	}
	counts := make([]int64, len(e.edges)-1)
	said, _, err := e.aggregate(ctx, s, object{"bool": object{"filter": filters}}, aggs)
	for _, one := range said {
		one.Slots.addTo(counts)
	}
	return counts, err
}

// A survey is what a scope's error logs are like.
type survey struct {
	times    []timing
	messages said
}

// survey learns which of the fields the error logs use.
func (e *errorCount) survey(ctx context.Context, s *errorScope, times []timing) (survey, error) {
	worded := append(append(s.haveLevel(), s.isEvent()...), s.evident()...)
	aggs := object{"worded": object{"filter": object{"bool": object{"must_not": worded}}}}
	for i, t := range times {
		its := object{"filter": t.its()}
		if !t.isDate() {
			its["aggs"] = object{"units": t.census()}
		}
		aggs["t"+strconv.Itoa(i)] = its
	}
	messages := said(s.messages)
	for i := range messages {
		aggs["m"+strconv.Itoa(i)] = object{"filter": messages.only(i)}
	}
	var out survey
	has, total, err := e.aggregate(ctx, s, s.query(e.q.Service, s.group.within(stretch(e.edges))), aggs)
	if err != nil {
		return out, err
	}
	for i, t := range times {
		if its := has["t"+strconv.Itoa(i)]; its.Docs > 0 {
			out.times = append(out.times, t.of(its.Units))
			e.doubt(t)
		}
	}
	mute := total
	for i := range messages {
		if n := has["m"+strconv.Itoa(i)].Docs; n > 0 {
			out.messages = append(out.messages, messages[i])
			mute -= n
		}
	}
	if mute > 0 && len(e.patterns) > 0 {
		e.warn(fmt.Sprintf("%d error logs have no message that can be searched", mute))
	}
	if n := has["worded"].Docs; n > 0 {
		e.warn(fmt.Sprintf("%d logs tell their level in their text only: they are counted by its words", n))
	}
	return out, nil
}

// of is the timing with those units only that numbers were found in.
func (t timing) of(found *tallied) timing {
	if t.isDate() || t.kind == timeInteger {
		return t
	}
	t.units = nil
	found.of(func(unit int, one *tallied) {
		if one.Docs > 0 {
			t.units = append(t.units, int64(unit))
		}
	})
	return t
}

func (e *errorCount) doubt(t timing) {
	if t.kind == timeFloat {
		e.warn("the times in " + clean(t.name, 100) + " are kept with a precision of minutes: logs may count for a neighbouring slot")
	}
}

func (e *errorCount) warn(text string) {
	e.ev.Warnings = union(e.ev.Warnings, []string{"elasticsearch: " + text})
}

// aggregate asks for aggregations, and for how many logs there are.
func (e *errorCount) aggregate(ctx context.Context, s *errorScope, query, aggs object) (map[string]*tallied, int64, error) {
	body, p, err := s.ask(ctx, &e.errorQuest, query, object{"size": 0, "track_total_hits": true, "aggs": aggs})
	if err != nil {
		return nil, 0, err
	}
	var said struct {
		Aggregations map[string]*tallied `json:"aggregations"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, 0, fmt.Errorf("%s: the answer's counts cannot be read: %w", e.c.net.node().base.Host, err)
	}
	for name := range aggs {
		if said.Aggregations[name] == nil {
			return nil, 0, fmt.Errorf("%s: the answer lacks counts that were asked for: is this Elasticsearch?", e.c.net.node().base.Host)
		}
	}
	return said.Aggregations, max(0, p.total), nil
}
