package tui

import (
	"strings"

	"github.com/otrace/otrace/internal/safe"
)

// fieldColumns is where the fields' texts begin.
const fieldColumns = 13

// draw draws as much of the form as has room: the field with the cursor, and
// what is offered for it, outrank the others.
func (f *form) draw(width, height int) []string {
	p := f.v.m.paints
	wrong, why := f.wrong()
	var lines []string
	from, to := 0, 0
	for t := range allTerms {
		line := f.field(t, width)
		if why != "" && t == wrong {
			line += "  " + text(p.Warn, why)
		}
		if t != f.at {
			lines = append(lines, p.fit(line, width))
			continue
		}
		from = len(lines)
		lines = append(lines, p.fit(line, width))
		for _, o := range f.prompt.offered.draw(p, max(width-fieldColumns+1, 8), min(mostOffered, max(height-int(allTerms), 2))) {
			lines = append(lines, p.fit(strings.Repeat(" ", min(fieldColumns-1, width/2))+o, width))
		}
		to = len(lines)
	}
	if len(lines) > height {
		top := max(min(from, to-height), min(to-height, from))
		top = max(min(top, from), 0)
		lines = lines[top:min(top+height, len(lines))]
	}
	return lines
}

// field draws one field.
func (f *form) field(t field, width int) string {
	p := f.v.m.paints
	name, value := text(p.Dim, " "+fieldNames[t]), f.terms[t]
	room := max(width-fieldColumns-1, 4)
	switch {
	case t == termErrors:
		box := "[ ] "
		if value != "" {
			box = "[x] "
		}
		value = box + text(p.Dim, "only traces with errors")
		if t == f.at {
			value = box + text(p.Dim, "only traces with errors: space")
		}
	case t == f.at && f.prompt.offered.at != nothing:
		chosen := f.prompt.offered.list[f.prompt.offered.at].name
		return p.fit(text(p.Title, p.cursor+fieldNames[t]), fieldColumns-1) + " " + p.cutTo(safe.Of(chosen).String(), room)
	case t == f.at:
		value = f.prompt.typed(room)
	case value != "":
		value = p.cutTo(safe.Of(value).String(), room)
	}
	if f.terms[t] == "" && t != termErrors {
		value += text(p.Dim, f.hint(t))
	}
	value += text(p.Dim, f.means(t))
	if t == f.at {
		name = text(p.Title, p.cursor+fieldNames[t])
	}
	return p.fit(name, fieldColumns-1) + " " + value
}

// means is the moment that a field tells, once it is known.
func (f *form) means(t field) string {
	at := f.moments.window.From
	if t == termUntil {
		at = f.moments.window.Until
	}
	if t != termSince && t != termUntil || f.terms[t] == "" || at == 0 || f.moments.of != [2]string{f.terms[termSince], f.terms[termUntil]} {
		return ""
	}
	return "  (" + momentText(at) + " UTC)"
}

// hint tells what a field takes, or what is usual here.
func (f *form) hint(t field) string {
	hint := "(" + fieldHints[t] + ")"
	if t == termOperation && f.terms[termService] != "" {
		hint = "(any of " + f.terms[termService] + ")"
	}
	if t == f.at {
		return " " + hint
	}
	return hint
}
