package timeline

import (
	"bytes"
	"strings"
)

// A finder finds a text in others.
type finder interface {
	MatchString(s string) bool
	Match(b []byte) bool
}

// A phrase finds itself. Where it has no capitals, those of the others do not
// matter: of letters beyond ASCII they do.
type phrase string

// MatchString reports whether the phrase stands in s.
func (p phrase) MatchString(s string) bool {
	if strings.ToLower(string(p)) != string(p) {
		return strings.Contains(s, string(p))
	}
	return containsFold(s, string(p))
}

// Match reports whether the phrase stands in b.
func (p phrase) Match(b []byte) bool {
	if strings.ToLower(string(p)) != string(p) {
		return bytes.Contains(b, []byte(p))
	}
	return containsFold(b, string(p))
}

// containsFold is strings.Contains for a text without capitals, which may have
// some in s.
func containsFold[T string | []byte](s T, small string) bool {
	if small == "" {
		return true
	}
	first := small[0]
	for i := 0; i+len(small) <= len(s); i++ {
		if lower(s[i]) == first && beginsFold(s[i:], small) {
			return true
		}
	}
	return false
}

func beginsFold[T string | []byte](s T, small string) bool {
	for i := range len(small) {
		if lower(s[i]) != small[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c-'A' < 26 {
		c += 'a' - 'A'
	}
	return c
}
