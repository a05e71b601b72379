package tui

import (
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A cause is what a failed span says of its failure: an exception of its own,
// else what the span beneath it says that failed first, else the first exception
// or error log beneath it. The zero cause is none.
type cause struct {
	from      string // the span or service that tells it; "" for the span itself
	exception []trace.Attribute
	log       *trace.Log
}

func (d *detailer) causeOf(i int32) cause {
	rows := d.s.tl.Rows
	if !rows[i].IsError() {
		return cause{}
	}
	if e := exceptionOf(rows[i].Span); e != nil {
		return cause{exception: e}
	}
	beneath := d.errorsBeneath(i)
	for _, k := range beneath {
		if !rows[k].Marks.Has(timeline.MarkOrigin) {
			continue
		}
		if c, ok := d.firstOf(append([]int32{k}, d.errorsBeneath(k)...)); ok {
			return c
		}
	}
	c, _ := d.firstOf(beneath)
	return c
}

// firstOf is the first exception or error log of rows that tell of errors.
func (d *detailer) firstOf(errors []int32) (cause, bool) {
	for _, k := range errors {
		r := &d.s.tl.Rows[k]
		if r.Kind == timeline.KindLog {
			return cause{from: r.Service(), log: r.Log}, true
		}
		if e := exceptionOf(r.Span); e != nil && r.Kind == timeline.KindSpan {
			return cause{from: r.Service() + " " + r.Span.Operation, exception: e}, true
		}
	}
	return cause{}, false
}

// errorsBeneath lists the rows beneath a row that tell of errors, in order.
func (d *detailer) errorsBeneath(i int32) []int32 {
	errors := d.s.tl.Errors()
	first, _ := slices.BinarySearch(errors, i+1)
	last, _ := slices.BinarySearch(errors, i+d.s.tl.Rows[i].Subtree+1)
	return errors[first:last]
}

// because tells what something beneath the span says of its failure.
func (d *detailer) because(c cause) {
	if c.from == "" {
		return
	}
	said := exceptionText(c.exception)
	if c.log != nil {
		said = c.log.Message
	}
	first, rest, more := strings.Cut(strings.TrimRight(said, "\r\n"), "\n")
	d.para(d.Fault, c.from+": "+first)
	if more {
		d.block(d.Fault, rest)
	}
}

// trail tells how it came to the failure.
func (d *detailer) trail(c cause) {
	switch stack := trace.FindText(c.exception, "exception.stacktrace"); {
	case c.log != nil:
		d.stackOf(c.log)
	case c.from == "" && c.exception != nil:
		d.exception("Exception", c.exception)
	case stack != "":
		d.heading("Stack of " + c.from)
		d.block(render.Paint{}, stack)
	}
}

func exceptionOf(s *trace.Span) []trace.Attribute {
	for i := range s.Events {
		if s.Events[i].Name == "exception" {
			return s.Events[i].Attributes
		}
	}
	return nil
}

func (d *detailer) exception(title string, attrs []trace.Attribute) {
	d.heading(title)
	d.block(d.Fault, exceptionText(attrs))
	if stack := trace.FindText(attrs, "exception.stacktrace"); stack != "" {
		d.block(render.Paint{}, stack)
	}
}

func exceptionText(attrs []trace.Attribute) string {
	return strings.Trim(trace.FindText(attrs, "exception.type")+": "+trace.FindText(attrs, "exception.message"), ": ")
}

// isStack reports whether loggers put a stack under the key.
func isStack(key string) bool {
	switch trace.Canonical(key) {
	case "errorstacktrace", "stacktrace", "exceptionstacktrace", "stack", "errorstack", "errstack", "exception", "throwable", "attributesexceptionstacktrace":
		return true
	}
	return false
}

func (d *detailer) stackOf(l *trace.Log) {
	for _, f := range flatten(l.Document) {
		if isStack(f.key) && strings.Contains(f.value, "\n") {
			d.heading("Stack")
			d.block(render.Paint{}, f.value)
			return
		}
	}
}
