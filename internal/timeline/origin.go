package timeline

// markOrigins marks the failed spans from which failures above them come: those
// beneath which no span failed. A failure that nothing above it tells of stands
// out by itself.
func (tl *Timeline) markOrigins() {
	if tl.Counts.ErrorSpans < 2 {
		return
	}
	above, beneath := make([]bool, len(tl.Rows)), make([]bool, len(tl.Rows))
	for i := range tl.Rows {
		if p := tl.Rows[i].Parent; p != none {
			above[i] = above[p] || tl.Rows[p].isFailedSpan()
		}
	}
	for i := len(tl.Rows) - 1; i >= 0; i-- {
		r := &tl.Rows[i]
		failed := r.isFailedSpan()
		if failed && above[i] && !beneath[i] {
			r.Marks |= MarkOrigin
		}
		if r.Parent != none {
			beneath[r.Parent] = beneath[r.Parent] || failed || beneath[i]
		}
	}
}

func (r *Row) isFailedSpan() bool { return r.Kind == KindSpan && r.IsError() }
