package jaegerjson

import (
	"math"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/jaegerjson/adjusted"
	"github.com/otrace/otrace/internal/trace"
)

// span reads a span; its times are in microseconds.
func (d *decoder) span(p processes) (s trace.Span) {
	d.attrs, d.events, d.refs = d.attrs[:0], d.events[:0], d.refs[:0]
	var start, length moment
	var parent trace.SpanID
	var own *trace.Resource
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "traceID":
			s.Trace = d.traceID()
		case "spanID":
			s.ID = d.spanID()
		case "parentSpanID": // only by very old servers
			parent = d.spanID()
		case "operationName":
			s.Operation = d.name()
		case "references":
			d.references()
		case "startTime":
			start = momentOf(d.number())
		case "duration":
			length = lengthOf(d.number())
		case "tags":
			d.tags(&d.attrs)
		case "logs":
			d.logs()
		case "processID":
			s.Resource = p.named(d.rawText())
		case "process": // instead of processID, in Elasticsearch's documents
			own = d.ownProcess(p)
		case "warnings":
			s.Warnings = d.list()
		default:
			d.r.Skip()
		}
	}
	switch {
	case own != nil:
		s.Resource = own
	case s.Resource == nil:
		s.Resource = p.named(nil)
	}
	if len(d.refs) == 0 && parent != 0 {
		d.refs = append(d.refs, Ref{Trace: s.Trace, Span: parent})
	}
	setTimes(&s, start, length)
	s.Attributes, s.Events = d.attrs, d.eventSlab.Keep(d.events)
	Finish(&s, d.refs)
	s.Attributes = d.attrSlab.Keep(s.Attributes)
	return s
}

func (d *decoder) references() {
	for ok := d.firstElem(); ok; ok = d.r.NextElem() {
		var r Ref
		for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
			switch string(key) {
			case "refType":
				r.Follows = string(d.rawText()) == "FOLLOWS_FROM"
			case "traceID":
				r.Trace = d.traceID()
			case "spanID":
				r.Span = d.spanID()
			default:
				d.r.Skip()
			}
		}
		d.refs = append(d.refs, r)
	}
}

func (d *decoder) logs() {
	for ok := d.firstElem(); ok; ok = d.r.NextElem() {
		var at moment
		d.inner = d.inner[:0]
		for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
			switch string(key) {
			case "timestamp":
				at = momentOf(d.number())
			case "fields":
				d.tags(&d.inner)
			default:
				d.r.Skip()
			}
		}
		e := Event(at.ns, d.inner)
		e.Attributes = d.attrSlab.Keep(e.Attributes)
		d.events = append(d.events, e)
	}
}

// ownProcess reads a process that stands within its span, nil for null. Equal
// ones are read once.
func (d *decoder) ownProcess(p processes) *trace.Resource {
	if d.r.Peek() == 'n' {
		d.r.Scalar()
		return nil
	}
	before, misfits := d.r, d.misfits
	text := d.r.Skip() // no name has braces
	if r := p[string(text)]; r != nil || text == nil {
		return r
	}
	d.r = before
	r := d.process()
	if d.misfits == misfits {
		p[string(text)] = r
	}
	return r
}

func (d *decoder) process() *trace.Resource {
	service := ""
	d.inner = d.inner[:0]
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "serviceName":
			service = d.text()
		case "tags":
			d.tags(&d.inner)
		default:
			d.r.Skip()
		}
	}
	return Process(service, d.attrSlab.Keep(d.inner))
}

func (d *decoder) traceID() trace.ID {
	b := d.rawText()
	id, err := trace.IDFromHex(string(b))
	if err != nil && strings.Trim(string(b), "0") != "" {
		d.misfit(b, "no trace ID")
	}
	return id
}

func (d *decoder) spanID() trace.SpanID {
	b := d.rawText()
	id, ok := trace.ParseSpanID(string(b))
	if !ok && strings.Trim(string(b), "0") != "" {
		d.misfit(b, "no span ID")
	}
	return id
}

// A moment is a time or a duration in nanoseconds.
type moment struct {
	ns      int64
	clamped bool // to what fits
}

// momentOf reads microseconds.
func momentOf(micros []byte) moment {
	if len(micros) == 0 {
		return moment{}
	}
	us, err := strconv.ParseInt(string(micros), 10, 64)
	switch {
	case err != nil:
		f, _ := strconv.ParseFloat(string(micros), 64) // too large is infinite
		return clampFloat(f * 1000)
	case us > math.MaxInt64/1000:
		return moment{math.MaxInt64, true}
	case us < -math.MaxInt64/1000:
		return moment{-math.MaxInt64, true}
	}
	return moment{us * 1000, false}
}

func clampFloat(f float64) moment {
	switch {
	case f >= math.MaxInt64:
		return moment{math.MaxInt64, true}
	case f <= -math.MaxInt64:
		return moment{-math.MaxInt64, true}
	}
	return moment{int64(f), false}
}

// lengthOf reads a duration. Jaeger writes a negative one as a number beyond
// 63 bits.
func lengthOf(micros []byte) moment {
	if n, err := strconv.ParseUint(string(micros), 10, 64); err == nil && n > math.MaxInt64 {
		micros = strconv.AppendInt(nil, int64(n), 10)
	}
	return momentOf(micros)
}

func setTimes(s *trace.Span, start, length moment) {
	end := start.ns + length.ns
	switch {
	case length.ns > 0 && end < start.ns:
		end = math.MaxInt64
		length.clamped = true
	case length.ns < 0 && end > start.ns:
		end = -math.MaxInt64
	}
	adjusted.SetTimes(s, start.ns, end)
	s.Clamped = s.Clamped || start.clamped || length.clamped
}
