package jaeger

import (
	"slices"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// adjustedBy begins what follows in a warning of Jaeger's clock-skew adjuster.
const adjustedBy = "timestamps were adjusted by "

// unadjust moves spans back to where their own clocks saw them, and returns
// how many. Raw times are asked for, but old servers do not know how to give
// them, and memory storage keeps what its adjuster wrote for somebody else.
// The adjuster moves a span and its events together and says by how much; a
// span that it moved twice says so twice. A warning whose amount cannot be
// read stays, and the span with it.
func unadjust(spans []trace.Span) int {
	undone := 0
	for i := range spans {
		if len(spans[i].Warnings) > 0 && spans[i].Start != 0 && undo(&spans[i]) {
			undone++
		}
	}
	return undone
}

func undo(s *trace.Span) bool {
	var by time.Duration
	kept := slices.Clone(s.Warnings)
	kept = slices.DeleteFunc(kept, func(warning string) bool {
		d, ok := adjustment(warning)
		by += d
		return ok
	})
	if len(kept) == len(s.Warnings) {
		return false
	}
	s.Warnings = kept
	start := s.Start - int64(by)
	s.SetTimes(start, start+s.Duration)
	events := slices.Clone(s.Events) // others may share the array
	for i := range events {
		events[i].Time -= int64(by)
	}
	s.Events = events
	return true
}

// adjustment reads by how much a warning says that a span was moved.
func adjustment(warning string) (time.Duration, bool) {
	_, amount, ok := strings.Cut(warning, adjustedBy)
	if !ok {
		return 0, false
	}
	d, err := time.ParseDuration(strings.TrimSpace(amount))
	return d, err == nil
}
