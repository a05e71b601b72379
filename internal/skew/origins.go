package skew

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// An originSet numbers distinct origins. Records come in runs and from few
// processes, so a small cache spares most of the hashing.
type originSet struct {
	list   []trace.Origin
	ids    map[trace.Origin]int32
	recent [256]int32 // by slot: number+1
}

func newOriginSet() *originSet {
	return &originSet{ids: make(map[trace.Origin]int32)}
}

// number returns the origin's number, a new one when it has none yet.
func (s *originSet) number(o *trace.Origin) int32 {
	slot := &s.recent[originSlot(o)]
	if *slot > 0 && s.list[*slot-1] == *o {
		return *slot - 1
	}
	id, ok := s.ids[*o]
	if !ok {
		id = int32(len(s.list))
		s.ids[*o] = id
		s.list = append(s.list, *o)
	}
	*slot = id + 1
	return id
}

// originSlot is a hash of the parts in which origins differ most: the last
// characters of their names.
func originSlot(o *trace.Origin) uint8 {
	h := uint(0)
	for _, s := range [...]string{o.Service, o.Process, o.Pod, o.Host} {
		h = h*31 + uint(len(s))
		if n := len(s); n > 1 {
			h = h*31 + uint(s[n-1])*7 + uint(s[n-2])
		}
	}
	return uint8(h ^ h>>8)
}

// sort orders the origins by name, so that no later decision depends on the
// order of the input, and returns each old number's new one.
func (s *originSet) sort() []int32 {
	order := make([]int32, len(s.list))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return compareOrigins(&s.list[a], &s.list[b]) })
	moved := make([]int32, len(order))
	list := make([]trace.Origin, len(order))
	for to, from := range order {
		moved[from] = int32(to)
		list[to] = s.list[from]
		s.ids[list[to]] = int32(to)
	}
	s.list = list
	s.recent = [256]int32{}
	return moved
}

func compareOrigins(a, b *trace.Origin) int {
	return cmp.Or(
		strings.Compare(a.Host, b.Host),
		strings.Compare(a.Pod, b.Pod),
		strings.Compare(a.Process, b.Process),
		strings.Compare(a.Service, b.Service),
	)
}

// numberSpans numbers the spans' origins, canonically, and tells each span's.
func numberSpans(spans []trace.Span) ([]trace.Origin, []int32) {
	set := newOriginSet()
	of := make([]int32, len(spans))
	seen := make(map[*trace.Resource]int32)
	var last *trace.Resource
	var lastID int32
	for i := range spans {
		res := spans[i].Resource
		if i == 0 || res != last {
			last, lastID = res, numberResource(set, seen, res)
		}
		of[i] = lastID
	}
	renumber(of, set.sort())
	return set.list, of
}

// maxResources bounds the memory of pointers: when spans do not share their
// resources, remembering those is of no use.
const maxResources = 1 << 14

func numberResource(set *originSet, seen map[*trace.Resource]int32, res *trace.Resource) int32 {
	if id, ok := seen[res]; ok {
		return id
	}
	var o trace.Origin
	if res != nil {
		o = res.Origin
	}
	id := set.number(&o)
	if len(seen) < maxResources {
		seen[res] = id
	}
	return id
}

func renumber(list, moved []int32) {
	for i, id := range list {
		list[i] = moved[id]
	}
}
