package triage

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A spanSet is a set of spans: the failing ones first, then the healthy.
type spanSet []uint64

func newSpanSet(n int) spanSet { return make(spanSet, (n+63)/64) }

func (s spanSet) add(i int) { s[i/64] |= 1 << (i % 64) }

func (s spanSet) and(o spanSet) spanSet {
	return s.with(o, func(a, b uint64) uint64 { return a & b })
}

func (s spanSet) or(o spanSet) spanSet {
	return s.with(o, func(a, b uint64) uint64 { return a | b })
}

func (s spanSet) minus(o spanSet) spanSet {
	return s.with(o, func(a, b uint64) uint64 { return a &^ b })
}

func (s spanSet) with(o spanSet, f func(a, b uint64) uint64) spanSet {
	r := make(spanSet, len(s))
	for i := range s {
		r[i] = f(s[i], o[i])
	}
	return r
}

// count returns how many of the first n spans are in the set, and how many of
// the others.
func (s spanSet) count(n int) (first, others int) {
	for i, word := range s {
		low := uint64(0)
		if rest := n - 64*i; rest >= 64 {
			low = ^low
		} else if rest > 0 {
			low = 1<<rest - 1
		}
		first += bits.OnesCount64(word & low)
		others += bits.OnesCount64(word &^ low)
	}
	return first, others
}

func (s spanSet) size() int {
	n, _ := s.count(64 * len(s))
	return n
}

// A column is one attribute key: which spans have it, and which have each of its
// values.
type column struct {
	key    string
	split  int // how many of the spans are failing ones
	spans  spanSet
	values map[string]spanSet
}

// columnsOf turns spans into columns, by key.
func columnsOf(failing, healthy [][]trace.Attribute) []*column {
	all := len(failing) + len(healthy)
	byKey := make(map[string]*column)
	var columns []*column
	for i, attrs := range slices.Concat(failing, healthy) {
		for _, a := range attrs {
			if measured(a.Value) {
				continue
			}
			c, ok := byKey[a.Key]
			if !ok && tells(a.Key) {
				c = &column{key: a.Key, split: len(failing), spans: newSpanSet(all), values: make(map[string]spanSet)}
				columns = append(columns, c)
			}
			if !ok {
				byKey[a.Key] = c // nil when it is not compared
			}
			if c != nil {
				c.put(i, a.Value.Text(), all)
			}
		}
	}
	slices.SortFunc(columns, func(a, b *column) int { return cmp.Compare(a.key, b.key) })
	return columns
}

func (c *column) put(i int, value string, all int) {
	c.spans.add(i)
	v, ok := c.values[value]
	if !ok {
		v = newSpanSet(all)
		c.values[value] = v
	}
	v.add(i)
}

// ids reports whether the failing spans hardly share values: more than half as
// many as there are spans. Healthy ones may: each has its own customer where all
// failures are one customer's.
func (c *column) ids() bool {
	spans, _ := c.spans.count(c.split)
	values := 0
	for _, v := range c.values {
		if n, _ := v.count(c.split); n > 0 {
			values++
		}
	}
	return 2*values > spans
}
