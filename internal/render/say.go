package render

import (
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// say adds what a row tells to the line.
func (t *tree) say(r *timeline.Row) {
	if len(t.tl.Linked) > 0 && r.Depth == 0 {
		t.sayTrace(r.Trace())
	}
	switch r.Kind {
	case timeline.KindSpan:
		t.saySpan(r)
	case timeline.KindEvent:
		t.sayEvent(r)
	case timeline.KindLog:
		t.sayLog(r)
	case timeline.KindMissing:
		t.sayMissing(r)
	case timeline.KindFold:
		t.sayFold(r, t.style.Width > 0 && t.serviceWidth == 0)
		return // the marks are those of its first row alone
	}
	t.sayMarks(r.Marks)
	t.sayClosed()
}

// sayTrace tells which of the linked traces a root belongs to.
func (t *tree) sayTrace(id trace.ID) {
	text := id.String()
	if t.style.Width > 0 && id.IsTrace() {
		text = text[:8]
	}
	if !id.IsZero() && !id.Same(t.tl.ID) {
		t.line.text(t.dim, safe.Of("["+text+"] "))
	}
}

func (t *tree) saySpan(r *timeline.Row) {
	knot := t.leaf
	switch {
	case leads(r):
		knot = t.leads
	case r.Subtree > 0:
		knot = t.knot
	}
	if t.closed != nil {
		knot = t.folded
	}
	if r.Depth > 0 || r.Subtree > 0 {
		t.line.sign(t.dim, knot)
	}
	if r.IsError() {
		t.line.sign(t.fault, t.cross)
	}
	t.line.sign(paint{}, " ")
	if t.style.Width > 0 && t.serviceWidth == 0 {
		t.line.text(t.aside(r, t.service), safe.Of(r.Service()))
		t.line.sign(paint{}, " ")
	}
	t.nameSpan(r)
}

// nameSpan tells what a span was, how it failed, and what it links to.
func (t *tree) nameSpan(r *timeline.Row) {
	p := paint{}
	if r.IsError() {
		p = t.fault
	}
	t.line.text(t.aside(r, p), safe.Of(r.Span.Operation))
	if r.Span.StatusMessage != "" {
		p = t.aside(r, t.fault)
		t.line.sign(p, ": ")
		t.line.text(p, safe.Of(r.Span.StatusMessage))
	}
	for _, link := range r.Span.Links {
		if link.Trace.IsTrace() && !link.Trace.Same(t.tl.ID) && !link.Trace.Same(r.Span.Trace) {
			t.sayLink(link.Trace.String())
		}
	}
}

// sayLink names another trace: whole, or its beginning where that has no room.
func (t *tree) sayLink(id string) {
	const enough = 8
	if room := t.textWidth - t.line.width - len("  "); t.style.Width > 0 && len(id) > room {
		id = id[:enough]
	}
	t.line.sign(t.dim, " "+t.link+id)
}

// sayMissing tells which span no source returned.
func (t *tree) sayMissing(r *timeline.Row) {
	id := r.Missing.String()
	t.line.sign(t.warn, t.missing)
	for _, text := range [...]string{" span " + id + " is missing", " missing: " + id, " a span is missing"} {
		if t.style.Width == 0 || t.line.width+len(text) <= t.textWidth {
			t.line.sign(t.warn, text)
			return
		}
	}
	t.line.sign(t.warn, " missing")
}

// leads reports whether a row is there only for what is beneath it.
func leads(r *timeline.Row) bool { return r.Marks.Has(timeline.MarkLeads) }

// aside is how to paint what a row says: dim where it only leads to others.
func (t *tree) aside(r *timeline.Row, p paint) paint {
	if leads(r) {
		return t.dim
	}
	return p
}

func (t *tree) sayEvent(r *timeline.Row) {
	p := t.warn
	if !r.IsError() {
		p = paint{}
	}
	t.line.sign(p, t.event+" ")
	t.line.text(p, safe.Of(r.Event.Name))
	if r.IsError() {
		t.line.text(p, safe.Of(": "+exception(r.Event.Attributes)))
		return
	}
	for _, a := range r.Event.Attributes {
		t.line.text(t.dim, safe.Of(" "+a.Key+"="+a.Value.Text()))
	}
}

// exception is an exception event in a few words.
func exception(attrs []trace.Attribute) string {
	kind, message := trace.FindText(attrs, "exception.type"), trace.FindText(attrs, "exception.message")
	if kind == "" || message == "" {
		return kind + message
	}
	return kind + ": " + message
}

func (t *tree) sayLog(r *timeline.Row) {
	letter, p := t.level(r.Log.Level)
	t.line.sign(p, letter)
	if r.Attached != timeline.AttachedSpan && r.Depth > 0 {
		t.line.sign(t.dim, "?")
	}
	if r.Marks.Has(timeline.MarkEvent) {
		t.line.sign(p, t.event)
	}
	t.line.sign(p, " ")
	if r.Log.Level < trace.LevelWarn {
		p = paint{}
	}
	t.sayMessage(p, r)
}

// sayMessage tells a log's message. One that has no room goes without the IDs
// that the header and the row's place tell already.
func (t *tree) sayMessage(p paint, r *timeline.Row) {
	text := strings.TrimRight(r.Log.Message, "\r\n")
	if t.style.Width > 0 && t.line.width+len(text) > t.textWidth && t.tl.ID.IsTrace() {
		if r.Log.Span != 0 {
			text = strings.ReplaceAll(text, r.Log.Span.String(), t.elided)
		}
		text = strings.ReplaceAll(text, t.tl.ID.String(), t.elided)
	}
	t.line.text(p, safe.Of(text))
}

// said are the marks that the row shows in another way, or that only programs
// want.
const said = timeline.MarkEvent | timeline.MarkText | timeline.MarkOutlives | timeline.MarkUndecided | timeline.MarkLeads

// sayMarks tells what is odd about the row. That is never cut: it is told
// shorter, and then the text before it gives way.
func (t *tree) sayMarks(m timeline.Marks) {
	if m &^= said; m == 0 {
		return
	}
	texts, ok := t.marks[m]
	if !ok {
		if t.marks == nil {
			t.marks = make(map[timeline.Marks][]string)
		}
		texts = marksTexts(m)
		t.marks[m] = texts
	}
	t.line.keep()
	for _, text := range texts[:2] {
		if t.style.Width == 0 || t.line.width+len(text) <= t.textWidth {
			t.line.sign(t.dim, text)
			return
		}
	}
	t.line.sign(t.dim, t.fitting(max(t.textWidth/2, leastForMarks), texts[1:]...))
}

// leastForMarks is how many columns marks may take of the narrowest text.
const leastForMarks = 16

// marksTexts are the ways to name marks: in words, in those that JSON has for
// them, and the first of these.
func marksTexts(m timeline.Marks) []string {
	names := (m &^ timeline.MarkOrigin).Names()
	if m.Has(timeline.MarkOrigin) { // the first to be read
		names = append([]string{"origin"}, names...)
	}
	words := make([]string, len(names))
	for i, name := range names {
		switch name {
		case "zone":
			name = "zone mended"
		case "adjusted":
			name = "moved by the backend"
		}
		words[i] = name
	}
	texts := []string{" [" + strings.Join(words, ", ") + "]", " [" + strings.Join(names, ", ") + "]"}
	for n := len(names) - 1; n > 0; n-- {
		texts = append(texts, " ["+strings.Join(names[:n], ", ")+" +"+strconv.Itoa(len(names)-n)+"]")
	}
	return texts
}
