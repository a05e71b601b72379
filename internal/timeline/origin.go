package timeline

// markOrigins marks the failed spans from which failures above them come: those
// beneath which no span failed. A failure that nothing above it tells of stands
// out by itself.
func (tl *Timeline) markOrigins() {
	if tl.Counts.ErrorSpans < 2 {
		return
	}
	var above []int32 // the failed spans around the row before, the outermost first
	last := none      // the failed span before
	leaf := func(next int32) {
		if last != none && len(above) > 1 && !tl.holds(last, next) {
			tl.Rows[last].Marks |= MarkOrigin
		}
	}
	for _, i := range tl.errors {
		if tl.Rows[i].Kind != KindSpan {
			continue
		}
		leaf(i)
		for len(above) > 0 && !tl.holds(above[len(above)-1], i) {
			above = above[:len(above)-1]
		}
		above, last = append(above, i), i
	}
	leaf(int32(len(tl.Rows)))
}

// holds reports whether row i, which follows the other, is beneath it.
func (tl *Timeline) holds(row, i int32) bool { return i <= row+tl.Rows[row].Subtree }
