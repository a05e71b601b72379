package bundle

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// complaining is a bundle of logs, one a second: of ten, one is an error of the
// payment, one of the order's, one a warning, and the rest are none.
func complaining(t testing.TB, logs int) *Bundle {
	t.Helper()
	var text strings.Builder
	for n := range logs {
		fields := fmt.Sprintf(`"service":"order","level":"info","message":"order %d placed"`, n)
		switch n % 10 {
		case 3:
			fields = fmt.Sprintf(`"service":"payment","level":"error","message":"card %d declined","error.type":"CardError","error.stack_trace":"CardError: no\n\tat pay.Card.charge(Card.java:7)","trace.id":%q`, n, numbered(n+1))
		case 6:
			fields = fmt.Sprintf(`"service":"order","level":"fatal","message":"disk /dev/%d is full"`, n)
		case 8:
			fields = `"service":"order","level":"warn","message":"card slow"`
		}
		fmt.Fprintln(&text, logLine(fmt.Sprint(n), n, fields))
		if n%10 == 3 {
			fmt.Fprintln(&text, logLine(fmt.Sprint(n), n, fields)) // the same document
		}
	}
	text.WriteString(`{"service":"payment","level":"error","message":"no time"}` + "\n")
	return open(t, folder(t, map[string]string{logsFile: text.String()}))
}

func TestEachErrorLog(t *testing.T) {
	b := complaining(t, 200)
	second := func(n int) int64 { return moment + int64(n)*1e9 }
	declined := trace.Pattern{Service: "payment", Parts: []string{"card", "declined"}}
	for _, tt := range []struct {
		q    trace.ErrorQuery
		want int64
	}{
		{trace.ErrorQuery{}, 41},
		{trace.ErrorQuery{Service: "payment"}, 21},
		{trace.ErrorQuery{Window: trace.Window{From: second(0), Until: second(199)}}, 40},
		{trace.ErrorQuery{Window: trace.Window{From: second(13), Until: second(23)}}, 3},
		{trace.ErrorQuery{Without: []trace.Pattern{declined}}, 21},
		{trace.ErrorQuery{Limit: 41}, 41},
	} {
		var logs []trace.ErrorLog
		taken, err := b.EachErrorLog(t.Context(), tt.q, func(l *trace.ErrorLog) { logs = append(logs, *l) })
		if err != nil || int64(len(logs)) != tt.want || taken.Total != tt.want || taken.Handed != len(logs) || taken.More || taken.Sampled || taken.Since != tt.q.Window.From {
			t.Errorf("%+v: %d logs, want %d: %+v %v", tt.q, len(logs), tt.want, taken, err)
		}
		if told := len(taken.Warnings) == 1 && strings.HasSuffix(taken.Warnings[0], ": 1"); told == tt.q.Window.IsZero() {
			t.Errorf("%+v: of the log without a time it is told %q", tt.q, taken.Warnings)
		}
		if l := logs[0]; l.TraceID.IsTrace() && (l.Type != "CardError" || !strings.Contains(l.Stack, "Card.java") || l.Origin.Service != "payment") {
			t.Errorf("%+v", l)
		}
	}
}

// A sample is random, over the whole window, and stands when the lines are read
// over.
func TestErrorLogSample(t *testing.T) {
	b := complaining(t, 5000)
	var times []int64
	taken, err := b.EachErrorLog(t.Context(), trace.ErrorQuery{Limit: 300, Service: "order"}, func(l *trace.ErrorLog) {
		times = append(times, l.Time)
		if !strings.Contains(string(l.Document), fmt.Sprintf("/dev/%d ", (l.Time-moment)/1e9)) {
			t.Errorf("%s is not of %d", l.Document, l.Time)
		}
	})
	if err != nil || len(times) != 300 || taken.Handed != 300 || taken.Total != 500 || !taken.More || !taken.Sampled {
		t.Fatalf("%d %+v %v", len(times), taken, err)
	}
	slices.Sort(times)
	if len(slices.Compact(times)) != 300 {
		t.Error("a log came twice")
	}
	early := 0
	for _, at := range times {
		if at < moment+2500e9 {
			early++
		}
	}
	if early < 110 || early > 190 { // 150 ± 4.6 standard deviations
		t.Errorf("%d of 300 from the first half", early)
	}
}

func TestCountErrorLogs(t *testing.T) {
	b := complaining(t, 200)
	second := func(n int) int64 { return moment + int64(n)*1e9 }
	patterns := []trace.Pattern{
		{Service: "payment", Parts: []string{"card"}},
		{Parts: []string{"card", "declined"}}, // the first that fits counts
		{Parts: []string{"disk", "is full"}},
	}
	edges := []int64{second(0), second(3), second(100), second(150)}
	counts, err := b.CountErrorLogs(t.Context(), trace.ErrorQuery{}, patterns, edges)
	want := "[[0 10 5] [0 0 0] [0 10 5]] [0 20 10] [3 97 50]"
	if got := fmt.Sprint(counts.Of, counts.Errors, counts.All); got != want || err != nil {
		t.Errorf("%s, want %s; %v", got, want, err)
	}
	q := trace.ErrorQuery{Service: "order", Without: patterns[:1], Window: trace.Window{From: second(50)}}
	counts, err = b.CountErrorLogs(t.Context(), q, patterns[2:], edges)
	want = "[[0 5 5]] [0 5 5] [0 45 45]"
	if got := fmt.Sprint(counts.Of, counts.Errors, counts.All); got != want || err != nil {
		t.Errorf("%s, want %s; %v", got, want, err)
	}
	if counts, err = b.CountErrorLogs(t.Context(), trace.ErrorQuery{}, nil, nil); err != nil || len(counts.Errors) != 0 {
		t.Error(counts, err)
	}
}

// What was counted is what is handed over.
func TestCountsAgree(t *testing.T) {
	b := findable(t)
	handed := 0
	if _, err := b.EachErrorLog(t.Context(), trace.ErrorQuery{Window: trace.Window{From: 1}}, func(*trace.ErrorLog) { handed++ }); err != nil {
		t.Fatal(err)
	}
	counts, err := b.CountErrorLogs(t.Context(), trace.ErrorQuery{}, nil, []int64{moment, moment + 100e9})
	if err != nil || handed != 3 || counts.Errors[0] != 3 || counts.All[0] != 6 {
		t.Errorf("%d handed, %+v, %v", handed, counts, err)
	}
}

func TestSpanOfBundle(t *testing.T) {
	b := open(t, folder(t, map[string]string{
		spansFile: spanLine(numbered(1), "01", "order", "op", 5, 3000, ""),
		logsFile:  logLine("1", 2, `"message":"a"`) + "\n" + logLine("2", 7, `"message":"b"`) + "\n{\"message\":\"no time\"}",
	}))
	if w, err := b.Span(t.Context()); w != (trace.Window{From: moment + 2e9, Until: moment + 8e9}) || err != nil {
		t.Errorf("%+v %v", w, err)
	}
	b = open(t, folder(t, map[string]string{logsFile: `{"message":"no time"}`}))
	if w, err := b.Span(t.Context()); !w.IsZero() || err != nil {
		t.Errorf("%+v %v", w, err)
	}
}

func TestErrorLogsCancelled(t *testing.T) {
	b := complaining(t, 100)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	taken, err := b.EachErrorLog(ctx, trace.ErrorQuery{}, func(*trace.ErrorLog) {})
	_, countErr := b.CountErrorLogs(ctx, trace.ErrorQuery{}, nil, []int64{1, 2})
	_, spanErr := b.Span(ctx)
	for _, err := range []error{err, countErr, spanErr} {
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if !taken.More || taken.Total != -1 {
		t.Errorf("%+v", taken)
	}
	if w, err := b.Span(t.Context()); err != nil || w.From != moment {
		t.Error(w, err)
	}
}

// BenchmarkErrorLogs goes through 100,000 logs, a fifth of them errors.
func BenchmarkErrorLogs(b *testing.B) {
	bundle := complaining(b, 100_000)
	patterns := []trace.Pattern{{Parts: []string{"card", "declined"}}, {Parts: []string{"disk", "is full"}}}
	for _, bench := range []struct {
		name string
		ask  func() error
	}{
		{"each", func() error {
			_, err := bundle.EachErrorLog(b.Context(), trace.ErrorQuery{}, func(*trace.ErrorLog) {})
			return err
		}},
		{"count", func() error {
			_, err := bundle.CountErrorLogs(b.Context(), trace.ErrorQuery{}, patterns, []int64{moment, moment + 50_000e9, moment + 100_000e9})
			return err
		}},
		{"span", func() error {
			bundle.logTimes.known = false
			_, err := bundle.Span(b.Context())
			return err
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := bench.ask(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
