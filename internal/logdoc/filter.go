package logdoc

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A Filter recognises the logs that fulfil conditions. A condition holds when a
// field of that name, whole or behind a wrapper, has that value; when a text
// names the value behind the key, as order_id=17 or "Order #17" do; and, where
// it asks for errors, when the log's level is error or worse. A Filter is safe
// for use by several goroutines.
type Filter struct {
	conditions []condition
	service    string // the log's own, "" for any
}

// A condition is one as it is looked for.
type condition struct {
	key    string // canonical
	noun   string // the key without "id", or ""
	value  string
	level  bool // errors fulfil it
	number bool // the value may be spelled otherwise as a number
	plain  bool // a document that fulfils it holds the value as it stands here
}

// held says how surely a condition was found to hold.
type held uint8

const (
	heldNot held = iota
	heldByText
	heldByField
)

// NewFilter prepares to recognise logs of the service that fulfil all
// conditions; of any service when it is "".
func NewFilter(conditions []trace.Condition, service string) *Filter {
	f := &Filter{service: service}
	for _, c := range conditions {
		f.conditions = append(f.conditions, newCondition(c))
	}
	return f
}

func newCondition(c trace.Condition) condition {
	it := condition{key: string(appendCanonical(nil, []byte(c.Key))), value: c.Value, level: c.AsksForError()}
	if noun, ok := strings.CutSuffix(it.key, "id"); ok && len(noun) >= 3 {
		it.noun = noun
	}
	if _, err := strconv.ParseFloat(c.Value, 64); err == nil {
		it.number = strings.ContainsAny(c.Value, ".eE")
	}
	it.plain = !it.level && !it.number && !strings.ContainsFunc(c.Value, escapable)
	return it
}

// escapable reports whether JSON may write a character otherwise than as it
// is, beside \u0041.
func escapable(r rune) bool {
	return r < ' ' || r > '~' || strings.ContainsRune(`"\/`, r)
}

// NewFilterParser makes a parser that takes the documents that fulfil the
// filter. Their logs' Match is MatchText when any condition holds by text only.
func NewFilterParser(f *Filter) *Parser {
	p := NewParser(nil)
	p.walk.filter = f
	p.walk.held = make([]held, len(f.conditions))
	return p
}

// mayFulfil is a quick and conservative look at a whole document.
func (f *Filter) mayFulfil(doc []byte) bool {
	for i := range f.conditions {
		if c := &f.conditions[i]; c.plain && !bytes.Contains(doc, []byte(c.value)) && !bytes.Contains(doc, []byte(`\u`)) {
			return false
		}
	}
	return true
}

// test notes which conditions a value fulfils.
func (w *walker) test(text []byte, quote bool) {
	for i := range w.filter.conditions {
		c := &w.filter.conditions[i]
		switch {
		case w.held[i] == heldByField:
		case (string(w.path) == c.key || string(w.path[w.base:]) == c.key) && c.equals(text, quote):
			w.held[i] = heldByField
		case quote && w.held[i] == heldNot && c.inText(text):
			w.held[i] = heldByText
		}
	}
}

// equals compares a whole value. The number 17 is also written 17.0.
func (c *condition) equals(text []byte, quote bool) bool {
	if string(text) == c.value || string(bytes.TrimSpace(text)) == c.value {
		return true
	}
	if quote || c.value == "" {
		return false
	}
	if c.number {
		n, err := strconv.ParseFloat(string(text), 64)
		want, _ := strconv.ParseFloat(c.value, 64) // it was one when the filter was made
		return err == nil && n == want
	}
	zeros, ok := bytes.CutPrefix(text, []byte(c.value+"."))
	return ok && len(bytes.Trim(zeros, "0")) == 0
}

// fulfilled reports whether a log that was read fulfils everything, and notes
// how.
func (f *Filter) fulfilled(l *trace.Log, by []held) bool {
	if f.service != "" && l.Origin.Service != f.service {
		return false
	}
	for i := range f.conditions {
		switch {
		case by[i] == heldByField:
		case f.conditions[i].level && l.Level >= trace.LevelError:
		case by[i] == heldByText:
			l.Match = trace.MatchText
		default:
			return false
		}
	}
	return true
}

// SameField reports whether a field of this dotted name is what a key means:
// the same but for its spelling, whole or behind wrappers.
func SameField(name, key string) bool {
	var w walker
	w.enter([]byte(name), false)
	canonical := string(appendCanonical(nil, []byte(key)))
	return canonical != "" && (string(w.path) == canonical || string(w.path[w.base:]) == canonical)
}
