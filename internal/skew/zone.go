package skew

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// A logger that writes local time without its zone, or a shipper that takes
// it for another, puts all logs of a source off by hours. That is no clock's
// fault: the spans of the same machine are right.
const (
	zoneStep = int64(15 * time.Minute) // zones differ by multiples of it
	mostZone = int64(26 * time.Hour)   // between the Line Islands and Baker Island

	// zoneSlack is how far off its span a log may be still, once its zone is
	// mended: clocks differ, and a log may come a little late.
	zoneSlack = 5 * second

	// enoughWitnesses is how many logs have to agree where none of them names
	// a span of the trace; and how many spans they have to name where they are
	// so little late that a timer may have written them.
	enoughWitnesses = 3
	longTimer       = int64(time.Hour) / zoneStep // timers of 15 and 30 minutes are common
)

// A Zone is a source of logs whose times are off by about a multiple of 15
// minutes.
type Zone struct {
	Origin trace.Origin
	Index  string
	Add    int64 // to its logs' times, in nanoseconds
	Logs   int   // how many stand off by that much
	Of     int   // of so many that can be compared
	Mended bool  // nearly all of them do, so that the logs are shown where they belong
}

// Zones returns the sources of logs with a mistaken time zone.
func (c *Clocks) Zones() []Zone { return c.zones }

// Zone returns what to add to the time of logs[i], before its clock is
// corrected, because its source has the wrong time zone: 0 for most.
func (c *Clocks) Zone(i int) int64 {
	if c.zone == nil || c.zone[i] == none {
		return 0
	}
	return c.zones[c.zone[i]].Add
}

// A source is where logs with the same zone come from.
type source struct {
	origin int32
	index  string
}

// A poll is what the logs of a source say of their zone.
type poll struct {
	votes map[int64]int // by how many steps a log is off; 0 for those that are not
	asked int
	spans []int32 // the first few that they name
}

// An extent is the time in which something took place; none when to < from.
type extent struct{ from, to int64 }

func (e *extent) stretch(from, to int64) {
	e.from, e.to = min(e.from, from), max(e.to, to)
}

// holds reports whether a moment is in the extent, or hardly outside of it.
func (e *extent) holds(t int64) bool { return t >= e.from-zoneSlack && t-e.to <= zoneSlack }

// steps returns by how many steps a moment is off, and how many such numbers
// fit: none, one, or several, which counts as 2.
func (e *extent) steps(t int64) (k int64, fitting int) {
	if e.holds(t) {
		return 0, 1
	}
	late := t - e.from
	if late > maxGap || late < -maxGap {
		return 0, 0
	}
	k = floorDiv(late+zoneSlack, zoneStep) // the earliest it could be meant
	switch at := t - k*zoneStep; {
	case !e.holds(at) || k*zoneStep < -mostZone:
		return 0, 0
	case e.holds(at + zoneStep):
		return 0, 2
	case k*zoneStep > mostZone:
		return 0, 0
	}
	return k, 1
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Surroundings tell when a log is expected, by its own clock: while its span
// lasts, else while its process has spans, else while the trace lasts.
type surroundings struct {
	*records
	process []extent
	whole   extent
}

func (r *records) surround() *surroundings {
	never := extent{math.MaxInt64, 0}
	s := &surroundings{r, make([]extent, len(r.processes)), never}
	for p := range s.process {
		s.process[p] = never
	}
	for i := range r.family.facts {
		if e, ok := s.ofSpan(int32(i)); ok {
			s.process[r.spanOf[i]].stretch(e.from, e.to)
			s.whole.stretch(e.from, e.to)
		}
	}
	return s
}

func (s *surroundings) ofSpan(i int32) (extent, bool) {
	f := &s.family.facts[i]
	return extent{f.start, f.end()}, f.timed && !f.clamped && !s.family.mute[i]
}

// of returns when a log is expected, and the span that tells, or none. The span
// of another machine tells only where the log's own has none: its clock may be
// off by hours.
func (s *surroundings) of(i int) (e extent, by int32) {
	p := s.logOf[i]
	stamped := p != none && s.process[p].to > 0
	if span := s.logSpan[i]; span != none && (!stamped || s.spanOf[span] == p) {
		if e, ok := s.ofSpan(span); ok {
			return e, span
		}
	}
	if stamped {
		return s.process[p], none
	}
	return s.whole, none
}

// sound reports whether a log's time is so near the whole trace, and that so
// short, that no zone is mistaken.
func (s *surroundings) sound(t int64) bool {
	const room = zoneStep/2 - zoneSlack
	return s.whole.to-s.whole.from < room && t > s.whole.from-room && t < s.whole.to+room
}

// findZones looks for sources whose logs all stand off by the same zone, and
// notes what to add to their times. Nearly always there is none, which one
// look at each log's time tells.
func (r *records) findZones(from []int32) {
	s := r.surround()
	if s.whole.to == 0 {
		return
	}
	suspect := make([]bool, len(r.logOrigins))
	for i := range r.logs {
		t := r.logs[i].Time
		if t <= 0 || s.sound(t) {
			continue
		}
		if e, _ := s.of(i); !e.holds(t) {
			suspect[from[i]] = true
		}
	}
	if !slices.Contains(suspect, true) {
		return
	}
	polls := make(map[source]*poll)
	var p *poll
	last := source{origin: none}
	for i := range r.logs {
		if !suspect[from[i]] || r.logs[i].Time <= 0 {
			continue
		}
		if key := (source{from[i], r.logs[i].Index}); key != last { // logs of a source come in runs
			last, p = key, polls[key]
			if p == nil {
				p = newPoll()
				polls[key] = p
			}
		}
		e, by := s.of(i)
		p.hear(r.logs[i].Time, e, by)
	}
	r.mend(polls, from)
}

func newPoll() *poll { return &poll{votes: make(map[int64]int)} }

// hear takes a log's vote. One that fits several zones has none.
func (p *poll) hear(t int64, expected extent, by int32) {
	k, fitting := expected.steps(t)
	if fitting > 1 {
		return
	}
	p.asked++
	if fitting == 1 {
		p.votes[k]++
	}
	if by != none && len(p.spans) < enoughWitnesses && !slices.Contains(p.spans, by) {
		p.spans = append(p.spans, by)
	}
}

// verdict returns by how many steps most logs are off, and how many are. A
// source is off as a whole when no log stands right already, nearly none
// stands off by anything else, and it takes no timer to explain it.
func (p *poll) verdict() (steps int64, logs int, whole bool) {
	for k, n := range p.votes {
		if k != 0 && (n > logs || n == logs && k < steps) {
			steps, logs = k, n
		}
	}
	enough := len(p.spans) > 0 || logs >= enoughWitnesses
	if steps > 0 && steps < longTimer {
		enough = len(p.spans) == enoughWitnesses
	}
	return steps, logs, enough && p.votes[0] == 0 && 10*logs >= 9*p.asked
}

// mend notes the verdicts, and which logs they apply to.
func (r *records) mend(polls map[source]*poll, from []int32) {
	sources := slices.SortedFunc(maps.Keys(polls), func(a, b source) int {
		return cmp.Or(cmp.Compare(a.origin, b.origin), cmp.Compare(a.index, b.index))
	})
	number := make(map[source]int32)
	for _, key := range sources {
		p := polls[key]
		steps, logs, whole := p.verdict()
		if !whole && (logs < 2 || 10*logs < p.asked) {
			continue // a few late logs are no mistaken zone
		}
		if whole {
			number[key] = int32(len(r.zones))
		}
		r.zones = append(r.zones, Zone{r.logOrigins[key.origin], key.index, -steps * zoneStep, logs, p.asked, whole})
	}
	if len(number) == 0 {
		return
	}
	r.zoneOf = make([]int32, len(r.logs))
	last, z := source{origin: none}, none
	for i := range r.logs {
		if key := (source{from[i], r.logs[i].Index}); key != last {
			last, z = key, none
			if n, ok := number[key]; ok {
				z = n
			}
		}
		r.zoneOf[i] = z
	}
}

// logTime returns when a log was written by its clock, its zone mended.
func (r *records) logTime(i int32) int64 {
	t := r.logs[i].Time
	if r.zoneOf != nil && r.zoneOf[i] != none && t > 0 {
		t = addSaturating(t, r.zones[r.zoneOf[i]].Add)
	}
	return t
}
