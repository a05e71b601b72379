package trace_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

func TestParseID(t *testing.T) {
	const full = "4bf92f3577b34da6a3ce929d0e0e4736"
	tests := []struct{ name, in, want string }{
		{"32 digits", full, full},
		{"upper case", strings.ToUpper(full), full},
		{"blanks around", "  " + full + "\n", full},
		{"16 digits", "7a1c09e2f4b85d36", "00000000000000007a1c09e2f4b85d36"},
		{"24 digits", "a3ce929d0e0e47364bf92f35", "00000000a3ce929d0e0e47364bf92f35"},
		{"few digits", "2a", "0000000000000000000000000000002a"},
		{"a UUID", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", full},
		{"a traceparent", "00-" + full + "-00f067aa0ba902b7-01", full},
		{"a traceparent of a later version", "cc-" + full + "-00f067aa0ba902b7-01-what-comes-then", full},
		{"an uber-trace-id", full + ":5b2b4e0:0:1", full},
		{"an uber-trace-id, percent-encoded", full + "%3A5b2b4e0%3A0%3A1", full},
		{"a UI address", "https://jaeger.example/base/trace/" + full + "?uiFind=x", full},
		{"an API address", "http://localhost:16686/api/traces/7a1c09e2f4b85d36", "00000000000000007a1c09e2f4b85d36"},
		{"a v3 address", "http://localhost:16686/api/v3/traces/" + full + "/", full},
		{"a correlation ID", "req-8812:eu/west", "req-8812:eu/west"},
		{"33 digits are no trace ID", full + "a", full + "a"},
		{"letters of any script", "заказ-8812", "заказ-8812"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id, err := trace.ParseID(tt.in)
			if err != nil || id.String() != tt.want {
				t.Fatalf("ParseID(%q) = %s, %v; want %s", tt.in, id, err, tt.want)
			}
			if again, err := trace.ParseID(id.String()); err != nil || !again.Same(id) {
				t.Errorf("%s does not read back: %s, %v", id, again, err)
			}
		})
	}
}

func TestParseIDRefuses(t *testing.T) {
	for _, in := range []string{
		"", " ", "0", strings.Repeat("0", 32), "00000000-0000-0000-0000-000000000000",
		"00-" + strings.Repeat("0", 32) + "-00f067aa0ba902b7-01",
		"no id", "zebra", strings.Repeat("x", 129), "tab\tinside", "bell\a-inside", "zero\u200bwidth",
	} {
		if id, err := trace.ParseID(in); !errors.Is(err, trace.ErrID) {
			t.Errorf("ParseID(%q) = %s, %v; want an error", in, id, err)
		}
	}
}

func TestForms(t *testing.T) {
	id, err := trace.ParseID("4bf92f3577b34da6a3ce929d0e0e4736")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"4bf92f3577b34da6a3ce929d0e0e4736", "4BF92F3577B34DA6A3CE929D0E0E4736",
		"4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "a3ce929d0e0e4736", "A3CE929D0E0E4736",
		"11803532876627986230", "1-4bf92f35-77b34da6a3ce929d0e0e4736",
	} {
		if !slices.Contains(id.Forms(), want) {
			t.Errorf("Forms() lacks %s: %q", want, id.Forms())
		}
	}
	short, _ := trace.ParseID("02A")
	for _, want := range []string{"2a", "02A", "42", "000000000000002a"} {
		if !slices.Contains(short.Forms(), want) {
			t.Errorf("Forms() of a short ID lacks %s: %q", want, short.Forms())
		}
	}
}

func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"4bf92f3577b34da6a3ce929d0e0e4736", "a:b:c:d", "http://h/trace/1", "%3A", "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := trace.ParseID(s)
		if err != nil {
			return
		}
		if id.IsZero() {
			t.Fatalf("ParseID(%q) is the zero ID", s)
		}
		again, err := trace.ParseID(id.String())
		if err != nil || !again.Same(id) {
			t.Fatalf("ParseID(%q) = %q, which reads back as %q, %v", s, id, again, err)
		}
	})
}
