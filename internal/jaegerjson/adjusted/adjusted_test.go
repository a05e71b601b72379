package adjusted

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// moved is what the adjuster says, of every version since 1.17.
const moved = "This span's timestamps were adjusted by "

// The rest that every version says of a span, and of one it did not touch.
var untouched = []string{
	"max clock skew adjustment delta of 1s exceeded; not applying calculated delta of -1.5s",
	"clock skew adjustment disabled; not applying calculated delta of 2.5ms",
	"duplicate span IDs; skipping clock skew adjustment",
	"invalid parent span IDs=00000000000000ff; skipping clock skew adjustment",
	"parent span ID=00000000000000ff is not in the trace; skipping clock skew adjustment",
	"Negative duration detected, sanitizing end timestamp. Original end timestamp: 2026-01-01 00:00:00 +0000 UTC, adjusted to: 2026-01-01 00:00:01 +0000 UTC",
}

func TestTexts(t *testing.T) {
	const start = int64(10e9)
	for _, tt := range []struct {
		warnings []string
		by       int64
		left     string // of the warnings
		adjusted bool
	}{
		{nil, 0, "[]", false},
		{untouched, 0, fmt.Sprint(untouched), false},
		{[]string{moved + "1µs"}, 1e3, "[]", false},
		{[]string{moved + "1μs"}, 1e3, "[]", false}, // the other micro sign
		{[]string{moved + "1us"}, 1e3, "[]", false},
		{[]string{moved + "-2.5µs", "another"}, -2500, "[another]", false},
		{[]string{moved + "1ns"}, 1, "[]", false},
		{[]string{moved + "103.250007ms"}, 103250007, "[]", false},
		{[]string{moved + "-1m0.5s"}, -60.5e9, "[]", false},
		{[]string{moved + "2562h3m0.000000001s "}, 2562*3600e9 + 180e9 + 1, "[]", false},
		{[]string{moved + "1µs", untouched[1], moved + "-3µs"}, -2e3, "[" + untouched[1] + "]", false},
		{[]string{`["` + moved + `1ms","odd","` + moved + `2ms"]`, "even"}, 3e6, "[odd even]", false},
		{[]string{moved + "some time"}, 0, "[" + moved + "some time]", true},
		{[]string{moved}, 0, "[" + moved + "]", true},
		{[]string{strings.TrimSpace(moved)}, 0, "[" + strings.TrimSpace(moved) + "]", true},
		{[]string{moved + "1s", moved + "5 s"}, 0, "[" + moved + "1s " + moved + "5 s]", true},
		{[]string{moved + "-2562047h47m16.854775808s"}, 0, "[" + moved + "-2562047h47m16.854775808s]", true},
		{[]string{moved + "2562047h", moved + "2562047h"}, 0, "[" + moved + "2562047h " + moved + "2562047h]", true},
	} {
		events := []trace.Event{{Time: start + 500}, {Time: start + 9000}}
		shared := slices.Clone(tt.warnings)
		spans := []trace.Span{{Start: start, Duration: 70e9, Warnings: shared, Events: events}}
		o := Undo(spans)
		s := spans[0]
		want := Outcome{}
		switch {
		case tt.adjusted:
			want.Left = 1
		case tt.by != 0:
			want = Outcome{Undone: 1, Unsure: 1}
		}
		if o != want || s.Adjusted != tt.adjusted || s.Clamped || s.Start != start-tt.by || s.Duration != 70e9 || fmt.Sprint(s.Warnings) != tt.left {
			t.Errorf("%q: %+v, %+v", tt.warnings, o, s)
		}
		if s.Events[0].Time != s.Start+500 || s.Events[1].Time != s.Start+9000 {
			t.Errorf("%q: events %+v", tt.warnings, s.Events)
		}
		if events[0].Time != start+500 || !slices.Equal(shared, tt.warnings) {
			t.Errorf("%q: what others share was changed: %+v %q", tt.warnings, events, shared)
		}
		if again := Undo(spans); again.Undone != 0 || spans[0].Start != s.Start {
			t.Errorf("%q: undone twice", tt.warnings)
		}
	}
}

// A span on its own, adjusted by a server of either kind, as far as it tells.
func TestAlone(t *testing.T) {
	const start, end = int64(50_000), int64(50_700)
	for _, tt := range []struct {
		name    string
		by      int64
		ends    int64 // by how much the end was moved
		want    int64 // the length
		unsure  int
		clamped bool
	}{
		{"the whole, forward", 100, 100, 700, 1, false},
		{"the whole, forward and far", 5000, 5000, 700, 1, false},
		{"the whole, back", -100, -100, 700, 1, false},
		{"the whole, back and far", -5000, -5000, 700, 0, false},
		{"the start, forward beyond the end", 701, 0, 700, 0, false},
		{"the start, forward and far", 9000, 0, 700, 0, false},
		{"the start, forward within the span", 100, 0, 600, 1, false}, // nothing tells
		{"the start, back", -5000, 0, 5700, 1, false},                 // nothing tells
		{"it ended before it began, and long before it was moved", 100, -9000, 0, 0, false},
	} {
		s := trace.Span{Start: 0, Warnings: []string{fmt.Sprint(moved, tt.by, "ns")}}
		SetTimes(&s, start+tt.by, end+tt.ends)
		if s.Duration < 0 {
			t.Errorf("%s: %+v", tt.name, s)
		}
		spans := []trace.Span{s}
		o := Undo(spans)
		if s = spans[0]; s.Start != start || s.Duration != tt.want || o != (Outcome{Undone: 1, Unsure: tt.unsure}) || s.Clamped != tt.clamped {
			t.Errorf("%s: %+v, %+v", tt.name, o, s)
		}
	}
}

// What came without a time, or would go where no time is, stays.
func TestNoTime(t *testing.T) {
	for _, start := range []int64{0, math.MaxInt64, math.MinInt64 + 1} {
		by := "1h"
		if start > 0 {
			by = "-1h"
		}
		spans := []trace.Span{{Start: start, Warnings: []string{moved + by}}}
		if o := Undo(spans); o != (Outcome{Left: 1}) || !spans[0].Adjusted || spans[0].Start != start || len(spans[0].Warnings) != 1 {
			t.Errorf("%d: %+v, %+v", start, o, spans[0])
		}
	}
	s := trace.Span{Warnings: []string{moved + "1h"}}
	if SetTimes(&s, 5, 3); s.Start != 5 || s.Duration != 3600e9-2 || !s.Clamped {
		t.Errorf("%+v", s)
	}
	unread := trace.Span{Warnings: []string{moved + "1h", moved + "a lot"}}
	if SetTimes(&unread, 5, 3); unread.Duration != 0 || !unread.Clamped {
		t.Errorf("%+v", unread)
	}
	plain := trace.Span{Warnings: []string{untouched[0]}}
	if SetTimes(&plain, 5, 3); plain.Duration != 0 || !plain.Clamped {
		t.Errorf("%+v", plain)
	}
}

func TestWarnings(t *testing.T) {
	const raw = ", though raw times were asked for"
	for _, tt := range []struct {
		o      Outcome
		though string
		want   string
	}{
		{Outcome{}, raw, "[]"},
		{Outcome{Undone: 1}, "", "[jaeger had adjusted the times of 1 span for clock skew: undone by what it says of each]"},
		{Outcome{Undone: 3}, raw, "[jaeger had adjusted the times of 3 spans for clock skew, though raw times were asked for: undone by what it says of each]"},
		{Outcome{Undone: 3, Unsure: 1}, "", "[jaeger had adjusted the times of 3 spans for clock skew: undone by what it says of each; whether it had moved the end of 1 span, too, does not show: their durations are those that came]"},
		{Outcome{Left: 2}, raw, "[jaeger says that it adjusted the times of 2 spans for clock skew, though raw times were asked for, and nothing by which that can be undone: they are shown as Jaeger left them, and are no evidence of clocks]"},
	} {
		if got := fmt.Sprint(tt.o.Warnings(tt.though)); got != tt.want {
			t.Errorf("%s\nwant %s", got, tt.want)
		}
	}
	sum := Outcome{1, 2, 3}
	if sum.Add(Outcome{10, 20, 30}); sum != (Outcome{11, 22, 33}) {
		t.Errorf("%+v", sum)
	}
}
