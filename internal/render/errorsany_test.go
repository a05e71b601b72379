package render_test

import (
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// many is a report of many groups, each with a name of its own.
func many(n int) *triage.Report {
	r := allKinds()
	r.Groups = r.Groups[:0]
	kinds := allKinds().Groups
	for i := range n {
		g := kinds[i%len(kinds)]
		g.ID, g.Detail = fmt.Sprintf("%08x", i), fmt.Sprintf("<%d> %s", i, g.Detail)
		g.Examples = examples(uint64(i))
		r.Groups = append(r.Groups, g)
	}
	return r
}

// Every group of a report is in every format, with its whole trace to open.
func TestErrorsHoldEveryGroup(t *testing.T) {
	for name, r := range errorReports() {
		texts := map[string]string{
			"json": plainly(t, render.ErrorsJSON, r), "ndjson": plainly(t, render.ErrorsNDJSON, r), "md": plainly(t, render.ErrorsMarkdown, r),
		}
		for _, width := range []int{0, 40, 60, 80, 99, 100, 120, 140, 200} {
			texts[fmt.Sprint("table at ", width)] = drawn(t, render.Errors, r, render.Style{Width: width, Expected: true})
		}
		for format, text := range texts {
			for _, groups := range [][]triage.Group{r.Groups, r.Expected} {
				for i := range groups {
					if ids := groups[i].Examples; len(ids) > 0 && ids[0].Trace.IsTrace() && !strings.Contains(text, ids[0].Trace.String()) {
						t.Errorf("%s: %s lacks group %d, or its trace", name, format, i+1)
					}
				}
			}
		}
	}
	r := many(300)
	text := drawn(t, render.Errors, r, render.Style{})
	for i := range r.Groups {
		if line := fmt.Sprintf("<%d>", i); strings.Count(text, line) != 1 || !strings.Contains(text, r.Groups[i].Examples[0].Trace.String()) {
			t.Errorf("group %d is not there once", i+1)
		}
	}
	if n := strings.Count(text, "\n"); n != len(r.Groups)+4 {
		t.Errorf("%d lines for %d groups", n, len(r.Groups))
	}
}

// Markdown counts what does not fit.
func TestErrorsMarkdownIsCut(t *testing.T) {
	r := many(2000)
	text := plainly(t, render.ErrorsMarkdown, r)
	checkErrorMarkdown(t, text)
	more := regexp.MustCompile(`(?m)^and (\d+) more groups$`).FindStringSubmatch(text)
	if more == nil {
		t.Fatal("nothing says that groups are missing")
	}
	left, err := strconv.Atoi(more[1])
	if err != nil {
		t.Fatal(err)
	}
	if shown := strings.Count(text, "<") - strings.Count(text, "<*>"); shown+left != len(r.Groups) || shown < 100 {
		t.Errorf("%d groups are shown and %d counted, of %d", shown, left, len(r.Groups))
	}
	if !strings.Contains(text, "404") {
		t.Error("what is expected is missing")
	}
}

// No width breaks a line too late, and nothing in a report acts on a terminal.
func TestErrorsFit(t *testing.T) {
	for name, r := range errorReports() {
		for width := 40; width <= 205; width += 1 + width/60 {
			style := render.Style{Width: width, ASCII: width%2 == 0, Expected: width%3 == 0}
			if checkPage(t, drawn(t, render.Errors, r, style), style); t.Failed() {
				t.Fatalf("%s at %d", name, width)
			}
		}
	}
	for name, d := range details() {
		for width := 40; width <= 205; width += 1 + width/60 {
			style := render.Style{Width: width, ASCII: width%2 == 0}
			if checkPage(t, drawn(t, render.ErrorGroup, d, style), style); t.Failed() {
				t.Fatalf("%s at %d", name, width)
			}
		}
	}
}

// wildErrors is a random report, likely or not.
func wildErrors(seed uint64) *triage.Report {
	rng := rand.New(rand.NewPCG(seed, 11))
	texts := []string{"", "a", "order", "受注メール🚀", "e\u0301|`", "\x1b[31mred\u202e", "\n\n", strings.Repeat("x", 150), "java.lang.Illegal", strings.Repeat("word ", 40)}
	text := func() string { return texts[rng.IntN(len(texts))] }
	moment := func() int64 {
		return [...]int64{trace.NoTime, 0, windowEnd, windowEnd - rng.Int64N(30*hour), windowEnd + rng.Int64N(hour), -hour}[rng.IntN(6)]
	}
	r := allKinds()
	r.By, r.Failing, r.Hidden, r.Limited = triage.By(rng.IntN(5)), rng.IntN(100), rng.IntN(3), rng.IntN(2) == 0
	switch rng.IntN(4) {
	case 0:
		r.Calendar = triage.Calendar{}
	case 1:
		r.Calendar.Window, r.Compared = trace.Window{From: windowEnd, Until: windowEnd}, rng.IntN(3)
	}
	fill := func(groups []triage.Group) {
		for i := range groups {
			g := &groups[i]
			g.Flag, g.Kind = triage.Flag(rng.IntN(4)), triage.Kind(rng.IntN(4))
			g.Service, g.Operation, g.Class, g.Detail, g.Callee = text(), text(), text(), text(), text()
			g.Frames, g.First, g.Last = []string{text(), text()}, moment(), moment()
			g.Traces, g.Logs, g.Untraced, g.BaselineTraces = rng.IntN(1000), rng.Int64N(2_000_000), rng.Int64N(2), rng.IntN(1000)*rng.IntN(2)
			g.Trend = make([]int, rng.IntN(70))
			for j := range g.Trend {
				g.Trend[j] = rng.IntN(50) * rng.IntN(2)
			}
			g.Examples = g.Examples[:rng.IntN(len(g.Examples)+1)]
			for j := range g.Said {
				g.Said[j].Template, g.Said[j].Example.Message, g.Said[j].Example.Reason, g.Said[j].Example.Time = text(), text(), text(), moment()
			}
		}
	}
	fill(r.Groups)
	fill(r.Expected)
	return r
}

// Whatever a report holds, all of it is drawn, nothing is too wide or acts on a
// terminal, and programs can read it.
func TestErrorsOfAnything(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("errors.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(60) {
		r := wildErrors(seed)
		d := &render.GroupDetail{Report: r, Number: 2, Group: &r.Groups[seed%uint64(len(r.Groups))]}
		for _, width := range []int{0, 40, 60, 80, 99, 100, 120, 140, 200} {
			style := render.Style{Width: width, Expected: seed%2 == 0, ASCII: seed%3 == 0}
			checkPage(t, drawn(t, render.Errors, r, style), style)
			checkPage(t, drawn(t, render.ErrorGroup, d, style), style)
		}
		checkErrorMarkdown(t, plainly(t, render.ErrorGroupMarkdown, d))
		lines := strings.Count(drawn(t, render.Errors, r, render.Style{Expected: true}), "\n")
		if want := len(r.Groups) + len(r.Expected); lines < want+4 || lines > want+9 {
			t.Errorf("%d lines for %d groups", lines, want)
		}
		checkErrorMarkdown(t, plainly(t, render.ErrorsMarkdown, r))
		follows(t, schema, plainly(t, render.ErrorsJSON, r), nil)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// A long group is cut to what trackers take.
func TestErrorGroupMarkdownIsCut(t *testing.T) {
	long, r := strings.Repeat("🚀`|", 3000), allKinds()
	g := &r.Groups[0]
	d := &render.GroupDetail{Report: r, Number: 1, Group: g, Healthy: 9}
	g.Service, g.Class, g.Detail = long, long, long
	for i := range 100 {
		g.Frames, g.Entries, g.Examples = append(g.Frames, long), append(g.Entries, triage.Entry{Service: long, Traces: 1}), append(g.Examples, examples(uint64(i))...)
		g.Said = append(g.Said, said(long, long, long, 1, windowEnd, traceID(1)))
		d.Logs, d.Standouts = append(d.Logs, g.Said[0].Example), append(d.Standouts, triage.Standout{Key: long, Value: long})
		r.Warnings = append(r.Warnings, long)
	}
	text := plainly(t, render.ErrorGroupMarkdown, d)
	checkErrorMarkdown(t, text)
	if n := strings.Count(text, "- and "); n != 7 || !strings.Contains(text, traceID(1).String()) {
		t.Errorf("%d lists say that they are cut, or there is no trace", n)
	}
}

// "Nothing failed" is said only where everything was looked at.
func TestNothingFailedIsNeverFalse(t *testing.T) {
	const good = "nothing failed"
	unknown := errorReports()["unknown"]
	for _, width := range []int{0, 60, 100} {
		if text := drawn(t, render.Errors, emptyErrors(), render.Style{Width: width}); !strings.Contains(text, good) || !strings.Contains(text, "logs-1, logs-2") {
			t.Errorf("it is not said what did not fail, or where it was looked:\n%s", text)
		}
		for _, text := range []string{drawn(t, render.Errors, unknown, render.Style{Width: width}), plainly(t, render.ErrorsMarkdown, unknown)} {
			if strings.Contains(text, good) || strings.Contains(text, "0 error logs") || !strings.Contains(text, "elasticsearch is missing: connection") {
				t.Errorf("it is said that nothing failed, though that is not known:\n%s", text)
			}
		}
	}
}

// What was sampled or cut is said in every format for people.
func TestErrorsSayWhatWasCut(t *testing.T) {
	r := partialErrors()
	texts := []string{plainly(t, render.ErrorsMarkdown, r)}
	for _, width := range []int{0, 60, 80, 100, 200} {
		texts = append(texts, drawn(t, render.Errors, r, render.Style{Width: width}))
	}
	for _, text := range texts {
		text = strings.Join(strings.Fields(text), " ")
		for _, want := range []string{
			"500+ failing traces", "500 failing traces were read, and there are more: their counts are at least so high", "5000 of 1200000 error logs were read", "17 can be compared",
			"was not read whole", "jaeger is incomplete", "level of 12 logs", "12 causes more", "40+", "12+",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("nothing says %q:\n%s", want, text)
			}
		}
	}
}

// IDs lead to Jaeger, and links change nothing that is seen.
func TestErrorsLink(t *testing.T) {
	for _, width := range []int{60, 100, 200} {
		style := linking(width)
		with := drawn(t, render.Errors, hostileErrors(), style)
		list := addresses(with)
		if len(list) != 4 { // one has no trace, one an ID that is no trace's
			t.Errorf("%d links at %d", len(list), width)
		}
		for _, address := range list {
			if !regexp.MustCompile(`^https://jaeger\.example/ui/trace/[0-9a-f]{32}$`).MatchString(address) {
				t.Errorf("linked to %q", address)
			}
		}
		style.Links = false
		if without := drawn(t, render.Errors, hostileErrors(), style); osc.ReplaceAllString(with, "") != without {
			t.Errorf("at %d links changed what is seen", width)
		}
	}
	if n := len(addresses(drawn(t, render.ErrorGroup, details()["new"], linking(100)))); n != 3 {
		t.Errorf("%d links of 3 traces", n)
	}
}

// Nothing that could mean something to a shell is offered to be typed.
func TestErrorsOfferOnlyTraceIDs(t *testing.T) {
	text := drawn(t, render.Errors, hostileErrors(), render.Style{Width: 200})
	if strings.Contains(text, "otrace show $") || !strings.Contains(text, "otrace errors show 1") {
		t.Error(text)
	}
}

func TestErrorsReportAFailedWrite(t *testing.T) {
	r, d := allKinds(), details()["new"]
	for name, draw := range map[string]func(io.Writer) error{
		"table":       func(w io.Writer) error { return render.Errors(w, r, render.Style{Width: 100}) },
		"json":        func(w io.Writer) error { return render.ErrorsJSON(w, r) },
		"ndjson":      func(w io.Writer) error { return render.ErrorsNDJSON(w, r) },
		"markdown":    func(w io.Writer) error { return render.ErrorsMarkdown(w, r) },
		"group":       func(w io.Writer) error { return render.ErrorGroup(w, d, render.Style{}) },
		"group json":  func(w io.Writer) error { return render.ErrorGroupJSON(w, d) },
		"group md":    func(w io.Writer) error { return render.ErrorGroupMarkdown(w, d) },
		"many groups": func(w io.Writer) error { return render.Errors(w, many(5000), render.Style{}) },
		"many as ndjson": func(w io.Writer) error {
			return render.ErrorsNDJSON(w, many(5000))
		},
	} {
		if err := draw(&fullDisk{room: 10}); err == nil {
			t.Errorf("%s: a full disk went unnoticed", name)
		}
	}
}

func BenchmarkErrors(b *testing.B) {
	r := many(10_000)
	for _, bench := range []struct {
		name string
		draw func(io.Writer) error
	}{
		{"piped", func(w io.Writer) error { return render.Errors(w, r, render.Style{}) }},
		{"w80", func(w io.Writer) error { return render.Errors(w, r, render.Style{Width: 80, Color: true}) }},
		{"w120", func(w io.Writer) error { return render.Errors(w, r, render.Style{Width: 120, Color: true}) }},
		{"json", func(w io.Writer) error { return render.ErrorsJSON(w, r) }},
		{"markdown", func(w io.Writer) error { return render.ErrorsMarkdown(w, r) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := bench.draw(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(r.Groups)), "ns/group")
		})
	}
}
