package otlp

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/otrace/otrace/internal/jscan"
)

// errSyntax is wrapped by the error of a text that is no JSON.
var errSyntax = errors.New("is not JSON")

// broken is the reader's fault, if it has one.
func (d *jsonDecoder) broken(data []byte) error {
	fault, ok := errors.AsType[*jscan.SyntaxError](d.r.Err())
	if !ok {
		return nil
	}
	what := "a text that ends too early"
	if fault.Offset < len(data) {
		what = strconv.QuoteRune(rune(data[fault.Offset])) + " at this place"
	}
	return fmt.Errorf("byte %d: %s %w", fault.Offset, what, errSyntax)
}

// misfit notes that the value that was read last is not what it should be.
func (d *jsonDecoder) misfit(value []byte, what string) {
	d.note(d.r.Offset(), fmt.Sprintf("%q is %s", value[:min(len(value), 40)], what))
}

// note keeps what is wrong at a byte; the first is told.
func (d *jsonDecoder) note(at int, what string) {
	d.misfits++
	if d.err == nil {
		d.err = fmt.Errorf("byte %d: %s", at, what)
	}
}

// unfit passes over a value of another type than what belongs here.
func (d *jsonDecoder) unfit() {
	d.r.Peek()
	at := d.r.Offset()
	if d.r.Skip(); d.r.Err() == nil {
		d.note(at, "a value of the wrong type")
	}
}

// firstKey enters an object and returns its first key; ok is false when there
// is none. A null is an object without members.
func (d *jsonDecoder) firstKey() (key []byte, ok bool) {
	if !d.enters('{') {
		return nil, false
	}
	key, ok = d.r.FirstKey()
	return d.plain(key), ok
}

// nextKey is the key after one whose value was read.
func (d *jsonDecoder) nextKey() (key []byte, ok bool) {
	key, ok = d.r.NextKey()
	return d.plain(key), ok
}

// firstElem enters an array and reports whether it has an element. A null is
// an array without elements.
func (d *jsonDecoder) firstElem() bool {
	return d.enters('[') && d.r.FirstElem()
}

// enters reports whether the next value opens so; it passes over any other.
func (d *jsonDecoder) enters(open byte) bool {
	switch d.r.Peek() {
	case open:
		return true
	case 'n':
		d.r.Scalar()
	default:
		d.unfit()
	}
	return false
}

// plain is what the key or string that was read last means. It holds until the
// next one.
func (d *jsonDecoder) plain(b []byte) []byte {
	if !d.r.Escaped() {
		return b
	}
	d.buf = jscan.AppendUnescaped(d.buf[:0], b)
	return d.buf
}

// text reads a string, or null as an empty one, and returns a copy.
func (d *jsonDecoder) text() string { return d.texts.Own(d.rawText()) }

// rawText is text without the copy: it holds until the next string.
func (d *jsonDecoder) rawText() []byte {
	switch d.r.Peek() {
	case '"':
		return d.plain(d.r.Scalar())
	case 'n':
		d.r.Scalar()
	default:
		d.unfit()
	}
	return nil
}

// scalar reads a number, or a string that holds one, and returns its text,
// which holds until the next string; nil for null and for what does not fit.
func (d *jsonDecoder) scalar() []byte {
	switch c := d.r.Peek(); {
	case c == '"':
		return d.plain(d.r.Scalar())
	case c == '-' || c-'0' < 10 || c == 'n':
		if b := d.r.Scalar(); c != 'n' {
			return b
		}
	default:
		d.unfit()
	}
	return nil
}
