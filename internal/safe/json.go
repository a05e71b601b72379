package safe

import "unicode/utf8"

const hexDigits = "0123456789abcdef"

// AppendJSON appends s as a JSON string in which every character that could
// act on a terminal is escaped. Bytes that are no UTF-8 become U+FFFD.
func AppendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := literal(s, 0); i < len(s); i = literal(s, i) {
		c := s[i]
		if c < utf8.RuneSelf {
			b = append(b, s[start:i]...)
			b = appendEscaped(b, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if bad := r == utf8.RuneError && size == 1; bad || hostile(r) {
			b = append(b, s[start:i]...)
			b = appendUnicode(b, r)
			start = i + size
		}
		i += size
	}
	return append(append(b, s[start:]...), '"')
}

func appendEscaped(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return appendUnicode(b, rune(c))
}

// appendUnicode appends r as \uXXXX, as a surrogate pair beyond the basic plane.
func appendUnicode(b []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		return appendUnicode(appendUnicode(b, 0xd800+r>>10), 0xdc00+r&0x3ff)
	}
	return append(b, '\\', 'u', hexDigits[r>>12&0xf], hexDigits[r>>8&0xf], hexDigits[r>>4&0xf], hexDigits[r&0xf])
}

// AppendRawJSON appends a valid JSON text on one line, with every character
// that could act on a terminal escaped. In valid JSON such characters stand
// inside strings only, where an escape means the same.
func AppendRawJSON[T string | []byte](b []byte, raw T) []byte {
	start := 0
	for i := printable(raw, 0); i < len(raw); i = printable(raw, i) {
		r, size := utf8.DecodeRuneInString(string(raw[i:min(len(raw), i+utf8.UTFMax)]))
		switch {
		case raw[i] < 0x20: // white space between tokens
			b = append(append(b, raw[start:i]...), ' ')
			start = i + size
		case r == utf8.RuneError && size == 1, hostile(r):
			b = appendUnicode(append(b, raw[start:i]...), r)
			start = i + size
		}
		i += size
	}
	return append(b, raw[start:]...)
}
