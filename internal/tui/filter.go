package tui

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/timeline"
)

// parseFilter reads what is typed: words with a meaning, in any order, and text.
// All must be met, on one side of an `or` at least.
//
//	err                    what failed, with what it said
//	critical               the critical path
//	nologs                 no logs
//	level>=warn            logs of that level or a worse one, as level:warn; > < <= and = mean what they say
//	service:pay,b*         of services that begin so; service=pay is that one alone; also svc
//	op:"GET /orders"       spans of operations that begin so; op= as service=
//	dur>100ms  dur<1s      spans that took at least so long, at most so long
//	depth<=3               levels of spans
//	order.id:ORD-17        what has a field or attribute of which the value, or a word in it, begins so
//	order.id=ORD-17        that value alone; * stands for anything in either
//	status_code>=500       a number
//	/time ?out/            a regular expression
//	"two words"            a text, whatever it says
//	anything else          text; what stands apart is one text with blanks; case matters where it has capitals
//	-word                  not that, for each of these
//	a or b c               the one, or both of the others
//	(a or b) c             in any order within
//
// A word is a field when a name begins it, as a letter does, and a sign and a
// value follow: 12:30, http://x, std::string and a->b are text. Who says
// order.id:ORD-17 as it stands is found by it, too. The words and, or and not may
// have capitals. Not is one only before a word that has a meaning, and and only
// beside one: "not found" is a text. A minus is one only before a letter, a
// quote, a slash or a parenthesis. The level of logs hides no spans, but beside
// an or, behind a minus and within parentheses it asks for logs.
func parseFilter(s string) (timeline.Filter, error) {
	if len(s) > mostTyped {
		return timeline.Filter{}, fmt.Errorf("more than %d bytes are no filter", mostTyped)
	}
	return parseWords(split(s))
}

// mostTyped is how many bytes are read as a filter.
const mostTyped = 4096

// parseWords reads the sides of each or. One that nothing stands before is text,
// and one that nothing follows waits for what is still being typed.
func parseWords(words []string) (timeline.Filter, error) {
	var any []timeline.Filter
	from := 0
	for i := 0; i <= len(words); i++ {
		if i < len(words) && (i == from || !strings.EqualFold(words[i], "or")) || i == len(words) && i == from {
			continue
		}
		f, err := parseSide(words[from:i])
		if err != nil {
			return f, err
		}
		if !f.IsZero() {
			any = append(any, f)
		}
		from = i + 1
	}
	switch len(any) {
	case 0:
		return timeline.Filter{}, nil
	case 1:
		return any[0], nil
	}
	return timeline.Filter{Any: any}, nil
}

// parseSide reads words that all must be met.
func parseSide(words []string) (timeline.Filter, error) {
	var f timeline.Filter
	var texts, own []string
	for i := 0; i < len(words); i++ {
		w, no := words[i], false
		switch {
		case strings.EqualFold(w, "and") && i > 0 && i+1 < len(words) && (isMeant(words[i-1]) || isMeant(words[i+1])):
			continue
		case strings.EqualFold(w, "not") && i+1 < len(words) && isMeant(words[i+1]):
			i++
			w, no = words[i], true
		}
		if isNegated(w) {
			w, no = w[1:], !no
		}
		switch {
		case w == "-" && i == len(words)-1: // more is to come
		case no:
			one, err := parseSide([]string{w})
			if err != nil {
				return f, err
			}
			if !one.IsZero() {
				f.Not = append(f.Not, one)
			}
		case isQuoted(w):
			own = append(own, unquoted(w))
		default:
			meant, err := setWord(&f, w)
			if err != nil {
				return f, err
			}
			if !meant {
				texts = append(texts, unquoted(w))
			}
		}
	}
	if len(texts) > 0 {
		own = append(own, strings.Join(texts, " "))
	}
	for _, text := range own {
		addText(&f, timeline.Filter{Phrase: text})
	}
	return f, nil
}

// addText asks for a text, or a regular expression, beside others.
func addText(f *timeline.Filter, text timeline.Filter) {
	switch {
	case text.Phrase != "" && f.Phrase == "":
		f.Phrase = text.Phrase
	case text.Text != nil && f.Text == nil:
		f.Text = text.Text
	case !text.IsZero():
		f.All = append(f.All, text)
	}
}

// isMeant reports whether a word is more than text.
func isMeant(w string) bool {
	if isNegated(w) || isQuoted(w) || w[0] == '(' {
		return true
	}
	meant, err := setWord(new(timeline.Filter), w)
	return meant || err != nil
}

func isNegated(w string) bool {
	return len(w) > 1 && w[0] == '-' && (w[1] >= 'a' && w[1] <= 'z' || w[1] >= 'A' && w[1] <= 'Z' || w[1] >= 0x80 || strings.IndexByte(`"/(`, w[1]) >= 0)
}

func isQuoted(w string) bool { return w[0] == '"' }

func isPattern(w string) bool { return len(w) > 2 && w[0] == '/' && w[len(w)-1] == '/' }

func unquoted(w string) string { return strings.Trim(w, `"`) }

// split splits at blanks that are not within quotes, regular expressions or
// parentheses. What is not closed ends with the text.
func split(s string) (words []string) {
	for s = strings.TrimLeft(s, " "); s != ""; s = strings.TrimLeft(s, " ") {
		end := wordEnd(s)
		words = append(words, s[:end])
		s = s[end:]
	}
	return words
}

// wordEnd is where the first word ends.
func wordEnd(s string) int {
	at := 0
	if isNegated(s) {
		at = 1
	}
	if s[at] == '/' {
		if end := patternEnd(s[at:]); end > 0 {
			return at + end
		}
	}
	if s[at] == '(' {
		return min(at+groupEnd(s[at:]), len(s))
	}
	quote := false
	for i := at; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quote = !quote
		case s[i] == ' ' && !quote:
			return i
		}
	}
	return len(s)
}

// groupEnd is where the parenthesis ends that a text begins with.
func groupEnd(s string) int {
	depth, quote := 0, false
	for i := range len(s) {
		switch {
		case s[i] == '"':
			quote = !quote
		case quote:
		case s[i] == '(':
			depth++
		case s[i] == ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(s) + 1 // it is still to come
}

// also adds a word to others, so that it holds whatever these are.
func also(words []string, w string) []string {
	if hasOr(words) {
		return []string{"(" + strings.Join(words, " ") + ")", w}
	}
	return append(words, w)
}

func hasOr(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, "or") })
}

// patternEnd is where a regular expression ends: at the first slash that a word
// ends with; 0 where there is none.
func patternEnd(s string) int {
	for i := 2; i < len(s); i++ {
		if s[i] == '/' && (i+1 == len(s) || s[i+1] == ' ' || s[i+1] == ')') {
			return i + 1
		}
	}
	return 0
}

// setWord sets what one word means, and reports whether it means anything.
func setWord(f *timeline.Filter, w string) (bool, error) {
	switch w {
	case "err", "error", "errors":
		f.Errors = true
		return true, nil
	case "critical":
		f.Critical = true
		return true, nil
	case "nologs":
		f.NoLogs = true
		return true, nil
	}
	switch {
	case w[0] == '(':
		inner, err := parseFilter(w[1 : groupEnd(w)-1])
		if err == nil && !inner.IsZero() {
			f.All = append(f.All, inner)
		}
		return true, err
	case isPattern(w):
		re, err := compile(w[1 : len(w)-1])
		if err == nil {
			addText(f, timeline.Filter{Text: re})
		}
		return true, err
	}
	return setKeyed(f, w)
}

// compile reads a regular expression. Case matters where it has capitals, other
// than those of \S and \W.
func compile(s string) (*regexp.Regexp, error) {
	letters := regexp.MustCompile(`\\[pP]\{[^}]*\}|\\[pP]?.`).ReplaceAllString(s, "")
	if letters == strings.ToLower(letters) {
		s = "(?i)" + s
	}
	re, err := regexp.Compile(s)
	if err != nil {
		_, why, _ := strings.Cut(err.Error(), "error parsing regexp: ")
		return nil, errors.New(why)
	}
	return re, nil
}
