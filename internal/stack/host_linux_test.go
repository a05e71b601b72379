package main

import "testing"

func TestParseStat(t *testing.T) {
	const rest = " 1 77 77 0 -1 4194560 100 0 0 0 1 2 0 0 20 0 4 0 137946 99 0\n"
	for _, tt := range []struct {
		name, stat string
		zombie, ok bool
	}{
		{"plain", "5 (java) S" + rest, false, true},
		{"a name that looks like fields", "5 (x) Z 1 1 (y) R) S" + rest, false, true},
		{"zombie", "5 (java) Z" + rest, true, true},
		{"cut short", "5 (java) S 1 77", false, false},
		{"empty", "", false, false},
	} {
		got, ok := parseStat(5, tt.stat, "boot")
		want := listed{process{5, "boot+137946"}, 77, tt.zombie}
		if ok != tt.ok || (ok && got != want) {
			t.Errorf("%s: got %v, %v", tt.name, got, ok)
		}
	}
}
