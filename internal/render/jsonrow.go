package render

import (
	"bytes"
	"strconv"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A rowWriter appends rows as JSON objects, and keeps what many of them repeat.
type rowWriter struct {
	several   bool // rows of several traces, each to be told
	stamps    stamps
	resources map[*trace.Resource][]byte // attributes
}

// mostKept bounds how many resources' attributes are kept: a broken exporter
// can give every span its own.
const mostKept = 1024

func newRowWriter(tl *timeline.Timeline) *rowWriter {
	return &rowWriter{several: len(tl.Linked) > 0, resources: make(map[*trace.Resource][]byte)}
}

// append appends a row.
func (w *rowWriter) append(b []byte, r *timeline.Row) []byte {
	switch r.Kind {
	case timeline.KindSpan:
		b = w.appendSpan(w.appendWhen(append(b, `{"kind":"span"`...), r), r)
	case timeline.KindEvent:
		b = appendEvent(w.appendWhen(append(b, `{"kind":"event"`...), r), r)
	case timeline.KindLog:
		b = appendLog(w.appendWhen(append(b, `{"kind":"log"`...), r), r)
	case timeline.KindMissing:
		b = w.appendWhen(append(b, `{"kind":"missing"`...), r)
		b = appendSpanID(b, `,"span_id":`, r.Missing)
	}
	if w.several {
		if id := r.Trace(); !id.IsZero() {
			b = appendText(b, `,"trace_id":`, id.String())
		}
	}
	return append(appendMarks(append(b, `,"marks":[`...), r.Marks), "]}"...)
}

func appendMarks(b []byte, marks timeline.Marks) []byte {
	if marks == 0 {
		return b
	}
	for i, name := range marks.All() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), name...), '"')
	}
	return b
}

// appendWord appends a text of otrace's own, in which nothing is to be escaped.
func appendWord(b []byte, member, word string) []byte {
	return append(append(append(append(b, member...), '"'), word...), '"')
}

func appendSpanID(b []byte, member string, id trace.SpanID) []byte {
	return append(id.AppendHex(append(append(b, member...), '"')), '"')
}

// appendWhen appends the members that every kind of row has.
func (w *rowWriter) appendWhen(b []byte, r *timeline.Row) []byte {
	b = appendInt(b, `,"depth":`, int64(r.Depth))
	b = append(b, `,"time":`...)
	from := len(b)
	b = w.stamps.append(b, r.Time)
	to := len(b)
	b = append(b, `,"observed":`...)
	if r.Observed == r.Time { // as most are
		b = append(b, b[from:to]...)
	} else {
		b = w.stamps.append(b, r.Observed)
	}
	b = appendInt(b, `,"offset_ns":`, r.Offset)
	b = appendText(b, `,"service":`, r.Service())
	clock := ""
	if r.Clock != nil {
		clock = r.Clock.Name
	}
	return appendText(b, `,"clock":`, clock)
}

func (w *rowWriter) appendSpan(b []byte, r *timeline.Row) []byte {
	s := r.Span
	b = appendSpanID(b, `,"span_id":`, s.ID)
	b = appendSpanID(b, `,"parent_id":`, s.Parent)
	b = appendText(b, `,"operation":`, s.Operation)
	b = appendWord(b, `,"span_kind":`, s.Kind.String())
	b = appendInt(b, `,"duration_ns":`, s.Duration)
	b = appendInt(b, `,"self_ns":`, r.Self)
	b = appendWord(b, `,"status":`, s.Status.String())
	b = appendText(b, `,"status_message":`, s.StatusMessage)
	b = appendAttributes(append(b, `,"attributes":`...), s.Attributes)
	b = w.appendResource(append(b, `,"resource":`...), s.Resource)
	b = appendText(b, `,"scope":`, s.Scope)
	b = append(b, `,"links":[`...)
	for i, link := range s.Links {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, `{"trace_id":`, link.Trace.String())
		b = appendSpanID(b, `,"span_id":`, link.Span)
		b = append(appendAttributes(append(b, `,"attributes":`...), link.Attributes), '}')
	}
	b = append(b, ']')
	if len(s.Warnings) > 0 {
		b = appendTexts(append(b, `,"warnings":`...), s.Warnings)
	}
	return b
}

// appendResource appends a resource's attributes, which all spans of one
// process repeat.
func (w *rowWriter) appendResource(b []byte, r *trace.Resource) []byte {
	if text, ok := w.resources[r]; ok {
		return append(b, text...)
	}
	from := len(b)
	b = appendAttributes(b, r.Attributes)
	if len(w.resources) < mostKept {
		w.resources[r] = bytes.Clone(b[from:])
	}
	return b
}

func appendEvent(b []byte, r *timeline.Row) []byte {
	b = appendSpanID(b, `,"span_id":`, r.Span.ID)
	b = appendText(b, `,"name":`, r.Event.Name)
	return appendAttributes(append(b, `,"attributes":`...), r.Event.Attributes)
}

func appendLog(b []byte, r *timeline.Row) []byte {
	l := r.Log
	b = appendSpanID(b, `,"span_id":`, l.Span)
	b = appendWord(b, `,"attached":`, r.Attached.String())
	b = appendWord(b, `,"level":`, l.Level.String())
	b = appendText(b, `,"level_raw":`, l.LevelRaw)
	b = appendText(b, `,"message":`, l.Message)
	b = append(b, `,"fields":`...)
	if len(l.Document) == 0 {
		b = append(b, "{}"...)
	} else {
		b = safe.AppendRawJSON(b, l.Document)
	}
	b = appendText(b, `,"index":`, l.Index)
	return appendText(b, `,"id":`, l.DocID)
}

// appendAttributes appends attributes as an object in their own order. The
// values of a key that repeats become an array in the place of its first.
func appendAttributes(b []byte, attrs []trace.Attribute) []byte {
	b = append(b, '{')
	mark := len(b)
	repeated := repeatedKeys(attrs)
	for i := range attrs {
		key := attrs[i].Key
		times := 0
		if repeated != nil {
			times = repeated[key]
		}
		if times < 0 { // written with its first
			continue
		}
		if len(b) > mark {
			b = append(b, ',')
		}
		b = append(safe.AppendJSON(b, key), ':')
		if times > 0 {
			b = appendValues(b, attrs[i:], key)
			repeated[key] = -1
			continue
		}
		b = appendValue(b, attrs[i].Value)
	}
	return append(b, '}')
}

// repeatedKeys returns the keys that occur more than once, nil when none does.
func repeatedKeys(attrs []trace.Attribute) map[string]int {
	const few = 24
	if len(attrs) <= few && !anyRepeats(attrs) {
		return nil
	}
	seen := make(map[string]int, len(attrs))
	for i := range attrs {
		seen[attrs[i].Key]++
	}
	for key, n := range seen {
		if n == 1 {
			delete(seen, key)
		}
	}
	return seen
}

func anyRepeats(attrs []trace.Attribute) bool {
	for i := range attrs {
		for j := range i {
			if attrs[i].Key == attrs[j].Key {
				return true
			}
		}
	}
	return false
}

func appendValues(b []byte, attrs []trace.Attribute, key string) []byte {
	b = append(b, '[')
	first := true
	for i := range attrs {
		if attrs[i].Key != key {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendValue(b, attrs[i].Value)
	}
	return append(b, ']')
}

func appendValue(b []byte, v trace.Value) []byte {
	switch v.Type {
	case trace.TypeEmpty:
		return append(b, "null"...)
	case trace.TypeBool:
		return strconv.AppendBool(b, v.IsTrue())
	case trace.TypeInt:
		return strconv.AppendInt(b, v.Int64(), 10)
	case trace.TypeDouble:
		return appendFloat(b, v.Float64())
	case trace.TypeJSON:
		return safe.AppendRawJSON(b, v.Text())
	}
	return safe.AppendJSON(b, v.Text())
}
