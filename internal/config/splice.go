package config

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A layout is how far a file indents.
type layout struct {
	indent  int
	compact bool // lists stand as far left as their key
}

func encode(v any, l layout) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(l.indent)
	if l.compact {
		enc.CompactSeqIndent()
	}
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	err := enc.Close()
	return b.Bytes(), err
}

// layoutOf finds how a text indents: the layout in which package yaml writes
// its tree as it stands, but for blanks within lines and blank lines. Where
// there is no such layout it returns the usual one, and false.
func layoutOf(text []byte, n *yaml.Node) (layout, bool) {
	for _, indent := range [...]int{2, 4, 3, 6, 8} {
		for _, compact := range [...]bool{false, true} {
			l := layout{indent, compact}
			if out, err := encode(n, l); err == nil && alike(text, out) {
				return l, true
			}
		}
	}
	return layout{indent: 2}, false
}

// alike reports whether two texts have the same lines that are not blank, as
// far as their number, their indentation and their first words go.
func alike(a, b []byte) bool {
	as, bs := filled(lines(a)), filled(lines(b))
	if len(as) != len(bs) {
		return false
	}
	for i := range as {
		if indentOf(as[i]) != indentOf(bs[i]) || firstWord(as[i]) != firstWord(bs[i]) {
			return false
		}
	}
	return true
}

func lines(text []byte) []string {
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func filled(lines []string) []string {
	var full []string
	for _, line := range lines {
		if !isBlank(line) {
			full = append(full, line)
		}
	}
	return full
}

func isBlank(line string) bool { return strings.TrimSpace(line) == "" }

func indentOf(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func firstWord(line string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return word
}

// splice makes in text the changes that lead from was to now. The lines of was
// stand for those of text, one for one, but for blank lines: what did not
// change stays as it is written in text.
func splice(text, was, now []byte) []byte {
	old, want := filled(lines(was)), filled(lines(now))
	edits := diff(old, want)
	out := slices.Clone(edits[0].more) // what comes before the first line
	at, dropped := 0, false
	for _, line := range lines(text) {
		if isBlank(line) {
			if !dropped || len(out) > 0 && !isBlank(out[len(out)-1]) { // of the blank lines around what is gone, one is enough
				out = append(out, line)
			}
			continue
		}
		at++
		if dropped = edits[at].gone; !dropped {
			out = append(out, line)
		}
		out = append(out, edits[at].more...)
	}
	for dropped && len(out) > 0 && isBlank(out[len(out)-1]) {
		out = out[:len(out)-1]
	}
	return []byte(strings.Join(out, "\n") + "\n")
}

// An edit is what becomes of one line.
type edit struct {
	gone bool
	more []string // new lines, which follow it or stand in its place
}

// diff returns an edit for each line of old, behind one for what comes before
// all of them. New lines stand where the first of the lines was that they
// replace, else right behind the line that they follow.
func diff(old, want []string) []edit {
	edits := make([]edit, len(old)+1)
	longest := commonLengths(old, want)
	place, i := 0, 0
	for j := 0; i < len(old) || j < len(want); {
		switch {
		case i < len(old) && j < len(want) && old[i] == want[j]:
			i, j = i+1, j+1
			place = i
		case j == len(want) || i < len(old) && longest[i+1][j] >= longest[i][j+1]:
			i++
			edits[i].gone = true
			if !edits[place].gone && len(edits[place].more) == 0 {
				place = i
			}
		default:
			edits[place].more = append(edits[place].more, want[j])
			j++
		}
	}
	return edits
}

// commonLengths tells for each pair of places how many lines the rests behind
// them have in common, in order.
func commonLengths(a, b []string) [][]int {
	lengths := make([][]int, len(a)+1)
	for i := range lengths {
		lengths[i] = make([]int, len(b)+1)
	}
	for i, x := range slices.Backward(a) {
		for j, y := range slices.Backward(b) {
			if x == y {
				lengths[i][j] = lengths[i+1][j+1] + 1
			} else {
				lengths[i][j] = max(lengths[i+1][j], lengths[i][j+1])
			}
		}
	}
	return lengths
}
