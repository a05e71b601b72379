package timeline

import (
	"cmp"
	"slices"
)

// ByTime returns the rows' indices in the order of their corrected times, over
// all spans and services. Rows of one moment keep their order in the tree, so
// that a span stands before what it holds; rows without a time come last.
func (tl *Timeline) ByTime() []int32 {
	ranks := make([]ranked, len(tl.Rows))
	for i := range ranks {
		ranks[i] = ranked{rank(tl.Rows[i].Time), int32(i)}
	}
	slices.SortFunc(ranks, func(a, b ranked) int {
		if a.rank != b.rank {
			return cmp.Compare(a.rank, b.rank)
		}
		return cmp.Compare(a.node, b.node)
	})
	order := make([]int32, len(ranks))
	for k := range ranks {
		order[k] = ranks[k].node
	}
	return order
}
