package jscan

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzValid(f *testing.F) {
	for _, s := range []string{
		`{}`, `[]`, `{"a":1}`, `{"a":{"b":[1,-2.5e+3,true,false,null,"x\n\u0041\ud83d\ude00"]}}`, `"long enough to need eight bytes at a time \" and more"`,
		`{"a":1,}`, `[1,]`, `{"a"}`, `01`, `-`, `1.`, `1e`, `tru`, `"\x"`, `"\u12g4"`, "\"\x01\"", "\"a\xff\"", `{} {}`, ` `, ``, `{"a":`, "\"12345678\x1f\"",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := NewReader(text)
		r.Skip()
		if got, want := r.End(), json.Valid(text); got != want {
			t.Fatalf("valid = %v, encoding/json says %v: %q", got, want, text)
		}
	})
}

func FuzzUnescape(f *testing.F) {
	for _, s := range []string{`plain`, `a\"b\\c\/d\b\f\n\r\t`, `\u0041\u00e9\u20ac`, `\ud83d\ude00`, `\ud83d`, `\ud83dx`, `\ude00\ud83d\ude00`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Unescape([]byte(s)) // must not panic, whatever it is
		var want string
		if !utf8.ValidString(s) || json.Unmarshal([]byte(`"`+s+`"`), &want) != nil {
			return
		}
		if string(got) != want {
			t.Fatalf("%q: got %q, want %q", s, got, want)
		}
	})
}

func TestOffset(t *testing.T) {
	for text, offset := range map[string]int{
		`{"hits":[{"_id":"1"},{"_id":`: 28,
		`{"a":tru}`:                    8,
		`{"a":1 "b"}`:                  7,
		`{"a":"x`:                      7,
	} {
		r := NewReader([]byte(text))
		r.Skip()
		var bad *SyntaxError
		if !errors.As(r.Err(), &bad) || bad.Offset != offset {
			t.Errorf("%s: %v, want offset %d", text, r.Err(), offset)
		}
	}
}

func TestDepth(t *testing.T) {
	for depth, want := range map[int]bool{10000: true, 10001: false} {
		text := []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))
		r := NewReader(text)
		r.Skip()
		if r.End() != want || json.Valid(text) != want {
			t.Errorf("depth %d: %v", depth, r.Err())
		}
	}
}

func TestPlain(t *testing.T) {
	for c := range 256 {
		for at := range 20 {
			b := []byte(strings.Repeat("\x80", 20))
			b[at] = byte(c)
			want := len(b)
			if c < 0x20 || c == '"' || c == '\\' {
				want = at
			}
			if got := plain(b); got != want {
				t.Fatalf("byte %#x at %d: %d, want %d", c, at, got, want)
			}
		}
	}
}
