package bundle

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/otlp"
	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

// appendHit appends a log as the hit that it was, but for the closing brace. A
// document that is no single line of JSON is made one.
func appendHit(b []byte, l *trace.Log) []byte {
	b = append(b, '{')
	if l.Index != "" {
		b = append(safe.AppendJSON(append(b, `"_index":`...), l.Index), ',')
	}
	if l.DocID != "" {
		b = append(safe.AppendJSON(append(b, `"_id":`...), l.DocID), ',')
	}
	b = append(b, `"_source":`...)
	switch doc := bytes.TrimSpace(l.Document); {
	case len(doc) == 0:
		return append(b, "null"...)
	case !isJSON(doc) || !utf8.Valid(doc):
		return safe.AppendJSON(b, string(doc))
	case bytes.ContainsAny(doc, "\r\n"):
		return append(b, bytes.Map(oneLine, doc)...)
	default:
		return append(b, doc...)
	}
}

// oneLine makes blanks of line ends, which in JSON stand between its tokens
// only.
func oneLine(r rune) rune {
	if r == '\n' || r == '\r' {
		return ' '
	}
	return r
}

// noteMember comes before a line's note. Within a string its quotes would be
// escaped.
const noteMember = `,"otrace":`

// noteOf finds a line's note, which is the last member of its object.
func noteOf(line []byte) (text []byte, ok bool) {
	if within, whole := bytes.CutSuffix(bytes.TrimSpace(line), []byte("}")); !whole || !bytes.HasSuffix(bytes.TrimSpace(within), []byte("}")) {
		return nil, false // most lines of spans: they are long
	}
	at := bytes.LastIndex(line, []byte(noteMember))
	if at < 0 {
		return nil, false
	}
	r := jscan.NewReader(line[at+len(noteMember):])
	text = r.Skip()
	rest := bytes.TrimSpace(line[at+len(noteMember)+r.Offset():])
	return text, r.Err() == nil && len(text) > 0 && text[0] == '{' && string(rest) == "}"
}

// readNote reads a line's note. ok is false for one that cannot be read.
func readNote(line []byte) (n note, ok bool) {
	text, has := noteOf(line)
	if !has {
		return n, true
	}
	return n, json.Unmarshal(text, &n) == nil
}

// again reports whether a line says that it repeats what came before it.
func again(line []byte) bool {
	text, ok := noteOf(line)
	return ok && bytes.Contains(text[:min(len(text), 60)], []byte(`"again":true`))
}

// decodeLine reads a line of spans that was just written.
func decodeLine(line []byte) []trace.Span {
	spans, err := otlp.AppendJSON(nil, line)
	if err != nil {
		return nil
	}
	return spans
}

// appendLineOf appends the spans of a line of OTLP JSON as its note tells them.
func appendLineOf(dst []trace.Span, line []byte) ([]trace.Span, error) {
	from := len(dst)
	dst, err := otlp.AppendJSON(dst, line)
	n, ok := readNote(line)
	if !ok || n.Spans == nil && n.Order == nil {
		return dst, err
	}
	return append(dst[:from], n.restore(dst[from:])...), err
}

// restore returns the spans of a line as they were saved, in their order.
func (n *note) restore(spans []trace.Span) []trace.Span {
	size := len(spans)
	for at := range n.Spans {
		if size = max(size, at+1); at < 0 || at >= mostInLine {
			return spans
		}
	}
	whole := make([]trace.Span, size)
	copy(whole, spans)
	for at, e := range n.Spans {
		whole[at] = e.span(whole[at].Resource)
	}
	for i := range whole {
		if whole[i].Resource == nil { // neither in the line nor in its note
			return spans
		}
	}
	return inOrder(whole, n.Order)
}

// inOrder puts spans where they stood; an order that is none changes nothing.
func inOrder(spans []trace.Span, order []int) []trace.Span {
	if len(order) != len(spans) {
		return spans
	}
	put := make([]bool, len(spans))
	sorted := make([]trace.Span, len(spans))
	for i, at := range order {
		if at < 0 || at >= len(spans) || put[at] {
			return spans
		}
		put[at], sorted[at] = true, spans[i]
	}
	return sorted
}
