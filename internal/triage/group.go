package triage

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A key is what the members of a group agree in. What groups are not grouped
// by is empty.
type key struct {
	kind                              Kind
	expected                          bool
	service, operation, class, callee string
	detail                            string // frames by lines, or what was said
}

// id is a short name for a key that is the same in every run.
func (k *key) id() string {
	h := hashOf(k.kind.String(), fmt.Sprint(k.expected), k.service, k.operation, k.class, k.callee, k.detail)
	return fmt.Sprintf("%08x", uint32(h^h>>32))
}

// Bounds of what a group shows.
const (
	mostExamples = 20
	mostSaid     = 20
)

// A making is a group in the making.
type making struct {
	Group
	expected bool
	spanKind map[Kind]bool
	details  map[string]int // what its members say, by how often they do
	callees  map[string]int
	entries  map[int32]int

	baseline           []float64 // traces by slice
	logTrend           []float64 // logs by slot, those of the baseline too
	firstLog, lastLog  int64
	reached, recovered []naming // newest first
	named              []naming // by logs alone
	occasions          int      // by logs alone: traces that they name, and logs that name none
	said               map[int32]*Said
	specimens          map[int32]int32 // by speech: the voice that is shown
	causes             map[int32]bool
}

// A naming is a trace that a log names.
type naming struct {
	at int64
	id trace.ID
}

// group is the group of a key, a new one when there is none yet.
func (b *builder) group(k key) int32 {
	n := b.groups.of(k)
	if int(n) < len(b.made) {
		return n
	}
	m := &making{
		expected: k.expected, spanKind: make(map[Kind]bool), details: make(map[string]int), callees: make(map[string]int),
		entries: make(map[int32]int), said: make(map[int32]*Said), specimens: make(map[int32]int32), causes: make(map[int32]bool),
		baseline: make([]float64, b.t.cal.Slices), logTrend: make([]float64, b.t.cal.Slices+b.t.cal.Slots),
		firstLog: trace.NoTime, lastLog: trace.NoTime,
	}
	m.ID, m.Service, m.Operation, m.Class = k.id(), k.service, k.operation, k.class
	m.First, m.Last = trace.NoTime, trace.NoTime
	m.Trend = make([]int, b.t.cal.Slots)
	b.made = append(b.made, m)
	return n
}

// keyOf is the key of a root, by what the report groups by.
func (b *builder) keyOf(root int32) key {
	c, words := b.causeOf[root], b.t.words.list
	k := key{expected: c.expected}
	switch b.t.by {
	case ByService:
		k.service = words[c.service]
	case ByOperation:
		k.service, k.operation = words[c.service], words[c.operation]
	case ByClass:
		k.class = words[c.class]
	case ByEntry:
		e := b.t.entries.list[b.rootAt[root].entry]
		k.service, k.operation = words[e.service], words[e.operation]
	default:
		f := familyOf(c)
		k.kind, k.service, k.operation, k.class, k.callee = f.kind, words[f.service], words[f.operation], words[f.class], words[f.callee]
		k.detail = b.detail(b.meant[root], c)
	}
	return k
}

// detail is a token in words.
func (b *builder) detail(is token, c *cause) string {
	switch is.by {
	case byFrames:
		return b.t.stacks.lists.list[is.n]
	case byMessage:
		return b.said[c.service].Text(int(is.n))
	case byLog:
		return b.told.text(is.n)
	}
	return ""
}

// groupRoots puts every root into its group.
func (b *builder) groupRoots() {
	for i := range b.groupOf {
		root := int32(i)
		g := b.group(b.keyOf(root))
		b.groupOf[i] = g
		m, c := b.made[g], b.causeOf[i]
		m.spanKind[c.kind], m.causes[b.rootAt[i].cause] = true, true
		m.callees[b.t.words.list[c.callee]]++
		if b.t.by != ByCause {
			continue
		}
		if is := b.meant[i]; is.by == byFrames {
			m.Frames = b.t.stacks.frames[is.n]
		}
		m.details[b.words(root)]++
	}
}

// words is what a root said: its message, else its log's.
func (b *builder) words(root int32) string {
	if text := b.detail(b.message(b.causeOf[root]), b.causeOf[root]); text != "" {
		return text
	}
	return b.detail(b.log(root), b.causeOf[root])
}

// countTraces counts the failing traces of each group, the newest first.
func (b *builder) countTraces(r *Report) {
	order := make([]int32, len(b.t.failures))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		x, y := &b.t.failures[i], &b.t.failures[j]
		return cmp.Or(cmp.Compare(y.last(), x.last()), compareIDs(x.id, y.id))
	})
	var roots []int32
	for _, i := range order {
		f := &b.t.failures[i]
		if int(b.t.slot(f.last())) >= b.t.cal.Slices {
			r.Failing++
			r.FailedSpans += int(f.failed)
		}
		roots = roots[:0]
		for k := range f.roots {
			roots = append(roots, b.base[i]+int32(k))
		}
		slices.SortFunc(roots, func(x, y int32) int { return cmp.Compare(b.groupOf[x], b.groupOf[y]) })
		for len(roots) > 0 {
			n := 1
			for n < len(roots) && b.groupOf[roots[n]] == b.groupOf[roots[0]] {
				n++
			}
			b.countTrace(f, roots[:n])
			roots = roots[n:]
		}
	}
	b.countLost()
}

// last is when the last of a trace's roots failed.
func (f *failure) last() int64 {
	last := int64(trace.NoTime)
	for i := range f.roots {
		last = max(last, f.roots[i].last)
	}
	return last
}

// countTrace counts one trace for the group of some of its roots.
func (b *builder) countTrace(f *failure, roots []int32) {
	m := b.made[b.groupOf[roots[0]]]
	sum := root{last: trace.NoTime, first: b.rootAt[roots[0]].first}
	reached := false
	for _, n := range roots {
		r := b.rootAt[n]
		sum.first, sum.last = min(sum.first, r.first), max(sum.last, r.last)
		sum.spans += r.spans
		reached = reached || r.entry != 0
	}
	if m.First == trace.NoTime || sum.first < m.First {
		m.First = sum.first
	}
	m.Last = max(m.Last, sum.last)
	slot := int(b.t.slot(sum.last))
	if slot < b.t.cal.Slices {
		b.countBefore(m, roots[0], slot)
		return
	}
	m.Traces++
	m.Spans += int(sum.spans)
	m.Trend[slot-b.t.cal.Slices]++
	if !reached {
		m.Absorbed++
		m.recovered = addExample(m.recovered, naming{sum.last, f.id})
		return
	}
	m.reached = addExample(m.reached, naming{sum.last, f.id})
	var came []int32
	for _, n := range roots {
		if e := b.rootAt[n].entry; e != 0 && !slices.Contains(came, e) {
			came = append(came, e)
			m.entries[e]++
		}
	}
}

// countBefore counts a trace of the baseline.
func (b *builder) countBefore(m *making, root int32, slot int) {
	m.baseline[slot]++
	if b.t.by == ByCause && b.meant[root].by == byNothing {
		f := familyOf(b.causeOf[root])
		if b.lost[f] == nil {
			b.lost[f] = make([]float64, b.t.cal.Slices)
		}
		b.lost[f][slot]++
	}
}

// countLost counts the traces of the baseline whose detail got lost. Each may
// be any of its family's: it counts for all of them, so that none seems newer
// than it is.
func (b *builder) countLost() {
	counted := make(map[int32]bool)
	b.eachRoot(func(root int32, _ *cause, f family) {
		g := b.groupOf[root]
		if lost := b.lost[f]; lost != nil && b.meant[root].by != byNothing && !counted[g] {
			counted[g] = true
			for slot, n := range lost {
				b.made[g].baseline[slot] += n
			}
		}
	})
}

func addExample(list []naming, n naming) []naming {
	if len(list) < mostExamples {
		list = append(list, n)
	}
	return list
}

// most is the text that occurs most often, the first in the alphabet of
// several; the empty one only when there is no other.
func most(count map[string]int) string {
	best := ""
	for text, n := range count {
		if text == "" {
			continue
		}
		if best == "" || n > count[best] || n == count[best] && strings.Compare(text, best) < 0 {
			best = text
		}
	}
	return best
}
