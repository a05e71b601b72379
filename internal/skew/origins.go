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
	recent [1 << slotBits]int32 // by slot: number+1
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

// slotBits make room for the origins of some hundred processes.
const slotBits = 12

// originSlot is a hash of the parts in which origins differ most: the last
// characters of their names.
func originSlot(o *trace.Origin) uint64 {
	h := uint64(0)
	for _, s := range [...]string{o.Service, o.Process, o.Pod, o.Host} {
		h = h*31 + uint64(len(s))
		for i := max(0, len(s)-3); i < len(s); i++ {
			h = h*31 + uint64(s[i])
		}
	}
	return h * 0x9e3779b97f4a7c15 >> (64 - slotBits)
}

// sort orders the origins by name, so that no later decision depends on the
// order of the input, and returns each old number's new one. Nothing can be
// numbered afterwards.
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
	}
	s.list, s.ids = list, nil
	return moved
}

func compareOrigins(a, b *trace.Origin) int {
	if d := strings.Compare(a.Host, b.Host); d != 0 { // as nearly always
		return d
	}
	return cmp.Or(
		strings.Compare(a.Pod, b.Pod),
		strings.Compare(a.Process, b.Process),
		strings.Compare(a.Service, b.Service),
	)
}

// A processSet numbers the origins of resources.
type processSet struct {
	*originSet
	seen   map[*trace.Resource]int32
	last   *trace.Resource
	lastID int32 // last's number, or none before the first
}

func newProcessSet() *processSet {
	return &processSet{originSet: newOriginSet(), seen: make(map[*trace.Resource]int32), lastID: none}
}

// number returns the number of the resource's origin, a new one when it has
// none yet.
func (s *processSet) number(res *trace.Resource) int32 {
	if s.lastID == none || res != s.last {
		s.last, s.lastID = res, s.find(res)
	}
	return s.lastID
}

// maxResources bounds the memory of pointers: when spans do not share their
// resources, remembering those is of no use.
const maxResources = 1 << 14

func (s *processSet) find(res *trace.Resource) int32 {
	if id, ok := s.seen[res]; ok {
		return id
	}
	var o trace.Origin
	if res != nil {
		o = res.Origin
	}
	id := s.originSet.number(&o)
	if len(s.seen) < maxResources {
		s.seen[res] = id
	}
	return id
}

// mergeProcesses makes one numbering of two, each of which holds for half of
// the list, and returns the processes in its order.
func mergeProcesses(sets [2]*processSet, list []int32) []trace.Origin {
	all := sets[0].originSet
	moved := make([]int32, len(sets[1].list))
	for i := range moved {
		moved[i] = all.number(&sets[1].list[i])
	}
	sorted := all.sort()
	renumber(moved, sorted)
	renumber(list[:len(list)/2], sorted)
	renumber(list[len(list)/2:], moved)
	return all.list
}

func renumber(list, moved []int32) {
	for i, id := range list {
		list[i] = moved[id]
	}
}
