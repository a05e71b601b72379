package tui

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestReadTerms reads what may be typed, and writes it so that it is read as the
// same.
func TestReadTerms(t *testing.T) {
	for _, s := range []string{
		"", "order.id=ORD-17", `a="b c" "d e"=f`, "service:payment", `op:"POST /charge"`, "since:2h until:1h", "dur:>100ms", `dur:">100ms <2s"`,
		"dur:100ms..2s", "errors", "limit:0", `a="say \"x\" and \\ too"`, `a=C:\temp`, "http:url=x", "since=then", "a=b=c", "a=http://x:1/?q=1", "a=<b>",
	} {
		got, err := readTerms(s, terms{})
		if err != nil || got.String() != s {
			t.Errorf("%s is read as %s, %v", s, got, err)
		}
	}
	for s, want := range map[string]string{
		"svc:a operation:b duration:1s err": "service:a op:b dur:1s errors", "service=a": "service:a", "dur>1s dur<2s": `dur:">1s <2s"`, "error=true": "errors",
		"error=false": "error=false", "  a=1   b=2 ": "a=1 b=2",
	} {
		got, err := readTerms(s, terms{})
		if err != nil || got.String() != want {
			t.Errorf("%s is read as %s, %v; want %s", s, got, err, want)
		}
	}
	for _, s := range []string{"order", "=x", "a=", "service:", `a="b`, "dur:fast", "limit:-1", "limit:x", "dur>2s dur<1s", "dur:..", "dur:-1s", "dur:>"} {
		if got, err := readTerms(s, terms{}); err == nil {
			t.Errorf("%s is read as %s", s, got)
		}
	}
	held := terms{termSince: "3h", termAttributes: "a=1"}
	if got, err := readTerms("b=2 since:1h", held); err != nil || got.String() != "b=2 since:1h" {
		t.Errorf("read as %s, %v", got, err)
	}
}

// TestDurationRange reads both sides.
func TestDurationRange(t *testing.T) {
	for s, want := range map[string][2]time.Duration{
		"": {}, ">100ms": {100 * time.Millisecond, 0}, ">=1s": {time.Second, 0}, "<2s": {0, 2 * time.Second}, "100ms..2s": {100 * time.Millisecond, 2 * time.Second},
		"1s..": {time.Second, 0}, "..1s": {0, time.Second}, "> 1s": {}, "1.5s": {1500 * time.Millisecond, 0}, ">1s <2s": {time.Second, 2 * time.Second},
	} {
		least, most, err := durationRange(s)
		if s == "> 1s" {
			if err == nil {
				t.Errorf("%s is read as %d to %d", s, least, most)
			}
			continue
		}
		if err != nil || least != int64(want[0]) || most != int64(want[1]) {
			t.Errorf("%s is read as %d to %d, %v", s, least, most, err)
		}
	}
}

// FuzzTerms reads anything: what can be read is written so that it is read as
// the same.
func FuzzTerms(f *testing.F) {
	for _, s := range []string{`a="b c"`, `op:"x`, "dur:1s..2s errors", `"=`, `a=\"b`, "since:\x00 x=\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := readTerms(s, terms{})
		if err != nil {
			return
		}
		again, err := readTerms(got.String(), terms{})
		if err != nil || again.String() != got.String() {
			t.Errorf("%q is written as %q, and read as %q, %v", s, got, again, err)
		}
		q, _ := got.query()
		other, _ := again.query()
		if !slices.Equal(q.Conditions, other.Conditions) || q.Service != other.Service || q.Operation != other.Operation {
			t.Errorf("%q asks for %v, and then for %v", s, q, other)
		}
		if strings.Contains(strings.Join(got.phrases(newPaints(plain())), ""), "\x1b[2J") {
			t.Errorf("%q acts on the terminal", s)
		}
	})
}
