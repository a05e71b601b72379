package jaegerjson

import (
	"errors"
	"fmt"

	"github.com/otrace/otrace/internal/jscan"
)

// errType is a value of another type than what belongs there.
var errType = errors.New("a value of the wrong type")

// failure is what ended the text before its time, or else the first misfit.
func (d *decoder) failure() error {
	if err := d.broken(); err != nil {
		return err
	}
	return d.err
}

// note keeps what is wrong at a byte; the first is told. Where the text breaks
// off, that is what is wrong.
func (d *decoder) note(at int64, err error) {
	if d.r.Err() != nil {
		return
	}
	d.misfits++
	if d.err == nil {
		d.err = fmt.Errorf("byte %d: %w", at, err)
	}
}

// misfit notes that the value that was read last is not what it should be.
func (d *decoder) misfit(value []byte, what string) {
	d.note(d.offset(), fmt.Errorf("%q is %s", value[:min(len(value), 40)], what))
}

// unfit passes over a value that does not belong here.
func (d *decoder) unfit(err error) {
	d.r.Peek()
	at := d.offset()
	d.r.Skip()
	d.note(at, err)
}

// enters reports whether the next value opens so. It passes over any other,
// and a null without a word.
func (d *decoder) enters(open byte, otherwise error) bool {
	switch d.r.Peek() {
	case open:
		return true
	case 'n':
		d.r.Scalar()
	default:
		d.unfit(otherwise)
	}
	return false
}

// members are the keys of an object that may be larger than the window. Each
// one's value must be read, as a whole or by its own members or elements.
func (d *decoder) members(yield func(key string) bool) {
	var key []byte
	ok := false
	d.whole(func() {
		if ok = d.enters('{', ErrNotJaeger); ok {
			key, ok = d.r.FirstKey()
			key = d.plain(key)
		}
	})
	for ok && yield(string(key)) {
		d.whole(func() { key, ok = d.nextKey() })
	}
}

// elements are those of an array that may be larger than the window.
func (d *decoder) elements(yield func() bool) {
	ok := false
	d.whole(func() { ok = d.enters('[', ErrNotJaeger) && d.r.FirstElem() })
	for ok && yield() {
		d.whole(func() { ok = d.r.NextElem() })
	}
}

// firstKey enters an object within the window and returns its first key; ok is
// false when there is none.
func (d *decoder) firstKey() (key []byte, ok bool) {
	if !d.enters('{', errType) {
		return nil, false
	}
	key, ok = d.r.FirstKey()
	return d.plain(key), ok
}

// nextKey is the key after one whose value was read.
func (d *decoder) nextKey() (key []byte, ok bool) {
	key, ok = d.r.NextKey()
	return d.plain(key), ok
}

// firstElem enters an array within the window and reports whether it has an
// element.
func (d *decoder) firstElem() bool { return d.enters('[', errType) && d.r.FirstElem() }

// plain is what the key or string that was read last means. It holds until the
// next one.
func (d *decoder) plain(b []byte) []byte {
	if !d.r.Escaped() {
		return b
	}
	return d.unescape(b)
}

func (d *decoder) unescape(b []byte) []byte {
	d.unescaped = jscan.AppendUnescaped(d.unescaped[:0], b)
	return d.unescaped
}

// rawText reads a string, or null as an empty one. It holds until the next one.
func (d *decoder) rawText() []byte {
	switch d.r.Peek() {
	case '"':
		return d.plain(d.r.Scalar())
	case 'n':
		d.r.Scalar()
	default:
		d.unfit(errType)
	}
	return nil
}

// text is rawText for good.
func (d *decoder) text() string { return d.texts.Own(d.rawText()) }

// name is rawText for good, where the same comes often.
func (d *decoder) name() string {
	b := d.rawText()
	if known, ok := d.names[string(b)]; ok {
		return known
	}
	return d.names.add(d.texts.Own(b))
}

// list reads an array of strings.
func (d *decoder) list() (texts []string) {
	for ok := d.firstElem(); ok; ok = d.r.NextElem() {
		texts = append(texts, d.text())
	}
	return texts
}

// number reads a number, or a string that holds one, and returns its text,
// which holds until the next string; nil for null and for what does not fit.
func (d *decoder) number() []byte {
	switch c := d.r.Peek(); {
	case c == '"':
		b := d.plain(d.r.Scalar())
		if isNumber(b) {
			return b
		}
		d.misfit(b, "no number")
	case c == 'n':
		d.r.Scalar()
	case c == '-' || c-'0' < 10:
		return d.r.Scalar()
	default:
		d.unfit(errType)
	}
	return nil
}

// isNumber reports whether b is a number as JSON has them.
func isNumber(b []byte) bool {
	n := len(b)
	if n == 0 || b[n-1]-'0' >= 10 || b[0] != '-' && b[0]-'0' >= 10 {
		return false
	}
	r := jscan.NewReader(b)
	r.Scalar()
	return r.End()
}
