package safe

import "math/bits"

const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// eight returns the eight bytes of s from i on, the first being the lowest.
func eight[T string | []byte](s T, i int) uint64 {
	s = s[i : i+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// odd marks, in the top bit of each byte, those that are no printable ASCII.
// The lowest mark is exact; borrows only spoil those above it.
func odd(w uint64) uint64 {
	del := w ^ ones*0x7f
	return w | (w - ones*0x20) | (del - ones)
}

// printable returns the index of the first byte from i on that is no printable
// ASCII, len(s) when all are. It looks at eight at a time.
func printable[T string | []byte](s T, i int) int {
	for ; i+8 <= len(s); i += 8 {
		if mark := odd(eight(s, i)) & tops; mark != 0 {
			return i + bits.TrailingZeros64(mark)/8
		}
	}
	for i < len(s) && s[i] >= 0x20 && s[i] < 0x7f {
		i++
	}
	return i
}

// literal is printable for what stands for itself in a JSON string: quotes and
// backslashes do not.
func literal(s string, i int) int {
	for ; i+8 <= len(s); i += 8 {
		w := eight(s, i)
		quote, slash := w^ones*'"', w^ones*'\\'
		if mark := (odd(w) | (quote-ones)&^quote | (slash-ones)&^slash) & tops; mark != 0 {
			return i + bits.TrailingZeros64(mark)/8
		}
	}
	for i < len(s) && s[i] >= 0x20 && s[i] < 0x7f && s[i] != '"' && s[i] != '\\' {
		i++
	}
	return i
}
