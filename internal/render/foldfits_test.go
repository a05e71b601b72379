package render_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// repetitive is a random trace in which much says the same.
func repetitive(seed uint64) trace.Evidence {
	rng := rand.New(rand.NewPCG(seed, 11))
	services := []string{"shop", "受注サービス", "a-service-with-a-name-of-forty-characters", ""}
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{span(1, 0, "shop", "GET /", 0, 500*ms)}}
	for i := range rng.IntN(400) {
		parent := trace.SpanID(1 + rng.IntN(min(i+1, 6)))
		if seed%7 == 0 && i > 0 { // a chain with siblings at its end
			parent = trace.SpanID(min(i, 60))
		}
		s := span(trace.SpanID(i+2), parent, services[rng.IntN(len(services))], "GET /"+strings.Repeat(string(rune('b'+rng.IntN(3))), 1+rng.IntN(2)*50), rng.Int64N(400)*ms, rng.Int64N(60)*ms)
		if rng.IntN(5) == 0 {
			s = failed(s, "no")
		}
		if rng.IntN(9) == 0 {
			s.Operation = fmt.Sprint("GET /only/", i)
		}
		ev.Spans = append(ev.Spans, s)
	}
	for i := range rng.IntN(100) {
		l := entry(trace.SpanID(rng.IntN(8)), services[rng.IntN(len(services))], rng.Int64N(500)*ms, trace.Level(rng.IntN(7)), fmt.Sprintf("poll %d: 長い列\u0301\n%s", i, strings.Repeat("y", rng.IntN(2)*300)))
		l.DocID = fmt.Sprint(i)
		ev.Logs = append(ev.Logs, l)
	}
	return ev
}

// counted finds the counts of folds.
var counted = regexp.MustCompile(`[▸+][✗x]? .*?([×x]\d+|\d+ more)`)

// However narrow the screen, no line is wider, and each fold says how many
// rows it stands for.
func TestFoldsAreCountedAtAnyWidth(t *testing.T) {
	formats := byTime()
	formats["tree"] = render.Tree
	folds := 0
	for seed := range uint64(25) {
		tl := build(repetitive(seed))
		if seed%5 == 0 {
			tl = tl.Filter(&timeline.Filter{Errors: true})
		}
		tl = tl.Fold()
		folds += tl.Folded
		for name, f := range formats {
			for _, style := range []render.Style{{}, {Width: 32}, {Width: 45, ASCII: true}, {Width: 60}, {Width: 80, ASCII: true}, {Width: 100, Color: true}, {Width: 200}} {
				text := sgr.ReplaceAllString(body(draw(t, f, tl, style)), "")
				checkCounts(t, fmt.Sprintf("seed %d: %s at %d", seed, name, style.Width), text, tl)
				for line := range strings.Lines(text) {
					if w := ansi.StringWidth(line); style.Width > 0 && w > style.Width {
						t.Fatalf("seed %d: %s is %d columns wide at %d: %q", seed, name, w, style.Width, line)
					}
				}
			}
		}
		markdown := draw(t, render.Markdown, tl, render.Style{})
		checkMarkdown(t, markdown)
		if !strings.Contains(markdown, "left out") {
			checkCounts(t, fmt.Sprintf("seed %d: markdown", seed), body(markdown), tl)
		}
	}
	if folds < 50 {
		t.Errorf("only %d folds", folds)
	}
}

func checkCounts(t *testing.T, where, text string, tl *timeline.Timeline) {
	t.Helper()
	got := map[string]int{}
	for _, m := range counted.FindAllStringSubmatch(text, -1) {
		got[strings.NewReplacer("×", "x").Replace(m[1])]++
	}
	for i := range tl.Rows {
		f := tl.Rows[i].Fold
		if f == nil {
			continue
		}
		want := fmt.Sprint(f.Siblings, " more")
		if f.Same {
			want = fmt.Sprint("x", f.Siblings)
		}
		if got[want]--; got[want] < 0 {
			t.Fatalf("%s does not say %q:\n%s", where, want, text)
		}
	}
}

// Each row of the tree is a line, and no other line looks like one: those of
// silences begin with no offset.
func TestSilencesAreNoRows(t *testing.T) {
	row, silences := regexp.MustCompile(`^[~ ] *([≈?]?-?\d+\.\d|-|far)( |$)`), 0
	for seed := range uint64(100) {
		ev := wild(seed)
		if seed%2 == 0 {
			ev = repetitive(seed)
		}
		tl := build(ev)
		for _, style := range []render.Style{{}, {ASCII: true}, {Width: 50}, {Width: 100}} {
			rows := 0
			for line := range strings.Lines(body(draw(t, render.Tree, tl, style))) {
				switch {
				case row.MatchString(line):
					rows++
				case strings.HasSuffix(line, " silent\n"):
					silences++
				case !strings.Contains(line, "OFFSET"):
					t.Fatalf("seed %d: %q is no row", seed, line)
				}
			}
			if rows != len(tl.Rows) {
				t.Fatalf("seed %d: %d lines for %d rows", seed, rows, len(tl.Rows))
			}
		}
	}
	if silences < 50 {
		t.Errorf("only %d silences", silences)
	}
}

// A silence of a span that is folded is not told of the one beside it.
func TestSilencesWithinAFold(t *testing.T) {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{span(1, 0, "shop", "GET /", 0, 900*ms)}}
	for i := range int64(6) {
		id := trace.SpanID(10*i + 10)
		ev.Spans = append(ev.Spans, span(id, 1, "shop", "call", 150*i*ms, 150*ms), span(id+1, id, "till", "answer", 150*i*ms, 10*ms))
	}
	ev.Spans = append(ev.Spans, span(80, 1, "shop", "other", 160*ms, 5*ms), span(81, 80, "shop", "inner", 161*ms, ms))
	tl := build(ev)
	if n := strings.Count(draw(t, render.Tree, tl, render.Style{}), "silent"); n != 6 {
		t.Errorf("%d silences are told of 6", n)
	}
	if text := draw(t, render.Tree, tl.Fold(), render.Style{}); strings.Contains(text, "silent") {
		t.Errorf("a silence is told without its span:\n%s", text)
	}
}
