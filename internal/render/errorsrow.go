package render

import (
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// columnNames names the columns of the table, each over its cells.
func (e *errorList) columnNames() {
	e.buf = append(e.buf, e.dim.on...)
	for i := range e.columns {
		c := &e.columns[i]
		e.cell(i, paint{}, clip(c.name, max(c.width, columns(c.name))))
	}
	e.buf = append(append(trimRight(e.buf), e.dim.off...), '\n')
}

// row draws a group: a line of the table, and on a terminal a second one with
// the trace to open. What was said has a line of its own between them where its
// column is too narrow.
func (e *errorList) row(n int, g *triage.Group) {
	said := e.cells(n, g)
	e.buf = append(trimRight(e.buf), '\n')
	if said != "" {
		e.buf = append(pad(e.buf, e.indent), e.fitting(e.style.Width-e.indent, said)...)
		e.buf = append(trimRight(e.buf), '\n')
	}
	if e.style.Width > 0 {
		e.flow(e.indent, e.indent, e.rest(g)...)
	}
}

// cells draws the line of the table, and returns what was said when that has no
// room in it.
func (e *errorList) cells(n int, g *triage.Group) (said string) {
	for i := range e.columns {
		c, p := &e.columns[i], paint{}
		if c.paint != nil {
			p = c.paint(g)
		}
		text := safe.Of(c.text(n, g)).String()
		if c.short != nil && columns(text) > c.width {
			text, said = e.shortened(g, c.width)
		}
		if text == "" && !c.blank {
			p, text = e.dim, "-"
		}
		e.cell(i, p, text)
	}
	return said
}

// shortened is what was said in few columns, and what of it that leaves out.
func (e *errorList) shortened(g *triage.Group, room int) (text, left string) {
	if text = safe.Of(briefCause(g)).String(); columns(text) <= room {
		return text, ""
	}
	switch {
	case g.Detail == "":
		return text, ""
	case g.Kind == triage.LogOnly && g.Class == "":
		return e.nature(g, 0), g.Detail
	case g.Class == "":
		return text, g.Detail
	}
	return safe.Of(briefClass(g)).String(), g.Detail
}

// cell draws a harmless text in a column.
func (e *errorList) cell(i int, p paint, text string) {
	c := &e.columns[i]
	blank := c.width - columns(text)
	switch last := i == len(e.columns)-1; {
	case c.right:
		e.buf = p.append(pad(e.buf, blank), text)
	case blank >= 0:
		e.buf = p.append(e.buf, text)
		if !last {
			e.buf = pad(e.buf, blank)
		}
	default:
		e.buf = appendCell(e.buf, p, text, c.width, e.cut)
	}
	if i < len(e.columns)-1 {
		e.buf = pad(e.buf, columnGap)
	}
}

// mostEntries is how many entries a list names of a group.
const mostEntries = 3

// rest is what stands below a group's first line: the trace to open, and what
// the line has no room for.
func (e *errorList) rest(g *triage.Group) []fact {
	facts := []fact{e.open(g), {e.dim, e.nature(g, mostColumns)}}
	if e.style.Width >= leastForTable && e.style.Width < leastForTimes && g.First != trace.NoTime {
		facts = append(facts, fact{e.dim, "first " + e.since(g)})
	}
	if g.Absorbed > 0 {
		facts = append(facts, fact{e.dim, "absorbed " + strconv.Itoa(g.Absorbed)})
	}
	if entries := e.entries(g, mostEntries); entries != "" {
		facts = append(facts, fact{e.dim, "affects " + entries})
	}
	return facts
}

// open is the trace to open. It is whole, for it gets copied.
func (e *errorPage) open(g *triage.Group) fact {
	id := example(g)
	if id.IsZero() {
		return fact{e.dim, "no trace"}
	}
	return fact{e.linkTo(id), id.String()}
}

// linkTo leads to a trace in Jaeger's UI.
func (e *errorPage) linkTo(id trace.ID) paint {
	if !e.style.Links {
		return paint{}
	}
	return hyperlink(pageOf(id, e.style))
}

// paragraphs draws a group where there is no room for a table: where it is,
// what was said, how much of it there is, and the trace to open.
func (e *errorList) paragraphs(n int, g *triage.Group) {
	e.heading(n, g)
	if text := message(g); text != "" {
		e.buf = append(pad(e.buf, e.indent), e.fitting(e.style.Width-e.indent, text, briefCause(g))...)
		e.buf = append(trimRight(e.buf), '\n')
	}
	e.flow(e.indent, e.indent, e.numbers(g)...)
	e.flow(e.indent, e.indent, e.rest(g)...)
}

// heading draws a group's number, flag and place, and where there is room its
// trend, at the right edge.
func (e *errorList) heading(n int, g *triage.Group) {
	number, word, room := strconv.Itoa(n), wordOf(g), e.style.Width-e.indent-e.flags
	trend := e.style.Width / 8
	if e.style.Width >= leastForSparks {
		room -= trend + columnGap
	}
	e.buf = append(append(pad(e.buf, e.indent-1-len(number)), number...), ' ')
	e.buf = pad(e.flagPaint(g.Flag).append(e.buf, word), e.flags-len(word))
	text := e.fitting(room, place(g))
	e.buf = e.title.append(e.buf, text)
	if e.style.Width >= leastForSparks {
		e.buf = e.bar.append(pad(e.buf, room-columns(text)+columnGap), strings.TrimRight(e.spark(g.Trend, trend), " "))
	}
	e.buf = append(trimRight(e.buf), '\n')
}

// numbers is how much there is of a group, now and before.
func (e *errorPage) numbers(g *triage.Group) []fact {
	facts := []fact{{paint{}, e.counted(g)}}
	if g.Logs > 0 && (g.Kind != triage.LogOnly || g.Traces > 0) {
		facts = append(facts, fact{paint{}, atLeast(g.Logs, "log", e.r.Logs.Sampled && !e.r.Logs.Counted)})
	}
	if e.r.Calendar.Slices > 0 {
		facts = append(facts, fact{paint{}, strings.ToLower(e.baselineName()) + ": " + e.compared(g)})
	}
	if g.First != trace.NoTime {
		facts = append(facts, fact{paint{}, "first " + e.since(g)})
	}
	if g.Last != trace.NoTime {
		facts = append(facts, fact{paint{}, "last " + e.seen(g.Last)})
	}
	return facts
}
