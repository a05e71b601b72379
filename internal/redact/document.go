package redact

import (
	"bytes"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/safe"
)

// Document returns a JSON text without the secrets in it: the same slice when
// there are none, else a new one. Only what is secret changes, the rest stays
// byte for byte; a number becomes a string. What is no JSON is taken for text.
func (r *Redactor) Document(doc []byte) []byte { return r.document(doc, plain) }

// document is Document for what stands under a name of that verdict.
func (r *Redactor) document(doc []byte, v verdict) []byte {
	clear(r.whole)
	if !isJSON(doc) {
		if out, changed := r.redacted(doc, v); changed {
			return bytes.Clone(out)
		}
		return doc
	}
	d := document{r: r, in: doc, json: jscan.NewReader(doc)}
	d.value(v)
	if d.kept == 0 {
		return doc
	}
	return append(d.out, doc[d.kept:]...)
}

func isJSON(text []byte) bool {
	r := jscan.NewReader(text)
	r.Skip()
	return r.End()
}

// A document is one on its way through.
type document struct {
	r    *Redactor
	in   []byte
	json jscan.Reader
	out  []byte // in[:kept] without the secrets
	kept int
}

// value passes over the next value, which stands under a name of that verdict.
// Whatever is within a secret is secret.
func (d *document) value(v verdict) {
	switch d.json.Peek() {
	case '{':
		d.object(v)
	case '[':
		for ok := d.json.FirstElem(); ok; ok = d.json.NextElem() {
			d.value(v)
		}
	case '"':
		s := d.json.Scalar()
		d.text(s, d.json.Offset(), v)
	case 't', 'f', 'n':
		d.json.Scalar()
	default:
		n := d.json.Scalar()
		d.number(n, d.json.Offset(), v)
	}
}

// object passes over an object. A pair such as {"name":"cookie","value":"…"} says
// in one member what another one is.
func (d *document) object(v verdict) {
	named := plain
	for key, ok := d.json.FirstKey(); ok; key, ok = d.json.NextKey() {
		member := memberOf(key)
		own := d.key(key)
		if v == secret || v == exempt && own == plain && string(key) == "id" {
			own = v
		}
		switch {
		case member == pairName && d.json.Peek() == '"':
			s := d.json.Scalar()
			named = d.judge(s)
			d.text(s, d.json.Offset(), own)
			continue
		case member == pairValue && own == plain && (named == secret || d.namedNext()):
			own = secret
		}
		d.value(own)
	}
}

// judge judges a name that is a value.
func (d *document) judge(s []byte) verdict {
	if d.json.Escaped() {
		d.r.text = jscan.AppendUnescaped(d.r.text[:0], s)
		s = d.r.text
	}
	return d.r.judge(s)
}

// namedNext reports whether the member behind the value that comes next names it a
// secret.
func (d *document) namedNext() bool {
	ahead := document{r: d.r, json: d.json}
	if c := ahead.json.Peek(); c == '{' || c == '[' {
		return false // however deep that goes, nobody looks twice
	}
	ahead.json.Scalar()
	key, ok := ahead.json.NextKey()
	return ok && memberOf(key) == pairName && ahead.json.Peek() == '"' && ahead.judge(ahead.json.Scalar()) == secret
}

// memberOf tells what a member is in a pair, of a header or an attribute.
func memberOf(key []byte) pairMember {
	switch string(key) {
	case "name", "key", "header", "Name", "Key":
		return pairName
	case "value", "values", "val", "Value", "Values":
		return pairValue
	}
	return pairOther
}

type pairMember uint8

const (
	pairOther pairMember = iota
	pairName
	pairValue
)

// key judges a key that was just read, and takes secrets out of the key itself.
func (d *document) key(key []byte) verdict {
	name := key
	if d.json.Escaped() {
		d.r.text = jscan.AppendUnescaped(d.r.text[:0], key)
		name = d.r.text
	}
	v := d.r.judge(name)
	if out, changed := d.r.redacted(name, exempt); changed {
		end := d.json.Offset() - 1 // at the colon
		for d.in[end-1] != '"' {
			end--
		}
		d.replace(end-len(key)-2, end, out)
	}
	return v
}

// text redacts a string that ends before that offset.
func (d *document) text(s []byte, end int, v verdict) {
	from := end - len(s) - 2
	value := s
	if d.json.Escaped() {
		d.r.text = jscan.AppendUnescaped(d.r.text[:0], s)
		value = d.r.text
	}
	if v == secret {
		if len(value) > 0 && !dull(value) {
			d.r.whole[string(value)] = true
			d.replace(from, end, d.r.instead(nil, Secret, value))
		}
		return
	}
	if out, changed := d.r.redacted(value, v); changed {
		d.replace(from, end, out)
	}
}

// number redacts a number that ends before that offset.
func (d *document) number(n []byte, end int, v verdict) {
	from := end - len(n)
	switch {
	case v == secret && len(n) >= 3:
		d.r.whole[string(n)] = true
		d.replace(from, end, d.r.instead(nil, Secret, n))
	case v == plain && len(n) >= 13 || len(d.r.patterns) > 0:
		if out, changed := d.r.redacted(n, v); changed {
			d.replace(from, end, out)
		}
	}
}

// replace puts a string in the place of in[from:to].
func (d *document) replace(from, to int, text []byte) {
	d.out = append(d.out, d.in[d.kept:from]...)
	d.out = safe.AppendJSON(d.out, string(text))
	d.kept = to
}
