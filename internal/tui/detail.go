package tui

import (
	"fmt"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A detailer tells all about one line.
type detailer struct {
	page
	s *scene
}

// details are the lines that tell about a line of the scene.
func details(s *scene, l line, paints *paints, width int, wrap bool) []string {
	d := &detailer{page: page{paints: paints, width: width, wrap: wrap}, s: s}
	switch {
	case l.silence >= 0:
		d.silence(&s.tl.Silences[l.silence])
	case l.fold >= 0:
		d.fold(&s.folds[l.fold])
		d.row(l.row)
	default:
		d.row(l.row)
	}
	return d.lines
}

func (d *detailer) row(i int32) {
	switch r := &d.s.tl.Rows[i]; r.Kind {
	case timeline.KindSpan:
		d.span(i, r)
	case timeline.KindLog:
		d.log(r)
	case timeline.KindEvent:
		d.event(r)
	case timeline.KindMissing:
		d.para(d.Warn, "span "+r.Missing.String()+" is missing")
		d.para(d.Dim, "Others name it as their parent, and no source returned it: it was not sampled, not exported, or is not stored yet.")
	}
}

func (d *detailer) silence(s *timeline.Silence) {
	d.para(d.Title, render.Duration(s.Time, d.ASCII)+" silent")
	d.field("from", d.offset(s.From))
	d.field("until", d.offset(s.From+s.Time))
	d.blank()
	d.para(d.Dim, "No child span, log or event tells what this span of the critical path waited for: instrumentation is missing here, or this is where it worked itself.")
}

func (d *detailer) fold(f *timeline.Fold) {
	d.para(d.Title, fmt.Sprintf("%d rows folded into one", f.Siblings))
	d.field("in all", counting(f.Spans, "span")+", "+counting(f.Logs, "log")+", "+counting(f.Events, "event"))
	if f.Failed > 0 {
		d.fieldIn(d.Fault, "failed", fmt.Sprint(f.Failed))
	}
	if f.Total > 0 {
		d.field("took", render.Duration(f.Shortest, d.ASCII)+" to "+render.Duration(f.Longest, d.ASCII)+", "+render.Duration(f.Total, d.ASCII)+" in all")
	}
	d.heading("The first of them")
}

func (d *detailer) span(i int32, r *timeline.Row) {
	s := r.Span
	paint := d.Title
	if r.IsError() {
		paint = d.Fault
		d.hang(paint, text(paint, d.cross)+" ", "  ", s.Operation)
	} else {
		d.para(paint, s.Operation)
	}
	d.origin(s.Resource.Origin, s.Kind.String())
	if s.StatusMessage != "" {
		d.block(d.Fault, s.StatusMessage)
	}
	cause := d.causeOf(i)
	d.because(cause)
	d.field("took", render.Duration(s.Duration, d.ASCII)+", itself "+render.Duration(r.Self, d.ASCII))
	d.when(r)
	if r.Awaited > 0 {
		d.field("critical", render.Duration(r.Awaited, d.ASCII))
	}
	d.trail(cause)
	d.attributes("Attributes", s.Attributes)
	for _, e := range s.Events {
		if e.Name != "exception" {
			d.attributes(e.Name, e.Attributes)
		}
	}
	for _, w := range s.Warnings {
		d.fieldIn(d.Warn, "warning", w)
	}
	for _, l := range s.Links {
		d.field("link", l.Trace.String()+" "+l.Span.String())
	}
	d.attributes("Resource", s.Resource.Attributes)
	d.heading("Identity")
	d.field("trace", s.Trace.String())
	d.field("span", s.ID.String())
	if s.Parent != 0 {
		d.field("parent", s.Parent.String())
	}
	d.field("scope", s.Scope)
}

// origin is a line of where a record is from.
func (d *detailer) origin(o trace.Origin, kind string) {
	begin := ""
	if o.Service != "" {
		begin = text(d.Service, o.Service) + " "
	}
	var parts []string
	for _, part := range [...]string{kind, o.Pod, o.Host} {
		if part != "" && part != o.Service {
			parts = append(parts, part)
		}
	}
	d.hang(d.Dim, begin, "  ", strings.Join(parts, d.dot))
}

// when tells the row's moment, and how it was corrected.
func (d *detailer) when(r *timeline.Row) {
	if r.Time == trace.NoTime {
		d.fieldIn(d.Warn, "time", "none that can be read")
		return
	}
	d.field("at", d.offset(r.Time)+"  "+clock(r.Time))
	if r.Offset != 0 {
		d.fieldIn(d.Fixed, "observed", d.offset(r.Observed)+"  "+clock(r.Observed))
	}
	if c := r.Clock; c != nil && (r.Offset != 0 || c.Status == skew.Reference) {
		d.fieldIn(d.Fixed, "clock", d.clockText(c))
	}
	var marks []string
	for _, name := range r.Marks.All() {
		marks = append(marks, name)
	}
	d.fieldIn(d.Warn, "marks", strings.Join(marks, ", "))
}

func (d *detailer) clockText(c *skew.Clock) string {
	if c.Status == skew.Reference {
		return c.Name + ": the reference"
	}
	return strings.TrimPrefix(d.s.clockLine(c, render.Style{Width: longClock, ASCII: d.ASCII}), "clock ")
}

// longClock is enough columns to tell all of a clock.
const longClock = 200

func signed(ns int64, ascii bool) string {
	if ns < 0 {
		return render.Duration(ns, ascii)
	}
	return "+" + render.Duration(ns, ascii)
}

// offset is a moment's distance from the start.
func (d *detailer) offset(at int64) string {
	if at == d.s.tl.Start {
		return "the start"
	}
	return signed(at-d.s.tl.Start, d.ASCII)
}

// clock is a moment on the wall clock, in UTC.
func clock(at int64) string { return time.Unix(0, at).UTC().Format("15:04:05.000000Z") }

func (d *detailer) attributes(title string, attrs []trace.Attribute) {
	if len(attrs) == 0 {
		return
	}
	d.heading(title)
	d.keys = 0
	for i := range attrs {
		if n := render.Columns(safe.Of(attrs[i].Key).String()); n <= d.width*2/5 {
			d.keys = max(d.keys, n)
		}
	}
	for i := range attrs {
		d.field(attrs[i].Key, attrs[i].Value.Text())
	}
	d.keys = 0
}
