package bundle

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

var failedOnly = []trace.Condition{{Key: "error", Value: "true"}}

// scattered is a bundle of traces of three spans each, a trace a second, whose
// spans lie about in two files. Every fourth fails in the payment, and every
// seventh says so by an attribute alone.
func scattered(t testing.TB, traces int) (b *Bundle, all []trace.ID) {
	t.Helper()
	var lines []string
	for n := range traces {
		status := ""
		switch {
		case n%4 == 0:
			status = `,"status":{"code":2}`
		case n%7 == 0:
			status = `,"attributes":[{"key":"error","value":{"boolValue":true}}]`
		}
		lines = append(lines,
			spanLine(numbered(n+1), "01", "order", "POST /orders", n, 900, ""),
			spanLine(numbered(n+1), "02", "payment", "charge", n, 100+n, status),
			spanLine(numbered(n+1), "03", "payment", "log", n, 1, ""))
		all = append(all, trace.ID{Lo: uint64(n + 1)})
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	half := len(lines) / 2
	return open(t,
		folder(t, map[string]string{spansFile: strings.Join(lines[:half], "\n") + "\nnot JSON\n" + lines[half]}),
		folder(t, map[string]string{spansFile: strings.Join(lines[half:], "\r\n")})), all
}

// gone goes through the traces that match, each of which must come whole.
func gone(t *testing.T, b *Bundle, q trace.Query) (list []trace.ID, taken trace.Taken) {
	t.Helper()
	taken, err := b.EachTrace(t.Context(), q, func(spans []trace.Span) {
		if len(spans) != 3 {
			t.Errorf("%d spans of %v", len(spans), spans[0].Trace)
		}
		list = append(list, spans[0].Trace)
	})
	if err != nil || taken.Handed != len(list) || len(taken.Gaps) != 1 {
		t.Fatalf("%+v %v", taken, err)
	}
	return list, taken
}

func TestEachTrace(t *testing.T) {
	const traces = 100
	b, all := scattered(t, traces)
	second := func(n int) int64 { return moment + int64(n)*1e9 }
	for _, tt := range []struct {
		what  string
		q     trace.Query
		want  func(n int) bool
		total int64
		since int64 // of a search that did not find all
	}{
		{"failed", trace.Query{Conditions: failedOnly}, func(n int) bool { return n%4 == 0 || n%7 == 0 }, 36, 0},
		{"newest", trace.Query{Conditions: failedOnly, Limit: 3}, func(n int) bool { return n > 91 && (n%4 == 0 || n%7 == 0) }, 36, second(91) + 1},
		{"healthy", trace.Query{Service: "payment", Operation: "log", Limit: 50}, func(n int) bool { return n >= 50 }, traces, second(49) + 1},
		{"any", trace.Query{Limit: 1, Window: trace.Window{From: second(10), Until: second(20)}}, func(n int) bool { return n == 20 }, 11, second(19) + 1},
		{"none", trace.Query{Limit: 1, Window: trace.Window{From: second(1000), Until: second(2000)}}, func(int) bool { return false }, 0, 0},
		{"long", trace.Query{Service: "payment", MinDuration: 190e6}, func(n int) bool { return n >= 90 }, 10, 0},
		{"long and few", trace.Query{Service: "payment", MaxDuration: 105e6, Operation: "charge", Limit: 2}, func(n int) bool { return n == 4 || n == 5 }, -1, second(3) + 1},
		{"unknown", trace.Query{Service: "nobody"}, func(int) bool { return false }, 0, 0},
	} {
		var want []trace.ID
		for n := traces - 1; n >= 0; n-- {
			if tt.want(n) {
				want = append(want, all[n])
			}
		}
		list, taken := gone(t, b, tt.q)
		since := tt.since
		if !taken.More {
			since = tt.q.Window.From
		}
		if !slices.Equal(list, want) || taken.Total != tt.total || taken.More != (tt.since != 0) || taken.Since != since {
			t.Errorf("%s: %v\nwant %v\n%+v", tt.what, list, want, taken)
		}
	}
}

// Whole files, as the UI downloads them, and goes the same way as FindSpans.
func TestEachTraceOfWholeFiles(t *testing.T) {
	b := open(t, "testdata/api_traces.json")
	found, err := b.FindSpans(t.Context(), trace.Query{})
	if err != nil || len(found.Traces) == 0 {
		t.Fatal(found, err)
	}
	spans := map[trace.ID]int{}
	taken, err := b.EachTrace(t.Context(), trace.Query{}, func(list []trace.Span) { spans[list[0].Trace] = len(list) })
	for _, s := range found.Traces {
		if spans[s.ID] != s.Spans {
			t.Errorf("%v: %d spans, want %d", s.ID, spans[s.ID], s.Spans)
		}
	}
	if err != nil || taken.Handed != len(found.Traces) || taken.Total != int64(taken.Handed) {
		t.Errorf("%+v %v", taken, err)
	}
}

func TestEachTraceCancelled(t *testing.T) {
	b, _ := scattered(t, 20)
	ctx, cancel := context.WithCancel(t.Context())
	handed := 0
	taken, err := b.EachTrace(ctx, trace.Query{}, func([]trace.Span) {
		if handed++; handed == 5 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || handed != 5 || taken.Handed != 5 || !taken.More || taken.Since != moment+14e9+1 {
		t.Errorf("%d %+v %v", handed, taken, err)
	}
	if _, err = open(t, "testdata/api_traces.json").EachTrace(ctx, trace.Query{}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if list, _ := gone(t, b, trace.Query{}); len(list) != 20 {
		t.Error(len(list))
	}
}

// BenchmarkEachTrace goes through 5,000 traces of 20 spans, a tenth of which
// failed.
func BenchmarkEachTrace(b *testing.B) {
	var text strings.Builder
	for k := range 20 {
		for n := range 5000 {
			status := ""
			if k == 7 && n%10 == 0 {
				status = `,"status":{"code":2}`
			}
			fmt.Fprintln(&text, spanLine(numbered(n+1), fmt.Sprintf("%016x", k+1), fmt.Sprint("s", k%5), "op", n, 5, status+
				`,"attributes":[{"key":"http.method","value":{"stringValue":"POST"}},{"key":"order.id","value":{"stringValue":"ORD-1"}}]`))
		}
	}
	path := folder(b, map[string]string{spansFile: text.String()})
	warm := open(b, path)
	for _, bench := range []struct {
		name string
		ask  func() (trace.Taken, error)
	}{
		{"first", func() (trace.Taken, error) {
			return open(b, path).EachTrace(b.Context(), trace.Query{Conditions: failedOnly}, func([]trace.Span) {})
		}},
		{"again", func() (trace.Taken, error) {
			return warm.EachTrace(b.Context(), trace.Query{Conditions: failedOnly}, func([]trace.Span) {})
		}},
		{"any", func() (trace.Taken, error) {
			return warm.EachTrace(b.Context(), trace.Query{Limit: 1, Window: trace.Window{From: moment + 1e12, Until: moment + 2e12}}, func([]trace.Span) {})
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if taken, err := bench.ask(); err != nil || taken.Handed != 500 && taken.Handed != 1 {
					b.Fatal(taken, err)
				}
			}
		})
	}
}
