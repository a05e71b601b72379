package render

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A head is what stands above the rows, or above a report in their place.
type head struct {
	*page
	*theme
	tl    *timeline.Timeline
	style Style
	taken int // columns of the first line so far
}

func newHead(w io.Writer, tl *timeline.Timeline, style Style) head {
	return head{page: newPage(w), theme: newTheme(style), tl: tl, style: style}
}

// header tells the timeline as a whole: what it is, how much of it there is,
// what the time went for, which clocks were corrected, what is not shown, what is
// missing, and what the rows' signs mean.
func (t *tree) header() {
	t.facts()
	t.waits()
	t.correctedClocks()
	t.linked()
	t.hidden()
	t.foldedRows()
	t.shortcomings()
	if t.tl.Counts.Logs == 0 && len(t.tl.Gaps) == 0 {
		t.note(t.warn, t.missing+" no logs carry this ID; looked in "+t.searched())
	}
	t.warnings()
	t.legend()
}

// legend explains the signs beside the rows' times, if there are any.
func (t *tree) legend() {
	var long, short, shortest []string
	add := func(sign, l, s, least string) {
		long, short, shortest = append(long, sign+" "+l), append(short, sign+" "+s), append(shortest, sign+" "+least)
	}
	if t.anyRow(func(r *timeline.Row) bool { return r.Offset != 0 }) {
		add(t.corrected, "corrected time", "corrected time", "corrected")
	}
	if t.anyRow(func(r *timeline.Row) bool { return r.Marks.Has(timeline.MarkUndecided) }) {
		add(t.undecided, "may be earlier than its neighbour above", "order not proven", "not proven")
	}
	if t.anyRow(func(r *timeline.Row) bool { return r.Kind == timeline.KindSpan && leads(r) }) {
		add(t.leads, "only leads to what is wanted", "leads to what is wanted", "leads there")
	}
	if t.path {
		add(t.barFull, "critical path", "critical path", "critical path")
	}
	if t.hot > 0 {
		add(t.critical, "itself 5 % of the critical path or more", "long on the critical path", "critical path")
	}
	if long != nil {
		dot := " " + t.dotSign() + " "
		if t.style.ASCII {
			dot = ", " // a hyphen would look like one more sign
		}
		t.note(t.dim, t.fitting(t.style.Width, strings.Join(long, dot), strings.Join(short, dot), strings.Join(shortest, dot)))
	}
}

func (t *tree) anyRow(is func(*timeline.Row) bool) bool {
	for i := range t.tl.Rows {
		if is(&t.tl.Rows[i]) {
			return true
		}
	}
	return false
}

// linked names the other traces whose rows are here.
func (t *tree) linked() {
	for _, l := range t.tl.Linked {
		t.note(t.dim, fmt.Sprintf("%strace %s %s %s %s %s, %s", t.link, l.ID, t.dotSign(), l.Why, t.dotSign(), plural(l.Spans, "span"), plural(l.Logs, "log")))
	}
}

// shortcomings tells what is missing.
func (h *head) shortcomings() {
	for _, g := range h.tl.Gaps {
		h.note(h.warn, h.missing+" "+g.String())
	}
	if h.tl.NoTrace {
		h.note(h.warn, h.missing+" "+noTrace(h.tl.ID.IsTrace()))
	}
}

func (h *head) warnings() {
	for _, w := range h.tl.Warnings {
		h.note(h.warn, h.bang+" "+w)
	}
}

func noTrace(isTrace bool) string {
	if isTrace {
		return "no spans: the trace was not sampled, or has expired?"
	}
	return "no spans: a correlation ID has logs only"
}

// facts writes the first two lines.
func (t *tree) facts() {
	t.name()
	c := t.tl.Counts
	t.item(paint{}, string(appendDuration(nil, t.tl.Duration, t.style.ASCII)))
	t.item(paint{}, plural(c.Spans, "span"))
	t.item(paint{}, plural(len(t.tl.Services), "service"))
	t.item(t.logsLink(), plural(c.Logs, "log"))
	if n := c.ErrorSpans; n > 0 {
		t.item(t.fault, plural(n, "failed span"))
	}
	if n := c.ErrorLogs; n > 0 {
		t.item(t.fault, plural(n, "error log"))
	}
	t.buf = append(t.buf, '\n')
	t.identity()
}

// name begins the first line with what this is about.
func (h *head) name() {
	name := "logs of " + h.tl.ID.String()
	if root := h.tl.Root(); root != nil {
		name = root.Service() + " " + root.Span.Operation
	}
	name = safe.Of(strings.TrimSpace(name)).String()
	h.buf = h.title.append(h.buf, name)
	h.taken = columns(name)
}

// identity writes the second line: the ID, and when it began.
func (h *head) identity() {
	what := "trace "
	if !h.tl.ID.IsTrace() {
		what = "correlation ID "
	}
	start := "no time"
	if h.tl.Start != trace.NoTime {
		start = time.Unix(0, h.tl.Start).UTC().Format("2006-01-02 15:04:05.000 UTC")
	}
	id := safe.Of(h.tl.ID.String()).String()
	h.buf = append(append(h.buf, h.dim.on...), what...)
	h.buf = append(h.traceLink().append(h.buf, id), h.dim.off...)
	h.taken = len(what) + columns(id)
	h.item(h.dim, start)
	h.buf = append(h.buf, '\n')
}

// item adds a fact to the line, or begins another where it does not fit.
func (h *head) item(p paint, s string) {
	if w := columns(s) + 3; h.style.Width > 0 && h.taken+w > h.style.Width {
		h.buf = append(h.buf, "\n  "...)
		h.taken = w - 1
	} else {
		h.buf = append(append(append(h.buf, ' '), h.dotSign()...), ' ')
		h.taken += w
	}
	h.buf = p.append(h.buf, s)
}

func (h *head) dotSign() string {
	if h.style.ASCII {
		return "-"
	}
	return "·"
}

// note writes a line of the header, or as many as it takes.
func (h *head) note(p paint, s string) { h.paragraph(0, headIndent, p, s) }

// searched says where logs were looked for.
func (h *head) searched() string {
	s := h.tl.Searched
	if len(s.Indices) == 0 {
		return "no index, for there is none"
	}
	where := fmt.Sprintf("%s (%s)", plural(len(s.Indices), "index"), some(s.Indices))
	if len(s.Fields) == 0 {
		return where
	}
	return where + " by " + some(s.Fields)
}

// some names the first few of a list and counts the others.
func some(list []string) string {
	const most = 6
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

func plural(n int, word string) string {
	switch {
	case n == 1:
		return "1 " + word
	case strings.HasSuffix(word, "ex"):
		return fmt.Sprintf("%d %sices", n, word[:len(word)-2])
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// paragraph writes text broken between words where the width asks for it.
func (h *head) paragraph(indent, hang int, p paint, text string) {
	text = safe.Of(text).String()
	for at := indent; text != ""; at = hang {
		line := text
		if width := h.style.Width; width > 0 {
			line = firstLine(text, max(width-at, 20))
		}
		h.buf = append(p.append(pad(h.buf, at), strings.TrimRight(line, " ")), '\n')
		text = strings.TrimLeft(text[len(line):], " ")
	}
}

// firstLine returns the beginning of a text that fits, ending between words unless
// one word is wider than that.
func firstLine(text string, most int) string {
	if columns(text) <= most {
		return text
	}
	line := clip(text, most)
	if line == "" { // not even one character fits
		return text
	}
	if text[len(line)] == ' ' {
		return line
	}
	if i := strings.LastIndexByte(line, ' '); i > 0 {
		return line[:i]
	}
	return line
}
