package render_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/orderservice"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A format is one way of drawing a timeline.
type format func(io.Writer, *timeline.Timeline, render.Style) error

// byTime are the formats that draw rows in the order of time.
func byTime() map[string]format {
	return map[string]format{"table": render.Table, "timeline": render.Timeline}
}

func draw(t testing.TB, f format, tl *timeline.Timeline, style render.Style) string {
	t.Helper()
	var out bytes.Buffer
	if err := f(&out, tl, style); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// body is a drawing without the header that it shares with the tree.
func body(text string) string {
	lines := strings.SplitAfter(text, "\n")
	at := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "OFFSET") })
	for ; at > 0 && staircase.MatchString(sgr.ReplaceAllString(lines[at-1], "")); at-- {
	}
	return strings.Join(lines[max(at, 0):], "")
}

// staircase is a line that names a lane: there are no others with so many
// blanks before them.
var staircase = regexp.MustCompile(`^ {6,}\S`)

// orders plays an order of each scenario and gathers its trace.
func orders(t testing.TB) map[string]trace.Evidence {
	t.Helper()
	cfg := orderservice.DefaultConfig()
	cfg.End = time.Unix(0, epoch).UTC()
	dir := t.TempDir()
	sink, err := orderservice.NewBundle(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := orderservice.Simulate(t.Context(), cfg, sink)
	if err := cmp.Or(err, sink.Close()); err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]trace.Evidence{}
	for _, example := range sum.Examples {
		id, err := trace.ParseID(example.TraceID)
		if err != nil {
			t.Fatal(err)
		}
		ev, err := gather.All(t.Context(), id, gather.Sources{Spans: b, Logs: b, SpansName: "bundle", LogsName: "bundle"})
		if err != nil {
			t.Fatal(err)
		}
		found["order-"+example.Scenario] = ev
	}
	return found
}

// five is a call through five services of which three clocks are wrong.
func five() trace.Evidence {
	services := [...]string{"edge", "cart", "price", "stock", "受注"}
	ahead := [...]int64{0, 120 * ms, -75 * ms, 0, 2400 * ms}
	var ev trace.Evidence
	ev.ID = fixtureID
	for i, service := range services {
		at, took := int64(i)*3*ms, 90*ms-int64(i)*6*ms
		id := trace.SpanID(10 * (i + 1))
		if i > 0 {
			ev.Spans = append(ev.Spans, kind(span(id-1, id-10, services[i-1], "GET /"+service, at-ms+ahead[i-1], took+2*ms), trace.KindClient))
			id, at = 10*trace.SpanID(i+1), at+ahead[i]
			ev.Spans = append(ev.Spans, kind(span(id, id-1, service, "GET /"+service, at, took), trace.KindServer))
		} else {
			ev.Spans = append(ev.Spans, kind(span(id, 0, service, "GET /", 0, took), trace.KindServer))
		}
		ev.Logs = append(ev.Logs, entry(id, service, at+ms, trace.Level(1+i), service+" asked"))
	}
	// The client spans are the parents of the servers, and children of theirs.
	for i := range ev.Spans {
		if s := &ev.Spans[i]; s.Kind == trace.KindClient {
			s.Parent = s.ID + 1 - 10
		}
	}
	return ev
}

// lost are spans without parents, a cycle, and logs of spans that never came.
func lost() trace.Evidence {
	ev := odd()
	ev.Spans = append(ev.Spans, span(20, 99, "c", "orphan", 4*ms, 2*ms), failed(span(21, 99, "c", "orphan, too", 20*ms, ms), "no parent"))
	late := span(22, 1, "b", "of 1970", 0, ms)
	late.Start = 5
	timeless := entry(98, "c", 0, trace.LevelWarn, "when?")
	timeless.Time = trace.NoTime
	ev.Spans = append(ev.Spans, late)
	ev.Logs = append(ev.Logs, entry(98, "c", 5*ms, trace.LevelError, "of a lost span"), timeless)
	return ev
}

// shown are the timelines of the goldens; the whole ones are drawn in every
// style.
func shown(t testing.TB) (timelines map[string]*timeline.Timeline, whole []string) {
	t.Helper()
	timelines = map[string]*timeline.Timeline{
		"hostile": build(hostileFormats()), "single": build(fixtures()["single"]), "lost": build(lost()), "five": build(five()),
		"empty": build(trace.Evidence{ID: fixtureID}), "logs-only": build(fixtures()["logs-only"]), "linked": build(linked()),
		"filtered": build(order()).Filter(&timeline.Filter{Errors: true}),
	}
	for name, ev := range orders(t) {
		timelines[name] = build(ev)
	}
	return timelines, []string{"hostile", "single", "lost", "five", "order-declined"}
}

// hostileFormats tries to leave a code block, a table and a terminal's line.
func hostileFormats() trace.Evidence {
	ev := hostile()
	ev.Spans[0].Operation += " ```` | <b>x</b> [a](http://evil) @all \\| `"
	ev.Spans = append(ev.Spans, failed(span(3, 1, "a|b", "`tick", 3*ms, ms), "```\n| a | b |\n# not a title"))
	ev.Logs = append(ev.Logs, entry(3, "|\\|", 4*ms, trace.LevelError, "\n```\n<script>\u0301\u0301"))
	return ev
}

// goldenStyles are the sections of a golden, in their order.
var goldenStyles = []struct {
	name  string
	style render.Style
}{
	{"100 columns", render.Style{Width: 100}},
	{"piped", render.Style{}},
	{"200 columns", render.Style{Width: 200}},
	{"80 columns", render.Style{Width: 80}},
	{"60 columns", render.Style{Width: 60}},
	{"50 columns", render.Style{Width: 50}},
	{"80 columns, ASCII", render.Style{Width: 80, ASCII: true}},
	{"100 columns, colour", render.Style{Width: 100, Color: true}},
	{"100 columns, colour on light", render.Style{Width: 100, Color: true, Light: true}},
}

// Goldens hold what is beneath the header, which is the tree's.
func TestByTimeGoldens(t *testing.T) {
	timelines, whole := shown(t)
	for name, tl := range timelines {
		for formatName, f := range byTime() {
			t.Run(formatName+"/"+name, func(t *testing.T) {
				var out strings.Builder
				for i, s := range goldenStyles {
					if i > 1 && !slices.Contains(whole, name) {
						break
					}
					text := draw(t, f, tl, s.style)
					if len(tl.Rows) > 0 {
						text = body(text)
						checkHarmless(t, text, s.style)
					}
					fmt.Fprintf(&out, "-- %s --\n%s", s.name, text)
				}
				golden(t, formatName+"."+name+".txt", []byte(out.String()))
			})
		}
	}
}
