package render

import (
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// Widths from which on there is a table, and a trend in it, and more times.
const (
	leastForTable  = 100
	leastForTrend  = 120
	leastForTimes  = 140
	leastForSparks = 80 // where each group is a paragraph
)

// A groupColumn is a column of the table of groups. The last one is cut where
// the line ends.
type groupColumn struct {
	name  string
	right bool
	blank bool // stays blank where there is nothing to say
	most  int  // columns; 0 for as many as it takes
	least int  // columns that stay when there is no room
	paint func(g *triage.Group) paint
	text  func(n int, g *triage.Group) string
	short func(g *triage.Group) string // where text has no room
	width int
}

// layout chooses the columns and measures them.
func (e *errorList) layout() {
	expected := len(e.r.Groups) + e.r.Hidden
	switch {
	case e.style.Width == 0:
		e.columns = e.pipedColumns()
	case e.style.Width >= leastForTable:
		e.columns = e.tableColumns()
	default:
		e.margins(e.r.Groups, 0)
		if e.style.Expected {
			e.margins(e.r.Expected, expected)
		}
		return
	}
	e.measure(e.r.Groups, 0)
	if e.style.Expected {
		e.measure(e.r.Expected, expected)
	}
	e.columns = withoutEmpty(e.columns)
	if e.style.Width > 0 && len(e.columns) > 0 {
		e.indent = e.columns[0].width + columnGap
		e.fit()
	}
}

// margins widens what stands before the text where each group is a paragraph.
func (e *errorList) margins(groups []triage.Group, before int) {
	if len(groups) > 0 {
		e.indent = max(e.indent, len(strconv.Itoa(before+len(groups)))+1)
	}
	for i := range groups {
		if n := len(wordOf(&groups[i])); n > 0 {
			e.flags = max(e.flags, n+1)
		}
	}
}

// measure widens the columns for groups.
func (e *errorList) measure(groups []triage.Group, before int) {
	for i := range e.columns {
		c := &e.columns[i]
		for n := range groups {
			c.width = max(c.width, columns(safe.Of(c.text(before+n+1, &groups[n])).String()))
		}
		if c.most > 0 {
			c.width = min(c.width, c.most)
		}
	}
}

// withoutEmpty leaves out columns in which nothing stands: groups need not have
// an operation in common. The others are as wide as their names at least.
func withoutEmpty(list []groupColumn) []groupColumn {
	kept := list[:0]
	for _, c := range list {
		if c.width > 0 {
			c.width = max(c.width, columns(c.name))
			kept = append(kept, c)
		}
	}
	return kept
}

// leastCause is how much room what was said should have.
const leastCause = 32

// fit gives the last column what the others leave, and takes from them where
// that is too little.
func (e *errorList) fit() {
	last := len(e.columns) - 1
	rest := e.style.Width
	for _, c := range e.columns[:last] {
		rest -= c.width + columnGap
	}
	want := min(e.columns[last].width, leastCause)
	for i := last - 1; i >= 0 && rest < want; i-- {
		if c := &e.columns[i]; c.least > 0 && c.width > c.least {
			take := min(want-rest, c.width-c.least)
			c.width, rest = c.width-take, rest+take
		}
	}
	e.columns[last].width = max(rest, 8)
}

// ordinal is a group's number, as otrace errors show takes it.
func ordinal(n int, _ *triage.Group) string { return strconv.Itoa(n) }

// tableColumns are those of a terminal.
func (e *errorList) tableColumns() []groupColumn {
	of := func(text func(*triage.Group) string) func(int, *triage.Group) string {
		return func(_ int, g *triage.Group) string { return text(g) }
	}
	width := e.style.Width
	list := []groupColumn{
		{name: "#", right: true, text: ordinal},
		{name: "FLAG", blank: true, text: of(wordOf), paint: func(g *triage.Group) paint { return e.flagPaint(g.Flag) }},
	}
	if width >= leastForTrend {
		spark := func(g *triage.Group) string { return e.spark(g.Trend, width/10) }
		list = append(list, groupColumn{name: "TREND", blank: true, text: of(spark), paint: func(*triage.Group) paint { return e.bar }})
	}
	list = append(list, groupColumn{name: "TRACES", right: true, text: of(e.traces)}, groupColumn{name: "LOGS", right: true, text: of(e.logs)})
	if e.r.Calendar.Slices > 0 {
		list = append(list, groupColumn{name: e.baselineName(), right: true, text: of(e.compared)})
	}
	if width >= leastForTimes {
		list = append(list, groupColumn{name: "FIRST", right: true, text: of(e.since)})
	}
	return append(
		list,
		groupColumn{name: "LAST", right: true, text: of(func(g *triage.Group) string { return e.seen(g.Last) })},
		groupColumn{
			name: "SERVICE", most: max(width/8, 12), least: 10, text: of(func(g *triage.Group) string { return g.Service }),
			paint: func(*triage.Group) paint { return e.service },
		},
		groupColumn{name: "OPERATION", most: width / 5, least: 12, text: of(func(g *triage.Group) string { return g.Operation })},
		groupColumn{name: "ERROR", text: of(cause), short: briefCause},
	)
}

// wordOf is a group's flag.
func wordOf(g *triage.Group) string { return flagWord(g.Flag) }

// baselineName is the column of the counts to compare with: "24H BEFORE".
func (e *errorPage) baselineName() string {
	c := &e.r.Calendar
	return strings.ToUpper(lapse(c.Window.From-c.Baseline.From)) + " BEFORE"
}

// pipedColumns are for grep, awk and sort: numbers and single words first, and
// no cell is empty.
func (e *errorList) pipedColumns() []groupColumn {
	word := func(name string, text func(g *triage.Group) string) groupColumn {
		return groupColumn{name: name, text: func(_ int, g *triage.Group) string { return firstOf(text(g), "-") }}
	}
	return []groupColumn{
		{name: "N", text: ordinal},
		word("FLAG", wordOf),
		word("TRACES", e.traces),
		word("ABSORBED", func(g *triage.Group) string { return strconv.Itoa(g.Absorbed) }),
		word("LOGS", e.logs),
		word("BEFORE", e.before),
		word("USUAL", e.usual),
		word("FIRST", func(g *triage.Group) string { return e.seen(g.First) }),
		word("LAST", func(g *triage.Group) string { return e.seen(g.Last) }),
		word("TRACE", func(g *triage.Group) string { return example(g).String() }),
		word("KIND", func(g *triage.Group) string { return g.Kind.String() }),
		word("SERVICE", func(g *triage.Group) string { return g.Service }),
		word("OPERATION", func(g *triage.Group) string { return g.Operation }),
		word("CALLEE", func(g *triage.Group) string { return g.Callee }),
		word("ENTRIES", func(g *triage.Group) string { return e.entries(g, len(g.Entries)) }),
		word("ERROR", cause),
	}
}

// example is the trace to open, the zero ID when there is none.
func example(g *triage.Group) trace.ID {
	if len(g.Examples) == 0 {
		return trace.ID{}
	}
	return g.Examples[0].Trace
}
