package render

import (
	"fmt"
	"io"
	"strconv"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// ErrorsMarkdown writes a report for a ticket or a chat: what it comes to, what
// is missing, and a table of the groups, then one of what is expected. It is
// never longer than trackers allow: groups that do not fit are counted.
// Whatever was written by others stands in code.
func ErrorsMarkdown(w io.Writer, r *triage.Report) error {
	d := newErrorDocument(w, r)
	if len(r.Groups)+r.Hidden == 0 {
		d.text("## ", d.verdict())
	} else {
		d.text("## ", d.causes(len(r.Groups)+r.Hidden)+" of "+d.amount())
	}
	d.buf = append(d.buf, '\n')
	d.facts()
	d.table(r.Groups, 0, mostMarkdown-forLeftOut-mostRefusals)
	if r.Hidden > 0 {
		d.text("\nand ", d.causes(r.Hidden)+" more")
	}
	if len(r.Expected) > 0 {
		d.text("\n", "Expected, not counted:\n")
		d.table(r.Expected, len(r.Groups)+r.Hidden, mostMarkdown-forLeftOut)
	}
	return d.flush()
}

// mostRefusals is what is kept for the table of what is expected, in UTF-16
// units.
const mostRefusals = 10_000

// An errorDocument is a drawing of a report in Markdown under way. Words are
// those of the page without a width, which says all in full.
type errorDocument struct {
	errorPage
	document document
}

func newErrorDocument(w io.Writer, r *triage.Report) *errorDocument {
	d := &errorDocument{errorPage: newErrorPage(w, r, Style{})}
	d.document.head = d.head
	return d
}

// text writes otrace's own words as a line.
func (d *errorDocument) text(before, s string) {
	d.buf = append(append(append(d.buf, before...), s...), '\n')
}

// code writes a text from outside behind a word.
func (d *errorDocument) code(word, s string, most int) { d.document.code1(word, s, most) }

// amount is how much failed.
func (d *errorDocument) amount() string {
	var texts []string
	for _, f := range d.amounts() {
		texts = append(texts, f.text)
	}
	return firstOf(listed(texts), "no failing trace that is known")
}

// facts is the list of what is to be known of the whole.
func (d *errorDocument) facts() {
	r := d.r
	d.text("- ", d.window())
	d.text("- ", d.against())
	if text := d.scope(); text != "" {
		d.code("- ", text, mostNote)
		d.buf = append(d.buf, '\n')
	}
	var flags []string
	for _, f := range d.flagged()[1:] {
		flags = append(flags, f.text)
	}
	if flags != nil {
		d.text("- ", listed(flags))
	}
	if len(r.Groups)+r.Hidden == 0 {
		d.code("- ", d.looked(), mostNote)
		d.buf = append(d.buf, '\n')
	}
	if text := d.untraced(); text != "" {
		d.text("- ", text)
	}
	d.document.list(d.missingFacts())
}

// window tells both ends, to the second.
func (d *errorDocument) window() string {
	w := d.r.Calendar.Window
	if w.From == 0 || w.Until == 0 {
		return d.errorPage.window()
	}
	return fmt.Sprintf("from %s to %s, %s", clock(w.From), clock(w.Until), lapse(w.Until-w.From))
}

// missingFacts are what the report lacks, and what is odd, in sentences.
func (d *errorPage) missingFacts() []string {
	list := d.limits()
	for _, g := range d.r.Gaps {
		list = append(list, g.String())
	}
	return append(list, d.r.Warnings...)
}

// table writes groups, as many as have room.
func (d *errorDocument) table(groups []triage.Group, before, most int) {
	if len(groups) == 0 {
		return
	}
	d.text("", "| # | Flag | Traces | Logs | Before | First | Last | Service | Operation | Error | Fails | Trace |\n"+
		"| ---: | --- | ---: | ---: | ---: | --- | --- | --- | --- | --- | --- | --- |")
	used := units(d.buf)
	for i := range groups {
		mark := len(d.buf)
		d.group(before+i+1, &groups[i])
		if used += units(d.buf[mark:]); used > most {
			d.buf = d.buf[:mark]
			d.text("\nand ", plural(len(groups)-i, "more group"))
			return
		}
	}
}

// group writes a row of the table.
func (d *errorDocument) group(n int, g *triage.Group) {
	d.buf = append(d.buf, "| "...)
	d.buf = strconv.AppendInt(d.buf, int64(n), 10)
	for _, own := range [...]string{wordOf(g), d.traces(g), d.logs(g), d.compared(g), clock(g.First), clock(g.Last)} {
		d.buf = append(append(d.buf, " | "...), own...)
	}
	failing := joined("; ", message(g), d.nature(g, 0))
	if g.Absorbed > 0 {
		failing = joined("; ", failing, fmt.Sprintf("absorbed %d", g.Absorbed))
	}
	for _, text := range [...]string{g.Service, g.Operation, failing, d.entries(g, mostEntries), example(g).String()} {
		d.buf = append(d.buf, " | "...)
		if text == "" {
			d.buf = append(d.buf, '-')
			continue
		}
		d.document.quote(escapeBars(d.document.short(text, mostCell)))
	}
	d.buf = append(d.buf, " |\n"...)
}

// clock is a moment to the second, "-" when it is not known.
func clock(t int64) string {
	if t == trace.NoTime {
		return "-"
	}
	return string(appendTime(nil, t)[:len("2006-01-02T15:04:05")]) + "Z"
}
