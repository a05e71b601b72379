package safe

import (
	"strings"
	"testing"
)

// Eight bytes at a time find what one at a time finds, wherever it stands.
func TestPlain(t *testing.T) {
	for c := range 256 {
		for at := range 20 {
			b := []byte(strings.Repeat("a", 20))
			b[at] = byte(c)
			wantPrintable, wantLiteral := len(b), len(b)
			if c < 0x20 || c >= 0x7f {
				wantPrintable, wantLiteral = at, at
			}
			if c == '"' || c == '\\' {
				wantLiteral = at
			}
			if got := printable(b, 0); got != wantPrintable {
				t.Fatalf("byte %#x at %d: printable up to %d, want %d", c, at, got, wantPrintable)
			}
			if got := literal(string(b), 0); got != wantLiteral {
				t.Fatalf("byte %#x at %d: literal up to %d, want %d", c, at, got, wantLiteral)
			}
			if got := printable(b, at+1); got != len(b) {
				t.Fatalf("byte %#x at %d: nothing is behind it, found %d", c, at, got)
			}
		}
	}
}
