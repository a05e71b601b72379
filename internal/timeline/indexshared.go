package timeline

import "github.com/otrace/otrace/internal/trace"

// Shared texts are said by several rows each.
type shared struct {
	chunk           // its rows are texts
	by    [][]int32 // the rows that say each
}

// size counts the texts, and who says them.
func (s *shared) size() int {
	n := len(s.lower)
	for _, rows := range s.by {
		n += 4 * len(rows)
	}
	return n
}

// readResources reads those of the spans.
func readResources(rows []Row) shared {
	s := newSharing[*trace.Resource]()
	for i := range rows {
		if r := &rows[i]; (r.Kind == KindSpan || r.Kind == KindFold) && r.Span != nil {
			s.add(r.Span.Resource, int32(i))
		}
	}
	return s.read(func(b []byte, r *trace.Resource) []byte {
		b = appendText(b, r.Service)
		for i := range r.Attributes {
			b = appendText(appendText(b, r.Attributes[i].Key), r.Attributes[i].Value.Text())
		}
		return b
	})
}

// Sharing gathers what several rows say.
type sharing[T comparable] struct {
	at   map[T]int
	list []T
	by   [][]int32
}

func newSharing[T comparable]() *sharing[T] { return &sharing[T]{at: map[T]int{}} }

func (s *sharing[T]) add(what T, row int32) {
	k, ok := s.at[what]
	if !ok {
		k = len(s.list)
		s.at[what] = k
		s.list, s.by = append(s.list, what), append(s.by, nil)
	}
	s.by[k] = append(s.by[k], row)
}

func (s *sharing[T]) read(say func(b []byte, what T) []byte) shared {
	return shared{newChunk(0, len(s.list), func(b []byte, i int) []byte { return say(b, s.list[i]) }), s.by}
}

// find adds the rows that say a text in which the needle stands.
func (s *shared) find(n *needle, to Set) {
	s.chunk.find(n, 0, len(s.by), func(k int) {
		for _, row := range s.by[k] {
			to.add(row)
		}
	})
}
