package render_test

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/skew/accuracy/nezha"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// wild is a random trace in which each record has a name of its own.
func wild(seed uint64) trace.Evidence {
	rng := rand.New(rand.NewPCG(seed, 7))
	services := []string{"", "a", "b", "c d", "長い", "f\x1b[31m", "gggggggggggggggggggggggggggggg"}
	if seed%5 == 0 { // more than there can be lanes
		for i := range 30 {
			services = append(services, fmt.Sprint("s", i))
		}
	}
	pick := func() string { return services[rng.IntN(len(services))] }
	noise := []string{"", "\u0301\u0301", "é長い🚀", "\n|`", "\u009b31m", strings.Repeat("x", 120)}
	ev := trace.Evidence{ID: fixtureID}
	for i := range rng.IntN(60) {
		s := span(trace.SpanID(rng.IntN(50)), trace.SpanID(rng.IntN(60)), pick(), fmt.Sprintf("span-%d-%s", i, noise[rng.IntN(len(noise))]), rng.Int64N(100)*ms, rng.Int64N(50)*ms)
		s.Kind, s.Status = trace.Kind(rng.IntN(6)), trace.Status(rng.IntN(3))
		if rng.IntN(20) == 0 {
			s.Start = rng.Int64N(1e9)
		}
		for j := range rng.IntN(3) {
			s.Events = append(s.Events, trace.Event{Name: fmt.Sprintf("event-%d.%d-", i, j), Time: s.Start + rng.Int64N(50*ms)})
		}
		ev.Spans = append(ev.Spans, s)
	}
	for i := range rng.IntN(60) {
		l := entry(trace.SpanID(rng.IntN(60)), pick(), rng.Int64N(150)*ms, trace.Level(rng.IntN(7)), fmt.Sprintf("log-%d-%s", i, noise[rng.IntN(len(noise))]))
		l.DocID = fmt.Sprint(i)
		if rng.IntN(20) == 0 {
			l.Time = trace.NoTime
		}
		ev.Logs = append(ev.Logs, l)
	}
	return ev
}

var (
	nameOf  = regexp.MustCompile(`(span|log|event)-[0-9.]+-`)
	silence = regexp.MustCompile(`⋯ \S+ (silent|\(\d+ rows? hidden\))`)
)

// Each record stands in exactly one line, whatever the trace.
func TestEveryRowStandsOnce(t *testing.T) {
	for seed := range uint64(200) {
		ev := wild(seed)
		tl := build(ev)
		if seed%3 == 0 {
			tl = tl.Filter(&timeline.Filter{Errors: true})
		}
		want := map[string]int{}
		for i := range tl.Rows {
			switch r := &tl.Rows[i]; r.Kind {
			case timeline.KindSpan:
				want[nameOf.FindString(r.Span.Operation)]++
			case timeline.KindEvent:
				want[nameOf.FindString(r.Event.Name)]++
			case timeline.KindLog:
				want[nameOf.FindString(r.Log.Message)]++
			}
		}
		for name, f := range byTime() {
			lines := 0
			got := map[string]int{}
			for line := range strings.Lines(body(draw(t, f, tl, render.Style{}))) {
				if silence.MatchString(line) {
					continue
				}
				lines++
				if of := nameOf.FindString(line); of != "" {
					got[of]++
				}
			}
			if len(tl.Rows) > 0 && lines != len(tl.Rows)+1 {
				t.Fatalf("seed %d: %s has %d lines for %d rows", seed, name, lines, len(tl.Rows))
			}
			for of, n := range want {
				if got[of] != n {
					t.Fatalf("seed %d: %s has %s %d times, not %d", seed, name, of, got[of], n)
				}
			}
		}
	}
}

// No line is wider than the terminal, and nothing acts on it.
func TestLinesFit(t *testing.T) {
	widths := []int{0, 30, 45, 59, 60, 79, 80, 99, 100, 139, 140, 200}
	for seed := range uint64(60) {
		tl := build(wild(seed))
		if seed%4 == 0 {
			tl = tl.Fold()
		}
		for name, f := range byTime() {
			for _, width := range widths {
				text := draw(t, f, tl, render.Style{Width: width, ASCII: seed%2 == 0})
				checkVisible(t, text)
				for line := range strings.Lines(body(text)) {
					if w := ansi.StringWidth(line); width > 0 && w > width {
						t.Fatalf("seed %d: %s is %d columns wide at %d: %q", seed, name, w, width, line)
					}
				}
			}
		}
		checkMarkdown(t, draw(t, render.Markdown, tl, render.Style{}))
	}
}

// A caller's lane is dotted while it waits and solid while it works; what
// nobody waits for goes on alone.
func TestLanesShowWhoWaits(t *testing.T) {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{
		span(1, 0, "shop", "order", 0, 100*ms), span(2, 1, "till", "charge", 20*ms, 30*ms), kind(span(3, 1, "mail", "send", 90*ms, 60*ms), trace.KindConsumer),
	}}
	ev.Logs = []trace.Log{entry(2, "till", 30*ms, trace.LevelWarn, "slow"), entry(1, "shop", 60*ms, trace.LevelInfo, "charged")}
	const want = `        shop
        │ till
        │ │ mail
OFFSET  │ │ │ SPAN / LOG                                 DUR
  0.0   ┳     order                                    100ms
        ┃     ⋯ 20ms silent in shop order
 20.0≈  ├─┳   charge                                    30ms
 30.0   ┊ !   W slow
        ┊ ┃   ⋯ 20ms silent in till charge
 50.0   ┃ ┻   └ till charge                             30ms
 60.0≈  ·     I charged
        ┃     ⋯ 30ms silent in shop order
 90.0≈  ├───┳ send                                      60ms
100.0   ┻   ┃ └ shop order                             100ms
            ┃ ⋯ 50ms silent in mail send
150.0       ┻ └ mail send                               60ms
`
	if diff := gocmp.Diff(want, body(draw(t, render.Timeline, build(ev), render.Style{Width: 60}))); diff != "" {
		t.Error(diff)
	}
}

// The table is for sort: its first column is in order, its second, too.
func TestPipedTableSorts(t *testing.T) {
	tl := build(order())
	var offsets []float64
	var times []string
	for line := range strings.Lines(body(draw(t, render.Table, tl, render.Style{}))) {
		fields := strings.Fields(line)
		if fields[0] == "OFFSET_MS" {
			continue
		}
		var at float64
		if _, err := fmt.Sscan(strings.TrimRight(fields[0], "~≈"), &at); err != nil {
			t.Fatalf("%q is no number: %v", fields[0], err)
		}
		offsets, times = append(offsets, at), append(times, fields[1])
	}
	if len(offsets) != len(tl.Rows) || !slices.IsSorted(offsets) || !slices.IsSorted(times) {
		t.Errorf("offsets %v, times %v", offsets, times)
	}
}

// What is missing, hidden or odd is said above every format.
func TestFormatsSayWhatIsMissing(t *testing.T) {
	ev := order()
	ev.Gaps = []trace.Gap{{Source: "elasticsearch", Reason: "connection refused", Partial: true}}
	ev.Warnings = []string{"3 documents could not be read"}
	tl := build(ev).Filter(&timeline.Filter{Errors: true})
	formats := byTime()
	formats["markdown"] = render.Markdown
	for name, f := range formats {
		for _, width := range []int{0, 50, 100} {
			text := draw(t, f, tl, render.Style{Width: width})
			for _, want := range []string{"elasticsearch is incomplete: connection refused", "3 documents could not be read", "clock payment-1", "hidden"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s at %d does not say %q:\n%s", name, width, want, text)
				}
			}
		}
	}
}

func TestFormatsOfAChain(t *testing.T) {
	const deep = 70_000
	ev := trace.Evidence{ID: fixtureID}
	for i := range deep {
		ev.Spans = append(ev.Spans, span(trace.SpanID(i+1), trace.SpanID(i), fmt.Sprint("s", i%9), "step", int64(i)*us, 2*deep*us))
	}
	ev.Spans[deep-1].Status = trace.StatusError
	tl := timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
	for name, f := range byTime() {
		for _, width := range []int{0, 100} {
			if n := strings.Count(draw(t, f, tl, render.Style{Width: width}), "\n"); n < deep {
				t.Errorf("%s at %d has %d lines", name, width, n)
			}
		}
	}
	checkMarkdown(t, draw(t, render.Markdown, tl, render.Style{}))
}

func TestFormatsReportAFailedWrite(t *testing.T) {
	formats := byTime()
	formats["markdown"] = render.Markdown
	for name, f := range formats {
		if err := f(&fullDisk{room: 10}, build(order()), render.Style{}); err == nil {
			t.Errorf("%s: a full disk went unnoticed", name)
		}
	}
}

// Recorded traces that nobody made for this are drawn whole.
func TestFormatsOfNezha(t *testing.T) {
	dir := cmp.Or(os.Getenv("OTRACE_NEZHA_DIR"), "../../../shared/data/nezha")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no recorded traces in ", dir)
	}
	for _, system := range nezha.Systems() {
		traces, err := nezha.Read(dir, system, true)
		if err != nil {
			t.Fatal(err)
		}
		rows := 0
		for i := range traces[:min(len(traces), 300)] {
			ev := trace.Evidence{ID: traces[i].Spans[0].Trace, Spans: traces[i].Spans, Logs: traces[i].Logs}
			tl := build(ev)
			rows += len(tl.Rows)
			for name, f := range byTime() {
				lines := 0
				for line := range strings.Lines(body(draw(t, f, tl, render.Style{}))) {
					if !silence.MatchString(line) {
						lines++
					}
				}
				if lines != len(tl.Rows)+1 {
					t.Fatalf("%s %d: %s has %d lines for %d rows", system, i, name, lines, len(tl.Rows))
				}
				checkHarmless(t, body(draw(t, f, tl, render.Style{Width: 100})), render.Style{Width: 100})
			}
			checkMarkdown(t, draw(t, render.Markdown, tl, render.Style{}))
		}
		t.Logf("%s: %d rows", system, rows)
	}
}

func BenchmarkFormats(b *testing.B) {
	tl := big()
	for _, bench := range []struct {
		name  string
		draw  format
		style render.Style
	}{
		{"table/piped", render.Table, render.Style{}},
		{"table/w120", render.Table, render.Style{Width: 120, Color: true}},
		{"timeline/piped", render.Timeline, render.Style{}},
		{"timeline/w120", render.Timeline, render.Style{Width: 120, Color: true}},
		{"markdown", render.Markdown, render.Style{}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := bench.draw(io.Discard, tl, bench.style); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(tl.Rows)), "ns/row")
		})
	}
}
