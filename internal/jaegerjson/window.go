package jaegerjson

import (
	"errors"
	"fmt"
	"io"

	"github.com/otrace/otrace/internal/jscan"
)

// windowSize is how much text is read at a time: hundreds of spans, and little
// enough to stay in the processor's cache.
const windowSize = 256 << 10

// A window is the part of a text that is at hand, and moves on with what is
// read from it. It grows only for an item that takes up more than half of it.
type window struct {
	src  io.Reader
	size int
	text []byte
	r    jscan.Reader // of text
	base int64        // how much of the source lies before text
	done bool         // there is nothing behind text
	why  error        // the source's error, unless it just ended
}

// whole reads one item, which may be a key, a bracket, or a value: and again
// with more text where the window ended within it. So read must do nothing
// that it may not do twice.
func (w *window) whole(read func()) {
	from := w.r.Offset()
	for read(); w.short(); read() {
		w.refill(from)
		from = 0
	}
}

// short reports whether the last item reached the window's end, and more text
// may belong to it.
func (w *window) short() bool {
	if w.done || w.r.Offset() < len(w.text) {
		return false
	}
	fault, broken := errors.AsType[*jscan.SyntaxError](w.r.Err())
	return !broken || fault.Offset == len(w.text)
}

// refill drops what stands before the offset and fills the window up. What
// takes up half of it gets twice the room, so that little is read twice.
func (w *window) refill(from int) {
	rest, room := w.text[from:], w.text[:0]
	if len(rest) > w.size/2 {
		w.size *= 2
	}
	if cap(room) < w.size {
		room = make([]byte, 0, w.size)
	}
	room = append(room, rest...)
	for len(room) < w.size && !w.done {
		n, err := w.src.Read(room[len(room):w.size])
		room = room[:len(room)+n]
		w.done = err != nil
		if w.done && err != io.EOF {
			w.why = err
		}
	}
	w.base += int64(from)
	w.text, w.r = room, jscan.NewReader(room) // which forgets how deep it is within the document, and need not know
}

// offset is how much of the source was read.
func (w *window) offset() int64 { return w.base + int64(w.r.Offset()) }

// broken is what ended the text before its time, if anything did.
func (w *window) broken() error {
	fault, broken := errors.AsType[*jscan.SyntaxError](w.r.Err())
	switch {
	case w.why != nil:
		return fmt.Errorf("byte %d: %w", w.base+int64(len(w.text)), w.why)
	case !broken:
		return nil
	case fault.Offset == len(w.text):
		return fmt.Errorf("byte %d: %w", w.base+int64(fault.Offset), early{})
	}
	return &jscan.SyntaxError{Offset: int(w.base) + fault.Offset, What: fault.What}
}

// early is io.ErrUnexpectedEOF in plain words.
type early struct{}

func (early) Error() string { return "the JSON ends too early" }

func (early) Unwrap() error { return io.ErrUnexpectedEOF }

// more reports whether anything but blanks follows.
func (w *window) more() (more bool) {
	w.whole(func() { more = w.r.More() })
	return more
}

// peek is the first byte of the next value.
func (w *window) peek() (c byte) {
	w.whole(func() { c = w.r.Peek() })
	return c
}
