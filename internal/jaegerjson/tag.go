package jaegerjson

import (
	"encoding/base64"
	"strconv"

	"github.com/otrace/otrace/internal/trace"
)

// tags reads a list of tags and appends them.
func (d *decoder) tags(to *[]trace.Attribute) {
	for ok := d.firstElem(); ok; ok = d.r.NextElem() {
		var a trace.Attribute
		var t tag
		for key, ok := d.firstKey(); ok; key, ok = d.nextKey() {
			switch string(key) {
			case "key":
				a.Key = d.name()
			case "type":
				t.kind = kindOf(d.rawText())
			case "value":
				t.quoted = d.r.Peek() == '"'
				t.text = d.r.Skip()
				t.escaped = t.quoted && d.r.Escaped()
			default:
				d.r.Skip()
			}
		}
		a.Value = d.value(t)
		*to = append(*to, a)
	}
}

// A tag is what a tag says of its value, which may come before its type.
type tag struct {
	kind            tagKind
	text            []byte // as JSON
	quoted, escaped bool
}

// A tagKind is a type of a tag's value; 0 is none that is known.
type tagKind uint8

const (
	kindString tagKind = iota + 1
	kindBool
	kindInt
	kindFloat
	kindBinary
)

func kindOf(name []byte) tagKind {
	switch string(name) {
	case "string":
		return kindString
	case "bool":
		return kindBool
	case "int64":
		return kindInt
	case "float64":
		return kindFloat
	case "binary":
		return kindBinary
	}
	return 0
}

// value reads a tag's value by its type, or by its JSON where the type is
// missing or does not fit.
func (d *decoder) value(t tag) trace.Value {
	text := t.text
	if t.quoted && len(text) > 1 {
		text = text[1 : len(text)-1]
	}
	if t.escaped {
		text = d.unescape(text)
	}
	switch t.kind {
	case kindBool:
		return trace.Bool(string(text) == "true")
	case kindInt:
		if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
			return trace.Int(n)
		}
	case kindFloat:
		if f, err := strconv.ParseFloat(string(text), 64); err == nil {
			return trace.Double(f)
		}
	case kindBinary:
		if raw, err := base64.StdEncoding.DecodeString(string(text)); err == nil {
			return trace.Bytes(raw)
		}
	}
	if t.quoted || t.kind == kindString {
		return trace.String(d.texts.Own(text))
	}
	return d.plainValue(text)
}

// plainValue reads JSON that is no string.
func (d *decoder) plainValue(text []byte) trace.Value {
	switch string(text) {
	case "", "null":
		return trace.Value{}
	case "true", "false":
		return trace.Bool(string(text) == "true")
	}
	if n, err := strconv.ParseInt(string(text), 10, 64); err == nil {
		return trace.Int(n)
	}
	if f, err := strconv.ParseFloat(string(text), 64); err == nil {
		return trace.Double(f)
	}
	return trace.JSON(d.texts.Own(text))
}
