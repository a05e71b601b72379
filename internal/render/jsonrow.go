package render

import (
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// appendRow appends a row as a JSON object, with its trace where there are
// several.
func appendRow(b []byte, r *timeline.Row, several bool) []byte {
	switch r.Kind {
	case timeline.KindSpan:
		b = appendSpan(appendWhen(append(b, `{"kind":"span"`...), r), r)
	case timeline.KindEvent:
		b = appendEvent(appendWhen(append(b, `{"kind":"event"`...), r), r)
	case timeline.KindLog:
		b = appendLog(appendWhen(append(b, `{"kind":"log"`...), r), r)
	case timeline.KindMissing:
		b = appendWhen(append(b, `{"kind":"missing"`...), r)
		b = appendSpanID(b, `,"span_id":`, r.Missing)
	}
	if id := r.Trace(); several && !id.IsZero() {
		b = appendText(b, `,"trace_id":`, id.String())
	}
	b = append(b, `,"marks":[`...)
	for i, name := range r.Marks.All() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), name...), '"')
	}
	return append(b, "]}"...)
}

func appendSpanID(b []byte, member string, id trace.SpanID) []byte {
	return append(id.AppendHex(append(append(b, member...), '"')), '"')
}

// appendWhen appends the members that every kind of row has.
func appendWhen(b []byte, r *timeline.Row) []byte {
	b = appendInt(b, `,"depth":`, int64(r.Depth))
	b = appendMoment(b, `,"time":`, r.Time)
	b = appendMoment(b, `,"observed":`, r.Observed)
	b = appendInt(b, `,"offset_ns":`, r.Offset)
	b = appendText(b, `,"service":`, r.Service())
	clock := ""
	if r.Clock != nil {
		clock = r.Clock.Name
	}
	return appendText(b, `,"clock":`, clock)
}

func appendSpan(b []byte, r *timeline.Row) []byte {
	s := r.Span
	b = appendSpanID(b, `,"span_id":`, s.ID)
	b = appendSpanID(b, `,"parent_id":`, s.Parent)
	b = appendText(b, `,"operation":`, s.Operation)
	b = appendText(b, `,"span_kind":`, s.Kind.String())
	b = appendInt(b, `,"duration_ns":`, s.Duration)
	b = appendInt(b, `,"self_ns":`, r.Self)
	b = appendText(b, `,"status":`, s.Status.String())
	b = appendText(b, `,"status_message":`, s.StatusMessage)
	b = appendAttributes(append(b, `,"attributes":`...), s.Attributes)
	b = appendAttributes(append(b, `,"resource":`...), s.Resource.Attributes)
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

func appendEvent(b []byte, r *timeline.Row) []byte {
	b = appendSpanID(b, `,"span_id":`, r.Span.ID)
	b = appendText(b, `,"name":`, r.Event.Name)
	return appendAttributes(append(b, `,"attributes":`...), r.Event.Attributes)
}

func appendLog(b []byte, r *timeline.Row) []byte {
	l := r.Log
	b = appendSpanID(b, `,"span_id":`, l.Span)
	b = appendText(b, `,"attached":`, r.Attached.String())
	b = appendText(b, `,"level":`, l.Level.String())
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
		if repeated[key] < 0 { // written with its first
			continue
		}
		if len(b) > mark {
			b = append(b, ',')
		}
		b = append(safe.AppendJSON(b, key), ':')
		if repeated[key] > 0 {
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
	case trace.TypeBool, trace.TypeInt:
		return append(b, v.Text()...)
	case trace.TypeDouble:
		return appendFloat(b, v.Float64())
	case trace.TypeJSON:
		return safe.AppendRawJSON(b, []byte(v.Text()))
	}
	return safe.AppendJSON(b, v.Text())
}
