package es

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBadURLs(t *testing.T) {
	for _, url := range []string{"", "localhost:9200", "ftp://u:s3cret@host", "http://u:s3cret@", "http://u:s3cret@host:99999999999x/", "http://u:s3%cret@host", "http://u:s3cret@host?x=1", "u:s3cret@host"} {
		_, err := New(Config{URLs: []string{url}})
		if err == nil || !strings.HasPrefix(err.Error(), "elasticsearch: ") || strings.Contains(err.Error(), "s3") {
			t.Errorf("%q: %v", url, err)
		}
	}
	if _, err := New(Config{}); err == nil {
		t.Error("no URL was taken")
	}
}

func TestAddresses(t *testing.T) {
	for url, want := range map[string]string{
		"http://host":              "http://host:9200",
		"https://host":             "https://host:443",
		"https://host:9243/es/":    "https://host:9243/es",
		"https://host/es":          "https://host/es",
		" http://[::1] ":           "http://[::1]:9200",
		"http://u:p@host:9200/a b": "http://host:9200/a%20b",
	} {
		n, _, err := parseNode(url, Config{})
		if err != nil || n.base.String() != want {
			t.Errorf("%q: %v %v", url, n.base, err)
		}
	}
}

func TestAuthorization(t *testing.T) {
	for want, cfg := range map[string]Config{
		"":                       {},
		"Basic dTpw":             {Username: "u", Password: "p"},
		"ApiKey aWQ6a2V5":        {APIKey: "id:key"},
		"ApiKey already64":       {APIKey: "already64", Username: "u"},
		"Bearer token":           {Token: "token"},
		"Basic dXNlcjp3b3Jk":     {URLs: []string{"http://user:word@host"}, APIKey: "k"},
		"Basic dXNlcjp3QG9yZA==": {URLs: []string{"http://user:w%40ord@host"}},
	} {
		if cfg.URLs == nil {
			cfg.URLs = []string{"http://host"}
		}
		c, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.net.nodes[0].auth; got != want {
			t.Errorf("%+v: %q, want %q", cfg, got, want)
		}
	}
}

// A path prefix and index names that need escaping arrive as they were meant.
func TestPaths(t *testing.T) {
	f := newFakeES(t, 1)
	var paths []string
	f.before = func(_ string, _ int, _ http.ResponseWriter, r *http.Request) bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		paths = append(paths, r.URL.Path)
		return false
	}
	_, err := f.logs(t, t.Context(), func(cfg *Config) {
		cfg.URLs, cfg.Indices = []string{f.URL + "/es/"}, []string{"<logs-{now/d}>", "other:logs-1", "-x"}
	})
	const at = "/es/<logs-{now/d}>,other:logs-1,-x"
	want := []string{at + "/_field_caps", at + "/_field_caps", at + "/_mapping", at + "/_search", at + "/_search"}
	slices.Sort(paths)
	if err != nil || !slices.Equal(paths, want) {
		t.Errorf("%v, asked %q", err, paths)
	}
}

func TestManyPatterns(t *testing.T) {
	var patterns []string
	for i := range 300 {
		patterns = append(patterns, fmt.Sprintf("team-%03d-logs-*", i))
	}
	var got []string
	for _, batch := range splitPatterns(append(patterns, "-no")) {
		if n := len(strings.Join(escaped(batch), ",")); n > maxPath || batch[len(batch)-1] != "-no" {
			t.Errorf("%d bytes: %v", n, batch)
		}
		got = append(got, positive(batch)...)
	}
	if !slices.Equal(got, patterns) {
		t.Errorf("%d patterns of %d", len(got), len(patterns))
	}
}

func TestDefaultPatterns(t *testing.T) {
	for _, asked := range [][]string{nil, {"*"}, {"_all"}} {
		if p := indexPatterns(asked); p[0] != "*" || !slices.Contains(p, "-*jaeger-span*") {
			t.Errorf("%v: %v", asked, p)
		}
	}
	for asked, want := range map[string]string{
		"traces-*": "traces-*,-*jaeger-span*,-*jaeger-service*,-*jaeger-dependencies*", "*-jaeger-span-*": "*-jaeger-span-*", "logs": "logs",
	} {
		if p := indexPatterns([]string{asked}); !slices.Equal(p, strings.Split(want, ",")) {
			t.Errorf("%s: %v", asked, p)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, "-1": 0, "x": 0, "Wed, 01 May 2024 10:00:07 GMT": 7 * time.Second, "Wed, 01 May 2024 09:00:00 GMT": 0,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

func TestSimpleMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"*trace_id", "mdc.trace_id", true},
		{"*trace_id", "trace_id", true},
		{"*trace_id", "trace_id.keyword", false},
		{"log", "log", true},
		{"log", "logs", false},
		{"a*b*c", "axbxc", true},
		{"a*b*c", "axc", false},
		{"body.*", "body.text", true},
	} {
		if got := simpleMatch(c.pattern, c.s); got != c.want {
			t.Errorf("%s %s: %v", c.pattern, c.s, got)
		}
	}
}
