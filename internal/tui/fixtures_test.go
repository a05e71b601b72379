package tui

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/orderservice"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

const (
	ms    = int64(1e6)
	epoch = int64(1_767_323_045_678_000_000)
)

var fixtureID, _ = trace.ParseID("7f3ac91e4bf92f3577b34da6a3ce929d")

func span(id, parent trace.SpanID, service, operation string, start, duration int64) trace.Span {
	return trace.Span{
		Trace: fixtureID, ID: id, Parent: parent, Operation: operation, Start: epoch + start, Duration: duration, Kind: trace.KindInternal,
		Resource: trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String(service)}, {Key: "host.name", Value: trace.String(service + "-1")}}),
	}
}

func entry(id trace.SpanID, service string, at int64, level trace.Level, message string) trace.Log {
	return trace.Log{
		Time: epoch + at, Span: id, Message: message, Level: level, LevelRaw: level.String(), Index: "logs-1", DocID: fmt.Sprint("doc-", at),
		Origin: trace.Origin{Service: service, Host: service + "-1"}, Document: []byte(fmt.Sprintf(`{"message":%q,"order":{"id":"ORD-17"}}`, message)),
	}
}

// wide is a trace with characters of two columns, long texts and a gap.
func wide() trace.Evidence {
	failed := span(2, 1, "注文サービス", "受注を作成する", 2*ms, 40*ms)
	failed.Status, failed.StatusMessage = trace.StatusError, strings.Repeat("在庫がありません", 20)
	return trace.Evidence{
		ID: fixtureID, Spans: []trace.Span{span(1, 0, "gateway", "POST /注文", 0, 50*ms), failed},
		Logs: []trace.Log{entry(2, "注文サービス", 3*ms, trace.LevelError, strings.Repeat("長い", 300)), entry(1, "gateway", 49*ms, trace.LevelInfo, "👩‍👩‍👧‍👦 done")},
		Gaps: []trace.Gap{{Source: "elasticsearch", Reason: "1 of 5 shards failed", Partial: true}},
	}
}

// hostile is a trace that tries to act on the terminal.
func hostile() trace.Evidence {
	first := span(1, 0, "gate\x1b[5mway\u200b", "\x1b]0;owned\x07POST\r\x1b[2J \u202egnp.exe \u009b31m", 0, 50*ms)
	first.Status, first.StatusMessage = trace.StatusError, "bad\xff utf\x9b8\x1b]52;c;aGk=\x07"
	first.Attributes = []trace.Attribute{{Key: "key\x1b[2J", Value: trace.String("value\u202e\x1b[31m\nof two lines\r\x08")}}
	first.Events = []trace.Event{{Name: "exception", Time: epoch + ms, Attributes: []trace.Attribute{
		{Key: "exception.type", Value: trace.String("E\x1b[0m")}, {Key: "exception.stacktrace", Value: trace.String("at\x1b[7m a\n\tat b\u009b2J")},
	}}}
	said := entry(1, "gate", 2*ms, trace.LevelFatal, "\x1b[0mred\x1b[31m\u2028")
	said.Document = []byte("{\"mess\x1bage\":\"\\u001b[2J\u202e\"}")
	return trace.Evidence{
		ID: fixtureID, Spans: []trace.Span{first}, Logs: []trace.Log{said},
		Gaps: []trace.Gap{{Source: "elasticsearch", Reason: "503 \x1b[31mred"}}, Warnings: []string{"odd\x07"},
	}
}

// orders plays an order of each scenario.
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
		found[example.Scenario] = ev
	}
	return found
}

// A stock is a source that has what it is given.
type stock struct {
	traces []trace.Evidence
	err    error
	asked  int
	query  trace.Query
	report *triage.Report
	fixed  bool
	scope  Scope
	ctx    context.Context // of the last request
}

func (s *stock) Trace(ctx context.Context, id trace.ID) (trace.Evidence, []Answer, error) {
	s.asked++
	s.ctx = ctx
	answers := []Answer{{Name: "jaeger", Took: 41 * time.Millisecond}, {Name: "elasticsearch", Took: 88 * time.Millisecond, Err: s.err}}
	if s.err != nil {
		return trace.Evidence{}, answers, s.err
	}
	for _, ev := range s.traces {
		if ev.ID.Same(id) {
			return ev, answers, nil
		}
	}
	return trace.Evidence{}, answers, trace.ErrNotFound
}

func (s *stock) Window(context.Context, string, string) (trace.Window, error) {
	return trace.Window{}, nil
}

func (s *stock) Find(ctx context.Context, q trace.Query, _ func(trace.Found, []Answer)) (trace.Found, []Answer, error) {
	s.asked++
	s.ctx, s.query = ctx, q
	var sums trace.Summaries
	for i := range s.traces {
		ev := &s.traces[i]
		sums.AddSpans(ev.Spans)
		for k := range ev.Logs {
			sums.AddLog(ev.ID, &ev.Logs[k])
		}
	}
	return trace.Found{Traces: sums.List()}, []Answer{{Name: "jaeger", Took: 41 * time.Millisecond}}, s.err
}

func (s *stock) Errors(ctx context.Context, of Scope, _ func(*triage.Report, []Answer)) (*triage.Report, []Answer, error) {
	s.asked++
	s.ctx, s.scope = ctx, of
	return s.report, []Answer{{Name: "jaeger", Took: 41 * time.Millisecond}}, s.err
}

func (s *stock) Group(ctx context.Context, of *triage.Report, g *triage.Group) (*render.GroupDetail, []Answer, error) {
	s.asked++
	s.ctx = ctx
	return &render.GroupDetail{Report: of, Group: g}, []Answer{{Name: "jaeger", Took: 41 * time.Millisecond}}, s.err
}

func (s *stock) Services(context.Context) []string { return []string{"gateway", "order", "payment"} }

func (s *stock) Operations(_ context.Context, service string) []string {
	return []string{service + " one", service + " two"}
}

func (s *stock) Fixed() bool { return s.fixed }

func (s *stock) Command() []string { return []string{"--context", "prod"} }

// A driver is somebody before the screen.
type driver struct {
	t    testing.TB
	m    *model
	out  strings.Builder
	quit bool
	held []tea.Cmd // when hold is set, what was to be done
	hold bool
}

func newDriver(t testing.TB, source Source, id trace.ID, style render.Style) *driver {
	t.Helper()
	d := &driver{t: t}
	d.m = newModel(t.Context(), &Options{
		Source: source, Context: "prod", ID: id, Style: style, Out: &d.out,
		Use: func(_ context.Context, name string) (*Place, error) {
			return nil, fmt.Errorf("there is no context %q", name)
		},
		Keep:   func(string, State) {},
		Opened: func(trace.ID, string) {},
		Save:   func(string, trace.Evidence) error { return nil },
	})
	d.m.now = func() time.Time { return time.Unix(0, epoch) }
	d.m.tick = func(time.Duration) tea.Cmd { return nil }
	d.run(d.m.Init())
	return d
}

// searching begins with the list of traces instead.
func (d *driver) searching() *driver {
	d.m.views = []view{newSearchView(d.m, terms{})}
	d.run(d.m.Init())
	return d
}

// run does what a command asks for, and what comes of it.
func (d *driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if d.hold {
		d.held = append(d.held, cmd)
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, one := range msg {
			d.run(one)
		}
	case tea.QuitMsg:
		d.quit = true
	default:
		_, next := d.m.Update(msg)
		d.run(next)
	}
}

// release does what was held.
func (d *driver) release() {
	d.hold = false
	for held := d.held; len(held) > 0; held = held[1:] {
		d.run(held[0])
	}
	d.held = nil
}

var named = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"ctrl+c": tea.KeyCtrlC, "ctrl+d": tea.KeyCtrlD, "ctrl+u": tea.KeyCtrlU, "ctrl+w": tea.KeyCtrlW, "ctrl+e": tea.KeyCtrlE, "backspace": tea.KeyBackspace,
	"pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp, "home": tea.KeyHome, "end": tea.KeyEnd, "space": tea.KeySpace,
}

// keys presses keys: names of keys, or characters that are typed one by one.
func (d *driver) keys(keys ...string) *driver {
	for _, key := range keys {
		if kind, ok := named[key]; ok {
			msg := tea.KeyMsg{Type: kind}
			if kind == tea.KeySpace {
				msg.Runes = []rune{' '}
			}
			d.press(msg)
			continue
		}
		for _, r := range key {
			d.press(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
		}
	}
	return d
}

func (d *driver) press(k tea.KeyMsg) {
	d.m.View() // as a terminal would before somebody can press a key
	_, cmd := d.m.Update(k)
	d.run(cmd)
}

func (d *driver) size(width, height int) { d.m.Update(tea.WindowSizeMsg{Width: width, Height: height}) }

// screen is what is seen.
func (d *driver) screen() string { return d.m.View() }

func (d *driver) trace() *traceView {
	v, ok := d.m.top().(*traceView)
	if !ok {
		d.t.Fatalf("no trace is on top, but %s", d.m.top().crumb())
	}
	return v
}

// sees fails the test when a text is not on the screen.
func (d *driver) sees(texts ...string) *driver {
	d.t.Helper()
	for _, s := range texts {
		if !strings.Contains(d.screen(), s) {
			d.t.Fatalf("%q is not to be seen:\n%s", s, d.screen())
		}
	}
	return d
}

// misses fails the test when a text is on the screen.
func (d *driver) misses(s string) {
	d.t.Helper()
	if strings.Contains(d.screen(), s) {
		d.t.Fatalf("%q is to be seen:\n%s", s, d.screen())
	}
}
