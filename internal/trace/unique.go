package trace

import (
	"math/bits"
	"slices"
)

// Unique drops every span that repeats an earlier one in all that was
// observed, and returns the rest in their order, in the same array. Spans that
// only share an ID, as a client and its server may, are all kept. What the
// backend says of a dropped span moves to the one that stays.
func Unique(spans []Span) []Span {
	size := 1 << bits.Len(uint(2*len(spans)))
	table := make([]int32, size) // positions in kept, plus one; zero is free
	kept := spans[:0]
	for i := range spans {
		slot := spans[i].hash() & uint64(size-1)
		for table[slot] != 0 && !kept[table[slot]-1].Equal(&spans[i]) {
			slot = (slot + 1) & uint64(size-1)
		}
		if at := table[slot]; at != 0 {
			kept[at-1].warnAlso(spans[i].Warnings)
			continue
		}
		kept = append(kept, spans[i])
		table[slot] = int32(len(kept))
	}
	clear(spans[len(kept):])
	return kept
}

// hash is equal for equal spans, and seldom for others, also when all of them
// share an ID.
func (s *Span) hash() uint64 {
	const odd = 0x9e3779b97f4a7c15
	h := uint64(s.ID) ^ s.Trace.Lo
	for _, v := range [...]uint64{uint64(s.Parent), uint64(s.Start), uint64(s.Duration), uint64(len(s.Operation))<<8 | uint64(s.Kind)} {
		h = (bits.RotateLeft64(h, 29) ^ v) * odd
	}
	for i := range s.Attributes {
		h = (bits.RotateLeft64(h, 29) ^ s.Attributes[i].Value.num ^ uint64(len(s.Attributes[i].Value.text))) * odd
	}
	return h ^ h>>32
}

func (s *Span) warnAlso(warnings []string) {
	for _, w := range warnings {
		if !slices.Contains(s.Warnings, w) {
			s.Warnings = append(slices.Clip(s.Warnings), w)
		}
	}
}

// Equal reports whether two spans are the same in all that was observed.
// Warnings are the backend's and do not count.
func (s *Span) Equal(o *Span) bool {
	return s.ID == o.ID && s.Trace.Same(o.Trace) && s.Parent == o.Parent &&
		s.Start == o.Start && s.Duration == o.Duration && s.Clamped == o.Clamped &&
		s.Kind == o.Kind && s.Status == o.Status && s.StatusMessage == o.StatusMessage &&
		s.Operation == o.Operation && s.Scope == o.Scope &&
		s.Resource.equal(o.Resource) &&
		slices.Equal(s.Attributes, o.Attributes) &&
		slices.EqualFunc(s.Events, o.Events, Event.equal) &&
		slices.EqualFunc(s.Links, o.Links, Link.equal)
}

func (r *Resource) equal(o *Resource) bool {
	return r == o || r != nil && o != nil && slices.Equal(r.Attributes, o.Attributes)
}

func (e Event) equal(o Event) bool {
	return e.Time == o.Time && e.Name == o.Name && slices.Equal(e.Attributes, o.Attributes)
}

func (l Link) equal(o Link) bool {
	return l.Span == o.Span && l.Trace.Same(o.Trace) && slices.Equal(l.Attributes, o.Attributes)
}
