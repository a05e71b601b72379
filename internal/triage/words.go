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
