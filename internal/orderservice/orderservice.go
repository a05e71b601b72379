// Package orderservice is an instrumented order service that otrace is shown,
// tested and measured on.
//
// Every order follows a plan: a tree of steps with durations, outcomes, log
// lines and retries, drawn from the seed before anything runs. [Live] executes
// plans with real HTTP between real listeners and real waiting; [Simulate]
// executes the same plans on a virtual clock, hours of them in seconds. Equal
// seeds therefore give equal trace IDs, shapes and outcomes in both.
//
// The clocks of the services are wrong on purpose, spans get lost on purpose,
// and the truth about both is written beside the evidence, so that what otrace
// concludes can be measured rather than believed.
package orderservice

import (
	"cmp"
	"slices"
)

// A Summary is what a run delivered and what it kept back.
type Summary struct {
	Orders int // orders placed
	Spans  int // spans handed to the sink
	Logs   int // log documents handed to the sink

	LostSpans   int // spans that a scenario lost in export: in the truth only
	DroppedLogs int // log documents that the full queue dropped: in the truth only

	// Examples holds one trace of each scenario that was played, in the order
	// of Scenarios.
	Examples []TraceInfo
	// Telling is the trace to show to somebody who sees otrace for the first
	// time: of the scenario that tells most, the trace with most to tell.
	Telling TraceInfo
}

// A TraceInfo names one trace of a run.
type TraceInfo struct {
	Scenario string // one of Scenarios
	OrderID  string // the order that caused it
	TraceID  string // 32 lower-case hex digits

	Spans  int // delivered spans that carry the trace ID
	Logs   int // delivered logs of the order, whatever IDs they carry
	Errors int // delivered spans of the trace with error status

	// Linked are the trace IDs of the traces that the order started beside
	// its own: linked workers, and what lies beyond a service without tracing.
	Linked []string
}

// note remembers t when it is the first of its scenario or more telling than
// what was seen before.
func (s *Summary) note(t TraceInfo) {
	i := slices.IndexFunc(s.Examples, func(e TraceInfo) bool { return e.Scenario == t.Scenario })
	switch {
	case i < 0:
		s.Examples = append(s.Examples, t)
		slices.SortFunc(s.Examples, func(a, b TraceInfo) int {
			return cmp.Compare(scenarioRank(a.Scenario), scenarioRank(b.Scenario))
		})
	case s.Examples[i].Spans == 0 && t.Spans > 0:
		s.Examples[i] = t // a sampled trace is the better example
	}
	if s.Telling.TraceID == "" || moreTelling(t, s.Telling) {
		s.Telling = t
	}
}

// moreTelling prefers the more telling scenario, then the larger trace, then
// the first order, so that the choice does not hang on who finished first.
func moreTelling(a, b TraceInfo) bool {
	return cmp.Or(
		cmp.Compare(tellingRank(a), tellingRank(b)),
		cmp.Compare(b.Spans, a.Spans),
		cmp.Compare(a.OrderID, b.OrderID),
	) < 0
}

// tellingRank is lower for what tells more. A trace without spans tells least.
func tellingRank(t TraceInfo) int {
	order := []string{Declined, Timeout, Panic, RetryStorm, Async, SlowDB, OK}
	i := slices.Index(order, t.Scenario)
	switch {
	case t.Spans == 0:
		return len(order) + 1
	case i < 0:
		return len(order)
	}
	return i
}
