package skew

import (
	"cmp"
	"slices"
)

// maxMachines bounds how many machines are told apart among the processes that
// made one refuted claim. The rest keep clocks of their own.
const maxMachines = 32

// reunite finds out who shares a machine after all, where a claim was refuted.
// Often two machines pass for one, and each still has several processes: those
// that the evidence holds together within the contradiction that would refute
// the claim keep sharing a clock.
func reunite(w *witness, c *census, ids *identity, weight []int) *identity {
	return reuniteOverTime([]*witness{w}, c, ids, weight)
}

// reuniteOverTime is reunite where clocks drift: each witness heard the evidence
// of another time, and who shares a machine does so all the time.
func reuniteOverTime(heard []*witness, c *census, ids *identity, weight []int) *identity {
	s := newScouts(heard, ids, weight)
	by := slices.Clone(s.all) // the clock whose machine each one shares
	suspects := make([][]int32, len(c.groups))
	for _, i := range s.all {
		if ids.split[i] {
			suspects[ids.claim[i]] = append(suspects[ids.claim[i]], i)
		}
	}
	for _, clocks := range suspects {
		s.gather(clocks, by)
	}
	return ids.join(by)
}

// scouts measure the clocks against each other, each at a time of its own.
type scouts struct {
	placers []*placer
	weight  []int
	all     []int32
}

func newScouts(heard []*witness, ids *identity, weight []int) *scouts {
	s := &scouts{weight: ids.weigh(weight), all: make([]int32, len(ids.claim))}
	for i := range s.all {
		s.all[i] = int32(i)
	}
	for _, w := range heard {
		w := *w
		w.soft = slices.Clone(w.soft)
		s.placers = append(s.placers, w.newPlacer(ids, newTally(len(s.all)), s.weight))
	}
	return s
}

// gather notes which clocks of a refuted claim are one: each time around the
// one with most spans calls those that must be with it.
func (s *scouts) gather(clocks, by []int32) {
	slices.SortStableFunc(clocks, func(a, b int32) int { return cmp.Compare(s.weight[b], s.weight[a]) })
	for range maxMachines {
		if len(clocks) < 2 {
			return
		}
		first := clocks[0]
		for _, p := range s.placers {
			p.measureFrom(first, s.all)
		}
		clocks = slices.DeleteFunc(clocks[1:], func(c int32) bool {
			if !s.hold(c) {
				return false
			}
			for _, p := range s.placers {
				p.fix(c, 0)
			}
			by[c] = first
			return true
		})
	}
}

// hold reports whether the evidence holds a clock together with the one that is
// measured from.
func (s *scouts) hold(c int32) bool {
	low, high := -farOff, farOff
	for _, p := range s.placers {
		low, high = max(low, p.low[c]), min(high, p.high[c])
	}
	return low <= 0 && high >= 0 && low > -farOff && high < farOff && high-low <= splitAt
}

// join makes one clock of all that share a machine.
func (ids *identity) join(by []int32) *identity {
	size := make([]int, len(by))
	for _, m := range by {
		size[m]++
	}
	joined := &identity{of: make([]int32, len(ids.of))}
	number := make([]int32, len(by))
	for i, m := range by {
		if int(m) == i {
			number[i] = int32(len(joined.claim))
			joined.claim = append(joined.claim, ids.claim[i])
			joined.first = append(joined.first, ids.first[i])
			joined.split = append(joined.split, ids.split[i] && size[i] == 1)
		}
	}
	for p, c := range ids.of {
		joined.of[p] = number[by[c]]
	}
	return joined
}
