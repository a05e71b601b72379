package render_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

func TestMarkdownGoldens(t *testing.T) {
	timelines, _ := shown(t)
	for name, tl := range timelines {
		t.Run(name, func(t *testing.T) {
			text := draw(t, render.Markdown, tl, render.Style{})
			checkMarkdown(t, text)
			golden(t, "markdown."+name+".md", []byte(text))
			if wide := draw(t, render.Markdown, tl, render.Style{Width: 40, Color: true}); wide != text {
				t.Error("the document depends on the terminal")
			}
		})
	}
}

// checkMarkdown fails unless everything that is not in code is otrace's own,
// tables keep their columns, and the document is short enough.
func checkMarkdown(t *testing.T, text string) {
	t.Helper()
	if n := len(utf16.Encode([]rune(text))); n > 60_000 {
		t.Errorf("%d characters", n)
	}
	checkVisible(t, text)
	fence := ""
	for line := range strings.SplitSeq(text, "\n") {
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence != "":
			if len(ticks) >= len(fence) {
				if line != fence {
					t.Fatalf("%q ends the code block", line)
				}
				fence = ""
			}
			continue
		case len(ticks) >= 3 && line == ticks+"text":
			fence = ticks
			continue
		}
		if strings.HasPrefix(line, "|") {
			if n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); n != 5 {
				t.Errorf("%d bars in the row %q", n, line)
			}
		}
		if rest := withoutCode(t, line); !ownWords.MatchString(rest) {
			t.Errorf("%q is outside code in %q", rest, line)
		}
	}
	if fence != "" {
		t.Error("the code block is open")
	}
}

// ownWords are the characters that otrace uses outside code.
var ownWords = regexp.MustCompile(`^(## )?[-a-z0-9A-Z:.,;µ|() ]*$`)

// withoutCode removes the code spans of a line, as CommonMark finds them.
func withoutCode(t *testing.T, line string) string {
	t.Helper()
	var rest strings.Builder
	for line != "" {
		at := strings.IndexByte(line, '`')
		if at < 0 {
			break
		}
		rest.WriteString(line[:at])
		line = line[at:]
		ticks := len(line) - len(strings.TrimLeft(line, "`"))
		end := closing(line[ticks:], ticks)
		if end < 0 {
			t.Fatalf("the code span %q is open", line)
		}
		line = line[ticks+end+ticks:]
	}
	return rest.String() + line
}

// closing finds the first run of exactly so many backticks.
func closing(s string, ticks int) int {
	for i := 0; i < len(s); {
		if s[i] != '`' {
			i++
			continue
		}
		n := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if n == ticks {
			return i
		}
		i += n
	}
	return -1
}

// checkVisible fails when the text holds what acts on a terminal or hides.
func checkVisible(t *testing.T, text string) {
	t.Helper()
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == '\u202e' || r == '\u200b'
	}) {
		t.Errorf("the output could act on a terminal: %q", text)
	}
}

// A long trace is cut to what trackers take; its errors stay.
func TestMarkdownIsCut(t *testing.T) {
	const many = 5000
	ev := trace.Evidence{ID: fixtureID}
	for i := range many {
		ev.Spans = append(ev.Spans, span(trace.SpanID(i+1), trace.SpanID(i/7), "service", "operation of a span", int64(i)*us, 50*ms))
		ev.Logs = append(ev.Logs, entry(trace.SpanID(i+1), "service", int64(i)*us, trace.LevelInfo, "a message of the usual length, with an order in it"))
	}
	ev.Spans[many-1] = failed(ev.Spans[many-1], "the last one broke")
	text := draw(t, render.Markdown, build(ev), render.Style{})
	checkMarkdown(t, text)
	if strings.Count(text, "the last one broke") != 2 {
		t.Error("the error is not in the table and in the tree")
	}
	left := regexp.MustCompile(`left out for the length: (\d+) spans, (\d+) logs`).FindStringSubmatch(text)
	if left == nil {
		t.Fatal("nothing says what was left out")
	}
	spans, _ := strconv.Atoi(left[1])
	logs, _ := strconv.Atoi(left[2])
	shownSpans, shownLogs := strings.Count(text, "operation of a span"), strings.Count(text, "a message of")
	// The title and the table of errors name an operation, too.
	if spans+shownSpans-2 != many || logs+shownLogs != many || utf8.RuneCountInString(text) < 50_000 {
		t.Errorf("%d spans and %d logs shown, %d and %d left out, %d characters", shownSpans, shownLogs, spans, logs, utf8.RuneCountInString(text))
	}
}

// However much failed, and wherever, the document has room for some of it.
func TestMarkdownOfNothingButErrors(t *testing.T) {
	ev := trace.Evidence{ID: fixtureID}
	for i := range 1000 {
		s := failed(span(trace.SpanID(i+1), trace.SpanID(i), fmt.Sprint("service", i), strings.Repeat("🚀`|", 200), int64(i)*us, ms), strings.Repeat("e\u0301", 5000))
		ev.Spans = append(ev.Spans, s)
		ev.Warnings = append(ev.Warnings, strings.Repeat("\u0301", 5000))
	}
	text := draw(t, render.Markdown, timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs)), render.Style{})
	checkMarkdown(t, text)
	for _, want := range []string{"more errors", "more notes", "left out for the length"} {
		if !strings.Contains(text, want) {
			t.Errorf("the document does not say %q", want)
		}
	}
}
