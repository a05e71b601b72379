package tui

import (
	"cmp"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A listing is traces that were found, and what for.
type listing struct {
	query trace.Query
	found trace.Found
	told  []string // what each trace tells, for filters
}

// newListing makes a listing of what was found. It looks at all of it.
func newListing(q trace.Query, found trace.Found) *listing {
	l := &listing{query: q, found: found, told: make([]string, len(found.Traces))}
	for i := range found.Traces {
		t := &found.Traces[i]
		l.told[i] = strings.ToLower(t.ID.String() + " " + t.Service + " " + t.Operation + " " + strings.Join(t.Services, " "))
	}
	return l
}

// An order is what the list is sorted by.
type order int

const (
	byNewest order = iota
	byDuration
	byErrors
	allOrders
)

var orderNames = [allOrders]string{"the newest first", "the longest first", "the most errors first"}

// faults is how many errors are known of a trace.
func faults(t *trace.Summary) int { return t.Failed + t.ErrorLogs }

// taken is how long a trace took, in nanoseconds, less than nothing when that
// is not known.
func taken(t *trace.Summary) int64 {
	if t.Start == trace.NoTime {
		return -1
	}
	return t.End - t.Start
}

// sorted returns the traces that tell a text in an order.
func (l *listing) sorted(only string, by order) []int {
	only = strings.ToLower(only)
	shown := make([]int, 0, len(l.told))
	for i := range l.told {
		if strings.Contains(l.told[i], only) {
			shown = append(shown, i)
		}
	}
	all := l.found.Traces
	switch by {
	case byDuration:
		slices.SortStableFunc(shown, func(a, b int) int { return cmp.Compare(taken(&all[b]), taken(&all[a])) })
	case byErrors:
		slices.SortStableFunc(shown, func(a, b int) int { return cmp.Compare(faults(&all[b]), faults(&all[a])) })
	}
	return shown
}

// put shows a listing with the cursor on the trace that it was on, and as far
// down the screen as it was.
func (v *searchView) put(l *listing) {
	selected, ok := v.selected()
	v.got = l
	v.lay()
	if ok {
		v.goTo(selected)
	}
}

// lay lists the traces that the filter leaves in their order.
func (v *searchView) lay() {
	v.shown = nil
	if v.got != nil {
		v.shown = v.got.sorted(v.only, v.by)
	}
	v.rows.rows = len(v.shown)
	v.rows.move(v.rows.cursor)
}

// relay does so with the cursor on the trace that it was on.
func (v *searchView) relay() {
	selected, ok := v.selected()
	v.lay()
	if ok {
		v.goTo(selected)
	}
}

func (v *searchView) selected() (trace.ID, bool) {
	if t := v.current(); t != nil {
		return t.ID, true
	}
	return trace.ID{}, false
}

// goTo puts the cursor on a trace, if it is listed. What is at the top stays
// there as long as the trace is seen then.
func (v *searchView) goTo(id trace.ID) {
	at := slices.IndexFunc(v.shown, func(i int) bool { return v.got.found.Traces[i].ID.Same(id) })
	if at < 0 {
		return
	}
	if v.rows.top > 0 {
		v.rows.top = max(v.rows.top+at-v.rows.cursor, 0)
	}
	v.rows.move(at)
}

// current is the trace that the cursor is on, or nil.
func (v *searchView) current() *trace.Summary {
	if v.got == nil || v.rows.cursor >= len(v.shown) {
		return nil
	}
	return &v.got.found.Traces[v.shown[v.rows.cursor]]
}
