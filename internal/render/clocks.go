package render

import (
	"cmp"
	"io"
	"slices"
	"strconv"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// Clocks draws what is known of each clock, and how: a line a clock, and below
// it what sets its bounds and which evidence was not believed. The mode is that
// in which the clocks were estimated.
func Clocks(w io.Writer, tl *timeline.Timeline, style Style) error {
	r := &clockReport{head: newHead(w, tl, style), services: servicesByClock(tl), clocks: inOrder(tl.Clocks)}
	r.spans = spansOf(tl)
	r.header()
	if len(r.clocks) > 0 {
		r.layout()
		r.columnNames()
	}
	for i, c := range r.clocks {
		r.group(i)
		r.clock(c)
		r.details(c)
		if !r.checkpoint() {
			return r.err
		}
	}
	r.footer()
	return r.flush()
}

// A clockReport is one drawing under way.
type clockReport struct {
	head
	clocks   []*skew.Clock
	services map[string][]string // by clock
	spans    map[trace.SpanID]spanName
	widths   [clockColumns]int // 0 leaves the column out
}

// inOrder puts clocks that can be compared beside each other: the reference
// first, then those that were corrected, the most wrong first, and then those
// that may be right. The unknown come last.
func inOrder(clocks []skew.Clock) []*skew.Clock {
	list := make([]*skew.Clock, len(clocks))
	for i := range clocks {
		list[i] = &clocks[i]
	}
	slices.SortStableFunc(list, func(a, b *skew.Clock) int {
		return cmp.Or(
			first(b.Status == skew.Unknown, a.Status == skew.Unknown),
			componentOrder(a, b),
			first(a.Status == skew.Reference, b.Status == skew.Reference),
			first(moved(a), moved(b)),
			cmp.Compare(size(b), size(a)),
		)
	})
	return list
}

// componentOrder tells nothing of unknown clocks: each is a component.
func componentOrder(a, b *skew.Clock) int {
	if a.Status == skew.Unknown || b.Status == skew.Unknown {
		return 0
	}
	return cmp.Compare(a.Component, b.Component)
}

func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// header says how many clocks there are, how they were put, and what is
// missing or odd.
func (r *clockReport) header() {
	r.name()
	r.item(paint{}, plural(len(r.clocks), "clock"))
	corrected, right, unknown := 0, 0, 0
	for _, c := range r.clocks {
		switch {
		case c.Status == skew.Unknown:
			unknown++
		case moved(c):
			corrected++
		case c.Status != skew.Reference:
			right++
		}
	}
	r.count(r.fixed, corrected, "corrected")
	r.count(paint{}, right, "may be right")
	if r.tl.Mode != skew.Off {
		r.count(r.warn, unknown, "unknown")
	}
	r.item(paint{}, "skew "+r.tl.Mode.String())
	r.buf = append(r.buf, '\n')
	r.identity()
	if len(r.clocks) > 1 {
		r.note(r.dim, [...]string{
			skew.Auto: "clocks that may be right stay as they are (--skew auto)",
			skew.Mid:  "every clock in the middle of its bounds (--skew mid)",
			skew.Off:  "every clock as observed: nothing is estimated (--skew off)",
		}[r.tl.Mode])
	}
	r.shortcomings()
	r.warnings()
}

func (r *clockReport) count(p paint, n int, what string) {
	if n > 0 {
		r.item(p, strconv.Itoa(n)+" "+what)
	}
}

// What stands below a clock's line is indented by so much.
const (
	detailIndent = 4
	hangIndent   = 6
)

// group says where clocks begin that cannot be compared with those above.
func (r *clockReport) group(i int) {
	if r.tl.Mode == skew.Off {
		return
	}
	c := r.clocks[i]
	if i == 0 {
		if c.Status == skew.Unknown {
			r.paragraph(0, 0, r.dim, "nothing ties these clocks to each other: shown as observed")
		}
		return
	}
	before := r.clocks[i-1]
	switch {
	case c.Status == skew.Unknown && before.Status != skew.Unknown:
		r.paragraph(0, 0, r.dim, "nothing ties these to any other clock: shown as observed")
	case c.Status != skew.Unknown && c.Component != before.Component:
		r.paragraph(0, 0, r.dim, "nothing ties these to those above: they can be compared with each other only")
	}
}

// footer counts what no clock is known of.
func (r *clockReport) footer() {
	n := 0
	for i := range r.tl.Rows {
		if row := &r.tl.Rows[i]; row.Kind == timeline.KindLog && row.Clock == nil {
			n++
		}
	}
	if n > 0 {
		r.paragraph(0, 0, r.warn, plural(n, "log")+" of no known clock: shown as observed")
	}
}
