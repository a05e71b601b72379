package es

import (
	"context"
	"fmt"

	"github.com/otrace/otrace/internal/trace"
)

// Tally counts the logs of a trace. Of more than a thousand it reads a sample:
// AtLeast then says that errors, services and times are of these only.
func (c *Client) Tally(ctx context.Context, id trace.ID) (trace.Summary, error) {
	var sums trace.Summaries
	var failures []error
	seen := make(map[docKey]bool)
	total, partial := int64(0), false
	for _, patterns := range splitPatterns(c.indices) {
		s, one, err := c.sample(ctx, id, patterns)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		if one.total > int64(one.hits) {
			total += one.total - int64(one.hits)
		}
		partial = partial || one.total != int64(one.hits) || len(one.gaps()) > 0
		for i := range s.logs {
			if key := (docKey{s.logs[i].Index, s.logs[i].DocID}); !seen[key] {
				seen[key] = true
				sums.AddLog(id, &s.logs[i])
			}
		}
	}
	sum := sums.Of(id)
	sum.Logs += int(total)
	sum.AtLeast = partial || len(failures) > 0
	if len(failures) > 0 && sum.Logs == 0 {
		return *sum, fmt.Errorf("elasticsearch: %w", join(failures))
	}
	return *sum, nil
}

// sample gets one page of an ID's logs. A plan that was learnt earlier is not
// believed when it finds nothing, or fails.
func (c *Client) sample(ctx context.Context, id trace.ID, patterns []string) (*search, page, error) {
	plan, err := c.plan(ctx, patterns)
	if err != nil {
		return nil, page{}, err
	}
	s := c.newSearch(id, nil, plan)
	one, err := s.sample(ctx)
	if plan.kept && s.doubts(err) && ctx.Err() == nil {
		if fresh, failed := c.learn(ctx, patterns); failed == nil && !fresh.same(plan) {
			s = c.newSearch(id, nil, fresh)
			one, err = s.sample(ctx)
		}
	}
	return s, one, err
}

func (s *search) sample(ctx context.Context) (page, error) {
	var fullest page
	if len(s.plan.indices) == 0 {
		return fullest, nil
	}
	for _, query := range s.maker.queries(s.plan) {
		body := s.body(ctx, pass{query: query}, object{"size": s.firstSize(), "track_total_hits": true, "sort": []string{"_doc"}})
		one, err := s.fetch(ctx, s.plan.patterns, body, &sieve{seen: s.seen})
		switch {
		case !s.maker.plain && expensive(err):
			s.maker.plain = true
			return s.sample(ctx)
		case tooManyClauses(one, err) && s.maker.limit() > fewestClauses:
			s.maker.most = s.maker.limit() / 2
			return s.sample(ctx)
		case err != nil:
			return one, err
		}
		if one.total-int64(one.hits) >= fullest.total-int64(fullest.hits) {
			fullest = one
		}
	}
	return fullest, nil
}
