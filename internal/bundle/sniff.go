package bundle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

// kind is what a file holds.
type kind uint8

const (
	kindOTLP   kind = iota // OTLP JSON, one object a line or any other way
	kindJaeger             // Jaeger's JSON, one document
	kindLogs               // one log a line
)

// sniff finds out what a single file holds, by the names in its first object.
func sniff(path string) (kind, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 64<<10)
	head, err := r.Peek(len(mark))
	switch {
	case len(head) == 0 && err != nil:
		return 0, fmt.Errorf("%w: the file is empty", ErrNoBundle)
	case bytes.HasPrefix(head, []byte("\x1f\x8b")), bytes.HasPrefix(head, []byte("PK")):
		return 0, fmt.Errorf("%w: it is an archive within an archive: unpack it and name what is in it", ErrNoBundle)
	case bytes.Equal(head, mark):
		_, _ = r.Discard(len(mark)) // it was just peeked at
	}
	s := sniffer{json.NewDecoder(r)}
	if kind, ok := s.document(); ok {
		return kind, nil
	}
	return 0, fmt.Errorf("%w: it does not begin as OTLP JSON, Jaeger's JSON or JSON logs", ErrNoBundle)
}

// A sniffer reads on until it knows.
type sniffer struct{ json *json.Decoder }

// document looks at the first value. JSON that breaks off is judged by what
// came before.
func (s sniffer) document() (k kind, ok bool) {
	switch t, _ := s.json.Token(); t {
	case json.Delim('['):
		if t, _ := s.json.Token(); t != json.Delim('{') {
			return 0, false
		}
		k, ok = s.object()
		return k, ok && k != kindLogs // they come one a line
	case json.Delim('{'):
		return s.object()
	}
	return 0, false
}

// object judges by the members of an object, which is a log when it is nothing
// else.
func (s sniffer) object() (k kind, ok bool) {
	jaeger := false
	bare := 0 // members of a trace that may have no spans
	for s.json.More() {
		t, err := s.json.Token()
		if err != nil {
			return 0, false
		}
		switch t {
		case "resourceSpans", "resource_spans":
			return kindOTLP, true
		case "_index", "_source":
			return kindLogs, true
		case "spans", "result", "data":
			if k, ok := s.inside(t.(string)); ok { // it equals one of these strings
				return k, true
			}
			jaeger = jaeger || t == "data"
			if t == "spans" {
				bare++
			}
			continue
		case "total", "limit", "offset", "errors":
		case "traceID", "processes":
			jaeger = false
			bare++
		default:
			jaeger = false
		}
		var skipped json.RawMessage
		if s.json.Decode(&skipped) != nil {
			return 0, false
		}
	}
	if _, err := s.json.Token(); err != nil {
		return 0, false
	}
	if jaeger || bare == 3 {
		return kindJaeger, true
	}
	return kindLogs, true
}

// inside looks into a member that Jaeger's JSON has, and logs may have too.
func (s sniffer) inside(name string) (k kind, ok bool) {
	var value json.RawMessage
	if name == "result" {
		if s.json.Decode(&value) != nil {
			return 0, false
		}
		return kindOTLP, bytes.Contains(value, []byte(`"resourceSpans"`)) || bytes.Contains(value, []byte(`"resource_spans"`))
	}
	switch t, _ := s.json.Token(); t {
	case json.Delim('['):
		return s.list()
	case json.Delim('{'):
		s.leave()
	}
	return 0, false
}

// list looks at the first element: a span, or a trace.
func (s sniffer) list() (k kind, ok bool) {
	defer s.leave()
	if !s.json.More() {
		return 0, false
	}
	switch t, _ := s.json.Token(); t {
	case json.Delim('{'):
		defer s.leave()
		for s.json.More() {
			t, _ := s.json.Token()
			if t == "traceID" || t == "spans" || t == "processes" || t == "spanID" {
				return kindJaeger, true
			}
			var skipped json.RawMessage
			if s.json.Decode(&skipped) != nil {
				break
			}
		}
	case json.Delim('['):
		s.leave()
	}
	return 0, false
}

// leave passes over what remains of the list or object at hand.
func (s sniffer) leave() {
	for depth := 1; depth > 0; {
		t, err := s.json.Token()
		if err != nil {
			return
		}
		switch t {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
	}
}
