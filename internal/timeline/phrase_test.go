package timeline

import (
	"regexp"
	"strings"
	"testing"
)

// A phrase finds what a regular expression of its text finds.
func FuzzPhrase(f *testing.F) {
	f.Add("Order ORD-17 refused", "ord-17")
	f.Add("Order", "Ord")
	f.Add("", "")
	f.Add("[Z@z`{", "z`")
	f.Fuzz(func(t *testing.T, s, text string) {
		for i := range len(s + text) {
			if (s + text)[i] >= 0x80 {
				t.Skip("case is folded in ASCII alone")
			}
		}
		pattern := regexp.QuoteMeta(text)
		if strings.ToLower(text) == text {
			pattern = "(?i)" + pattern
		}
		want := regexp.MustCompile(pattern).MatchString(s)
		if got := phrase(text).MatchString(s); got != want {
			t.Errorf("%q in %q: %v, want %v", text, s, got, want)
		}
		if got := phrase(text).Match([]byte(s)); got != want {
			t.Errorf("%q in the bytes %q: %v, want %v", text, s, got, want)
		}
	})
}
