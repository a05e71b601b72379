package otlp

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// addSpan appends the span unless it cannot be read.
func (d *protoDecoder) addSpan(f *field) {
	d.spans = append(d.spans, trace.Span{})
	if d.note(d.span(f, &d.spans[len(d.spans)-1])) {
		d.spans = d.spans[:len(d.spans)-1]
	}
}

func (d *protoDecoder) span(in *field, s *trace.Span) error {
	if in.cut {
		return in.body.fail("a span is cut short")
	}
	d.attrs, d.events, d.links = d.attrs[:0], d.events[:0], d.links[:0]
	var start, end uint64
	state := ""
	w := in.body
	var f field
	for w.more() {
		if err := w.next(&f); err != nil {
			return err
		}
		var err error
		switch f.typ {
		case protowire.BytesType:
			err = d.spanPart(&f, s, &state)
		case protowire.Fixed64Type:
			switch f.num {
			case 7:
				start = f.bits
			case 8:
				end = f.bits
			}
		case protowire.VarintType:
			if f.num == 6 {
				s.Kind = kindOf(int64(int32(f.bits)))
			}
		}
		if err != nil {
			return err
		}
	}
	if state != "" {
		d.attrs = append(d.attrs, trace.Attribute{Key: traceStateKey, Value: trace.String(state)})
	}
	s.Attributes, s.Warnings = takeWarnings(d.attrSlab.Keep(d.attrs))
	setTimes(s, start, end)
	s.Events = d.eventSlab.Keep(d.events)
	s.Links = d.linkSlab.Keep(d.links)
	s.Settle()
	return nil
}

// spanPart reads one of the span's texts and messages.
func (d *protoDecoder) spanPart(f *field, s *trace.Span, state *string) error {
	if f.cut {
		return f.body.fail("a field is longer than its span")
	}
	switch f.num {
	case 1:
		s.Trace = trace.IDFromBytes([]byte(f.body.string()))
	case 2:
		s.ID = trace.SpanID(f.body.id64())
	case 3:
		*state = f.body.string()
	case 4:
		s.Parent = trace.SpanID(f.body.id64())
	case 5:
		s.Operation = f.body.string()
	case 9:
		return d.attribute(&d.attrs, f)
	case 11:
		return d.event(f.body)
	case 13:
		return d.link(f.body)
	case 15:
		return status(f.body, s)
	}
	return nil
}

func (d *protoDecoder) event(w wire) error {
	d.inner = d.inner[:0]
	var e trace.Event
	var f field
	for w.more() {
		if err := w.next(&f); err != nil {
			return err
		}
		switch {
		case f.cut:
			return errCut(&f)
		case f.is(1, protowire.Fixed64Type):
			e.Time, _ = nanos(f.bits)
		case f.is(2, protowire.BytesType):
			e.Name = f.body.string()
		case f.is(3, protowire.BytesType):
			if err := d.attribute(&d.inner, &f); err != nil {
				return err
			}
		}
	}
	e.Attributes = d.attrSlab.Keep(d.inner)
	d.events = append(d.events, e)
	return nil
}

func (d *protoDecoder) link(w wire) error {
	d.inner = d.inner[:0]
	var l trace.Link
	var f field
	for w.more() {
		if err := w.next(&f); err != nil {
			return err
		}
		switch {
		case f.cut:
			return errCut(&f)
		case f.is(1, protowire.BytesType):
			l.Trace = trace.IDFromBytes([]byte(f.body.string()))
		case f.is(2, protowire.BytesType):
			l.Span = trace.SpanID(f.body.id64())
		case f.is(4, protowire.BytesType):
			if err := d.attribute(&d.inner, &f); err != nil {
				return err
			}
		}
	}
	l.Attributes = d.attrSlab.Keep(d.inner)
	d.links = append(d.links, l)
	return nil
}

func status(w wire, s *trace.Span) error {
	var f field
	for w.more() {
		if err := w.next(&f); err != nil {
			return err
		}
		switch {
		case f.cut:
			return errCut(&f)
		case f.is(2, protowire.BytesType):
			s.StatusMessage = f.body.string()
		case f.is(3, protowire.VarintType):
			s.Status = statusOf(int64(int32(f.bits)))
		}
	}
	return nil
}

func errCut(f *field) error {
	return f.body.fail("a field is longer than its message")
}

func kindOf(n int64) trace.Kind {
	if n < 0 || n > int64(trace.KindConsumer) {
		return trace.KindUnspecified
	}
	return trace.Kind(n)
}

func statusOf(n int64) trace.Status {
	if n < 0 || n > int64(trace.StatusError) {
		return trace.StatusUnset
	}
	return trace.Status(n)
}

// setTimes sets the times of a span whose warnings are known; those beyond the
// year 2262 are clamped.
func setTimes(s *trace.Span, start, end uint64) {
	from, okFrom := nanos(start)
	to, okTo := nanos(end)
	adjusted.SetTimes(s, from, to)
	if !okFrom || !okTo {
		s.Clamped = true
	}
}
