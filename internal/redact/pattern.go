package redact

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
)

// An ownPattern is one of the team's own. Most have a text in them that stands in
// all that they find: where it does not stand, the slower search is spared.
type ownPattern struct {
	re   *regexp.Regexp
	text []byte
}

func newPattern(expr string) (ownPattern, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return ownPattern{}, fmt.Errorf("%q %w: %w", expr, ErrPattern, err)
	}
	if re.MatchString("") {
		return ownPattern{}, fmt.Errorf("%q %w: it matches the empty text", expr, ErrPattern)
	}
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return ownPattern{}, fmt.Errorf("%q %w: %w", expr, ErrPattern, err)
	}
	return ownPattern{re: re, text: []byte(needed(parsed.Simplify()))}, nil
}

// mayFind reports whether it is worth looking.
func (p *ownPattern) mayFind(text []byte) bool {
	return len(p.text) == 0 || bytes.Contains(text, p.text)
}

// needed returns the longest text that stands in whatever an expression finds; ""
// where none is known to.
func needed(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			return string(re.Rune)
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpConcat:
		longest := ""
		for _, sub := range re.Sub {
			if text := needed(sub); len(text) > len(longest) {
				longest = text
			}
		}
		return longest
	}
	return ""
}

// byPattern takes out what a pattern of the team's own finds.
func (r *Redactor) byPattern(p *ownPattern, text []byte) (out []byte, changed bool) {
	if !p.mayFind(text) {
		return text, false
	}
	kept := 0
	for _, m := range p.re.FindAllSubmatchIndex(text, -1) {
		from, to := m[0], m[1]
		if len(m) > 2 && m[2] >= 0 {
			from, to = m[2], m[3]
		}
		if from == to || from < kept {
			continue
		}
		out = r.instead(append(out, text[kept:from]...), Pattern, text[from:to])
		kept = to
	}
	if kept == 0 {
		return text, false
	}
	return append(out, text[kept:]...), true
}
