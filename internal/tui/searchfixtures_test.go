package tui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
)

// A shelf is a source with a list of traces, and names.
type shelf struct {
	stock
	found      trace.Found
	err        error
	queries    []trace.Query
	window     trace.Window
	services   []string
	operations map[string][]string
	named      []string // what names were asked for
}

func (s *shelf) Find(_ context.Context, q trace.Query, _ func(trace.Found, []Answer)) (trace.Found, []Answer, error) {
	s.queries = append(s.queries, q)
	return s.found, shelfAnswers, s.err
}

var shelfAnswers = []Answer{{Name: "jaeger", Took: 41 * time.Millisecond}, {Name: "elasticsearch", Took: 88 * time.Millisecond}}

// Window reads the moments of a clock that stands.
func (s *shelf) Window(_ context.Context, since, until string) (trace.Window, error) {
	w := s.window
	for _, side := range [...]struct {
		flag, text string
		of         *int64
	}{{"--since", since, &w.From}, {"--until", until, &w.Until}} {
		if side.text == "" {
			continue
		}
		d, err := time.ParseDuration(side.text)
		if err != nil {
			return w, errors.New(side.flag + ` "` + side.text + `" is no moment`)
		}
		*side.of = epoch - int64(d)
	}
	return w, nil
}

func (s *shelf) Services(context.Context) []string {
	s.named = append(s.named, "services")
	return s.services
}

func (s *shelf) Operations(_ context.Context, service string) []string {
	s.named = append(s.named, service)
	return s.operations[service]
}

// lister is a list of traces of every kind.
func lister() *shelf {
	at := func(lo uint64, start, took int64, service, operation string, others ...string) trace.Summary {
		return trace.Summary{
			ID: trace.ID{Hi: lo << 32, Lo: lo}, Start: epoch - start, End: epoch - start + took, Service: service, Operation: operation,
			Services: append([]string{service}, others...), Spans: 12, Logs: 7, BySpans: true,
		}
	}
	charge := at(0x7f3ac91e, 2000*ms, 1240*ms, "payment", "POST /charge", "bank")
	charge.Failed, charge.ErrorLogs, charge.ByLogs = 2, 3, true
	wide := at(0x0b11d2aa, 65_000*ms, 50*ms, "注文サービス", "受注を作成する", "在庫")
	orphan := trace.Summary{ID: trace.ID{Hi: 0xc0ffee12 << 32, Lo: 1}, Start: epoch - 90_000*ms, End: epoch - 90_000*ms + 3*ms, Services: []string{"mail"}, Logs: 4, ErrorLogs: 1, AtLeast: true, ByLogs: true, Unasked: true}
	uncounted := at(0x51ec7ed1, 3_600_000*ms, 96*ms, "gateway", "GET /orders/{id}", "catalog", "order")
	uncounted.Logs, uncounted.Uncounted = 0, true
	timeless := trace.Summary{ID: trace.ID{Lo: 9}, Start: trace.NoTime, End: trace.NoTime, Logs: 1, ByLogs: true}
	return &shelf{
		found:    trace.Found{Traces: []trace.Summary{charge, at(0xaaaa0001, 4000*ms, 12*ms, "gateway", "GET /health"), wide, orphan, uncounted, timeless}},
		window:   trace.Window{From: epoch - 3_600_000*ms},
		services: []string{"gateway", "order", "payment", "payment-eu", "repayment", "在庫"},
		operations: map[string][]string{
			"":        {"POST /orders"},
			"payment": {"POST /charge", "POST /refund", "GET /health"},
		},
	}
}

// searching is somebody before a search.
func searching(t testing.TB, source Source, wants ...string) *driver {
	t.Helper()
	d := newDriver(t, source, trace.ID{}, render.Style{}).searching()
	d.size(120, 30)
	if len(wants) > 0 {
		d.keys(":find " + strings.Join(wants, " "))
		d.keys("enter")
	}
	return d
}

func (d *driver) search() *searchView {
	v, ok := d.m.top().(*searchView)
	if !ok {
		d.t.Fatalf("no search is on top, but %s", d.m.top().crumb())
	}
	return v
}

// A question is one that a source was asked and has not answered.
type question struct {
	query  trace.Query
	early  func(trace.Found, []Answer)
	answer chan reply
	ctx    context.Context
}

type reply struct {
	found trace.Found
	err   error
}

// A desk is a source whose answers the test gives.
type desk struct {
	shelf
	asked chan *question
}

func (s *desk) Find(ctx context.Context, q trace.Query, early func(trace.Found, []Answer)) (trace.Found, []Answer, error) {
	own := &question{q, early, make(chan reply), ctx}
	s.asked <- own
	select {
	case r := <-own.answer:
		return r.found, shelfAnswers, r.err
	case <-ctx.Done():
		return trace.Found{}, nil, ctx.Err()
	}
}

// A beside runs what the model asks for beside it, as the library does.
type beside struct {
	*driver
	desk *desk
	come chan tea.Msg
}

func newBeside(t *testing.T) *beside {
	b := &beside{desk: &desk{shelf: *lister(), asked: make(chan *question)}, come: make(chan tea.Msg)}
	b.driver = newDriver(t, &b.desk.shelf, trace.ID{}, render.Style{}).searching()
	b.size(120, 24)
	b.m.opts.Source = b.desk
	b.hold = true
	return b
}

// start runs a command beside the test.
func (b *beside) start(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, one := range msg {
				b.start(one)
			}
		default:
			b.come <- msg
		}
	}()
}

// ask presses keys, and returns what the source is asked by that.
func (b *beside) ask(keys ...string) *question {
	b.keys(keys...)
	held := b.held
	b.held = nil
	for _, cmd := range held {
		b.start(cmd)
	}
	return <-b.desk.asked
}

// take hands the model what comes, up to what tells of traces.
func (b *beside) take() {
	for {
		msg := <-b.come
		_, next := b.m.Update(msg)
		b.start(next)
		switch msg.(type) {
		case early[*listing], answer[*listing]:
			return
		}
	}
}
