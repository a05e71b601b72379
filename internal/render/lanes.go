package render

import (
	"cmp"
	"io"
	"math"
	"slices"

	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// Timeline draws the rows in the order of time over all services. Each service
// has a lane that shows when it worked and when it waited for another, and a
// line says where nothing happened at all. Where lanes have no room, and piped,
// it is a list. The mode is that in which the clocks were estimated.
func Timeline(w io.Writer, tl *timeline.Timeline, style Style) error {
	l := &lanes{sequence: newSequence(w, tl, style), moment: trace.NoTime}
	l.idle = max(tl.Duration/idleShare, leastIdle)
	if len(tl.Rows) == 1 {
		l.idle = math.MaxInt64 // a span alone is no silence
	}
	l.heading()
	if len(tl.Rows) > 0 {
		l.assign()
		l.listEnds()
		l.layout()
		l.explain()
		l.names()
		l.walk()
	}
	return l.flush()
}

// A silence is told when it lasts a tenth of the whole: there can be no more
// than ten, and a shorter one explains little. What lasts less than a
// millisecond is no silence to people.
const (
	idleShare = 10
	leastIdle = int64(1e6)
)

// lanes are one drawing under way: a walk through time that knows at each
// moment which spans are open and who waits for whom.
type lanes struct {
	sequence
	laneWidths
	services []string  // by lane, in the order in which they first did something
	lane     []int32   // of each row, or noLane
	spans    []spanNow // of each row, how its span is now
	now      []laneNow // of each lane
	ends     []spanEnd // of the spans that can be open, in order
	ended    int       // how many of those have ended
	untold   []int32   // those that ended since the last line
	moment   int64     // when the last thing happened
	idle     int64     // nanoseconds of silence that are told
	last     int64     // the time of the row before, for a list
}

const noLane = int32(-1)

// A spanNow is a span at the present moment.
type spanNow struct {
	open    bool
	awaited bool  // its parent was open when it began, and waits for it
	waits   int32 // for how many children
}

// A spanEnd is when a row's span ends.
type spanEnd struct {
	at  int64
	row int32
}

// A laneNow is a service at the present moment. It works when one of its open
// spans waits for no child.
type laneNow struct {
	open, working int32
	sign          laneSign // what the line to be drawn says happened here
}

// assign gives each service its lane.
func (l *lanes) assign() {
	l.lane = make([]int32, len(l.tl.Rows))
	l.spans = make([]spanNow, len(l.tl.Rows))
	known := make(map[string]int32, len(l.tl.Services))
	before, at := "", noLane // most rows are of the same service as the one before
	for _, i := range l.order {
		if s := l.tl.Rows[i].Service(); s != before {
			before = s
			at = l.laneOf(known, s)
		}
		l.lane[i] = at
	}
	l.now = make([]laneNow, len(l.services))
}

func (l *lanes) laneOf(known map[string]int32, service string) int32 {
	if service == "" {
		return noLane
	}
	at, ok := known[service]
	if !ok {
		at = int32(len(l.services))
		known[service] = at
		l.services = append(l.services, service)
	}
	return at
}

// listEnds lists the spans that are open for a time, by their ends; of those
// that end together, what was called before its caller.
func (l *lanes) listEnds() {
	for i := range l.tl.Rows {
		if r := &l.tl.Rows[i]; placed(r) && r.Kind == timeline.KindSpan && canBeOpen(r) {
			l.ends = append(l.ends, spanEnd{r.End(), int32(i)})
		}
	}
	slices.SortFunc(l.ends, func(a, b spanEnd) int {
		if a.at != b.at {
			return cmp.Compare(a.at, b.at)
		}
		return cmp.Compare(b.row, a.row)
	})
}

// placed reports whether a row has a moment that can be believed.
func placed(r *timeline.Row) bool {
	return r.Time != trace.NoTime && !r.Marks.Has(timeline.MarkFar)
}

// walk goes through time and draws what happens.
func (l *lanes) walk() {
	for k, i := range l.order {
		r := &l.tl.Rows[i]
		switch {
		case placed(r):
			l.endUntil(r.Time, r.Kind == timeline.KindSpan)
			l.quiet(r.Time)
			l.tellEnds()
			l.moment = max(l.moment, r.Time)
			if r.Kind == timeline.KindFold {
				l.moment = max(l.moment, r.Fold.End)
			}
			l.happen(i, k)
		case l.moment != trace.NoTime: // rows without a moment stand before all others, or after
			l.endUntil(math.MaxInt64, true)
			l.tellEnds()
		}
		l.row(i)
		if !l.checkpoint() {
			return
		}
	}
	l.endUntil(math.MaxInt64, true)
	l.tellEnds()
}

// endUntil ends the spans that ended before a moment, or at it where what
// happens then is the begin of another span.
func (l *lanes) endUntil(t int64, begins bool) {
	for ; l.ended < len(l.ends); l.ended++ {
		i, end := l.ends[l.ended].row, l.ends[l.ended].at
		if end > t || end == t && !begins {
			return
		}
		l.quiet(end)
		if n := len(l.untold); n > 0 && end-l.tl.Rows[l.untold[0]].End() > l.idle/8 {
			l.tellEnds()
		}
		l.close(i)
		l.moment = max(l.moment, end)
		if l.laneColumns > 0 {
			l.untold = append(l.untold, i)
		}
	}
}

// happen does what the row says, and notes how its lane shows that. A span
// after whose begin the next thing is its end is told in one line.
func (l *lanes) happen(i int32, k int) {
	r, at := &l.tl.Rows[i], l.lane[i]
	sign := l.signOf(r)
	if r.Kind == timeline.KindSpan {
		switch {
		case l.ended == len(l.ends) || !canBeOpen(r):
		case l.ends[l.ended].row == i && r.Span.Duration < l.idle && l.nothingBefore(r.End(), k+1):
			l.ended++
			l.moment = max(l.moment, r.End())
		default:
			l.open(i)
			sign = signBegin
		}
		if at != noLane && l.now[at].open > 1 || sign != signBegin && at != noLane && l.now[at].open > 0 {
			sign = signMore
		}
	}
	if at != noLane {
		l.now[at].sign = sign
	}
}

// canBeOpen reports whether a span has a length that can be believed.
func canBeOpen(r *timeline.Row) bool {
	return r.Span.Duration > 0 && !r.Marks.Has(timeline.MarkClamped)
}

// nothingBefore reports whether the k-th row in time comes after that moment.
func (l *lanes) nothingBefore(t int64, k int) bool {
	if k == len(l.order) {
		return true
	}
	r := &l.tl.Rows[l.order[k]]
	return !placed(r) || r.Time > t || r.Time == t && r.Kind == timeline.KindSpan
}

func (l *lanes) open(i int32) {
	s, r := &l.spans[i], &l.tl.Rows[i]
	s.open = true
	l.count(l.lane[i], 1, 1)
	if p := r.Parent; p >= 0 && l.spans[p].open && r.Span.Kind != trace.KindConsumer { // nobody waits for a queue
		s.awaited = true
		if l.spans[p].waits++; l.spans[p].waits == 1 {
			l.count(l.lane[p], 0, -1)
		}
	}
}

func (l *lanes) close(i int32) {
	s := &l.spans[i]
	s.open = false
	working := int32(0)
	if s.waits == 0 {
		working = -1
	}
	l.count(l.lane[i], -1, working)
	if p := l.tl.Rows[i].Parent; s.awaited && l.spans[p].open {
		if l.spans[p].waits--; l.spans[p].waits == 0 {
			l.count(l.lane[p], 0, 1)
		}
	}
}

func (l *lanes) count(lane, open, working int32) {
	if lane != noLane {
		l.now[lane].open += open
		l.now[lane].working += working
	}
}

// worker returns the open span that waits for no other, on the critical path
// if there is one, and how many more there are; or -1.
func (l *lanes) worker() (best int32, others int) {
	best = -1
	for i := range l.spans {
		s := &l.spans[i]
		if !s.open || s.waits > 0 {
			continue
		}
		if others++; best < 0 || l.tl.Rows[i].Critical && !l.tl.Rows[best].Critical {
			best = int32(i)
		}
	}
	return best, others - 1
}
