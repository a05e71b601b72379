package otlp

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/trace"
)

// AppendProto decodes one TracesData (or an export request, which looks the
// same) and appends its spans. Spans that cannot be read are left out and make
// an error that names the first one's offset; the others are still appended.
func AppendProto(dst []trace.Span, tracesData []byte) ([]trace.Span, error) {
	return AppendProtoText(dst, string(tracesData))
}

// AppendProtoText is AppendProto for bytes that are already a string. The
// spans' strings are parts of it, so that it lives as long as they do.
func AppendProtoText(dst []trace.Span, tracesData string) ([]trace.Span, error) {
	all := wire{tracesData, 0, len(tracesData)}
	var spans []trace.Span
	var err error
	if first, second := halve(all); second.more() {
		spans, err = decodeBoth(dst, first, second)
	} else {
		spans, err = decode(slices.Grow(dst, countSpans(all, 1, 2, 2)), all)
	}
	if err != nil {
		return spans, fmt.Errorf("otlp: %w", err)
	}
	return spans, nil
}

// decode appends the spans of a part of a TracesData.
func decode(dst []trace.Span, part wire) ([]trace.Span, error) {
	d := protoDecoder{spans: dst, resources: map[string]*trace.Resource{}}
	d.tracesData(part)
	return d.spans, d.err
}

// countSpans counts the messages at the end of a path of field numbers. What
// cannot be read does not count.
func countSpans(w wire, num protowire.Number, path ...protowire.Number) int {
	n := 0
	var f field
	for w.more() && w.next(&f) == nil {
		if !f.is(num, protowire.BytesType) {
			continue
		}
		if len(path) == 0 {
			n++
		} else {
			n += countSpans(f.body, path[0], path[1:]...)
		}
	}
	return n
}

// A protoDecoder collects the spans of one TracesData.
type protoDecoder struct {
	spans     []trace.Span
	err       error // the first
	resources map[string]*trace.Resource

	// What the span at hand has so far: its parts may come in any order.
	attrs, inner []trace.Attribute
	events       []trace.Event
	links        []trace.Link

	attrSlab  jscan.Slab[trace.Attribute]
	eventSlab jscan.Slab[trace.Event]
	linkSlab  jscan.Slab[trace.Link]
	scratch   []byte
}

// note keeps the first error and says whether there was one.
func (d *protoDecoder) note(err error) bool {
	if d.err == nil {
		d.err = err
	}
	return err != nil
}

func (d *protoDecoder) noteCut(f *field) {
	if f.cut {
		d.note(f.body.fail("the message is cut short"))
	}
}

func (d *protoDecoder) tracesData(w wire) {
	var f field
	for w.more() {
		if d.note(w.next(&f)) {
			return
		}
		d.noteCut(&f)
		if f.is(1, protowire.BytesType) {
			d.resourceSpans(f.body)
		}
	}
}

func (d *protoDecoder) resourceSpans(w wire) {
	first := len(d.spans)
	var resources []wire
	var f field
	for w.more() {
		if d.note(w.next(&f)) {
			break
		}
		d.noteCut(&f)
		switch {
		case f.is(1, protowire.BytesType):
			resources = append(resources, f.body)
		case f.is(2, protowire.BytesType):
			d.scopeSpans(f.body)
		}
	}
	resource := d.resource(resources)
	for i := first; i < len(d.spans); i++ {
		d.spans[i].Resource = resource
	}
}

// resource decodes the parts of a resource, usually one. Equal ones are shared
// within what one goroutine decodes.
func (d *protoDecoder) resource(parts []wire) *trace.Resource {
	if len(parts) == 1 {
		if r := d.resources[parts[0].string()]; r != nil {
			return r
		}
	}
	d.attrs = d.attrs[:0]
	var f field
	for _, w := range parts {
		for w.more() {
			if d.note(w.next(&f)) {
				break
			}
			if f.is(1, protowire.BytesType) {
				d.note(d.attribute(&d.attrs, &f))
			}
		}
	}
	r := trace.NewResource(d.attrSlab.Keep(d.attrs))
	if len(parts) == 1 {
		d.resources[parts[0].string()] = r
	}
	return r
}

func (d *protoDecoder) scopeSpans(w wire) {
	first := len(d.spans)
	scope := ""
	var f field
	for w.more() {
		if d.note(w.next(&f)) {
			break
		}
		switch {
		case f.is(1, protowire.BytesType):
			d.noteCut(&f)
			d.note(scopeName(f.body, &scope))
		case f.is(2, protowire.BytesType):
			d.addSpan(&f)
		default:
			d.noteCut(&f)
		}
	}
	for i := first; i < len(d.spans); i++ {
		d.spans[i].Scope = scope
	}
}

func scopeName(w wire, name *string) error {
	var f field
	for w.more() {
		if err := w.next(&f); err != nil {
			return err
		}
		if f.is(1, protowire.BytesType) {
			*name = f.body.string()
		}
	}
	return nil
}
