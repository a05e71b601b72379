package jaegerjson

import (
	"errors"
	"io"
	"slices"
	"strconv"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/trace"
)

// An Answer is what a document of Jaeger's JSON held: of one trace, or of
// several when a search was saved.
type Answer struct {
	Spans    []trace.Span
	Warnings []string // about a whole trace
	Errors   []Error  // the server's own
}

// An Error is one that the server wrote into its answer.
type Error struct {
	Code int    `json:"code"`
	Msg  string `json:"msg"`
}

// ErrNotJaeger is wrapped by Decode's error for JSON that is not Jaeger's.
var ErrNotJaeger = errors.New("is not Jaeger's JSON")

// Decode reads {"data": […], "errors": […]}, or a single trace without that
// wrapper, or several of either, behind one another or in a list. It reads in
// place and item by item, so that no more text is held than a few spans have.
//
// With an error it returns what came before it. A span that cannot be read is
// left out and makes an error that names the first one's offset after the rest
// was read, and so does a value of the wrong type around the spans.
func Decode(r io.Reader) (Answer, error) { return decode(window{src: r, size: windowSize}) }

func decode(w window) (Answer, error) {
	d := decoder{window: w, names: names{}}
	for again := true; again; again = d.more() {
		d.document()
	}
	return d.answer, d.failure()
}

// A decoder collects what documents hold. It reads on after a value that does
// not fit; a fault in the text ends all its loops.
type decoder struct {
	window
	answer  Answer
	err     error // the first misfit
	misfits int

	attrs, inner []trace.Attribute
	events       []trace.Event
	refs         []Ref

	unescaped []byte
	names     names
	texts     jscan.Arena
	attrSlab  jscan.Slab[trace.Attribute]
	eventSlab jscan.Slab[trace.Event]
}

func (d *decoder) document() {
	known := false
	if d.peek() == '[' {
		for range d.elements {
			known = d.object() || known
		}
	} else {
		known = d.object()
	}
	if !known && len(d.answer.Errors) == 0 {
		d.note(d.offset(), ErrNotJaeger)
	}
}

// object reads an answer or a trace, and reports whether it looked like one.
func (d *decoder) object() (known bool) {
	p := processes{}
	for key := range d.members {
		switch key {
		case "data":
			known = true
			for range d.elements {
				d.trace()
			}
			continue
		case "errors":
			d.errors()
			continue
		case "traceID", "spans", "processes":
			known = true
		}
		d.member(key, p)
	}
	return known
}

// trace reads one trace of the list.
func (d *decoder) trace() {
	p := processes{}
	for key := range d.members {
		d.member(key, p)
	}
}

// member reads one member of a trace.
func (d *decoder) member(key string, p processes) {
	switch key {
	case "spans":
		for range d.elements {
			d.addSpan(p)
		}
	case "processes":
		for id := range d.members {
			d.addProcess(id, p)
		}
	case "warnings":
		d.warnings()
	default:
		d.whole(func() { d.r.Skip() })
	}
}

// addSpan appends the span. One that is JSON but no span is left out, and so
// is one within which the text breaks.
func (d *decoder) addSpan(p processes) {
	misfits := d.misfits
	if n := len(d.answer.Spans); n == cap(d.answer.Spans) {
		d.answer.Spans = slices.Grow(d.answer.Spans, max(n, 16))
	}
	var s trace.Span
	d.whole(func() { s = d.span(p) })
	if d.misfits == misfits && d.r.Err() == nil {
		d.answer.Spans = append(d.answer.Spans, s)
	}
}

func (d *decoder) addProcess(id string, p processes) {
	var r *trace.Resource
	d.whole(func() { r = d.process() })
	if d.r.Err() == nil {
		*p.named([]byte(id)) = *r
	}
}

func (d *decoder) warnings() {
	var list []string
	d.whole(func() { list = d.list() })
	if d.r.Err() == nil {
		d.answer.Warnings = append(d.answer.Warnings, list...)
	}
}

func (d *decoder) errors() {
	var list []Error
	d.whole(func() {
		list = list[:0]
		for ok := d.firstElem(); ok; ok = d.r.NextElem() {
			list = append(list, d.serverError())
		}
	})
	if d.r.Err() == nil {
		d.answer.Errors = append(d.answer.Errors, list...)
	}
}

func (d *decoder) serverError() (e Error) {
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "code":
			text := d.number()
			code, err := strconv.Atoi(string(text))
			if e.Code = code; err != nil && text != nil {
				d.misfit(text, "no code")
			}
		case "msg":
			e.Msg = d.text()
		default:
			d.r.Skip()
		}
	}
	return e
}

// processes are those of one trace. Spans may name them before they are
// defined, and share them: Jaeger writes them behind its spans.
type processes map[string]*trace.Resource

// named is the process of that name, empty as long as it is not defined.
func (p processes) named(id []byte) *trace.Resource {
	r := p[string(id)]
	if r == nil {
		r = trace.NewResource(nil)
		p[string(id)] = r
	}
	return r
}
