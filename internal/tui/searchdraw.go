package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

// Render draws what is looked for, then a line a trace, then what the list
// lacks, as far as the last line has no room for it.
func (v *searchView) Render(width, height int) []string {
	var lines []string
	v.toldBelow = false
	if v.form == nil || height > leastForForm {
		lines = v.head(width, height)
	}
	if v.form != nil {
		lines = append(lines, v.form.draw(width, height-len(lines))...)
		if height-len(lines) < leastForList {
			return lines
		}
		lines = append(lines, "")
	}
	var lacks []string
	if list := v.lacks(); !v.fits(list, width) && height-len(lines) > leastForList {
		lacks = v.below(list, width, (height-len(lines))/3)
	}
	v.toldBelow = len(lacks) > 0
	lines = append(lines, v.body(width, height-len(lines)-len(lacks), len(lines))...)
	if len(lacks) == 0 {
		return lines
	}
	for len(lines) < height-len(lacks) {
		lines = append(lines, "")
	}
	return append(lines[:height-len(lacks)], lacks...)
}

// body is the list, at a line of the screen, or why there is none.
func (v *searchView) body(width, height, at int) []string {
	switch {
	case v.got == nil && v.err != nil:
		return v.m.failure(v.err, width)
	case len(v.shown) == 0:
		return v.nothing(width)
	}
	v.rows.resize(len(v.shown), height-1)
	v.first = at + 1
	lines := []string{text(v.m.paints.Dim, v.m.paints.fit(v.columns(width), width))}
	for k := v.rows.top; k < v.rows.end(); k++ {
		lines = append(lines, v.m.listed(v.line(&v.got.found.Traces[v.shown[k]], width), k == v.rows.cursor && v.form == nil, false, false, width))
	}
	return lines
}

// The lines that a list is worth drawing in, and those in which a form has no
// room for more than itself.
const (
	leastForList = 5
	leastForForm = 4
)

// head tells what is looked for, in several lines where it must, and how many
// traces there are.
func (v *searchView) head(width, height int) []string {
	p := v.m.paints
	right := v.count()
	room := max(width-ansi.StringWidth(right)-2, width/2)
	phrases := v.terms.phrases(p)
	phrases[0] = text(p.Title, "[Search]") + " " + phrases[0]
	lines := flow(phrases, text(p.Dim, p.dot), room)
	if len(lines) > max(height/8, 1) {
		lines = []string{p.fit(strings.Join(phrases, text(p.Dim, p.dot)), room)}
	}
	lines[0] = p.sides(lines[0], right, width)
	for k := 1; k < len(lines); k++ {
		lines[k] = p.fit(strings.Repeat(" ", len("[Search] "))+lines[k], width)
	}
	return lines
}

// count tells how many traces are listed, and how.
func (v *searchView) count() string {
	p := v.m.paints
	if v.got == nil {
		return ""
	}
	all := fmt.Sprintf("%d traces", len(v.got.found.Traces))
	if len(v.got.found.Traces) == 1 {
		all = "1 trace"
	}
	if !v.whole {
		all += " so far"
	}
	if v.only != "" {
		return text(p.Warn, "filter: "+v.only) + "  " + text(p.Title, fmt.Sprintf("%d of %s", len(v.shown), all))
	}
	return text(p.Dim, all)
}

// flow puts parts on as few lines as have room for them; one that is too long
// has a line of its own.
func flow(parts []string, between string, width int) []string {
	var lines []string
	for _, part := range parts {
		last := len(lines) - 1
		if last >= 0 && ansi.StringWidth(lines[last]+between+part) <= width {
			lines[last] += between + part
			continue
		}
		lines = append(lines, part)
	}
	return lines
}

// A lack is something that the list does not have, and how to tell it.
type lack struct {
	paint render.Paint
	text  string
}

func (v *searchView) lacks() []lack {
	p := v.m.paints
	var list []lack
	warn := func(s string) { list = append(list, lack{p.Warn, p.missing + " " + s}) }
	if v.err != nil && v.got != nil {
		list = append(list, lack{p.Fault, p.cross + " as it was before: " + v.err.Error() + " (r asks again)"})
	}
	asking := v.asked.cancel != nil
	if asking && len(v.told.Asking) > 0 {
		warn(strings.Join(v.told.Asking, " and ") + " " + isAre(v.told.Asking) + " still being asked")
	}
	if !asking && v.got != nil && !v.whole {
		warn("cancelled before all was told (r asks again)")
	}
	for _, g := range v.told.Gaps {
		warn(g.String() + " (r asks again)")
	}
	if v.got != nil && v.whole && v.got.found.More {
		warn(fmt.Sprintf("the newest %d, there are more: + lists %s", len(v.got.found.Traces), limitText(nextLimit(v.got.query.Limit))))
	}
	if n := v.told.Untraced; n > 0 {
		warn(untraced(n))
	}
	for _, w := range v.told.Warnings {
		list = append(list, lack{p.Warn, "! " + w})
	}
	return list
}

// below tells it in so many lines, each thing in its own.
func (v *searchView) below(lacks []lack, width, most int) []string {
	pg := page{paints: v.m.paints, width: width, wrap: true}
	for _, l := range lacks {
		pg.para(l.paint, l.text)
	}
	if over := len(pg.lines) - most; over > 0 {
		pg.lines = pg.lines[:max(most-1, 0)]
		pg.add(text(pg.Warn, fmt.Sprintf("%s %d more lines", pg.cut, over+1)))
	}
	for k := range pg.lines {
		pg.lines[k] = pg.fit(pg.lines[k], width)
	}
	return pg.lines
}

func isAre(names []string) string {
	if len(names) == 1 {
		return "is"
	}
	return "are"
}

func untraced(n int) string {
	if n == 1 {
		return "1 log matches and names no trace"
	}
	return fmt.Sprintf("%d logs match and name no trace", n)
}

// inLine tells it in one line.
func (v *searchView) inLine(lacks []lack) string {
	var parts []string
	for _, l := range lacks {
		parts = append(parts, text(l.paint, l.text))
	}
	if when := v.when(); when != "" {
		parts = append(parts, when)
	}
	return strings.Join(parts, text(v.m.paints.Dim, v.m.paints.dot))
}

// fits reports whether the last line has room for what the list lacks.
func (v *searchView) fits(lacks []lack, width int) bool {
	return ansi.StringWidth(v.inLine(lacks)) <= width
}

// when tells in which time traces are looked for.
func (v *searchView) when() string {
	if v.got == nil {
		return ""
	}
	return text(v.m.paints.Dim, windowText(v.got.query.Window))
}

// status tells what the list lacks, where that is not told below it, and the
// time that was looked at.
func (v *searchView) status(int) string {
	if v.toldBelow {
		return v.inLine(nil)
	}
	return v.inLine(v.lacks())
}

// windowText tells when was looked at.
func windowText(w trace.Window) string {
	from, until := "", ""
	if w.From != 0 {
		from = " since " + momentText(w.From)
	}
	if w.Until != 0 {
		until = " until " + momentText(w.Until)
	}
	if from+until == "" {
		return "all that there is"
	}
	return strings.TrimSpace(from+until) + " UTC"
}

func momentText(at int64) string { return time.Unix(0, at).UTC().Format("2006-01-02 15:04:05") }

// nothing tells why no trace is listed, and what to do about it. That there is
// none is said only when all that was asked has answered.
func (v *searchView) nothing(width int) []string {
	p := v.m.paints
	var said, advice string
	switch {
	case v.only != "" && v.got != nil && len(v.got.found.Traces) > 0:
		said, advice = "the filter "+v.only+" matches none of them", "F takes it away"
	case v.asked.cancel != nil && len(v.told.Asking) > 0:
		said = "nothing so far"
	case v.asked.cancel != nil:
		return nil
	case v.got == nil || !v.whole:
		said, advice = "cancelled", "r asks again"
	case v.told.Untraced > 0:
		said, advice = "no trace matches, but "+untraced(v.told.Untraced), "otrace show finds logs by an ID that they carry"
	case v.got.query.Window.IsZero():
		said, advice = "no trace matches", "i changes what is looked for"
	default:
		said = "no trace matches " + windowText(v.got.query.Window)
		advice = "t looks further back" + p.dot + "i changes what is looked for"
	}
	pg := page{paints: p, width: max(width-4, 8), wrap: true}
	pg.add("")
	pg.para(p.Warn, said)
	if v.whole && v.only == "" && v.got != nil {
		pg.para(p.Dim, "asked for "+strings.Join(v.sayTerms(), ", ")+v.where())
	}
	if advice != "" {
		pg.para(p.Dim, advice)
	}
	for k := range pg.lines {
		pg.lines[k] = "  " + pg.lines[k]
	}
	return pg.lines
}

// where names the sources that were asked.
func (v *searchView) where() string {
	var list []string
	for _, a := range v.answers {
		list = append(list, a.Name)
	}
	if len(list) == 0 {
		return ""
	}
	return " in " + strings.Join(list, " and ")
}

// sayTerms is what is looked for, in plain words.
func (v *searchView) sayTerms() []string {
	list := v.of.phrases(v.m.paints)
	for k := range list {
		list[k] = ansi.Strip(list[k]) // of our own styles: what is within is harmless
	}
	return list
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.1fs", d.Seconds()) }
