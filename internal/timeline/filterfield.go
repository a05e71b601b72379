package timeline

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/trace"
)

// A Field asks for a value under a key: of a span's attributes or its
// resource's, an event's, a log's document. A key is met by itself and by longer
// ones that end in it, from a dot on or from a level of the document:
// status_code also asks for http.response.status_code. Spellings that
// trace.Canonical takes for one are one.
type Field struct {
	key    string // canonical
	values []Pattern
	low    float64 // where values is nil
	high   float64
	text   string // where this stands in a row, the row meets it, too
}

// NewField asks for a value that matches a pattern, whole; or, where it is given
// as a beginning, one that begins with it, or a word of which does. A row that
// says the text meets the field also without the key; "" is none.
func NewField(key, value string, begins bool, text string) Field {
	f := Field{key: trace.Canonical(key), values: []Pattern{NewPattern(value)}, text: text}
	if begins {
		f.values = []Pattern{NewPattern(value + "*"), NewPattern("* " + value + "*")}
	}
	return f
}

// NewNumberField asks for a number from low to high, both included.
func NewNumberField(key string, low, high float64, text string) Field {
	return Field{key: trace.Canonical(key), low: low, high: high, text: text}
}

func (f *Field) isMet(r *Row) bool {
	met := f.text != "" && r.says(phrase(f.text))
	for v := range r.values(f.key, func(name string) bool { return means(name, f.key) }) {
		if met {
			return true
		}
		met = f.takes(v)
	}
	return met
}

// takes reports whether a value is one that is asked for.
func (f *Field) takes(value string) bool {
	if f.values != nil {
		return anyMatches(f.values, value)
	}
	n, err := strconv.ParseFloat(value, 64)
	return err == nil && n >= f.low && n <= f.high && !math.IsNaN(n)
}

// values goes through what the row's record has under a canonical key, which is
// what an attribute's name means or does not.
func (r *Row) values(key string, is func(name string) bool) iter.Seq[string] {
	return func(yield func(string) bool) {
		switch {
		case key == "":
		case r.Kind == KindLog:
			w := fieldWalk{r: jscan.NewReader(r.Log.Document), key: key, yield: yield}
			w.value()
		case r.Kind == KindEvent:
			eachValue(r.Event.Attributes, is, yield)
		case r.Span != nil:
			_ = eachValue(r.Span.Attributes, is, yield) && eachValue(r.Span.Resource.Attributes, is, yield)
		}
	}
}

func eachValue(attrs []trace.Attribute, is func(name string) bool, yield func(string) bool) bool {
	for i := range attrs {
		if is(attrs[i].Key) && !yield(attrs[i].Value.Text()) {
			return false
		}
	}
	return true
}

// means reports whether a name, or its end from a dot on, is the canonical key.
func means(name, key string) bool {
	var room [96]byte
	var at [12]int
	path, starts := appendPath(room[:0], at[:0], name)
	return endsIn(path, starts, key)
}

// endsIn reports whether a path ends in the key, from one of its starts on.
func endsIn(path []byte, starts []int, key string) bool {
	from := len(path) - len(key)
	if from < 0 || string(path[from:]) != key {
		return false
	}
	return from == 0 || slices.Contains(starts, from)
}

// appendPath appends a name as trace.Canonical has it, and where the parts
// begin that follow dots.
func appendPath[T string | []byte](path []byte, starts []int, name T) ([]byte, []int) {
	mark, before := len(path), len(starts)
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 0x80: // letters that case knows otherwise
			path, starts = path[:mark], starts[:before]
			for part := range strings.SplitSeq(string(name), ".") {
				starts = append(starts, len(path))
				path = append(path, trace.Canonical(part)...)
			}
			return path, starts
		case c == '.':
			starts = append(starts, len(path))
		case c == '-' || c == '_' || c == '/':
		default:
			path = append(path, lower(c))
		}
	}
	return path, starts
}

// A fieldWalk looks for a key in a document.
type fieldWalk struct {
	r      jscan.Reader
	key    string
	path   []byte
	starts []int // where the parts of the path begin
	depth  int
	yield  func(string) bool
	done   bool
}

// deepestField is how deep documents are looked into.
const deepestField = 100

func (w *fieldWalk) value() {
	w.depth++
	switch c := w.r.Peek(); {
	case w.depth > deepestField:
		w.r.Skip()
	case c == '{':
		w.object()
	case c == '[':
		for ok := w.r.FirstElem(); ok && !w.done; ok = w.r.NextElem() {
			w.value()
		}
	default:
		w.scalar(c)
	}
	w.depth--
}

func (w *fieldWalk) object() {
	mark, before := len(w.path), len(w.starts)
	for key, ok := w.r.FirstKey(); ok && !w.done; key, ok = w.r.NextKey() {
		w.starts = append(w.starts, mark)
		w.path, w.starts = appendPath(w.path, w.starts, jscan.Unescape(key))
		w.value()
		w.path, w.starts = w.path[:mark], w.starts[:before]
	}
}

func (w *fieldWalk) scalar(first byte) {
	text := w.r.Scalar()
	if text == nil || len(w.path) == 0 || !endsIn(w.path, w.starts, w.key) {
		return
	}
	if first == '"' {
		text = jscan.Unescape(text)
	}
	w.done = !w.yield(string(text))
}
