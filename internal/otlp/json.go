package otlp

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/trace"
)

// ErrServer is wrapped by AppendJSON's error when a server wrote its own error
// where spans should have been.
var ErrServer = errors.New("the server answered")

// AppendJSON decodes one or several OTLP JSON objects, bare or each in the
// {"result": …} that Jaeger's gateway writes, and appends their spans. It
// takes what any exporter of any year wrote: keys in camelCase or snake_case,
// numbers as strings, enums as names, IDs as hex or base64, and
// instrumentationLibrarySpans.
//
// A span that cannot be read is left out and makes an error that names the
// first one's offset, and so does a value of the wrong type around the spans;
// the others are still appended. Text that is no JSON ends the decoding, and
// so does a server's error; the spans before them are appended.
func AppendJSON(dst []trace.Span, data []byte) ([]trace.Span, error) {
	d := jsonDecoder{r: jscan.NewReader(data)}
	d.spans = slices.Grow(dst, bytes.Count(data, []byte(`"spanId"`))) // links have one too, but few
	for d.r.More() && d.server == nil {
		d.document()
	}
	for _, err := range [...]error{d.server, d.broken(data), d.err} { // the server's was read before the text broke
		if err != nil {
			return d.spans, fmt.Errorf("otlp: %w", err)
		}
	}
	return d.spans, nil
}

// A jsonDecoder collects the spans of OTLP JSON. It reads on after a value
// that does not fit; a fault in the text ends all its loops.
type jsonDecoder struct {
	r       jscan.Reader
	spans   []trace.Span
	err     error // the first misfit
	misfits int
	server  error // that a server wrote

	attrs, inner []trace.Attribute
	events       []trace.Event
	links        []trace.Link

	buf       []byte
	texts     jscan.Arena
	attrSlab  jscan.Slab[trace.Attribute]
	eventSlab jscan.Slab[trace.Event]
	linkSlab  jscan.Slab[trace.Link]
}

// document reads a TracesData, its wrapper, or an array of them.
func (d *jsonDecoder) document() {
	if d.r.Peek() == '[' {
		for ok := d.r.FirstElem(); ok; ok = d.r.NextElem() {
			d.document()
		}
		return
	}
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "result":
			d.document()
		case "resourceSpans", "resource_spans":
			for ok := d.firstElem(); ok; ok = d.r.NextElem() {
				d.resourceSpans()
			}
		case "error":
			d.serverError()
		default:
			d.r.Skip()
		}
	}
}

// serverError reads an error that the gateway wrote into a stream of results.
func (d *jsonDecoder) serverError() {
	if d.r.Peek() != '{' {
		d.r.Skip()
		return
	}
	text := ""
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		if string(key) == "message" {
			text = d.text()
		} else {
			d.r.Skip()
		}
	}
	if d.r.Err() == nil {
		d.server = fmt.Errorf("%w: %s", ErrServer, text)
	}
}

func (d *jsonDecoder) resourceSpans() {
	from := len(d.spans)
	resource := trace.NewResource(nil)
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "resource":
			resource = d.resource()
		case "scopeSpans", "scope_spans", "instrumentationLibrarySpans", "instrumentation_library_spans":
			for ok := d.firstElem(); ok; ok = d.r.NextElem() {
				d.scopeSpans()
			}
		default:
			d.r.Skip()
		}
	}
	for i := from; i < len(d.spans); i++ {
		d.spans[i].Resource = resource
	}
}

func (d *jsonDecoder) resource() *trace.Resource {
	d.attrs = d.attrs[:0]
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		if string(key) == "attributes" {
			d.attributes(&d.attrs)
		} else {
			d.r.Skip()
		}
	}
	return trace.NewResource(d.attrSlab.Keep(d.attrs))
}

func (d *jsonDecoder) scopeSpans() {
	from, scope := len(d.spans), ""
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "scope", "instrumentationLibrary", "instrumentation_library":
			d.scopeName(&scope)
		case "spans":
			for ok := d.firstElem(); ok; ok = d.r.NextElem() {
				d.addSpan()
			}
		default:
			d.r.Skip()
		}
	}
	for i := from; i < len(d.spans); i++ {
		d.spans[i].Scope = scope
	}
}

func (d *jsonDecoder) scopeName(name *string) {
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		if string(key) == "name" {
			*name = d.text()
		} else {
			d.r.Skip()
		}
	}
}
