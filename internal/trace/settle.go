package trace

import (
	"cmp"
	"slices"
	"strings"
)

// Settle finishes a span that was just decoded. Its kind and status come from
// the attributes in which some backends keep them, when their own fields are
// unset, and its events are put in order of time; Jaeger sorts them by name.
// Attributes stay as they came.
func (s *Span) Settle() {
	for i := range s.Attributes {
		s.settleBy(&s.Attributes[i])
	}
	byTime := func(a, b Event) int { return cmp.Compare(a.Time, b.Time) }
	if len(s.Events) > 1 && !slices.IsSortedFunc(s.Events, byTime) {
		slices.SortStableFunc(s.Events, byTime)
	}
}

func (s *Span) settleBy(a *Attribute) {
	switch a.Key {
	case "span.kind":
		if s.Kind == KindUnspecified {
			s.Kind = ParseKind(a.Value.text)
		}
	case "error":
		if a.Value.IsTrue() && s.Status == StatusUnset {
			s.Status = StatusError
		}
	case "otel.status_code":
		if s.Status == StatusUnset {
			s.Status = parseStatus(a.Value.text)
		}
	case "otel.status_description":
		if s.StatusMessage == "" {
			s.StatusMessage = a.Value.text
		}
	}
}

func parseStatus(s string) Status {
	switch {
	case strings.EqualFold(s, "ERROR"):
		return StatusError
	case strings.EqualFold(s, "OK"):
		return StatusOK
	}
	return StatusUnset
}
