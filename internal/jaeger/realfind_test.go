package jaeger

import (
	"context"
	"errors"
	"fmt"
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

// A shop is traces of two services that no other test has: a root in the one
// and its child in the other, a trace a second, the newest last.
type shop struct {
	front, back string
	begin       time.Time
	spans       []trace.Span // as they were sent
	data        *tracepb.TracesData
}

func newShop(t testing.TB, traces int, begin time.Time) *shop {
	t.Helper()
	suffix := newID(t, 64).String()[16:]
	s := &shop{front: "front-" + suffix, back: "back-" + suffix, begin: begin, data: &tracepb.TracesData{}}
	for n := range traces {
		s.add(newID(t, 128), n)
	}
	raw, err := proto.Marshal(s.data)
	if err != nil {
		t.Fatal(err)
	}
	if s.spans, err = otlp.AppendProto(nil, raw); err != nil {
		t.Fatal(err)
	}
	return s
}

// add makes the nth trace. Order IDs stand under a key with a dot in every
// even trace and with an underscore in every odd one; every fourth trace fails
// in the back, and every fifth is slow there.
func (s *shop) add(id trace.ID, n int) {
	start := uint64(s.begin.Add(time.Duration(n) * time.Second).UnixNano())
	root, child := span(id, 1, 0, "POST /orders", start), span(id, 2, 1, "charge größer", start+1_000_000)
	root.Attributes = []*common.KeyValue{attr([]string{"order.id", "order_id"}[n%2], fmt.Sprintf("ORD-%d", n))}
	child.Attributes = []*common.KeyValue{
		attr("customer.tier", []string{"gold", "lead"}[n%2]), attr("note", "a+b (c)"), attr("shop.name", s.front),
		{Key: "attempt", Value: &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: int64(n % 3)}}},
	}
	child.Events = []*tracepb.Span_Event{{Name: "said", TimeUnixNano: start, Attributes: []*common.KeyValue{attr("answer", fmt.Sprint("code-", n%7))}}}
	switch n % 4 {
	case 0:
		child.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_ERROR, Message: "declined"}
	case 1:
		child.Status = &tracepb.Status{Code: tracepb.Status_STATUS_CODE_OK}
	}
	if n%5 == 0 {
		child.EndTimeUnixNano = child.StartTimeUnixNano + 250_000_000
	}
	for service, sp := range map[string]*tracepb.Span{s.front: root, s.back: child} {
		s.data.ResourceSpans = append(s.data.ResourceSpans, &tracepb.ResourceSpans{
			Resource:   &resource.Resource{Attributes: []*common.KeyValue{attr("service.name", service), attr("region", "eu-"+s.front)}},
			ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{sp}}},
		})
	}
}

// wanted are the IDs that a query must find, the newest first.
func (s *shop) wanted(q trace.Query) []string {
	var all trace.Summaries
	all.AddSpans(s.spans)
	matched := map[trace.ID]bool{}
	for i := range s.spans {
		if q.Matches(&s.spans[i]) {
			matched[s.spans[i].Trace] = true
		}
	}
	var ids []string
	for _, t := range all.List() {
		if matched[t.ID] && (q.Limit == 0 || len(ids) < q.Limit) {
			ids = append(ids, t.ID.String())
		}
	}
	return ids
}

// latest reports whether as many of the wanted traces were found as asked for:
// storage in memory returns those that arrived last, in no sure order.
func (s *shop) latest(found trace.Found, q trace.Query) bool {
	limit := q.Limit
	q.Limit = 0
	all := s.wanted(q)
	return limit > 0 && len(found.Traces) == limit && !slices.ContainsFunc(ids(found), func(id string) bool { return !slices.Contains(all, id) })
}

// await asks until Jaeger has the whole shop, and lists its services.
func (s *shop) await(t testing.TB, c *Client) {
	t.Helper()
	want := len(s.spans) / 2
	eventually(t, func(ctx context.Context) (bool, string) {
		found, err := c.FindSpans(ctx, trace.Query{Service: s.back, Window: s.window()})
		return err == nil && len(found.Traces) == want && spansOf(found) == len(s.spans), fmt.Sprintf("%d traces of %d, %v", len(found.Traces), want, err)
	})
	if time.Since(s.begin) > 2*day {
		return // storage lists the services of the last days only
	}
	eventually(t, func(ctx context.Context) (bool, string) {
		services, err := c.Services(ctx)
		return slices.Contains(services, s.front) && slices.Contains(services, s.back), fmt.Sprint(services, err)
	})
	eventually(t, func(ctx context.Context) (bool, string) {
		operations, err := c.Operations(ctx, s.back)
		return len(operations) > 0, fmt.Sprint(operations, err)
	})
}

// forget drops the indices of the shop's day when the test ends: no other test
// writes to so old a day, and every search would have to look there.
func (s *shop) forget(t *testing.T) {
	if time.Since(s.begin) < 7*day {
		return
	}
	url := stacktest.Elasticsearch(t)[1].URL
	for _, kind := range []string{"span", "service"} {
		index := url + "/jg-jaeger-" + kind + "-" + s.begin.UTC().Format(time.DateOnly)
		t.Cleanup(func() {
			req, err := http.NewRequestWithContext(context.Background(), http.MethodDelete, index+"?ignore_unavailable=true", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		})
	}
}

func spansOf(found trace.Found) int {
	n := 0
	for _, t := range found.Traces {
		n += t.Spans
	}
	return n
}

func (s *shop) window() trace.Window {
	return trace.Window{From: s.begin.Add(-time.Minute).UnixNano(), Until: s.begin.Add(24 * time.Hour).UnixNano()}
}

func (s *shop) moment(n int) int64 { return s.begin.Add(time.Duration(n) * time.Second).UnixNano() }

func is(key, value string) trace.Condition { return trace.Condition{Key: key, Value: value} }

// queries are what the dialects must agree on. Those without a service name an
// attribute that only this shop has.
func (s *shop) queries() map[string]trace.Query {
	mine := is("shop.name", s.front)
	return map[string]trace.Query{
		"service":                 {Service: s.front},
		"service, newest":         {Service: s.front, Limit: 7},
		"operation":               {Service: s.back, Operation: "charge größer"},
		"operation of the other":  {Service: s.front, Operation: "charge größer"},
		"unknown service":         {Service: "no-" + s.front},
		"dotted":                  {Service: s.front, Conditions: []trace.Condition{is("order.id", "ORD-4")}},
		"dotted, kept underlined": {Service: s.front, Conditions: []trace.Condition{is("order.id", "ORD-5")}},
		"underlined, kept dotted": {Service: s.front, Conditions: []trace.Condition{is("order_id", "ORD-4")}},
		"two conditions":          {Service: s.back, Conditions: []trace.Condition{is("customer_tier", "gold"), is("attempt", "2")}},
		"conditions of two spans": {Service: s.back, Conditions: []trace.Condition{is("customer.tier", "gold"), is("order.id", "ORD-4")}},
		"a pattern's characters":  {Service: s.back, Conditions: []trace.Condition{is("note", "a+b (c)")}, Limit: 5},
		"resource":                {Service: s.back, Conditions: []trace.Condition{is("region", "eu-"+s.front)}, Limit: 5},
		"event":                   {Service: s.back, Conditions: []trace.Condition{is("answer", "code-3")}},
		"errors":                  {Service: s.back, Conditions: []trace.Condition{is("error", "true")}},
		"errors by status":        {Service: s.back, Conditions: []trace.Condition{is("status", "error")}, Limit: 3},
		"errors and a condition":  {Service: s.back, Conditions: []trace.Condition{is("otel.status_code", "ERROR"), is("customer.tier", "gold")}},
		"slow":                    {Service: s.back, MinDuration: int64(200 * time.Millisecond)},
		"quick":                   {Service: s.back, MaxDuration: int64(100 * time.Millisecond), Limit: 9},
		"window":                  {Service: s.front, Window: trace.Window{From: s.moment(3), Until: s.moment(6)}},
		"until":                   {Service: s.front, Window: trace.Window{Until: s.moment(2)}},
		"from":                    {Service: s.front, Window: trace.Window{From: s.moment(8)}},
		"before all":              {Service: s.front, Window: trace.Window{From: s.moment(-1000), Until: s.moment(-900)}},
		"no service":              {Conditions: []trace.Condition{mine}},
		"no service, errors":      {Conditions: []trace.Condition{mine, is("error", "true")}, Window: s.window()},
	}
}

// Every dialect finds what the spans that were sent say it must.
func TestFindSpans(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		findEverywhere(t, stacktest.Jaeger(t), true)
	})
	t.Run("elasticsearch", func(t *testing.T) {
		t.Parallel()
		findEverywhere(t, stacktest.JaegerOnElasticsearch(t), false)
	})
}

func findEverywhere(t *testing.T, at stacktest.JaegerURLs, inMemory bool) {
	s := newShop(t, 40, time.Now().Add(-10*time.Minute))
	feed(t, at, s.data)
	for _, name := range dialectNames {
		s.await(t, speakingToo(t, at, name))
		for what, q := range s.queries() {
			t.Run(name+" "+what, func(t *testing.T) {
				begin := time.Now()
				found, err := speakingToo(t, at, name).FindSpans(t.Context(), q)
				if err != nil || len(found.Gaps) > 0 {
					t.Fatal(err, found.Gaps)
				}
				if want := s.wanted(q); !slices.Equal(ids(found), want) && (!inMemory || !s.latest(found, q)) {
					t.Errorf("found %d %v\nwant %d %v", len(found.Traces), ids(found), len(want), want)
				}
				for _, tr := range found.Traces {
					if !tr.BySpans || tr.Spans != 2 || !slices.Equal(tr.Services, []string{s.back, s.front}) || tr.Service != s.front || tr.Operation != "POST /orders" {
						t.Fatalf("%+v", tr)
					}
				}
				t.Log(time.Since(begin), found.Warnings)
			})
		}
	}
}

// speakingToo makes a client that prefers the named dialect, and may search in
// the other of its port where that one cannot.
func speakingToo(t testing.TB, at stacktest.JaegerURLs, name string) *Client {
	c := speaking(t, at, name)
	if name == "HTTP api/v3" {
		c.servers[0] = c.servers[0].(only).server
	}
	return c
}

func ids(found trace.Found) []string {
	var list []string
	for _, t := range found.Traces {
		list = append(list, t.ID.String())
	}
	return list
}

// More traces than one search returns are all found, and of a limit the newest.
func TestFindMany(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		findMany(t, stacktest.Jaeger(t), true)
	})
	t.Run("elasticsearch", func(t *testing.T) {
		t.Parallel()
		findMany(t, stacktest.JaegerOnElasticsearch(t), false)
	})
}

func findMany(t *testing.T, at stacktest.JaegerURLs, inMemory bool) {
	const traces = mostDepth + 100
	s := newShop(t, traces, time.Now().Add(-3*time.Hour))
	feed(t, at, s.data)
	s.await(t, speaking(t, at, "gRPC api_v3"))
	all := trace.Query{Service: s.front}
	some := trace.Query{Service: s.front, Limit: 30, Window: trace.Window{From: s.moment(5), Until: s.moment(300)}}
	for _, name := range dialectNames {
		t.Run(name, func(t *testing.T) {
			c := speaking(t, at, name)
			found, err := c.FindSpans(t.Context(), all)
			if err != nil || len(found.Gaps) > 0 || !slices.Equal(ids(found), s.wanted(all)) {
				t.Fatal(len(found.Traces), err, found.Gaps)
			}
			found, err = c.FindSpans(t.Context(), some)
			if err != nil || !slices.Equal(ids(found), s.wanted(some)) && (!inMemory || !s.latest(found, some)) {
				t.Error(err, len(found.Traces), "not the newest")
			}
		})
	}
}

// Services and operations are the same in every dialect.
func TestNames(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		namesEverywhere(t, stacktest.Jaeger(t))
	})
	t.Run("elasticsearch", func(t *testing.T) {
		t.Parallel()
		namesEverywhere(t, stacktest.JaegerOnElasticsearch(t))
	})
}

func namesEverywhere(t *testing.T, at stacktest.JaegerURLs) {
	s := newShop(t, 3, time.Now().Add(-time.Minute))
	feed(t, at, s.data)
	for _, name := range dialectNames {
		c := speaking(t, at, name)
		s.await(t, c)
		services, err := c.Services(t.Context())
		if err != nil || !slices.Contains(services, s.front) || !slices.Contains(services, s.back) || !slices.IsSorted(services) {
			t.Errorf("%s: %v, %v", name, services, err)
		}
		operations, err := c.Operations(t.Context(), s.back)
		if err != nil || !slices.Equal(operations, []string{"charge größer"}) {
			t.Errorf("%s: %q, %v", name, operations, err)
		}
		if none, err := c.Operations(t.Context(), "no-"+s.back); err != nil || len(none) > 0 {
			t.Errorf("%s: %q, %v", name, none, err)
		}
	}
}

// A trace of days ago is found by its ID, by way of its time where the storage
// looks back less than that.
func TestOldTraces(t *testing.T) {
	at := stacktest.JaegerOnElasticsearch(t)
	for _, days := range []int{2, 10, 60} {
		s := newShop(t, 1, time.Now().Add(-time.Duration(days)*day))
		s.forget(t)
		feed(t, at, s.data)
		id := s.spans[0].Trace
		for _, name := range dialectNames {
			t.Run(fmt.Sprint(name, " ", days), func(t *testing.T) {
				c := speaking(t, at, name)
				s.await(t, c)
				ev, err := c.Spans(t.Context(), id, trace.WindowOf(s.spans))
				reached := days < 3 || name != "HTTP api" // which does not search without a service
				if reached != (err == nil) || reached && len(ev.Spans) != len(s.spans) {
					t.Errorf("%d spans, %v", len(ev.Spans), err)
				}
				_, err = c.Spans(t.Context(), id, trace.Window{})
				if (days < 3) != (err == nil) || err != nil && !errors.Is(err, trace.ErrNotFound) {
					t.Errorf("without a window: %v", err)
				}
			})
		}
	}
}

// A search reaches back as far as the storage does, and says where it did not.
func TestFindLongAgo(t *testing.T) {
	at := stacktest.JaegerOnElasticsearch(t)
	for _, days := range []int{40, 200} {
		s := newShop(t, 2, time.Now().Add(-time.Duration(days)*day))
		s.forget(t)
		feed(t, at, s.data)
		c := speaking(t, at, "gRPC api_v3")
		s.await(t, c)
		found, err := c.FindSpans(t.Context(), trace.Query{Service: s.front})
		want := 2
		if days > 90 {
			want = 0
		}
		if err != nil || len(found.Traces) != want || !strings.Contains(fmt.Sprint(found.Warnings), "only 90 days") {
			t.Errorf("%d days ago: %d traces, %v %v", days, len(found.Traces), err, found.Warnings)
		}
		found, err = c.FindSpans(t.Context(), trace.Query{Service: s.front, Window: trace.Window{From: s.begin.Add(-400 * day).UnixNano()}})
		if err != nil || len(found.Traces) != 2 || len(found.Warnings) > 0 {
			t.Errorf("%d days ago, with a window: %d traces, %v %v", days, len(found.Traces), err, found.Warnings)
		}
	}
}

// Every dialect is found to be spoken, and HTTP tells the server's time, which
// is ours.
func TestCheckReal(t *testing.T) {
	at := stacktest.Jaeger(t)
	for url, dialect := range map[string]string{"grpc://" + at.GRPC: "gRPC api_v3", at.HTTP: "HTTP api/v3"} {
		h, err := newClient(t, Config{URL: url}).Check(t.Context())
		if err != nil || h.Address != url || h.Dialect != dialect || len(h.Dialects) != 2 || !h.Dialects[0].OK || !h.Dialects[1].OK {
			t.Errorf("%+v, %v", h, err)
		}
		if h.RoundTrip <= 0 || h.ClockAhead != 0 || h.ClockKnown != (url == at.HTTP) {
			t.Errorf("%+v", h)
		}
	}
}
