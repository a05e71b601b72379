package trace

import (
	"cmp"
	"slices"
)

// A Summary is what is known of one trace without showing it. Times are
// observed, in nanoseconds since the epoch: the spans', else the logs', else
// NoTime.
type Summary struct {
	ID         ID
	Start, End int64
	Service    string // of the root, or of the first span when that is missing
	Operation  string
	Services   []string // sorted
	Spans      int
	Failed     int // spans with the status error
	Logs       int
	ErrorLogs  int  // of level error or worse
	AtLeast    bool // ErrorLogs covers a sample of very many logs
	Unasked    bool // the spans could not be asked for: Spans and Failed tell nothing
	Uncounted  bool // the logs could not be counted: Logs and ErrorLogs tell nothing
	BySpans    bool // the search found it by its spans
	ByLogs     bool // the search found it by its logs
}

// Found is what a search returned: the newest trace first, and what it lacks.
type Found struct {
	Traces   []Summary
	More     bool // more traces match than the limit lets through
	Untraced int  // logs that match and name no trace
	Gaps     []Gap
	Warnings []string
	Searched Searched
	Asking   []string // sources that are still being asked; none once the search is over
}

// Newest sorts the traces by their start, the newest first, and those without
// a time last.
func Newest(traces []Summary) {
	slices.SortStableFunc(traces, func(a, b Summary) int {
		return cmp.Or(cmp.Compare(b.Start, a.Start), cmp.Compare(a.ID.String(), b.ID.String()))
	})
}

// Summaries grow as spans and logs come by, in any order. The zero value is
// ready to use.
type Summaries struct {
	list []growing
	at   map[ID]int // the place of each ID's
}

// A growing summary knows how its root was chosen, and whether its times are
// those of spans.
type growing struct {
	Summary
	rooted    bool
	rootStart int64
}

// Of returns the summary of an ID, a new one when the ID is new. The pointer
// is good until the next call.
func (s *Summaries) Of(id ID) *Summary { return &s.of(id).Summary }

// Has reports whether the ID has a summary.
func (s *Summaries) Has(id ID) bool {
	_, ok := s.at[id.plain()]
	return ok
}

// Len is the number of traces.
func (s *Summaries) Len() int { return len(s.list) }

// plain is the ID without how it was typed.
func (id ID) plain() ID {
	if id.IsTrace() {
		id.text = ""
	}
	return id
}

func (s *Summaries) of(id ID) *growing {
	id = id.plain()
	i, ok := s.at[id]
	if !ok {
		if s.at == nil {
			s.at = make(map[ID]int)
		}
		i = len(s.list)
		s.at[id] = i
		s.list = append(s.list, growing{Summary: Summary{ID: id, Start: NoTime, End: NoTime}})
	}
	return &s.list[i]
}

// AddSpans counts spans, each for its own trace.
func (s *Summaries) AddSpans(spans []Span) {
	for i := range spans {
		if spans[i].Trace.IsTrace() {
			s.of(spans[i].Trace).addSpan(&spans[i])
		}
	}
}

// addSpan counts a span. The root is the earliest span without a parent, or
// the earliest of all when every span has one.
func (g *growing) addSpan(s *Span) {
	root := s.Parent == 0
	if g.Spans == 0 {
		g.Start, g.End = s.Start, s.End() // in place of what logs told
	}
	if g.Spans == 0 || root && !g.rooted || root == g.rooted && s.Start < g.rootStart {
		g.Service, g.Operation, g.rooted, g.rootStart = s.Resource.Service, s.Operation, root, s.Start
	}
	g.Start, g.End = min(g.Start, s.Start), max(g.End, s.End())
	g.Spans++
	if s.Status == StatusError {
		g.Failed++
	}
	g.addService(s.Resource.Service)
}

// AddLog counts a log for the trace that it belongs to.
func (s *Summaries) AddLog(id ID, l *Log) {
	g := s.of(id)
	g.Logs++
	if l.Level >= LevelError {
		g.ErrorLogs++
	}
	g.addService(l.Origin.Service)
	if g.Spans > 0 || l.Time == NoTime {
		return
	}
	if g.Start == NoTime || l.Time < g.Start {
		g.Start = l.Time
	}
	g.End = max(g.End, l.Time)
}

func (g *growing) addService(name string) {
	if name == "" {
		return
	}
	if at, found := slices.BinarySearch(g.Services, name); !found {
		g.Services = slices.Insert(g.Services, at, name)
	}
}

// List returns the summaries, the newest first.
func (s *Summaries) List() []Summary {
	list := make([]Summary, len(s.list))
	for i := range s.list {
		list[i] = s.list[i].Summary
	}
	Newest(list)
	return list
}
