package skew

import (
	"math"
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

const (
	ms    = millisecond
	µs    = microsecond
	epoch = scenario.Epoch
)

// on makes a process of its own on a host.
func on(service, host string) *trace.Resource {
	return &trace.Resource{Origin: trace.Origin{Service: service, Pod: service + "-1", Host: host}}
}

var (
	frontend = on("frontend", "a")
	orders   = on("orders", "b")
	stock    = on("stock", "c")
)

// span makes a span; times are nanoseconds after an epoch that is no whole
// millisecond.
func span(id, parent trace.SpanID, kind trace.Kind, res *trace.Resource, start, end int64) trace.Span {
	s := trace.Span{ID: id, Parent: parent, Kind: kind, Resource: res}
	s.SetTimes(epoch+7*µs+start, epoch+7*µs+end)
	return s
}

// aCall is a client from 0 to 10 ms and its server, whose clock shows it from
// start to end.
func aCall(start, end int64) []trace.Span {
	return []trace.Span{
		span(1, 0, trace.KindServer, frontend, -5*ms, 50*ms),
		span(2, 1, trace.KindClient, frontend, 0, 10*ms),
		span(3, 2, trace.KindServer, orders, start, end),
	}
}

// change returns the spans with one of them changed.
func change(spans []trace.Span, i int, f func(*trace.Span)) []trace.Span {
	f(&spans[i])
	return spans
}

func TestRules(t *testing.T) {
	const lowest, highest = math.MinInt64, math.MaxInt64
	late := func(f func(client, server *trace.Span)) []trace.Span {
		spans := aCall(31*ms, 39*ms) // 30 ms ahead: only overlap and end can tell
		f(&spans[1], &spans[2])
		return spans
	}
	tests := []struct {
		name      string
		spans     []trace.Span
		low, high int64
		offset    int64
		status    Status
	}{
		{"inside", aCall(1*ms, 9*ms), -1*ms - µs, 1*ms + µs, 0, Proven},
		{"behind", aCall(-29*ms, -21*ms), 29*ms - µs, 31*ms + µs, 30 * ms, Proven},
		{"ahead", aCall(31*ms, 39*ms), -31*ms - µs, -29*ms + µs, -30 * ms, Proven},
		{"a tail is no skew", aCall(1*ms, 10*ms+500*µs), -1*ms - µs, 9*ms + µs, 0, Proven},
		{"longer than its caller", aCall(1*ms, 30*ms), -1*ms - µs, 9*ms + µs, 0, Proven},
		{"producer", late(func(c, s *trace.Span) { c.Kind, s.Kind = trace.KindProducer, trace.KindConsumer }), -31*ms - µs, highest, 0, OneSided},
		{"consumer of a client", late(func(_, s *trace.Span) { s.Kind = trace.KindConsumer }), -31*ms - µs, highest, 0, OneSided},
		{"client gave up", late(func(c, _ *trace.Span) { c.Status, c.StatusMessage = trace.StatusError, "Deadline exceeded" }), -31*ms - µs, highest, 0, OneSided},
		{"504", late(func(c, _ *trace.Span) {
			c.Status, c.Attributes = trace.StatusError, []trace.Attribute{{Key: "http.response.status_code", Value: trace.Int(504)}}
		}), -31*ms - µs, highest, 0, OneSided},
		{"failed, but waited", late(func(c, _ *trace.Span) { c.Status, c.StatusMessage = trace.StatusError, "refused" }), -31*ms - µs, -29*ms + µs, -30 * ms, Proven},
		{"follows from", late(func(c, s *trace.Span) {
			s.Links = []trace.Link{{Span: c.ID, Attributes: []trace.Attribute{{Key: "opentracing.ref_type", Value: trace.String("follows_from")}}}}
		}), -31*ms - µs, highest, 0, OneSided},
		{"no kinds", late(func(c, s *trace.Span) { c.Kind, s.Kind = 0, 0 }), -31*ms - µs, -29*ms + µs, -30 * ms, Proven},
		{"no parent", late(func(_, s *trace.Span) { s.Parent = 99 }), lowest, highest, 0, Unknown},
		{"own parent", late(func(_, s *trace.Span) { s.Parent = s.ID }), lowest, highest, 0, Unknown},
		{"no time", late(func(_, s *trace.Span) { s.Start = 0 }), lowest, highest, 0, Unknown},
		{"impossible time", late(func(_, s *trace.Span) { s.Start, s.Duration = trace.NoTime, math.MaxInt64 }), lowest, highest, 0, Unknown},
		{"clamped end", change(aCall(-29*ms, -21*ms), 1, func(c *trace.Span) { c.Clamped = true }), 29*ms - µs, highest, 29*ms - µs, OneSided},
		{"a link", []trace.Span{
			span(1, 0, trace.KindServer, frontend, 0, 50*ms),
			span(2, 1, trace.KindInternal, frontend, 1*ms, 50*ms),
			{ID: 3, Resource: orders, Start: epoch - 20*ms + 7*µs, Duration: ms, Links: []trace.Link{{Span: 1}}},
		}, 20*ms - µs, highest, 20*ms - µs, OneSided},
		{"one ID for client and server", []trace.Span{
			span(1, 0, trace.KindServer, frontend, -5*ms, 50*ms),
			span(2, 1, trace.KindServer, orders, 31*ms, 39*ms),
			span(2, 1, trace.KindClient, frontend, 0, 10*ms),
		}, -31*ms - µs, -29*ms + µs, -30 * ms, Proven},
		{"equal duplicates", append(aCall(31*ms, 39*ms), aCall(31*ms, 39*ms)...), -31*ms - µs, -29*ms + µs, -30 * ms, Proven},
		{"different duplicates", append(aCall(31*ms, 39*ms), span(3, 2, trace.KindServer, orders, 1*ms, 2*ms)), lowest, highest, 0, Unknown},
		{"a cycle", []trace.Span{
			span(1, 2, trace.KindServer, frontend, 0, ms), span(2, 1, trace.KindServer, orders, 20*ms, 21*ms), span(4, 0, trace.KindServer, frontend, 0, ms),
		}, lowest, highest, 0, Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := byName(t, Estimate(tt.spans, nil), "b")
			if got.Low != tt.low || got.High != tt.high || got.Offset != tt.offset || got.Status != tt.status {
				t.Errorf("got %d in [%d, %d] %v, want %d in [%d, %d] %v",
					got.Offset, got.Low, got.High, got.Status, tt.offset, tt.low, tt.high, tt.status)
			}
		})
	}
}

func byName(t *testing.T, c *Clocks, name string) Clock {
	t.Helper()
	for _, k := range c.All() {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no clock %q among %+v", name, c.All())
	return Clock{}
}

// Starts on whole milliseconds may be up to a millisecond early: no skew.
func TestWholeMilliseconds(t *testing.T) {
	spans := aCall(200*µs, 9*ms)
	spans[2].Start = (spans[2].Start - 1) / ms * ms
	if got := byName(t, Estimate(spans, nil), "b"); got.Offset != 0 || got.Ignored != 0 {
		t.Errorf("moved: %+v", got)
	}
}

func TestRefutedHost(t *testing.T) {
	twin := on("twin", "a") // claims the frontend's host, but is 80 ms behind
	spans := append(aCall(1*ms, 9*ms),
		span(4, 3, trace.KindClient, orders, 2*ms, 8*ms),
		span(5, 4, trace.KindServer, twin, -77*ms, -73*ms))
	c := Estimate(spans, nil)
	got := byName(t, c, "twin-1")
	if got.Offset < 79*ms || got.Offset > 81*ms || c.Span(4).Name != "twin-1" || c.Span(0).Name != "frontend-1" {
		t.Errorf("got %+v", c.All())
	}
	spans[4].SetTimes(spans[3].Start-2*ms, spans[3].Start+ms) // only 2 ms: an error of some record
	if c := Estimate(spans, nil); c.Span(4).Name != "a" || c.Span(0) != c.Span(4) {
		t.Errorf("a small contradiction split the host: %+v", c.All())
	}
}

func TestIgnoredSpansAreNamed(t *testing.T) {
	spans := aCall(1*ms, 9*ms)
	for i := range trace.SpanID(40) { // many more calls, all well, and one that ends far too late
		at := int64(i) * 20 * ms
		spans = append(spans, span(100+2*i, 1, trace.KindClient, frontend, at, at+10*ms), span(101+2*i, 100+2*i, trace.KindServer, orders, at+ms, at+9*ms))
	}
	spans = append(spans, span(500, 1, trace.KindClient, frontend, 0, 10*ms), span(501, 500, trace.KindServer, orders, 8*ms, 17*ms))
	got := byName(t, Estimate(spans, nil), "b")
	if got.Offset != 0 || got.Ignored != 1 || len(got.IgnoredSamples) != 1 || got.IgnoredSamples[0].Span != 501 || got.IgnoredSamples[0].Rule != "end" {
		t.Errorf("got %+v", got)
	}
}

func TestSeparateComponents(t *testing.T) {
	spans := append(aCall(1*ms, 9*ms),
		span(10, 0, trace.KindClient, stock, 0, 10*ms),
		span(11, 10, trace.KindServer, on("cellar", "d"), -29*ms, -21*ms))
	c := Estimate(spans, nil)
	if a, s := byName(t, c, "a"), byName(t, c, "c"); a.Status != Reference || s.Status != Reference || a.Component == s.Component {
		t.Errorf("got %+v and %+v", a, s)
	}
	if d := byName(t, c, "d"); d.Offset != 30*ms || d.Status != Proven {
		t.Errorf("got %+v", d)
	}
}

func TestAtSaturates(t *testing.T) {
	c := Clock{Offset: 100}
	for _, at := range []int64{0, epoch, math.MaxInt64 - 100} {
		if got := c.At(at); got != 100 {
			t.Errorf("At(%d) = %d", at, got)
		}
	}
	if got := c.At(math.MaxInt64 - 1); got != 1 {
		t.Errorf("at the end of time: %d", got)
	}
	c.Offset = -100
	if got := c.At(math.MinInt64 + 1); got != -1 {
		t.Errorf("before time: %d", got)
	}
	c = Clock{Offset: 1000, DriftPPM: 50, pivot: epoch}
	if got := c.At(epoch + 10*second); got != 1000+500*µs {
		t.Errorf("10 s at 50 ppm: %d", got)
	}
}

func TestNothing(t *testing.T) {
	if got := Estimate(nil, nil).All(); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	c := Estimate([]trace.Span{{}, {}}, []trace.Log{{}})
	if c.Span(1).Offset != 0 || c.Log(0) != nil {
		t.Errorf("got %+v", c.All())
	}
}
