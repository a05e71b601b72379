package es

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// TestCheck learns what a real cluster is and what its logs are made of.
func TestCheck(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		check(t, c, "Elasticsearch", map[string]string{"es8": "8.", "es7": "7."}[t.Name()[len("TestCheck/"):]])
	})
}

func TestCheckOpenSearch(t *testing.T) {
	check(t, newCorpus(t, stacktest.OpenSearch(t).URL), "OpenSearch", "2.")
}

func check(t *testing.T, c *corpus, product, version string) {
	t.Helper()
	const other = "11111111111111112222222222222222"
	logs := c.index("logs", "", `{"@timestamp":"2024-05-01T10:00:00Z","trace_id":"`+realID+`","span_id":"`+realSpan+`","level":"info","message":"m","service":{"name":"a"}}`,
		`{"@timestamp":"2024-05-01T11:00:00Z","trace_id":"`+other+`","level":"warn","message":"m","service":{"name":"a"},"host":{"name":"h"}}`,
		`{"@timestamp":"2024-05-01T12:00:00Z","message":"no trace","error":{"type":"E","stack_trace":"at x"}}`)
	texts := c.index("texts", "", `{"ts":1714559400,"log":"TraceID: 33333333333333334444444444444444 x"}`)
	client := c.client(nil)
	h, err := client.Check(t.Context())
	if err != nil || h.Product != product || !strings.HasPrefix(h.Version, version) || h.Docs != 4 || !slices.Equal(h.Indices, []string{logs, texts}) || h.RoundTrip <= 0 || h.ClockKnown {
		t.Errorf("%+v %v", h, err)
	}
	for _, want := range []RoleUse{
		{"trace", "trace_id", 2},
		{"span", "span_id", 1},
		{"time", "@timestamp", 3},
		{"time", "ts", 1},
		{"level", "level", 2},
		{"message", "message", 3},
		{"message", "log", 1},
		{"service", "service.name", 2},
		{"host", "host.name", 1},
		{"error", "error.type", 1},
		{"stack", "error.stack_trace", 1},
	} {
		if !slices.Contains(h.Roles, want) {
			t.Errorf("%+v is not in %+v", want, h.Roles)
		}
	}
	ids, err := client.Sample(t.Context())
	var texted []string
	for _, id := range ids {
		texted = append(texted, id.String())
	}
	if want := []string{other, "33333333333333334444444444444444", realID}; err != nil || !slices.Equal(texted, want) {
		t.Errorf("sampled %v, want %v; %v", texted, want, err)
	}
}

// A proxy's Date tells how far off the clocks are, and a server that turns
// credentials down is not healthy.
func TestCheckOfOthers(t *testing.T) {
	f := newFakeES(t, 1)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	status := http.StatusOK
	f.before = func(_ string, _ int, w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Date", now.Add(90*time.Second).Format(http.TimeFormat))
		if status != http.StatusOK {
			return fail(w, status, "no")
		}
		if r.URL.Path == "/" {
			fmt.Fprint(w, `{"version":{"number":"9.9.\u001b","distribution":"opensearch"}}`)
			return true
		}
		return false
	}
	client := f.client(t, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	h, err := client.Check(t.Context())
	if err != nil || h.Product != "OpenSearch" || h.Version != "9.9.␛" || !h.ClockKnown || h.ClockAhead != 90500*time.Millisecond || h.Host != f.host(t) {
		t.Errorf("%+v %v", h, err)
	}
	status = http.StatusUnauthorized
	if _, err := client.Check(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "elasticsearch: ") || !errors.Is(err, trace.ErrRefused) {
		t.Error(err)
	}
}
