package render

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// Sizes of a group in Markdown: how many of each list it names.
const (
	mostFrames    = 15
	mostStandouts = 15
	mostSaid      = 10
	mostLogs      = 10
	mostExamples  = 10
)

// ErrorGroupMarkdown writes one group for a ticket or a chat. Whatever was
// written by others stands in code.
func ErrorGroupMarkdown(w io.Writer, d *GroupDetail) error {
	m := &groupDocument{errorDocument: newErrorDocument(w, d.Report), d: d, g: d.Group}
	m.heading()
	items(m, "In the code:", m.g.Frames, mostFrames, func(f *string) { m.code("", *f, mostNote) })
	items(m, "Makes fail:", m.g.Entries, mostOfMany, func(e *triage.Entry) {
		m.code(strconv.Itoa(e.Traces)+" ", joined(" ", e.Service, e.Operation), mostNote)
	})
	m.compared()
	m.logs()
	items(m, "Traces, the newest first:", m.g.Examples, mostExamples, func(e *triage.Example) { m.code("", e.Trace.String(), mostTitle) })
	return m.flush()
}

// A groupDocument is a drawing of one group in Markdown under way.
type groupDocument struct {
	*errorDocument
	d *GroupDetail
	g *triage.Group
}

// heading says what the group is, and lists how much there is of it.
func (m *groupDocument) heading() {
	g := m.g
	m.code("## ", place(g), mostTitle)
	if g.Flag != triage.Steady {
		m.buf = append(append(m.buf, ": "...), wordOf(g)...)
	}
	m.buf = append(m.buf, "\n\n"...)
	for _, text := range [...]string{message(g), m.nature(g, 0)} {
		if text != "" {
			m.code("- ", text, mostNote)
			m.buf = append(m.buf, '\n')
		}
	}
	page := groupPage{errorPage: m.errorPage, d: m.d, g: g}
	for _, f := range page.sizes() {
		m.text("- ", f.text)
	}
	times := "first " + clock(g.First) + ", last " + clock(g.Last)
	for _, text := range [...]string{times, m.d.apart(), page.absorbed(), page.loose(), m.window(), m.against()} {
		if text != "" {
			m.text("- ", text)
		}
	}
	m.document.list(m.missingFacts())
}

// compared lists in what the group's traces differ from healthy ones.
func (m *groupDocument) compared() {
	heading := m.d.comparison()
	heading = strings.ToUpper(heading[:1]) + heading[1:]
	if len(m.d.Standouts) == 0 {
		m.text("", heading+"\n")
		return
	}
	items(m, heading+":", m.d.Standouts, mostStandouts, func(s *triage.Standout) { m.code("", standout(s), mostNote) })
}

// logs lists what the logs say, and the newest of them.
func (m *groupDocument) logs() {
	items(m, "What its logs say:", m.g.Said, mostSaid, func(s *triage.Said) {
		m.code(strconv.FormatInt(s.Count, 10)+" ", joined(": ", s.Service, s.Template), mostNote)
	})
	items(m, "Newest error logs of its traces:", m.d.Logs, mostLogs, func(l *trace.ErrorLog) {
		m.code(clock(l.Time)+" ", joined(": ", l.Origin.Service, l.Message), mostNote)
	})
}

// items writes a list, as much of it as has room.
func items[T any](m *groupDocument, heading string, list []T, most int, write func(*T)) {
	if len(list) == 0 {
		return
	}
	m.text("", heading+"\n")
	for i := range list[:min(most, len(list))] {
		m.buf = append(m.buf, "- "...)
		write(&list[i])
		m.buf = append(m.buf, '\n')
	}
	if more := len(list) - most; more > 0 {
		m.text("- ", fmt.Sprintf("and %d more", more))
	}
	m.buf = append(m.buf, '\n')
}
