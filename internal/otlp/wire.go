package otlp

import (
	"encoding/binary"
	"fmt"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// A wire is the unread rest of one protobuf message: a part of the text that
// all its parents share, so that strings are cut out of it and never copied,
// and so that positions are offsets into the whole.
type wire struct {
	text     string
	pos, end int
}

// A field is one field of a message: its scalar, or the message or text in it.
type field struct {
	num  protowire.Number
	typ  protowire.Type
	bits uint64 // of a varint or a fixed number
	body wire   // of a length-delimited field
	cut  bool   // the body says that it is longer than its message; it is cut there
}

// is reports whether the field has this number and type. A field of another
// type than its number's is unknown, and is skipped.
func (f *field) is(num protowire.Number, typ protowire.Type) bool {
	return f.num == num && f.typ == typ
}

func (w *wire) more() bool { return w.pos < w.end }

func (w wire) string() string { return w.text[w.pos:w.end] }

func (w *wire) fail(what string) error {
	return fmt.Errorf("byte %d: %s", w.pos, what)
}

// next reads one field of a wire that has more.
func (w *wire) next(f *field) (err error) {
	start := w.pos
	var tag uint64
	if c := w.text[start]; c < 0x80 {
		tag = uint64(c)
		w.pos++
	} else if tag, err = w.varint(); err != nil {
		return err
	}
	num, typ := protowire.DecodeTag(tag)
	if num < protowire.MinValidNumber || tag>>3 > uint64(protowire.MaxValidNumber) {
		w.pos = start
		return w.fail("a field without a valid number")
	}
	f.num, f.typ, f.cut = num, typ, false
	switch typ {
	case protowire.VarintType:
		f.bits, err = w.varint()
	case protowire.Fixed64Type:
		f.bits, err = w.fixed(8)
	case protowire.Fixed32Type:
		f.bits, err = w.fixed(4)
	case protowire.BytesType:
		err = w.bytes(f)
	case protowire.StartGroupType:
		err = w.skipGroup(num)
	default:
		w.pos = start
		err = w.fail("a field of no valid type")
	}
	return err
}

func (w *wire) varint() (uint64, error) {
	if w.pos < w.end && w.text[w.pos] < 0x80 {
		w.pos++
		return uint64(w.text[w.pos-1]), nil
	}
	return w.longVarint()
}

func (w *wire) longVarint() (uint64, error) {
	var v uint64
	for i := range 10 {
		if w.pos >= w.end {
			return 0, w.fail("the message is cut short")
		}
		c := w.text[w.pos]
		if i == 9 && c > 1 {
			break
		}
		w.pos++
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			return v, nil
		}
	}
	return 0, w.fail("a number of more than 64 bits")
}

func (w *wire) fixed(size int) (uint64, error) {
	if w.end-w.pos < size {
		return 0, w.fail("the message is cut short")
	}
	s := w.text[w.pos : w.pos+size]
	w.pos += size
	if size == 4 {
		return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24, nil
	}
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56, nil
}

// bytes reads a length and what it spans. What is longer than its message is
// cut at the message's end, so that a truncated answer still yields the spans
// that are whole.
func (w *wire) bytes(f *field) error {
	n, err := w.varint()
	if err != nil {
		return err
	}
	stop := w.end
	if n > uint64(w.end-w.pos) {
		f.cut = true
	} else {
		stop = w.pos + int(n)
	}
	f.body = wire{w.text, w.pos, stop}
	w.pos = stop
	return nil
}

func (w *wire) skipGroup(num protowire.Number) error {
	n := protowire.ConsumeFieldValue(num, protowire.StartGroupType, []byte(w.text[w.pos:w.end]))
	if n < 0 {
		return w.fail("a group that does not end")
	}
	w.pos += n
	return nil
}

// id64 reads a big-endian ID of up to 8 bytes; of longer ones the last 8 count.
func (w wire) id64() uint64 {
	var full [8]byte
	s := w.string()
	if len(s) > 8 {
		s = s[len(s)-8:]
	}
	copy(full[8-len(s):], s)
	return binary.BigEndian.Uint64(full[:])
}

// nanos makes a time of OTLP's unsigned nanoseconds; ok is false for one
// beyond the year 2262, which becomes the last moment that fits.
func nanos(v uint64) (t int64, ok bool) {
	if v > math.MaxInt64 {
		return math.MaxInt64, false
	}
	return int64(v), true
}
