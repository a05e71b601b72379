package es

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// A corpus is a set of indices on a real server that are this test's own.
type corpus struct {
	t      testing.TB
	url    string
	prefix string
}

func newCorpus(t testing.TB, url string) *corpus {
	t.Helper()
	c := &corpus{t: t, url: url, prefix: fmt.Sprintf("otrace-es-%08x-", rand.Uint32())}
	t.Cleanup(func() {
		if names := c.names(); len(names) > 0 {
			c.do(http.MethodDelete, "/"+strings.Join(names, ","), nil)
		}
	})
	return c
}

// do sends one request and returns the answer, which must be a success.
func (c *corpus) do(method, path string, body []byte) []byte {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		c.t.Fatalf("%s %s: %s %.2000s %v", method, path, res.Status, answer, err)
	}
	return answer
}

func (c *corpus) names() []string {
	var names []string
	for name := range strings.FieldsSeq(string(c.do(http.MethodGet, "/_cat/indices/"+c.prefix+"*?h=index&expand_wildcards=all", nil))) {
		names = append(names, name)
	}
	return names
}

// index makes an index with the given settings and fills it; document i has
// the ID "i".
func (c *corpus) index(name, settings string, docs ...string) string {
	c.t.Helper()
	if settings == "" {
		settings = "{}"
	}
	name = c.prefix + name
	c.do(http.MethodPut, "/"+name, []byte(settings))
	var bulk bytes.Buffer
	for i, doc := range docs {
		fmt.Fprintf(&bulk, "{\"index\":{\"_id\":\"%d\"}}\n%s\n", i, doc)
		if bulk.Len() > 8<<20 || i == len(docs)-1 {
			c.bulk(name, bulk.Bytes())
			bulk.Reset()
		}
	}
	c.do(http.MethodPost, "/"+name+"/_refresh", nil)
	return name
}

func (c *corpus) bulk(name string, lines []byte) {
	c.t.Helper()
	var said struct {
		Errors bool
		Items  []json.RawMessage
	}
	answer := c.do(http.MethodPost, "/"+name+"/_bulk", lines)
	if err := json.Unmarshal(answer, &said); err != nil || said.Errors {
		c.t.Fatalf("bulk: %v %.2000s", err, answer)
	}
}

func (c *corpus) client(change func(*Config)) *Client {
	c.t.Helper()
	cfg := Config{URLs: []string{c.url}, Indices: []string{c.prefix + "*"}}
	if change != nil {
		change(&cfg)
	}
	client, err := New(cfg)
	if err != nil {
		c.t.Fatal(err)
	}
	return client
}

// eachServer runs the test on every Elasticsearch, side by side: it waits for
// them more than it works.
func eachServer(t *testing.T, test func(t *testing.T, c *corpus)) {
	t.Helper()
	for _, server := range stacktest.Elasticsearch(t) {
		t.Run(server.Name, func(t *testing.T) {
			t.Parallel()
			test(t, newCorpus(t, server.URL))
		})
	}
}

func logsOf(t testing.TB, c *Client, id string) trace.Evidence {
	t.Helper()
	parsed, err := trace.ParseID(id)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ev, err := c.Logs(ctx, parsed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return ev
}

const (
	realID   = "7a1c09e2f4b85d36a0b1c2d3e4f56789"
	realSpan = "00f067aa0ba902b7"
)

// A mappingCase is one way in which an index may store documents that carry the
// ID, beside noise that does not.
type mappingCase struct {
	name, settings string
	want           []string // documents that must come back
	noise          []string
}

func props(fields string) string { return `{"mappings":{"properties":{` + fields + `}}}` }

// mappingCases covers every producer and mapping that the facts tell of.
func mappingCases() []mappingCase {
	id := trace.ID{Hi: 0x7a1c09e2f4b85d36, Lo: 0xa0b1c2d3e4f56789}
	decimal := fmt.Sprint(id.Lo)
	var everyForm []string
	for _, form := range id.Forms() {
		everyForm = append(everyForm, `{"trace_id":"`+form+`","message":"m"}`)
	}
	lines := []string{`{"message":"INFO [order,` + realID + `,1` + realSpan[1:] + `] done"}`, `{"message":"in ` + realID + ` x"}`, `{"message":"trace_id=` + realID + ` ok"}`}
	noLines := []string{`{"message":"in 7a1c09e2f4b85d36a0b1c2d3e4f56780 x"}`}
	other := `{"trace_id":"7a1c09e2f4b85d36a0b1c2d3e4f56780","message":"7a1c09e2-f4b8-5d36-a0b1-c2d3e4f56780 7a1c09e2f4b85d36"}`
	return []mappingCase{
		{"dynamic text", "", everyForm, []string{other, `{"message":"7a1c09e2-f4b8-5d36-a0b1-000000000000"}`}},
		{"keyword", props(`"trace_id":{"type":"keyword"}`), everyForm, []string{other}},
		{
			"composite in keyword", props(`"traceparent":{"type":"keyword"},"uber-trace-id":{"type":"keyword"},"x-amzn-trace-id":{"type":"keyword"}`),
			[]string{
				`{"traceparent":"00-` + realID + `-` + realSpan + `-01"}`, `{"uber-trace-id":"` + realID + `:` + realSpan + `:0:1"}`,
				`{"x-amzn-trace-id":"Root=1-7a1c09e2-f4b85d36a0b1c2d3e4f56789;Sampled=1"}`,
			},
			[]string{`{"traceparent":"00-7a1c09e2f4b85d36a0b1c2d3e4f56780-` + realSpan + `-01"}`},
		},
		{"long text of keyword", "", []string{`{"message":"` + strings.Repeat("word ", 200) + realID + `"}`}, nil},
		{"unsigned as long", props(`"dd":{"properties":{"trace_id":{"type":"long"}}}`), []string{fmt.Sprintf(`{"dd":{"trace_id":%d}}`, int64(id.Lo)), fmt.Sprintf(`{"dd":{"trace_id":%d},"x":1}`, int64(id.Lo))}, []string{`{"dd":{"trace_id":17}}`}},
		{"decimal as keyword", props(`"dd.trace_id":{"type":"keyword"}`), []string{`{"dd.trace_id":"` + decimal + `"}`}, []string{`{"dd.trace_id":"1"}`}},
		{
			"text only", "",
			[]string{
				`{"message":"failed [order,` + realID + `,` + realSpan + `] x"}`, `{"log":"17:33:16.822 INFO  o.s.Impl#384 TraceID: ` + realID + ` SpanID: ` + realSpan + ` [x]\n"}`,
				`{"msg":"trace=7A1C09E2-F4B8-5D36-A0B1-C2D3E4F56789"}`, `{"body":{"text":"in ` + realID + `."}}`, `{"event":{"original":"00-` + realID + `-` + realSpan + `-01"}}`,
				`{"message":"ends and begins with a digit: [svc,` + realID + `,1` + realSpan[1:] + `]"}`, `{"message":"` + realID + `:1` + realSpan[1:] + `:0:1"}`,
				`{"message":"[!dt dt.trace_id=` + realID + `,dt.span_id=` + realSpan + `]"}`, `{"message":"x trace_id=` + realID + ` y"}`, `{"Body":"` + realID + `"}`,
			},
			[]string{`{"message":"7a1c09e2f4b85d36a0b1c2d3e4f567890"}`, `{"message":"7a1c09e2-f4b8-5d36-a0b1 c2d3e4f56780"}`, `{"message":"x7a1c09e2f4b85d36a0b1c2d3e4f56789"}`},
		},
		{
			"fluentd nested JSON", "",
			[]string{`{"log":"{\"timestamp\":\"2022-08-22T05:18:42.908318Z\",\"severity\":\"INFO\",\"message\":\"TraceID: ` + realID + ` SpanID: ` + realSpan + `\"}\n","kubernetes":{"pod_name":"rec-6cfdd55578-gfj6q"}}`, `{"log":"{\"log\":\"{\\\"traceId\\\":\\\"` + realID + `\\\"}\"}"}`},
			[]string{`{"log":"{\"message\":\"TraceID: 7a1c09e2f4b85d36a0b1c2d3e4f56780\"}"}`},
		},
		{"ECS nested and dotted", "", []string{`{"trace":{"id":"` + realID + `"}}`, `{"trace.id":"` + realID + `"}`}, []string{`{"trace":{"id":"x"}}`}},
		{"array", "", []string{`{"traceId":["a","` + realID + `"]}`}, []string{`{"traceId":["a","b"]}`}},
		{"object", "", []string{`{"trace_id":{"value":"` + realID + `"}}`}, nil},
		{"alias", props(`"trace_id":{"type":"keyword"},"trace":{"properties":{"id":{"type":"alias","path":"trace_id"}}}`), []string{`{"trace_id":"` + realID + `"}`}, []string{`{"trace_id":"x"}`}},
		{"nested", props(`"entries":{"type":"nested"}`), []string{`{"entries":[{"trace_id":"x"},{"trace_id":"` + realID + `"}]}`}, []string{`{"entries":[{"trace_id":"x"}]}`}},
		{"flattened, of any name", props(`"zusatz":{"type":"flattened"},"body":{"properties":{"structured":{"type":"flattened"}}},"extra":{"type":"flattened"}`), []string{`{"body":{"structured":{"traceId":"` + realID + `"}}}`, `{"extra":{"my":{"corr":"` + realID + `"}}}`}, []string{`{"extra":{"my":"x"}}`}},
		{"flattened", props(`"labels":{"type":"flattened"}`), []string{`{"labels":{"trace_id":"` + realID + `"}}`, `{"labels":{"a":{"traceId":"` + realID + `"}}}`}, []string{`{"labels":{"trace_id":"x"}}`}},
		{"source left out", `{"mappings":{"_source":{"excludes":["trace_id"]},"properties":{"trace_id":{"type":"keyword"}}}}`, []string{`{"trace_id":"` + realID + `","message":"m"}`}, []string{`{"trace_id":"x","message":"m"}`}},
		{"no source", `{"mappings":{"_source":{"enabled":false},"properties":{"trace_id":{"type":"keyword"}}}}`, []string{`{"trace_id":"` + realID + `","message":"m"}`}, []string{`{"trace_id":"x","message":"m"}`}},
		{"date", props(`"@timestamp":{"type":"date"},"trace_id":{"type":"keyword"}`), []string{`{"@timestamp":"2024-05-01T10:00:00.123456789Z","trace_id":"` + realID + `"}`}, nil},
		{"date_nanos", props(`"@timestamp":{"type":"date_nanos"},"trace_id":{"type":"keyword"}`), []string{`{"@timestamp":"2024-05-01T10:00:00.123456789Z","trace_id":"` + realID + `"}`}, nil},
		{"epoch time", "", []string{`{"@timestamp":1714557600123,"trace_id":"` + realID + `"}`, `{"ts":1714557600.5,"traceID":"` + realID + `"}`}, nil},
		{"serilog", "", []string{`{"@t":"2024-05-01T10:00:00Z","@mt":"x","@tr":"` + realID + `","@sp":"` + realSpan + `"}`}, []string{`{"@tr":"x"}`}},
		{"otel", "", []string{`{"TraceId":"` + realID + `","Body":"x"}`, `{"otelTraceID":"` + realID + `"}`}, nil},
		{"B3, Apm, correlation", "", []string{`{"X-B3-TraceId":"` + realID + `"}`, `{"ElasticApmTraceId":"` + realID + `"}`, `{"correlationId":"` + realID + `"}`, `{"x-request-id":"7a1c09e2-f4b8-5d36-a0b1-c2d3e4f56789"}`, `{"req":{"id":"` + realID + `"}}`, `{"mdc":{"traceId":"` + realID + `"}}`, `{"x-traceId-header":"` + realID + `"}`}, nil},
		{"wrong kinds", props(`"trace_id":{"type":"boolean"},"traceId":{"type":"ip"},"traceID":{"type":"double"}`), nil, []string{`{"trace_id":true,"traceId":"::1","traceID":7.5}`}},
		{"unsearchable", props(`"trace_id":{"type":"keyword","index":false,"doc_values":false}`), []string{`{"trace_id":"` + realID + `"}`, `{"trace_id":"x","message":"` + realID + `"}`}, []string{`{"trace_id":"x"}`}},
		{"not indexed", props(`"traceId":{"type":"keyword","index":false}`), []string{`{"traceId":"` + realID + `"}`}, []string{`{"traceId":"x"}`}},
		{"unsplit in an ID's text", "", []string{`{"trace_id":"` + realID + `,1` + realSpan[1:] + `"}`}, []string{`{"trace_id":"` + realID + `0"}`}},
		{"glued", "", []string{`{"message":"trace_id_` + realID + `"}`, `{"message":"q=%2C` + realID + `%26"}`, `{"message":"id:` + realID + `.` + realSpan + `"}`}, []string{`{"message":"q` + realID + `"}`}},
		{"longer than ignore_above", props(`"trace_id":{"type":"keyword","ignore_above":20}`), []string{`{"trace_id":"` + realID + `"}`}, []string{`{"trace_id":"x"}`, `{"trace_id":"7a1c09e2f4b85d36a0b1c2d3e4f56780"}`}},
		{"malformed number", props(`"trace_id":{"type":"long","ignore_malformed":true}`), []string{`{"trace_id":"` + realID + `"}`}, []string{`{"trace_id":17}`, `{"trace_id":"x"}`}},
		{"array of objects", "", []string{`{"events":[{"n":1},{"trace_id":"` + realID + `"}]}`, `{"a":{"b":{"c":{"d":{"traceId":"` + realID + `"}}}}}`}, nil},
		{"nested in nested", props(`"a":{"type":"nested","properties":{"b":{"type":"nested"}}}`), []string{`{"a":[{"b":[{"traceId":"` + realID + `"}]}]}`}, []string{`{"a":[{"b":[{"traceId":"x"}]}]}`}},
		{"message not indexed", props(`"message":{"type":"text","index":false}`), lines, noLines},
		{"message as keyword", props(`"message":{"type":"keyword"}`), lines, noLines},
		{"copied", props(`"note":{"type":"text","copy_to":"message"},"message":{"type":"text"}`), []string{`{"note":"in ` + realID + `"}`}, nil},
		{"no object is mapped", props(`"ctx":{"type":"object","enabled":false}`), []string{`{"ctx":{"trace_id":"` + realID + `"}}`}, []string{`{"ctx":{"trace_id":"x"}}`}},
		{"fields of an object are not", props(`"a":{"properties":{"ctx":{"type":"object","dynamic":false}}}`), []string{`{"a":{"ctx":{"trace_id":"` + realID + `"}}}`}, []string{`{"a":{"ctx":{"trace_id":"x"}}}`}},
		{"odd texts", "", []string{`{"payload":"{\"traceId\":\"` + realID + `\"}"}`, `{"data":"x ` + realID + ` y"}`, `{"error":"x ` + realID + ` y"}`, `{"details":"x ` + realID + ` y"}`, `{"Msg":"x ` + realID + ` y"}`, `{"log_message":"x ` + realID + ` y"}`, `{"raw":"x ` + realID + ` y"}`, `{"Exception":"x ` + realID + ` y"}`}, nil},
		{"odd names", "", []string{`{"tid":"` + realID + `"}`, `{"trace_Id":"` + realID + `"}`, `{"TRACEID":"` + realID + `"}`, `{"ActivityId":"` + realID + `"}`, `{"traceParent":"00-` + realID + `-` + realSpan + `-01"}`, `{"X-Trace":"` + realID + `"}`, `{"trace_context":{"id":"` + realID + `"}}`}, nil},
		{"unmapped", `{"mappings":{"dynamic":false,"properties":{"message":{"type":"text"}}}}`, []string{`{"message":"m","traceId":"` + realID + `"}`, `{"message":"m","trace":{"id":"` + realID + `"}}`, `{"message":"m","mdc":{"traceId":"` + realID + `"}}`}, []string{`{"message":"m","traceId":"x"}`}},
	}
}

// TestMappings loads all cases side by side, so that a field's type differs
// among indices, and wants back every document that carries the ID and no other.
func TestMappings(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) { mappings(t, c, mappingCases()) })
}

func mappings(t *testing.T, c *corpus, cases []mappingCase) {
	t.Helper()
	want := make(map[string]int)
	for i, m := range cases {
		want[c.index(fmt.Sprintf("case-%02d", i), m.settings, append(slices.Clone(m.want), m.noise...)...)] = len(m.want)
	}
	ev := logsOf(t, c.client(nil), realID)
	got := make(map[string]int)
	for _, l := range ev.Logs {
		got[l.Index]++
	}
	for i, m := range cases {
		index := c.prefix + fmt.Sprintf("case-%02d", i)
		t.Logf("%-26s %3d put in, %3d of noise, %3d came back", m.name, len(m.want), len(m.noise), got[index])
		if got[index] != want[index] {
			t.Errorf("%s: %d came back, want %d", m.name, got[index], want[index])
			for _, l := range ev.Logs {
				if l.Index == index {
					t.Logf("  had %s", l.Document)
				}
			}
		}
	}
	if len(ev.Gaps) > 0 || len(ev.Warnings) > 0 {
		t.Errorf("gaps %v, warnings %v", ev.Gaps, ev.Warnings)
	}
	if len(ev.Searched.Indices) != len(cases) || !slices.Contains(ev.Searched.Fields, "message") {
		t.Errorf("searched %v", ev.Searched)
	}
}

// TestAnalyzers finds IDs in messages that are cut into words otherwise than
// usual. The trimmed Elasticsearch 8 of the tests has no such analysers.
func TestAnalyzers(t *testing.T) {
	servers := []stacktest.Server{stacktest.Elasticsearch(t)[1], stacktest.OpenSearch(t)}
	for _, server := range servers {
		c := newCorpus(t, server.URL)
		for _, name := range []string{"whitespace", "keyword", "simple", "stop"} {
			index := c.index(name, props(`"message":{"type":"text","analyzer":"`+name+`"}`),
				`{"message":"INFO [order,`+realID+`,1`+realSpan[1:]+`] done"}`, `{"message":"in `+realID+` x"}`, `{"message":"trace_id=`+realID+`"}`, `{"message":"in 7a1c09e2f4b85d36a0b1c2d3e4f56780 x"}`)
			ev := logsOf(t, c.client(func(cfg *Config) { cfg.Indices = []string{index} }), realID)
			if len(ev.Logs) != 3 || len(ev.Gaps)+len(ev.Warnings) > 0 {
				t.Errorf("%s, %s: %d logs, gaps %v, warnings %v", server.Name, name, len(ev.Logs), ev.Gaps, ev.Warnings)
			}
		}
	}
}

// TestUnknownNames finds an ID where nobody would look for one, before it says
// that there are no logs; not a short one, which any number may be.
func TestUnknownNames(t *testing.T) {
	servers := append(stacktest.Elasticsearch(t), stacktest.OpenSearch(t))
	for _, server := range servers {
		c := newCorpus(t, server.URL)
		c.index("odd", props(`"fall":{"type":"keyword"}`),
			`{"fall":"`+realID+`"}`, `{"labels":{"vorgang":"`+realID+`"}}`, `{"notiz":"zu `+realID+`."}`, `{"fall":"7a1c09e2f4b85d36a0b1c2d3e4f56780"}`,
			`{"fall":"1A2B3C4D5E6F7081"}`, `{"notiz":"00000000-0000-0000-1a2b-3c4d5e6f7082"}`, `{"n":6699,"fall":"1a2b"}`, `{"fall":"Vorgang/17:4+x=="}`)
		for id, want := range map[string]int{realID: 3, "1a2b3c4d5e6f7081": 1, "1a2b3c4d5e6f7082": 1, "1a2b": 0, "Vorgang/17:4+x==": 1, "Vorgang/17:4+x=": 0} {
			if ev := logsOf(t, c.client(nil), id); len(ev.Logs) != want || len(ev.Gaps)+len(ev.Warnings) > 0 {
				t.Errorf("%s, %s: %d logs, want %d; gaps %v, warnings %v", server.Name, id, len(ev.Logs), want, ev.Gaps, ev.Warnings)
			}
		}
	}
}

// TestForms asks for the same documents by every form of their ID, and for 64-bit IDs.
func TestForms(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		c.index("wide", "", `{"trace_id":"`+realID+`"}`)
		c.index("narrow", "", `{"traceId":"1a2b3c4d5e6f7081"}`, `{"message":"x 00000000000000001A2B3C4D5E6F7081 y"}`, `{"trace.id":"00000000-0000-0000-1a2b-3c4d5e6f7081"}`)
		c.index("short", "", `{"traceId":"1a2b"}`, `{"message":"trace_id=1a2b, ok"}`, `{"message":"colour 1a2b"}`, `{"size":6699}`)
		c.index("opaque", props(`"correlation_id":{"type":"keyword"}`), `{"correlation_id":"checkout-2024-000017"}`, `{"message":"checkout-2024-000017 failed"}`, `{"message":"checkout-2024-0000179 failed"}`, `{"message":"2024 checkout 000017"}`)
		client := c.client(nil)
		for id, want := range map[string]int{
			realID: 1, strings.ToUpper(realID): 1, "7a1c09e2-f4b8-5d36-a0b1-c2d3e4f56789": 1, "00-" + realID + "-" + realSpan + "-01": 1,
			"1a2b3c4d5e6f7081": 3, "00000000000000001a2b3c4d5e6f7081": 3, "1a2b": 2, "checkout-2024-000017": 2, "ffffffffffffffff": 0,
		} {
			if ev := logsOf(t, client, id); len(ev.Logs) != want || len(ev.Gaps) > 0 {
				t.Errorf("%s: %d logs, want %d; gaps %v", id, len(ev.Logs), want, ev.Gaps)
			}
		}
	})
}

// TestMany brings 25,000 documents of one trace back whole, from several shards
// and an index of another mapping.
func TestMany(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) { many(t, c, pitElastic) })
}

func many(t *testing.T, c *corpus, want pitStyle) {
	t.Helper()
	var docs []string
	for i := range 25_000 {
		docs = append(docs, fmt.Sprintf(`{"@timestamp":"2024-05-01T10:00:00.%09dZ","trace_id":"%s","span_id":"%016x","message":"line %d"}`, i, realID, i+1, i))
	}
	c.index("many", `{"settings":{"number_of_shards":3}}`, append(docs, `{"trace_id":"x"}`)...)
	c.index("few", props(`"trace_id":{"type":"keyword"}`), docs[:500]...)
	for _, page := range []int{0, 3000} {
		client := c.client(func(cfg *Config) { cfg.PageSize = page })
		ev := logsOf(t, client, realID)
		if style := pitStyle(client.pits.Load()); style != want {
			t.Errorf("points in time are of style %d, want %d", style, want)
		}
		spans := make(map[string]bool)
		for _, l := range ev.Logs {
			spans[l.Index+"/"+l.Span.String()] = true
		}
		if len(ev.Logs) != 25_500 || len(spans) != 25_500 || len(ev.Gaps) > 0 {
			t.Errorf("pages of %d: %d logs, %d different, gaps %v", page, len(ev.Logs), len(spans), ev.Gaps)
		}
	}
	var stats map[string]any
	if err := json.Unmarshal(c.do(http.MethodGet, "/"+c.prefix+"*/_stats/search", nil), &stats); err != nil {
		t.Fatal(err)
	}
	total := stats["_all"].(map[string]any)["total"].(map[string]any)["search"].(map[string]any)
	if open := total["open_contexts"]; open != 0.0 {
		t.Errorf("%v search contexts are still open", open)
	}
}

// TestDefaultIndices finds logs without being told where, and leaves Jaeger's
// and the metrics' indices out.
func TestDefaultIndices(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		id := fmt.Sprintf("%016x%016x", rand.Uint64()|1<<63, rand.Uint64())
		doc := `{"traceID":"` + id + `"}`
		logs := c.index("app-logs", "", doc)
		c.index("jaeger-span-2024-05-01", "", doc)
		closed := c.index("closed", "", doc)
		c.do(http.MethodPost, "/"+closed+"/_close", nil)
		ev := logsOf(t, c.client(func(cfg *Config) { cfg.Indices = nil }), id)
		if len(ev.Logs) != 1 || ev.Logs[0].Index != logs {
			t.Errorf("%d logs: %+v", len(ev.Logs), ev.Logs)
		}
		if slices.ContainsFunc(ev.Searched.Indices, func(s string) bool { return strings.Contains(s, "jaeger-span") }) {
			t.Error("Jaeger's own indices were searched")
		}
		t.Log(ev.Gaps, ev.Warnings)
	})
}

// TestNoIndex says so.
func TestNoIndex(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		ev := logsOf(t, c.client(nil), realID)
		if len(ev.Logs)+len(ev.Gaps) > 0 || len(ev.Warnings) != 1 || !slices.Equal(ev.Searched.Indices, []string{c.prefix + "*"}) {
			t.Errorf("%+v", ev)
		}
	})
}

// TestWildcard finds what no analyser cuts out, when asked to.
func TestWildcard(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		c.index("a", props(`"message":{"type":"text"},"log":{"type":"keyword"}`),
			`{"message":"x_`+realID+`"}`, `{"message":"q=%2C`+realID+`"}`, `{"log":"line `+realID+` end"}`, `{"log":"line"}`, `{"message":"job7_`+realID+`"}`)
		got := make(map[bool]int)
		for _, on := range []bool{false, true} {
			got[on] = len(logsOf(t, c.client(func(cfg *Config) { cfg.Wildcard = on }), realID).Logs)
		}
		if want := map[bool]int{false: 3, true: 4}; !maps.Equal(got, want) {
			t.Errorf("found %v, want %v", got, want)
		}
	})
}

// TestOpenSearch reads from points in time of its own kind. It has neither
// flattened fields nor runtime mappings.
func TestOpenSearch(t *testing.T) {
	t.Parallel()
	server := stacktest.OpenSearch(t)
	t.Run("many", func(t *testing.T) { many(t, newCorpus(t, server.URL), pitOpenSearch) })
	t.Run("mappings", func(t *testing.T) {
		cases := slices.DeleteFunc(mappingCases(), func(m mappingCase) bool { return strings.HasPrefix(m.name, "flattened") })
		cases = append(cases, mappingCase{"flat object", props(`"labels":{"type":"flat_object"}`), []string{`{"labels":{"trace_id":"` + realID + `"}}`}, []string{`{"labels":{"trace_id":"x"}}`}})
		mappings(t, newCorpus(t, server.URL), cases)
	})
}
