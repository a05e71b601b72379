package render

import (
	"io"
	"strconv"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// Tree draws the timeline as a tree of spans with their logs and events in
// place: when, which service, what, how long, and a bar on a common axis. What
// is folded is counted, and a line of its own says where nothing is known. The
// mode is that in which its clocks were estimated.
func Tree(w io.Writer, tl *timeline.Timeline, style Style) error {
	t := newTree(w, tl, style)
	t.markPath()
	t.header()
	if len(tl.Rows) > 0 {
		t.layout()
		t.columnNames()
		t.rows()
	}
	return t.flush()
}

func newTree(w io.Writer, tl *timeline.Timeline, style Style) tree {
	return tree{head: newHead(w, tl, style), axisFrom: tl.Start, axisLength: tl.Duration}
}

// rows draws every row, and the silences between them.
func (t *tree) rows() {
	silences := t.tl.Silences
	for i := range t.tl.Rows {
		silences = t.silencesBefore(i, silences)
		t.row(i)
		if !t.checkpoint() {
			return
		}
	}
	t.silencesBefore(len(t.tl.Rows), silences)
}

// A tree is one drawing under way.
type tree struct {
	head
	line    line
	open    []bool // per depth: more siblings follow at this depth
	scratch []byte
	marks   map[timeline.Marks][]string // how those that occur together are told
	path    bool                        // bars mark the critical path
	hot     int64                       // nanoseconds on it that a sign marks; 0 marks none

	tight                bool  // other panes stand beside the rows: text outranks bars
	axisFrom, axisLength int64 // what the bars show: nanoseconds, the first since the epoch
	without              ColumnSet
	closed               *timeline.Fold // what is not shown beneath the row that is drawn, or nil

	// Columns of each cell; 0 leaves it out.
	offsetWidth, serviceWidth, textWidth, durationCell, barWidth int

	roomWidth int // columns that the text could have had
}

// offset appends the row's distance from the start, or what stands for none.
func (t *tree) offset(b []byte, r *timeline.Row) []byte {
	switch {
	case r.Time == trace.NoTime:
		return append(b, '-')
	case r.Marks.Has(timeline.MarkFar):
		return append(b, "far"...)
	}
	return appendOffset(b, r.Time-t.tl.Start)
}

func (t *tree) columnNames() {
	t.buf = append(t.buf, t.dim.on...)
	t.buf = pad(t.buf, 1+t.offsetWidth-len("OFFSET"))
	t.buf = append(t.buf, "OFFSET "...)
	if t.serviceWidth > 0 {
		t.buf = append(pad(append(t.buf, "SERVICE"...), t.serviceWidth-len("SERVICE")), ' ')
	}
	if t.style.Width == 0 {
		t.buf = append(pad(t.buf, t.durationCell-len("DUR")), "DUR SPAN / LOG"...)
	} else {
		t.buf = append(pad(append(t.buf, "SPAN / LOG"...), t.textWidth-len("SPAN / LOG")), "    DUR"...)
	}
	t.axis()
	t.buf = append(append(t.buf, t.dim.off...), '\n')
}

// axis labels the quarters of the bars.
func (t *tree) axis() {
	if t.barWidth == 0 {
		return
	}
	t.buf = append(t.buf, ' ')
	at := 0
	for quarter := range int64(4) {
		from := t.barWidth * int(quarter) / 4
		if quarter > 0 && (from < at+1 || t.axisLength < 4) {
			continue
		}
		t.buf = pad(t.buf, from-at)
		mark := len(t.buf)
		label := t.axisFrom - t.tl.Start + t.axisLength/4*quarter
		t.buf = appendDuration(t.buf, label, t.style.ASCII)
		if label == 0 {
			t.buf = append(t.buf[:mark], '0')
		}
		at = from + columns(t.buf[mark:])
	}
}

// row draws one row.
func (t *tree) row(i int) {
	t.line.reset()
	t.branch(i)
	t.cells(&t.tl.Rows[i])
}

// cells draws the row whose branch is in the line. What was said at a moment
// took no time: where other panes leave it too little room, it has that of its
// duration and of its dot among the bars.
func (t *tree) cells(r *timeline.Row) {
	t.when(r)
	t.buf = append(t.buf, ' ')
	if t.serviceWidth > 0 {
		t.buf = append(appendCell(t.buf, t.aside(r, t.service), safe.Of(serviceOf(r)).String(), t.serviceWidth, t.cut), ' ')
	}
	t.say(r)
	if t.style.Width == 0 {
		t.duration(r)
		t.buf = append(t.buf, ' ')
		t.buf, _ = t.line.append(t.buf, 0, "")
	} else if most := t.style.Width - t.beforeText(); t.tight && isMoment(r) && t.line.width > t.textWidth {
		t.buf, _ = t.line.append(t.buf, most, t.cut)
	} else {
		var took int
		t.buf, took = t.line.append(t.buf, t.textWidth, t.cut)
		t.buf = pad(t.buf, t.textWidth-took)
		t.duration(r)
		t.bar(r)
	}
	t.buf = append(trimRight(t.buf), '\n')
}

// when draws the row's time, the number at the right end of its cell. The sign
// of a corrected time has a column of its own; that of an order which is not
// proven stands at the number.
func (t *tree) when(r *timeline.Row) {
	if r.Offset != 0 {
		t.buf = t.fixed.append(t.buf, t.corrected)
	} else {
		t.buf = append(t.buf, ' ')
	}
	t.scratch = t.offset(t.scratch[:0], r)
	sign := undecidedWidth(r)
	t.buf = pad(t.buf, t.offsetWidth-len(t.scratch)-sign)
	if sign > 0 {
		t.buf = t.dim.append(t.buf, t.undecided)
	}
	t.buf = append(t.buf, t.scratch...)
}

func undecidedWidth(r *timeline.Row) int {
	if r.Marks.Has(timeline.MarkUndecided) {
		return 1
	}
	return 0
}

// shift moves what was appended since mark to the right end of a cell.
func (t *tree) shift(mark, width int) {
	n := columns(t.buf[mark:])
	if n >= width {
		return
	}
	end := len(t.buf)
	t.buf = pad(t.buf, width-n)
	copy(t.buf[mark+width-n:], t.buf[mark:end])
	for i := mark; i < mark+width-n; i++ {
		t.buf[i] = ' '
	}
}

func trimRight(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}

// duration draws a span's duration, and blanks for everything else. Where there
// are no bars a sign before it marks much of the critical path.
func (t *tree) duration(r *timeline.Row) {
	mark := len(t.buf)
	if r.Kind == timeline.KindSpan {
		if t.isHot(r) {
			t.buf = append(t.buf, t.critical...)
		}
		t.buf = appendDuration(t.buf, r.Span.Duration, t.style.ASCII)
	}
	t.shift(mark, t.durationCell)
}

// branch draws the lines that lead from the ancestors to row i.
func (t *tree) branch(i int) {
	r := &t.tl.Rows[i]
	depth := int(r.Depth)
	next := i + 1 + int(r.Subtree)
	more := next < len(t.tl.Rows) && t.tl.Rows[next].Depth == r.Depth
	t.open = append(t.open[:min(depth, len(t.open))], more)
	t.limbs(r, more)
}

// limbs draws those lines of a row, where t.open tells of the rows above it.
func (t *tree) limbs(r *timeline.Row, more bool) {
	depth := int(r.Depth)
	levels := t.levels()
	if depth > levels {
		t.line.sign(t.dim, t.missing+strconv.Itoa(depth)+" ")
		return
	}
	for d := 1; d < depth; d++ {
		t.line.sign(t.dim, t.upright(t.open[d]))
	}
	if depth == 0 {
		return
	}
	switch {
	case isMoment(r) && more:
		t.line.sign(t.dim, t.beside)
	case isMoment(r):
		t.line.sign(t.dim, t.end)
	case more:
		t.line.sign(t.dim, t.fork)
	default:
		t.line.sign(t.dim, t.last)
	}
}

// isMoment reports whether a row is something that was said.
func isMoment(r *timeline.Row) bool {
	return r.Kind == timeline.KindLog || r.Kind == timeline.KindEvent
}

// levels is how many levels are drawn as lines.
func (t *tree) levels() int {
	if t.style.Width == 0 {
		return deepest
	}
	if t.tight {
		return min(deepest, t.roomWidth/2)
	}
	return min(deepest, t.roomWidth/3)
}

func (t *tree) upright(more bool) string {
	if more {
		return t.pipe
	}
	return " "
}
