package triage

import (
	"strings"
	"unicode/utf8"
)

// numbered gives each value a number, in the order in which they came.
type numbered[T comparable] struct {
	number map[T]int32
	list   []T
}

func (n *numbered[T]) of(v T) int32 {
	if i, ok := n.number[v]; ok {
		return i
	}
	if n.number == nil {
		n.number = make(map[T]int32)
	}
	i := int32(len(n.list))
	n.number[v] = i
	n.list = append(n.list, v)
	return i
}

// words are texts of which one copy each is kept. Number 0 is the empty one.
type words struct{ numbered[string] }

// longestWord is how much of a text is kept, in bytes.
const longestWord = 500

// of is the number of a text, of whose memory nothing is kept.
func (w *words) of(s string) int32 {
	s = clip(s, longestWord)
	if i, ok := w.number[s]; ok {
		return i
	}
	return w.numbered.of(strings.Clone(s))
}

// copyOf is a text in the memory of the copy that is kept.
func (w *words) copyOf(s string) string { return w.list[w.of(s)] }

// clip is as much of a text as has room, in whole runes.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// gist is the part of a message that is worth comparing: of several lines the
// first that holds any, or of a Python traceback the last, which names the
// error.
func gist(message string) string {
	const most = 4000
	message = strings.TrimSpace(message)
	first, rest, several := strings.Cut(message, "\n")
	if several && strings.HasPrefix(first, "Traceback (most recent") {
		first = strings.TrimSpace(rest[strings.LastIndexByte(rest, '\n')+1:])
	}
	return clip(strings.TrimRight(first, "\r "), most)
}

// steady is an operation without the IDs that its name should not hold: a
// number, a UUID or a long hexadecimal number between slashes becomes <*>.
func steady(operation string) string {
	if strings.IndexByte(operation, '/') < 0 {
		return operation
	}
	var b strings.Builder
	kept := 0
	for i := 0; i < len(operation); {
		end := i
		for end < len(operation) && operation[end] != '/' && operation[end] != ' ' && operation[end] != '?' {
			end++
		}
		if i > 0 && operation[i-1] == '/' && isID(operation[i:end]) {
			b.WriteString(operation[kept:i])
			b.WriteString("<*>")
			kept = end
		}
		i = end + 1
	}
	if kept == 0 {
		return operation
	}
	b.WriteString(operation[kept:])
	return b.String()
}

// isID reports whether a part of a path is a number or a long hexadecimal one.
func isID(s string) bool {
	digits, letters := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
			letters++
		case c != '-':
			return false
		}
	}
	return digits > 0 && (letters == 0 || digits+letters >= 12)
}
