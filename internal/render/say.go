package render

import (
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
		t.line.sign(t.warn, t.missing+" span "+r.Missing.String()+" is missing")
	case timeline.KindFold:
		t.sayFold(r, t.style.Width > 0 && t.serviceWidth == 0)
		return // the marks are those of its first row alone
	}
	t.sayMarks(r.Marks)
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
	if r.Subtree > 0 {
		knot = t.knot
	}
	if r.Depth > 0 || r.Subtree > 0 {
		t.line.sign(t.dim, knot)
	}
	p := paint{}
	if r.IsError() {
		p = t.fault
		t.line.sign(p, t.cross)
	}
	t.line.sign(paint{}, " ")
	if t.style.Width > 0 && t.serviceWidth == 0 {
		t.line.text(t.service, safe.Of(r.Service()))
		t.line.sign(paint{}, " ")
	}
	t.line.text(p, safe.Of(r.Span.Operation))
	if r.Span.StatusMessage != "" {
		t.line.sign(t.fault, ": ")
		t.line.text(t.fault, safe.Of(r.Span.StatusMessage))
	}
	for _, link := range r.Span.Links {
		if link.Trace.IsTrace() && !link.Trace.Same(t.tl.ID) && !link.Trace.Same(r.Span.Trace) {
			t.line.text(t.dim, safe.Of(" "+t.link+link.Trace.String()))
		}
	}
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
	t.line.text(p, safe.Of(strings.TrimRight(r.Log.Message, "\r\n")))
}

// said are the marks that the row shows in another way, or that only programs
// want.
const said = timeline.MarkEvent | timeline.MarkText | timeline.MarkOutlives | timeline.MarkUndecided

func (t *tree) sayMarks(m timeline.Marks) {
	if m &^= said; m == 0 {
		return
	}
	before := " ["
	for _, name := range m.All() {
		switch name {
		case "zone":
			name = "zone mended"
		case "adjusted":
			name = "moved by the backend"
		}
		t.line.sign(t.dim, before)
		t.line.sign(t.dim, name)
		before = ", "
	}
	t.line.sign(t.dim, "]")
}
