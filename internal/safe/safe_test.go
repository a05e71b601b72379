package safe_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/safe"
)

func TestOf(t *testing.T) {
	tests := []struct{ in, want string }{
		{"plain", "plain"},
		{"größer 受注 🚀", "größer 受注 🚀"},
		{"a\tb\nc", "a b⏎c"},
		{"red \x1b[31mtext\x1b[0m", "red ␛[31mtext␛[0m"},
		{"\x1b]0;title\x07", "␛]0;title␇"},
		{"back\b\rslash\x7f", "back␈␍slash␡"},
		{"\u009b31m", "<U+009B>31m"},
		{"pay\u202egnp.exe", "pay<U+202E>gnp.exe"},
		{"zero\u200bwidth", "zero<U+200B>width"},
		{"tag\U000e0041", "tag<U+E0041>"},
		{"bad\xff\x9b31m", `bad\xFF\x9B31m`},
	}
	for _, tt := range tests {
		if got := safe.Of(tt.in).String(); got != tt.want {
			t.Errorf("Of(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

// harmless fails the test when s could act on a terminal.
func harmless(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) {
		t.Errorf("%q is no UTF-8", s)
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == '\u2028' || r == '\u2029' {
			t.Errorf("%q still holds %U", s, r)
		}
	}
}

func FuzzOf(f *testing.F) {
	for _, seed := range []string{"", "ok", "\x1b[2J", "\u009b", "\u202e", "\xc2", "日本\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := safe.Of(s).String()
		harmless(t, out)
		if again := safe.Of(out).String(); again != out {
			t.Errorf("Of is not stable: %q, then %q", out, again)
		}
	})
}

func FuzzAppendJSON(f *testing.F) {
	for _, seed := range []string{"", `quo"te\`, "\x1b[2J", "\u009b\u202e\U000e0041", "\xc2", "日本\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := safe.AppendJSON(nil, s)
		harmless(t, string(out))
		var back string
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatalf("AppendJSON(%q) = %s: %v", s, out, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && back != want {
			t.Errorf("AppendJSON(%q) reads back as %q", s, back)
		}
	})
}

func FuzzAppendRawJSON(f *testing.F) {
	for _, seed := range []string{`{}`, "{\n \"a\": [1, \"\u009b\x7f\"]}", "\"\u202e\\u202e\""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			t.Skip("only valid JSON is promised to stay so")
		}
		out := safe.AppendRawJSON(nil, raw)
		harmless(t, string(out))
		var a, b any
		if err := json.Unmarshal(out, &b); err != nil {
			t.Fatalf("AppendRawJSON(%s) = %s: %v", raw, out, err)
		}
		if err := json.Unmarshal(raw, &a); err != nil {
			t.Skip("valid, but out of range")
		}
		x, _ := json.Marshal(a)
		y, _ := json.Marshal(b)
		if string(x) != string(y) {
			t.Errorf("AppendRawJSON changed %s into %s", x, y)
		}
	})
}
