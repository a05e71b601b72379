package template

import (
	"cmp"
	"slices"
)

// fold merges rows of one shape that agree in all words but one, when what
// stands there varies.
func (v *vocabulary) fold(rows []row) []row {
	if len(rows) < 2 {
		return rows
	}
	sums := make([]uint64, len(rows))
	for i, r := range rows {
		for at, w := range r.words {
			sums[i] += mixed(at, w)
		}
	}
	alike := newSets(len(rows))
	for at := range rows[0].words {
		v.foldAt(at, rows, sums, alike)
	}
	return alike.joined(rows)
}

// A rest is what a row holds beside one place, as a number.
type rest struct {
	sum uint64
	row int
}

// foldAt finds the rows that agree in all words but those at one place: their
// sums without that place's are equal.
func (v *vocabulary) foldAt(at int, rows []row, sums []uint64, alike sets) {
	if !slices.ContainsFunc(rows, func(r row) bool { return r.words[at] != rows[0].words[at] }) {
		return
	}
	rests := make([]rest, len(rows))
	for i, r := range rows {
		rests[i] = rest{sums[i] - mixed(at, r.words[at]), i}
	}
	slices.SortFunc(rests, func(a, b rest) int { return cmp.Or(cmp.Compare(a.sum, b.sum), cmp.Compare(a.row, b.row)) })
	for from := 0; from < len(rests); {
		to := from + 1
		for to < len(rests) && rests[to].sum == rests[from].sum {
			to++
		}
		if to > from+1 && v.variesAt(at, rows, rests[from:to]) {
			for _, r := range rests[from+1 : to] {
				alike.union(rests[from].row, r.row)
			}
		}
		from = to
	}
}

// variesAt reports whether some of the rows differ at one place alone, and what
// stands there varies.
func (v *vocabulary) variesAt(at int, rows []row, some []rest) bool {
	group := make([]row, len(some))
	for i, r := range some {
		group[i] = rows[r.row]
	}
	places := v.survey(group)
	same, differ := agreement(places)
	return same > 0 && differ <= 1 && places[at].varies(same)
}

// mixed is a number for a word at a place, such that sums of them do not meet by
// chance.
func mixed(at int, w word) uint64 {
	x := uint64(at+1)<<32 | uint64(uint32(w))
	x = (x ^ x>>33) * 0xff51afd7ed558ccd
	x = (x ^ x>>33) * 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}

// sets are disjoint sets of numbers from 0: each leads to another of its set, or
// to itself.
type sets []int

func newSets(n int) sets {
	s := make(sets, n)
	for i := range s {
		s[i] = i
	}
	return s
}

func (s sets) find(i int) int {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

func (s sets) union(a, b int) {
	a, b = s.find(a), s.find(b)
	s[max(a, b)] = min(a, b)
}

// joined makes one row of each set.
func (s sets) joined(rows []row) []row {
	members := make([][]row, len(rows))
	for i, r := range rows {
		root := s.find(i)
		members[root] = append(members[root], r)
	}
	var done []row
	for _, m := range members {
		if len(m) > 0 {
			done = append(done, join(m))
		}
	}
	sortRows(done)
	return done
}
