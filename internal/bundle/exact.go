package bundle

import (
	"encoding/json"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

// A note is the member "otrace" at the end of a line, which says what the
// plain formats cannot. Who reads those passes over it. Most lines have none.
type note struct {
	Case  int               `json:"case,omitempty"`  // of the manifest's cases; zero is the first
	Again bool              `json:"again,omitempty"` // an earlier case has the same line
	Order []int             `json:"order,omitempty"` // where the line's spans stood among each other
	Spans map[int]exactSpan `json:"spans,omitempty"` // those that OTLP cannot tell, by their place in the line
	Trace int               `json:"trace,omitempty"` // a log's: 1 is the case's own, 2 its first linked one
	Log   *exactLog         `json:"log,omitempty"`   // what the document does not tell
}

// raw is a text that need not be UTF-8.
type raw string

// MarshalJSON writes a string, or the bytes of what is no UTF-8 in base64.
func (r raw) MarshalJSON() ([]byte, error) {
	if utf8.ValidString(string(r)) {
		return safe.AppendJSON(nil, string(r)), nil
	}
	return json.Marshal(rawBytes{[]byte(r)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *raw) UnmarshalJSON(text []byte) error {
	if text[0] == '{' {
		var b rawBytes
		err := json.Unmarshal(text, &b)
		*r = raw(b.Base64)
		return err
	}
	return json.Unmarshal(text, (*string)(r))
}

type rawBytes struct {
	Base64 []byte `json:"base64"`
}

func raws(texts []string) []raw {
	list := make([]raw, len(texts))
	for i := range texts {
		list[i] = raw(texts[i])
	}
	return list
}

func texts(list []raw) []string {
	if len(list) == 0 {
		return nil
	}
	texts := make([]string, len(list))
	for i := range list {
		texts[i] = string(list[i])
	}
	return texts
}

// typed is the text that trace.ParseID reads as just this ID, also in how it
// was typed.
func typed(id trace.ID) string {
	if id.IsZero() {
		return ""
	}
	for _, form := range append([]string{id.String()}, id.Forms()...) {
		if back, err := trace.ParseID(form); err == nil && back == id {
			return form
		}
	}
	return id.String()
}

// untyped is the ID that a text stands for; what is none is the zero ID.
func untyped(text string) trace.ID {
	id, err := trace.ParseID(text)
	if err != nil {
		return trace.ID{}
	}
	return id
}

// exactSpan is all of a span.
type exactSpan struct {
	Trace         string       `json:"trace"`
	ID            trace.SpanID `json:"id"`
	Parent        trace.SpanID `json:"parent,omitempty"`
	Operation     raw          `json:"operation"`
	Kind          trace.Kind   `json:"kind"`
	Status        trace.Status `json:"status"`
	Clamped       bool         `json:"clamped,omitempty"`
	Adjusted      bool         `json:"adjusted,omitempty"`
	Start         int64        `json:"start"`
	Duration      int64        `json:"duration"`
	StatusMessage raw          `json:"status_message,omitempty"`
	Scope         raw          `json:"scope,omitempty"`
	Origin        exactOrigin  `json:"origin"`
	Resource      []exactAttr  `json:"resource,omitempty"`
	Attributes    []exactAttr  `json:"attributes,omitempty"`
	Events        []exactEvent `json:"events,omitempty"`
	Links         []exactLink  `json:"links,omitempty"`
	Warnings      []raw        `json:"warnings,omitempty"`
}

// exactOrigin is a trace.Origin; the two convert into each other.
type exactOrigin struct {
	Service raw `json:"service,omitempty"`
	Process raw `json:"process,omitempty"`
	Pod     raw `json:"pod,omitempty"`
	Host    raw `json:"host,omitempty"`
}

func originOf(o trace.Origin) exactOrigin {
	return exactOrigin{raw(o.Service), raw(o.Process), raw(o.Pod), raw(o.Host)}
}

func (o exactOrigin) origin() trace.Origin {
	return trace.Origin{Service: string(o.Service), Process: string(o.Process), Pod: string(o.Pod), Host: string(o.Host)}
}

type exactAttr struct {
	Key  raw             `json:"k"`
	Type trace.ValueType `json:"t"`
	Text raw             `json:"s,omitempty"`
	Num  uint64          `json:"n,omitempty"`
}

type exactEvent struct {
	Name       raw         `json:"name"`
	Time       int64       `json:"time"`
	Attributes []exactAttr `json:"attributes,omitempty"`
}

type exactLink struct {
	Trace      string       `json:"trace"`
	Span       trace.SpanID `json:"span"`
	Attributes []exactAttr  `json:"attributes,omitempty"`
}

func exactOf(s *trace.Span) exactSpan {
	e := exactSpan{
		Trace: typed(s.Trace), ID: s.ID, Parent: s.Parent, Operation: raw(s.Operation), Kind: s.Kind, Status: s.Status,
		Clamped: s.Clamped, Adjusted: s.Adjusted, Start: s.Start, Duration: s.Duration,
		StatusMessage: raw(s.StatusMessage), Scope: raw(s.Scope), Origin: originOf(s.Resource.Origin),
		Resource: exactAttrs(s.Resource.Attributes), Attributes: exactAttrs(s.Attributes), Warnings: raws(s.Warnings),
	}
	for _, ev := range s.Events {
		e.Events = append(e.Events, exactEvent{raw(ev.Name), ev.Time, exactAttrs(ev.Attributes)})
	}
	for _, l := range s.Links {
		e.Links = append(e.Links, exactLink{typed(l.Trace), l.Span, exactAttrs(l.Attributes)})
	}
	return e
}

// span is what exactOf was made of. Spans of one process share a resource as
// far as the line's plain part does.
func (e *exactSpan) span(plain *trace.Resource) trace.Span {
	s := trace.Span{
		Trace: untyped(e.Trace), ID: e.ID, Parent: e.Parent, Operation: string(e.Operation),
		Kind: known(e.Kind, trace.KindConsumer), Status: known(e.Status, trace.StatusError),
		Clamped: e.Clamped, Adjusted: e.Adjusted, Start: e.Start, Duration: e.Duration,
		StatusMessage: string(e.StatusMessage), Scope: string(e.Scope),
		Attributes: attrsOf(e.Attributes), Warnings: texts(e.Warnings),
		Resource: &trace.Resource{Origin: e.Origin.origin(), Attributes: attrsOf(e.Resource)},
	}
	if end := s.Start + s.Duration; s.Duration < 0 || end < s.Start { // nobody saved that
		s.SetTimes(s.Start, end)
	}
	if plain != nil && sameResource(plain, s.Resource) {
		s.Resource = plain
	}
	for _, ev := range e.Events {
		s.Events = append(s.Events, trace.Event{Name: string(ev.Name), Time: ev.Time, Attributes: attrsOf(ev.Attributes)})
	}
	for _, l := range e.Links {
		s.Links = append(s.Links, trace.Link{Trace: untyped(l.Trace), Span: l.Span, Attributes: attrsOf(l.Attributes)})
	}
	return s
}

func exactAttrs(attrs []trace.Attribute) []exactAttr {
	list := make([]exactAttr, len(attrs))
	for i := range attrs {
		v := attrs[i].Value
		a := exactAttr{Key: raw(attrs[i].Key), Type: v.Type}
		switch v.Type {
		case trace.TypeBool, trace.TypeInt:
			a.Num = uint64(v.Int64())
		case trace.TypeDouble:
			a.Num = math.Float64bits(v.Float64())
		default:
			a.Text = raw(v.Text())
		}
		list[i] = a
	}
	return list
}

func attrsOf(list []exactAttr) []trace.Attribute {
	if len(list) == 0 {
		return nil
	}
	attrs := make([]trace.Attribute, len(list))
	for i := range list {
		attrs[i] = trace.Attribute{Key: string(list[i].Key), Value: list[i].value()}
	}
	return attrs
}

func (a *exactAttr) value() trace.Value {
	switch a.Type {
	case trace.TypeString:
		return trace.String(string(a.Text))
	case trace.TypeBool:
		return trace.Bool(a.Num == 1)
	case trace.TypeInt:
		return trace.Int(int64(a.Num))
	case trace.TypeDouble:
		return trace.Double(math.Float64frombits(a.Num))
	case trace.TypeBytes:
		return trace.Bytes(unbase64(string(a.Text)))
	case trace.TypeJSON:
		if !isJSON([]byte(a.Text)) { // nobody saved that
			return trace.String(string(a.Text))
		}
		return trace.JSON(string(a.Text))
	}
	return trace.Value{}
}

// sameSpan reports whether two spans are the same in everything.
func sameSpan(a, b *trace.Span) bool {
	return a.Equal(b) && a.Trace == b.Trace && a.Adjusted == b.Adjusted && a.Resource.Origin == b.Resource.Origin &&
		slices.Equal(a.Warnings, b.Warnings) &&
		slices.EqualFunc(a.Links, b.Links, func(x, y trace.Link) bool { return x.Trace == y.Trace })
}

func sameResource(a, b *trace.Resource) bool {
	return a == b || a.Origin == b.Origin && slices.Equal(a.Attributes, b.Attributes)
}
