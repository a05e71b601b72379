package render

import "github.com/otrace/otrace/internal/trace"

// stamps append moments, of which most are in the same second as the one
// before. The zero stamps are ready to use.
type stamps struct {
	second int64
	text   []byte // the second's, up to its fraction; nil before the first
}

// append appends a moment as JSON, null where there is none.
func (s *stamps) append(b []byte, t int64) []byte {
	if t == trace.NoTime {
		return append(b, "null"...)
	}
	second, nanos := t/1e9, t%1e9
	if nanos < 0 {
		second, nanos = second-1, nanos+1e9
	}
	if s.text == nil || second != s.second {
		const fraction = len("000000000Z")
		s.text = appendTime(append(s.text[:0], '"'), t)
		s.text = s.text[:len(s.text)-fraction]
		s.second = second
	}
	b = append(append(b, s.text...), `000000000Z"`...)
	digits, n := b[len(b)-11:len(b)-2], uint32(nanos)
	for i := len(digits) - 2; i > 0; i -= 2 {
		pair := n % 100 * 2
		digits[i], digits[i+1] = pairs[pair], pairs[pair+1]
		n /= 100
	}
	digits[0] = byte('0' + n)
	return b
}

// pairs are the numbers below 100, two digits each.
const pairs = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"
