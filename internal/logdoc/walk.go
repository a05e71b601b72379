package logdoc

import (
	"bytes"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/trace"
)

// Ranks are shifted by where a field stands: a program's own record inside a
// string outranks what a collector wrote around it, and a name inside a wrapper
// gives way to the same at the top.
const (
	wrapped    = 50
	inside     = -1000
	headerRank = 900 // of a span that stands beside the ID, in one value
	original   = 500 // event.original repeats what its document says in parts
	maxNesting = 4   // records inside records; more is an attack
)

// A candidate is a value that may fill a role.
type candidate struct {
	field fieldRole
	rank  int
	text  []byte
	quote bool // written as a string
}

// candidates are a role's, in the order they came. Six are plenty.
type candidates struct {
	n    int
	list [6]candidate
}

func (c *candidates) add(v candidate) {
	if c.n < len(c.list) {
		c.list[c.n] = v
		c.n++
		return
	}
	worst := 0
	for i := range c.list {
		if c.list[i].rank > c.list[worst].rank {
			worst = i
		}
	}
	if v.rank < c.list[worst].rank {
		c.list[worst] = v
	}
}

// best is the best candidate; of equals the first.
func (c *candidates) best() (candidate, bool) {
	if c.n == 0 {
		return candidate{}, false
	}
	return c.list[c.bestAt()], true
}

func (c *candidates) bestAt() int {
	best := 0
	for i := range c.n {
		if c.list[i].rank < c.list[best].rank {
			best = i
		}
	}
	return best
}

// pop takes the best candidate out.
func (c *candidates) pop() (candidate, bool) {
	if c.n == 0 {
		return candidate{}, false
	}
	best := c.bestAt()
	v := c.list[best]
	c.n--
	copy(c.list[best:c.n], c.list[best+1:c.n+1])
	return v, true
}

// A walker visits every value of a document once, and notes those with a role
// and whether any carries the ID.
type walker struct {
	path    []byte // canonical, of the value being read
	base    int    // where the path begins behind its wrappers
	nesting int
	shift   int // of the ranks, by nesting
	roles   [roleCount]candidates
	serilog bool // has @t or @mt: a compact event, whose level is absent when it is Information

	own map[string]fieldRole // the team's own names
	ids map[string]bool      // those of ID fields

	matcher *Matcher
	found   bool
	match   trace.Match

	filter *Filter
	held   []held // the filter's conditions

	wanted bool       // the document's own ID
	named  candidates // the values of ID fields, the likeliest first
	texts  candidates // where an ID may stand behind a key
	opaque trace.ID   // that a field of trace IDs holds

	errors    bool                  // what the document says of an error
	ownErrors map[string]errorField // the team's own names for that
}

// document walks a whole document and reports whether it was sound JSON.
func (w *walker) document(doc []byte, m *Matcher) bool {
	w.path, w.base, w.nesting, w.shift, w.serilog = w.path[:0], 0, 0, 0, false
	w.matcher, w.found, w.match = m, false, trace.MatchField
	w.named.n, w.texts.n = 0, 0
	clear(w.held)
	for i := range w.roles {
		w.roles[i].n = 0
	}
	r := jscan.NewReader(doc)
	w.value(&r)
	return r.End()
}

// asText forgets what a document showed before it broke: it is a text.
func (w *walker) asText(text string) {
	w.named.n, w.texts.n = 0, 0
	w.texts.add(candidate{text: []byte(text)})
	clear(w.held)
	for _, r := range [...]role{roleErrorType, roleErrorReason, roleErrorStack} {
		w.roles[r].n = 0
	}
	if w.filter != nil {
		w.path, w.base = w.path[:0], 0
		w.test([]byte(text), true)
	}
}

func (w *walker) value(r *jscan.Reader) {
	switch c := r.Peek(); c {
	case '{':
		w.object(r)
	case '[':
		if w.errors && w.frames(r) {
			return
		}
		for ok := r.FirstElem(); ok; ok = r.NextElem() {
			w.value(r)
		}
	default:
		if text := r.Scalar(); text != nil {
			w.scalar(text, c == '"')
		}
	}
}

func (w *walker) object(r *jscan.Reader) {
	mark, base, shift := len(w.path), w.base, w.shift
	for key, ok := r.FirstKey(); ok; key, ok = r.NextKey() {
		w.enter(jscan.Unescape(key), r.Peek() == '{')
		w.value(r)
		w.path, w.base, w.shift = w.path[:mark], base, shift
	}
}

// enter appends a key to the path, minding that a dotted key is a path itself.
// Only what holds more keys can be a wrapper.
func (w *walker) enter(key []byte, isObject bool) {
	for i := bytes.IndexByte(key, '.'); i >= 0; i = bytes.IndexByte(key, '.') {
		w.path = appendCanonical(w.path, key[:i])
		w.unwrap()
		key = key[i+1:]
	}
	w.path = appendCanonical(w.path, key)
	if isObject {
		w.unwrap()
	}
}

// unwrap moves the base behind a path that is a wrapper.
func (w *walker) unwrap() {
	if wrappers[string(w.path[w.base:])] {
		if records[string(w.path[w.base:])] {
			w.shift += inside
		}
		w.base = len(w.path)
	}
}

var dot = []byte(".")

// role looks the path up, whole and then behind its wrappers; the team's own
// names come first.
func (w *walker) role() (fieldRole, int) {
	if w.own != nil {
		if f, ok := w.ownRole(); ok {
			return f, int(f.rank)
		}
	}
	if f, ok := roles[string(w.path)]; ok {
		return f, int(f.rank)
	}
	if w.base > 0 {
		if f, ok := roles[string(w.path[w.base:])]; ok {
			return f, int(f.rank) + wrapped
		}
	}
	return fieldRole{}, 0
}

func (w *walker) ownRole() (fieldRole, bool) {
	if f, ok := w.own[string(w.path)]; ok {
		return f, true
	}
	f, ok := w.own[string(w.path[w.base:])]
	return f, ok
}

// ownID reports whether the field is one of the team's own ID fields.
func ownID(ids map[string]bool, path []byte, base int) bool {
	return ids != nil && (ids[string(path)] || ids[string(path[base:])])
}

func (w *walker) scalar(text []byte, quote bool) {
	if quote {
		text = jscan.Unescape(text)
	} else if c := text[0]; c == 'n' || c == 't' || c == 'f' {
		if w.filter != nil && c != 'n' {
			w.test(text, quote)
		}
		return
	}
	f, rank := w.role()
	if f.scale == scaleWord && len(text) > 0 && isDigit(text[0]) {
		f = fieldRole{role: roleStatus}
	}
	// Whatever holds JSON is read as if it stood there itself.
	nested := quote && (f.nested || w.matcher != nil || w.filter != nil || w.wanted) && w.nest(text, f)
	if w.matcher != nil && !nested {
		w.carries(text)
	}
	if w.filter != nil && !nested {
		w.test(text, quote)
	}
	if w.errors && quote && !nested {
		w.errorPart(text)
	}
	if w.wanted && !nested {
		w.name(candidate{field: f, rank: rank, text: text, quote: quote})
	}
	if f.role == roleNone && quote && namesSpan(text) && w.isOwnID() {
		f, rank = fieldRole{role: roleSpan}, headerRank
	}
	if f.role == roleNone || len(text) == 0 {
		return
	}
	w.serilog = w.serilog || w.path[0] == '@' && (string(w.path) == "@t" || string(w.path) == "@mt")
	if f.role == roleMessage && string(w.path[w.base:]) == "@mt" {
		w.roles[roleTemplate].add(candidate{text: text, quote: quote})
	}
	if f.role == roleMessage && !quote {
		return
	}
	w.roles[f.role].add(candidate{field: f, rank: w.shifted(f.role, rank), text: text, quote: quote})
}

// isOwnID reports whether the value is in a field of the log's own ID.
func (w *walker) isOwnID() bool {
	return ownID(w.ids, w.path, w.base) || idPath(string(w.path)) && !foreignPath(string(w.path))
}

// shifted lets the inner record win where the program knows best; for its
// place (host, pod, service) the collector's word stands as the table says.
func (w *walker) shifted(r role, rank int) int {
	switch r {
	case roleTime, roleLevel, roleMessage, roleSpan, roleTemplate:
		return rank + w.shift
	}
	return rank
}

// nest reads a record that was logged as text.
func (w *walker) nest(text []byte, f fieldRole) bool {
	start := bytes.IndexByte(text, '{')
	if w.nesting >= maxNesting || start < 0 || !leadsIn(text[:start]) || !isJSON(text[start:]) {
		return false
	}
	path, base, shift, serilog := w.path, w.base, w.shift, w.serilog
	var held *[roleCount]candidates
	switch {
	case !f.nested: // a string elsewhere, such as a payload: read for its IDs only
		held = new(w.roles)
	case string(path[base:]) == "eventoriginal":
		w.shift += original
	default:
		w.shift += inside
	}
	w.path, w.base = make([]byte, 0, 64), 0
	w.nesting++
	r := jscan.NewReader(text[start:])
	w.value(&r)
	w.nesting--
	w.path, w.base, w.shift = path, base, shift
	if held != nil {
		w.roles, w.serilog = *held, serilog
	}
	return true
}

// leadsIn reports whether a record may begin behind the text: nothing, or what
// a container runtime writes before each line, "2024-05-01T10:00:00Z stdout F ".
func leadsIn(before []byte) bool {
	return len(bytes.TrimSpace(before)) == 0 || bytes.HasSuffix(before, []byte(" stdout F ")) || bytes.HasSuffix(before, []byte(" stderr F "))
}

func isJSON(text []byte) bool {
	r := jscan.NewReader(text)
	r.Skip()
	return r.End()
}

// carries notes the surest way in which the ID was found.
func (w *walker) carries(text []byte) {
	if w.found && w.match == trace.MatchField {
		return
	}
	match, ok := w.matcher.value(w.path, w.base, text)
	if !ok {
		return
	}
	if !w.found || match == trace.MatchField {
		w.match = match
	}
	w.found = true
}
