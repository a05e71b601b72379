package render_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// wordy is a timeline of rows whose texts are far too long, each with other
// marks.
func wordy(marks ...timeline.Marks) *timeline.Timeline {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{span(1, 0, "shop", "root", 0, 900*ms)}}
	long := strings.Repeat("many words of 受注 ", 20)
	for i := range marks {
		at := int64(i+1) * 10 * ms
		ev.Spans = append(ev.Spans, failed(span(trace.SpanID(i+2), 1, "shop", fmt.Sprintf("S%d %s", i, long), at, 5*ms), long))
		ev.Logs = append(ev.Logs, entry(trace.SpanID(i+2), "shop", at+ms, trace.LevelInfo, fmt.Sprintf("L%d %s", i, long)))
	}
	tl := build(ev)
	of := regexp.MustCompile(`^[SL](\d+) `)
	for i := range tl.Rows {
		r := &tl.Rows[i]
		text := r.Span.Operation
		if r.Kind == timeline.KindLog {
			text = r.Log.Message
		}
		if m := of.FindStringSubmatch(text); m != nil {
			n, _ := strconv.Atoi(m[1]) // they are digits
			r.Marks = marks[n]
		}
	}
	return tl
}

// However little room there is, the text gives way and the marks stay.
func TestMarksAreNotCut(t *testing.T) {
	marks := []timeline.Marks{timeline.MarkOrigin, timeline.MarkZone, timeline.MarkOrphan, timeline.MarkAdjusted, timeline.MarkCycle, timeline.MarkOrphan | timeline.MarkOrigin | timeline.MarkFar}
	want := []string{"[origin]", "[zone]", "[orphan]", "[adjusted]", "[cycle]", "[origin"}
	tl := wordy(marks...)
	formats := byTime()
	formats["tree"] = render.Tree
	for name, f := range formats {
		for _, style := range []render.Style{{Width: 60}, {Width: 60, ASCII: true}, {Width: 80}, {Width: 80, Color: true}, {Width: 100}, {Width: 140}} {
			text := sgr.ReplaceAllString(body(draw(t, f, tl, style)), "")
			for i, mark := range want {
				for _, kind := range "SL" {
					line := lineOf(text, fmt.Sprintf("%c%d ", kind, i))
					if !strings.Contains(line, mark) || strings.Contains(line, "[origin") && !regexp.MustCompile(`\[origin[^\]]*\]`).MatchString(line) {
						t.Errorf("%s at %d does not say %s: %q", name, style.Width, mark, line)
					}
				}
			}
		}
	}
}

// lineOf returns the line in which a text stands.
func lineOf(text, what string) string {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, what) {
			return line
		}
	}
	return ""
}

// With room they are told in words, and where the words just have none, in
// those that JSON has.
func TestMarksAreToldInWords(t *testing.T) {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{span(1, 0, "shop", "root", 0, 900*ms)}}
	tl := build(ev)
	tl.Rows[0].Marks = timeline.MarkAdjusted | timeline.MarkZone
	for width, want := range map[int]string{0: "[zone mended, moved by the backend]", 80: "[zone, adjusted]", 200: "[zone mended, moved by the backend]"} {
		if text := draw(t, render.Tree, tl, render.Style{Width: width}); !strings.Contains(text, " root "+want) {
			t.Errorf("at %d:\n%s", width, text)
		}
	}
}

// What a filter keeps only to lead to what it wants looks different, also
// without colours, and programs are told.
func TestWhatOnlyLeadsIsToldApart(t *testing.T) {
	tl := build(order()).Filter(&timeline.Filter{Errors: true})
	formats := byTime()
	formats["tree"] = render.Tree
	formats["markdown"] = render.Markdown
	for name, f := range formats {
		for style, sign := range map[render.Style]string{{}: "▿", {Width: 60}: "▿", {Width: 100}: "▿", {Width: 80, ASCII: true}: ":"} {
			text := draw(t, f, tl, style)
			for of, leads := range map[string]bool{"POST /orders": true, "CreateOrder": true, "HTTP POST": false, "POST /charge": false} {
				row := regexp.MustCompile(`(?m)^.*[^(]` + sign + ` ` + of + `( |$)`)
				if row.MatchString(tableOf(text)) != leads {
					t.Errorf("%s at %d: that %q leads: %v\n%s", name, style.Width, of, leads, text)
				}
			}
			if !strings.Contains(text, sign+" leads") && !strings.Contains(text, sign+" only leads") {
				t.Errorf("%s at %d does not explain %q:\n%s", name, style.Width, sign, text)
			}
		}
	}
	var out strings.Builder
	var doc struct {
		Rows []struct {
			Operation string
			Marks     []string
		}
	}
	if err := render.JSON(&out, tl); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(out.String()), &doc); err != nil {
		t.Fatal(err)
	}
	var led []string
	for _, r := range doc.Rows {
		if strings.Contains(fmt.Sprint(r.Marks), "leads") {
			led = append(led, r.Operation)
		}
	}
	if fmt.Sprint(led) != "[POST /orders CreateOrder]" {
		t.Errorf("JSON says that %q lead", led)
	}
}

// tableOf is what stands from the names of the columns on.
func tableOf(text string) string { return text[max(strings.LastIndex(text, "OFFSET"), 0):] }

// With colours it is dim as a whole.
func TestWhatOnlyLeadsIsDim(t *testing.T) {
	text := draw(t, render.Tree, build(order()).Filter(&timeline.Filter{Errors: true}), render.Style{Width: 100, Color: true})
	line := lineOf(tableOf(text), "CreateOrder")
	for _, code := range sgr.FindAllString(line, -1) {
		if code != "\x1b[0m" && code != "\x1b[38;5;245m" {
			t.Errorf("%q is in %q", line, code)
		}
	}
}

// A stretch in which nothing is shown is silent only where nothing was hidden.
func TestSilencesCountWhatIsHidden(t *testing.T) {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{
		span(1, 0, "shop", "root", 0, 900*ms), failed(span(2, 1, "shop", "first", 100*ms, 5*ms), "no"),
		span(3, 1, "till", "fine", 200*ms, 20*ms), failed(span(4, 1, "shop", "last", 700*ms, 5*ms), "no"),
	}}
	ev.Logs = []trace.Log{entry(3, "till", 210*ms, trace.LevelInfo, "all is well")}
	tl := build(ev).Filter(&timeline.Filter{Errors: true})
	for _, width := range []int{0, 60, 100} {
		text := body(draw(t, render.Timeline, tl, render.Style{Width: width}))
		for _, want := range []string{"⋯ 100ms silent in shop root", "⋯ 595ms (2 rows hidden) in shop root"} {
			if !strings.Contains(text, want) {
				t.Errorf("at %d %q is not said:\n%s", width, want, text)
			}
		}
	}
}

// On a screen a message that has no room goes without the IDs that are told
// already; with room, and piped, it stands as it is.
func TestMessagesGoWithoutKnownIDs(t *testing.T) {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{span(0xabcdef, 0, "shop", "root", 0, 900*ms)}}
	message := "TraceID: " + fixtureID.String() + " SpanID: 0000000000abcdef charged order 17"
	ev.Logs = []trace.Log{entry(0xabcdef, "shop", ms, trace.LevelInfo, message)}
	for width, want := range map[int]string{0: message, 60: "TraceID: … SpanID: … cha", 80: "TraceID: … SpanID: … cha", 220: message} {
		formats := byTime()
		formats["tree"] = render.Tree
		for name, f := range formats {
			if text := body(draw(t, f, build(ev), render.Style{Width: width})); !strings.Contains(text, want) {
				t.Errorf("%s at %d:\n%s", name, width, text)
			}
		}
	}
}
