package jaegerjson

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// span is a span of the JSON; times are in microseconds.
type span struct {
	TraceID       string      `json:"traceID"`
	SpanID        string      `json:"spanID"`
	ParentSpanID  string      `json:"parentSpanID"` // only by very old servers
	OperationName string      `json:"operationName"`
	References    []reference `json:"references"`
	StartTime     json.Number `json:"startTime"`
	Duration      json.Number `json:"duration"`
	Tags          []tag       `json:"tags"`
	Logs          []struct {
		Timestamp json.Number `json:"timestamp"`
		Fields    []tag       `json:"fields"`
	} `json:"logs"`
	ProcessID string   `json:"processID"`
	Process   *process `json:"process"` // instead of processID, in Elasticsearch's documents
	Warnings  []string `json:"warnings"`
}

type reference struct {
	RefType string `json:"refType"`
	TraceID string `json:"traceID"`
	SpanID  string `json:"spanID"`
}

type tag struct {
	Key   string          `json:"key"`
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
}

type process struct {
	ServiceName string `json:"serviceName"`
	Tags        []tag  `json:"tags"`
}

// span converts it; its Resource is not set.
func (js *span) span() (trace.Span, error) {
	s := trace.Span{Operation: js.OperationName, Warnings: js.Warnings, Attributes: attributes(js.Tags)}
	var err error
	if s.Trace, err = traceID(js.TraceID); err != nil {
		return s, err
	}
	if s.ID, err = spanID(js.SpanID); err != nil {
		return s, err
	}
	setTimes(&s, js.StartTime, js.Duration)
	for _, log := range js.Logs {
		time, _ := nanos(log.Timestamp)
		s.Events = append(s.Events, Event(time, attributes(log.Fields)))
	}
	refs, err := js.refs(s.Trace)
	if err != nil {
		return s, err
	}
	Finish(&s, refs)
	return s, nil
}

func (js *span) refs(id trace.ID) ([]Ref, error) {
	refs := make([]Ref, 0, len(js.References)+1)
	for _, r := range js.References {
		to, err := traceID(r.TraceID)
		if err != nil {
			return nil, err
		}
		span, err := spanID(r.SpanID)
		if err != nil {
			return nil, err
		}
		refs = append(refs, Ref{Trace: to, Span: span, Follows: r.RefType == "FOLLOWS_FROM"})
	}
	if len(refs) > 0 {
		return refs, nil
	}
	parent, err := spanID(js.ParentSpanID)
	if err != nil || parent == 0 {
		return nil, err
	}
	return append(refs, Ref{Trace: id, Span: parent}), nil
}

func traceID(hex string) (trace.ID, error) {
	id, err := trace.IDFromHex(hex)
	if err != nil && strings.Trim(hex, "0") != "" {
		return id, fmt.Errorf("%q is no trace ID", hex[:min(len(hex), 40)])
	}
	return id, nil
}

func spanID(hex string) (trace.SpanID, error) {
	id, ok := trace.ParseSpanID(hex)
	if !ok && strings.Trim(hex, "0") != "" {
		return 0, fmt.Errorf("%q is no span ID", hex[:min(len(hex), 40)])
	}
	return id, nil
}

// setTimes reads a start and a duration. Jaeger writes a negative duration as
// a number beyond 63 bits.
func setTimes(s *trace.Span, start, duration json.Number) {
	from, okFrom := nanos(start)
	length, okLength := nanos(duration)
	if !okLength {
		if n, err := strconv.ParseUint(string(duration), 10, 64); err == nil && n > math.MaxInt64 {
			length = -1
		}
	}
	end := from + length
	if length > 0 && end < from {
		end = math.MaxInt64
		okLength = false
	}
	s.SetTimes(from, end)
	if !okFrom || !okLength {
		s.Clamped = true
	}
}

// nanos turns microseconds into nanoseconds; ok is false when they had to be
// clamped to what fits.
func nanos(micros json.Number) (ns int64, ok bool) {
	if micros == "" {
		return 0, true
	}
	us, err := strconv.ParseInt(string(micros), 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(string(micros), 64)
		if err != nil {
			return 0, false
		}
		return clampFloat(f * 1000)
	}
	switch {
	case us > math.MaxInt64/1000:
		return math.MaxInt64, false
	case us < math.MinInt64/1000:
		return math.MinInt64 + 1, false
	}
	return us * 1000, true
}

func clampFloat(f float64) (int64, bool) {
	switch {
	case f >= math.MaxInt64:
		return math.MaxInt64, false
	case f <= -math.MaxInt64:
		return -math.MaxInt64, false
	}
	return int64(f), true
}

func attributes(tags []tag) []trace.Attribute {
	if len(tags) == 0 {
		return nil
	}
	attrs := make([]trace.Attribute, len(tags))
	for i := range tags {
		attrs[i] = trace.Attribute{Key: tags[i].Key, Value: tags[i].value()}
	}
	return attrs
}

// value reads a tag's value by its type, or by its JSON where the type is
// missing or does not fit.
func (t *tag) value() trace.Value {
	text, quoted := t.text()
	switch t.Type {
	case "bool":
		return trace.Bool(text == "true")
	case "int64":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return trace.Int(n)
		}
	case "float64":
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			return trace.Double(f)
		}
	case "binary":
		if raw, err := base64.StdEncoding.DecodeString(text); err == nil {
			return trace.Bytes(raw)
		}
	}
	if quoted || t.Type == "string" {
		return trace.String(text)
	}
	return plain(text)
}

// text is the value's text, without the quotes of a string.
func (t *tag) text() (text string, quoted bool) {
	if len(t.Value) > 0 && t.Value[0] == '"' && json.Unmarshal(t.Value, &text) == nil {
		return text, true
	}
	return string(t.Value), false
}

// plain reads JSON that is no string.
func plain(text string) trace.Value {
	switch text {
	case "", "null":
		return trace.Value{}
	case "true", "false":
		return trace.Bool(text == "true")
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return trace.Int(n)
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return trace.Double(f)
	}
	return trace.JSON(text)
}
