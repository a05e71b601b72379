package render

import (
	"slices"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
)

// code writes the tree, or as much of it as has room, as a code block, and
// counts what it left out.
func (d *document) code() {
	d.layout()
	d.serviceWidth = min(d.serviceWidth, mostServiceCell)
	above, whole := d.buf, d.tl
	d.buf = nil
	d.tl = d.excerpt(mostMarkdown - units(above) - forLeftOut - len(d.tl.Silences)*forSilence)
	d.columnNames()
	silences := d.tl.Silences
	for i := range d.tl.Rows {
		silences = d.silencesBefore(i, silences)
		d.treeLine(i)
	}
	d.silencesBefore(len(d.tl.Rows), silences)
	block := d.buf
	ticks := slices.Repeat([]byte{'`'}, max(longestTicks(block)+1, 3))
	d.buf = append(append(above, ticks...), "text\n"...)
	d.buf = append(append(append(d.buf, block...), ticks...), '\n')
	d.leftOut(whole)
}

// mostServiceCell is the columns of the services beside the tree.
const mostServiceCell = 24

// treeLine draws a row of the tree.
func (d *document) treeLine(i int) {
	d.line.reset()
	d.branch(i)
	d.lineOf(&d.tl.Rows[i])
}

// lineOf draws a row whose branch is in the line.
func (d *document) lineOf(r *timeline.Row) {
	mark := len(d.buf)
	d.when(r)
	d.buf = append(d.buf, ' ')
	if d.serviceWidth > 0 {
		d.buf = append(appendCell(d.buf, paint{}, safe.Of(serviceOf(r)).String(), d.serviceWidth, d.cut), ' ')
	}
	d.duration(r)
	d.buf = append(d.buf, ' ')
	d.say(r)
	d.buf, _ = d.line.append(d.buf, mostLine, d.cut)
	d.buf = append(d.buf[:mark], trimRight(cutAt(d.buf[mark:], mostLine, d.cut))...)
	d.buf = append(d.buf, '\n')
}

// A choice is which rows of a timeline have room.
type choice struct {
	d    *document
	keep []bool
	room int // units
}

// excerpt returns as much of the timeline as has room: errors first, then what
// leads to them, then the rest from the top. What is kept hangs under the
// nearest row above it that is kept.
func (d *document) excerpt(room int) *timeline.Timeline {
	c := &choice{d: d, keep: make([]bool, len(d.tl.Rows)), room: room}
	c.errors(room / 2)
	c.waysTo(room / 4)
	c.rest()
	return c.timeline()
}

// take keeps a row if that leaves the given room for others.
func (c *choice) take(i int32, spare int) bool {
	if c.keep[i] {
		return true
	}
	n := c.d.size(&c.d.tl.Rows[i])
	if c.room-n < spare {
		return false
	}
	c.keep[i], c.room = true, c.room-n
	return true
}

// size is how long a row's line can be, wherever it hangs.
func (d *document) size(r *timeline.Row) int {
	mark := len(d.buf)
	d.line.reset()
	d.lineOf(r)
	n := units(d.buf[mark:]) + min(int(r.Depth), deepest) + len("⋯70000 ")
	if len(d.tl.Linked) > 0 {
		n += len("[00000000000000000000000000000000] ")
	}
	d.buf = d.buf[:mark]
	return min(n, mostLine+2)
}

func (c *choice) errors(spare int) {
	for i := range c.d.tl.Rows {
		if c.d.tl.Rows[i].IsError() && !c.take(int32(i), spare) {
			return
		}
	}
}

// waysTo keeps the ancestors of the rows that are kept.
func (c *choice) waysTo(spare int) {
	rows := c.d.tl.Rows
	for i := range rows {
		if !c.keep[i] {
			continue
		}
		for p := rows[i].Parent; p >= 0 && !c.keep[p]; p = rows[p].Parent {
			if !c.take(p, spare) {
				return
			}
		}
	}
}

// rest keeps what hangs under rows that are kept, until the first that has no
// room.
func (c *choice) rest() {
	rows := c.d.tl.Rows
	for i := range rows {
		if p := rows[i].Parent; (p < 0 || c.keep[p]) && !c.take(int32(i), 0) {
			return
		}
	}
}

// timeline is the timeline of the rows that are kept. Without all of them
// nothing is certain about silences.
func (c *choice) timeline() *timeline.Timeline {
	part := *c.d.tl
	part.Rows, part.Silences = nil, nil
	to := make([]int32, len(c.keep)) // the row itself, or the nearest above it, that is kept
	for i := range c.d.tl.Rows {
		r := c.d.tl.Rows[i]
		to[i] = -1
		if r.Parent >= 0 {
			to[i] = to[r.Parent]
		}
		if !c.keep[i] {
			continue
		}
		r.Parent, r.Depth, r.Subtree = to[i], 0, 0
		if r.Parent >= 0 {
			r.Depth = part.Rows[r.Parent].Depth + 1
		}
		to[i] = int32(len(part.Rows))
		part.Rows = append(part.Rows, r)
	}
	if len(part.Rows) == len(c.keep) {
		part.Silences = c.d.tl.Silences
	}
	for i := len(part.Rows) - 1; i >= 0; i-- {
		if r := &part.Rows[i]; r.Parent >= 0 {
			part.Rows[r.Parent].Subtree += 1 + r.Subtree
		}
	}
	return &part
}

// leftOut counts the records that are not in the code block.
func (d *document) leftOut(whole *timeline.Timeline) {
	n := countKinds(whole)
	for kind, shown := range countKinds(d.tl) {
		n[kind] -= shown
	}
	if n[timeline.KindSpan]+n[timeline.KindLog]+n[timeline.KindEvent]+n[timeline.KindMissing] == 0 {
		return
	}
	d.buf = append(d.buf, "\nleft out for the length: "...)
	d.buf = append(d.buf, plural(n[timeline.KindSpan], "span")+", "+plural(n[timeline.KindLog], "log")+", "+plural(n[timeline.KindEvent], "event")+"\n"...)
}

// kinds count rows by their kind, and what is folded.
type kinds [timeline.KindFold + 1]int

func countKinds(tl *timeline.Timeline) (n kinds) {
	for i := range tl.Rows {
		if f := tl.Rows[i].Fold; f != nil {
			n[timeline.KindSpan] += f.Spans
			n[timeline.KindLog] += f.Logs
			n[timeline.KindEvent] += f.Events
		}
		n[tl.Rows[i].Kind]++
	}
	return n
}
