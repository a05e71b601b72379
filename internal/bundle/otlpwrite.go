package bundle

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

// jaegerWarnings is the attribute under which Jaeger's own OTLP has what it
// says of a span.
const jaegerWarnings = "@jaeger@warnings"

// A group is the spans of one process and one instrumentation library.
type group struct {
	resource int
	scope    string
	spans    []int
}

// grouped sorts spans by the resources and scopes in the order in which these
// first come. Resources that say the same are one.
func grouped(spans []trace.Span) (resources []*trace.Resource, groups []group) {
	number := map[*trace.Resource]int{}
	at := map[groupKey]int{}
	for i := range spans {
		r, ok := number[spans[i].Resource]
		if !ok {
			r = slices.IndexFunc(resources, func(o *trace.Resource) bool { return sameResource(o, spans[i].Resource) })
			if r < 0 {
				r = len(resources)
				resources = append(resources, spans[i].Resource)
			}
			number[spans[i].Resource] = r
		}
		key := groupKey{r, spans[i].Scope}
		g, ok := at[key]
		if !ok {
			g = len(groups)
			at[key] = g
			groups = append(groups, group{resource: r, scope: spans[i].Scope})
		}
		groups[g].spans = append(groups[g].spans, i)
	}
	slices.SortStableFunc(groups, func(a, b group) int { return a.resource - b.resource })
	return resources, groups
}

// groupKey is what tells groups apart.
type groupKey struct {
	resource int
	scope    string
}

// appendTraces appends the spans as the members of one TracesData, and returns
// which span stands at each place in it.
func appendTraces(b []byte, spans []trace.Span) (line []byte, order []int) {
	resources, groups := grouped(spans)
	order = make([]int, 0, len(spans))
	b = append(b, `{"resourceSpans":[`...)
	for i, g := range groups {
		if i == 0 || groups[i-1].resource != g.resource {
			if i > 0 {
				b = append(b, "]},"...)
			}
			b = append(b, `{"resource":{`...)
			b = appendAttributes(b, resources[g.resource].Attributes, nil)
			b = append(b, `},"scopeSpans":[`...)
		} else {
			b = append(b, ',')
		}
		b = append(b, `{"scope":{`...)
		if g.scope != "" {
			b = safe.AppendJSON(append(b, `"name":`...), g.scope)
		}
		b = append(b, `},"spans":[`...)
		for j, at := range g.spans {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendSpan(b, &spans[at])
			order = append(order, at)
		}
		b = append(b, "]}"...)
	}
	if len(groups) > 0 {
		b = append(b, "]}"...)
	}
	return append(b, ']'), order
}

func appendSpan(b []byte, s *trace.Span) []byte {
	b = append(b, '{')
	if s.Trace.IsTrace() {
		b = append(s.Trace.AppendHex(append(b, `"traceId":"`...)), `",`...)
	}
	if s.ID != 0 {
		b = append(s.ID.AppendHex(append(b, `"spanId":"`...)), `",`...)
	}
	if s.Parent != 0 {
		b = append(s.Parent.AppendHex(append(b, `"parentSpanId":"`...)), `",`...)
	}
	b = safe.AppendJSON(append(b, `"name":`...), s.Operation)
	b = strconv.AppendUint(append(b, `,"kind":`...), uint64(s.Kind), 10)
	b = appendNanos(append(b, `,"startTimeUnixNano":`...), s.Start)
	b = appendNanos(append(b, `,"endTimeUnixNano":`...), s.End())
	if len(s.Attributes)+len(s.Warnings) > 0 {
		b = appendAttributes(append(b, ','), s.Attributes, s.Warnings)
	}
	b = appendList(b, `,"events":[`, s.Events, appendEvent)
	b = appendList(b, `,"links":[`, s.Links, appendLink)
	b = append(b, `,"status":{`...)
	if s.Status != trace.StatusUnset {
		b = strconv.AppendUint(append(b, `"code":`...), uint64(s.Status), 10)
	}
	if s.StatusMessage != "" {
		if s.Status != trace.StatusUnset {
			b = append(b, ',')
		}
		b = safe.AppendJSON(append(b, `"message":`...), s.StatusMessage)
	}
	return append(b, "}}"...)
}

// appendList appends a member that is an array, unless it is empty.
func appendList[T any](b []byte, open string, items []T, each func([]byte, *T) []byte) []byte {
	if len(items) == 0 {
		return b
	}
	b = append(b, open...)
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = each(b, &items[i])
	}
	return append(b, ']')
}

func appendEvent(b []byte, e *trace.Event) []byte {
	b = appendNanos(append(b, `{"timeUnixNano":`...), e.Time)
	b = safe.AppendJSON(append(b, `,"name":`...), e.Name)
	b = appendAttributes(append(b, ','), e.Attributes, nil)
	return append(b, '}')
}

func appendLink(b []byte, l *trace.Link) []byte {
	b = l.Trace.AppendHex(append(b, `{"traceId":"`...))
	b = l.Span.AppendHex(append(b, `","spanId":"`...))
	b = appendAttributes(append(b, `",`...), l.Attributes, nil)
	return append(b, '}')
}

// appendNanos appends a time as OTLP's JSON has it. It has none before 1970.
func appendNanos(b []byte, t int64) []byte {
	return append(strconv.AppendInt(append(b, '"'), max(t, 0), 10), '"')
}

// appendAttributes appends the member "attributes", and the warnings as one of
// them, where Jaeger has them.
func appendAttributes(b []byte, attrs []trace.Attribute, warnings []string) []byte {
	b = append(b, `"attributes":[`...)
	for i := range attrs {
		if i > 0 {
			b = append(b, ',')
		}
		b = safe.AppendJSON(append(b, `{"key":`...), attrs[i].Key)
		b = appendValue(append(b, `,"value":`...), attrs[i].Value)
		b = append(b, '}')
	}
	if len(warnings) == 0 {
		return append(b, ']')
	}
	if len(attrs) > 0 {
		b = append(b, ',')
	}
	b = append(b, `{"key":"`+jaegerWarnings+`","value":{"arrayValue":{"values":[`...)
	for i, w := range warnings {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(safe.AppendJSON(append(b, `{"stringValue":`...), w), '}')
	}
	return append(b, "]}}}]"...)
}

// appendValue appends an AnyValue.
func appendValue(b []byte, v trace.Value) []byte {
	switch v.Type {
	case trace.TypeString:
		return append(safe.AppendJSON(append(b, `{"stringValue":`...), v.Text()), '}')
	case trace.TypeBool:
		return append(strconv.AppendBool(append(b, `{"boolValue":`...), v.IsTrue()), '}')
	case trace.TypeInt:
		return append(strconv.AppendInt(append(b, `{"intValue":"`...), v.Int64(), 10), `"}`...)
	case trace.TypeDouble:
		return append(appendDouble(append(b, `{"doubleValue":`...), v.Float64()), '}')
	case trace.TypeBytes:
		return append(append(append(b, `{"bytesValue":"`...), v.Text()...), `"}`...)
	case trace.TypeJSON:
		return appendAnyJSON(b, v.Text())
	}
	return append(b, "{}"...)
}

func appendDouble(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(b, `"-Infinity"`...)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

// appendAnyJSON appends an array or map that is kept as JSON; as a string when
// it is none that OTLP's readers would take.
func appendAnyJSON(b []byte, text string) []byte {
	start := len(b)
	if utf8.ValidString(text) {
		r := jscan.NewReader([]byte(text))
		if b = appendAny(b, &r, 0); r.End() {
			return b
		}
	}
	return append(safe.AppendJSON(append(b[:start], `{"stringValue":`...), text), '}')
}

// deepest is how deeply the values of an attribute are written as OTLP's own:
// its readers go no further than some hundreds.
const deepest = 64

// appendAny appends the reader's next JSON value as an AnyValue.
func appendAny(b []byte, r *jscan.Reader, depth int) []byte {
	c := r.Peek()
	if depth == deepest && (c == '[' || c == '{') {
		return append(safe.AppendJSON(append(b, `{"stringValue":`...), string(r.Skip())), '}')
	}
	switch c {
	case '[':
		b = append(b, `{"arrayValue":{"values":[`...)
		for i, ok := 0, r.FirstElem(); ok; i, ok = i+1, r.NextElem() {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendAny(b, r, depth+1)
		}
		return append(b, "]}}"...)
	case '{':
		b = append(b, `{"kvlistValue":{"values":[`...)
		first := true
		for key, ok := r.FirstKey(); ok; key, ok = r.NextKey() {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(append(append(b, `{"key":"`...), key...), `","value":`...)
			b = append(appendAny(b, r, depth+1), '}')
		}
		return append(b, "]}}"...)
	case '"':
		return append(append(append(b, `{"stringValue":"`...), r.Scalar()...), `"}`...)
	case 't', 'f':
		return append(append(append(b, `{"boolValue":`...), r.Scalar()...), '}')
	case 'n':
		r.Scalar()
		return append(b, "{}"...)
	}
	number := r.Scalar()
	if _, err := strconv.ParseInt(string(number), 10, 64); err == nil {
		return append(append(append(b, `{"intValue":"`...), number...), `"}`...)
	}
	return append(append(append(b, `{"doubleValue":`...), number...), '}')
}

// unbase64 is what bytes were before they were text; what is no base64 is none.
func unbase64(text string) []byte {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil
	}
	return b
}
