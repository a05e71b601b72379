package tui

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/safe"
)

// A page is text about one thing, in lines of a width.
type page struct {
	*paints
	width int
	wrap  bool // long lines are broken, rather than cut
	keys  int  // columns of the keys that stand together, where that is known
	lines []string
}

// How much of one text is shown: the editor shows all of it.
const (
	mostText  = 16 << 10
	mostLines = 400
)

func (p *page) add(line string) { p.lines = append(p.lines, line) }

func (p *page) blank() {
	if len(p.lines) > 0 {
		p.add("")
	}
}

func (p *page) heading(s string) {
	p.blank()
	p.add(text(p.Title, s))
}

// para writes a text, its lines behind the first indented.
func (p *page) para(paint render.Paint, s string) { p.hang(paint, "", "  ", s) }

// hang writes a text from outside behind a beginning of our own; the lines that
// follow are indented.
func (p *page) hang(paint render.Paint, begin, indent, s string) {
	rest := len(s) - min(len(s), mostText)
	if rest > 0 {
		s = strings.ToValidUTF8(s[:mostText], "")
	}
	said := safe.Of(s).String()
	if rest > 0 {
		said += fmt.Sprintf(" %s %d more bytes", p.cut, rest)
	}
	room := p.width - ansi.StringWidth(begin)
	if !p.wrap {
		if render.Columns(said) > room {
			said = render.Clip(said, room-1) + p.cut
		}
		p.add(begin + string(paint.Append(nil, said)))
		return
	}
	for k, line := range wrap(said, max(min(room, p.width-len(indent)), 8)) {
		if k > 0 {
			begin = indent
		}
		p.add(begin + string(paint.Append(nil, line)))
	}
}

// block writes a text that has lines of its own, as a stack has.
func (p *page) block(paint render.Paint, s string) {
	lines := strings.Split(strings.TrimRight(s[:min(len(s), mostText)], "\r\n"), "\n")
	for k, line := range lines {
		if k == mostLines {
			p.add(text(p.Dim, fmt.Sprintf("%s %d more lines", p.cut, len(lines)-k)))
			return
		}
		line = strings.TrimRight(line, "\r")
		inner := strings.TrimLeft(line, " \t")
		indent := strings.ReplaceAll(line[:len(line)-len(inner)], "\t", "  ")
		indent = indent[:min(len(indent), 8)]
		p.hang(paint, indent, indent+"  ", inner)
	}
}

// keyColumns is where the values begin beside their keys.
const keyColumns = 10

// leastValue is the columns beside a key that are enough to break a value in.
const leastValue = 20

// field writes a key and its value.
func (p *page) field(key, value string) { p.fieldIn(render.Paint{}, key, value) }

func (p *page) fieldIn(paint render.Paint, key, value string) {
	if value == "" {
		return
	}
	k := render.Clip(safe.Of(key).String(), p.width)
	columns := max(render.Columns(k), p.keys, keyColumns) + 1
	begin := string(p.Dim.Append(nil, k)) + strings.Repeat(" ", columns-render.Columns(k))
	switch fits := render.Columns(value) <= p.width-columns; {
	case strings.Contains(strings.TrimRight(value, "\n"), "\n"):
		p.add(begin)
		p.block(paint, value)
	case !fits && p.width-columns < leastValue:
		p.add(begin)
		p.hang(paint, "  ", "  ", value)
	default:
		p.hang(paint, begin, strings.Repeat(" ", columns), value)
	}
}

// A pair is a key of a document, with those above it, and its value.
type pair struct{ key, value string }

// flatten lists what a JSON document holds, in its order; nil where it is none.
func flatten(doc []byte) []pair {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	var pairs []pair
	if !flattenInto(d, "", &pairs, 0) {
		return nil
	}
	return pairs
}

// What a document may have before the rest is left to the editor.
const (
	mostPairs = 500
	deepest   = 16
)

func flattenInto(d *json.Decoder, key string, pairs *[]pair, depth int) bool {
	t, err := d.Token()
	if err != nil || depth > deepest || len(*pairs) > mostPairs {
		return false
	}
	delim, ok := t.(json.Delim)
	if !ok {
		*pairs = append(*pairs, pair{key, jsonText(t)})
		return true
	}
	for n := 0; d.More(); n++ {
		inner := fmt.Sprintf("%s[%d]", key, n)
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return false
			}
			inner = strings.TrimPrefix(fmt.Sprintf("%s.%s", key, name), ".")
		}
		if !flattenInto(d, inner, pairs, depth+1) {
			return false
		}
	}
	_, err = d.Token()
	return err == nil
}

func jsonText(t json.Token) string {
	if t == nil {
		return "null"
	}
	return fmt.Sprint(t)
}
