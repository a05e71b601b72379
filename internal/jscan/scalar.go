package jscan

import (
	"encoding/binary"
	"math/bits"
)

// Scalar reads a string, number, true, false or null, and returns it as it is
// written; a string without its quotes. It returns nil on a fault.
func (r *Reader) Scalar() []byte {
	switch c := r.Peek(); c {
	case '"':
		return r.str()
	case 't':
		return r.word("true")
	case 'f':
		return r.word("false")
	case 'n':
		return r.word("null")
	default:
		return r.number()
	}
}

func (r *Reader) word(w string) []byte {
	start := r.pos
	for i := range len(w) {
		if r.pos >= len(r.buf) || r.buf[r.pos] != w[i] {
			r.fail("unknown word")
			return nil
		}
		r.pos++
	}
	return r.buf[start:r.pos:r.pos]
}

func (r *Reader) number() []byte {
	start := r.pos
	if r.at0('-') {
		r.pos++
	}
	if r.at0('0') {
		r.pos++
	} else if !r.digits() {
		return nil
	}
	if r.at0('.') {
		r.pos++
		if !r.digits() {
			return nil
		}
	}
	if r.at0('e') || r.at0('E') {
		r.pos++
		if r.at0('+') || r.at0('-') {
			r.pos++
		}
		if !r.digits() {
			return nil
		}
	}
	return r.buf[start:r.pos:r.pos]
}

func (r *Reader) at0(c byte) bool { return r.pos < len(r.buf) && r.buf[r.pos] == c }

// digits reads at least one.
func (r *Reader) digits() bool {
	start := r.pos
	for r.pos < len(r.buf) && r.buf[r.pos]-'0' < 10 {
		r.pos++
	}
	if r.pos == start {
		r.fail("unexpected character")
		return false
	}
	return true
}

// str reads a string from its opening quote.
func (r *Reader) str() []byte {
	r.pos++
	start := r.pos
	r.escaped = false
	for {
		r.pos += plain(r.buf[r.pos:])
		if r.pos >= len(r.buf) {
			r.fail("unexpected end")
			return nil
		}
		switch r.buf[r.pos] {
		case '"':
			r.pos++
			return r.buf[start : r.pos-1 : r.pos-1]
		case '\\':
			if !r.escape() {
				return nil
			}
		default:
			r.fail("control character in a string")
			return nil
		}
	}
}

func (r *Reader) escape() bool {
	r.escaped = true
	r.pos++
	if r.pos >= len(r.buf) {
		r.fail("unexpected end")
		return false
	}
	switch r.buf[r.pos] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		r.pos++
		return true
	case 'u':
		r.pos++
		for range 4 {
			if r.pos >= len(r.buf) || !isHex(r.buf[r.pos]) {
				r.fail("bad escape")
				return false
			}
			r.pos++
		}
		return true
	}
	r.fail("bad escape")
	return false
}

func isHex(c byte) bool { return c-'0' < 10 || c|0x20-'a' < 6 }

// plain counts the leading bytes that stand for themselves in a string: all
// but quotes, backslashes and control characters. It looks at eight at a time.
func plain(b []byte) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; n+8 <= len(b); n += 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		quote, slash := w^ones*'"', w^ones*'\\'
		// The lowest marked byte is exact; borrows only spoil those above it.
		mark := (w-ones*0x20)&^w | (quote-ones)&^quote | (slash-ones)&^slash
		if mark &= tops; mark != 0 {
			return n + bits.TrailingZeros64(mark)/8
		}
	}
	for n < len(b) && b[n] >= 0x20 && b[n] != '"' && b[n] != '\\' {
		n++
	}
	return n
}
