package timeline

import (
	"cmp"
	"slices"

	"github.com/otrace/otrace/internal/trace"
)

// ByTime returns the rows' indices in the order of their corrected times, over
// all spans and services. Rows of one moment keep their order in the tree, so
// that a span stands before what it holds; rows without a time come last.
func (tl *Timeline) ByTime() []int32 {
	order := make([]int32, len(tl.Rows))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		x, y := tl.Rows[a].Time, tl.Rows[b].Time
		if (x == trace.NoTime) != (y == trace.NoTime) {
			return cmp.Compare(y, x)
		}
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a, b))
	})
	return order
}
