package render

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/safe"
)

// A line is the text cell of one row: a few styled pieces that are measured
// together and then cut once, at the cell's edge.
type line struct {
	pieces []piece
	width  int // columns of all pieces
	tail   int // the first piece of those that are never cut; 0 for none
}

type piece struct {
	text  string
	paint paint
	width int
}

func (l *line) reset() { l.pieces, l.width, l.tail = l.pieces[:0], 0, 0 }

// keep says that what follows stays when the line is cut: it is cut before.
func (l *line) keep() { l.tail = len(l.pieces) }

// text adds text from outside, made harmless.
func (l *line) text(p paint, t safe.Text) { l.add(p, t.String(), columns(t.String())) }

// sign adds what otrace itself writes, in which each character is one column.
func (l *line) sign(p paint, s string) { l.add(p, s, utf8.RuneCountInString(s)) }

func (l *line) add(p paint, s string, width int) {
	if s != "" {
		l.pieces = append(l.pieces, piece{s, p, width})
		l.width += width
	}
}

// append draws the line into at most the given columns, or whole where there
// are 0, and returns the columns it took.
func (l *line) append(b []byte, most int, cut string) ([]byte, int) {
	if most > 0 && l.width > most && l.tail > 0 {
		l.shorten(most, cut)
	}
	left, whole := most, most <= 0 || l.width <= most
	if !whole {
		left = most - columns(cut)
	}
	var now paint // neighbours of one style share its codes
	for _, p := range l.pieces {
		if p.paint != now {
			b, now = append(append(b, now.off...), p.paint.on...), p.paint
		}
		if !whole && p.width > left {
			short := clip(p.text, left)
			b = append(b, short...)
			left -= columns(short)
			break
		}
		b = append(b, p.text...)
		left -= p.width
	}
	b = append(b, now.off...)
	if whole {
		return b, l.width
	}
	return append(b, cut...), most - max(left, 0)
}

// shorten cuts what stands before the tail, so that the line fits.
func (l *line) shorten(most int, cut string) {
	left := most - columns(cut)
	for _, p := range l.pieces[l.tail:] {
		left -= p.width
	}
	for i := range l.pieces[:l.tail] {
		p := &l.pieces[i]
		if p.width <= left {
			left -= p.width
			continue
		}
		l.width -= p.width
		p.text = clip(p.text, left) + cut
		p.width = columns(p.text)
		l.width += p.width
		for _, gone := range l.pieces[i+1 : l.tail] {
			l.width -= gone.width
		}
		l.pieces = append(l.pieces[:i+1], l.pieces[l.tail:]...)
		return
	}
}

// columns is how wide a harmless text stands on a terminal.
func columns[T string | []byte](s T) int {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return ansi.StringWidth(string(s))
		}
	}
	return len(s)
}

// clip returns the longest beginning of s that fits.
func clip(s string, most int) string {
	if most <= 0 {
		return ""
	}
	if len(s) <= most {
		return s
	}
	if columns(s[:most]) == most && s[most] < 0x80 && s[most-1] < 0x80 {
		return s[:most]
	}
	return ansi.Truncate(s, most, "")
}

// appendCell appends s in exactly the given columns, cut or padded.
func appendCell(b []byte, p paint, s string, most int, cut string) []byte {
	w := columns(s)
	if w > most {
		s = clip(s, most-columns(cut)) + cut
		w = columns(s)
	}
	return pad(p.append(b, s), most-w)
}

func pad(b []byte, n int) []byte {
	for ; n > 0; n-- {
		b = append(b, ' ')
	}
	return b
}
