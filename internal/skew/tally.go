package skew

import (
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// A Count is how many samples of one rule bear upon a clock.
type Count struct {
	Rule    string // "start", "overlap", "end", "link" or "log"
	Samples int
}

// An Ignored is a sample that was not believed.
type Ignored struct {
	Span trace.SpanID // the later of its two records
	Rule string
	Why  string
}

// A tally counts each clock's evidence.
type tally struct {
	samples [][numRules]int
	ignored []int
	lost    [][]lost // the smallest, ascending
}

// A lost is a sample that was ignored.
type lost struct {
	span trace.SpanID
	rule rule
	tail bool // a callee's tail explains it; else better evidence contradicts it
}

func newTally(clocks int) *tally {
	return &tally{make([][numRules]int, clocks), make([]int, clocks), make([][]lost, clocks)}
}

// count notes n samples of a rule between two clocks.
func (t *tally) count(u, v int32, r rule, n int) {
	t.samples[u][r] += n
	if u != v {
		t.samples[v][r] += n
	}
}

// ignore notes that one of them was ignored.
func (t *tally) ignore(u, v int32, l lost) {
	t.ignoreAt(u, l)
	if u != v {
		t.ignoreAt(v, l)
	}
}

// ignoreAt keeps the smallest only: which those are does not depend on the
// order of the input.
func (t *tally) ignoreAt(c int32, l lost) {
	t.ignored[c]++
	list := t.lost[c]
	at, found := slices.BinarySearchFunc(list, l, compareLost)
	if l.span == 0 || found || at == maxIgnored {
		return
	}
	if len(list) == maxIgnored {
		list = list[:maxIgnored-1]
	}
	t.lost[c] = slices.Insert(list, at, l)
}

func compareLost(a, b lost) int {
	return cmp.Or(cmp.Compare(a.span, b.span), cmp.Compare(a.rule, b.rule))
}

// sum returns how many samples bear upon a clock, and how many of each rule.
func (t *tally) sum(c int) (all int, counts []Count) {
	for r := numRules - 1; r >= 0; r-- { // the most trusted first
		if n := t.samples[c][r]; n > 0 {
			all += n
			counts = append(counts, Count{rule(r).String(), n})
		}
	}
	return all, counts
}

// lostAt describes a clock's ignored samples.
func (t *tally) lostAt(c int) []Ignored {
	var list []Ignored
	for _, l := range t.lost[c] {
		why := "contradicts better evidence"
		if l.tail {
			why = "may be work that goes on after the answer"
		}
		list = append(list, Ignored{l.span, l.rule.String(), why})
	}
	return list
}
