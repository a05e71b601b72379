package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

const (
	minute = int64(time.Minute)
	hour   = int64(time.Hour)
)

func traceID(n uint64) trace.ID {
	return trace.ID{Hi: fixtureID.Hi, Lo: 0x77b34da6a3ce0000 + n}
}

// lastHour is an hour with a day before it to compare with.
func lastHour() triage.Calendar {
	return triage.Calendar{
		Window: trace.Window{From: epoch - hour, Until: epoch}, Slots: 20,
		Baseline: trace.Window{From: epoch - 25*hour, Until: epoch - hour - 1}, Slices: 24,
	}
}

// rising is a trend that begins in a slot and grows.
func rising(from int) []int {
	trend := make([]int, 20)
	for i := from; i < len(trend); i++ {
		trend[i] = i - from + 1
	}
	return trend
}

// newest are traces that failed a second after each other.
func newest(ids ...trace.ID) (list []triage.Example) {
	for i, id := range ids {
		list = append(list, triage.Example{Trace: id, Time: epoch - int64(i+1)*1000*ms})
	}
	return list
}

func saidBy(service, template, message string, n, at int64, id trace.ID) triage.Said {
	l := entry(7, service, at, trace.LevelError, message)
	return triage.Said{Service: service, Template: template, Count: n, Example: trace.ErrorLog{Log: l, TraceID: id}}
}

// incident is a report with every flag and every kind of group.
func incident() *triage.Report {
	at := func(ago int64) int64 { return epoch - ago }
	return &triage.Report{
		Calendar: lastHour(), Compared: 24, Failing: 97, FailedSpans: 310, ErrorLogs: 1240, Untraced: 31,
		Groups: []triage.Group{
			{
				ID: "3f2a91c0", Flag: triage.New, Service: "catalog", Operation: "SELECT items", Class: "org.postgresql.util.PSQLException",
				Detail: "FATAL: remaining connection slots are reserved for <*> connections", Frames: []string{"com.shop.catalog.Items.load", "com.shop.http.Routes.items"},
				Traces: 19, Spans: 57, Logs: 40, First: at(8 * minute), Last: at(3000 * ms), Trend: rising(17),
				Entries:  []triage.Entry{{Service: "gateway", Operation: "POST /api/orders", Traces: 12}, {Service: "gateway", Operation: "GET /api/items", Traces: 7}},
				Examples: newest(fixtureID, traceID(2), traceID(3)),
				Said: []triage.Said{
					saidBy("catalog", "query <*> failed: too many connections", "query 8812 failed: too many connections", 38, -3000*ms, fixtureID),
					saidBy("gateway", "GET <*>: 500", "GET /api/items: 500", 2, -9000*ms, traceID(2)),
				},
			},
			{
				ID: "b81e0d4c", Flag: triage.MaybeNew, Kind: triage.Unseen, Service: "payment", Operation: "POST", Class: "503", Callee: "api.psp.example",
				Traces: 5, Spans: 15, First: at(21 * minute), Last: at(2 * minute), Trend: rising(13),
				Entries: []triage.Entry{{Service: "gateway", Operation: "POST /api/orders", Traces: 5}}, Examples: newest(traceID(4)),
			},
			{
				ID: "77c0ffee", Flag: triage.Rising, Service: "payment", Operation: "POST /charge", Class: "TimeoutError", Detail: "upstream did not answer within <*>",
				Traces: 40, Absorbed: 22, Spans: 160, Logs: 214, BaselineTraces: 12, BaselineLogs: 60, First: at(23 * hour), Last: at(12000 * ms), Trend: rising(4),
				Entries: []triage.Entry{{Service: "gateway", Operation: "POST /api/orders", Traces: 12}}, Examples: newest(traceID(5), traceID(6)),
			},
			{
				ID: "00000a51", Kind: triage.Slow, Service: "inventory", Operation: "reserve", Traces: 31, Spans: 31, BaselineTraces: 700, First: at(25 * hour), Last: at(5 * minute),
				Trend: rising(0), Examples: newest(traceID(7)),
			},
			{
				ID: "c0ffee12", Kind: triage.LogOnly, Service: "email", Detail: "smtp <*> greylisted, will retry in <*>", Logs: 4, Untraced: 4, BaselineTraces: 90, BaselineLogs: 90,
				First: at(24 * hour), Last: at(9 * minute), Trend: rising(15), Said: []triage.Said{saidBy("email", "smtp <*> greylisted, will retry in <*>", "smtp 10.0.0.7 greylisted, will retry in 5m", 4, -9*minute, trace.ID{})},
			},
			{ID: "00000b0b", Service: "worker", Operation: "Poll", Class: "IllegalStateException", Traces: 1, Spans: 1, First: at(40 * minute), Last: at(40 * minute), Trend: rising(19), Examples: newest(traceID(8))},
		},
		Expected: []triage.Group{
			{ID: "e0000001", Service: "payment", Operation: "POST /charge", Class: "402", Traces: 40, Spans: 40, BaselineTraces: 960, First: at(25 * hour), Last: at(minute), Trend: rising(2), Examples: newest(traceID(9))},
			{ID: "e0000002", Service: "catalog", Operation: "GET /items/{id}", Class: "404", Traces: 2, Spans: 2, First: at(5 * minute), Last: at(minute), Trend: rising(18), Examples: newest(traceID(10))},
		},
		Spans: triage.Coverage{Read: 97, Total: 97}, Logs: triage.Coverage{Read: 1240, Total: 1240},
		Searched: trace.Searched{Indices: []string{"logs-1", "logs-2"}, Fields: []string{"log.level", "error.type"}},
	}
}

// reports are what there can be to draw.
func reports() map[string]*triage.Report {
	none := incident()
	none.Groups, none.Expected, none.Failing, none.FailedSpans, none.ErrorLogs, none.Untraced = nil, nil, 0, 0, 0, 0
	unknown, expected := *none, *none
	unknown.Gaps = []trace.Gap{{Source: "elasticsearch", Reason: "connection refused"}}
	unknown.Searched = trace.Searched{}
	expected.Failing, expected.Expected = 42, incident().Expected
	partial := incident()
	partial.Compared, partial.Limited = 17, true
	partial.Spans = triage.Coverage{Read: 500, Total: -1, Sampled: true}
	partial.Logs = triage.Coverage{Read: 5000, Total: 1_200_000, Sampled: true, Counted: true}
	partial.Failing, partial.ErrorLogs = 500, 1_200_000
	partial.Gaps = []trace.Gap{{Source: "jaeger", Reason: "3 of 24 slices were not answered in time", Partial: true}, {Source: "elasticsearch", Reason: "503"}}
	partial.Warnings = []string{"the level of 12 logs could not be read"}
	uncompared := incident()
	uncompared.Calendar.Slices, uncompared.Calendar.Baseline = 0, trace.Window{}
	for i := range uncompared.Groups {
		uncompared.Groups[i].Flag = triage.Steady
	}
	services := incident()
	services.By = triage.ByService
	services.Expected = nil
	for i := range services.Groups {
		g := &services.Groups[i]
		g.Kind, g.Operation, g.Class, g.Detail, g.Callee = triage.Failed, "", "", "", ""
	}
	return map[string]*triage.Report{
		"incident": incident(), "hostile": evil(), "partial": partial, "none": none, "unknown": &unknown, "expected": &expected,
		"early": incident().Before(), "uncompared": uncompared, "services": services, "zero": {},
	}
}

// evil is a report in which every text acts on terminals, or is wide.
func evil() *triage.Report {
	r := incident()
	const evil = "\x1b]0;owned\x07\x1b[31m \u202egnp.exe \u009b31m\u200b\r"
	for i := range r.Groups {
		g := &r.Groups[i]
		g.Service, g.Operation, g.Class, g.Callee = evil+g.Service, "受注"+g.Operation+evil, evil+"`|`", evil
		g.Detail = strings.Repeat("受注メール🚀", 20) + evil + "\n  at line\xff"
		g.Frames = []string{evil + "frame"}
		for j := range g.Entries {
			g.Entries[j].Service, g.Entries[j].Operation = evil, "受注|"+evil
		}
		for j := range g.Said {
			s := &g.Said[j]
			s.Service, s.Template, s.Example.Message, s.Example.Origin.Service = evil, evil+"<*>", strings.Repeat("長い"+evil, 60), evil
		}
	}
	r.Groups[0].Examples[0].Trace, _ = trace.ParseID("$(reboot);受注受注")
	r.Groups[0].Examples[1].Time = trace.NoTime
	r.Gaps = []trace.Gap{{Source: "jaeger", Reason: "503 " + evil}}
	r.Warnings = []string{"odd " + evil}
	return r
}

// looked is a group with what is asked for it alone.
func looked(r *triage.Report, g *triage.Group) *render.GroupDetail {
	own := *r
	own.Gaps = append(slices.Clip(own.Gaps), trace.Gap{Source: "elasticsearch", Reason: "the logs of one trace: 429", Partial: true})
	d := &render.GroupDetail{Report: &own, Group: g, Healthy: 50, Standouts: []triage.Standout{
		{Key: "host.name", Value: "pay-2\x1b[31m受注", Failing: 18, FailingOf: 20, Healthy: 3, HealthyOf: 50, P: 1e-9},
	}}
	for i, e := range g.Examples {
		message := fmt.Sprintf("query %d failed: FATAL: remaining connection slots are reserved for superuser connections", 8812-i)
		d.Logs = append(d.Logs, saidBy(g.Service, "", message, 1, -int64(i+1)*1000*ms, e.Trace).Example)
	}
	return d
}

// A triager is a source whose errors come in steps: what it tells early, and
// what it answers.
type triager struct {
	stock
	early  []*triage.Report
	looked bool // groups are told with what is asked for them alone
}

func (s *triager) Errors(ctx context.Context, of Scope, early func(*triage.Report, []Answer)) (*triage.Report, []Answer, error) {
	for _, r := range s.early {
		early(r, nil)
	}
	return s.stock.Errors(ctx, of, early)
}

func (s *triager) Group(ctx context.Context, of *triage.Report, g *triage.Group) (*render.GroupDetail, []Answer, error) {
	if !s.looked {
		return s.stock.Group(ctx, of, g)
	}
	s.asked++
	s.ctx = ctx
	if s.err != nil {
		return nil, nil, s.err
	}
	return looked(of, g), nil, nil
}

// triages is somebody before a report.
func triages(t testing.TB, r *triage.Report, style render.Style) (*driver, *triager) {
	t.Helper()
	source := &triager{stock: stock{report: r}, looked: true}
	d := newDriver(t, source, trace.ID{}, style)
	d.size(120, 40)
	return d, source
}

func (d *driver) errors() *errorsView {
	d.t.Helper()
	v, ok := d.m.top().(*errorsView)
	if !ok {
		d.t.Fatalf("no errors are on top, but %s", d.m.top().crumb())
	}
	return v
}

// on fails the test when the cursor is not on the group.
func (d *driver) on(id string) *driver {
	d.t.Helper()
	if g := d.errors().current(); g == nil || g.ID != id {
		d.t.Fatalf("the cursor is not on %s:\n%s", id, d.screen())
	}
	return d
}

// waits lets the clock's ticks be told, and nothing wait for them.
func (d *driver) waits() *[]time.Duration {
	var waits []time.Duration
	d.m.tick = func(after time.Duration) tea.Cmd {
		waits = append(waits, after)
		return nil
	}
	return &waits
}

var errRefused = errors.New("jaeger: connection refused")
