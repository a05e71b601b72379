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
	scout := *w
	scout.soft = slices.Clone(w.soft)
	p := newPlacer(resolve(&scout, ids, newTally(len(ids.claim))), ids.weigh(weight))
	all := make([]int32, len(ids.claim))
	by := make([]int32, len(all)) // the clock whose machine each one shares
	suspects := make([][]int32, len(c.groups))
	for i := range all {
		all[i], by[i] = int32(i), int32(i)
		if ids.split[i] {
			suspects[ids.claim[i]] = append(suspects[ids.claim[i]], int32(i))
		}
	}
	for _, clocks := range suspects {
		p.gather(clocks, all, by)
	}
	return ids.join(by)
}

// gather notes which clocks of a refuted claim are one: each time around the
// one with most spans calls those that must be with it.
func (p *placer) gather(clocks, all, by []int32) {
	slices.SortStableFunc(clocks, func(a, b int32) int { return cmp.Compare(p.weight[b], p.weight[a]) })
	for range maxMachines {
		if len(clocks) < 2 {
			return
		}
		first := clocks[0]
		p.measureFrom(first, all)
		clocks = slices.DeleteFunc(clocks[1:], func(c int32) bool {
			if !p.mayStay(c) || p.width(c) > splitAt {
				return false
			}
			p.fix(c, 0)
			by[c] = first
			return true
		})
	}
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
