package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// lit marks where the text that is looked for stands in a drawn line, from one
// column to before another: what stands beside is no text of the row. On the
// cursor's own row it stands out from what that is drawn with.
func (v *traceView) lit(line string, from, to int, cursor bool) string {
	if v.search.text == "" {
		return line
	}
	on, off := "\x1b[7m", "\x1b[27m"
	if cursor && !v.m.paints.Color {
		on, off = off, on
	}
	return lit(line, from, to, v.search.spans, on, off)
}

// lit puts on and off around what find finds in the columns of a line. Whole
// characters are marked: what belongs to one cannot be parted.
func lit(line string, from, to int, find func(string) [][2]int, on, off string) string {
	said, chars := visible(line, from, to)
	spans := find(said)
	if len(spans) == 0 {
		return line
	}
	var b strings.Builder
	k, done := 0, 0
	for _, span := range spans {
		for k < len(chars) && chars[k].said+chars[k].size <= span[0] {
			k++
		}
		first := k
		for k < len(chars) && chars[k].said < span[1] {
			k++
		}
		if k > first {
			at, end := chars[first].at, chars[k-1].at+chars[k-1].size
			b.WriteString(line[done:at] + on + persisting(line[at:end], on) + off)
			done = end
		}
	}
	b.WriteString(line[done:])
	return b.String()
}

// A char is a character with all that belongs to it, within a drawn line.
type char struct{ at, said, size int } // said is where among what the line says

// visible is what a drawn line says from one column to before another.
func visible(line string, from, to int) (string, []char) {
	said, chars := make([]byte, 0, len(line)), make([]char, 0, len(line))
	column := 0
	for at := 0; at < len(line) && column < to; {
		width, size := 1, 1
		if line[at] < ' ' || line[at] > '~' || at+1 < len(line) && line[at+1] > '~' {
			_, width, size, _ = ansi.DecodeSequence(line[at:], ansi.NormalState, nil)
		}
		if column >= from && column+width <= to && line[at] != escape {
			chars = append(chars, char{at, len(said), size})
			said = append(said, line[at:at+size]...)
		}
		column += width
		at += size
	}
	return string(said), chars
}

// escape is what codes of styles begin with.
const escape = '\x1b'

// persisting repeats a style behind those that begin or end within a text.
func persisting(s, on string) string {
	if strings.IndexByte(s, escape) < 0 {
		return s
	}
	parts := strings.SplitAfter(s, "m")
	for k, part := range parts {
		if strings.ContainsRune(part, escape) {
			parts[k] = part + on
		}
	}
	return strings.Join(parts, "")
}
