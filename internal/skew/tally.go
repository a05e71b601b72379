package skew

import (
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A tally counts each clock's evidence.
type tally struct {
	samples []int
	ignored []int
	spans   [][]trace.SpanID // of ignored samples
}

func newTally(clocks int) *tally {
	return &tally{make([]int, clocks), make([]int, clocks), make([][]trace.SpanID, clocks)}
}

// count notes n samples between two clocks.
func (t *tally) count(u, v int32, n int) {
	t.samples[u] += n
	if u != v {
		t.samples[v] += n
	}
}

// ignore notes that one of them was ignored.
func (t *tally) ignore(u, v int32, span trace.SpanID) {
	t.ignoreAt(u, span)
	if u != v {
		t.ignoreAt(v, span)
	}
}

// ignoreAt keeps the smallest span IDs only: which those are does not depend on
// the order of the input.
func (t *tally) ignoreAt(c int32, span trace.SpanID) {
	t.ignored[c]++
	list := t.spans[c]
	at, found := slices.BinarySearch(list, span)
	if span == 0 || found || at == maxIgnoredSpans {
		return
	}
	if len(list) == maxIgnoredSpans {
		list = list[:maxIgnoredSpans-1]
	}
	t.spans[c] = slices.Insert(list, at, span)
}
