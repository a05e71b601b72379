package jaegerjson

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// The model as encoding/json reads it.
type (
	jsonSpan struct {
		TraceID       string      `json:"traceID"`
		SpanID        string      `json:"spanID"`
		ParentSpanID  string      `json:"parentSpanID"`
		OperationName string      `json:"operationName"`
		References    []jsonRef   `json:"references"`
		StartTime     json.Number `json:"startTime"`
		Duration      json.Number `json:"duration"`
		Tags          []jsonTag   `json:"tags"`
		Logs          []struct {
			Timestamp json.Number `json:"timestamp"`
			Fields    []jsonTag   `json:"fields"`
		} `json:"logs"`
		ProcessID string       `json:"processID"`
		Process   *jsonProcess `json:"process"`
		Warnings  []string     `json:"warnings"`
	}
	jsonRef struct {
		RefType string `json:"refType"`
		TraceID string `json:"traceID"`
		SpanID  string `json:"spanID"`
	}
	jsonTag struct {
		Key   string          `json:"key"`
		Type  string          `json:"type"`
		Value json.RawMessage `json:"value"`
	}
	jsonProcess struct {
		ServiceName string    `json:"serviceName"`
		Tags        []jsonTag `json:"tags"`
	}
)

// An oracle reads as Decode does, in the plainest way.
type oracle struct {
	json   *json.Decoder
	answer Answer
	misfit bool // a value did not fit
}

// errUnsure ends the oracle where a value does not fit that it cannot pass over.
var errUnsure = errors.New("unsure")

// ask reads a text. The error is io.ErrUnexpectedEOF when the text ended too
// early, errUnsure, or another where the text broke.
func ask(text string) (*oracle, error) {
	o := &oracle{json: json.NewDecoder(strings.NewReader(text))}
	o.json.UseNumber()
	for again := true; again; again = o.json.More() {
		if err := o.document(); err != nil {
			return o, plainEnd(err)
		}
	}
	if _, err := o.json.Token(); err != io.EOF {
		return o, err
	}
	return o, nil
}

func plainEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (o *oracle) document() error {
	known := false
	t, err := o.json.Token()
	switch t {
	case json.Delim('{'):
		known, err = o.object()
	case json.Delim('['):
		for err == nil && o.json.More() {
			if t, err = o.json.Token(); err == nil && t != json.Delim('{') {
				return errUnsure
			}
			if err == nil {
				var one bool
				one, err = o.object()
				known = known || one
			}
		}
		if err == nil {
			_, err = o.json.Token()
		}
	}
	if !known && len(o.answer.Errors) == 0 {
		o.misfit = true
	}
	return err
}

// object reads on in an object that was entered.
func (o *oracle) object() (known bool, err error) {
	p := &oracleTrace{processes: map[string]*trace.Resource{}}
	defer o.settle(p)
	return known, o.rest(func(key string) error {
		switch key {
		case "data":
			known = true
			return o.elements(o.trace)
		case "errors":
			return o.errors()
		case "traceID", "spans", "processes":
			known = true
		}
		return o.member(key, p)
	})
}

// An oracleTrace is what a trace's spans ran in.
type oracleTrace struct {
	owned     []int
	owner     []string
	processes map[string]*trace.Resource
}

func (o *oracle) trace() error {
	p := &oracleTrace{processes: map[string]*trace.Resource{}}
	defer o.settle(p)
	return o.members(func(key string) error { return o.member(key, p) })
}

func (o *oracle) member(key string, p *oracleTrace) error {
	switch key {
	case "spans":
		return o.elements(func() error { return o.span(p) })
	case "processes":
		return o.members(func(id string) error {
			var raw jsonProcess
			err := o.decode(&raw)
			if err == nil {
				p.processes[id] = Process(raw.ServiceName, oracleTags(raw.Tags))
			}
			return err
		})
	case "warnings":
		var warnings []string
		err := o.decode(&warnings)
		o.answer.Warnings = append(o.answer.Warnings, warnings...)
		return err
	}
	return o.decode(new(json.RawMessage))
}

func (o *oracle) errors() error {
	var list []struct {
		Code json.Number
		Msg  string
	}
	err := o.decode(&list)
	for _, e := range list {
		code, err := strconv.Atoi(string(e.Code))
		o.misfit = o.misfit || err != nil && e.Code != ""
		o.answer.Errors = append(o.answer.Errors, Error{code, e.Msg})
	}
	return err
}

// decode decodes a value; one that does not fit is no error.
func (o *oracle) decode(v any) error {
	err := o.json.Decode(v)
	if err == nil || errors.As(err, new(*json.SyntaxError)) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	o.misfit = true
	return nil
}

func (o *oracle) members(read func(key string) error) error {
	switch t, err := o.json.Token(); {
	case err != nil || t == nil:
		return err
	case t != json.Delim('{'):
		return errUnsure
	}
	return o.rest(read)
}

func (o *oracle) rest(read func(key string) error) error {
	for o.json.More() {
		key, err := o.json.Token()
		if err == nil {
			err = read(key.(string))
		}
		if err != nil {
			return err
		}
	}
	_, err := o.json.Token()
	return err
}

func (o *oracle) elements(read func() error) error {
	switch t, err := o.json.Token(); {
	case err != nil || t == nil:
		return err
	case t != json.Delim('['):
		return errUnsure
	}
	for o.json.More() {
		if err := read(); err != nil {
			return err
		}
	}
	_, err := o.json.Token()
	return err
}

func (o *oracle) span(p *oracleTrace) error {
	misfit := o.misfit
	o.misfit = false
	var js jsonSpan
	err := o.decode(&js)
	s, fits := js.span()
	if err == nil && fits && !o.misfit {
		id := js.ProcessID
		if js.Process != nil {
			id = fmt.Sprint("own ", len(p.owned))
			p.processes[id] = Process(js.Process.ServiceName, oracleTags(js.Process.Tags))
		}
		p.owned, p.owner = append(p.owned, len(o.answer.Spans)), append(p.owner, id)
		o.answer.Spans = append(o.answer.Spans, s)
	}
	o.misfit = misfit || o.misfit || !fits
	return err
}

func (o *oracle) settle(p *oracleTrace) {
	for i, id := range p.owner {
		r := p.processes[id]
		if r == nil {
			r = trace.NewResource(nil)
		}
		o.answer.Spans[p.owned[i]].Resource = r
	}
}

func (js *jsonSpan) span() (s trace.Span, fits bool) {
	fits = true
	id := func(text string, most int) trace.ID {
		id, err := trace.IDFromHex(text)
		if len(text) > most || err != nil {
			fits = fits && strings.Trim(text, "0") == ""
			return trace.ID{}
		}
		return id
	}
	s = trace.Span{
		Trace: id(js.TraceID, 32), ID: trace.SpanID(id(js.SpanID, 16).Lo), Operation: js.OperationName,
		Warnings: js.Warnings, Attributes: oracleTags(js.Tags),
	}
	for _, log := range js.Logs {
		at, _ := oracleNanos(log.Timestamp)
		s.Events = append(s.Events, Event(at, oracleTags(log.Fields)))
	}
	var refs []Ref
	for _, r := range js.References {
		refs = append(refs, Ref{id(r.TraceID, 32), trace.SpanID(id(r.SpanID, 16).Lo), r.RefType == "FOLLOWS_FROM"})
	}
	if parent := id(js.ParentSpanID, 16).Lo; len(refs) == 0 && parent != 0 {
		refs = append(refs, Ref{Trace: s.Trace, Span: trace.SpanID(parent)})
	}
	js.setTimes(&s)
	Finish(&s, refs)
	return s, fits
}

func (js *jsonSpan) setTimes(s *trace.Span) {
	start, startFits := oracleNanos(js.StartTime)
	length, lengthFits := oracleNanos(js.Duration)
	if n, err := strconv.ParseUint(string(js.Duration), 10, 64); err == nil && n > math.MaxInt64 {
		length = -1
	}
	switch {
	case length < 0:
		s.SetTimes(start, start-1)
	case start > math.MaxInt64-length:
		s.SetTimes(start, math.MaxInt64)
		s.Clamped = true
	default:
		s.SetTimes(start, start+length)
	}
	s.Clamped = s.Clamped || !startFits || !lengthFits
}

func oracleNanos(micros json.Number) (ns int64, fits bool) {
	if micros == "" {
		return 0, true
	}
	if us, err := micros.Int64(); err == nil && us <= math.MaxInt64/1000 && us >= -math.MaxInt64/1000 {
		return us * 1000, true
	}
	switch f, _ := micros.Float64(); {
	case f*1000 >= math.MaxInt64:
		return math.MaxInt64, false
	case f*1000 <= -math.MaxInt64:
		return -math.MaxInt64, false
	default:
		return int64(f * 1000), true
	}
}

func oracleTags(tags []jsonTag) []trace.Attribute {
	var attrs []trace.Attribute
	for _, t := range tags {
		attrs = append(attrs, trace.Attribute{Key: t.Key, Value: t.value()})
	}
	return attrs
}

func (t *jsonTag) value() trace.Value {
	text := string(t.Value)
	quoted := json.Unmarshal(t.Value, &text) == nil && t.Value[0] == '"'
	n, notInt := strconv.ParseInt(text, 10, 64)
	f, notFloat := strconv.ParseFloat(text, 64)
	raw, notBinary := base64.StdEncoding.DecodeString(text)
	switch {
	case t.Type == "bool":
		return trace.Bool(text == "true")
	case t.Type == "int64" && notInt == nil:
		return trace.Int(n)
	case t.Type == "float64" && notFloat == nil:
		return trace.Double(f)
	case t.Type == "binary" && notBinary == nil:
		return trace.Bytes(raw)
	case quoted, t.Type == "string":
		return trace.String(text)
	case text == "", text == "null":
		return trace.Value{}
	case text == "true", text == "false":
		return trace.Bool(text == "true")
	case notInt == nil:
		return trace.Int(n)
	case notFloat == nil:
		return trace.Double(f)
	}
	return trace.JSON(text)
}
