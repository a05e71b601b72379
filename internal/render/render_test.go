package render_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

var update = flag.Bool("update", false, "write the goldens anew")

const (
	us    = int64(1e3)
	ms    = int64(1e6)
	epoch = int64(1_767_323_045_678_000_000)
)

func span(id, parent trace.SpanID, service, operation string, start, duration int64) trace.Span {
	return trace.Span{
		Trace: fixtureID, ID: id, Parent: parent, Operation: operation, Start: epoch + start, Duration: duration, Kind: trace.KindInternal,
		Resource: trace.NewResource([]trace.Attribute{
			{Key: "service.name", Value: trace.String(service)}, {Key: "host.name", Value: trace.String(service + "-1")},
		}),
	}
}

func failed(s trace.Span, message string) trace.Span {
	s.Status, s.StatusMessage = trace.StatusError, message
	return s
}

func kind(s trace.Span, k trace.Kind) trace.Span {
	s.Kind = k
	return s
}

func entry(id trace.SpanID, service string, at int64, level trace.Level, message string) trace.Log {
	doc, _ := json.Marshal(map[string]string{"message": message, "service": service})
	return trace.Log{
		Time: epoch + at, Span: id, Message: message, Level: level, LevelRaw: strings.ToUpper(level.String()),
		Origin: trace.Origin{Service: service, Host: service + "-1"}, Document: doc, Index: "logs-1", DocID: fmt.Sprint(at),
	}
}

var fixtureID, _ = trace.ParseID("7f3ac91e4bf92f3577b34da6a3ce929d")

// order is a trace that went wrong: a payment service whose clock is ahead, a
// retry, an exception and work that outlives its caller.
func order() trace.Evidence {
	const ahead = 38 * ms
	charge := failed(kind(span(4, 3, "payment", "POST /charge", 12*ms+ahead, 900*ms), trace.KindServer), "upstream timeout")
	charge.Events = []trace.Event{{Name: "exception", Time: charge.End() - ms, Attributes: []trace.Attribute{
		{Key: "exception.type", Value: trace.String("TimeoutError")}, {Key: "exception.message", Value: trace.String("no answer within 900ms")},
	}}}
	other, _ := trace.ParseID("0b11d2aa0b11d2aa0b11d2aa0b11d2aa")
	async := kind(span(6, 5, "worker", "notify 受注メール", 990*ms, 250*ms), trace.KindConsumer)
	async.Links = []trace.Link{{Trace: other, Span: 9}}
	return trace.Evidence{
		ID: fixtureID,
		Spans: []trace.Span{
			kind(span(1, 0, "gateway", "POST /orders", 0, 1000*ms), trace.KindServer),
			span(2, 1, "order", "CreateOrder", 2*ms, 960*ms),
			failed(kind(span(3, 2, "order", "HTTP POST", 10*ms, 905*ms), trace.KindClient), ""),
			charge,
			span(5, 2, "order", "validateOrder", 3*ms, 40*us),
			async,
			span(8, 7, "inventory", "updateInventory", 500*ms, 20*ms),
		},
		Logs: []trace.Log{
			entry(2, "order", 3*ms, trace.LevelInfo, "order 8812 received"),
			entry(4, "payment", 212*ms+ahead, trace.LevelWarn, "retry 1/3: psp said 503"),
			entry(4, "payment", 911*ms+ahead, trace.LevelError, "charge: upstream timeout\n  at charge.go:41"),
			entry(0, "worker", 1000*ms, trace.LevelDebug, "smtp \u001b[31mgreeting\u001b[0m 250"),
			entry(0, "edge", 1*ms, trace.LevelUnknown, "GET /healthz"),
		},
	}
}

func hostile() trace.Evidence {
	ev := order()
	ev.Spans = ev.Spans[:2]
	ev.Spans[0].Operation = "\x1b]0;owned\x07POST\r\x1b[2J \u202egnp.exe \u009b31m"
	ev.Spans[0].Resource = trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String("gate\x1b[5mway\u200b")}})
	ev.Spans[1].StatusMessage = "bad\xff utf\x9b8"
	ev.Logs = []trace.Log{entry(1, "gateway", ms, trace.LevelFatal, strings.Repeat("長い", 300)+"\x1b[0m")}
	ev.Gaps = []trace.Gap{{Source: "elasticsearch", Reason: "503 \x1b[31mred"}}
	ev.Warnings = []string{"odd\x07"}
	return ev
}

func odd() trace.Evidence {
	loop := span(2, 3, "a", "loops", 10*ms, ms)
	return trace.Evidence{ID: fixtureID, Spans: []trace.Span{
		span(1, 1, "a", "its own parent", 0, 5*ms), loop, span(3, 2, "b", "back", 11*ms, ms), span(0, 1, "a", "nameless", ms, 0),
	}, NoTrace: false}
}

// linked is the order beside another trace that uses the same span IDs.
func linked() trace.Evidence {
	ev := order()
	other, _ := trace.ParseID("0b11d2aa0b11d2aa0b11d2aa0b11d2aa")
	ev.Linked = []trace.LinkedTrace{{ID: other, Why: "shares order.id=ORD-17", Spans: 2, Logs: 1}}
	for i := range ev.Spans {
		ev.Spans[i].Trace = fixtureID
	}
	theirs := []trace.Span{span(1, 0, "gateway", "POST /refunds", 1200*ms, 90*ms), span(2, 1, "order", "Refund", 1210*ms, 60*ms)}
	for i := range theirs {
		theirs[i].Trace = other
	}
	said := entry(2, "order", 1215*ms, trace.LevelInfo, "refund of ORD-17")
	said.Trace = &other
	ev.Spans, ev.Logs = append(ev.Spans, theirs...), append(ev.Logs, said)
	return ev
}

func fixtures() map[string]trace.Evidence {
	single := trace.Evidence{ID: fixtureID, Spans: []trace.Span{span(1, 0, "gateway", "GET /", 0, 1200*us)}}
	single.Searched = trace.Searched{Indices: []string{"logs-1", "logs-2"}, Fields: []string{"trace.id", "trace_id"}}
	logsOnly := order()
	logsOnly.Spans, logsOnly.NoTrace = nil, true
	timeless := entry(0, "edge", 0, trace.LevelInfo, "when was this?")
	timeless.Time = trace.NoTime
	noTime := trace.Evidence{ID: fixtureID, Logs: []trace.Log{timeless}, NoTrace: true}
	return map[string]trace.Evidence{"skewed": skewed(), "linked": linked(), "no-time": noTime, "order": order(), "hostile": hostile(), "odd": odd(), "single": single, "logs-only": logsOnly}
}

func build(ev trace.Evidence) *timeline.Timeline {
	return timeline.Build(&ev, skew.Estimate(ev.Spans, ev.Logs))
}

func styles() map[string]render.Style {
	return map[string]render.Style{
		"piped": {}, "w50": {Width: 50}, "w60": {Width: 60}, "w80": {Width: 80}, "w100": {Width: 100}, "w200": {Width: 200},
		"w100-color": {Width: 100, Color: true}, "w100-light": {Width: 100, Color: true, Light: true}, "w80-ascii": {Width: 80, ASCII: true},
	}
}

func TestTreeGoldens(t *testing.T) {
	for name, ev := range fixtures() {
		for styleName, style := range styles() {
			if style.Color && name != "order" && name != "skewed" {
				continue
			}
			t.Run(name+"/"+styleName, func(t *testing.T) {
				var out bytes.Buffer
				if err := render.Tree(&out, build(ev), style); err != nil {
					t.Fatal(err)
				}
				checkHarmless(t, out.String(), style)
				golden(t, name+"."+styleName+".txt", out.Bytes())
			})
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (run with -update to accept):\n%s", path, diff)
	}
}

var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// checkHarmless fails when the text holds anything that acts on a terminal
// but colours, or a row that is wider than the style allows.
func checkHarmless(t *testing.T, text string, style render.Style) {
	t.Helper()
	if style.Color != sgr.MatchString(text) {
		t.Errorf("colours asked for: %v, drawn: %v", style.Color, !style.Color)
	}
	if style.Color {
		text = sgr.ReplaceAllString(text, "")
	}
	if !utf8.ValidString(text) || strings.ContainsAny(text, "\x1b\r\x07\x7f\u009b\u202e\u200b") {
		t.Errorf("the output could act on a terminal: %q", text)
	}
	inHeader := true
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, "OFFSET ") {
			inHeader = false
		}
		if w := ansi.StringWidth(line); style.Width > 0 && w > style.Width && !inHeader {
			t.Errorf("%d columns wide, %d allowed: %q", w, style.Width, line)
		}
		if style.ASCII && !inHeader && strings.ContainsAny(line, "│├└▾▸─━┅✗◆⋯·…≈×–") {
			t.Errorf("not ASCII: %q", line)
		}
	}
}

func TestJSONHoldsEveryRecord(t *testing.T) {
	for name, ev := range fixtures() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			tl := build(ev)
			if err := render.JSON(&out, tl); err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(strings.TrimSuffix(out.String(), "\n"), "\n\x1b\u009b\u202e\x7f") {
				t.Error("the document is not one harmless line")
			}
			var doc struct {
				Schema string           `json:"schema"`
				Rows   []map[string]any `json:"rows"`
			}
			if err := json.Unmarshal(out.Bytes(), &doc); err != nil {
				t.Fatalf("%v\n%s", err, out.Bytes())
			}
			kinds := map[any]int{}
			for _, r := range doc.Rows {
				kinds[r["kind"]]++
			}
			if doc.Schema != render.SchemaTimeline || kinds["span"] != len(ev.Spans) || kinds["log"] != len(ev.Logs) {
				t.Errorf("schema %q, rows %v; want %d spans and %d logs", doc.Schema, kinds, len(ev.Spans), len(ev.Logs))
			}
		})
	}
}

func TestJSONGolden(t *testing.T) {
	var out, indented bytes.Buffer
	if err := render.JSON(&out, build(order())); err != nil {
		t.Fatal(err)
	}
	if err := json.Indent(&indented, out.Bytes(), "", " "); err != nil {
		t.Fatal(err)
	}
	golden(t, "order.json", indented.Bytes())
}

func TestNDJSONIsTheSameRows(t *testing.T) {
	tl := build(order())
	var lines, whole bytes.Buffer
	if err := errors.Join(render.NDJSON(&lines, tl), render.JSON(&whole, tl)); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(strings.TrimSuffix(lines.String(), "\n"), "\n")
	if len(parts) != 1+len(tl.Rows) {
		t.Fatalf("%d lines for %d rows", len(parts), len(tl.Rows))
	}
	for _, line := range parts {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	if !strings.Contains(whole.String(), strings.Join(parts[1:], ",")) {
		t.Error("the rows differ from those of -o json")
	}
}

func TestRepeatedKeysBecomeArrays(t *testing.T) {
	ev := trace.Evidence{ID: fixtureID, Spans: []trace.Span{span(1, 0, "a", "op", 0, 1)}}
	ev.Spans[0].Attributes = []trace.Attribute{
		{Key: "x", Value: trace.Int(1)},
		{Key: "y", Value: trace.Bool(true)},
		{Key: "x", Value: trace.String("two")},
		{Key: "z", Value: trace.JSON(`["a",{"b":null}]`)},
		{Key: "n"},
	}
	var out bytes.Buffer
	if err := render.JSON(&out, build(ev)); err != nil {
		t.Fatal(err)
	}
	if want := `"attributes":{"x":[1,"two"],"y":true,"z":["a",{"b":null}],"n":null}`; !strings.Contains(out.String(), want) {
		t.Errorf("want %s in %s", want, out.String())
	}
}

// A fullDisk takes a few bytes and then fails.
type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room -= len(p); d.room < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

func TestAFailedWriteIsReported(t *testing.T) {
	tl := build(order())
	for name, draw := range map[string]func(io.Writer) error{
		"tree":        func(w io.Writer) error { return render.Tree(w, tl, render.Style{}) },
		"json":        func(w io.Writer) error { return render.JSON(w, tl) },
		"ndjson":      func(w io.Writer) error { return render.NDJSON(w, tl) },
		"clocks":      func(w io.Writer) error { return render.Clocks(w, tl, render.Style{}) },
		"clocks json": func(w io.Writer) error { return render.ClocksJSON(w, tl) },
	} {
		if err := draw(&fullDisk{room: 10}); err == nil {
			t.Errorf("%s: a full disk went unnoticed", name)
		}
	}
}

func big() *timeline.Timeline {
	var ev trace.Evidence
	ev.ID = fixtureID
	for i := range 100_000 {
		ev.Spans = append(ev.Spans, span(trace.SpanID(i+1), trace.SpanID(i/7), "service", "operation of a span", int64(i)*us, 50*ms))
		ev.Logs = append(ev.Logs, entry(trace.SpanID(i+1), "service", int64(i)*us, trace.LevelInfo, "a message of the usual length, with an order in it"))
	}
	return timeline.Build(&ev, skew.Off.Estimate(ev.Spans, ev.Logs))
}

func BenchmarkRender(b *testing.B) {
	tl := big()
	for name, draw := range map[string]func(io.Writer) error{
		"tree/piped": func(w io.Writer) error { return render.Tree(w, tl, render.Style{}) },
		"tree/w120":  func(w io.Writer) error { return render.Tree(w, tl, render.Style{Width: 120, Color: true}) },
		"json":       func(w io.Writer) error { return render.JSON(w, tl) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := draw(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(tl.Rows)), "ns/row")
		})
	}
}
