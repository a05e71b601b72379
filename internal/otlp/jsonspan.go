package otlp

import "github.com/otrace/otrace/internal/trace"

// addSpan appends the span. One that is JSON but no span is left out, and so
// is one within which the text breaks.
func (d *jsonDecoder) addSpan() {
	misfits := d.misfits
	var s trace.Span
	d.span(&s)
	if d.misfits == misfits && d.r.Err() == nil {
		d.spans = append(d.spans, s)
	}
}

func (d *jsonDecoder) span(s *trace.Span) {
	d.attrs, d.events, d.links = d.attrs[:0], d.events[:0], d.links[:0]
	var start, end uint64
	state := ""
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "traceId", "trace_id":
			s.Trace = d.traceID()
		case "spanId", "span_id":
			s.ID = d.spanID()
		case "parentSpanId", "parent_span_id":
			s.Parent = d.spanID()
		case "traceState", "trace_state":
			state = d.text()
		case "name":
			s.Operation = d.text()
		case "kind":
			s.Kind = kindOf(d.enum("SPAN_KIND_", kindNames[:]))
		case "startTimeUnixNano", "start_time_unix_nano":
			start = d.uint64()
		case "endTimeUnixNano", "end_time_unix_nano":
			end = d.uint64()
		case "attributes":
			d.attributes(&d.attrs)
		case "events":
			for ok := d.firstElem(); ok; ok = d.r.NextElem() {
				d.event()
			}
		case "links":
			for ok := d.firstElem(); ok; ok = d.r.NextElem() {
				d.link()
			}
		case "status":
			d.status(s)
		default:
			d.r.Skip()
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
}

func (d *jsonDecoder) event() {
	var e trace.Event
	d.inner = d.inner[:0]
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "timeUnixNano", "time_unix_nano":
			e.Time, _ = nanos(d.uint64())
		case "name":
			e.Name = d.text()
		case "attributes":
			d.attributes(&d.inner)
		default:
			d.r.Skip()
		}
	}
	e.Attributes = d.attrSlab.Keep(d.inner)
	d.events = append(d.events, e)
}

func (d *jsonDecoder) link() {
	var l trace.Link
	d.inner = d.inner[:0]
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "traceId", "trace_id":
			l.Trace = d.traceID()
		case "spanId", "span_id":
			l.Span = d.spanID()
		case "attributes":
			d.attributes(&d.inner)
		default:
			d.r.Skip()
		}
	}
	l.Attributes = d.attrSlab.Keep(d.inner)
	d.links = append(d.links, l)
}

func (d *jsonDecoder) status(s *trace.Span) {
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "code":
			s.Status = statusOf(d.enum("STATUS_CODE_", statusNames[:]))
		case "message":
			s.StatusMessage = d.text()
		default:
			d.r.Skip()
		}
	}
}
