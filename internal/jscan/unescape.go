package jscan

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Unescape returns what a string's text between the quotes means. Text without
// escapes is returned as it is, not copied; invalid UTF-8 stays as it came.
func Unescape(s []byte) []byte {
	if bytes.IndexByte(s, '\\') < 0 {
		return s
	}
	return AppendUnescaped(make([]byte, 0, len(s)), s)
}

// AppendUnescaped appends what Unescape returns.
func AppendUnescaped(out, s []byte) []byte {
	for i := bytes.IndexByte(s, '\\'); i >= 0; i = bytes.IndexByte(s, '\\') {
		out = append(out, s[:i]...)
		s = s[i:]
		if len(s) < 2 {
			break
		}
		if s[1] != 'u' {
			out = append(out, simpleEscape(s[1]))
			s = s[2:]
			continue
		}
		r, n := unicodeEscape(s)
		out = utf8.AppendRune(out, r)
		s = s[n:]
	}
	return append(out, s...)
}

func simpleEscape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// unicodeEscape reads \uXXXX, or a surrogate pair of two, and how long it was.
func unicodeEscape(s []byte) (rune, int) {
	r := hex4(s)
	if r < 0 {
		return utf8.RuneError, min(len(s), 2)
	}
	if utf16.IsSurrogate(r) {
		if full := utf16.DecodeRune(r, hex4(s[6:])); full != utf8.RuneError {
			return full, 12
		}
		return utf8.RuneError, 6
	}
	return r, 6
}

// hex4 reads the four digits of the \u escape at the start of s, else -1.
func hex4(s []byte) rune {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range s[2:6] {
		switch {
		case !isHex(c):
			return -1
		case c <= '9':
			r = r<<4 | rune(c-'0')
		default:
			r = r<<4 | rune(c|0x20-'a'+10)
		}
	}
	return r
}
