package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// An ErrorScreen draws single groups of a report as lines of a table, for
// whoever shows a part of them at a time. What depends on all groups is measured
// once.
type ErrorScreen struct {
	list  errorList
	all   []screenColumn
	flags bool // there is anything to flag by
	room  int  // columns of the errors
}

// A screenColumn is a column that screens of some widths have.
type screenColumn struct {
	groupColumn
	from, to int // the widths, the last one excluded; 0 for any
}

// The widths from which on a screen has more columns. Terminals of 80, 100 and
// 120 columns have them, beside a sign or two.
const (
	leastForBefore     = 76
	leastForOperations = 96
	leastForRates      = 116
)

// widestScreen is the width for which all columns are measured.
const widestScreen = 300

// NewErrorScreen measures a report for a screen.
func NewErrorScreen(r *triage.Report, style Style) *ErrorScreen {
	s := &ErrorScreen{list: errorList{errorPage: newErrorPage(io.Discard, r, style)}}
	s.list.early, s.list.style.Width = r.Pending, widestScreen
	s.flags = r.Calendar.Slices > 0
	s.all = s.columns()
	for i := range s.all {
		c := &s.all[i].groupColumn
		for n := range len(r.Groups) + len(r.Expected) {
			number, g := n+1, s.group(n)
			if n >= len(r.Groups) {
				number += r.Hidden
			}
			c.width = max(c.width, columns(safe.Of(c.text(number, g)).String()))
		}
	}
	s.Resize(style.Width, false)
	return s
}

// group is one of all, what is expected behind the others.
func (s *ErrorScreen) group(n int) *triage.Group {
	if r := s.list.r; n >= len(r.Groups) {
		return &r.Expected[n-len(r.Groups)]
	}
	return &s.list.r.Groups[n]
}

// columns are all that a screen may have.
func (s *ErrorScreen) columns() []screenColumn {
	e := &s.list
	of := func(text func(*triage.Group) string) func(int, *triage.Group) string {
		return func(_ int, g *triage.Group) string { return text(g) }
	}
	return []screenColumn{
		{groupColumn: groupColumn{name: "FLAG", blank: true, text: s.flag, paint: func(g *triage.Group) paint { return e.flagPaint(g.Flag) }}},
		{groupColumn: groupColumn{name: "TRACES", right: true, text: of(e.amount)}, to: leastForOperations},
		{groupColumn: groupColumn{name: "TRACES", right: true, text: of(e.traces)}, from: leastForOperations},
		{groupColumn: groupColumn{name: "LOGS", right: true, text: of(e.logs)}, from: leastForOperations},
		{groupColumn: groupColumn{name: "BEFORE", right: true, text: of(e.before)}, from: leastForBefore, to: leastForRates},
		{groupColumn: groupColumn{name: e.baselineName(), right: true, text: of(e.compared)}, from: leastForRates},
		{groupColumn: groupColumn{name: "TREND", blank: true, text: of(s.trend), paint: func(*triage.Group) paint { return e.bar }}, from: leastForRates},
		{groupColumn: groupColumn{name: "LAST", right: true, text: of(e.age)}, from: leastForBefore, to: leastForRates},
		{groupColumn: groupColumn{name: "LAST", right: true, text: of(func(g *triage.Group) string { return e.seen(g.Last) })}, from: leastForRates},
		{groupColumn: groupColumn{name: "SERVICE", least: 10, text: of(func(g *triage.Group) string { return g.Service }), paint: func(*triage.Group) paint { return e.service }}},
		{groupColumn: groupColumn{name: "OPERATION", least: 10, text: of(func(g *triage.Group) string { return g.Operation })}, from: leastForOperations},
		{groupColumn: groupColumn{name: "ERROR", text: of(s.said)}},
	}
}

// flag is a group's flag, or that it is not counted.
func (s *ErrorScreen) flag(n int, g *triage.Group) string {
	if n > len(s.list.r.Groups)+s.list.r.Hidden {
		return "expected"
	}
	return wordOf(g)
}

// amount is how many traces there are, of what is in logs alone how many logs.
func (e *errorPage) amount(g *triage.Group) string {
	if g.Kind == triage.LogOnly && g.Traces == 0 {
		return e.counted(g)
	}
	return e.traces(g)
}

// trend has a column for each slot where there is room.
func (s *ErrorScreen) trend(g *triage.Group) string {
	return s.list.spark(g.Trend, max(s.list.style.Width/10, 1))
}

// age is when it was seen last, where "ago" goes without saying.
func (e *errorPage) age(g *triage.Group) string { return strings.TrimSuffix(e.seen(g.Last), " ago") }

// said is what was said, whole where it has room, and what kind of a group it
// is.
func (s *ErrorScreen) said(g *triage.Group) string {
	text := s.list.kindly(g, cause(g))
	if s.room > 0 && len(text) > s.room && columns(safe.Of(text).String()) > s.room {
		text = s.list.kindly(g, briefCause(g))
	}
	return text
}

// kindly is what was said, begun with what stands at the root that is no plain
// failed span.
func (e *errorPage) kindly(g *triage.Group, said string) string {
	switch {
	case g.Kind == triage.Unseen:
		return joined(" ", e.arrow(), firstOf(g.Callee, "?"), said)
	case g.Kind == triage.Slow && said != "slow":
		return "slow: " + said
	case g.Kind == triage.LogOnly:
		return joined(" ", "log:", said)
	}
	return said
}

// Resize shares another width out. What is expected needs a wider flag.
func (s *ErrorScreen) Resize(width int, expected bool) {
	e := &s.list
	e.style.Width = max(width, 1)
	e.columns = e.columns[:0]
	for i := range s.all {
		c := s.all[i]
		if width < c.from || c.to > 0 && width >= c.to {
			continue
		}
		switch c.name {
		case "FLAG":
			c.width = 0
			if s.flags {
				c.width = len("RISING")
			}
			if expected {
				c.width = len("expected")
			}
		case "TREND":
			c.width = len(merged(make([]int, e.r.Calendar.Slots), width/10))
		case e.baselineName(), "BEFORE":
			if e.r.Calendar.Slices == 0 {
				c.width = 0
			}
		case "SERVICE":
			c.most = max(width/8, 14)
		case "OPERATION":
			c.most = max(width/6, 16)
		}
		if c.most > 0 {
			c.width = min(c.width, c.most)
		}
		e.columns = append(e.columns, c.groupColumn)
	}
	if e.columns = withoutEmpty(e.columns); len(e.columns) > 0 {
		e.fit()
		s.room = e.columns[len(e.columns)-1].width
	}
}

// AppendNames appends the names of the columns, without the end of the line.
func (s *ErrorScreen) AppendNames(b []byte) []byte {
	e := &s.list
	e.buf = e.buf[:0]
	e.columnNames()
	return append(b, e.buf[:len(e.buf)-1]...)
}

// Append appends the line of a group, with its number in the report, without
// the end of the line.
func (s *ErrorScreen) Append(b []byte, n int, g *triage.Group) []byte {
	e := &s.list
	e.buf = e.buf[:0]
	e.cells(n, g)
	return append(b, e.buf...)
}

// Facts are what the report comes to, a few words each, the most telling first.
func (s *ErrorScreen) Facts() []string {
	e := &s.list
	var facts []fact
	if len(e.r.Groups)+e.r.Hidden > 0 {
		facts = e.flagged()
	} else {
		facts = []fact{e.found()}
	}
	facts = append(append(facts, e.amounts()...), fact{e.title, e.scope()})
	if e.r.By != triage.ByCause {
		facts = append(facts, fact{e.title, "by " + e.r.By.String()})
	}
	facts = append(facts, fact{e.dim, e.window()})
	if !e.lacksBefore() { // which lacking tells
		facts = append(facts, fact{e.dim, e.against()})
	}
	facts = append(facts, fact{e.dim, e.untraced()})
	var texts []string
	for _, f := range facts {
		if text := safe.Of(f.text).String(); text != "" {
			texts = append(texts, string(f.paint.append(nil, text)))
		}
	}
	return texts
}

// Lacks are what of a report is not known and what that does to its numbers, what
// matters most first.
func Lacks(r *triage.Report, style Style) []string {
	e := newErrorPage(io.Discard, r, style)
	return e.lacking()
}

func (e *errorPage) lacking() []string {
	r := e.r
	var gaps, parts []string
	for _, g := range r.Gaps {
		if text := e.missing + " " + g.String(); g.Partial {
			parts = append(parts, text)
		} else {
			gaps = append(gaps, text)
		}
	}
	list := append(gaps, parts...)
	for _, text := range e.limits() {
		list = append(list, e.missing+" "+text)
	}
	if e.lacksBefore() {
		list = append(list, e.missing+" "+e.against())
	}
	for _, w := range r.Warnings {
		list = append(list, e.bang+" "+w)
	}
	return list
}

// lacksBefore reports whether not all that was before can be compared with.
func (e *errorPage) lacksBefore() bool {
	return !e.r.Pending && (e.r.Calendar.Slices == 0 || e.r.Compared < e.r.Calendar.Slices)
}

// Overview is all that the report tells but the groups, in lines.
func (s *ErrorScreen) Overview(width int) []string {
	e := &s.list
	was := e.style.Width
	e.style.Width, e.buf = width, e.buf[:0]
	e.overview()
	if len(e.r.Expected) > 0 {
		e.paragraph(0, 2, e.dim, "expected, not counted: "+e.mostExpected())
	}
	text := strings.TrimRight(string(e.buf), "\n")
	e.style.Width, e.buf = was, e.buf[:0]
	return strings.Split(text, "\n")
}

// Expected counts what is expected, "" when there is nothing.
func (s *ErrorScreen) Expected() string {
	n := len(s.list.r.Expected)
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d expected, not counted", n)
}

// Span is how long the window is: "1h"; "" when it is open.
func (s *ErrorScreen) Span() string {
	w := s.list.r.Calendar.Window
	if w.From == 0 || w.Until == 0 {
		return ""
	}
	return lapse(w.Until - w.From)
}

// TraceAddress is a trace's address in Jaeger's UI, "" where that is not known.
func TraceAddress(id trace.ID, style Style) string { return pageOf(id, style) }
