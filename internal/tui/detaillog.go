package tui

import (
	"strings"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

func (d *detailer) log(r *timeline.Row) {
	l := r.Log
	letter, paint := d.OfLevel(l.Level)
	level := l.Level.String()
	if l.LevelRaw != "" && !strings.EqualFold(l.LevelRaw, level) {
		level += " (" + l.LevelRaw + ")"
	}
	message := paint
	if l.Level < trace.LevelWarn {
		message = render.Paint{}
	}
	d.hang(paint, text(paint, letter)+" ", "  ", firstLineOf(l.Message))
	if _, rest, ok := strings.Cut(l.Message, "\n"); ok {
		d.block(message, rest)
	}
	d.origin(l.Origin, "log")
	d.field("level", level)
	d.when(r)
	d.stackOf(l)
	d.field("span", d.spanOf(r))
	if l.Match == trace.MatchText {
		d.fieldIn(d.Dim, "found by", "the ID in its text")
	}
	d.document(l)
	d.heading("Identity")
	d.field("index", l.Index)
	d.field("document", l.DocID)
}

func firstLineOf(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return strings.TrimRight(line, "\r")
}

// spanOf tells which span a log is in, and how that is known.
func (d *detailer) spanOf(r *timeline.Row) string {
	switch {
	case r.Span == nil && r.Log.Span != 0:
		return r.Log.Span.String() + ", which never arrived"
	case r.Span == nil:
		return "none fits"
	case r.Attached == timeline.AttachedService:
		return r.Span.Operation + ", by service and time"
	}
	return r.Span.Operation
}

func (d *detailer) document(l *trace.Log) {
	d.heading("Fields")
	pairs := flatten(l.Document)
	for _, f := range pairs {
		told := strings.TrimRight(f.value, "\r\n") == strings.TrimRight(l.Message, "\r\n") || isStack(f.key) && strings.Contains(f.value, "\n")
		if !told {
			d.field(f.key, f.value)
		}
	}
	if pairs == nil && len(l.Document) > 0 {
		d.para(render.Paint{}, string(l.Document[:min(len(l.Document), mostText)]))
	}
}

func (d *detailer) event(r *timeline.Row) {
	d.para(d.Title, r.Event.Name)
	d.origin(r.Span.Resource.Origin, "event")
	d.when(r)
	if r.IsError() {
		d.exception("Exception", r.Event.Attributes)
		return
	}
	d.attributes("Attributes", r.Event.Attributes)
	d.heading("Span")
	d.field("operation", r.Span.Operation)
	d.field("span", r.Span.ID.String())
}
