package jaeger

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otrace/otrace/internal/otlp"
	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// dialectNames are all that the client speaks.
var dialectNames = []string{"gRPC api_v3", "gRPC api_v2", "HTTP api/v3", "HTTP api"}

// speaking makes a client that speaks only the named dialect.
func speaking(t testing.TB, at stacktest.JaegerURLs, name string) *Client {
	t.Helper()
	url := at.HTTP
	if strings.HasPrefix(name, "gRPC") {
		url = "grpc://" + at.GRPC
	}
	c, err := New(Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	d := c.dialect(name)
	c.servers = []server{only{c.servers[0], d}}
	return c
}

// only is a server of which one dialect is used.
type only struct {
	server
	dialect dialect
}

func (o only) dialects() []dialect { return []dialect{o.dialect} }

// feed writes the spans to the real Jaeger in messages of a size that it takes.
func feed(t testing.TB, at stacktest.JaegerURLs, td *tracepb.TracesData) {
	t.Helper()
	for part := range slices.Chunk(td.ResourceSpans, 20) {
		body, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: part})
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, at.OTLPHTTP+"/v1/traces", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-protobuf")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s", resp.Status, text)
		}
	}
}

// await asks until the trace has that many spans: Jaeger stores a little after
// it has taken them.
func await(t testing.TB, c *Client, id trace.ID, spans int) (ev trace.Evidence) {
	t.Helper()
	eventually(t, func(ctx context.Context) (bool, string) {
		var err error
		ev, err = c.Spans(ctx, id, trace.Window{})
		return err == nil && len(ev.Spans) == spans, fmt.Sprintf("%d spans, %v", len(ev.Spans), err)
	})
	return ev
}

// eventually asks again and again until the answer is the one that is wanted,
// and tells the last one when it never is.
func eventually(t testing.TB, ask func(context.Context) (wanted bool, answer string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for {
		wanted, answer := ask(ctx)
		if wanted {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(answer)
		case <-again.C:
		}
	}
}

func newID(t testing.TB, bits int) trace.ID {
	t.Helper()
	b := make([]byte, bits/8)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return trace.IDFromBytes(b)
}

// Every dialect gives the same evidence, apart from what Jaeger's own model
// cannot hold.
func TestDialectsAgree(t *testing.T) {
	at := stacktest.Jaeger(t)
	for _, bits := range []int{128, 64} {
		id := newID(t, bits)
		td := everything(id)
		feed(t, at, td)
		raw, err := proto.Marshal(td)
		if err != nil {
			t.Fatal(err)
		}
		sent, err := otlp.AppendProto(nil, raw)
		if err != nil {
			t.Fatal(err)
		}
		want := byID(trace.Unique(sent))
		for _, name := range dialectNames {
			t.Run(fmt.Sprint(name, " ", bits), func(t *testing.T) {
				c := speaking(t, at, name)
				got := byID(await(t, c, id, len(want)).Spans)
				for i := range want {
					compare(t, name, got[i], want[i])
				}
				ev, err := c.Spans(t.Context(), id, trace.WindowOf(want))
				if err != nil || len(ev.Spans) != len(want) {
					t.Errorf("at its time: %d spans, %v", len(ev.Spans), err)
				}
			})
		}
	}
}

// On Elasticsearch storage, which keeps less, the dialects agree among
// themselves; what the trace's time is makes no difference.
func TestDialectsAgreeOnElasticsearch(t *testing.T) {
	at := stacktest.JaegerOnElasticsearch(t)
	for _, bits := range []int{128, 64} {
		id := newID(t, bits)
		feed(t, at, everything(id))
		const spans = 8 // one was sent twice
		want := byID(await(t, speaking(t, at, "gRPC api_v3"), id, spans).Spans)
		for _, name := range dialectNames {
			for _, when := range []trace.Window{trace.WindowOf(want), {From: 1, Until: 2}} {
				ev, err := speaking(t, at, name).Spans(t.Context(), id, when)
				if err != nil || len(ev.Spans) != len(want) {
					t.Fatalf("%s: %d spans of %d, %v", name, len(ev.Spans), len(want), err)
				}
				for i, s := range byID(ev.Spans) {
					compare(t, name, comparable(s, "HTTP api"), comparable(want[i], "HTTP api"))
				}
			}
		}
	}
}

func compare(t *testing.T, name string, got, want trace.Span) {
	t.Helper()
	got, want = comparable(got, name), comparable(want, name)
	if !got.Equal(&want) {
		r, q := *got.Resource, *want.Resource
		got.Resource, want.Resource = nil, nil
		t.Errorf("%s:\ngot  %+v %+v\nwant %+v %+v", want.Operation, got, r, want, q)
	}
}

// comparable takes from a span what the dialect cannot carry: the legacy model
// has no attributes of links, and arrays and maps only as strings; its JSON
// has no nanoseconds. The order of a resource's attributes has no meaning.
func comparable(s trace.Span, name string) trace.Span {
	r := *s.Resource
	r.Attributes = slices.Clone(r.Attributes)
	slices.SortFunc(r.Attributes, func(a, b trace.Attribute) int { return strings.Compare(a.Key, b.Key) })
	s.Resource = &r
	if strings.HasSuffix(name, "v3") {
		return s
	}
	r.Attributes = plainer(r.Attributes)
	s.Attributes = plainer(s.Attributes)
	s.Links = slices.Clone(s.Links)
	for i := range s.Links {
		s.Links[i].Attributes = nil
	}
	s.Events = slices.Clone(s.Events)
	for i := range s.Events {
		s.Events[i].Attributes = plainer(s.Events[i].Attributes)
	}
	if name == "HTTP api" {
		s.Start, s.Duration = s.Start/1000, s.Duration/1000
		for i := range s.Events {
			s.Events[i].Time /= 1000
		}
	}
	return s
}

func plainer(attrs []trace.Attribute) []trace.Attribute {
	attrs = slices.Clone(attrs)
	for i, a := range attrs {
		if a.Value.Type == trace.TypeJSON || a.Value.Type == trace.TypeEmpty {
			attrs[i].Value = trace.String(a.Value.Text())
		}
	}
	return attrs
}

func byID(spans []trace.Span) []trace.Span {
	slices.SortFunc(spans, func(a, b trace.Span) int {
		return strings.Compare(fmt.Sprint(a.ID, a.Kind), fmt.Sprint(b.ID, b.Kind))
	})
	return spans
}

// everything is a trace with all that OTLP and Jaeger can say.
func everything(id trace.ID) *tracepb.TracesData {
	start := uint64(time.Now().UnixNano())
	root := span(id, 1, 0, "POST /bestellungen ≥ 10 €", start)
	root.Attributes = []*common.KeyValue{
		attr("order.id", "ORD-17"), attr("empty", ""), attr("日本語", "größer 🚀 \"quoted\" \\ \t\n\u0001</b>"),
		{Key: "bool", Value: &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: true}}},
		{Key: "int", Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: -42}}},
		{Key: "big", Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: -9223372036854775808}}},
		{Key: "double", Value: &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: 0.1}}},
		{Key: "whole", Value: &common.AnyValue{Value: &common.AnyValue_DoubleValue{DoubleValue: 3}}},
		{Key: "bytes", Value: &common.AnyValue{Value: &common.AnyValue_BytesValue{BytesValue: []byte{0, 255, 7}}}},
		{Key: "array", Value: &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: &common.ArrayValue{Values: []*common.AnyValue{str("a"), str("ü")}}}}},
		{Key: "map", Value: &common.AnyValue{Value: &common.AnyValue_KvlistValue{KvlistValue: &common.KeyValueList{Values: []*common.KeyValue{attr("k", "v")}}}}},
	}
	root.TraceState = "vendor=1"
	root.Events = []*tracepb.Span_Event{
		{Name: "zuerst", TimeUnixNano: start + 1000, Attributes: []*common.KeyValue{attr("message", "x")}},
		{Name: "danach", TimeUnixNano: start + 5000},
		{Name: "am Ende", TimeUnixNano: start + 9000},
	}
	failed := span(id, 2, 1, "failed", start+2000)
	failed.Kind = tracepb.Span_SPAN_KIND_CLIENT
	failed.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "kein Geld"}
	server := span(id, 2, 1, "shared ID", start+3000)
	server.Kind = tracepb.Span_SPAN_KIND_SERVER
	server.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_OK}
	tagged := span(id, 3, 1, "an attribute says error", start+2500)
	tagged.Attributes = []*common.KeyValue{
		{Key: "error", Value: &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: true}}},
	}
	linked := span(id, 4, 2, "linked", start+4000)
	linked.Kind = tracepb.Span_SPAN_KIND_CONSUMER
	linked.Links = []*tracepb.Span_Link{
		{TraceId: idBytes(trace.ID{Hi: 1, Lo: 2}), SpanId: spanBytes(9), Attributes: []*common.KeyValue{attr("why", "batch")}},
		{TraceId: idBytes(trace.ID{Lo: 77}), SpanId: spanBytes(10)},
		{TraceId: idBytes(id), SpanId: spanBytes(1)},
	}
	toParent := span(id, 5, 4, "linked to its parent", start+4500)
	toParent.Links = []*tracepb.Span_Link{{TraceId: idBytes(id), SpanId: spanBytes(4)}}
	lone := span(id, 6, 99, "in a process without attributes", start+4600)
	lone.Kind = tracepb.Span_SPAN_KIND_UNSPECIFIED
	backwards := span(id, 7, 1, "backwards", start)

	here := &resource.Resource{Attributes: []*common.KeyValue{
		attr("host.name", "knoten-1"), attr("service.name", "bestellung"), attr("k8s.pod.name", "pod-ä"),
		{Key: "process.pid", Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: 7}}},
	}}
	return &tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{
		{Resource: here, ScopeSpans: []*tracepb.ScopeSpans{
			{Scope: &common.InstrumentationScope{Name: "otelhttp", Version: "0.72.0"}, Spans: []*tracepb.Span{root, failed, tagged}},
			{Spans: []*tracepb.Span{linked, toParent, backwards}},
		}},
		{Resource: here, ScopeSpans: []*tracepb.ScopeSpans{{Scope: &common.InstrumentationScope{Name: "otelhttp", Version: "0.72.0"}, Spans: []*tracepb.Span{failed}}}},
		{Resource: &resource.Resource{Attributes: []*common.KeyValue{attr("service.name", "kasse")}}, ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{server}}}},
		{Resource: &resource.Resource{Attributes: []*common.KeyValue{attr("host.name", "h"), attr("service.name", "s")}}, ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{lone}}}},
	}}
}

func span(id trace.ID, n, parent uint64, name string, start uint64) *tracepb.Span {
	s := &tracepb.Span{
		TraceId: idBytes(id), SpanId: spanBytes(n), Name: name, Kind: tracepb.Span_SPAN_KIND_INTERNAL,
		StartTimeUnixNano: start, EndTimeUnixNano: start + 1_234_000,
	}
	if parent != 0 {
		s.ParentSpanId = spanBytes(parent)
	}
	return s
}

func spanBytes(n uint64) []byte { return idBytes(trace.ID{Lo: n})[8:] }

func attr(key, value string) *common.KeyValue { return &common.KeyValue{Key: key, Value: str(value)} }

func str(s string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: s}}
}

// bigTrace is a trace of the usual shape, in batches as exporters send them.
func bigTrace(id trace.ID, spans int) *tracepb.TracesData {
	start := uint64(time.Now().UnixNano()) - 10_000_000_000
	td := &tracepb.TracesData{}
	for n := 1; n <= spans; {
		var batch []*tracepb.Span
		for ; len(batch) < 500 && n <= spans; n++ {
			s := span(id, uint64(n), uint64(n/10), "GET /orders/{id}", start+uint64(n)*1000)
			s.Attributes = []*common.KeyValue{
				attr("http.request.method", "GET"), attr("url.path", fmt.Sprintf("/orders/%d", n)),
				{Key: "http.response.status_code", Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: 200}}},
			}
			if n%10 == 0 {
				s.Events = []*tracepb.Span_Event{{Name: "cache miss", TimeUnixNano: start + uint64(n)*1000}}
				s.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "boom"}
			}
			batch = append(batch, s)
		}
		td.ResourceSpans = append(td.ResourceSpans, &tracepb.ResourceSpans{
			Resource:   &resource.Resource{Attributes: []*common.KeyValue{attr("service.name", fmt.Sprintf("service-%d", n%12)), attr("host.name", "node-1")}},
			ScopeSpans: []*tracepb.ScopeSpans{{Scope: &common.InstrumentationScope{Name: "otelhttp"}, Spans: batch}},
		})
	}
	return td
}

// A large trace arrives whole through every dialect.
func TestBigTrace(t *testing.T) {
	at := stacktest.Jaeger(t)
	const spans = 20_000
	id := newID(t, 128)
	feed(t, at, bigTrace(id, spans))
	var want []trace.Span
	for _, name := range dialectNames {
		got := byID(await(t, speaking(t, at, name), id, spans).Spans)
		if want == nil {
			want = got
		}
		for i := range want {
			compare(t, name, comparable(got[i], "HTTP api"), comparable(want[i], "HTTP api"))
		}
	}
}

func idBytes(id trace.ID) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, id.Hi), id.Lo)
}
