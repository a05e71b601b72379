// Package safe makes text that came from elsewhere harmless to a terminal.
//
// Whatever a trace or a log holds was written by somebody else, and a terminal
// obeys what it is sent. Of turns every byte that could act on a terminal into
// something visible: C0 controls, DEL and C1 controls, the invisible format
// characters (bidi overrides, zero-width ones, tags), line and paragraph
// separators, and bytes that are no UTF-8. The renderers take a Text and never
// a string, so nothing gets past it. JSON keeps every character, escaped.
package safe

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is text on one line that cannot act on a terminal.
type Text struct{ s string }

// String returns the harmless text.
func (t Text) String() string { return t.s }

// Of makes s harmless. Plain text is returned as it is, without a copy.
func Of(s string) Text {
	i := firstHostile(s)
	if i < 0 {
		return Text{s}
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	b.WriteString(s[:i])
	for i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			writeByte(&b, s[i])
		case hostile(r):
			writeVisible(&b, r)
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return Text{b.String()}
}

// firstHostile returns the index of the first byte that Of would change, or -1.
func firstHostile(s string) int {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < 0x20 || c == 0x7f {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || hostile(r) {
			return i
		}
		i += size
	}
	return -1
}

// hostile reports whether r acts on a terminal, or hides, instead of showing.
func hostile(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0:
		return true
	case r < 0xad:
		return false
	}
	return r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Cf, r)
}

// writeVisible writes what stands for a hostile character: a space for a tab,
// the control pictures of Unicode for C0, and the code point for the rest.
func writeVisible(b *strings.Builder, r rune) {
	switch {
	case r == '\t':
		b.WriteByte(' ')
	case r == '\n':
		b.WriteRune('⏎')
	case r < 0x20:
		b.WriteRune('␀' + r)
	case r == 0x7f:
		b.WriteRune('␡')
	default:
		b.WriteString("<U+")
		writeHex(b, uint32(r), 4)
		b.WriteByte('>')
	}
}

func writeByte(b *strings.Builder, c byte) {
	b.WriteString(`\x`)
	writeHex(b, uint32(c), 2)
}

// writeHex writes v in upper-case hex with at least the given digits.
func writeHex(b *strings.Builder, v uint32, digits int) {
	for shift := 28; shift >= 0; shift -= 4 {
		if shift < 4*digits || v>>shift != 0 {
			b.WriteByte("0123456789ABCDEF"[v>>shift&0xf])
		}
	}
}
