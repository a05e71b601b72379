// Package logdoc reads one JSON log document, whoever wrote it, as a
// trace.Log: ECS, OpenTelemetry's exporters, the usual loggers of each
// language, and what collectors wrap around them.
//
// A name is read alike however it is spelled: trace.id, trace_id, traceId,
// {"trace":{"id":…}} and the same under "mdc" or "fields". JSON that was
// logged as a string (log, message, body) is read as if it stood there itself.
package logdoc

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/trace"
)

// Parse reads a document. It never fails: what cannot be read as JSON comes
// back as a Damaged log whose message is the text. The log's Document shares
// doc's memory.
func Parse(doc []byte, index, id string) trace.Log {
	l, _ := NewParser(nil).Parse(doc, index, id)
	return l
}

// Carries reports whether a document carries the ID, how, and which span it
// names. To ask many documents, keep a Parser.
func Carries(doc []byte, id trace.ID) (match trace.Match, span trace.SpanID, ok bool) {
	l, ok := NewParser(NewMatcher(id)).Parse(doc, "", "")
	return l.Match, l.Span, ok
}

// A Parser reads many documents, sharing strings between their logs. It must
// not be used by two goroutines at a time.
type Parser struct {
	matcher *Matcher
	walk    walker
	strings map[string]string

	of string // the service whose errors are taken; "" is any
}

// NewParser makes a parser that takes the documents that carry the matcher's
// ID, or all documents when the matcher is nil.
func NewParser(m *Matcher) *Parser {
	return &Parser{matcher: m, strings: make(map[string]string)}
}

// Parse reads a document and reports whether it carries the parser's ID; the
// log of one that does not is empty. The log's Document shares doc's memory.
func (p *Parser) Parse(doc []byte, index, id string) (trace.Log, bool) {
	if p.matcher != nil && !p.matcher.mayCarry(doc) || p.walk.filter != nil && !p.walk.filter.mayFulfil(doc) {
		return trace.Log{}, false
	}
	return p.read(doc, index, id, p.matcher)
}

// ParseLine is Parse for a line of logs.ndjson: an Elasticsearch hit with
// _index, _id and _source, or the document itself. Blank lines carry nothing.
func (p *Parser) ParseLine(line []byte) (trace.Log, bool) {
	line = bytes.TrimSpace(line)
	if len(line) == 0 {
		return trace.Log{}, false
	}
	doc, index, id := unwrapHit(line)
	return p.Parse(doc, index, id)
}

// unwrapHit takes a hit apart; a line that is none is its own document.
func unwrapHit(line []byte) (doc []byte, index, id string) {
	r := jscan.NewReader(line)
	if r.Peek() != '{' {
		return line, "", ""
	}
	for key, ok := r.FirstKey(); ok; key, ok = r.NextKey() {
		isText := r.Peek() == '"'
		value := r.Skip()
		if value == nil { // it breaks off
			return line, "", ""
		}
		switch {
		case string(key) == "_source":
			doc = value
		case string(key) == "_index" && isText:
			index = string(jscan.Unescape(value[1 : len(value)-1]))
		case string(key) == "_id" && isText:
			id = string(jscan.Unescape(value[1 : len(value)-1]))
		}
	}
	if !r.End() || doc == nil {
		return line, "", ""
	}
	return doc, index, id
}

func (p *Parser) read(doc []byte, index, id string, m *Matcher) (trace.Log, bool) {
	l := trace.Log{Time: trace.NoTime, Document: doc, Index: index, DocID: id}
	sound := p.walk.document(doc, m)
	if !sound {
		return p.damaged(l, m)
	}
	if m != nil {
		if !p.walk.found {
			return trace.Log{}, false
		}
		l.Match = p.walk.match
	}
	p.fill(&l)
	return p.filtered(l)
}

// filtered takes a log that fulfils the parser's filter, if it has one, and
// tells of an error, if that is asked.
func (p *Parser) filtered(l trace.Log) (trace.Log, bool) {
	if f := p.walk.filter; f != nil && !f.fulfilled(&l, p.walk.held) {
		return trace.Log{}, false
	}
	if p.walk.errors && !p.tellsOfError(&l) {
		return trace.Log{}, false
	}
	return l, true
}

// damaged keeps what cannot be read as the text that it is.
func (p *Parser) damaged(l trace.Log, m *Matcher) (trace.Log, bool) {
	text := strings.ToValidUTF8(string(l.Document), "\uFFFD")
	if m != nil && !m.inText([]byte(text)) {
		return trace.Log{}, false
	}
	p.walk.asText(text)
	l.Damaged, l.Match = true, trace.MatchText
	l.Message = strings.TrimSpace(text)
	l.Level, l.LevelRaw = levelInText(text)
	l.Span = spanInText(text)
	if quoted, err := json.Marshal(text); err == nil {
		l.Document = quoted
	}
	return p.filtered(l)
}

// share returns the text as a string, the same one for equal texts: services,
// hosts and levels are few.
func (p *Parser) share(b []byte) string {
	if s, ok := p.strings[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(p.strings) < 4096 && len(s) < 256 {
		p.strings[s] = s
	}
	return s
}
