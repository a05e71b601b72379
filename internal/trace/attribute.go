package trace

import (
	"encoding/base64"
	"math"
	"strconv"
)

// An Attribute is one key and its value. Attributes keep the order they came
// in, and keys may repeat.
type Attribute struct {
	Key   string
	Value Value
}

// A Value is an attribute's value in one of OpenTelemetry's types.
type Value struct {
	Type ValueType
	num  uint64
	text string
}

// ValueType says what a Value holds.
type ValueType uint8

// The types of a Value. Arrays and maps are kept as the JSON that they print as.
const (
	TypeEmpty ValueType = iota
	TypeString
	TypeBool
	TypeInt
	TypeDouble
	TypeBytes
	TypeJSON
)

// String makes a string value.
func String(s string) Value { return Value{Type: TypeString, text: s} }

// Int makes an integer value.
func Int(n int64) Value { return Value{Type: TypeInt, num: uint64(n)} }

// Double makes a floating-point value.
func Double(f float64) Value { return Value{Type: TypeDouble, num: math.Float64bits(f)} }

// Bytes makes a value of raw bytes.
func Bytes(b []byte) Value { return Value{Type: TypeBytes, text: string(b)} }

// JSON makes an array or map value from its JSON text, which must be valid.
func JSON(text string) Value { return Value{Type: TypeJSON, text: text} }

// Bool makes a boolean value.
func Bool(b bool) Value {
	v := Value{Type: TypeBool}
	if b {
		v.num = 1
	}
	return v
}

// Int64 returns an integer value's number.
func (v Value) Int64() int64 { return int64(v.num) }

// Float64 returns a double value's number.
func (v Value) Float64() float64 { return math.Float64frombits(v.num) }

// IsTrue reports whether the value is true, or the text "true".
func (v Value) IsTrue() bool {
	return v.Type == TypeBool && v.num == 1 || v.Type == TypeString && v.text == "true"
}

// Text returns the value as people read it: bytes in base64, arrays and maps
// as JSON.
func (v Value) Text() string {
	switch v.Type {
	case TypeBool:
		return strconv.FormatBool(v.num == 1)
	case TypeInt:
		return strconv.FormatInt(v.Int64(), 10)
	case TypeDouble:
		return strconv.FormatFloat(v.Float64(), 'g', -1, 64)
	case TypeBytes:
		return base64.StdEncoding.EncodeToString([]byte(v.text))
	}
	return v.text
}

// Find returns the first value of the first key that is there.
func Find(attrs []Attribute, keys ...string) (Value, bool) {
	for _, key := range keys {
		for i := range attrs {
			if attrs[i].Key == key {
				return attrs[i].Value, true
			}
		}
	}
	return Value{}, false
}

// FindText is Find for a value as text that is not empty; "" when there is none.
func FindText(attrs []Attribute, keys ...string) string {
	for _, key := range keys {
		if v, ok := Find(attrs, key); ok && v.Text() != "" {
			return v.Text()
		}
	}
	return ""
}

// NewResource derives a process's origin from its attributes.
func NewResource(attrs []Attribute) *Resource {
	return &Resource{
		Attributes: attrs,
		Origin: Origin{
			Service: FindText(attrs, "service.name"),
			Process: FindText(attrs, "service.instance.id", "k8s.pod.uid", "container.id"),
			Pod:     FindText(attrs, "k8s.pod.name"),
			Host:    FindText(attrs, "k8s.node.name", "host.id", "host.name", "host.ip", "ip"),
		},
	}
}
