package otlp

import (
	"encoding/base64"
	"math"
	"strconv"

	"github.com/otrace/otrace/internal/trace"
)

// attributes reads an array of KeyValues and appends them.
func (d *jsonDecoder) attributes(to *[]trace.Attribute) {
	for ok := d.firstElem(); ok; ok = d.r.NextElem() {
		var a trace.Attribute
		for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
			switch string(key) {
			case "key":
				a.Key = d.text()
			case "value":
				a.Value = d.value()
			default:
				d.r.Skip()
			}
		}
		*to = append(*to, a)
	}
}

// value reads an AnyValue.
func (d *jsonDecoder) value() trace.Value {
	var v trace.Value
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		d.typed(key, &v)
	}
	return v
}

// typed reads what stands under one of AnyValue's keys. A key that it does not
// have, and a null, leave v as it was.
func (d *jsonDecoder) typed(key []byte, v *trace.Value) {
	if d.r.Peek() == 'n' {
		d.r.Scalar()
		return
	}
	switch string(key) {
	case "stringValue", "string_value":
		*v = trace.String(d.text())
	case "boolValue", "bool_value":
		*v = trace.Bool(d.bool())
	case "intValue", "int_value":
		*v = trace.Int(d.int64())
	case "doubleValue", "double_value":
		*v = trace.Double(d.double())
	case "bytesValue", "bytes_value":
		*v = trace.Bytes(d.base64())
	case "arrayValue", "array_value":
		*v = trace.JSON(string(d.appendList(nil, true)))
	case "kvlistValue", "kvlist_value":
		*v = trace.JSON(string(d.appendList(nil, false)))
	default:
		d.r.Skip()
	}
}

func (d *jsonDecoder) bool() bool {
	switch d.r.Peek() {
	case 't', 'f':
		return string(d.r.Scalar()) == "true"
	case '"':
		return string(d.plain(d.r.Scalar())) == "true"
	}
	d.unfit()
	return false
}

func (d *jsonDecoder) int64() int64 {
	b := d.scalar()
	if b == nil {
		return 0
	}
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		return n
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil || f < math.MinInt64 || f >= math.MaxInt64 || f != math.Trunc(f) {
		d.misfit(b, "no integer")
		return 0
	}
	return int64(f)
}

// double reads a number, or one of the strings NaN, Infinity and -Infinity.
func (d *jsonDecoder) double() float64 {
	b := d.scalar()
	if b == nil {
		return 0
	}
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil && !math.IsInf(f, 0) { // one too big is infinite
		d.misfit(b, "no number")
		return 0
	}
	return f
}

func (d *jsonDecoder) base64() []byte {
	b := d.rawText()
	for _, enc := range [...]*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if raw, err := enc.DecodeString(string(b)); err == nil {
			return raw
		}
	}
	d.misfit(b, "not base64")
	return nil
}

// appendList writes {"values": […]} as a JSON array or object.
func (d *jsonDecoder) appendList(b []byte, list bool) []byte {
	b = append(b, open(list))
	first := true
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		if string(key) != "values" {
			d.r.Skip()
			continue
		}
		for ok := d.firstElem(); ok; ok = d.r.NextElem() {
			if !first {
				b = append(b, ',')
			}
			first = false
			if list {
				b = d.appendValue(b)
			} else {
				b = d.appendMember(b)
			}
		}
	}
	return append(b, shut(list))
}

// appendMember writes a KeyValue as a member of an object, whichever of the
// two comes first.
func (d *jsonDecoder) appendMember(b []byte) []byte {
	name, value := "", []byte("null")
	for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
		switch string(key) {
		case "key":
			name = d.text()
		case "value":
			value = d.appendValue(nil)
		default:
			d.r.Skip()
		}
	}
	b = append(appendQuoted(b, name), ':')
	return append(b, value...)
}

// appendValue writes an AnyValue as JSON.
func (d *jsonDecoder) appendValue(b []byte) []byte {
	switch v := d.value(); v.Type {
	case trace.TypeEmpty:
		return append(b, "null"...)
	case trace.TypeString, trace.TypeBytes:
		return appendQuoted(b, v.Text())
	case trace.TypeDouble:
		return appendDouble(b, v.Float64())
	default:
		return append(b, v.Text()...)
	}
}
