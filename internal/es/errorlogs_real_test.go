package es

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// An errorKind is one way in which an index may keep logs.
type errorKind struct {
	name, settings string
	// doc writes a log of a time, a level from 0 (debug) to 4 (fatal), a
	// service and a message.
	doc func(at time.Time, level int, service, message string) string
	// rough is whether its logs tell their level in their text only, so that the
	// index passes more than there are.
	rough bool
}

// jsonText is a text as JSON.
func jsonText(s string) string {
	whole := strings.TrimSpace(string(encode(object{"s": s})))
	return whole[len(`{"s":`) : len(whole)-1]
}

func errorKinds() []errorKind {
	words := [...]string{"DEBUG", "Info", "warn", "ERROR", "Fatal"}
	stamp := func(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000000Z") }
	return []errorKind{
		{"keywords", props(`"level":{"type":"keyword"},"service":{"type":"keyword"},"message":{"type":"text"},"@timestamp":{"type":"date"}`), func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"@timestamp":%q,"level":%q,"service":%q,"message":%s}`, stamp(at), words[level], service, jsonText(message))
		}, false},
		{"dynamic ECS in nanoseconds", props(`"@timestamp":{"type":"date_nanos"}`), func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"@timestamp":%q,"log":{"level":%q},"service":{"name":%q},"message":%s,"error":{"type":"E","message":"payment failed"}}`, stamp(at), strings.ToLower(words[level]), service, jsonText(message))
		}, false},
		{"pino", "", func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"time":%d,"level":%d,"name":%q,"msg":%s}`, at.UnixMilli(), (level+2)*10, service, jsonText(message))
		}, false},
		{"OTel, two levels", props(`"@timestamp":{"type":"date"},"severity_text":{"type":"keyword"}`), func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"@timestamp":%q,"severity_text":%q,"severity_number":%d,"resource":{"attributes":{"service.name":%q}},"body":{"text":%s}}`, stamp(at), words[level], level*4+5, service, jsonText(message))
		}, false},
		{"zap", props(`"ts":{"type":"double"}`), func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"ts":%.6f,"level":%q,"service":%q,"msg":%s}`, float64(at.UnixNano())/1e9, words[level], service, jsonText(message))
		}, false},
		{"nanoseconds as numbers", props(`"time":{"type":"long"}`), func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"time":%d,"level":%q,"app":%q,"message":%s}`, at.UnixNano(), words[level][:1], service, jsonText(message))
		}, false},
		{"syslog", "", func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"timestamp":%q,"syslog":{"severity":%d},"program":%q,"message":%s}`, stamp(at), [...]int{7, 6, 4, 3, 2}[level], service, jsonText(message))
		}, false},
		{"message as a keyword", props(`"message":{"type":"keyword"},"@timestamp":{"type":"date"}`), func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"@timestamp":%q,"level":%q,"service":%q,"message":%s}`, stamp(at), words[level], service, jsonText(message))
		}, false},
		{"no level but exceptions", props(`"@timestamp":{"type":"date"}`), func(at time.Time, level int, service, message string) string {
			exception := `,"exception":{"type":"java.io.IOException","stacktrace":"java.io.IOException: x\n\tat y"}`
			if level < 3 {
				exception = ""
			}
			return fmt.Sprintf(`{"@timestamp":%q,"kubernetes":{"pod_name":"%s-5b67c48447-mv5hb"},"message":%s%s}`, stamp(at), service, jsonText(message), exception)
		}, false},
		{"a priority that is no level", props(`"@timestamp":{"type":"date"}`), func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"@timestamp":%q,"level":%q,"priority":%d,"service":%q,"message":%s}`, stamp(at), words[level], level, service, jsonText(message))
		}, false},
		{"two times", props(`"@timestamp":{"type":"date"},"timestamp":{"type":"date"}`), func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"@timestamp":%q,"timestamp":%q,"severity":%q,"service":%q,"message":%s}`, stamp(at.Add(40*time.Minute)), stamp(at), words[level], service, jsonText(message))
		}, false},
		{"one time or another", props(`"@timestamp":{"type":"date"},"time":{"type":"date"}`), func(at time.Time, level int, service, message string) string {
			name := [...]string{"@timestamp", "time"}[at.Unix()%2]
			return fmt.Sprintf(`{%q:%q,"severity":%q,"service":%q,"message":%s}`, name, stamp(at), words[level], service, jsonText(message))
		}, false},
		{"lines of a container", props(`"time":{"type":"date"}`), func(at time.Time, level int, service, message string) string {
			return fmt.Sprintf(`{"time":%q,"log":%s,"kubernetes":{"labels":{"app":%q}}}`, stamp(at), jsonText(stamp(at)+" "+strings.ToUpper(words[level])+" [main] "+message+"\n"), service)
		}, true},
	}
}

// errorTexts are what the tests' services say, some of it of others' words.
func errorSaying(r *rand.Rand) string {
	n := r.IntN(1000)
	return [...]string{
		fmt.Sprintf("payment failed for order %d", n),
		fmt.Sprintf("connection to db-%d refused", n),
		fmt.Sprintf("payment failed: connection to db-%d refused", n),
		fmt.Sprintf("user_id=%d is locked (reason: %d tries)", n, n%5),
		fmt.Sprintf("GET /orders/%d took %dms, giving up", n, n),
		fmt.Sprintf("cannot parse {\"order\":%d}: unexpected end", n),
		fmt.Sprintf("unique message %d", r.IntN(1_000_000)),
		"ошибка соединения с базой",
		fmt.Sprintf("code:E%d from upstream", n),
	}[r.IntN(9)]
}

// errorPatternsOf are patterns for these, of which several meet.
func errorPatternsOf() []trace.Pattern {
	return []trace.Pattern{
		{Parts: []string{"payment failed", "connection to", "refused"}},
		{Parts: []string{"connection to", "refused"}},
		{Service: "order", Parts: []string{"payment failed"}},
		{Service: "payment", Parts: []string{"payment failed for order"}},
		{Parts: []string{"is locked (reason:", "tries)"}},
		{Parts: []string{"giving up"}},
		{Parts: []string{"cannot parse", "unexpected end"}},
		{Parts: []string{"ошибка соединения с базой"}},
		{Parts: []string{"from upstream"}},
		{Parts: []string{"nobody says this"}},
		{Parts: []string{"failed"}},
	}
}

const errorSlots = 12

// errorEdges is slots of 10 minutes and then of 2.
func errorEdges(begin time.Time) []int64 {
	var edges []int64
	at := begin
	for i := range errorSlots + 1 {
		edges = append(edges, at.UnixNano())
		if at = at.Add(2 * time.Minute); i < 6 {
			at = at.Add(8 * time.Minute)
		}
	}
	return edges
}

var errorBegin = time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)

// loadErrors fills an index for each kind, with logs from before the first edge
// to after the last, and returns them as the parser reads them.
func loadErrors(t testing.TB, c *corpus, kinds []errorKind, each int) (all, errors []trace.ErrorLog) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	plain, parser := logdoc.NewParser(nil), logdoc.NewErrorParser("")
	for i, kind := range kinds {
		var docs []string
		for range each {
			at := errorBegin.Add(time.Duration(r.Int64N(int64(100*time.Minute))) - 10*time.Minute).Truncate(time.Microsecond)
			doc := kind.doc(at, r.IntN(5), [...]string{"order", "payment", "order-service", "cart"}[r.IntN(4)], errorSaying(r))
			docs = append(docs, doc)
		}
		index := c.index(fmt.Sprintf("kind%02d", i), kind.settings, docs...)
		for id, doc := range docs {
			l, _ := plain.Parse([]byte(doc), index, fmt.Sprint(id))
			all = append(all, trace.ErrorLog{Log: l})
			if l, ok := parser.Parse([]byte(doc), index, fmt.Sprint(id)); ok {
				errors = append(errors, parser.ErrorLog(l))
			}
		}
	}
	return all, errors
}

// fits is what a pattern means.
func fits(p trace.Pattern, l *trace.ErrorLog) bool { return p.Fits(l.Origin.Service, l.Message) }

// expected is what must be counted.
func expected(all, errors []trace.ErrorLog, service string, patterns []trace.Pattern, edges []int64) trace.ErrorCounts {
	out := trace.ErrorCounts{Of: make([][]int64, len(patterns)), Errors: make([]int64, len(edges)-1), All: make([]int64, len(edges)-1)}
	for i := range out.Of {
		out.Of[i] = make([]int64, len(edges)-1)
	}
	slot := func(l *trace.ErrorLog) (int, bool) {
		i, found := slices.BinarySearch(edges, l.Time)
		if !found {
			i--
		}
		return i, i >= 0 && i < len(edges)-1 && (service == "" || l.Origin.Service == service)
	}
	for i := range all {
		if at, ok := slot(&all[i]); ok {
			out.All[at]++
		}
	}
	for i := range errors {
		at, ok := slot(&errors[i])
		if !ok {
			continue
		}
		out.Errors[at]++
		if p := slices.IndexFunc(patterns, func(p trace.Pattern) bool { return fits(p, &errors[i]) }); p >= 0 {
			out.Of[p][at]++
		}
	}
	return out
}

func everyServer(t *testing.T, test func(t *testing.T, c *corpus)) {
	t.Helper()
	for _, server := range append(stacktest.Elasticsearch(t), stacktest.OpenSearch(t)) {
		t.Run(server.Name, func(t *testing.T) {
			t.Parallel()
			test(t, newCorpus(t, server.URL))
		})
	}
}

// TestErrorLogs counts and hands over what is kept in every way of keeping
// levels, times, services and messages.
func TestErrorLogs(t *testing.T) {
	everyServer(t, func(t *testing.T, c *corpus) {
		kinds := errorKinds()
		all, errors := loadErrors(t, c, kinds, 250)
		t.Run("count", func(t *testing.T) { countReal(t, c, kinds, all, errors) })
		t.Run("each", func(t *testing.T) { eachReal(t, c, errors) })
	})
}

// countReal counts on the server what an oracle counts here, first in each
// index alone and then in all side by side.
func countReal(t *testing.T, c *corpus, kinds []errorKind, all, errors []trace.ErrorLog) {
	patterns, edges := errorPatternsOf(), errorEdges(errorBegin)
	of := func(logs []trace.ErrorLog, indices ...string) []trace.ErrorLog {
		return slices.DeleteFunc(slices.Clone(logs), func(l trace.ErrorLog) bool { return !slices.Contains(indices, l.Index) })
	}
	compare := func(name, service string, indices ...string) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		client := c.client(func(cfg *Config) { cfg.Indices = indices })
		got, err := client.CountErrorLogs(ctx, trace.ErrorQuery{Service: service}, patterns, edges)
		compareCounts(t, name, expected(of(all, indices...), of(errors, indices...), service, patterns, edges), got, err)
	}
	var exact []string
	for i, kind := range kinds {
		if !kind.rough {
			exact = append(exact, c.prefix+fmt.Sprintf("kind%02d", i))
			compare(kind.name, "", exact[len(exact)-1])
		}
	}
	for _, service := range []string{"", "order"} {
		compare("all, of "+service, service, exact...)
	}
}

func compareCounts(t *testing.T, name string, want, got trace.ErrorCounts, err error) {
	t.Helper()
	if err != nil || len(got.Gaps)+len(got.Warnings) > 0 {
		t.Errorf("%s: %v, gaps %v, warnings %v", name, err, got.Gaps, got.Warnings)
	}
	if !slices.Equal(got.All, want.All) || !slices.Equal(got.Errors, want.Errors) {
		t.Errorf("%s: all %v, want %v; errors %v, want %v", name, got.All, want.All, got.Errors, want.Errors)
	}
	for i := range want.Of {
		if !slices.Equal(got.Of[i], want.Of[i]) {
			t.Errorf("%s: of pattern %d: %v, want %v", name, i, got.Of[i], want.Of[i])
		}
	}
}

// eachReal gets every error log of a window that begins inside, once, and what
// no pattern fits.
func eachReal(t *testing.T, c *corpus, errors []trace.ErrorLog) {
	window := trace.Window{From: errorBegin.Add(13 * time.Minute).UnixNano(), Until: errorBegin.Add(61 * time.Minute).UnixNano()}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, q := range []trace.ErrorQuery{
		{Window: window}, {Window: window, Limit: 1 << 20}, {Window: window, Service: "order"}, {}, {Window: window, Without: errorPatternsOf()},
	} {
		want := make(map[docKey]bool)
		for i := range errors {
			l := &errors[i]
			fit := slices.ContainsFunc(q.Without, func(p trace.Pattern) bool { return fits(p, l) })
			if q.Window.Holds(l.Time) && (q.Service == "" || q.Service == l.Origin.Service) && !fit {
				want[docKey{l.Index, l.DocID}] = true
			}
		}
		got := make(map[docKey]int)
		taken, err := c.client(nil).EachErrorLog(ctx, q, func(l *trace.ErrorLog) { got[docKey{l.Index, l.DocID}]++ })
		if err != nil || taken.Handed != len(want) || taken.Sampled || taken.More || len(taken.Gaps)+len(taken.Warnings) > 0 || taken.Total != int64(len(want)) {
			t.Errorf("%+v: want %d, %v %+v", q, len(want), err, taken)
		}
		for key, n := range got {
			if n != 1 || !want[key] {
				t.Errorf("%+v: %v came %d times", q, key, n)
			}
		}
		for key := range want {
			if got[key] == 0 {
				t.Errorf("%+v: %v did not come", q, key)
				break
			}
		}
	}
}

// TestErrorSample draws from several shards and indices as evenly as chance
// would, the same logs each time, and tells how many there are.
func TestErrorSample(t *testing.T) {
	everyServer(t, func(t *testing.T, c *corpus) {
		const each, limit, cells = 2000, 500, 20
		for i, settings := range []string{`{"settings":{"number_of_shards":3}}`, props(`"@timestamp":{"type":"date_nanos"}`)} {
			docs := make([]string, each)
			for n := range docs {
				at := errorBegin.Add(time.Duration(n) * time.Second)
				docs[n] = fmt.Sprintf(`{"@timestamp":%q,"level":"error","message":"log %d"}`, at.Format(time.RFC3339), i*each+n)
			}
			c.index(fmt.Sprintf("sample%d", i), settings, docs...)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var before []string
		for range 2 {
			var drawn []string
			found := make([]float64, cells)
			taken, err := c.client(nil).EachErrorLog(ctx, trace.ErrorQuery{Limit: limit, Window: trace.Window{From: errorBegin.UnixNano()}}, func(l *trace.ErrorLog) {
				var n int
				if _, err := fmt.Sscanf(l.Message, "log %d", &n); err != nil {
					t.Error(err)
				}
				drawn = append(drawn, l.Message)
				found[n*cells/(2*each)]++
			})
			if err != nil || taken.Handed != limit || taken.Total != 2*each || !taken.Sampled || len(taken.Gaps)+len(taken.Warnings) > 0 {
				t.Errorf("%+v %v", taken, err)
			}
			slices.Sort(drawn)
			if len(slices.Compact(slices.Clone(drawn))) != limit || before != nil && !slices.Equal(drawn, before) {
				t.Error("a log was drawn twice, or others the second time")
			}
			before = drawn
			deviation := 0.0
			for _, n := range found {
				deviation += (n - limit/cells) * (n - limit/cells) / (limit / cells)
			}
			if deviation > 43.8 { // of 19 degrees of freedom, one in a thousand is more
				t.Errorf("the sample is uneven: %v", found)
			}
		}
	})
}
