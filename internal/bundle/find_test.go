package bundle

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// moment is when the test's records begin.
const moment = int64(1770000000e9)

// spanLine is a span of a trace that began a number of seconds after the moment.
func spanLine(traceID, spanID, service, operation string, after, millis int, attributes string) string {
	start := moment + int64(after)*1e9
	return fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":%q}}]},"scopeSpans":[{"spans":[{"traceId":%q,"spanId":%q,"name":%q,"startTimeUnixNano":"%d","endTimeUnixNano":"%d"%s}]}]}]}`,
		service, traceID, spanID, operation, start, start+int64(millis)*1e6, attributes)
}

func numbered(n int) string { return fmt.Sprintf("%032x", n) }

func tell(found trace.Found) string {
	var list []string
	for _, s := range found.Traces {
		list = append(list, fmt.Sprintf("%s spans=%d failed=%d logs=%d/%d %v %v", strings.TrimLeft(s.ID.String(), "0"), s.Spans, s.Failed, s.ErrorLogs, s.Logs, s.BySpans, s.ByLogs))
	}
	return strings.Join(list, "; ")
}

func order(id string) []trace.Condition { return []trace.Condition{{Key: "order.id", Value: id}} }

func TestFindSpans(t *testing.T) {
	paid := `,"attributes":[{"key":"order_id","value":{"stringValue":"ORD-17"}}]`
	failed := `,"status":{"code":2}`
	b := open(t, folder(t, map[string]string{spansFile: strings.Join([]string{
		spanLine(numbered(1), "01", "order", "POST /orders", 0, 100, ""),
		spanLine(numbered(1), "02", "payment", "charge", 1, 50, paid),
		spanLine(numbered(2), "03", "order", "POST /orders", 10, 300, paid+failed),
		spanLine(numbered(3), "04", "order", "GET /orders", 20, 1, failed),
		"not JSON",
	}, "\n")}))
	for _, tt := range []struct {
		q    trace.Query
		want string
	}{
		{trace.Query{Conditions: order("ORD-17")}, "2 spans=1 failed=1 logs=0/0 true false; 1 spans=2 failed=0 logs=0/0 true false"},
		{trace.Query{Conditions: order("ORD-17"), Limit: 1}, "2 spans=1 failed=1 logs=0/0 true false"},
		{trace.Query{Conditions: order("ORD-17"), Service: "payment"}, "1 spans=2 failed=0 logs=0/0 true false"},
		{trace.Query{Conditions: order("ORD-17"), Service: "payment", Operation: "POST /orders"}, ""},
		{trace.Query{Conditions: []trace.Condition{{Key: "error", Value: "true"}}, MinDuration: 2e6}, "2 spans=1 failed=1 logs=0/0 true false"},
		{trace.Query{Window: trace.Window{From: moment + 15e9}}, "3 spans=1 failed=1 logs=0/0 true false"},
		{trace.Query{Conditions: order("ORD-1")}, ""},
	} {
		found, err := b.FindSpans(t.Context(), tt.q)
		if got := tell(found); got != tt.want || err != nil || len(found.Gaps) != 1 {
			t.Errorf("%+v: %s, want %s; %v %v", tt.q, got, tt.want, err, found.Gaps)
		}
	}
}

func logLine(docID string, after int, fields string) string {
	return fmt.Sprintf(`{"_index":"logs-1","_id":%q,"_source":{"@timestamp":%d,%s}}`, docID, (moment+int64(after)*1e9)/1e6, fields)
}

func findable(t *testing.T) *Bundle {
	t.Helper()
	return open(t, folder(t, map[string]string{logsFile: strings.Join([]string{
		logLine("1", 0, `"trace_id":"`+numbered(1)+`","service":"order","level":"info","order":{"id":"ORD-17"}`),
		logLine("2", 5, `"trace_id":"`+numbered(1)+`","service":"payment","level":"error","message":"order ORD-17 declined"`),
		logLine("2", 5, `"trace_id":"`+numbered(1)+`","service":"payment","level":"error","message":"order ORD-17 declined"`),
		logLine("3", 9, `"trace_id":"`+numbered(1)+`","service":"payment","level":"error","message":"order ORD-170 declined"`),
		logLine("4", 20, `"service":"order","log":"{\"order_id\":\"ORD-17\",\"message\":\"TraceID: `+numbered(2)+`\",\"level\":\"fatal\"}"`),
		logLine("5", 30, `"service":"gateway","orderId":"ORD-17","correlationId":"req-2024-17"`),
		logLine("6", 40, `"service":"gateway","orderId":"ORD-17"`),
		`{"orderId":"ORD-17","trace_id":"` + numbered(3) + `"}`,
		`{"orderId":"ORD-18", cut`,
	}, "\n")}))
}

func TestFindLogs(t *testing.T) {
	b := findable(t)
	const one, two, three, opaque = "1 spans=0 failed=0 logs=1/2 false true", "2 spans=0 failed=0 logs=1/1 false true", "3 spans=0 failed=0 logs=0/1 false true", "req-2024-17 spans=0 failed=0 logs=0/1 false true"
	for _, tt := range []struct {
		q        trace.Query
		want     string
		untraced int
	}{
		{trace.Query{Conditions: order("ORD-17"), Operation: "no log's", MinDuration: 1}, opaque + "; " + two + "; " + one + "; " + three, 1},
		{trace.Query{Conditions: order("ORD-17"), Limit: 2}, opaque + "; " + two, 1},
		{trace.Query{Conditions: order("ORD-17"), Service: "payment"}, "1 spans=0 failed=0 logs=1/1 false true", 0},
		{trace.Query{Conditions: order("ORD-17"), Window: trace.Window{From: moment + 1e9, Until: moment + 20e9}}, two + "; 1 spans=0 failed=0 logs=1/1 false true", 0},
		{trace.Query{Conditions: order("ORD-17"), Window: trace.Window{Until: moment + 1e9}}, "1 spans=0 failed=0 logs=0/1 false true", 0},
		{trace.Query{Conditions: append(order("ORD-17"), trace.Condition{Key: "error", Value: "true"})}, two + "; 1 spans=0 failed=0 logs=1/1 false true", 0},
		{trace.Query{Conditions: order("ORD-1")}, "", 0},
	} {
		found, err := b.FindLogs(t.Context(), tt.q)
		if got := tell(found); got != tt.want || found.Untraced != tt.untraced || err != nil || len(found.Gaps) != 1 || len(found.Searched.Indices) != 2 {
			t.Errorf("%+v:\n%s, untraced %d, want\n%s; %v %v", tt.q, got, found.Untraced, tt.want, err, found)
		}
	}
	for _, q := range []trace.Query{{}, {Operation: "x"}, {MinDuration: 1}, {Service: "order"}} {
		if found, err := b.FindLogs(t.Context(), q); len(found.Traces)+found.Untraced > 0 || err != nil {
			t.Errorf("%+v: %+v %v", q, found, err)
		}
	}
}

func TestTally(t *testing.T) {
	b := findable(t)
	got, err := b.Tally(t.Context(), id(t, numbered(1)))
	if err != nil || got.Logs != 3 || got.ErrorLogs != 2 || got.AtLeast || fmt.Sprint(got.Services) != "[order payment]" || got.Start != moment || got.End != moment+9e9 {
		t.Errorf("%+v %v", got, err)
	}
	got, err = b.Tally(t.Context(), id(t, numbered(99)))
	if err != nil || got.Logs != 0 || got.Start != trace.NoTime || got.ID != id(t, numbered(99)) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestOwnFields(t *testing.T) {
	b := open(t, folder(t, map[string]string{logsFile: `{"flow":{"key":"1a2b"},"unit":"payment","orderId":"ORD-17"}`}))
	b.Use(logdoc.Fields{"trace": {"flow.key"}, "service": {"unit"}})
	found, err := b.FindLogs(t.Context(), trace.Query{Conditions: order("ORD-17"), Service: "payment"})
	if got := tell(found); got != "1a2b spans=0 failed=0 logs=0/1 false true" || err != nil {
		t.Errorf("%s %v", got, err)
	}
	if s, err := b.Tally(t.Context(), id(t, "1a2b")); s.Logs != 1 || err != nil {
		t.Errorf("%+v %v", s, err)
	}
}

func TestFindCancelled(t *testing.T) {
	b := open(t, "testdata/api_traces.json", folder(t, map[string]string{logsFile: "{}"}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, spansErr := b.FindSpans(ctx, trace.Query{})
	_, logsErr := b.FindLogs(ctx, trace.Query{Conditions: order("1")})
	_, tallyErr := b.Tally(ctx, id(t, hexID))
	for _, err := range []error{spansErr, logsErr, tallyErr} {
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

// BenchmarkFind looks through 20,000 logs of 1,000 traces.
func BenchmarkFind(b *testing.B) {
	var text strings.Builder
	for n := range 20_000 {
		fmt.Fprintln(&text, logLine(fmt.Sprint(n), n, fmt.Sprintf(
			`"service":{"name":"payment"},"log.level":"info","message":"charged the card of a customer in %d ms","trace.id":%q,"span.id":"%016x","order_id":"ORD-%d","host":{"name":"node-%d"}`,
			n, numbered(n%1000+1), n+1, n%1000, n%7)))
	}
	bundle := open(b, folder(b, map[string]string{logsFile: text.String()}))
	for _, bench := range []struct {
		name string
		ask  func() error
	}{
		{"logs", func() error {
			_, err := bundle.FindLogs(b.Context(), trace.Query{Conditions: order("ORD-17")})
			return err
		}},
		{"errors", func() error {
			_, err := bundle.FindLogs(b.Context(), trace.Query{Conditions: []trace.Condition{{Key: "error", Value: "true"}}})
			return err
		}},
		{"tally", func() error { _, err := bundle.Tally(b.Context(), trace.ID{Lo: 17}); return err }},
		{"traces", func() error { _, err := bundle.Traces(b.Context()); return err }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			for b.Loop() {
				if err := bench.ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
