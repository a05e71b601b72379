package es

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// What the benchmark's index holds: an hour of error logs, of which a few
// templates are most, and a few have three logs each.
const (
	millionLogs      = 1_000_000
	millionTemplates = 200
	millionRare      = 50
	rareLogs         = 3
	// millionIndex is kept from one run to the next, because it takes minutes
	// to fill. It is of no pattern that the other tests delete.
	millionIndex = "otrace-bench-million-errors-2"
)

var millionEnd = time.Date(2026, 5, 2, 12, 0, 0, 0, time.UTC)

var millionVerbs = [...]string{"charge", "reserve", "ship", "parse", "lock", "refund", "index", "fetch", "render", "publish"}

var millionNouns = [...]string{
	"card", "parcel", "invoice", "cart", "warehouse slot", "session", "ledger entry", "webhook", "coupon", "customer record",
	"shipment label", "price list", "stock level", "tax rule", "voucher", "receipt", "address", "courier", "bundle", "catalogue page", "search page", "token", "profile", "wallet", "queue",
}

// millionMessage is a log of a template, with what varies.
func millionMessage(template int, r *rand.Rand) string {
	verb, noun := millionVerbs[template%10], millionNouns[template/10]
	switch template % 3 {
	case 0:
		return fmt.Sprintf("cannot %s the %s %d: upstream answered %dms late", verb, noun, r.IntN(1e6), r.IntN(5000))
	case 1:
		return fmt.Sprintf("failed to %s %s for order ORD-%d after %d tries", verb, noun, r.IntN(1e6), r.IntN(9))
	}
	return fmt.Sprintf("%s of %s id=%08x was refused by 10.0.%d.%d", verb, noun, r.Uint32(), r.IntN(256), r.IntN(256))
}

// millionPattern is the truth about a template.
func millionPattern(template int) trace.Pattern {
	verb, noun := millionVerbs[template%10], millionNouns[template/10]
	parts := [...][]string{
		{"cannot " + verb + " the " + noun, "upstream answered"}, {"failed to " + verb + " " + noun + " for order", "after"}, {verb + " of " + noun, "was refused by"},
	}[template%3]
	return trace.Pattern{Service: millionService(template), Parts: parts}
}

func millionService(template int) string { return "service-" + strconv.Itoa(template%12) }

func appendMillionLog(b []byte, n, template int, r *rand.Rand) []byte {
	at := millionEnd.Add(-time.Duration(n)*time.Hour/millionLogs - time.Nanosecond)
	b = append(b, "{\"index\":{}}\n{\"@timestamp\":\""...)
	b = at.AppendFormat(b, "2006-01-02T15:04:05.000000000Z")
	b = fmt.Appendf(b, `","level":"ERROR","service":%q,"trace_id":"%016x%016x","message":%q}`, millionService(template), r.Uint64(), r.Uint64(), millionMessage(template, r))
	return append(b, '\n')
}

// fillMillion loads the index unless an earlier run did.
func fillMillion(b *testing.B, c *corpus) {
	b.Helper()
	res, err := http.Get(c.url + "/" + millionIndex + "/_count") //nolint:noctx // of a test
	if err != nil {
		b.Fatal(err)
	}
	var had struct{ Count int }
	err = json.NewDecoder(res.Body).Decode(&had)
	res.Body.Close()
	if err == nil && had.Count == millionLogs {
		return
	}
	if res.StatusCode == http.StatusOK {
		c.do(http.MethodDelete, "/"+millionIndex, nil)
	}
	begin := time.Now()
	c.do(http.MethodPut, "/"+millionIndex, []byte(`{"settings":{"refresh_interval":-1,"number_of_replicas":0,"translog.durability":"async"},"mappings":{"properties":{
		"@timestamp":{"type":"date"},"level":{"type":"keyword"},"service":{"type":"keyword"},"trace_id":{"type":"keyword"},"message":{"type":"text"}}}}`))
	r := rand.New(rand.NewPCG(17, 4))
	zipf := rand.NewZipf(r, 1.2, 4, millionTemplates-1)
	var bulk []byte
	for n := range millionLogs {
		template := int(zipf.Uint64())
		if every := millionLogs / (millionRare * rareLogs); n%every == 0 && n/every < millionRare*rareLogs {
			template = millionTemplates + n/every%millionRare
		}
		if bulk = appendMillionLog(bulk, n, template, r); len(bulk) > 8<<20 || n == millionLogs-1 {
			c.bulk(millionIndex, bulk)
			bulk = bulk[:0]
		}
	}
	c.do(http.MethodPost, "/"+millionIndex+"/_refresh", nil)
	b.Logf("filled in %v", time.Since(begin).Round(time.Second))
}

// BenchmarkMillionErrors reads a sample of a million error logs of one hour and
// counts what 200 patterns fit, in 24 slots of the day before and 20 of the
// hour; beside it the same counts without any pattern, as the bare aggregation.
func BenchmarkMillionErrors(b *testing.B) {
	server := stacktest.Elasticsearch(b)[0]
	c := &corpus{t: b, url: server.URL}
	fillMillion(b, c)
	client := c.client(func(cfg *Config) { cfg.Indices = []string{millionIndex} })
	var edges []int64
	for i := range 24 {
		edges = append(edges, millionEnd.Add(time.Duration(i-25)*time.Hour).UnixNano())
	}
	for i := range 21 {
		edges = append(edges, millionEnd.Add(time.Duration(i-20)*3*time.Minute).UnixNano())
	}
	patterns := make([]trace.Pattern, millionTemplates)
	for i := range patterns {
		patterns[i] = millionPattern(i)
	}
	window := trace.Window{From: edges[24], Until: millionEnd.UnixNano() - 1}
	b.Run("bare aggregation", func(b *testing.B) {
		for b.Loop() {
			answer := c.do(http.MethodPost, "/"+millionIndex+"/_search?request_cache=false", encode(object{
				"size": 0, "track_total_hits": true, "query": object{"bool": object{"filter": []any{object{"term": object{"level": "ERROR"}}}}},
				"aggs": object{"services": object{"terms": object{"field": "service"}, "aggs": object{"times": object{"date_histogram": object{"field": "@timestamp", "fixed_interval": "3m"}}}}},
			}))
			if !bytes.Contains(answer, []byte(`"value":1000000`)) {
				b.Fatalf("%.300s", answer)
			}
		}
	})
	b.Run("sample", func(b *testing.B) {
		peak := watchHeap(b)
		for b.Loop() {
			sampleMillion(b, client, trace.ErrorQuery{Window: window, Limit: 2000}, 2000)
		}
		peak()
	})
	b.Run("rest", func(b *testing.B) {
		peak := watchHeap(b)
		for b.Loop() {
			sampleMillion(b, client, trace.ErrorQuery{Window: window, Limit: 2000, Without: patterns}, millionRare*rareLogs)
		}
		peak()
	})
	b.Run("counts", func(b *testing.B) {
		peak := watchHeap(b)
		for b.Loop() {
			counts, err := client.CountErrorLogs(context.Background(), trace.ErrorQuery{}, patterns, edges)
			if err != nil || sum(counts.Errors) != millionLogs {
				b.Fatal(sum(counts.Errors), err, counts.Gaps, counts.Warnings)
			}
			of := int64(0)
			for _, slots := range counts.Of {
				of += sum(slots)
			}
			if of != millionLogs-millionRare*rareLogs {
				b.Fatalf("%d logs fit a pattern", of)
			}
		}
		peak()
	})
}

func sampleMillion(b *testing.B, client *Client, q trace.ErrorQuery, want int) {
	b.Helper()
	taken, err := client.EachErrorLog(context.Background(), q, func(*trace.ErrorLog) {})
	if err != nil || taken.Handed != want || len(taken.Gaps)+len(taken.Warnings) > 0 {
		b.Fatalf("%+v %v", taken, err)
	}
}

// watchHeap looks at the heap until the benchmark is over, and then tells how
// much it held at most.
func watchHeap(b *testing.B) (stop func()) {
	b.Helper()
	runtime.GC()
	var peak atomic.Uint64
	done := make(chan struct{})
	go func() {
		ticker := time.NewTicker(5 * time.Millisecond)
		defer ticker.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapAlloc))
			select {
			case <-done:
				return
			case <-ticker.C:
			}
		}
	}()
	return func() {
		close(done)
		b.ReportMetric(float64(peak.Load())/1e6, "heap-MB")
	}
}
