package es

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

func ofOrder() []trace.Condition { return []trace.Condition{{Key: "order.id", Value: "ORD-17"}} }

func traceNo(n int) string { return fmt.Sprintf("7a1c09e2f4b85d36a0b1c2d3%08x", n) }

func find(t testing.TB, c *Client, q trace.Query) trace.Found {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	found, err := c.FindLogs(ctx, q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// numbers is the traces that were found, by traceNo, in their order.
func numbersOf(found trace.Found) []int {
	var list []int
	for _, s := range found.Traces {
		list = append(list, int(s.ID.Lo&0xffff_ffff))
	}
	return list
}

// A findCase is one way in which an index may store logs of ORD-17, beside
// noise that is of others.
type findCase struct {
	name, settings string
	want           []string
	noise          []string
}

func findCases() []findCase {
	return []findCase{
		{"keyword", props(`"order_id":{"type":"keyword"}`), []string{`"order_id":"ORD-17"`}, []string{`"order_id":"ORD-170"`, `"order_id":"XORD-17"`}},
		{"nested object", "", []string{`"order":{"id":"ORD-17"}`}, []string{`"order":{"id":"ORD-170"}`, `"parent":{"order":{"id":"ORD-17"}}`}},
		{"dotted behind a wrapper", "", []string{`"attributes":{"order.id":"ORD-17"}`, `"resource":{"attributes":{"orderId":"ORD-17"}}`, `"mdc":{"ORDER_ID":["x","ORD-17"]}`}, []string{`"attributes":{"order.id":"ORD-18"}`}},
		{"camel case", "", []string{`"orderId":"ORD-17"`, `"OrderID":"ORD-17"`, `"order-id":"ORD-17"`, `"orderid":"ORD-17"`}, []string{`"reorderId":"ORD-17"`}},
		{
			"text only", "",
			[]string{`"message":"order ORD-17 failed"`, `"msg":"paid order_id=ORD-17"`, `"log":"Order #ORD-17 shipped\n"`, `"message":"x order_id:ORD-17 y"`, `"message":"orderId: \"ORD-17\""`},
			[]string{`"message":"order ORD-170 failed"`, `"message":"order XORD-17"`, `"message":"invoice ORD-17"`, `"message":"order ORD-17-b"`},
		},
		{
			"nested JSON", "",
			[]string{`"log":"{\"order_id\":\"ORD-17\",\"message\":\"m\"}\n"`, `"log":"{\"order\":{\"total\":5,\"id\":\"ORD-17\"}}"`, `"message":"{\"log\":\"{\\\"orderId\\\":\\\"ORD-17\\\"}\"}"`},
			[]string{`"log":"{\"order_id\":\"ORD-170\"}"`, `"log":"{\"cart_id\":\"ORD-17\"}"`},
		},
		{"flattened", props(`"labels":{"type":"flattened"}`), []string{`"labels":{"order_id":"ORD-17"}`, `"labels":{"order":{"id":"ORD-17"}}`}, []string{`"labels":{"order_id":"ORD-170"}`, `"labels":{"cart":"ORD-17"}`}},
		{"flattened parent", props(`"order":{"type":"flattened"}`), []string{`"order":{"id":"ORD-17"}`}, []string{`"order":{"name":"ORD-17"}`}},
		{"nested mapping", props(`"order":{"type":"nested"}`), []string{`"order":[{"id":"x"},{"id":"ORD-17"}]`}, []string{`"order":[{"id":"x"}]`}},
		{"number elsewhere", props(`"order_id":{"type":"long"}`), nil, []string{`"order_id":17`}},
	}
}

// TestFindLogs loads all cases side by side, so that a field's type differs
// among indices, and wants every trace back whose logs are of the order and no
// other.
func TestFindLogs(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) { findLogs(t, c, findCases()) })
}

func findLogs(t *testing.T, c *corpus, cases []findCase) {
	t.Helper()
	var want []int
	n := 0
	texts := make(map[int]string)
	for i, fc := range cases {
		var docs []string
		for j, fields := range slices.Concat(fc.want, fc.noise) {
			if n++; j < len(fc.want) {
				want = append(want, n)
			}
			texts[n] = fc.name + ": " + fields
			docs = append(docs, fmt.Sprintf(`{"@timestamp":"2024-05-01T10:%02d:%02dZ","trace_id":"%s",%s}`, n/60, n%60, traceNo(n), fields))
		}
		c.index(fmt.Sprintf("find-%02d", i), fc.settings, docs...)
	}
	slices.Reverse(want)
	found := find(t, c.client(nil), trace.Query{Conditions: ofOrder()})
	got := numbersOf(found)
	for _, n := range want {
		if !slices.Contains(got, n) {
			t.Errorf("not found: %s", texts[n])
		}
	}
	for _, n := range got {
		if !slices.Contains(want, n) {
			t.Errorf("noise: %s", texts[n])
		}
	}
	if !t.Failed() && !slices.Equal(got, want) {
		t.Errorf("not the newest first: %v", got)
	}
	if len(found.Gaps)+len(found.Warnings) > 0 || len(found.Searched.Indices) != len(cases) || !slices.Contains(found.Searched.Fields, "order_id") || !slices.Contains(found.Searched.Fields, "message") {
		t.Errorf("gaps %v, warnings %v, searched %v", found.Gaps, found.Warnings, found.Searched)
	}
	for _, s := range found.Traces {
		if !s.ByLogs || s.BySpans || s.AtLeast || s.Logs != 1 || s.Spans != 0 {
			t.Errorf("%+v", s)
		}
	}
}

// TestFindNumbers asks for values that are not written as texts.
func TestFindNumbers(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		doc := func(n int, fields string) string { return fmt.Sprintf(`{"trace_id":"%s",%s}`, traceNo(n), fields) }
		c.index("long", "", doc(1, `"http":{"status_code":500},"retry":true`), doc(2, `"http":{"status_code":5000}`), doc(3, `"message":"http.status_code=500 in 17 ms"`), doc(4, `"message":"took 500 ms"`))
		c.index("keyword", props(`"http.status_code":{"type":"keyword"},"retry":{"type":"keyword"}`), doc(5, `"http.status_code":"500","retry":"true"`), doc(6, `"log":"{\"http\":{\"status_code\":500}}"`), doc(7, `"log":"{\"ms\":500}"`))
		c.index("double", props(`"http.status_code":{"type":"double"}`), doc(8, `"http.status_code":500`))
		for query, want := range map[string][]int{"http.status_code=500": {1, 3, 5, 6, 8}, "httpStatusCode=500": {1, 3, 5, 6, 8}, "retry=true": {1, 5}} {
			key, value, _ := strings.Cut(query, "=")
			found := find(t, c.client(nil), trace.Query{Conditions: []trace.Condition{{Key: key, Value: value}}})
			got := slices.Sorted(slices.Values(numbersOf(found)))
			if !slices.Equal(got, want) || len(found.Gaps) > 0 {
				t.Errorf("%s: %v, want %v; gaps %v", query, got, want, found.Gaps)
			}
		}
	})
}

// TestFindErrors asks for logs of errors, whichever way their level is told.
func TestFindErrors(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		doc := func(n int, fields string) string { return fmt.Sprintf(`{"trace_id":"%s",%s}`, traceNo(n), fields) }
		c.index("words", "", doc(1, `"level":"ERROR","service":"payment"`), doc(2, `"level":"info"`), doc(3, `"log":{"level":"Fatal"},"service":"payment"`), doc(4, `"level":"warn","message":"no error at all"`))
		c.index("keyword", props(`"severity_text":{"type":"keyword"},"severity_number":{"type":"long"}`), doc(5, `"severity_text":"Error"`), doc(6, `"severity_number":21`), doc(7, `"severity_number":9`))
		c.index("pino", "", doc(8, `"level":50,"msg":"m"`), doc(9, `"level":30,"msg":"m"`))
		c.index("text", "", doc(10, `"message":"2024 ERROR [x] boom"`), doc(11, `"log":"{\"severity\":\"CRITICAL\",\"message\":\"m\"}"`), doc(12, `"error":true`), doc(13, `"PRIORITY":"3","MESSAGE":"m"`))
		found := find(t, c.client(nil), trace.Query{Conditions: []trace.Condition{{Key: "error", Value: "true"}}})
		if got := slices.Sorted(slices.Values(numbersOf(found))); !slices.Equal(got, []int{1, 3, 5, 6, 8, 10, 11, 12, 13}) || len(found.Gaps) > 0 {
			t.Errorf("%v, gaps %v", got, found.Gaps)
		}
		found = find(t, c.client(nil), trace.Query{Conditions: []trace.Condition{{Key: "error", Value: "true"}}, Service: "payment"})
		if got := slices.Sorted(slices.Values(numbersOf(found))); !slices.Equal(got, []int{1, 3}) {
			t.Errorf("of payment: %v", got)
		}
	})
}

// TestFindService asks for one service's logs, however they tell whose they are.
func TestFindService(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		doc := func(n int, fields string) string {
			return fmt.Sprintf(`{"order_id":"ORD-17","trace_id":"%s",%s}`, traceNo(n), fields)
		}
		const pod = `-5b67c48447-mv5hb","container_name":"server"}`
		c.index("field", "", doc(1, `"service":"payment"`), doc(2, `"service":"order"`), doc(3, `"service":"payments"`))
		c.index("object", props(`"service":{"properties":{"name":{"type":"keyword"}}}`), doc(4, `"service":{"name":"payment"}`), doc(5, `"service":{"name":"order"}`))
		c.index("pod", props(`"kubernetes":{"properties":{"pod_name":{"type":"keyword"}}}`), doc(6, `"kubernetes":{"pod_name":"payment`+pod), doc(7, `"kubernetes":{"pod_name":"order`+pod))
		c.index("inside", "", doc(8, `"log":"{\"service\":\"payment\"}","kubernetes":{"labels":{"app":"web"}}`), doc(9, `"log":"x","kubernetes":{"pod_name":"payment`+pod), doc(10, `"msg":"m"`))
		found := find(t, c.client(nil), trace.Query{Conditions: ofOrder(), Service: "payment"})
		if got := slices.Sorted(slices.Values(numbersOf(found))); !slices.Equal(got, []int{1, 4, 6, 8, 9}) || len(found.Gaps) > 0 {
			t.Errorf("%v, gaps %v", got, found.Gaps)
		}
	})
}

// TestFindWindow looks within a window, whichever way indices keep time.
func TestFindWindow(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		base := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
		n := 0
		index := func(name, settings string, stamp func(time.Time) string) {
			var docs []string
			for i := range 4 {
				n++
				docs = append(docs, fmt.Sprintf(`{"@timestamp":%s,"order_id":"ORD-17","trace_id":"%s"}`, stamp(base.Add(time.Duration(i)*24*time.Hour)), traceNo(n)))
			}
			c.index(name, settings, docs...)
		}
		iso := func(at time.Time) string { return at.Format(`"2006-01-02T15:04:05.000000000Z"`) }
		index("date", "", iso)
		index("nanos", props(`"@timestamp":{"type":"date_nanos"}`), iso)
		index("epoch", props(`"@timestamp":{"type":"long"}`), func(at time.Time) string { return fmt.Sprint(at.UnixMilli()) })
		index("seconds", props(`"@timestamp":{"type":"double"}`), func(at time.Time) string { return fmt.Sprintf("%d.5", at.Unix()) })
		c.index("none", "", fmt.Sprintf(`{"order_id":"ORD-17","trace_id":"%s"}`, traceNo(99)))
		client := c.client(nil)
		window := trace.Window{From: base.Add(12 * time.Hour).UnixNano(), Until: base.Add(60 * time.Hour).UnixNano()}
		found := find(t, client, trace.Query{Conditions: ofOrder(), Window: window})
		if got := slices.Sorted(slices.Values(numbersOf(found))); !slices.Equal(got, []int{2, 3, 6, 7, 10, 11, 14, 15}) || len(found.Gaps) > 0 {
			t.Errorf("%v, gaps %v", got, found.Gaps)
		}
		found = find(t, client, trace.Query{Conditions: ofOrder(), Limit: 4})
		if got := slices.Sorted(slices.Values(numbersOf(found))); !slices.Equal(got, []int{4, 8, 12, 16}) || len(found.Gaps) > 0 {
			t.Errorf("the newest four: %v, gaps %v", got, found.Gaps)
		}
		found = find(t, client, trace.Query{Conditions: ofOrder()})
		if got := numbersOf(found); len(got) != 17 || got[16] != 99 {
			t.Errorf("all: %v", got)
		}
	})
}

// TestFindPages pages through logs of which many are of one moment, and some
// have no time.
func TestFindPages(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) { findPages(t, c) })
}

func findPages(t *testing.T, c *corpus) {
	t.Helper()
	for i, settings := range []string{
		`{"settings":{"number_of_shards":2},"mappings":{"properties":{"@timestamp":{"type":"date"}}}}`,
		`{"settings":{"number_of_shards":2},"mappings":{"properties":{"@timestamp":{"type":"date_nanos"}}}}`,
		`{"settings":{"number_of_shards":1},"mappings":{"properties":{"@timestamp":{"type":"long"}}}}`,
		`{"settings":{"number_of_shards":2},"mappings":{"properties":{"@timestamp":{"type":"text"}}}}`,
	} {
		var docs []string
		for n := range 90 {
			stamp := fmt.Sprintf(`"@timestamp":%d,`, 1714557600000+int64(n/3)*1000)
			if n >= 84 {
				stamp = ""
			}
			docs = append(docs, fmt.Sprintf(`{%s"order_id":"ORD-17","trace_id":"%s"}`, stamp, traceNo(i*1000+n)))
		}
		c.index(fmt.Sprintf("pages-%d", i), settings, append(docs, `{"order_id":"ORD-17","message":"of no trace"}`)...)
	}
	for _, size := range []int{10, 1000} {
		found := find(t, c.client(func(cfg *Config) { cfg.PageSize = size }), trace.Query{Conditions: ofOrder()})
		if len(found.Traces) != 360 || found.Untraced != 4 || len(found.Gaps) > 0 {
			t.Errorf("pages of %d: %d traces, %d untraced, gaps %v", size, len(found.Traces), found.Untraced, found.Gaps)
		}
	}
	found := find(t, c.client(func(cfg *Config) { cfg.PageSize = 10 }), trace.Query{Conditions: ofOrder(), Limit: 12})
	if got := numbersOf(found); len(got) != 12 || slices.Max(got)%1000 != 83 || slices.ContainsFunc(got, func(n int) bool { return n%1000 < 70 }) || !found.Traces[0].AtLeast {
		t.Errorf("the newest 12: %v", got)
	}
}

// TestTally counts a trace's logs, and a sample of them when they are many.
func TestTally(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		var docs []string
		for n := range 1500 {
			docs = append(docs, fmt.Sprintf(`{"@timestamp":%d,"level":"%s","service":"s%d","trace_id":"%s"}`, 1714557600000+n, []string{"info", "error"}[n%2], n%3, traceNo(1)))
		}
		c.index("many", "", docs...)
		c.index("few", "", `{"@timestamp":1714557600000,"level":"error","service":"order","trace_id":"`+traceNo(2)+`"}`, `{"message":"TraceID: `+traceNo(2)+` x"}`, `{"message":"`+traceNo(3)+`0"}`)
		client := c.client(nil)
		for n, want := range map[int]string{
			1: "1500 logs, 500 errors, [s0 s1 s2], at least true",
			2: "2 logs, 1 errors, [order], at least false",
			9: "0 logs, 0 errors, [], at least false",
		} {
			id, err := trace.ParseID(traceNo(n))
			if err != nil {
				t.Fatal(err)
			}
			s, err := client.Tally(t.Context(), id)
			got := fmt.Sprintf("%d logs, %d errors, %v, at least %v", s.Logs, s.ErrorLogs, s.Services, s.AtLeast)
			if got != want || err != nil {
				t.Errorf("%d: %s, want %s; %v", n, got, want, err)
			}
		}
	})
}

// TestFindOnOpenSearch finds the same; its flattened fields are flat objects.
func TestFindOnOpenSearch(t *testing.T) {
	t.Parallel()
	server := stacktest.OpenSearch(t)
	t.Run("logs", func(t *testing.T) {
		cases := findCases()
		for i := range cases {
			cases[i].settings = strings.ReplaceAll(cases[i].settings, `"flattened"`, `"flat_object"`)
		}
		findLogs(t, newCorpus(t, server.URL), cases)
	})
	t.Run("pages", func(t *testing.T) { findPages(t, newCorpus(t, server.URL)) })
}

// What an old plan warned of is not said of an index that has come since.
func TestFindForgetsWhatAnOldPlanSaid(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		notes, now := make(notebook), time.Now()
		client := c.client(func(cfg *Config) {
			cfg.Memory, cfg.Now = notes, func() time.Time { return now }
		})
		q := trace.Query{Conditions: []trace.Condition{{Key: "order.id", Value: "ORD-17"}}}
		before, err := client.FindLogs(t.Context(), q)
		if err != nil || len(before.Warnings) != 1 {
			t.Fatalf("%v, %v", before.Warnings, err)
		}
		c.index("late", "", `{"order_id":"ORD-17","trace_id":"`+realID+`"}`)
		now = now.Add(time.Minute)
		found, err := client.FindLogs(t.Context(), q)
		if err != nil || len(found.Traces) != 1 || len(found.Warnings) > 0 || len(found.Searched.Indices) != 1 {
			t.Errorf("%d traces, warnings %q, searched %q, %v", len(found.Traces), found.Warnings, found.Searched.Indices, err)
		}
	})
}
