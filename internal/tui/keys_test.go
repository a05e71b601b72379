package tui

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// shop is a trace with every kind of row: what its keys do can be told by names.
//
//	0 gateway POST /orders           100ms
//	1   I received
//	2   order CreateOrder             90ms, failed
//	3     payment charge              60ms, failed
//	4       ◆ exception
//	5       E declined
//	6     mail send ×6, folded
//	12  I answered
func shop() trace.Evidence {
	create := span(2, 1, "order", "CreateOrder", 5*ms, 90*ms)
	create.Status = trace.StatusError
	charge := span(3, 2, "payment", "charge", 10*ms, 60*ms)
	charge.Status, charge.StatusMessage = trace.StatusError, "declined"
	attrs := []trace.Attribute{
		{Key: "exception.type", Value: trace.String("CardError")},
		{Key: "exception.message", Value: trace.String("no funds")},
		{Key: "exception.stacktrace", Value: trace.String("charge.go:41\n\tmain.go:7")},
	}
	charge.Events = []trace.Event{{Name: "exception", Time: epoch + 60*ms, Attributes: attrs}}
	ev := trace.Evidence{
		ID: fixtureID, Spans: []trace.Span{span(1, 0, "gateway", "POST /orders", 0, 100*ms), create, charge},
		Logs: []trace.Log{
			entry(1, "gateway", ms, trace.LevelInfo, "received"), entry(3, "payment", 65*ms, trace.LevelError, "card refused"),
			entry(1, "gateway", 99*ms, trace.LevelInfo, "answered"),
		},
	}
	for i := range int64(6) {
		ev.Spans = append(ev.Spans, span(trace.SpanID(10+i), 2, "mail", "send", (72+i)*ms, ms/2))
	}
	return ev
}

func open(t testing.TB, ev trace.Evidence) *driver {
	t.Helper()
	d := newDriver(t, &stock{traces: []trace.Evidence{ev}}, ev.ID, render.Style{})
	d.size(120, 40)
	return d
}

// TestKeys presses keys and tells on which row the cursor is then, in the words
// of the row, and what else is to be seen.
func TestKeys(t *testing.T) {
	tests := []struct {
		name string
		keys []string
		row  string
		sees string
	}{
		{"at first", nil, "POST /orders", "13 rows"},
		{"down and up", []string{"jjjk"}, "CreateOrder", ""},
		{"arrows", []string{"down", "down", "up"}, "received", ""},
		{"the end and the top", []string{"G", "g"}, "POST /orders", ""},
		{"the end", []string{"G"}, "answered", ""},
		{"errors", []string{"e"}, "CreateOrder", "error 1 of 4"},
		{"the next error, with its stack", []string{"ee"}, "charge", "charge.go:41"},
		{"around", []string{"eeeee"}, "CreateOrder", "around the end"},
		{"the error before", []string{"ee["}, "CreateOrder", ""},
		{"the last error", []string{"["}, "card refused", ""},
		{"a fold is one row", []string{"Gkk"}, "send", "×6"},
		{"a fold opens", []string{"Gkk", "enter", "jjj"}, "send", ""},
		{"closing", []string{"jj", "enter"}, "CreateOrder", "(2 failed)"},
		{"left closes, then goes up", []string{"jjj", "h", "h"}, "CreateOrder", ""},
		{"right opens, then goes down", []string{"jj", "h", "l", "l"}, "charge", ""},
		{"closing all leaves errors open", []string{"-ee"}, "charge", ""},
		{"opening all", []string{"+Gkk"}, "send", ""},
		{"search", []string{"/refused", "enter"}, "card refused", "/refused: 1 of 1"},
		{"search opens what is closed", []string{"jj", "enter", "/refused", "enter"}, "card refused", ""},
		{"search opens a fold", []string{"/send", "enter", "n"}, "send", "/send: 2 of 6"},
		{"search backwards", []string{"/order", "enter", "N", "N"}, "answered", "from the end again"},
		{"search by a regular expression", []string{"/", "/^card .*ed$/", "enter"}, "card refused", ""},
		{"search for what is nowhere", []string{"/zebra", "enter"}, "POST /orders", "is nowhere"},
		{"filter by level", []string{"flevel>=error", "enter", "G"}, "send", "filter: level>=error  11 of 13 rows"},
		{"filter by service keeps what leads there", []string{"fservice:pay", "enter", "G"}, "card refused", "3 of 13 rows"},
		{"filter by errors", []string{"ferr", "enter", "jj"}, "charge", "4 of 13 rows"},
		{"filter by duration", []string{"fdur>80ms nologs", "enter", "G"}, "CreateOrder", "2 of 13 rows"},
		{"filter by text", []string{"frefused", "enter", "G"}, "card refused", "1 of 13 rows"},
		{"filter by a regular expression", []string{"f/re(fused|ceived)/", "enter", "G"}, "card refused", "2 of 13 rows"},
		{"a filter that matches nothing names itself", []string{"fzebra", "enter"}, "POST /orders", "the filter zebra matches nothing: it hides 9 spans, 3 logs and 1 event"},
		{"no filter", []string{"fzebra", "enter", "F"}, "POST /orders", "13 rows"},
		{"giving a filter up", []string{"fzebra", "esc"}, "POST /orders", "13 rows"},
		{"a filter from before", []string{"frefused", "enter", "F", "f", "up", "enter", "G"}, "card refused", "1 of 13"},
		{"errors within a filter", []string{"fservice:payment", "enter", "e"}, "CreateOrder", "error 1 of 4"},
		{"a search that the filter hides", []string{"fservice:gateway", "enter", "/refused", "enter"}, "POST /orders", "the filter hides it in 1 row"},
		{"the critical path", []string{"c"}, "POST /orders", "filter: critical"},
		{"and all again", []string{"cc"}, "POST /orders", "13 rows"},
		{"logs", []string{"2jj"}, "card refused", "[2 Logs]"},
		{"the cursor goes through the tabs", []string{"ee24"}, "exception", "\"kind\": \"event\""},
		{"and back", []string{"/refused", "enter", "2141"}, "card refused", "[1 Timeline]"},
		{"a service's rows", []string{"3", "enter", "G"}, "card refused", "filter: service:payment"},
		{"zoom", []string{"eez"}, "charge", "zoomed to 66ms"},
		{"zoom nearer and out", []string{"eezzZ"}, "charge", "zoomed to 66ms"},
		{"zoom out", []string{"eezZ"}, "charge", "no clock needed correction"},
		{"clocks as observed, on the same row", []string{"ees"}, "charge", "clocks as observed"},
		{"and corrected", []string{"eess"}, "charge", "no clock needed correction"},
		{"details alone", []string{"eed"}, "charge", "Identity"},
		{"from the details to the next row", []string{"eedJJ"}, "exception", "CardError: no funds"},
		{"escape goes back step by step", []string{"frefused", "enter", "2d", "esc", "esc"}, "card refused", "13 rows"},
		{"a command", []string{":trace ab cd", "enter"}, "POST /orders", ":trace: "},
		{"no command", []string{":frobnicate", "enter"}, "POST /orders", "is no command; there are :trace ID"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, shop())
			d.keys(tt.keys...)
			d.sees(tt.sees)
			v := d.trace()
			if got := messageOf(&v.scene.tl.Rows[v.selected]); !strings.HasPrefix(got, tt.row) {
				t.Errorf("the cursor is on %q, want %q:\n%s", got, tt.row, d.screen())
			}
		})
	}
}

// TestColumns leaves columns out, one way after the other, and remembers which.
func TestColumns(t *testing.T) {
	d := open(t, shop())
	sees := func(bars, services bool) {
		t.Helper()
		names := strings.Split(d.screen(), "\n")[2]
		if strings.Contains(names, "0   ") != bars || strings.Contains(names, "SERVICE") != services {
			t.Errorf("bars %v and services %v are wanted: %s", bars, services, names)
		}
	}
	sees(true, true)
	for _, want := range [][2]bool{{false, true}, {true, false}, {false, false}, {true, true}, {false, true}} {
		d.keys("C")
		sees(want[0], want[1])
	}
	if d.m.state.Without != render.BarColumn {
		t.Errorf("remembered %v", d.m.state.Without)
	}
}

// TestFast types what a terminal hands over in one piece.
func TestFast(t *testing.T) {
	d := open(t, shop())
	d.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("eefcard")})
	d.sees("filter: card", "2 of 13 rows")
	d.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(" re\nfused\x1b"), Paste: true})
	if got := d.trace().filterText; got != "card refused" {
		t.Errorf("pasted %q", got)
	}
	d.keys("ctrl+w", "enter")
	if got := d.trace().filterText; got != "card " {
		t.Errorf("the filter is %q", got)
	}
}

// TestCopy looks at what the terminal is told to keep.
func TestCopy(t *testing.T) {
	for _, tt := range []struct{ keys, want string }{
		{"eeYm", "charge: declined"},
		{"eeYi", "0000000000000003"},
		{"G" + "Yi", "doc-99000000"},
		{"ferr\nYc", "otrace show 7f3ac91e4bf92f3577b34da6a3ce929d --context prod --errors"},
		{"fservice:pay dur>10ms card re\nsYc", "otrace show 7f3ac91e4bf92f3577b34da6a3ce929d --context prod --raw-time --min-duration 10ms --service 'pay*' --grep 'card re'"},
		{"GYj", `"message": "answered"`},
	} {
		d := open(t, shop())
		for part := range strings.SplitSeq(tt.keys, "\n") {
			d.keys(part)
			if d.m.prompt != nil && !strings.HasSuffix(tt.keys, part) {
				d.keys("enter")
			}
		}
		_, rest, _ := strings.Cut(d.out.String(), "\x1b]52;c;")
		encoded, _, ended := strings.Cut(rest, "\x07")
		got, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || !ended || !strings.Contains(string(got), tt.want) {
			t.Errorf("%q copied %q, %v; want %q", tt.keys, got, err, tt.want)
		}
		d.sees("by OSC 52")
	}
}

// TestStale drops answers that nobody waits for.
func TestStale(t *testing.T) {
	d := open(t, shop())
	v := d.trace()
	d.hold = true
	d.keys("r")
	number := v.asked.number
	d.keys("r")
	old := answer[gatheredTrace]{number: number, err: errors.New("too late")}
	d.m.Update(old)
	if v.err != nil || v.asked.cancel == nil {
		t.Error("an answer to the request before was taken")
	}
	d.release()
	if v.asked.cancel != nil {
		t.Error("the answer was not taken")
	}
	d.hold = true
	d.keys("fcard")
	if len(d.held) != 2 {
		t.Errorf("%d pieces of work, want the index and one filter at a time", len(d.held))
	}
	d.keys("enter", "F")
	d.release()
	d.sees("13 rows").misses("filter:")
}

// TestInterrupt cancels what is under way first, and quits then.
func TestInterrupt(t *testing.T) {
	source := &stock{traces: []trace.Evidence{shop()}}
	d := newDriver(t, source, fixtureID, render.Style{})
	d.size(120, 40)
	d.hold = true
	d.keys("r")
	held := d.held
	d.m.now = func() time.Time { return time.Unix(0, epoch).Add(time.Second) }
	d.sees("asking for the trace 1.0s")
	d.hold, d.held = false, nil
	d.keys("ctrl+c").sees("cancelled")
	for _, cmd := range held {
		d.run(cmd)
	}
	if source.ctx.Err() == nil {
		t.Error("the request goes on")
	}
	if d.quit {
		t.Fatal("the first ^c quit")
	}
	if d.keys("ctrl+c"); !d.quit {
		t.Error("the second ^c did not quit")
	}
}

// TestFailures shows what went wrong, and asks again on r.
func TestFailures(t *testing.T) {
	source := &stock{err: errors.New("jaeger: connection refused \x1b[2J")}
	d := newDriver(t, source, fixtureID, render.Style{})
	d.m.opts.Hint = func(error) string { return "check --jaeger" }
	d.size(120, 40)
	d.sees("✗ jaeger: connection refused ␛[2J", "check --jaeger", "r asks again", "elasticsearch ✗88ms")
	source.err = nil
	d.keys("r").sees("not found")
	source.traces = []trace.Evidence{shop()}
	d.keys("r").sees("POST /orders", "jaeger ✓41ms")
	source.err = context.DeadlineExceeded
	d.keys("r").sees("POST /orders", "as it was before: context deadline exceeded")
	d.keys(":trace", "space", "00000000000000000000000000000abc", "enter")
	d.sees("prod ▸ 7f3ac91e gateway POST /orders ▸ 00000000 ", "deadline")
	d.keys("esc").sees("as it was before")
}

// TestStack goes from the list to a trace and back.
func TestStack(t *testing.T) {
	source := &stock{traces: []trace.Evidence{shop(), wide()}}
	source.traces[1].ID, _ = trace.ParseID("0b11d2aa0b11d2aa0b11d2aa0b11d2aa")
	for i := range source.traces[1].Spans {
		source.traces[1].Spans[i].Trace = source.traces[1].ID
	}
	d := newDriver(t, source, trace.ID{}, render.Style{}).searching()
	d.size(120, 40)
	d.sees("prod ▸ search", "2 traces", "POST /注文")
	d.keys("fcreate").sees("0 of 2 traces")
	d.keys("ctrl+w", "gateway", "enter").sees("2 of 2 traces")
	d.keys("esc").misses("filter:")
	d.keys("f7f3a", "enter", "enter").sees("prod ▸ search ▸ 7f3ac91e gateway POST /orders")
	d.keys("esc").sees("1 of 2 traces")
	d.keys(":find order.id=ORD-17 service=order", "enter").sees("prod ▸ search ▸ search order.id=ORD-17")
	if source.query.Service != "order" || !slices.Equal(source.query.Conditions, []trace.Condition{{Key: "order.id", Value: "ORD-17"}}) {
		t.Errorf("asked for %+v", source.query)
	}
	d.keys(":find order", "enter").sees("is no condition")
	d.keys(":context nowhere", "enter").sees("there is no context")
	d.keys("esc", "esc", "esc").sees("q quits")
	if d.keys("q"); !d.quit {
		t.Error("q did not quit")
	}
}

// TestHelp tells of every key that does anything.
func TestHelp(t *testing.T) {
	d := open(t, shop())
	d.size(160, 60)
	d.keys("?")
	told := d.screen()
	for _, list := range [...][]binding{d.m.bindings(), d.trace().bindings()} {
		for _, b := range list {
			for _, key := range b.keys {
				if !strings.Contains(told, shown(key, false)) {
					t.Errorf("help does not tell of %s", key)
				}
			}
		}
	}
	taken := map[string]string{}
	for _, list := range [...][]binding{d.m.bindings(), d.trace().bindings()} {
		for _, b := range list {
			for _, key := range b.keys {
				if was, ok := taken[key]; ok && b.do != nil && b.group != "" && was != "" {
					t.Errorf("%s is taken twice: %s; %s", key, was, b.does)
				}
				if b.do != nil {
					taken[key] = b.does
				}
			}
		}
	}
	d.keys("x").misses("these keys")
}

// TestSkewedKeepsCursor shows times as observed and corrected; the cursor stays
// on its record, and what was corrected is told with its bounds.
func TestSkewedKeepsCursor(t *testing.T) {
	ev := orders(t)["declined"]
	d := open(t, ev)
	d.size(200, 50)
	d.keys("/card declined", "enter").sees("~ clock pay-1 (payment) +18", "[+1")
	before := d.trace().currentRow().Log
	d.keys("s").sees("every clock as observed", "clocks as observed: s corrects them")
	if v := d.trace(); v.currentRow().Log != before || v.currentRow().Offset != 0 || v.mode != skew.Off {
		t.Errorf("the cursor is on %q", messageOf(v.currentRow()))
	}
	d.keys("s").sees("~ clock pay-1")
	if v := d.trace(); v.currentRow().Log != before || v.currentRow().Offset == 0 {
		t.Errorf("the cursor is on %q", messageOf(v.currentRow()))
	}
}

// TestEditor hands the row over as a file that is gone afterwards.
func TestEditor(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	d := open(t, shop())
	d.keys("E").sees("no editor is known")
	d.m.opts.Editor = []string{"true"}
	v := d.trace()
	path, err := keepFor(v.json(v.currentRow()))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if info, _ := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 || !strings.Contains(string(text), `"operation": "POST /orders"`) {
		t.Errorf("%s: %s, %v, %v", filepath.Base(path), text, info.Mode(), err)
	}
	if v.edit() == nil {
		t.Error("no editor is run")
	}
}

// TestSave asks for a name, and says what became of it.
func TestSave(t *testing.T) {
	d := open(t, shop())
	var saved string
	d.m.opts.Save = func(path string, ev trace.Evidence) error {
		saved = path
		if len(ev.Spans) != 9 {
			t.Errorf("%d spans are saved", len(ev.Spans))
		}
		return nil
	}
	d.keys("x", "enter").sees("saved as trace-7f3ac91e.tar.gz")
	d.m.opts.Save = func(string, trace.Evidence) error { return os.ErrExist }
	d.keys("x", "ctrl+u", "a.md", "enter").sees("not saved: file already exists")
	if saved != "trace-7f3ac91e.tar.gz" {
		t.Errorf("saved as %s", saved)
	}
}

// TestBrowse opens Jaeger, for a log Kibana, and copies the address where there
// is no browser.
func TestBrowse(t *testing.T) {
	d := open(t, shop())
	d.keys("o").sees("no page is known")
	d.m.opts.Style.JaegerUI, d.m.opts.Style.Kibana = "http://jaeger:16686", "http://kibana:5601"
	d.keys("o").sees("copied the address in Jaeger")
	var opened string
	d.m.opts.Browse = func(address string) error { opened = address; return nil }
	if d.keys("o"); opened != "http://jaeger:16686/trace/"+fixtureID.String() {
		t.Errorf("opened %s", opened)
	}
	if d.keys("G", "o"); !strings.HasPrefix(opened, "http://kibana:5601/app/discover") {
		t.Errorf("opened %s", opened)
	}
}

// TestMouse clicks and turns the wheel.
func TestMouse(t *testing.T) {
	d := open(t, shop())
	d.keys("M").sees("mouse on")
	d.screen()
	d.m.Update(tea.MouseMsg{X: 10, Y: 5, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
	if got := messageOf(d.trace().currentRow()); got != "CreateOrder" {
		t.Errorf("clicked on %s", got)
	}
	d.m.Update(tea.MouseMsg{Button: tea.MouseButtonWheelDown})
	if got := messageOf(d.trace().currentRow()); got != "exception" {
		t.Errorf("the wheel went to %s", got)
	}
	d.keys("M").sees("mouse off")
}

// TestParseFilter reads filters, and refuses what means nothing.
func TestParseFilter(t *testing.T) {
	for _, tt := range []struct {
		text string
		is   func(f *timeline.Filter) bool
	}{
		{"", func(f *timeline.Filter) bool { return f.IsZero() }},
		{"err critical nologs depth<=3", func(f *timeline.Filter) bool { return f.Errors && f.Critical && f.NoLogs && f.Depth == 3 }},
		{"level>=warn", func(f *timeline.Filter) bool { return f.Level == trace.LevelWarn }},
		{"level:", func(f *timeline.Filter) bool { return f.IsZero() }},
		{`op:"GET /orders"`, func(f *timeline.Filter) bool { return f.Operations[0].Matches("get /orders/17") && f.Text == nil }},
		{"svc:a,b*c", func(f *timeline.Filter) bool { return f.Services[0].Matches("abc") && !f.Services[1].Matches("bcd") }},
		{"dur>1.5s", func(f *timeline.Filter) bool { return f.MinDuration == 1500*ms }},
		{"two words", func(f *timeline.Filter) bool { return f.Phrase == "two words" }},
		{"Two", func(f *timeline.Filter) bool { return f.Phrase == "Two" }},
		{"a.b http://x", func(f *timeline.Filter) bool {
			return f.Phrase == "a.b http://x"
		}},
		{`/a \w+ (b|c)/`, func(f *timeline.Filter) bool { return f.Text.MatchString("A word C") }},
	} {
		f, err := parseFilter(tt.text)
		if err != nil || !tt.is(&f) {
			t.Errorf("%q is read as %+v, %v", tt.text, f, err)
		}
	}
	for _, text := range []string{"level>=loud", "dur>long", "depth<=0", "/(/"} {
		if f, err := parseFilter(text); err == nil {
			t.Errorf("%q is read as %+v", text, f)
		}
	}
}
