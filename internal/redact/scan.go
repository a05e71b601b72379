package redact

import (
	"bytes"
	"strings"
)

// A scan goes through one text, once. It stops at the bytes that any secret has
// in it, looks around each, and copies only when it found one.
type scan struct {
	r    *Redactor
	text []byte
	out  []byte // text[:kept] without the secrets
	kept int

	noCards bool // what looks like a card's number is an ID or a time
}

// stops are the bytes at which something may be: a digit begins a card, the
// rest stand within what they make recognisable.
var stops = func() (stops [256]bool) {
	for _, c := range []byte("0123456789@:=JIgBb-") {
		stops[c] = true
	}
	return stops
}()

func (s *scan) run() {
	text := s.text
	for i := 0; i < len(text); {
		if !stops[text[i]] {
			i++
			continue
		}
		i = max(i+1, s.at(i))
	}
}

// at looks at a byte and returns where to go on.
func (s *scan) at(i int) int {
	switch c := s.text[i]; c {
	case '@':
		return s.email(i)
	case ':', '=':
		return s.named(i)
	case 'J':
		return s.jwt(i)
	case 'I':
		return s.cloudKey(i)
	case 'B', 'b':
		return s.credentials(i)
	case '-':
		return s.pem(i)
	case 'g':
		return s.forgeToken(i)
	default:
		return s.card(i)
	}
}

// take replaces text[from:to] and returns where it ended.
func (s *scan) take(kind string, from, to int) int {
	if from < s.kept { // it begins within another secret
		from = s.kept
	}
	if from >= to {
		return to
	}
	s.out = append(s.out, s.text[s.kept:from]...)
	s.out = s.r.instead(s.out, kind, s.text[from:to])
	s.kept = to
	return to
}

func (s *scan) card(i int) int {
	end, past := cardAt(s.text, i)
	if end == 0 || s.noCards || s.r.kept(s.text[i:end]) || s.exempt(i) {
		return past
	}
	return s.take(Card, i, end)
}

// exempt reports whether what begins there stands behind the name of an ID or a
// time.
func (s *scan) exempt(i int) bool {
	before := bytes.TrimRight(s.text[max(0, i-80):i], " \"'\\")
	if n := len(before); n == 0 || before[n-1] != '=' && before[n-1] != ':' {
		return false
	}
	return s.r.judge(nameBefore(bytes.TrimRight(before, "=:"))) == exempt
}

// email takes the address around an at sign.
func (s *scan) email(i int) int {
	from := i
	for from > s.kept && i-from < 64 && isLocal(s.text[from-1]) {
		from--
	}
	for from < i && (s.text[from] == '.' || s.text[from] == '-') {
		from++
	}
	to, dot := i+1, 0
	for to < len(s.text) && to-i < 254 && (isAlnum(s.text[to]) || s.text[to] == '-' || s.text[to] == '.') {
		if s.text[to] == '.' {
			dot = to
		}
		to++
	}
	for to > i+1 && (s.text[to-1] == '.' || s.text[to-1] == '-') { // a sentence's end
		if to--; to == dot {
			dot = bytes.LastIndexByte(s.text[i:to], '.') + i
		}
	}
	domain := s.text[i+1 : to]
	if from == i || dot <= i+1 || !isTop(s.text[dot+1:to]) || len(domain) > 1 && isDigit(domain[0]) && domain[1] == 'x' { // an image @2x
		return i + 1
	}
	return s.take(Email, from, to)
}

func isLocal(c byte) bool {
	return isAlnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-' || c >= 0x80
}

// isTop reports whether a name can be a top-level domain.
func isTop(name []byte) bool {
	for _, c := range name {
		if !isLetter(c) {
			return false
		}
	}
	return len(name) >= 2 && len(name) <= 24
}

// named takes the password of a URL, and the value of a name that names a secret.
func (s *scan) named(i int) int {
	if bytes.HasPrefix(s.text[i:], []byte("://")) {
		return s.url(i + 3)
	}
	name := nameBefore(s.text[max(s.kept, i-70):i])
	if len(name) < 3 || s.r.judge(name) != secret {
		return i + 1
	}
	from, to := s.valueAt(i + 1)
	if to-from < 3 || dull(s.text[from:to]) {
		return i + 1
	}
	if endsWith(name, "pwd") && s.text[from] == '/' { // the working folder
		return i + 1
	}
	return s.take(Secret, from, to)
}

// endsWith compares without case; the suffix is in lower case.
func endsWith(name []byte, suffix string) bool {
	return len(name) >= len(suffix) && bytes.EqualFold(name[len(name)-len(suffix):], []byte(suffix))
}

// dull reports whether a value tells that there is none, or was taken out.
func dull(value []byte) bool {
	switch string(bytes.ToLower(value)) {
	case "null", "nil", "none", "true", "false", "undefined", "empty":
		return true
	}
	return len(bytes.Trim(value, "*")) == 0 || bytes.HasPrefix(value, []byte("[redacted")) || bytes.HasPrefix(value, []byte("[REDACTED"))
}

// valueAt finds the value behind a name's sign: a quoted text to its end, a
// cookie or an authorization to the end of the line, anything else to the next
// blank or separator.
func (s *scan) valueAt(i int) (from, to int) {
	text := s.text
	for i < len(text) && (text[i] == ' ' || text[i] == '=' || text[i] == '>') {
		i++
	}
	escaped := i+1 < len(text) && text[i] == '\\' && (text[i+1] == '"' || text[i+1] == '\'')
	if escaped {
		i++
	}
	if i < len(text) && (text[i] == '"' || text[i] == '\'') {
		return quotedAt(text, i, escaped)
	}
	from = i
	for i < len(text) && strings.IndexByte(" \t\r\n,;&|)]}\"'<>\\", text[i]) < 0 {
		i++
	}
	word := text[from:i]
	if isScheme(word) && i < len(text) && text[i] == ' ' { // Authorization: Bearer …
		return s.valueAt(i + 1)
	}
	return from, i
}

// isScheme reports whether a word says how the credentials behind it are meant.
func isScheme(word []byte) bool {
	for _, scheme := range [...]string{"bearer", "basic", "apikey", "token", "digest", "negotiate"} {
		if bytes.EqualFold(word, []byte(scheme)) {
			return true
		}
	}
	return false
}

// quotedAt is what stands between the quote at i and the next one like it.
func quotedAt(text []byte, i int, escaped bool) (from, to int) {
	quote := text[i]
	from = i + 1
	for to = from; to < len(text); to++ {
		switch {
		case text[to] == '\\' && to+1 < len(text) && (!escaped || text[to+1] != quote):
			to++
		case text[to] == quote:
			return from, to
		case escaped && text[to] == '\\':
			return from, to
		}
	}
	return from, min(to, len(text))
}

// url takes the password between the name and the host.
func (s *scan) url(i int) int {
	colon := 0
	for j := i; j < len(s.text) && j-i < 512; j++ {
		switch c := s.text[j]; {
		case c == '@' && colon > 0:
			return s.take(Password, colon+1, j)
		case c == '@' && j-i >= 16: // a token in a name's place
			return s.take(Password, i, j)
		case c == ':' && colon == 0:
			colon = j
		case c <= ' ' || c == '/' || c == '?' || c == '#' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '@':
			return i
		}
	}
	return i
}
