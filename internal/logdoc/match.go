package logdoc

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A Matcher recognises one ID in every form in which logs may carry it. It is
// safe for use by several goroutines.
type Matcher struct {
	id    trace.ID
	forms []string        // every form, in lower case; a whole value may equal any
	text  []form          // those that are long enough to be believed within a text
	find  []finder        // endings that every form of text has one of
	short []form          // those that are believed only behind a key, such as trace_id=1a2b
	ids   map[string]bool // the team's own ID fields
}

// A form is one spelling as it is looked for within a text.
type form struct {
	lower string
	loose bool // dashes and underscores may stand next to it
}

// Forms shorter than this may be a part of some other ID.
const longForm = 16

// tailLen is how many last digits all hexadecimal forms share, at most: a
// UUID's last group.
const tailLen = 12

// NewMatcher prepares to recognise an ID.
func NewMatcher(id trace.ID) *Matcher {
	m := &Matcher{id: id}
	ends := make(map[string]bool)
	for _, f := range id.Forms() {
		f = asciiLower(f)
		m.forms = append(m.forms, f)
		it := form{lower: f, loose: len(f) >= longForm}
		if id.Short() && !it.loose {
			m.short = append(m.short, it)
			continue
		}
		m.text = append(m.text, it)
	}
	if n := int64(id.Lo); n < 0 { // as a database without unsigned numbers keeps it
		m.forms = append(m.forms, strconv.FormatInt(n, 10))
	}
	for _, f := range m.forms {
		ends[ending(f, m.shortest())] = true
	}
	for end := range ends {
		m.find = append(m.find, newFinder(end))
	}
	return m
}

// shortest is the length of the shortest form.
func (m *Matcher) shortest() int {
	n := tailLen
	for _, f := range m.forms {
		n = min(n, len(f))
	}
	return n
}

func ending(s string, n int) string { return s[max(0, len(s)-n):] }

// mayCarry is a quick and conservative look at a whole document: when it says
// no, no value carries the ID.
func (m *Matcher) mayCarry(doc []byte) bool {
	// A digit may be written as \u0031; opaque IDs may hold escaped characters.
	return m.mayHold(doc) || bytes.Contains(doc, []byte(`\u00`)) || !m.id.IsTrace() && bytes.IndexByte(doc, '\\') >= 0
}

func (m *Matcher) mayHold(text []byte) bool {
	for i := range m.find {
		if m.find[i].index(text) >= 0 {
			return true
		}
	}
	return false
}

// value reports how a field's value carries the ID.
func (m *Matcher) value(path []byte, base int, text []byte) (trace.Match, bool) {
	if !m.mayHold(text) {
		return 0, false
	}
	text = bytes.TrimSpace(text)
	own := ownID(m.ids, path, base)
	idField, foreign := own || idPath(string(path)), !own && foreignPath(string(path))
	if m.equals(text, idField) {
		if foreign {
			return trace.MatchText, true
		}
		return trace.MatchField, true
	}
	if !m.inText(text) {
		return 0, false
	}
	if idField && !foreign {
		return trace.MatchField, true
	}
	return trace.MatchText, true
}

// equals compares a whole value. Short forms count in ID fields only.
func (m *Matcher) equals(text []byte, idField bool) bool {
	for _, f := range m.forms {
		if len(f) == len(text) && equalFold(text, f) {
			return idField || !m.id.Short() || len(f) >= longForm
		}
	}
	return false
}

// inText looks for the ID as a word of its own.
func (m *Matcher) inText(text []byte) bool {
	for i := range m.find {
		f := &m.find[i]
		for from := 0; ; {
			at := f.index(text[from:])
			if at < 0 {
				break
			}
			end := from + at + len(f.lower)
			if m.endsAt(text, end) {
				return true
			}
			from += at + 1
		}
	}
	return false
}

// endsAt reports whether any form ends there, and is delimited.
func (m *Matcher) endsAt(text []byte, end int) bool {
	for _, f := range m.text {
		if start := end - len(f.lower); start >= 0 && equalFold(text[start:end], f.lower) && delimited(text, start, end, f.loose) {
			return true
		}
	}
	for _, f := range m.short {
		start := end - len(f.lower)
		if start >= 0 && equalFold(text[start:end], f.lower) && delimited(text, start, end, false) && keyed(text[:start]) {
			return true
		}
	}
	return false
}

// delimited reports whether text[start:end] is a word of its own. Letters
// that belong to an escape (%2C, \n, \u0022) delimit as what they stand for.
func delimited(text []byte, start, end int, loose bool) bool {
	if end < len(text) && isAlnum(text[end]) {
		return false
	}
	if !loose && end+1 < len(text) && joint(text[end]) && isAlnum(text[end+1]) {
		return false
	}
	if start == 0 || escaped(text[:start]) {
		return true
	}
	before := text[start-1]
	if isAlnum(before) {
		return false
	}
	return loose || start < 2 || !joint(before) || !isAlnum(text[start-2])
}

func joint(c byte) bool { return c == '-' || c == '_' }

// escaped reports whether the text ends with an escape sequence.
func escaped(before []byte) bool {
	n := len(before)
	switch {
	case n >= 3 && before[n-3] == '%' && isHexDigit(before[n-2]) && isHexDigit(before[n-1]):
		return true
	case n >= 2 && before[n-2] == '\\' && strings.IndexByte("nrtbf", before[n-1]) >= 0:
		return true
	}
	return n >= 6 && before[n-6] == '\\' && before[n-5] == 'u'
}

// keyed reports whether the text ends with an ID field's name and an equals
// sign or a colon.
func keyed(before []byte) bool {
	before = bytes.TrimRight(before, " \"'")
	if n := len(before); n == 0 || before[n-1] != '=' && before[n-1] != ':' {
		return false
	}
	before = bytes.TrimRight(before, "=: \"'")
	start := len(before)
	for start > 0 && (isWord(before[start-1]) || before[start-1] == '.' || before[start-1] == '-') {
		start--
	}
	return start < len(before) && idPath(string(appendCanonical(nil, before[start:])))
}

// equalFold compares with a text in lower case; equal lengths are the
// caller's business.
func equalFold(text []byte, lower string) bool {
	for i := range text {
		if fold(text[i]) != lower[i] {
			return false
		}
	}
	return true
}

func fold(c byte) byte {
	if c-'A' < 26 {
		return c + 'a' - 'A'
	}
	return c
}

func asciiLower(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] = fold(b[i])
	}
	return string(b)
}

// A finder looks for a text in any case, mostly skipping (Horspool's way).
type finder struct {
	lower string
	skip  [256]uint8
}

func newFinder(lower string) finder {
	f := finder{lower: lower}
	n := len(lower)
	for i := range f.skip {
		f.skip[i] = uint8(n)
	}
	for i := range n - 1 {
		c := lower[i]
		f.skip[c] = uint8(n - 1 - i)
		if c-'a' < 26 {
			f.skip[c-'a'+'A'] = uint8(n - 1 - i)
		}
	}
	return f
}

// index is where the text first occurs, or -1.
func (f *finder) index(b []byte) int {
	n := len(f.lower)
	last := f.lower[n-1]
	for i := n - 1; i < len(b); i += int(f.skip[b[i]]) {
		if fold(b[i]) == last && equalFold(b[i+1-n:i+1], f.lower) {
			return i + 1 - n
		}
	}
	return -1
}
