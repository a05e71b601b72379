package es

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// smaller is what to ask in place of a pass that is too much for the cluster,
// nil when it is not, or when nothing smaller would do. Where only the number
// of shards is limited, halves find all the same; else the search is confined
// to the time around the trace.
func (s *search) smaller(ctx context.Context, ps pass, p page, err error) []pass {
	if ctx.Err() != nil {
		return nil
	}
	var status *statusError
	if errors.As(err, &status) && strings.Contains(status.text, "shards, which is over the limit") {
		return s.halves(ps)
	}
	reason := tooBroad(p, err)
	if reason == "" || s.narrow != nil {
		return nil
	}
	around, ok := s.around(ctx)
	if !ok {
		return nil
	}
	s.narrow = around
	s.warn("elasticsearch: only the day before the trace and the day after it were searched: " + reason)
	return []pass{ps}
}

// halves is a pass over each half of its indices.
func (s *search) halves(ps pass) []pass {
	indices := ps.indices
	if slices.Equal(indices, s.plan.patterns) {
		indices = s.plan.indices
	}
	if len(indices) < 2 {
		return nil
	}
	var out []pass
	for _, half := range [][]string{indices[:len(indices)/2], indices[len(indices)/2:]} {
		for _, batch := range splitPatterns(half) {
			out = append(out, pass{indices: batch, query: ps.query, runtime: ps.runtime})
		}
	}
	return out
}

// tooBroad is a server's reason that less to look at would remove, or "".
func tooBroad(p page, err error) string {
	if status, ok := errors.AsType[*statusError](err); ok {
		for _, sign := range []string{"over the limit of", "too_many", "circuit_breaking", "Data too large"} {
			if strings.Contains(status.text, sign) || strings.Contains(status.kind, sign) {
				return status.text
			}
		}
		return ""
	}
	if err != nil {
		return ""
	}
	for _, f := range p.shards.Failures {
		if f.Reason.Type == "circuit_breaking_exception" || strings.HasPrefix(f.Reason.Type, "too_many") {
			return clean(f.Reason.words(), maxReason)
		}
	}
	if p.timedOut {
		return "the search timed out on the server"
	}
	return ""
}
