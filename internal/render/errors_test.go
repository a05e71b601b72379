package render_test

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
)

// errorStyles are the styles of the goldens, by their names.
func errorStyles() map[string]render.Style {
	list := styles()
	list["w120"] = render.Style{Width: 120}
	list["w120-ascii"] = render.Style{Width: 120, ASCII: true}
	list["w200-expected"] = render.Style{Width: 200, Expected: true}
	list["w80-expected"] = render.Style{Width: 80, Expected: true}
	return list
}

func drawn[T any](t testing.TB, f func(io.Writer, *T, render.Style) error, it *T, style render.Style) string {
	t.Helper()
	var out bytes.Buffer
	if err := f(&out, it, style); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func plainly[T any](t testing.TB, f func(io.Writer, *T) error, it *T) string {
	t.Helper()
	return drawn(t, func(w io.Writer, it *T, _ render.Style) error { return f(w, it) }, it, render.Style{})
}

// checkPage fails when a drawing is wider than asked for, or could act on a
// terminal, or holds colours where none were asked for.
func checkPage(t *testing.T, text string, style render.Style) {
	t.Helper()
	if style.Color != sgr.MatchString(text) {
		t.Errorf("colours asked for: %v, drawn: %v", style.Color, !style.Color)
	}
	text = sgr.ReplaceAllString(text, "")
	checkVisible(t, text)
	if strings.ContainsAny(text, "%\r") {
		t.Errorf("a percentage of a filtered fetch, or a return: %s", text)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if w := ansi.StringWidth(line); style.Width > 0 && w > style.Width {
			t.Errorf("%d columns wide, %d allowed: %q", w, style.Width, line)
		}
		if strings.HasSuffix(line, " ") {
			t.Errorf("blanks end %q", line)
		}
	}
}

// someStyles are enough for what differs in its words alone.
func someStyles(list map[string]render.Style) map[string]render.Style {
	some := map[string]render.Style{}
	for _, name := range []string{"piped", "w60", "w100", "w200-expected", "w80-expected"} {
		if style, ok := list[name]; ok {
			some[name] = style
		}
	}
	return some
}

func TestErrorsGoldens(t *testing.T) {
	for name, r := range errorReports() {
		list := errorStyles()
		if name != "all" && name != "hostile" && name != "partial" {
			list = someStyles(list)
		}
		for styleName, style := range list {
			if style.Color && name == "hostile" || style.Expected && len(r.Groups) > 0 && name != "all" {
				continue
			}
			t.Run(name+"/"+styleName, func(t *testing.T) {
				text := drawn(t, render.Errors, r, style)
				checkPage(t, text, style)
				checkASCII(t, text, style, name)
				golden(t, "errors."+name+"."+styleName+".txt", []byte(text))
			})
		}
	}
}

func TestErrorGroupGoldens(t *testing.T) {
	for name, d := range details() {
		list := styles()
		if name != "new" && name != "hostile" && name != "rising" {
			list = someStyles(list)
		}
		for styleName, style := range list {
			if style.Color && name == "hostile" {
				continue
			}
			t.Run(name+"/"+styleName, func(t *testing.T) {
				text := drawn(t, render.ErrorGroup, d, style)
				checkPage(t, text, style)
				checkASCII(t, text, style, name)
				golden(t, "errorgroup."+name+"."+styleName+".txt", []byte(text))
			})
		}
	}
}

// checkASCII fails when otrace draws more than ASCII where it should not.
func checkASCII(t *testing.T, text string, style render.Style, name string) {
	t.Helper()
	if style.ASCII && name != "hostile" && strings.ContainsFunc(text, func(r rune) bool { return r > '~' }) {
		t.Errorf("not ASCII: %s", text)
	}
}

func TestErrorsJSONGoldens(t *testing.T) {
	for name, text := range map[string]string{
		"errors.all.json":     plainly(t, render.ErrorsJSON, allKinds()),
		"errors.sampled.json": plainly(t, render.ErrorsJSON, errorReports()["sampled"]),
		"errorgroup.new.json": plainly(t, render.ErrorGroupJSON, details()["new"]),
	} {
		var indented bytes.Buffer
		if err := json.Indent(&indented, []byte(text), "", " "); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		golden(t, name, indented.Bytes())
	}
}

func TestErrorsNDJSONIsTheSameGroups(t *testing.T) {
	for name, r := range errorReports() {
		whole := plainly(t, render.ErrorsJSON, r)
		lines := strings.Split(strings.TrimSuffix(plainly(t, render.ErrorsNDJSON, r), "\n"), "\n")
		if len(lines) != 1+len(r.Groups)+len(r.Expected) {
			t.Fatalf("%s: %d lines for %d groups and %d that are expected", name, len(lines), len(r.Groups), len(r.Expected))
		}
		for i, line := range lines {
			if !json.Valid([]byte(line)) || i > 0 && !strings.Contains(whole, line) {
				t.Errorf("%s: no JSON, or another than -o json: %s", name, line)
			}
		}
	}
}

func TestErrorsMarkdownGoldens(t *testing.T) {
	for name, r := range errorReports() {
		text := plainly(t, render.ErrorsMarkdown, r)
		checkErrorMarkdown(t, text)
		golden(t, "errors."+name+".md", []byte(text))
	}
	for name, d := range details() {
		text := plainly(t, render.ErrorGroupMarkdown, d)
		checkErrorMarkdown(t, text)
		golden(t, "errorgroup."+name+".md", []byte(text))
	}
}

// errorWords are the characters that reports have outside code.
var errorWords = regexp.MustCompile(`^(## )?[-a-zA-Z0-9 .,:;|#()+?/]*$`)

func checkErrorMarkdown(t *testing.T, text string) {
	t.Helper()
	checkVisible(t, text)
	if n := len(utf16.Encode([]rune(text))); n > 60_000 {
		t.Errorf("%d characters", n)
	}
	for line := range strings.SplitSeq(text, "\n") {
		if n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); strings.HasPrefix(line, "|") && n != 13 {
			t.Errorf("%d bars in the row %q", n, line)
		}
		if rest := withoutCode(t, line); !errorWords.MatchString(rest) {
			t.Errorf("%q is outside code in %q", rest, line)
		}
	}
}

// TestErrorsTellWhatWasAskedFor names a service and an operation that were asked
// for in every format: without them nothing that failed would be good news.
func TestErrorsTellWhatWasAskedFor(t *testing.T) {
	r := emptyErrors()
	r.Searched.Service, r.Searched.Operation = "paym\x1b[31ment", "POST /`charge`"
	for name, style := range errorStyles() {
		text := drawn(t, render.Errors, r, style)
		checkPage(t, text, style)
		if text = strings.Join(strings.Fields(sgr.ReplaceAllString(text, "")), " "); !strings.Contains(text, "only service paym") || !strings.Contains(text, "POST /`charge`") {
			t.Errorf("%s: %s", name, text)
		}
	}
	if text := plainly(t, render.ErrorsMarkdown, r); !strings.Contains(text, "only service paym␛[31ment, operation POST /`charge`") {
		t.Error(text)
	} else {
		checkErrorMarkdown(t, text)
	}
	var doc struct {
		Searched struct{ Service, Operation string }
	}
	text := plainly(t, render.ErrorsJSON, r)
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc.Searched.Service != r.Searched.Service || doc.Searched.Operation != r.Searched.Operation {
		t.Errorf("%v: %s", err, text)
	}
}
