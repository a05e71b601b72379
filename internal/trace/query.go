package trace

import (
	"math"
	"slices"
	"strings"
	"time"
)

// A Window is a stretch of time, in nanoseconds since the epoch, both ends
// included. A side that is zero is open; the zero Window is all time.
type Window struct{ From, Until int64 }

// IsZero reports whether the window is all time.
func (w Window) IsZero() bool { return w == Window{} }

// Holds reports whether a moment is in the window.
func (w Window) Holds(t int64) bool {
	return (w.From == 0 || t >= w.From) && (w.Until == 0 || t <= w.Until)
}

// Padded widens the closed sides of the window, in nanoseconds.
func (w Window) Padded(by int64) Window {
	if w.From != 0 {
		w.From = max(w.From, math.MinInt64+by) - by
	}
	if w.Until != 0 {
		w.Until = min(w.Until, math.MaxInt64-by) + by
	}
	return w
}

// WindowOf is the window that the spans cover by their own clocks, zero
// without spans.
func WindowOf(spans []Span) Window {
	var w Window
	for i := range spans {
		s := &spans[i]
		if s.Start <= 0 {
			continue // 1970 is no time at which a trace was taken
		}
		if w.From == 0 || s.Start < w.From {
			w.From = s.Start
		}
		w.Until = max(w.Until, s.End())
	}
	return w
}

// Whereabouts is what one source has learnt about where another should look.
type Whereabouts struct {
	Window  Window
	Indices []string // index patterns that spans name in their attribute log.index
}

// IndicesOf is the index patterns that the spans name as their logs'.
func IndicesOf(spans []Span) []string {
	var list []string
	for i := range spans {
		for _, attrs := range [...][]Attribute{spans[i].Attributes, spans[i].Resource.Attributes} {
			if name := FindText(attrs, "log.index"); name != "" {
				list = append(list, name)
			}
		}
	}
	return dedupe(list)
}

// A Condition asks for records that hold a value under a key. Keys that differ
// only in case, dots, dashes and underscores are one.
type Condition struct{ Key, Value string }

// String is the condition as it is typed.
func (c Condition) String() string { return c.Key + "=" + c.Value }

// Canonical returns a key without what its spellings differ in: case, dots,
// dashes, underscores and slashes.
func Canonical(key string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '.', '-', '_', '/':
			return -1
		}
		return r
	}, strings.ToLower(key))
}

// AsksForError reports whether the condition is one of the ways to ask for
// failed spans: Jaeger's storages keep a status of error under either name.
func (c Condition) AsksForError() bool {
	switch Canonical(c.Key) {
	case "error":
		return strings.EqualFold(c.Value, "true")
	case "otelstatuscode", "status", "statuscode":
		return strings.EqualFold(c.Value, "error")
	}
	return false
}

// Holds reports whether any of the attributes fulfils the condition.
func (c Condition) Holds(attrs []Attribute) bool {
	key := Canonical(c.Key)
	for i := range attrs {
		if attrs[i].Value.Text() == c.Value && Canonical(attrs[i].Key) == key {
			return true
		}
	}
	return false
}

// A Query asks for traces by what their spans and logs hold. Empty fields ask
// for nothing. All that is asked of spans must hold for one span.
type Query struct {
	Conditions  []Condition
	Service     string
	Operation   string
	MinDuration int64 // nanoseconds
	MaxDuration int64 // nanoseconds; zero is no limit
	LinksTo     ID    // a span must link to this trace
	Window      Window
	Limit       int           // the most traces to return, the newest; zero is no limit
	LookAt      int           // the most traces to look at for what no source can search for; zero is no limit
	Patience    time.Duration // after which a search is content with what it has; zero is never
}

// Matches reports whether a span alone fulfils the query. Conditions may hold
// in its attributes, its resource's or one of its events'.
func (q *Query) Matches(s *Span) bool {
	if q.Service != "" && s.Resource.Service != q.Service || q.Operation != "" && s.Operation != q.Operation ||
		s.Duration < q.MinDuration || q.MaxDuration > 0 && s.Duration > q.MaxDuration || !q.Window.Holds(s.Start) {
		return false
	}
	for _, c := range q.Conditions {
		if !s.fulfils(c) {
			return false
		}
	}
	return q.LinksTo.IsZero() || slices.ContainsFunc(s.Links, func(l Link) bool { return l.Trace.Same(q.LinksTo) })
}

func (s *Span) fulfils(c Condition) bool {
	if c.AsksForError() && s.Status == StatusError || c.Holds(s.Attributes) || c.Holds(s.Resource.Attributes) {
		return true
	}
	for i := range s.Events {
		if c.Holds(s.Events[i].Attributes) {
			return true
		}
	}
	return false
}
