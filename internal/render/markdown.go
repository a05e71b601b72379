package render

import (
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// Markdown writes the timeline for a ticket or a chat: what it is, what is
// missing, the errors in a table, and the tree in a code block. It is the same
// at any width and never longer than trackers allow: what does not fit is
// counted, and errors are the last to go. The mode is that in which the clocks
// were estimated.
//
// Whatever was written by others stands in code, between more backticks than
// it holds itself: there nothing is markup, a link or a mention.
func Markdown(w io.Writer, tl *timeline.Timeline, style Style) error {
	d := &document{tree: newTree(w, tl, Style{ASCII: style.ASCII})}
	d.markPath()
	notes := d.notes()
	d.heading()
	d.summary()
	d.list(notes)
	d.failures()
	if len(tl.Rows) > 0 {
		d.code()
	}
	return d.flush()
}

// Sizes of a document, in UTF-16 units, the strictest way to count. GitHub
// takes 65,536.
const (
	mostMarkdown = 60_000
	mostNotes    = 9_000
	mostFailures = 20_000
	forLeftOut   = 500 // for the line that counts what did not fit
	forSilence   = 150
)

// What a text is cut to, in UTF-16 units.
const (
	mostTitle = 200
	mostName  = 60
	mostNote  = 500
	mostCell  = 300
	mostLine  = 300
)

// A document is one drawing under way.
type document struct{ tree }

// notes returns the lines of the header after the first two, those about
// clocks last: what is missing matters more.
func (d *document) notes() []string {
	d.header()
	lines := strings.Split(strings.TrimSuffix(string(d.buf), "\n"), "\n")
	d.buf = d.buf[:0]
	var notes, clocks []string
	for _, line := range lines[min(2, len(lines)):] {
		if strings.HasPrefix(line, d.corrected+" clock ") {
			clocks = append(clocks, line)
		} else {
			notes = append(notes, line)
		}
	}
	return append(notes, clocks...)
}

// heading says what this is about, and how long it took.
func (d *document) heading() {
	name := "logs of " + d.tl.ID.String()
	if root := d.tl.Root(); root != nil {
		name = strings.TrimSpace(root.Service() + " " + root.Span.Operation)
	}
	d.code1("## ", name, mostTitle)
	d.buf = append(appendDuration(append(d.buf, ": "...), d.tl.Duration, d.style.ASCII), "\n\n"...)
}

// summary begins the list of facts.
func (d *document) summary() {
	what := "- trace "
	if !d.tl.ID.IsTrace() {
		what = "- correlation ID "
	}
	d.code1(what, d.tl.ID.String(), mostTitle)
	d.buf = append(d.buf, '\n')
	if d.tl.Start != trace.NoTime {
		d.item("start " + time.Unix(0, d.tl.Start).UTC().Format("2006-01-02 15:04:05.000 UTC"))
	}
	d.item("duration " + string(appendDuration(nil, d.tl.Duration, d.style.ASCII)))
	c := d.tl.Counts
	d.item(plural(c.Spans, "span") + ", " + plural(c.Logs, "log") + ", " + plural(c.Events, "event"))
	if c.ErrorSpans+c.ErrorLogs > 0 {
		d.item("errors: " + plural(c.ErrorSpans, "failed span") + ", " + plural(c.ErrorLogs, "error log"))
	}
	d.services()
}

// item writes an item of the list that is in otrace's own words.
func (d *document) item(text string) {
	d.buf = append(append(append(d.buf, "- "...), text...), '\n')
}

// mostServices is how many services the list of facts names.
const mostServices = 20

func (d *document) services() {
	if len(d.tl.Services) == 0 {
		return
	}
	d.buf = append(append(d.buf, "- "...), plural(len(d.tl.Services), "service")...)
	for n, s := range d.tl.Services {
		switch n {
		case 0:
			d.code1(": ", s, mostName)
		case mostServices:
			d.buf = append(d.buf, " and more\n"...)
			return
		default:
			d.code1(", ", s, mostName)
		}
	}
	d.buf = append(d.buf, '\n')
}

// list writes the notes as items, as many as have room.
func (d *document) list(notes []string) {
	mark := len(d.buf)
	for n, note := range notes {
		if units(d.buf[mark:]) > mostNotes {
			d.item("and " + plural(len(notes)-n, "more note"))
			break
		}
		d.code1("- ", note, mostNote)
		d.buf = append(d.buf, '\n')
	}
	d.buf = append(d.buf, '\n')
}

// failures writes a table of what failed, the first first.
func (d *document) failures() {
	mark, shown, left := len(d.buf), 0, 0
	for _, i := range d.tl.ByTime() {
		r := &d.tl.Rows[i]
		switch {
		case !r.IsError():
			continue
		case left > 0 || units(d.buf[mark:]) > mostFailures:
			left++
			continue
		case shown == 0:
			d.buf = append(d.buf, "| Offset (ms) | Service | Operation | Message |\n| ---: | --- | --- | --- |\n"...)
		}
		shown++
		d.failure(r)
	}
	if left > 0 {
		d.buf = append(append(append(d.buf, "\nand "...), plural(left, "more error")...), '\n')
	}
	if shown > 0 {
		d.buf = append(d.buf, '\n')
	}
}

// operationColumn is where the table of failures says that there are several,
// and which span failed before those above it.
const operationColumn = 1

// failure writes a row of the table.
func (d *document) failure(r *timeline.Row) {
	operation, message := "", ""
	if r.Span != nil {
		operation, message = r.Span.Operation, r.Span.StatusMessage
	}
	kind, several := r.Kind, -1
	if r.Kind == timeline.KindFold {
		kind, several = r.Fold.Kind, operationColumn
	}
	switch kind {
	case timeline.KindLog:
		message = strings.TrimRight(r.Log.Message, "\r\n")
	case timeline.KindEvent:
		message = exception(r.Event.Attributes)
	}
	d.buf = d.offset(append(d.buf, "| "...), r)
	for column, text := range [...]string{r.Service(), operation, message} {
		d.buf = append(d.buf, " | "...)
		if column == operationColumn && r.Marks.Has(timeline.MarkOrigin) && r.Fold == nil {
			d.buf = append(d.buf, "origin: "...)
		}
		if text == "" {
			d.buf = append(d.buf, '-')
			continue
		}
		if column == several {
			d.buf = append(strconv.AppendInt(d.buf, int64(r.Fold.Siblings), 10), " more: "...)
		}
		d.quote(escapeBars(d.short(text, mostCell)))
	}
	d.buf = append(d.buf, " |\n"...)
}

// escapeBars escapes what ends a cell of a table, even in code. Not every
// reader understands that behind a backslash; there the bar is replaced.
func escapeBars(s string) string {
	if !strings.Contains(s, "|") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, `\|`, `\¦`), "|", `\|`)
}

// code1 writes a text as code behind a word.
func (d *document) code1(word, text string, most int) {
	d.buf = append(d.buf, word...)
	d.quote(d.short(text, most))
}

// short makes a text harmless and cuts it.
func (d *document) short(text string, most int) string {
	return string(cutAt([]byte(safe.Of(text).String()), most, d.cut))
}

// cutAt cuts a text to so many units. Columns would not do: a text can be long
// and take none.
func cutAt(b []byte, most int, cut string) []byte {
	n := 0
	for i, c := range b {
		if n += unitsOf(c); n > most {
			for ; i > 0 && b[i]&0xc0 == 0x80; i-- { // back to where the character begins
			}
			return append(b[:i:i], cut...)
		}
	}
	return b
}

// quote writes a text as code: between more backticks than it has in a row,
// with blanks where they would touch.
func (d *document) quote(s string) {
	if strings.TrimSpace(s) == "" {
		d.buf = append(d.buf, "(blank)"...)
		return
	}
	ticks := strings.Repeat("`", longestTicks(s)+1)
	blank := ""
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' && s[len(s)-1] == ' ' {
		blank = " "
	}
	for _, part := range [...]string{ticks, blank, s, blank, ticks} {
		d.buf = append(d.buf, part...)
	}
}

// longestTicks is the length of the longest run of backticks.
func longestTicks[T string | []byte](s T) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// units is the length of a text in UTF-16.
func units(b []byte) int {
	n := 0
	for _, c := range b {
		n += unitsOf(c)
	}
	return n
}

// unitsOf is what a byte of UTF-8 adds: one where a character begins, two
// where it is beyond the basic plane.
func unitsOf(c byte) int {
	switch {
	case c >= 0xf0:
		return 2
	case c&0xc0 == 0x80:
		return 0
	}
	return 1
}
