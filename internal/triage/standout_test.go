package triage

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// attributes makes attributes from pairs.
func attributes(pairs ...string) []trace.Attribute {
	var list []trace.Attribute
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, trace.Attribute{Key: pairs[i], Value: trace.String(pairs[i+1])})
	}
	return list
}

// A fleet is spans of a service that runs on six hosts, a pod on each: the first
// two have version 2, the others version 1.
func fleet(n int, rng *rand.Rand, host func() int, more ...string) [][]trace.Attribute {
	var spans [][]trace.Attribute
	for range n {
		h := host()
		version := "1"
		if h < 2 {
			version = "2"
		}
		id := rng.Uint64()
		a := attributes(
			"service.name", "order", "service.version", version,
			"host.name", fmt.Sprint("h", h), "k8s.pod.name", fmt.Sprint("order-", h), "cloud.availability_zone", string("abc"[h/2]),
			"http.route", []string{"/orders", "/orders/{id}"}[id%2], "tenant.id", fmt.Sprint("t", id%11), "order.id", fmt.Sprint(id),
		)
		a = append(a, trace.Attribute{Key: "thread.id", Value: trace.Int(int64(id % 4))}, trace.Attribute{Key: "queue.load", Value: trace.Double(0.5)})
		spans = append(spans, append(a, attributes(more...)...))
	}
	return spans
}

func inWords(list []Standout) string {
	var words []string
	for _, s := range list {
		words = append(words, fmt.Sprintf("%s=%s %d/%d %d/%d", s.Key, s.Value, s.Failing, s.FailingOf, s.Healthy, s.HealthyOf))
	}
	return strings.Join(words, ", ")
}

// Where all spans alike fail, next to nothing stands out.
func TestNothingStandsOut(t *testing.T) {
	found := 0
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		anywhere := func() int { return rng.IntN(6) }
		found += min(len(StandOut(fleet(60, rng, anywhere, "error.type", "timeout"), fleet(80, rng, anywhere))), 1)
	}
	if found > 15 {
		t.Errorf("something stands out in %d of 300 cases of nothing", found)
	}
}

// What is different is said once, in its most telling words.
func TestOneFact(t *testing.T) {
	for _, tt := range []struct {
		name    string
		failing func(*rand.Rand) int
		want    string
	}{
		{"version", func(r *rand.Rand) int { return r.IntN(2) }, "service.version=2"},
		{"host", func(*rand.Rand) int { return 4 }, "host.name=h4"},
		{"zone", func(r *rand.Rand) int { return 2 + r.IntN(2) }, "cloud.availability_zone=b"},
		{"mostly one host", func(r *rand.Rand) int { return []int{3, 3, 3, r.IntN(6)}[r.IntN(4)] }, "host.name=h3"},
	} {
		right := 0
		for seed := range uint64(100) {
			rng := rand.New(rand.NewPCG(seed, 2))
			got := StandOut(
				fleet(50, rng, func() int { return tt.failing(rng) }),
				fleet(60, rng, func() int { return rng.IntN(6) }),
			)
			if len(got) == 1 && got[0].Key+"="+got[0].Value == tt.want {
				right++
			} else if seed == 0 {
				t.Logf("%s: %s", tt.name, inWords(got))
			}
		}
		if right < 90 {
			t.Errorf("%s: %q alone in %d of 100 cases", tt.name, tt.want, right)
		}
	}
}

// Two causes of their own are two facts, the surer one first.
func TestTwoFacts(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	anywhere := func() int { return rng.IntN(6) }
	failing := append(fleet(60, rng, func() int { return 5 }, "peer.service", "db"), fleet(30, rng, anywhere, "peer.service", "mail")...)
	healthy := fleet(90, rng, anywhere, "peer.service", "db")
	got := StandOut(failing, healthy)
	if len(got) != 2 || got[0].Key != "host.name" || got[1].Value != "mail" || got[0].P > got[1].P || got[1].P > 1e-6 {
		t.Errorf("found %s", inWords(got))
	}
	if s := got[1]; s.Failing != 30 || s.FailingOf != 90 || s.Healthy != 0 || s.HealthyOf != 90 {
		t.Errorf("counts %+v", s)
	}
}

// One customer's requests stand out, although every healthy one has its own.
func TestOneCustomer(t *testing.T) {
	var failing, healthy [][]trace.Attribute
	for i := range 30 {
		failing = append(failing, attributes("customer.id", "c7", "order.id", fmt.Sprint(i)))
		healthy = append(healthy, attributes("customer.id", fmt.Sprint("c", 100+i), "order.id", fmt.Sprint(100+i)))
	}
	if got := inWords(StandOut(failing, healthy)); got != "customer.id=c7 30/30 0/30" {
		t.Errorf("found %q", got)
	}
}

// Of a key that hardly any two failing spans share nothing is told, though a few
// of them do.
func TestMostlyUnique(t *testing.T) {
	var failing, healthy [][]trace.Attribute
	for i := range 30 {
		failing = append(failing, attributes("session.id", fmt.Sprint("s", min(i, 19)), "shop", fmt.Sprint("s", max(i, 20))))
		healthy = append(healthy, attributes("session.id", fmt.Sprint("h", i), "shop", fmt.Sprint("h", i)))
	}
	if got := inWords(StandOut(failing, healthy)); got != "shop=s20 21/30 0/30" {
		t.Errorf("found %q", got)
	}
}

// What defines the group, what comes of failing, and names of single spans are
// not told, however they differ.
func TestNotTold(t *testing.T) {
	keys := []string{
		"service.name", "error", "error.type", "exception.type", "http.response.status_code", "http.status_code",
		"rpc.grpc.status_code", "db.response.status_code", "otel.status_code", "otel.status_description", "duration_ms",
		"elapsed", "thread.id", "thread.name", "process.pid", "trace_id", "traceId", "span.id", "code.lineno", "timestamp",
		"created_at", "http.request.body.size", "http.request.resend_count", "retries", "request_id", "",
	}
	var bad, good []trace.Attribute
	for _, key := range append(keys, "errors.topic") {
		bad, good = append(bad, attributes(key, "1")...), append(good, attributes(key, "2")...)
	}
	failing := slices.Repeat([][]trace.Attribute{append(bad, attributes("only.failing", "x")...)}, 40)
	if got := inWords(StandOut(failing, slices.Repeat([][]trace.Attribute{good}, 40))); got != "errors.topic=1 40/40 0/40" {
		t.Errorf("found %q", got)
	}
	for _, key := range keys {
		one, other := [][]trace.Attribute{attributes(key, "1")}, [][]trace.Attribute{attributes(key, "2")}
		if got := StandOut(slices.Repeat(one, 40), slices.Repeat(other, 40)); got != nil {
			t.Errorf("found %s", inWords(got))
		}
	}
}

// Too little to say anything of.
func TestTooLittle(t *testing.T) {
	bad, good := attributes("host.name", "h1", "order.id", "1"), attributes("host.name", "h2")
	for _, tt := range []struct{ failing, healthy int }{{0, 9}, {9, 0}, {1, 1000}, {2, 1000}, {3, 2}} {
		if got := StandOut(slices.Repeat([][]trace.Attribute{bad}, tt.failing), slices.Repeat([][]trace.Attribute{good}, tt.healthy)); got != nil {
			t.Errorf("%d failing and %d healthy: %s", tt.failing, tt.healthy, inWords(got))
		}
	}
	rare := append(slices.Repeat([][]trace.Attribute{good}, 1000), bad)
	if got := StandOut([][]trace.Attribute{bad, bad}, rare); got != nil {
		t.Errorf("two failing ones on a rare host: %s", inWords(got))
	}
	got := StandOut(slices.Repeat([][]trace.Attribute{bad}, 5), slices.Repeat([][]trace.Attribute{good}, 5))
	if inWords(got) != "host.name=h1 5/5 0/5" {
		t.Errorf("five and five: %q", inWords(got))
	}
}

// A difference that is sure may be too small to matter.
func TestSmallDifference(t *testing.T) {
	spans := func(with, without int) [][]trace.Attribute {
		return slices.Concat(slices.Repeat([][]trace.Attribute{attributes("zone", "a")}, with), slices.Repeat([][]trace.Attribute{attributes("zone", "b")}, without))
	}
	if got := StandOut(spans(1200, 800), spans(1000, 1000)); got != nil {
		t.Errorf("60 %% to 50 %%: %s", inWords(got))
	}
	if got := inWords(StandOut(spans(120, 880), spans(20, 980))); got != "zone=a 120/1000 20/1000" {
		t.Errorf("12 %% to 2 %%: %q", got)
	}
}

// Of many facts the surest are told.
func TestManyFacts(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	spans := func(chance float64) [][]trace.Attribute {
		list := make([][]trace.Attribute, 60)
		for i := range list {
			for k := range 30 { // each of its own
				list[i] = append(list[i], attributes(fmt.Sprint("k", k), fmt.Sprint(rng.Float64() < chance))...)
			}
		}
		return list
	}
	got := StandOut(spans(0.7), spans(0.3))
	if len(got) != mostStandouts || !slices.IsSortedFunc(got, func(a, b Standout) int { return cmp.Compare(a.P, b.P) }) {
		t.Errorf("of thirty facts these are told: %s", inWords(got))
	}
}

// A version that all failing spans have tells more than its only pod, though one
// healthy span of another pod has it too.
func TestMostTelling(t *testing.T) {
	pod, version := attributes("k8s.pod.name", "p1", "service.version", "2"), attributes("k8s.pod.name", "p2", "service.version", "1")
	healthy := append(slices.Repeat([][]trace.Attribute{version}, 40), attributes("k8s.pod.name", "p2", "service.version", "2"))
	if got := inWords(StandOut(slices.Repeat([][]trace.Attribute{pod}, 40), healthy)); got != "service.version=2 40/40 1/41" {
		t.Errorf("found %q", got)
	}
}

// What only failing spans have, or too few, does not water down what can be
// compared.
func TestOnlyFailing(t *testing.T) {
	failing, healthy := slices.Repeat([][]trace.Attribute{attributes("host.name", "h1")}, 5), slices.Repeat([][]trace.Attribute{attributes("host.name", "h1")}, 3)
	for i := range 5 {
		healthy = append(healthy, attributes("host.name", "h2"))
		for k := range 30 {
			failing[i] = append(slices.Clip(failing[i]), attributes(fmt.Sprint("retry.k", k), "x")...)
		}
	}
	healthy = append(healthy, slices.Repeat([][]trace.Attribute{attributes("host.name", "h3")}, 8)...)
	for k := range 30 {
		for i := range 2 {
			failing[i] = append(failing[i], attributes(fmt.Sprint("note.", k), "x")...)
		}
		healthy[0] = append(slices.Clip(healthy[0]), attributes(fmt.Sprint("note.", k), "y")...)
	}
	if got := inWords(StandOut(failing, healthy)); got != "host.name=h1 5/5 3/16" {
		t.Errorf("found %q", got)
	}
}

// The order of spans and attributes does not matter.
func TestOrderOfSpans(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	failing, healthy := fleet(70, rng, func() int { return rng.IntN(3) }), fleet(70, rng, func() int { return rng.IntN(6) })
	want := StandOut(failing, healthy)
	for range 5 {
		rng.Shuffle(len(failing), func(i, j int) { failing[i], failing[j] = failing[j], failing[i] })
		for _, a := range healthy {
			slices.Reverse(a)
		}
		if got := StandOut(failing, healthy); !reflect.DeepEqual(got, want) || len(want) == 0 {
			t.Fatalf("found %s, then %s", inWords(want), inWords(got))
		}
	}
}

func BenchmarkStandOut(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	failing, healthy := fleet(500, rng, func() int { return rng.IntN(2) }), fleet(500, rng, func() int { return rng.IntN(6) })
	b.ReportAllocs()
	for b.Loop() {
		StandOut(failing, healthy)
	}
}
