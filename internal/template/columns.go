package template

import (
	"cmp"
	"slices"
	"strings"
)

// A word is one of a vocabulary, by number; holeWord varies.
type word int32

const holeWord word = 0

// A row is forms that are taken to be one template: the words of its places and
// the shape, which is what stands between them.
type row struct {
	shape string
	words []word
	forms []Form
}

// blank stands for a word in a shape. No form holds it, as it is a space.
const blank = 2

// A vocabulary holds all words of a miner's forms, and the forms by their shape.
// Words are numbered in their order, so that nothing depends on the messages'.
type vocabulary struct {
	words  []string
	kinds  []kind
	shapes map[string][]row
	seen   []int // for each word, the last survey's place that had it
	visit  int
}

// ownForms are the forms that loggers kept, in the order of the texts.
func (m *Miner) ownForms() []Form {
	var own []Form
	for f, k := range m.kept {
		if k.own != "" {
			own = append(own, Form(f))
		}
	}
	slices.SortFunc(own, func(a, b Form) int { return cmp.Compare(m.kept[a].own, m.kept[b].own) })
	return own
}

// vocabulary reads the miner's forms.
func (m *Miner) vocabulary() *vocabulary {
	ids := map[string]word{}
	for _, k := range m.kept {
		if k.own == "" {
			for w := range wordsOf(k.text) {
				ids[w] = 0
			}
		}
	}
	delete(ids, string(rune(hole)))
	v := &vocabulary{words: []string{string(rune(hole))}, shapes: map[string][]row{}}
	for w := range ids {
		v.words = append(v.words, w)
	}
	slices.Sort(v.words[1:])
	for i, w := range v.words {
		ids[w] = word(i)
		v.kinds = append(v.kinds, kindOf(w))
	}
	for f, k := range m.kept {
		if k.own == "" {
			v.add(Form(f), k.text, ids)
		}
	}
	v.seen = make([]int, len(v.words))
	for _, rows := range v.shapes {
		sortRows(rows)
	}
	return v
}

// add adds a form to those of its shape.
func (v *vocabulary) add(f Form, text string, ids map[string]word) {
	r := row{forms: []Form{f}}
	var shape strings.Builder
	rest := text
	for w, at := range wordsOf(text) {
		shape.WriteString(text[len(text)-len(rest) : at])
		shape.WriteByte(blank)
		rest = text[at+len(w):]
		r.words = append(r.words, ids[w])
	}
	shape.WriteString(rest)
	r.shape = shape.String()
	key := strings.ReplaceAll(r.shape, string(rune(wide)), " ")
	v.shapes[key] = append(v.shapes[key], r)
}

// wordsOf goes over the words and holes of a form, with where each begins. Words
// parted by commas are one, since a list may have any length, and a mark between
// two spaces is one too.
func wordsOf(text string) func(yield func(w string, at int) bool) {
	return func(yield func(string, int) bool) {
		for i := 0; i < len(text); {
			end := wordEnd(text, i)
			if end == i {
				i++
				continue
			}
			for end < len(text) && text[end] == ',' && text[i] != hole {
				next := listed(text, end)
				if next == end {
					break
				}
				end = next
			}
			if !yield(text[i:end], i) {
				return
			}
			i = end
		}
	}
}

// wordEnd is the end of the word that begins here, or here when none does.
func wordEnd(text string, i int) int {
	if text[i] == hole || text[i] > ' ' && i > 0 && i+1 < len(text) && text[i-1] == ' ' && text[i+1] == ' ' {
		return i + 1
	}
	end := i
	for end < len(text) && !parts(text, end, i) {
		end++
	}
	return end
}

// listed is the end of the list's next word behind a comma, or the comma when
// what follows is a key, the beginning of something else or nothing.
func listed(text string, comma int) int {
	i := comma + 1
	if i < len(text) && text[i] == ' ' {
		i++
	}
	if i >= len(text) || text[i] == hole {
		return comma
	}
	end := wordEnd(text, i)
	if end == i || end < len(text) && strings.IndexByte("=:(", text[end]) >= 0 || isClause(text[i:end]) {
		return comma
	}
	return end
}

// isClause reports whether a word behind a comma begins a clause, so that no
// list goes on there.
func isClause(w string) bool {
	switch w {
	case "and", "are", "as", "because", "but", "has", "is", "no", "not", "on", "only", "or", "since", "so", "then", "to", "was", "when", "which", "while", "with":
		return true
	}
	return false
}

// parts reports whether no word goes on at a byte.
func parts(text string, at, from int) bool {
	switch c := text[at]; c {
	case hole, wide, ' ', '=', ':', ',', ';', '(', ')', '[', ']', '{', '}', '<', '>', '|', '"', '`', '!', '?', '#':
		return true
	case '\'':
		return at == from || at+1 == len(text) || !isWordByte(text[at+1])
	}
	return false
}

// form writes a row out as a form.
func (v *vocabulary) form(r row) string {
	var b strings.Builder
	next := 0
	for i := range len(r.shape) {
		if r.shape[i] != blank {
			b.WriteByte(r.shape[i])
			continue
		}
		b.WriteString(v.words[r.words[next]])
		next++
	}
	return b.String()
}
