package timeline

// undecided lists the rows that follow another one of the same parent and of
// another clock, where the evidence about those clocks allows the opposite
// order, too.
func (tl *Timeline) undecided() (rows []int32) {
	last := make([]int32, len(tl.Rows)+1) // by parent+1: the child before, +1
	for i := range tl.Rows {
		r := &tl.Rows[i]
		before := last[r.Parent+1]
		last[r.Parent+1] = int32(i) + 1
		if before > 0 && !tl.Decided(&tl.Rows[before-1], r) {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// Decided reports whether two rows certainly happened in this order. Rows
// without a time have no order to doubt. It must not be called by two
// goroutines at once.
func (tl *Timeline) Decided(a, b *Row) bool {
	switch {
	case (a.Marks | b.Marks).Has(MarkNoTime | MarkFar):
		return true
	case a.Kind == KindMissing || b.Kind == KindMissing:
		return true
	case (a.Marks | b.Marks).Has(MarkAdjusted):
		return a.Kind == KindEvent && b.Kind == KindEvent && a.Span == b.Span // they moved together
	case a.Clock == b.Clock && a.Clock != nil:
		return a.Time <= b.Time
	}
	return tl.clocks.Ordered(a.Clock, a.byClock(), b.Clock, b.byClock())
}

// byClock is the row's time by its own clock, the zone of its source mended.
func (r *Row) byClock() int64 {
	at := r.Observed
	if r.Clock == nil || !r.Marks.Has(MarkZone) {
		return at
	}
	for range 3 { // the hours between may be some ms of drift, but not of drift's drift
		at = saturate(r.Time, -r.Clock.At(at))
	}
	return at
}
