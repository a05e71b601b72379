// Package adjusted undoes what Jaeger's clock-skew adjuster did to spans, by
// what it says of each. Raw times are asked for, but old servers do not know
// how to give them, servers on memory storage keep what the adjuster wrote for
// somebody else (2.8 to 2.20), and what was downloaded from the UI is adjusted.
//
// From 1.17 on the adjuster says of every span that it moved "This span's
// timestamps were adjusted by", and a time.Duration as Go prints it; a span
// that it moved again it says so of again. (Until 1.16 it moved them and said
// nothing, and so did api_v3 until 2.1: that cannot be undone.) It says other
// things of spans that it left where they were: "max clock skew adjustment
// delta of … exceeded; not applying calculated delta of …", "clock skew
// adjustment disabled; not applying …", "…; skipping clock skew adjustment".
//
// A span's start and its events are moved together. Whether its end is, depends
// on the server, and no answer tells its version: until 2.1, and from 2.17 on,
// the whole span is moved. In between the adjuster that works on OTLP moves the
// start alone: in api_v3, on memory storage in what every API reads afterwards,
// and from 2.15 on in every API. See verdict.go for how that is found out.
package adjusted

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// movedBy stands before the amount in what the adjuster says of a span that it
// moved.
const movedBy = "timestamps were adjusted by"

// SetTimes sets the times of a span whose warnings are known. When its end came
// to lie before its start because the start alone was moved, the end follows
// the start, so that the span's length is not lost; the span counts as clamped
// until Undo.
func SetTimes(s *trace.Span, start, end int64) {
	s.SetTimes(start, end)
	if end >= start || len(s.Warnings) == 0 {
		return
	}
	m, _ := read(s)
	if moved, fits := add(end, m.total); fits && moved >= start && m.undoable() {
		s.SetTimes(start, moved)
	}
}

// Undo moves the spans of one answer back to where their own clocks saw them.
// What cannot be moved back, because by how much cannot be read, is marked as
// adjusted, and its warnings stay.
func Undo(spans []trace.Span) (o Outcome) {
	var moves []move
	for i := range spans {
		if len(spans[i].Warnings) == 0 {
			continue
		}
		switch m, said := read(&spans[i]); {
		case !said:
		case m.undoable():
			moves = append(moves, m)
		default:
			spans[i].Adjusted = true
			o.Left++
		}
	}
	if len(moves) == 0 {
		return o
	}
	ends, grain := decide(spans, moves), grainOf(spans)
	for i := range moves {
		if ends == unknown && moves[i].alone() == unknown {
			o.Unsure++
		}
		moves[i].undo(ends, grain)
	}
	o.Undone = len(moves)
	return o
}

// A move is what the adjuster says that it did to a span.
type move struct {
	span        *trace.Span
	total, last int64 // nanoseconds: of all its moves, and of the last one
	unread      bool  // an amount cannot be read
}

// read reads all that the adjuster says of a span; said is false when it says
// nothing of having moved it.
func read(s *trace.Span) (m move, said bool) {
	m.span = s
	for _, w := range s.Warnings {
		if !strings.Contains(w, movedBy) {
			continue
		}
		said = true
		for _, text := range Texts(w) {
			m.take(text)
		}
	}
	return m, said
}

// take adds what one warning says.
func (m *move) take(warning string) {
	_, amount, ok := strings.Cut(warning, movedBy)
	if !ok {
		return
	}
	by, err := time.ParseDuration(strings.TrimSpace(amount))
	total, fits := add(m.total, int64(by))
	m.total, m.last = total, int64(by)
	m.unread = m.unread || err != nil || !fits || total == math.MinInt64
}

// Texts is what a warning says: of storages that keep no lists as values, all
// of a span's warnings come back as one, the JSON of the list.
func Texts(warning string) []string {
	if !strings.HasPrefix(warning, "[") {
		return []string{warning}
	}
	var list []string
	if json.Unmarshal([]byte(warning), &list) != nil {
		return []string{warning}
	}
	return list
}

// others are the warnings that say nothing of moves.
func others(warnings []string) (rest []string) {
	for _, w := range warnings {
		if !strings.Contains(w, movedBy) {
			rest = append(rest, w)
			continue
		}
		for _, text := range Texts(w) {
			if !strings.Contains(text, movedBy) {
				rest = append(rest, text)
			}
		}
	}
	return rest
}

// undoable reports whether it is known by how much to move the span back, and
// from where: some come without a time.
func (m *move) undoable() bool {
	_, fits := add(m.span.Start, -m.total)
	return fits && !m.unread && m.span.Start != 0
}

// undo moves the span and its events back. The end that came stays when the
// start was moved alone; SetTimes may have moved it since.
func (m *move) undo(ends verdict, grain int64) {
	s, own := m.span, m.alone()
	start := m.back(s.Start, grain)
	end, fits := add(start, s.Duration)
	switch {
	case own == yes && ends == no: // it ended before it began from the first
		end = start
	case own == yes:
		end = s.End() - m.total
		s.Clamped = false
	case own == unknown && ends == yes:
		end = s.End()
	case !fits:
		end = math.MaxInt64
		s.Clamped = true
	}
	s.SetTimes(start, end)
	s.Events = slices.Clone(s.Events) // others may share the array
	for i := range s.Events {
		s.Events[i].Time = m.back(s.Events[i].Time, grain)
	}
	s.Warnings = others(s.Warnings)
}

// back is where a moment was before the moves. Where what came is cut off to
// whole grains, and the moves were not by whole ones, it is early by less than
// a grain: it is rounded up, to where the many clocks without nanoseconds had it.
func (m *move) back(t, grain int64) int64 {
	was, fits := add(t, -m.total)
	if !fits {
		return t
	}
	if over := was % grain; over > 0 && was <= math.MaxInt64-grain {
		was += grain
	}
	return was - was%grain
}

// grainOf is 1,000 when an answer has only microseconds, as the UI's has, and
// else 1.
func grainOf(spans []trace.Span) int64 {
	const micro = 1000
	for i := range spans {
		s := &spans[i]
		if s.Start%micro != 0 || s.Duration%micro != 0 && !s.Clamped || slices.ContainsFunc(s.Events, func(e trace.Event) bool { return e.Time%micro != 0 }) {
			return 1
		}
	}
	return micro
}

// add adds; ok is false when the sum overflows.
func add(a, b int64) (sum int64, ok bool) {
	sum = a + b
	return sum, (sum > a) == (b > 0)
}

// An Outcome counts the spans that the adjuster had moved.
type Outcome struct {
	Undone int // were moved back
	Unsure int // of these: whether the end had been moved, too, did not show
	Left   int // could not be moved back
}

// Add counts another answer as well.
func (o *Outcome) Add(other Outcome) {
	o.Undone += other.Undone
	o.Unsure += other.Unsure
	o.Left += other.Left
}

// Warnings says so, in sentences for the whole evidence. Though tells what
// should have kept the adjuster away, if anything: it begins with a comma.
func (o Outcome) Warnings(though string) []string {
	var list []string
	if o.Undone > 0 {
		text := fmt.Sprintf("jaeger had adjusted the times of %s for clock skew%s: undone by what it says of each", count(o.Undone), though)
		if o.Unsure > 0 {
			text += fmt.Sprintf("; whether it had moved the end of %s, too, does not show: their durations are those that came", count(o.Unsure))
		}
		list = append(list, text)
	}
	if o.Left > 0 {
		list = append(list, fmt.Sprintf("jaeger says that it adjusted the times of %s for clock skew%s, and nothing by which that can be undone: they are shown as Jaeger left them, and are no evidence of clocks", count(o.Left), though))
	}
	return list
}

func count(spans int) string {
	if spans == 1 {
		return "1 span"
	}
	return fmt.Sprintf("%d spans", spans)
}
