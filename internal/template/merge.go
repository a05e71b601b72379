package template

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Templates merges the forms that came from one format string. The order in
// which messages were added does not matter.
func (m *Miner) Templates() *Templates {
	v := m.vocabulary()
	var found []row
	for _, shape := range slices.Sorted(maps.Keys(v.shapes)) {
		found = append(found, v.merge(v.shapes[shape])...)
	}
	return m.templates(v, v.unite(found))
}

// merge merges the forms of one shape.
func (v *vocabulary) merge(rows []row) []row {
	rows = v.divide(rows)
	for range mostFolds {
		fewer := v.fold(rows)
		if len(fewer) == len(rows) {
			break
		}
		rows = fewer
	}
	return rows
}

// mostFolds is how often rows are folded. What varies at more places than this
// is merged by dividing, if at all.
const mostFolds = 4

// join makes one row of several: words that differ are holes.
func join(rows []row) row {
	if len(rows) == 1 {
		return rows[0]
	}
	shape := []byte(rows[0].shape)
	one := row{words: slices.Clone(rows[0].words)}
	for _, r := range rows {
		one.forms = append(one.forms, r.forms...)
		for i, w := range r.words {
			if one.words[i] != w {
				one.words[i] = holeWord
			}
		}
		for i := range shape {
			if r.shape[i] != shape[i] {
				shape[i] = wide
			}
		}
	}
	one.shape = string(shape)
	return one
}

// sortRows puts rows in the order of their words.
func sortRows(rows []row) {
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(slices.Compare(a.words, b.words), cmp.Compare(a.shape, b.shape))
	})
}

// unite merges rows of several shapes that are the same once lists of holes are
// one hole, and puts all in the order of their texts.
func (v *vocabulary) unite(rows []row) []row {
	byText := map[string]row{}
	for _, r := range rows {
		text := oneHole(v.form(r))
		one, ok := byText[text]
		if !ok || len(r.shape) < len(one.shape) {
			one.shape, one.words = r.shape, r.words
		}
		one.forms = append(slices.Clip(one.forms), r.forms...)
		byText[text] = one
	}
	var united []row
	for _, text := range slices.Sorted(maps.Keys(byText)) {
		united = append(united, byText[text])
	}
	return united
}

// oneHole is a form in which holes that only a mark or a space parts are one.
func oneHole(form string) string {
	form = strings.ReplaceAll(form, string(rune(wide)), " ")
	var out []byte
	for i := range len(form) {
		if form[i] != hole {
			out = append(out, form[i])
			continue
		}
		n := len(out)
		for n > 0 && n > len(out)-2 && strings.IndexByte(" ,:;", out[n-1]) >= 0 {
			n--
		}
		if n > 0 && out[n-1] == hole {
			out = out[:n]
			continue
		}
		out = append(out, hole)
	}
	return string(out)
}
