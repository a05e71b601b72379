package render_test

import (
	"fmt"
	"strings"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

const (
	second = int64(1e9)
	minute = 60 * second
	hour   = 60 * minute
	// windowEnd is 2026-01-02T03:04:05Z.
	windowEnd = int64(1_767_323_045 * 1e9)
)

func traceID(n uint64) trace.ID { return trace.ID{Hi: 0x7f3ac91e4bf92f35, Lo: 0x77b34da6a3ce0000 + n} }

// lastHour is an hour with a day before it to compare with.
func lastHour() triage.Calendar {
	return triage.Calendar{
		Window: trace.Window{From: windowEnd - hour, Until: windowEnd}, Slots: 20,
		Baseline: trace.Window{From: windowEnd - 25*hour, Until: windowEnd - hour - 1}, Slices: 24,
	}
}

// wave is a trend that begins in a slot and grows by so many a slot.
func wave(from, by int) []int {
	trend := make([]int, 20)
	for i := from; i < len(trend); i++ {
		trend[i] = (i - from + 1) * by
	}
	return trend
}

func flat(n int) []int {
	trend := make([]int, 20)
	for i := range trend {
		trend[i] = n * (i % 2)
	}
	return trend
}

func said(service, template, example string, n int64, at int64, id trace.ID) triage.Said {
	l := trace.Log{Time: at, Origin: trace.Origin{Service: service}, Level: trace.LevelError, LevelRaw: "ERROR", Message: example, Index: "logs-1", DocID: "a1", Span: 7}
	return triage.Said{Service: service, Template: template, Count: n, Example: trace.ErrorLog{Log: l, TraceID: id}}
}

// allKinds is a report with every flag and every kind of group.
func allKinds() *triage.Report {
	return &triage.Report{
		Calendar: lastHour(), Compared: 24, Failing: 97, FailedSpans: 310, ErrorLogs: 1240, Untraced: 31,
		Groups: []triage.Group{
			{
				ID: "3f2a91c0", Flag: triage.New, Service: "catalog", Operation: "SELECT items", Class: "org.postgresql.util.PSQLException",
				Detail: "FATAL: remaining connection slots are reserved for <*> connections", Frames: []string{"com.shop.catalog.Items.load", "com.shop.catalog.Items.byCategory", "com.shop.http.Routes.items"},
				Traces: 19, Spans: 57, Logs: 40, First: windowEnd - 8*minute, Last: windowEnd - 3*second, Trend: wave(17, 3),
				Entries:  []triage.Entry{{Service: "gateway", Operation: "POST /api/orders", Traces: 12}, {Service: "gateway", Operation: "GET /api/items", Traces: 7}},
				Examples: examples(1, 2, 3),
				Said: []triage.Said{
					said("catalog", "query <*> failed: FATAL: remaining connection slots are reserved for <*> connections", "query 8812 failed: FATAL: remaining connection slots are reserved for superuser connections", 38, windowEnd-3*second, traceID(1)),
					said("gateway", "GET <*>: 500", "GET /api/items: 500", 2, windowEnd-9*second, traceID(2)),
				},
			},
			{
				ID: "b81e0d4c", Flag: triage.MaybeNew, Kind: triage.Unseen, Service: "payment", Operation: "POST", Class: "503", Callee: "api.psp.example",
				Traces: 5, Spans: 15, Logs: 0, First: windowEnd - 21*minute, Last: windowEnd - 2*minute, Trend: wave(13, 1)[:20],
				Entries: []triage.Entry{{Service: "gateway", Operation: "POST /api/orders", Traces: 5}}, Examples: examples(4),
			},
			{
				ID: "77c0ffee", Flag: triage.Rising, Service: "payment", Operation: "POST /charge", Class: "TimeoutError", Detail: "upstream did not answer within <*>",
				Traces: 40, Absorbed: 22, Spans: 160, Logs: 214, BaselineTraces: 12, BaselineLogs: 60, First: windowEnd - 23*hour, Last: windowEnd - 12*second, Trend: wave(4, 1),
				Entries: []triage.Entry{
					{Service: "gateway", Operation: "POST /api/orders", Traces: 12},
					{Service: "gateway", Operation: "POST /api/subscriptions/renew", Traces: 3},
					{Service: "cron", Operation: "nightly", Traces: 2},
					{Service: "admin", Operation: "POST /refund", Traces: 1},
				},
				Examples: examples(5, 6),
			},
			{
				ID: "00000a51", Kind: triage.Slow, Service: "inventory", Operation: "reserve", Traces: 31, Spans: 31, BaselineTraces: 700, First: windowEnd - 25*hour, Last: windowEnd - 5*minute,
				Trend: flat(3), Entries: []triage.Entry{{Service: "gateway", Operation: "POST /api/orders", Traces: 31}}, Examples: examples(7),
			},
			{
				ID: "c0ffee12", Kind: triage.LogOnly, Service: "email", Detail: "smtp <*> greylisted, will retry in <*>", Logs: 4, Untraced: 4, BaselineTraces: 90, BaselineLogs: 90,
				First: windowEnd - 24*hour, Last: windowEnd - 9*minute, Trend: flat(1), Said: []triage.Said{said("email", "smtp <*> greylisted, will retry in <*>", "smtp 10.0.0.7 greylisted, will retry in 5m", 4, windowEnd-9*minute, trace.ID{})},
			},
			{
				ID: "00000b0b", Service: "worker", Operation: "Poll", Class: "IllegalStateException", Traces: 1, Spans: 1, First: windowEnd - 40*minute, Last: windowEnd - 40*minute, Trend: append(make([]int, 6), 1),
				Examples: examples(8),
			},
		},
		Expected: []triage.Group{
			{ID: "e0000001", Service: "payment", Operation: "POST /charge", Class: "402", Traces: 40, Spans: 40, BaselineTraces: 960, First: windowEnd - 25*hour, Last: windowEnd - minute, Trend: flat(4), Examples: examples(9)},
			{ID: "e0000002", Service: "catalog", Operation: "GET /items/{id}", Class: "404", Traces: 2, Spans: 2, First: windowEnd - 5*minute, Last: windowEnd - minute, Trend: flat(1), Examples: examples(10)},
		},
		Spans: triage.Coverage{Read: 97, Total: 97}, Logs: triage.Coverage{Read: 1240, Total: 1240},
		Searched: trace.Searched{Indices: []string{"logs-1", "logs-2"}, Fields: []string{"log.level", "error.type"}},
	}
}

// hostileErrors is a report in which every text that comes from outside acts
// on terminals, or is wide.
func hostileErrors() *triage.Report {
	r := allKinds()
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
			s.Service, s.Template, s.Example.Message, s.Example.Origin.Service = evil, evil+"<*>", evil+"said", evil
		}
	}
	r.Expected[0].Service, r.Expected[0].Class = evil, "\u0301"
	opaque, _ := trace.ParseID("$(reboot);受注受注")
	r.Groups[0].Examples[0].Trace = opaque
	r.Gaps = []trace.Gap{{Source: "jaeger", Reason: "503 " + evil}}
	r.Warnings = []string{"odd " + evil}
	return r
}

// partialErrors is a report of which not all is known: a source failed, what
// was read are samples, and the baseline is short.
func partialErrors() *triage.Report {
	r := allKinds()
	r.Groups = r.Groups[:3]
	r.Hidden, r.Compared, r.Limited = 12, 17, true
	r.Spans = triage.Coverage{Read: 500, Total: -1, Sampled: true}
	r.Logs = triage.Coverage{Read: 5000, Total: 1_200_000, Sampled: true, Counted: true}
	r.Failing, r.ErrorLogs = 500, 1_200_000
	r.Groups[2].Logs = 1_100_000
	r.Gaps = []trace.Gap{{Source: "jaeger", Reason: "3 of 24 slices of the baseline were not answered in time", Partial: true}}
	r.Warnings = []string{"the level of 12 logs could not be read"}
	return r
}

// emptyErrors is a report of a window in which nothing failed.
func emptyErrors() *triage.Report {
	r := allKinds()
	return &triage.Report{Calendar: r.Calendar, Compared: 24, Searched: r.Searched}
}

func errorReports() map[string]*triage.Report {
	expected := emptyErrors()
	expected.Failing, expected.FailedSpans, expected.Expected = 42, 42, allKinds().Expected
	unknown := emptyErrors()
	unknown.Gaps = []trace.Gap{{Source: "elasticsearch", Reason: "connection refused"}}
	unknown.Searched = trace.Searched{}
	sampled := allKinds()
	sampled.Logs = triage.Coverage{Read: 5000, Total: 8000, Sampled: true}
	sampled.Calendar.Slices, sampled.Calendar.Baseline = 0, trace.Window{}
	for i := range sampled.Groups {
		sampled.Groups[i].Flag = triage.Steady
	}
	services := allKinds()
	services.By = triage.ByService
	for i := range services.Groups {
		g := &services.Groups[i]
		g.Kind, g.Operation, g.Class, g.Detail, g.Callee = triage.Failed, "", "", "", ""
	}
	return map[string]*triage.Report{
		"all": allKinds(), "hostile": hostileErrors(), "partial": partialErrors(), "empty": emptyErrors(),
		"expected": expected, "unknown": unknown, "sampled": sampled, "services": services,
	}
}

// details are groups with what was asked about them alone.
func details() map[string]*render.GroupDetail {
	r, evil, part := allKinds(), hostileErrors(), partialErrors()
	full := &render.GroupDetail{Report: r, Number: 1, Group: &r.Groups[0], Healthy: 50, Standouts: []triage.Standout{
		{Key: "host.name", Value: "pay-2", Failing: 18, FailingOf: 20, Healthy: 3, HealthyOf: 50, P: 1e-9},
		{Key: "service.version", Value: "2.4.1", Failing: 20, FailingOf: 20, Healthy: 24, HealthyOf: 50, P: 1e-5},
	}}
	for i := range 3 {
		full.Logs = append(full.Logs, said("catalog", "", fmt.Sprintf("query %d failed: FATAL: remaining connection slots are reserved for superuser connections", 8812-i), 1, windowEnd-int64(i)*7*second, traceID(uint64(i+1))).Example)
	}
	full.Logs[1].Type, full.Logs[1].Reason = "PSQLException", "too many clients already"
	hostile := &render.GroupDetail{Report: evil, Number: 1, Group: &evil.Groups[0], Healthy: 1, Standouts: []triage.Standout{
		{Key: "\x1b[31mkey", Value: "受注\u202e", Failing: 1, FailingOf: 1, HealthyOf: 1},
	}, Logs: []trace.ErrorLog{evil.Groups[0].Said[0].Example}}
	return map[string]*render.GroupDetail{
		"new": full, "hostile": hostile,
		"rising":   {Report: part, Number: 3, Group: &part.Groups[2], Healthy: 50},
		"slow":     {Report: r, Number: 4, Group: &r.Groups[3]},
		"logs":     {Report: r, Number: 5, Group: &r.Groups[4]},
		"expected": {Report: r, Number: 7, Group: &r.Expected[0]},
	}
}

// examples are traces that failed a second after each other.
func examples(numbers ...uint64) (list []triage.Example) {
	for i, n := range numbers {
		list = append(list, triage.Example{Trace: traceID(n), Time: windowEnd - int64(i+1)*second})
	}
	return list
}
