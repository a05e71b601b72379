package bundle

import (
	"bytes"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

// exactLog is in what a log differs from how its line reads. What is nil does
// not.
type exactLog struct {
	Time     *int64        `json:"time,omitempty"`
	Origin   *exactOrigin  `json:"origin,omitempty"`
	Level    *trace.Level  `json:"level,omitempty"`
	LevelRaw *raw          `json:"level_raw,omitempty"`
	Message  *raw          `json:"message,omitempty"`
	Span     *trace.SpanID `json:"span,omitempty"`
	Template *raw          `json:"template,omitempty"`
	Document *raw          `json:"document,omitempty"`
	Index    *raw          `json:"index,omitempty"`
	DocID    *raw          `json:"id,omitempty"`
	Match    *trace.Match  `json:"match,omitempty"`
	Trace    *string       `json:"trace,omitempty"`
	Damaged  *bool         `json:"damaged,omitempty"`
}

// different is what is to be told of l when its line reads as plain; nil when
// nothing is. The log's trace is told elsewhere.
func different(l, plain *trace.Log) *exactLog {
	var e exactLog
	some := false
	told(&e.Time, l.Time, plain.Time, &some)
	if l.Origin != plain.Origin {
		o := originOf(l.Origin)
		e.Origin, some = &o, true
	}
	told(&e.Level, l.Level, plain.Level, &some)
	told(&e.LevelRaw, raw(l.LevelRaw), raw(plain.LevelRaw), &some)
	told(&e.Message, raw(l.Message), raw(plain.Message), &some)
	told(&e.Span, l.Span, plain.Span, &some)
	told(&e.Template, raw(l.Template), raw(plain.Template), &some)
	if !bytes.Equal(l.Document, plain.Document) {
		told(&e.Document, raw(l.Document), raw(plain.Document), &some)
	}
	told(&e.Index, raw(l.Index), raw(plain.Index), &some)
	told(&e.DocID, raw(l.DocID), raw(plain.DocID), &some)
	told(&e.Match, l.Match, plain.Match, &some)
	told(&e.Damaged, l.Damaged, plain.Damaged, &some)
	if !some {
		return nil
	}
	return &e
}

func told[T comparable](at **T, is, reads T, some *bool) {
	if is != reads {
		*at, *some = &is, true
	}
}

// apply makes a log of how its line reads what it was, but for its trace.
func (e *exactLog) apply(l *trace.Log) {
	set(&l.Time, e.Time)
	if e.Origin != nil {
		l.Origin = e.Origin.origin()
	}
	if e.Level != nil {
		l.Level = known(*e.Level, trace.LevelFatal)
	}
	set(&l.Span, e.Span)
	if e.Match != nil {
		l.Match = known(*e.Match, trace.MatchText)
	}
	set(&l.Damaged, e.Damaged)
	for _, f := range [...]struct {
		field *string
		text  *raw
	}{{&l.LevelRaw, e.LevelRaw}, {&l.Message, e.Message}, {&l.Template, e.Template}, {&l.Index, e.Index}, {&l.DocID, e.DocID}} {
		if f.text != nil {
			*f.field = string(*f.text)
		}
	}
	if e.Document != nil {
		l.Document = []byte(*e.Document)
		if !isJSON(l.Document) { // nobody saved that
			l.Document, l.Damaged = safe.AppendJSON(nil, string(l.Document)), true
		}
	}
}

// known is a value of those that there are, and zero for any that there is not.
func known[T ~uint8](value, last T) T {
	if value > last {
		return 0
	}
	return value
}

func set[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}

// A plainReader reads lines of logs as those of an ID; what does not carry the
// ID it reads all the same. It knows no team's own fields: what these tell
// travels with the bundle.
type plainReader struct {
	of  map[trace.ID]*logdoc.Parser
	any *logdoc.Parser
}

func newPlainReader() *plainReader {
	return &plainReader{of: map[trace.ID]*logdoc.Parser{}, any: logdoc.NewParser(nil)}
}

func (r *plainReader) read(line []byte, id trace.ID) trace.Log {
	p := r.of[id]
	if id.IsZero() { // nothing carries none
		p = r.any
	}
	if p == nil {
		p = logdoc.NewParser(logdoc.NewMatcher(id))
		r.of[id] = p
	}
	if l, ok := p.ParseLine(line); ok {
		return l
	}
	l, _ := r.any.ParseLine(line)
	return l
}
