package es

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// noon is when the traces of these tests happened.
var noon = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

// A spanSource tells where the logs are, and counts how often it was asked.
type spanSource struct {
	is    trace.Whereabouts
	asked int
	first int // how many searches had been made by the first time
}

func (s *spanSource) where(f *fakeES) func(context.Context) trace.Whereabouts {
	return func(context.Context) trace.Whereabouts {
		f.mu.Lock()
		defer f.mu.Unlock()
		if s.asked++; s.asked == 1 {
			s.first = f.counts["search"]
		}
		return s.is
	}
}

func bodyOf(t testing.TB, r *http.Request) string {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return string(body)
}

func atNoon(indices ...string) *spanSource {
	return &spanSource{is: trace.Whereabouts{Window: trace.Window{From: noon.UnixNano(), Until: noon.UnixNano() + 5e9}, Indices: indices}}
}

func (f *fakeES) logsNear(t testing.TB, src *spanSource, change func(*Config)) (trace.Evidence, error) {
	t.Helper()
	id, err := trace.ParseID(realID)
	if err != nil {
		t.Fatal(err)
	}
	return f.client(t, change).Logs(t.Context(), id, src.where(f))
}

func (f *fakeES) asked(kind, part string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, body := range f.bodies {
		if strings.HasPrefix(body, kind+" ") && strings.Contains(body, part) {
			n++
		}
	}
	return n
}

// The spans are waited for after the search, and once.
func TestSpansAreAskedLast(t *testing.T) {
	f, src := newFakeES(t, 7), atNoon("order-logs-*")
	ev, err := f.logsNear(t, src, nil)
	f.whole(t, ev, err)
	if src.asked != 1 || src.first != 1 || f.counts["caps"] != 1 {
		t.Errorf("asked %d times, first after %d searches; fields %d times", src.asked, src.first, f.counts["caps"])
	}
}

// Indices that only the spans know of are searched too.
func TestIndicesThatSpansName(t *testing.T) {
	f, src := newFakeES(t, 7), atNoon("traces-app,order-logs", "traces-none", "-x", "../_cluster", ".security", "*")
	var paths []string
	f.before = func(kind string, _ int, w http.ResponseWriter, r *http.Request) bool {
		if kind == "caps" {
			paths = append(paths, r.URL.Path[1:strings.LastIndexByte(r.URL.Path, '/')])
		}
		if !strings.Contains(r.URL.Path, "traces-none") {
			return false
		}
		if kind == "exists" {
			w.WriteHeader(http.StatusNotFound)
		} else {
			fmt.Fprint(w, `{"indices":[],"fields":{}}`)
		}
		return true
	}
	ev, err := f.logsNear(t, src, nil)
	f.whole(t, ev, err)
	if len(paths) != 3 || !slices.Equal(paths[1:], []string{"traces-app", "traces-none"}) {
		t.Errorf("asked %q", paths)
	}
	want := []string{
		`elasticsearch: spans name "-x" for their logs, which is no index`,
		`elasticsearch: spans name "../_cluster" for their logs, which is no index`,
		`elasticsearch: spans name ".security" for their logs, which is no index`,
		`elasticsearch: spans name "*" for their logs, which is no index`,
		`elasticsearch: the index traces-none does not exist`,
	}
	if !slices.Equal(ev.Warnings, want) {
		t.Errorf("warned %q", ev.Warnings)
	}
}

func TestCovered(t *testing.T) {
	for name, want := range map[string]bool{
		"logs": true, "logs-*": true, "traces-app": false, "a-jaeger-span-1": false, "far:logs": false,
	} {
		if got := covered(name, indexPatterns(nil)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := indexPatterns([]string{"-audit*"}); covered("audit-1", got) || !covered("logs", got) || covered("traces-app", got) {
		t.Errorf("exclusions alone: %v", got)
	}
	if covered("b-1", []string{"a-*"}) || !covered("a-1-*", []string{"a-*"}) {
		t.Error("patterns of the user's own")
	}
}

// What a cluster finds too much is asked for the time around the trace; without
// that the failure stands.
func TestTooBroad(t *testing.T) {
	for _, c := range []struct{ reason, kind string }{
		{"[parent] Data too large, data for [x] would be larger than the limit", "circuit_breaking_exception"},
		{"this would look at 2000 fields, which is over the limit of 1024", "illegal_argument_exception"},
	} {
		f, src := newFakeES(t, 35), atNoon()
		f.before = func(kind string, n int, w http.ResponseWriter, r *http.Request) bool {
			if kind != "search" || n > 0 {
				return false
			}
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":{"root_cause":[{"type":%q,"reason":%q}]},"status":400}`, c.kind, c.reason)
			return true
		}
		ev, err := f.logsNear(t, src, nil)
		f.whole(t, ev, err)
		if src.first != 1 || f.asked("search", `"gte":1714478400000`) != 1 || f.asked("page", `"gte":1714478400000`) == 0 ||
			len(ev.Warnings) != 1 || !strings.Contains(ev.Warnings[0], c.reason) {
			t.Errorf("warned %q, asked %q", ev.Warnings, f.bodies)
		}
		f.counts = make(map[string]int)
		if _, err := f.logs(t, t.Context(), nil); err == nil || !strings.Contains(err.Error(), c.reason) {
			t.Error(err)
		}
	}
}

// A search that times out is tried again for less; what it had stays.
func TestTimedOutIsNarrowed(t *testing.T) {
	f, src := newFakeES(t, 5), atNoon()
	f.before = func(kind string, n int, w http.ResponseWriter, _ *http.Request) bool {
		if kind == "search" && n == 0 {
			fmt.Fprint(w, strings.Replace(f.page(0, 1, 0, 3, ""), `"timed_out":false`, `"timed_out":true`, 1))
		}
		return kind == "search" && n == 0
	}
	ev, err := f.logsNear(t, src, nil)
	f.whole(t, ev, err)
	if len(ev.Warnings) != 1 || !strings.HasSuffix(ev.Warnings[0], "timed out on the server") {
		t.Error(ev.Warnings)
	}
}

// A limit of shards is kept by asking for fewer indices at a time.
func TestTooManyShards(t *testing.T) {
	f := newFakeES(t, 5)
	f.before = func(kind string, _ int, w http.ResponseWriter, r *http.Request) bool {
		switch {
		case kind == "caps":
			fmt.Fprint(w, `{"indices":["a","b","c","d","e"],"fields":{"trace_id":{"keyword":{"searchable":true}}}}`)
			return true
		case kind == "search" && (strings.Contains(r.URL.Path, "*") || strings.Count(r.URL.Path, ",") > 0):
			return fail(w, 400, "Trying to query 5 shards, which is over the limit of 1. This limit exists because")
		}
		return false
	}
	ev, err := f.logs(t, t.Context(), nil)
	f.whole(t, ev, err)
	if f.counts["search"] != 9 {
		t.Errorf("%d searches", f.counts["search"])
	}
}

// Documents that must be read one by one are those around the trace, where all
// are too many.
func TestManyUnmapped(t *testing.T) {
	for name, near := range map[string]int{"few near": 17, "too many": 1 << 20} {
		f, src := newFakeES(t, 3), atNoon()
		f.before = func(kind string, n int, w http.ResponseWriter, r *http.Request) bool {
			switch kind {
			case "mapping":
				fmt.Fprint(w, `{"logs":{"mappings":{"dynamic":"false"}}}`)
			case "count":
				total, body := 1<<20, bodyOf(t, r)
				if strings.Contains(body, "_ignored") {
					total = 0
				} else if strings.Contains(body, "epoch_millis") {
					total = near
				}
				fmt.Fprintf(w, `{"hits":{"total":{"value":%d,"relation":"eq"},"hits":[]}}`, total)
			default:
				return false
			}
			return true
		}
		ev, err := f.logsNear(t, src, nil)
		if err != nil || len(ev.Logs) != 3 {
			t.Errorf("%s: %d logs, %v", name, len(ev.Logs), err)
		}
		if read := f.asked("search", "runtime_mappings"); read != map[string]int{"few near": 1, "too many": 0}[name] || len(ev.Warnings) != 1-read {
			t.Errorf("%s: read %d times, warned %q", name, read, ev.Warnings)
		}
	}
}

// Inside words is looked around the trace only, and for all time where that is
// unknown.
func TestWildcardAroundTheTrace(t *testing.T) {
	f := newFakeES(t, 3)
	wild := func(cfg *Config) { cfg.Wildcard = true }
	ev, err := f.logsNear(t, atNoon(), wild)
	f.whole(t, ev, err)
	if f.asked("search", `"wildcard"`) != 1 || f.asked("search", `"gte":1714478400000`) != 1 || f.asked("search", `"must_not":[{"bool"`) != 1 {
		t.Errorf("asked %q", f.bodies)
	}
	f.bodies = nil
	ev, err = f.logs(t, t.Context(), wild)
	f.whole(t, ev, err)
	if f.asked("search", `"wildcard"`) != 1 || f.asked("search", "epoch_millis") != 0 {
		t.Errorf("asked %q", f.bodies)
	}
}

// Since and until hold for every search, and for what comes back.
func TestWindow(t *testing.T) {
	f := newFakeES(t, 0)
	f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		if kind != "search" {
			return false
		}
		var hits []string
		for i, at := range []string{`"2024-05-01T11:59:59Z"`, `"2024-05-01T12:00:00Z"`, `"2024-05-01T12:00:01Z"`, `null`} {
			hits = append(hits, fmt.Sprintf(`{"_index":"logs","_id":"%d","_source":{"trace_id":"%s","@timestamp":%s}}`, i, realID, at))
		}
		fmt.Fprintf(w, `{"hits":{"total":4,"hits":[%s]}}`, strings.Join(hits, ","))
		return true
	}
	ev, err := f.logs(t, t.Context(), func(cfg *Config) { cfg.Window = trace.Window{From: noon.UnixNano(), Until: noon.UnixNano()} })
	if err != nil || len(ev.Logs) != 2 || ev.Logs[0].DocID != "1" || ev.Logs[1].DocID != "3" {
		t.Errorf("%+v %v", ev.Logs, err)
	}
	if f.asked("search", `"gte":1714561200000`) != 1 {
		t.Errorf("asked %q", f.bodies)
	}
}

// The user's own names are asked for, read, and missed aloud.
func TestOwnFields(t *testing.T) {
	f := newFakeES(t, 0)
	f.before = func(kind string, _ int, w http.ResponseWriter, r *http.Request) bool {
		switch {
		case kind == "caps" && strings.Contains(r.URL.RawQuery, "belegnummer"):
			fmt.Fprint(w, `{"indices":["logs"],"fields":{"belegnummer":{"keyword":{"searchable":true}},"satz":{"text":{"searchable":true}}}}`)
		case kind == "search":
			fmt.Fprintf(w, `{"hits":{"total":1,"hits":[{"_index":"logs","_id":"1","_source":{"belegnummer":"%s","satz":"s"}}]}}`, realID)
		default:
			return false
		}
		return true
	}
	ev, err := f.logs(t, t.Context(), func(cfg *Config) {
		cfg.Fields = logdoc.Fields{"trace": {"belegnummer"}, "message": {"satz"}, "host": {"rechner"}}
	})
	if err != nil || len(ev.Logs) != 1 || ev.Logs[0].Match != trace.MatchField || ev.Logs[0].Message != "s" {
		t.Errorf("%+v %v", ev.Logs, err)
	}
	if want := []string{"elasticsearch: no index has the field rechner, which is named for the host"}; !slices.Equal(ev.Warnings, want) {
		t.Errorf("warned %q", ev.Warnings)
	}
	if f.asked("search", `{"terms":{"belegnummer"`) != 1 || f.asked("search", `"terms":{"satz"`) != 1 {
		t.Errorf("asked %q", f.bodies)
	}
	if _, err := New(Config{URLs: []string{f.URL}, Fields: logdoc.Fields{"colour": {"x"}}}); err == nil || !strings.HasPrefix(err.Error(), "elasticsearch: ") {
		t.Error(err)
	}
}

// A cluster of many names is asked in several queries, none of which has more
// clauses than are allowed; nothing is left out, and nothing comes twice.
func TestManyFields(t *testing.T) {
	f := newFakeES(t, 5)
	var fields []string
	const many = 200
	for i := range many {
		fields = append(fields, fmt.Sprintf(`"team%03d.trace_id":{"keyword":{"searchable":true}}`, i))
	}
	f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		if kind == "caps" {
			fmt.Fprint(w, `{"indices":["logs"],"fields":{`+strings.Join(fields, ",")+`}}`)
		}
		return kind == "caps"
	}
	ev, err := f.logs(t, t.Context(), nil)
	f.whole(t, ev, err)
	if f.asked("search", `"terms":{"team`) != 3 || f.asked("search", fmt.Sprintf(`"terms":{"team%03d.trace_id"`, many-1)) != 1 {
		t.Errorf("%d searches", f.counts["search"])
	}
	for _, body := range f.bodies {
		if n := strings.Count(body, `"prefix"`) + strings.Count(body, `"terms"`); n > 1024 {
			t.Errorf("%d clauses", n)
		}
	}
}
