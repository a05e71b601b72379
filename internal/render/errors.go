package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/triage"
)

// Errors draws what is failing: how much and compared with what, then a row a
// cause with a trace to open, in the report's order, then what is expected and
// not counted. Wide terminals get a table, narrow ones a paragraph a cause. Piped
// it is a line a cause, whole, with times in full.
func Errors(w io.Writer, r *triage.Report, style Style) error {
	e := &errorList{errorPage: newErrorPage(w, r, style)}
	e.overview()
	e.layout()
	e.list(r.Groups, 0)
	e.left()
	e.expected()
	e.next()
	return e.flush()
}

// An errorPage is a drawing of a triage under way.
type errorPage struct {
	head
	r     *triage.Report
	early bool // what is not there yet may still come
}

func newErrorPage(w io.Writer, r *triage.Report, style Style) errorPage {
	return errorPage{head: newHead(w, nil, style), r: r}
}

// command is a command that asks the same sources.
func (e *errorPage) command(text string) string {
	if e.style.Where == "" {
		return text
	}
	return text + " " + e.style.Where
}

// An errorList is a drawing of all groups under way.
type errorList struct {
	errorPage
	columns []groupColumn // none where each group is a paragraph
	indent  int           // of what stands below a group's first line
	flags   int           // columns of the flags, where each group is a paragraph
}

// A fact is a few words that stand beside others.
type fact struct {
	paint paint
	text  string
}

// flow writes facts side by side, and on further lines what does not fit. Only
// a fact that is wider than a line is broken, between words.
func (e *errorPage) flow(indent, hang int, facts ...fact) {
	at, begun := indent, false
	for _, f := range facts {
		text := strings.TrimRight(safe.Of(f.text).String(), " ")
		if text == "" {
			continue
		}
		switch {
		case !begun:
			e.buf, begun = pad(e.buf, indent), true
		case e.style.Width > 0 && at+3+columns(text) > e.style.Width:
			e.buf, at = pad(append(e.buf, '\n'), hang), hang
		default:
			e.buf, at = append(append(append(e.buf, ' '), e.dotSign()...), ' '), at+3
		}
		at = e.words(f.paint, text, at, hang)
	}
	if begun {
		e.buf = append(e.buf, '\n')
	}
}

// words writes a harmless text from a column on, and returns where it ends.
func (e *errorPage) words(p paint, text string, at, hang int) int {
	for room := max(e.style.Width-at, fewestWords); e.style.Width > 0 && columns(text) > room; room = max(e.style.Width-at, fewestWords) {
		line := firstLine(text, room)
		if len(line) == len(text) {
			break
		}
		e.buf = pad(append(p.append(e.buf, strings.TrimRight(line, " ")), '\n'), hang)
		text, at = strings.TrimLeft(text[len(line):], " "), hang
	}
	e.buf = p.append(e.buf, text)
	return at + columns(text)
}

// fewestWords is the least room that text is broken for.
const fewestWords = 20

// list draws groups. Their numbers are those that otrace errors show takes.
func (e *errorList) list(groups []triage.Group, before int) {
	if len(groups) == 0 {
		return
	}
	if e.style.Width > 0 {
		e.buf = append(e.buf, '\n')
	}
	if e.columns != nil {
		e.columnNames()
	}
	for i := range groups {
		if n, g := before+i+1, &groups[i]; e.columns != nil {
			e.row(n, g)
		} else {
			e.paragraphs(n, g)
		}
		if !e.checkpoint() {
			return
		}
	}
}

// left tells of groups that a limit left out.
func (e *errorList) left() {
	if e.r.Hidden > 0 {
		e.paragraph(0, 2, e.warn, fmt.Sprintf("%s %s more: see --limit", e.missing, e.causes(e.r.Hidden)))
	}
}

// expected counts what is expected, and lists it when that was asked for. Its
// numbers go on where those of all the others end.
func (e *errorList) expected() {
	if len(e.r.Expected) == 0 {
		return
	}
	if e.style.Width > 0 {
		e.buf = append(e.buf, '\n')
	}
	if !e.style.Expected {
		e.paragraph(0, 2, e.dim, "expected, not counted: "+e.mostExpected()+"; --expected shows them")
		return
	}
	e.paragraph(0, 2, e.title, "expected, not counted:")
	e.list(e.r.Expected, len(e.r.Groups)+e.r.Hidden)
}

// mostExpected names the first of what is expected, and counts the others.
func (e *errorPage) mostExpected() string {
	most := 3
	if e.style.Width == 0 {
		most = 10
	}
	var names []string
	for i := range e.r.Expected[:min(most, len(e.r.Expected))] {
		g := &e.r.Expected[i]
		names = append(names, e.counted(g)+" of "+e.brief(firstOf(joined(" ", g.Service, g.Operation, g.Class, g.Callee), "one kind"), mostColumns))
	}
	if more := len(e.r.Expected) - len(names); more > 0 {
		names = append(names, plural(more, "more kind"))
	}
	return strings.Join(names, "; ")
}

// next says what to type, on a terminal. An ID that is no trace's might mean
// something to a shell.
func (e *errorList) next() {
	if e.style.Width == 0 || len(e.r.Groups) == 0 {
		return
	}
	facts := []fact{{e.dim, e.command("next: otrace errors show 1")}}
	if id := example(&e.r.Groups[0]); id.IsTrace() {
		facts = append(facts, fact{e.dim, e.command("otrace show " + id.String())})
	}
	e.buf = append(e.buf, '\n')
	e.flow(0, len("next: "), facts...)
}
