package timeline

import "strings"

// Spans tells where in a text that stands which the filter asks texts for, by
// the same rule for capitals: from and to in bytes, one behind another.
func (f *Filter) Spans(text string) [][2]int {
	var spans [][2]int
	switch {
	case f.Text != nil:
		for _, at := range f.Text.FindAllStringIndex(text, -1) {
			if at[0] < at[1] {
				spans = append(spans, [2]int{at[0], at[1]})
			}
		}
	case f.Phrase != "":
		p, folds := f.Phrase, strings.ToLower(f.Phrase) == f.Phrase
		for i := 0; i+len(p) <= len(text); {
			if text[i:i+len(p)] == p || folds && beginsFold(text[i:], p) {
				spans = append(spans, [2]int{i, i + len(p)})
				i += len(p)
				continue
			}
			i++
		}
	}
	return spans
}
