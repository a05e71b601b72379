package triage

import (
	"strings"
)

// OperationOf is what groups call an operation: its name without the IDs that
// it should not hold. A number, a UUID or a long hexadecimal number between
// slashes becomes <*>, and so does a long number elsewhere. What a URL asks for
// is cut off.
func OperationOf(operation string) string {
	if at := strings.IndexByte(operation, '?'); at > 0 && strings.IndexByte(operation[:at], '/') >= 0 {
		operation = operation[:at]
	}
	if !strings.ContainsAny(operation, "0123456789") {
		return operation
	}
	var b strings.Builder
	kept := 0
	for i := 0; i < len(operation); {
		end := i
		for end < len(operation) && strings.IndexByte("/ .=,()'?", operation[end]) < 0 {
			end++
		}
		least := shortID
		if i > 0 && operation[i-1] == '/' {
			least = 1
		}
		if i > 0 && isID(operation[i:end], least) {
			b.WriteString(operation[kept:i])
			b.WriteString("<*>")
			kept = end
		}
		i = end + 1
	}
	if kept == 0 {
		return operation
	}
	b.WriteString(operation[kept:])
	return b.String()
}

// shortID is how many digits a number has at least to be an ID where small ones
// may be part of a name, as in "attempt 2".
const shortID = 4

// isID reports whether a part of a name is a number of so many digits or more,
// or a long hexadecimal one.
func isID(s string, least int) bool {
	digits, letters := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9':
			digits++
		case 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
			letters++
		case c != '-':
			return false
		}
	}
	return digits > 0 && (letters == 0 && digits >= least || digits+letters >= 12)
}

// steadyClass is a class without what makes each error one of its own: the
// counters of proxies and lambdas, a pointer, and the numbers of a text that is
// no class.
func steadyClass(class string) string {
	switch {
	case !strings.ContainsAny(class, "0123456789") && !strings.Contains(class, "$$"):
		return class
	case strings.HasPrefix(class, "0x") && hexRun(class, 2) == len(class):
		return "<*>"
	case strings.IndexByte(class, '$') >= 0 && strings.IndexByte(class, ' ') < 0:
		return withoutCounters(class)
	case strings.IndexByte(class, ' ') < 0:
		return class
	}
	words := strings.Fields(clip(gist(class), longestWord))
	for i, w := range words {
		if strings.ContainsAny(w, "0123456789") {
			words[i] = "<*>"
		}
	}
	return strings.Join(words, " ")
}
