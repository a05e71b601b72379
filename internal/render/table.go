package render

import (
	"io"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// Table draws one line a record, in the order of corrected time over all
// services. Piped, it is for grep, awk and sort: no cell is empty, nothing is
// cut, times are numbers of milliseconds, and the text comes last. On a terminal
// a column is there while the text keeps two fifths of the width. The mode is
// that in which the clocks were estimated.
func Table(w io.Writer, tl *timeline.Timeline, style Style) error {
	g := &grid{sequence: newSequence(w, tl, style)}
	g.heading()
	if len(tl.Rows) > 0 {
		g.layout()
		g.names()
		for _, i := range g.order {
			g.row(&tl.Rows[i])
			if !g.checkpoint() {
				break
			}
		}
	}
	return g.flush()
}

// A grid is one drawing of a table under way.
type grid struct {
	sequence
	widths [gridCells]int // 0 leaves the column out
	gap    int            // columns between cells
}

// The columns before the text.
const (
	offsetCell = iota
	timeCell
	serviceCell
	kindCell
	statusCell
	durationCell
	selfCell
	spanCell
	gridCells
)

// gridNames are the columns' names on a terminal; piped, the unit is among them.
var (
	gridNames  = [gridCells]string{"OFFSET", "TIME", "SERVICE", "KIND", "STATUS", "DUR", "SELF", "SPAN"}
	pipedNames = [gridCells]string{"OFFSET_MS", "TIME", "SERVICE", "KIND", "STATUS", "DURATION_MS", "SELF_MS", "SPAN"}
)

const textName = "OPERATION / MESSAGE"

// Widths of cells that are the same in every timeline.
const (
	kindWidth   = len("internal")
	statusWidth = len("STATUS")
	spanWidth   = 16 + 1 // a log's guessed span has a sign
	shortSpan   = 8 + 1
	clockWidth  = len("15:04:05.000")
)

// layout chooses the columns and measures them.
func (g *grid) layout() {
	if g.style.Width == 0 {
		g.layoutPiped()
		return
	}
	g.gap = 1
	g.measureOffsets(gridNames[offsetCell])
	g.measureServices()
	g.widths[offsetCell] = g.offsetWidth
	g.textWidth = g.style.Width - g.offsetWidth - g.gap
	least := max(g.style.Width*2/5, 20)
	for _, c := range [...]struct{ column, width int }{
		{kindCell, kindWidth},
		{serviceCell, min(g.serviceWidth, max(leastService, g.style.Width/6))},
		{durationCell, durationWidth},
		{statusCell, statusWidth},
		{spanCell, shortSpan},
		{selfCell, durationWidth},
		{timeCell, clockWidth},
		{spanCell, spanWidth},
	} {
		more := c.width - g.widths[c.column]
		if g.widths[c.column] == 0 {
			more += g.gap
		}
		if g.textWidth-more < least {
			break
		}
		g.widths[c.column] = c.width
		g.textWidth -= more
	}
	g.textWidth = max(g.textWidth, 8)
	has := func(c int) bool { return g.widths[c] > 0 }
	g.spells = spells{service: !has(serviceCell), kind: !has(kindCell), fault: !has(statusCell), guess: !has(spanCell)}
}

func (g *grid) layoutPiped() {
	g.gap, g.decimals = 2, 3
	g.measureOffsets(pipedNames[offsetCell])
	g.measureServices()
	g.widths = [gridCells]int{
		offsetCell: g.offsetWidth, timeCell: len("2006-01-02T15:04:05.000000000Z"), serviceCell: g.serviceWidth, kindCell: kindWidth,
		statusCell: statusWidth, spanCell: spanWidth,
	}
	for _, c := range [...]int{durationCell, selfCell} {
		g.widths[c] = len(pipedNames[c])
		for i := range g.tl.Rows {
			g.scratch = g.length(g.scratch[:0], &g.tl.Rows[i], c)
			g.widths[c] = max(g.widths[c], len(g.scratch))
		}
	}
}

func (g *grid) measureServices() {
	g.serviceWidth = len(gridNames[serviceCell])
	for _, s := range g.tl.Services {
		g.serviceWidth = max(g.serviceWidth, columns(safe.Of(s).String()))
	}
}

// names draws the columns' names, each over its cells.
func (g *grid) names() {
	names := &gridNames
	if g.style.Width == 0 {
		names = &pipedNames
	}
	g.buf = append(g.buf, g.dim.on...)
	for c, name := range names {
		switch {
		case g.widths[c] == 0:
			continue
		case c == offsetCell:
			left := max(g.widths[c]-signsWidth-len(name), 0)
			g.buf = pad(append(pad(g.buf, left), name...), g.widths[c]-len(name)-left)
		case c == durationCell || c == selfCell:
			g.buf = append(pad(g.buf, g.widths[c]-len(name)), name...)
		default:
			g.buf = pad(append(g.buf, name...), g.widths[c]-len(name))
		}
		g.buf = pad(g.buf, g.gap)
	}
	text := textName
	if g.style.Width > 0 {
		text = clip(text, g.textWidth)
	}
	g.buf = append(append(append(g.buf, text...), g.dim.off...), '\n')
}

func (g *grid) row(r *timeline.Row) {
	for c := range g.widths {
		if g.widths[c] > 0 {
			g.cell(c, r)
			g.buf = pad(g.buf, g.gap)
		}
	}
	g.tell(r)
	g.buf, _ = g.line.append(g.buf, g.textWidth, g.cut)
	g.buf = append(trimRight(g.buf), '\n')
}

func (g *grid) cell(c int, r *timeline.Row) {
	switch c {
	case offsetCell:
		g.stamp(r)
	case timeCell:
		g.time(r)
	case serviceCell:
		g.text(c, g.aside(r, g.service), safe.Of(serviceOf(r)).String())
	case kindCell:
		word, p := g.kind(r)
		g.text(c, g.aside(r, p), word)
	case statusCell:
		word, p := g.status(r)
		g.text(c, p, word)
	case durationCell, selfCell:
		g.scratch = g.length(g.scratch[:0], r, c)
		g.number(g.widths[c])
	case spanCell:
		g.span(r)
	}
}

// text draws a cell of words. None is left empty, for whoever counts fields.
func (g *grid) text(c int, p paint, s string) {
	if s == "" {
		p, s = g.dim, "-"
	}
	g.buf = appendCell(g.buf, p, s, g.widths[c], g.cut)
}

// time draws the corrected time: all of it where there is room, else the
// time of the day to the millisecond.
func (g *grid) time(r *timeline.Row) {
	if r.Time == trace.NoTime {
		g.text(timeCell, g.dim, "")
		return
	}
	g.scratch = appendTime(g.scratch[:0], r.Time)
	b := g.scratch
	if g.widths[timeCell] == clockWidth {
		b = b[len("2006-01-02T"):][:clockWidth]
	}
	g.buf = append(g.buf, b...)
}

// kind is a span's kind in lower case, a log's level in upper case.
func (g *grid) kind(r *timeline.Row) (string, paint) {
	switch r.Kind {
	case timeline.KindLog:
		_, p := g.level(r.Log.Level)
		return logKinds[r.Log.Level], p
	case timeline.KindEvent:
		return "event", paint{}
	case timeline.KindMissing:
		return "missing", g.warn
	case timeline.KindFold:
		return "fold", g.dim
	}
	if r.Span.Kind == trace.KindUnspecified {
		return "span", paint{}
	}
	return r.Span.Kind.String(), paint{}
}

var logKinds = [...]string{"LOG", "TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"}

// status is a span's status. A log or an event that tells of an error says so
// in the same word, so that one word finds them all.
func (g *grid) status(r *timeline.Row) (string, paint) {
	switch {
	case r.IsError():
		return "error", g.fault
	case r.Kind == timeline.KindSpan && r.Span.Status == trace.StatusOK:
		return "ok", paint{}
	}
	return "-", g.dim
}

// length appends a span's duration or the part of it that is its own.
func (g *grid) length(b []byte, r *timeline.Row, column int) []byte {
	if r.Kind != timeline.KindSpan {
		return append(b, '-')
	}
	d := r.Span.Duration
	if column == selfCell {
		d = r.Self
	}
	if g.style.Width == 0 {
		return appendMillis(b, d, g.decimals)
	}
	return appendDuration(b, d, g.style.ASCII)
}

// span draws the ID of the span that the row is, or is in. A guessed one has a
// question mark.
func (g *grid) span(r *timeline.Row) {
	id, guessed := spanOf(r)
	g.scratch = g.scratch[:0]
	if id == 0 {
		g.text(spanCell, g.dim, "")
		return
	}
	g.scratch = id.AppendHex(g.scratch)
	g.scratch = g.scratch[:min(len(g.scratch), g.widths[spanCell]-1)]
	if guessed {
		g.scratch = append(g.scratch, '?')
	}
	g.buf = append(g.buf, g.dim.on...)
	g.buf = append(append(g.buf, g.scratch...), g.dim.off...)
	g.buf = pad(g.buf, g.widths[spanCell]-len(g.scratch))
}

func spanOf(r *timeline.Row) (id trace.SpanID, guessed bool) {
	switch {
	case r.Kind == timeline.KindMissing:
		return r.Missing, false
	case r.Kind == timeline.KindLog && r.Attached != timeline.AttachedService && r.Log.Span != 0:
		return r.Log.Span, false
	case r.Span != nil:
		return r.Span.ID, r.Kind == timeline.KindLog
	}
	return 0, false
}
