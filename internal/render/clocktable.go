package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/skew"
)

// The columns. Services come last and take what is left.
const (
	nameColumn = iota
	offsetColumn
	boundsColumn
	statusColumn
	spansColumn
	logsColumn
	samplesColumn
	ignoredColumn
	servicesColumn
	clockColumns
)

var clockColumnNames = [clockColumns]string{"CLOCK", "OFFSET", "BOUNDS", "STATUS", "SPANS", "LOGS", "SAMPLES", "IGNORED", "SERVICES"}

const (
	columnGap     = 2
	fewestService = 16 // columns that services need to be worth theirs
)

// cells is a clock in words.
func (r *clockReport) cells(c *skew.Clock) [clockColumns]string {
	n := r.scaleOf(c)
	offset, bounds := "0", n.interval(c.Low, c.High)
	if c.Offset != 0 {
		offset = n.full(c.Offset)
	} else if bounds[0] == '[' {
		bounds += n.name
	}
	switch c.Status {
	case skew.Reference:
		bounds = "-"
	case skew.Unknown:
		offset = "-"
	}
	return [clockColumns]string{
		safe.Of(c.Name).String(), offset, bounds, r.status(c), strconv.Itoa(c.Spans), strconv.Itoa(c.Logs),
		strconv.Itoa(c.Samples), strconv.Itoa(c.Ignored), safe.Of(strings.Join(r.services[c.Name], ", ")).String(),
	}
}

// status says what was decided of a clock.
func (r *clockReport) status(c *skew.Clock) string {
	switch {
	case r.tl.Mode == skew.Off && c.Status == skew.Unknown:
		return "as it is"
	case moved(c) || c.Status == skew.Reference || c.Status == skew.Unknown:
		return c.Status.String()
	}
	return "may be right"
}

// layout shares the width out. What there is no room for is told below each
// clock: counts first, then the services, then all but the offset.
func (r *clockReport) layout() {
	for i, name := range clockColumnNames {
		r.widths[i] = columns(name)
	}
	for _, c := range r.clocks {
		for i, cell := range r.cells(c) {
			r.widths[i] = max(r.widths[i], columns(cell))
		}
	}
	width := r.style.Width
	if width == 0 {
		return
	}
	r.widths[nameColumn] = min(r.widths[nameColumn], max(width/4, 12))
	services := r.widths[servicesColumn]
	r.widths[servicesColumn] = min(services, fewestService)
	for _, column := range [...]int{ignoredColumn, samplesColumn, logsColumn, spansColumn, servicesColumn, statusColumn, boundsColumn} {
		if r.tableWidth() <= width {
			break
		}
		r.widths[column] = 0
	}
	if r.widths[servicesColumn] > 0 {
		r.widths[servicesColumn] = min(services, r.widths[servicesColumn]+width-r.tableWidth())
	}
}

// tableWidth is how wide a line of the table is.
func (r *clockReport) tableWidth() int {
	sum := 0
	for _, w := range r.widths {
		if w > 0 {
			sum += w + columnGap
		}
	}
	return sum // the sign's two columns stand for the last gap
}

func (r *clockReport) columnNames() {
	r.buf = append(r.buf, r.dim.on...)
	r.row(" ", clockColumnNames, paint{}, paint{})
	r.buf = append(append(r.buf[:len(r.buf)-1], r.dim.off...), '\n')
}

// clock draws a clock's line. A name that is wider than its column stands on a
// line of its own.
func (r *clockReport) clock(c *skew.Clock) {
	cells, sign, p := r.cells(c), " ", paint{}
	switch {
	case c.Status == skew.Unknown && r.tl.Mode != skew.Off:
		p = r.warn
	case moved(c):
		sign, p = r.corrected, r.fixed
	}
	if columns(cells[nameColumn]) > r.widths[nameColumn] {
		mark := len(r.buf)
		r.paragraph(columnGap, columnGap, paint{}, cells[nameColumn])
		r.buf = slices.Replace(r.buf, mark, mark+1, p.append(nil, sign)...)
		sign, cells[nameColumn] = " ", ""
	}
	r.row(sign, cells, p, r.service)
}

// row draws a line of the table: its sign, offset and status in one paint, the
// services in another.
func (r *clockReport) row(sign string, cells [clockColumns]string, p, services paint) {
	r.buf = append(p.append(r.buf, sign), ' ')
	gap := 0
	for i, cell := range cells {
		width := r.widths[i]
		if width == 0 {
			continue
		}
		r.buf = pad(r.buf, gap)
		gap = columnGap
		blank := width - columns(cell)
		switch i {
		case nameColumn, boundsColumn:
			r.buf = pad(append(r.buf, cell...), blank)
		case statusColumn:
			r.buf = pad(p.append(r.buf, cell), blank)
		case offsetColumn:
			r.buf = p.append(pad(r.buf, blank), cell)
		case servicesColumn:
			r.buf = appendCell(r.buf, services, cell, width, r.cut)
		default:
			r.buf = append(pad(r.buf, blank), cell...)
		}
	}
	r.buf = append(trimRight(r.buf), '\n')
}
