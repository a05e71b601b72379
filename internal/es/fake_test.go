package es

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// A fakeES answers as Elasticsearch does for one index of documents that all
// carry realID, and lets a test interfere.
type fakeES struct {
	*httptest.Server
	docs int
	// source is the documents, by their number; they carry realID when it is nil.
	source func(i int) string
	// before may answer a request itself, and then returns true. kind is caps,
	// times, mapping, count, exists, search, pit, page, close, scroll or clear; n counts the requests of a kind.
	before func(kind string, n int, w http.ResponseWriter, r *http.Request) bool

	mu     sync.Mutex
	counts map[string]int
	open   map[string]bool // PITs
	pits   int
	auth   string
	bodies []string
	waits  []time.Duration
}

func newFakeES(t testing.TB, docs int) *fakeES {
	t.Helper()
	f := &fakeES{docs: docs, counts: make(map[string]int), open: make(map[string]bool)}
	f.Server = httptest.NewServer(http.HandlerFunc(f.serve))
	t.Cleanup(f.Close)
	return f
}

// client asks the fake without ever sleeping; how long it would have is kept.
func (f *fakeES) client(t testing.TB, change func(*Config)) *Client {
	t.Helper()
	cfg := Config{
		URLs: []string{f.URL}, PageSize: 10, Jitter: func() float64 { return 1 },
		Wait: func(ctx context.Context, d time.Duration) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.waits = append(f.waits, d)
			return ctx.Err()
		},
	}
	if change != nil {
		change(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func kindOf(r *http.Request, body string) string {
	path := r.URL.Path
	switch {
	case strings.HasSuffix(path, "/_field_caps") && r.URL.Query().Has("include_unmapped"):
		return "times"
	case strings.HasSuffix(path, "/_field_caps"):
		return "caps"
	case strings.HasSuffix(path, "/_mapping"):
		return "mapping"
	case strings.HasSuffix(path, "/_pit") && r.Method == http.MethodPost:
		return "pit"
	case strings.HasSuffix(path, "/_pit"):
		return "close"
	case strings.HasSuffix(path, "/_search/point_in_time"):
		return "other" // OpenSearch's
	case strings.HasSuffix(path, "/_search/scroll") && r.Method == http.MethodDelete:
		return "clear"
	case strings.HasSuffix(path, "/_search/scroll"), r.URL.Query().Has("scroll"):
		return "scroll"
	case strings.Contains(body, `"pit":`):
		return "page"
	case strings.Contains(body, `"size":0`):
		return "count"
	case r.Method == http.MethodHead:
		return "exists"
	}
	return "search"
}

func (f *fakeES) serve(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	body := string(raw)
	kind := kindOf(r, body)
	f.mu.Lock()
	n := f.counts[kind]
	f.counts[kind]++
	f.auth = r.Header.Get("Authorization")
	f.bodies = append(f.bodies, kind+" "+body)
	f.mu.Unlock()
	r.Body = io.NopCloser(strings.NewReader(body))
	w.Header().Set("Content-Type", "application/json")
	if f.before != nil && f.before(kind, n, w, r) {
		return
	}
	f.answer(kind, body, w)
}

func (f *fakeES) answer(kind, body string, w http.ResponseWriter) {
	var asked struct {
		Size  int
		ID    string
		Pit   struct{ ID string }
		Slice struct{ ID, Max int }
		After []int  `json:"search_after"`
		Sid   string `json:"scroll_id"`
	}
	_ = json.Unmarshal([]byte(body), &asked) // DELETE of a scroll holds a list where others hold a text
	f.mu.Lock()
	defer f.mu.Unlock()
	switch kind {
	case "caps":
		fmt.Fprint(w, `{"indices":["logs"],"fields":{"trace_id":{"keyword":{"searchable":true}},"message":{"text":{"searchable":true}}}}`)
	case "times":
		fmt.Fprint(w, `{"indices":["logs"],"fields":{"@timestamp":{"date":{"searchable":true}}}}`)
	case "search":
		fmt.Fprint(w, f.page(0, 1, 0, asked.Size, ""))
	case "pit":
		f.pits++
		id := fmt.Sprintf("pit%d.0", f.pits)
		f.open[strings.Split(id, ".")[0]] = true
		fmt.Fprintf(w, `{"id":%q}`, id)
	case "close":
		delete(f.open, strings.Split(asked.ID, ".")[0])
		fmt.Fprint(w, `{"succeeded":true}`)
	case "page":
		name, version, _ := strings.Cut(asked.Pit.ID, ".")
		if !f.open[name] {
			gone(w)
			return
		}
		from := 0
		if len(asked.After) > 0 {
			from = asked.After[0] + 1
		}
		v, _ := strconv.Atoi(version)
		fmt.Fprint(w, f.page(asked.Slice.ID, asked.Slice.Max, from, asked.Size, fmt.Sprintf(`"pit_id":"%s.%d",`, name, v+1)))
	case "scroll":
		from, _ := strconv.Atoi(strings.TrimPrefix(asked.Sid, "scroll"))
		size := max(asked.Size, 10)
		fmt.Fprint(w, f.page(0, 1, from, size, fmt.Sprintf(`"_scroll_id":"scroll%d",`, from+size)))
	case "other":
		fail(w, http.StatusMethodNotAllowed, "no handler")
	case "count":
		fmt.Fprint(w, `{"hits":{"total":{"value":0,"relation":"eq"},"hits":[]}}`)
	case "clear", "mapping", "exists":
		fmt.Fprint(w, `{}`)
	}
}

// page is the documents of a slice from a position on.
func (f *fakeES) page(slice, slices, from, size int, extra string) string {
	var hits []string
	total := 0
	for i := range f.docs {
		if i%slices != slice {
			continue
		}
		total++
		if i >= from && len(hits) < size {
			doc := fmt.Sprintf(`{"trace_id":"%s","message":"m%d"}`, realID, i)
			if f.source != nil {
				doc = f.source(i)
			}
			hits = append(hits, fmt.Sprintf(`{"_index":"logs","_id":"%d","_source":%s,"sort":[%d]}`, i, doc, i))
		}
	}
	return fmt.Sprintf(`{%s"timed_out":false,"_shards":{"total":1,"successful":1,"failed":0},"hits":{"total":{"value":%d,"relation":"eq"},"hits":[%s]}}`,
		extra, total, strings.Join(hits, ","))
}

func gone(w http.ResponseWriter) {
	w.WriteHeader(http.StatusNotFound)
	fmt.Fprint(w, `{"error":{"root_cause":[{"type":"search_context_missing_exception","reason":"No search context found for id [1]"}],"type":"search_phase_execution_exception","reason":"all shards failed"},"status":404}`)
}

// fail answers with a status and Elasticsearch's words for it.
func fail(w http.ResponseWriter, status int, reason string) bool {
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":{"root_cause":[{"type":"some_exception","reason":%q}],"type":"some_exception","reason":%q},"status":%d}`, reason, reason, status)
	return true
}

func (f *fakeES) logs(t testing.TB, ctx context.Context, change func(*Config)) (trace.Evidence, error) {
	t.Helper()
	id, err := trace.ParseID(realID)
	if err != nil {
		t.Fatal(err)
	}
	return f.client(t, change).Logs(ctx, id, nil)
}

// whole fails the test unless all documents came, each once, and no PIT was
// left open.
func (f *fakeES) whole(t testing.TB, ev trace.Evidence, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]bool)
	for _, l := range ev.Logs {
		ids[l.DocID] = true
	}
	if len(ev.Logs) != f.docs || len(ids) != f.docs || len(ev.Gaps) > 0 {
		t.Errorf("%d logs, %d different, want %d; gaps %v", len(ev.Logs), len(ids), f.docs, ev.Gaps)
	}
	f.closed(t)
}

func (f *fakeES) closed(t testing.TB) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.open) > 0 {
		t.Errorf("left open: %v", f.open)
	}
}

func (f *fakeES) host(t testing.TB) string {
	t.Helper()
	u, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}
