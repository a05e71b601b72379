package es

import (
	"context"
	"errors"
	"strings"
)

// mostClauses is how many clauses one query has, at most: clusters allow 1,024
// unless they were told otherwise, and each field of a phrase counts.
const mostClauses = 900

// queries asks every field: in one query, or in as many as a cluster of many
// fields takes.
func (q queryMaker) queries(plan *fieldPlan) []object {
	var out []object
	add := func(fields []field) {
		if one := q.query(&fieldPlan{fields: fields}); one != nil {
			out = append(out, one)
		}
	}
	had, start := 0, 0
	for i, f := range plan.fields {
		n := q.weight(f)
		if had > 0 && had+n > q.limit() {
			add(plan.fields[start:i])
			had, start = 0, i
		}
		had += n
	}
	add(plan.fields[start:])
	return out
}

func (q queryMaker) limit() int {
	if q.most == 0 {
		return mostClauses
	}
	return q.most
}

// weight is how many clauses a field adds to a query.
func (q queryMaker) weight(f field) int {
	n := countClauses(q.clauses([]field{f}))
	if f.nested != "" {
		n *= 2
	}
	return n
}

// countClauses counts as the server does: a clause for every field of a phrase.
func countClauses(clauses []any) int {
	n := 0
	for _, c := range clauses {
		switch c := c.(object); {
		case c["multi_match"] != nil:
			n += len(c["multi_match"].(object)["fields"].([]string))
		case c["bool"] != nil && c["bool"].(object)["should"] != nil:
			n += countClauses(c["bool"].(object)["should"].([]any))
		case c["bool"] != nil:
			n += countClauses(c["bool"].(object)["filter"].([]any))
		default:
			n++
		}
	}
	return n
}

// fewestClauses is what every cluster takes.
const fewestClauses = 50

// plain asks all fields: where the cluster takes fewer clauses than usual, in
// more queries.
func (s *search) plain(ctx context.Context) error {
	var errs []error
	for i := range s.maker.queries(s.plan) {
		err := s.ask(ctx, i)
		if tooManyClauses(page{}, err) && s.maker.limit() > fewestClauses && ctx.Err() == nil {
			s.maker.most = s.maker.limit() / 2
			return s.plain(ctx)
		}
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	return joinFailures(errs)
}

// errClauses is the answer of shards that would not take so many.
var errClauses = errors.New("too many clauses for the cluster")

func tooManyClauses(p page, err error) bool {
	status, ok := errors.AsType[*statusError](err)
	if ok && (strings.HasPrefix(status.kind, "too_many_") && strings.HasSuffix(status.kind, "clauses") || strings.Contains(strings.ToLower(status.text), "maxclausecount")) || errors.Is(err, errClauses) {
		return true
	}
	for _, f := range p.shards.Failures {
		if strings.Contains(strings.ToLower(f.Reason.words()), "maxclausecount") {
			return true
		}
	}
	return false
}
