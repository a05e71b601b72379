package adjusted

import "github.com/otrace/otrace/internal/trace"

// A verdict says whether the starts of spans were moved alone.
type verdict int8

const (
	unknown verdict = iota
	no
	yes
)

// alone is what a span itself tells: one that ended before it began, until its
// end was made to follow, had its start moved alone; and one that would end
// before it began if its end were left was moved as a whole.
func (m *move) alone() verdict {
	s := m.span
	switch {
	case s.Clamped && m.total > 0 && s.Duration < m.total:
		return yes
	case s.Duration+min(m.total, 0) < 0:
		return no
	}
	return unknown
}

// decide finds out what the server that answered does, by the majority of its
// spans. All of them were adjusted by the same server, and how it does its sums
// is known: where it put a child in its parent tells how long it took both for,
// to the nanosecond. Where nothing tells, whole spans are taken to have been
// moved, as by most servers: the lengths that came are sane.
func decide(spans []trace.Span, moves []move) verdict {
	p := parents{spans: spans, at: make(map[key]int32, len(spans)), moves: make(map[*trace.Span]*move, len(moves))}
	for i := range spans {
		p.add(i)
	}
	for i := range moves {
		p.moves[moves[i].span] = &moves[i]
	}
	balance := 0
	for i := range moves {
		balance += p.vote(&moves[i])
	}
	switch {
	case balance > 0:
		return yes
	case balance < 0:
		return no
	}
	return unknown
}

// parents finds the spans of an answer by their IDs.
type parents struct {
	spans []trace.Span
	at    map[key]int32 // the place of a span, plus one; negative for an ID of several
	moves map[*trace.Span]*move
}

// vote is 1 for a start that was moved alone, -1 for one that was not, and 0
// when neither span nor parent tell.
func (p *parents) vote(m *move) int {
	v := m.alone()
	switch at := p.at[keyOf(m.span, m.span.Parent)]; {
	case v == yes && m.span.Duration == 0:
		return 0 // or it never had an end after its start
	case v == unknown && m.span.Parent != 0 && at > 0:
		v = p.placed(m, &p.spans[at-1])
	}
	switch v {
	case yes:
		return 1
	case no:
		return -1
	}
	return 0
}

type key struct {
	hi, lo uint64
	span   trace.SpanID
}

func keyOf(s *trace.Span, id trace.SpanID) key { return key{s.Trace.Hi, s.Trace.Lo, id} }

func (p *parents) add(i int) {
	s := &p.spans[i]
	k := keyOf(s, s.ID)
	at := p.at[k]
	switch {
	case at == 0:
		p.at[k] = int32(i) + 1
	case at > 0 && (p.spans[at-1].Start != s.Start || p.spans[at-1].Duration != s.Duration):
		p.at[k] = -1
	}
}

// near is how exactly a place is compared. Some storages and the UI's JSON
// have only microseconds, of the start and of both durations.
const near = 2_000

// placed tells by where the adjuster put a span in its parent whether it then
// had the span's length as it is now, or one that its own last move changed.
// The adjuster puts the middle of the span where the middle of the parent is,
// or both starts together when the span is the longer one. A span that was
// moved by as much as its parent was moved with it, and tells nothing.
func (p *parents) placed(m *move, parent *trace.Span) verdict {
	if pm := p.moves[parent]; pm != nil && pm.last == m.last {
		return unknown
	}
	offset := m.span.Start - parent.Start
	whole := fits(offset, parent.Duration, m.span.Duration)
	alone := fits(offset, parent.Duration, m.span.Duration+m.last)
	switch {
	case whole && !alone:
		return no
	case alone && !whole:
		return yes
	}
	return unknown
}

// fits reports whether the adjuster would put a span of that length there.
func fits(offset, parent, length int64) bool {
	want := int64(0)
	if length <= parent {
		want = (parent - length) / 2
	}
	return max(want-offset, offset-want) <= near
}
