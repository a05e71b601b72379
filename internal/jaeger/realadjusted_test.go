package jaeger

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/otlp"
	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// Whatever Jaeger makes of a trace for others, in the UI or in api_v3, every
// dialect gives the times that were sent, and so does a file of what the others
// got.
func TestAdjustedForOthers(t *testing.T) {
	at := stacktest.Jaeger(t)
	id := newID(t, 128)
	td := skewed(id)
	feed(t, at, td)
	raw, err := proto.Marshal(td)
	if err != nil {
		t.Fatal(err)
	}
	want, err := otlp.AppendProto(nil, raw)
	if err != nil {
		t.Fatal(err)
	}
	await(t, speaking(t, at, "gRPC api_v3"), id, len(want))
	for _, path := range []string{"/api/traces/", "/api/v3/traces/"} {
		answer := get(t, at.HTTP+path+id.String())
		if !strings.Contains(answer, "timestamps were adjusted by") {
			t.Fatalf("%s: this Jaeger adjusts no clock skew: its max_clock_skew_adjust must not be 0:\n%s", path, answer)
		}
		for _, name := range dialectNames {
			ev, err := speaking(t, at, name).Spans(t.Context(), id, trace.Window{})
			if err != nil {
				t.Fatal(err)
			}
			sameTimes(t, path+", asked over "+name, ev.Spans, want)
		}
		file := filepath.Join(t.TempDir(), "trace.json")
		if err := os.WriteFile(file, []byte(answer), 0o600); err != nil {
			t.Fatal(err)
		}
		b, err := bundle.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		ev, err := b.Spans(t.Context(), id, trace.Window{})
		if err != nil || len(ev.Warnings) != 1 || !strings.HasPrefix(ev.Warnings[0], "trace.json: jaeger had adjusted the times of 5 spans for clock skew: undone by what it says of each") {
			t.Errorf("%s: %v, %q", path, err, ev.Warnings)
		}
		sameTimes(t, path+", saved", ev.Spans, want)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", url, resp.Status, err)
	}
	return string(body)
}

// sameTimes compares times, to the microsecond where they have no nanoseconds.
func sameTimes(t *testing.T, what string, got, want []trace.Span) {
	t.Helper()
	order := func(a, b trace.Span) int { return cmp.Compare(a.ID, b.ID) }
	slices.SortFunc(got, order)
	slices.SortFunc(want, order)
	if len(got) != len(want) {
		t.Errorf("%s: %d spans, want %d", what, len(got), len(want))
		return
	}
	for i := range want {
		if g, w := timesOf(&got[i]), timesOf(&want[i]); !near(g, w) || got[i].Adjusted || got[i].Clamped || len(got[i].Warnings) > 0 {
			t.Errorf("%s: %s: %v %q, %d ns off", what, want[i].Operation, got[i].Adjusted || got[i].Clamped, got[i].Warnings, minus(g, w))
		}
	}
}

func timesOf(s *trace.Span) []int64 {
	list := []int64{s.Start, s.Duration}
	for _, e := range s.Events {
		list = append(list, e.Time)
	}
	return list
}

func near(got, want []int64) bool {
	micros := !slices.ContainsFunc(got, func(ns int64) bool { return ns%1000 != 0 })
	for _, by := range minus(got, want) {
		if by != 0 && (!micros || max(by, -by) > 1000) {
			return false
		}
	}
	return len(got) == len(want)
}

func minus(a, b []int64) (by []int64) {
	for i := range min(len(a), len(b)) {
		by = append(by, a[i]-b[i])
	}
	return by
}

// skewed is a trace over hosts whose clocks are wrong: slow by more than a span
// took, slow by less, fast, and one that gives no host at all.
func skewed(id trace.ID) *tracepb.TracesData {
	start := time.Now().UnixNano()/1e6*1e6 - 10e9 + 123_457
	td := &tracepb.TracesData{}
	for n, s := range []struct {
		host           string
		parent         uint64
		at, took, fast int64 // microseconds
	}{
		{"right", 0, 0, 250_000, 0},
		{"slow", 1, 2_000, 90_001, -3_000_000},
		{"slow", 2, 5_000, 60_000, -3_000_000},
		{"slower", 3, 6_001, 50_500, -3_010_000},
		{"fast", 1, 110_000, 70_000, 250_003},
		{"right", 1, 200_000, 1_000, 0},
		{"", 6, 200_100, 500_000, -5_000}, // asynchronous
	} {
		begin := uint64(start + (s.at+s.fast)*1000)
		sp := span(id, uint64(n+1), s.parent, fmt.Sprint("on ", s.host, " ", n), begin)
		sp.EndTimeUnixNano = begin + uint64(s.took)*1000 + 7
		sp.Events = []*tracepb.Span_Event{{Name: "half", TimeUnixNano: begin + uint64(s.took)*500}}
		r := &resource.Resource{Attributes: []*common.KeyValue{attr("service.name", fmt.Sprint("service ", n))}}
		if s.host != "" {
			r.Attributes = append(r.Attributes, attr("host.name", s.host))
		}
		td.ResourceSpans = append(td.ResourceSpans, &tracepb.ResourceSpans{Resource: r, ScopeSpans: []*tracepb.ScopeSpans{{Spans: []*tracepb.Span{sp}}}})
	}
	return td
}
