package otlp

import (
	"encoding/base64"
	"math"
	"strconv"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
)

// appendNested writes an ArrayValue (field 5 of AnyValue) or a KeyValueList
// (field 6) as JSON.
func appendNested(b []byte, in *field, depth int) ([]byte, error) {
	if depth > maxDepth {
		return b, errDepth
	}
	list := in.num == 5
	b = append(b, open(list))
	first := true
	w := in.body
	var f field
	for w.more() {
		if err := w.next(&f); err != nil {
			return b, err
		}
		if f.cut {
			return b, errCut(&f)
		}
		if !f.is(1, protowire.BytesType) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		var err error
		if list {
			b, err = appendValue(b, f.body, depth)
		} else {
			b, err = appendMember(b, f.body, depth)
		}
		if err != nil {
			return b, err
		}
	}
	return append(b, shut(list)), nil
}

func open(list bool) byte {
	if list {
		return '['
	}
	return '{'
}

func shut(list bool) byte { return open(list) + 2 } // as ASCII has them

// appendMember writes a KeyValue as a member of an object.
func appendMember(b []byte, w wire, depth int) ([]byte, error) {
	var key string
	var value wire
	var f field
	for w.more() {
		if err := w.next(&f); err != nil {
			return b, err
		}
		switch {
		case f.cut:
			return b, errCut(&f)
		case f.is(1, protowire.BytesType):
			key = f.body.string()
		case f.is(2, protowire.BytesType):
			value = f.body
		}
	}
	b = append(appendQuoted(b, key), ':')
	return appendValue(b, value, depth)
}

// appendValue writes an AnyValue; the last of its fields counts.
func appendValue(b []byte, w wire, depth int) ([]byte, error) {
	start := len(b)
	b = append(b, "null"...)
	var f field
	for w.more() {
		if err := w.next(&f); err != nil {
			return b, err
		}
		var err error
		switch {
		case f.cut:
			return b, errCut(&f)
		case f.is(1, protowire.BytesType):
			b = appendQuoted(b[:start], f.body.string())
		case f.is(2, protowire.VarintType):
			b = strconv.AppendBool(b[:start], f.bits != 0)
		case f.is(3, protowire.VarintType):
			b = strconv.AppendInt(b[:start], int64(f.bits), 10)
		case f.is(4, protowire.Fixed64Type):
			b = appendDouble(b[:start], math.Float64frombits(f.bits))
		case f.is(5, protowire.BytesType), f.is(6, protowire.BytesType):
			b, err = appendNested(b[:start], &f, depth+1)
		case f.is(7, protowire.BytesType):
			b = append(b[:start], '"')
			b = base64.StdEncoding.AppendEncode(b, []byte(f.body.string()))
			b = append(b, '"')
		}
		if err != nil {
			return b, err
		}
	}
	return b, nil
}

// appendDouble writes a number, or as a string what JSON has no number for.
func appendDouble(b []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, `"NaN"`...)
	case math.IsInf(v, 1):
		return append(b, `"Infinity"`...)
	case math.IsInf(v, -1):
		return append(b, `"-Infinity"`...)
	}
	return strconv.AppendFloat(b, v, 'g', -1, 64)
}

const hexDigits = "0123456789abcdef"

// appendQuoted writes a JSON string; bytes that are no UTF-8 become U+FFFD.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r)
			i += size - 1
		}
		i++
	}
	return append(b, '"')
}
