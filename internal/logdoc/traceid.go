package logdoc

import (
	"bytes"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// WantTrace makes the parser note what TraceID needs. It must be called before
// the first document is read.
func (p *Parser) WantTrace(on bool) { p.walk.wanted = on }

// TraceID is the ID of the trace that the document read last belongs to, not
// of one that it merely mentions as a parent or a link: its NamedTrace, else
// the correlation ID that a field holds, which may be opaque, as a gateway's own
// trace ID may be. It is to be asked
// once, and before the document's memory is used anew.
func (p *Parser) TraceID() (trace.ID, bool) {
	if id, ok := p.NamedTrace(); ok {
		return id, true
	}
	if !p.walk.opaque.IsZero() {
		return p.walk.opaque, true
	}
	for c, ok := p.walk.named.pop(); ok; c, ok = p.walk.named.pop() {
		if id := correlationID(c); !id.IsZero() {
			return id, true
		}
	}
	return trace.ID{}, false
}

// NamedTrace is TraceID without correlation IDs: from a field of trace IDs in
// any of their forms, else from a text that names one behind a key.
func (p *Parser) NamedTrace() (trace.ID, bool) {
	w := &p.walk
	w.opaque = trace.ID{}
	for c, ok := w.named.best(); ok && c.rank < rankCorrelation; c, ok = w.named.best() {
		w.named.pop()
		if id, ok := namedTrace(c); ok {
			return id, true
		}
		if w.opaque.IsZero() {
			w.opaque = correlationID(c)
		}
	}
	for c, ok := w.texts.pop(); ok; c, ok = w.texts.pop() {
		if id, ok := traceInText(string(c.text)); ok {
			return id, true
		}
	}
	return trace.ID{}, false
}

// The ranks of ID fields: the likelier a field is to hold the log's own whole
// ID, the lower.
const (
	rankOwn         = iota // the team's
	rankTrace              // by its usual names
	rankTraceLike          // by a name that has one of these in it
	rankHeader             // within a header
	rankDatadog            // the low half
	rankCorrelation        // no trace ID by its name
	rankTransaction        // or a span of Elastic's agents
)

// name notes a value that may tell the document's own ID.
func (w *walker) name(c candidate) {
	rank, ok := rankOwn, true
	if !ownID(w.ids, w.path, w.base) {
		path := string(w.path)
		switch {
		case !idPath(path):
			w.mention(c)
			return
		case foreignPath(path):
			return
		}
		rank, ok = idRank(path, path[w.base:])
	}
	if !ok {
		return
	}
	c.rank = rank
	c.field.decimal = rank == rankDatadog
	w.named.add(c)
}

// mention notes a text that may name an ID, messages first.
func (w *walker) mention(c candidate) {
	if !c.quote || len(c.text) < longForm {
		return
	}
	if c.field.role != roleMessage {
		c.rank += 1000
	}
	w.texts.add(c)
}

// idRank tells what an ID field is likely to hold. It is false for spans' IDs
// and flags, which stand under the same names.
func idRank(path, inner string) (rank int, ok bool) {
	switch {
	case inner == "traceid", inner == "oteltraceid", inner == "trace", inner == "@tr", inner == "tracetraceid", inner == "contexttraceid":
		return rankTrace, true
	case strings.Contains(path, "ddtraceid"):
		return rankDatadog, true
	case strings.Contains(path, "traceparent"), strings.HasSuffix(path, "b3"), strings.Contains(path, "ubertraceid"), strings.Contains(path, "amzntrace"):
		return rankHeader, true
	case strings.Contains(path, "traceid"), strings.Contains(path, "traceheader"), strings.Contains(path, "ctxtrace"),
		path == "trace", strings.HasSuffix(path, "@tr"), strings.HasSuffix(path, "apiscomtrace"):
		return rankTraceLike, true
	case strings.Contains(path, "b3"), strings.HasSuffix(path, "spanid"):
		return 0, false
	case strings.Contains(path, "transactionid"):
		return rankTransaction, true
	}
	return rankCorrelation, true
}

// namedTrace reads the value of a field of trace IDs.
func namedTrace(c candidate) (trace.ID, bool) {
	text := strings.TrimSpace(string(c.text))
	switch {
	case !c.quote:
		return decimalTrace(text)
	case strings.Contains(text, "/traces/"): // Google's name of one
		return plainTrace(text[strings.LastIndexByte(text, '/')+1:], minCorrelation)
	case c.rank == rankHeader:
		return headerTrace(text)
	case c.field.decimal && len(text) <= maxDecimal && isDigits(text):
		return decimalTrace(text)
	}
	if id, ok := plainTrace(text, 1); ok {
		return id, true
	}
	return headerTrace(text)
}

// isHexDigits reports whether the text is so many of them.
func isHexDigits(text []byte, n int) bool {
	return len(text) == n && !bytes.ContainsFunc(text, func(r rune) bool { return r > 'f' || !isHexDigit(byte(r)) })
}

// minCorrelation is what a shorter number in a field of correlation IDs may be
// anything from.
const minCorrelation = 8

// correlationID reads a field of correlation IDs, zero for what is none.
func correlationID(c candidate) trace.ID {
	text := bytes.TrimSpace(c.text)
	if len(text) < minCorrelation || !bytes.ContainsAny(text, "0123456789") || c.rank == rankTransaction && isHexDigits(text, longForm) {
		return trace.ID{}
	}
	if id, ok := headerTrace(string(text)); ok && bytes.ContainsAny(text, ":-%") && len(text) != 36 {
		return id
	}
	id, err := trace.ParseID(string(text))
	if err != nil {
		return trace.ID{}
	}
	if !id.IsTrace() {
		return id
	}
	id = trace.ID{Hi: id.Hi, Lo: id.Lo} // without how it was typed
	if !slices.Contains(id.Forms(), strings.ToLower(string(text))) {
		return trace.ID{}
	}
	return id
}
