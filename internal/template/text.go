package template

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Templates are what a Miner found.
type Templates struct {
	of    []int      // the template of each form
	texts []string   // of each template, as a form is written
	parts [][]string // of each template
}

// Len is the number of templates.
func (t *Templates) Len() int { return len(t.texts) }

// Of is the template of a form, from 0.
func (t *Templates) Of(f Form) int { return t.of[f] }

// Text is a template, with <*> for what varies.
func (t *Templates) Text(i int) string { return shown(t.texts[i]) }

// Parts are the template's constant runs of whole words, in order, long enough
// to be looked for: of two words or six letters. None when it has no such run.
// Every message of the template holds them as they are, each with something
// that is no part of a word on either side.
func (t *Templates) Parts(i int) []string { return t.parts[i] }

// templates lists what was found: what was mined in the order of the texts, and
// then what loggers kept.
func (m *Miner) templates(v *vocabulary, found []row) *Templates {
	t := &Templates{of: make([]int, len(m.kept))}
	for _, r := range found {
		text := v.form(r)
		parts := partsOf(text)
		for _, f := range r.forms {
			t.of[f] = len(t.texts)
			parts = held(parts, m.kept[f].text)
		}
		t.texts, t.parts = append(t.texts, text), append(t.parts, parts)
	}
	for _, f := range m.ownForms() {
		text := m.kept[f].text
		parts := partsOf(text)
		if f == m.beyond-1 {
			parts = nil
		}
		t.of[f] = len(t.texts)
		t.texts, t.parts = append(t.texts, text), append(t.parts, parts)
	}
	return t
}

// shown writes a form for people.
func shown(form string) string {
	return strings.NewReplacer(string(rune(hole)), "<*>", string(rune(wide)), " ").Replace(form)
}

// partsOf returns the constant runs of a form.
func partsOf(form string) []string {
	var parts []string
	run := 0 // where the run of whole words began
	end := func(at int) {
		if run >= at {
			return
		}
		if p := trimmedPart(form[run:at]); isLong(p) {
			parts = append(parts, p)
		}
	}
	for i := 0; i < len(form); {
		to := i
		for to < len(form) && form[to] != ' ' && form[to] != wide {
			to++
		}
		if !isWhole(form[i:to]) {
			end(i - 1)
			run = to + 1
		} else if to < len(form) && form[to] == wide {
			end(to)
			run = to + 1
		}
		i = to + 1
	}
	end(len(form))
	return parts
}

// mostLetters is the longest word that is looked for: stores do not keep words
// of any length whole.
const mostLetters = 64

// isWhole reports whether a word of a form stands so in each of its messages,
// and can be asked for.
func isWhole(w string) bool {
	return len(w) <= mostLetters && strings.IndexByte(w, hole) < 0 && utf8.ValidString(w)
}

// trimmedPart is a run without the marks at its ends.
func trimmedPart(run string) string {
	return strings.TrimFunc(run, func(r rune) bool { return r < 0x80 && !isWordByte(byte(r)) })
}

// isLong reports whether a part is worth looking for.
func isLong(part string) bool {
	words, letters, in := 0, 0, false
	for _, r := range part {
		letter := unicode.IsLetter(r)
		if letter {
			letters++
		}
		if letter && !in {
			words++
		}
		in = r != ' ' && (in || letter)
	}
	return words >= 2 || letters >= 6
}

// held leaves the parts that a form holds too.
func held(parts []string, form string) []string {
	if !slices.ContainsFunc(parts, func(p string) bool { return !holds(form, p) }) {
		return parts
	}
	var kept []string
	for _, p := range parts {
		if holds(form, p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// holds reports whether a part stands in a text as whole words.
func holds(text, part string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], part)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(part)
		if (at == 0 || !isWordByte(text[at-1])) && (end == len(text) || !isWordByte(text[end])) {
			return true
		}
		from = at + 1
	}
}
