package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/orderservice"
	"github.com/otrace/otrace/internal/stack/stacktest"
)

// A shown is what otrace show -o json says, as far as these tests look.
type shown struct {
	TraceID string `json:"trace_id"`
	Partial bool   `json:"partial"`
	Gaps    []struct{ Source, Reason string }
	Rows    []shownRow
}

type shownRow struct {
	Kind     string
	SpanID   string `json:"span_id"`
	ParentID string `json:"parent_id"`
	Service  string
	Observed string
	Index    string
	ID       string
	Message  string
}

// A place is where the tests read from: the real servers, or a bundle.
type place struct {
	name string
	args []string
}

func serverPlaces(t *testing.T) []place {
	jaeger := stacktest.Jaeger(t)
	var places []place
	for _, es := range stacktest.Elasticsearch(t) {
		for _, url := range []string{"grpc://" + jaeger.GRPC, jaeger.HTTP} {
			scheme, _, _ := bytes.Cut([]byte(url), []byte(":"))
			places = append(places, place{fmt.Sprintf("%s+%s", scheme, es.Name), []string{"--jaeger", url, "--elasticsearch", es.URL}})
		}
	}
	return places
}

// showJSON runs otrace show and returns its documents by trace ID.
func showJSON(t *testing.T, from place, ids []string) map[string]shown {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args := append([]string{"show", "-o", "json", "--timeout", "5m"}, from.args...)
	code := run(t.Context(), append(args, ids...), nil, &stdout, &stderr, func(string) string { return "" })
	if code != exitOK {
		t.Errorf("%s: exit code %d: %s", from.name, code, stderr.String())
	}
	docs := map[string]shown{}
	dec := json.NewDecoder(&stdout)
	for dec.More() {
		var doc shown
		if err := dec.Decode(&doc); err != nil {
			t.Fatal(err)
		}
		docs[doc.TraceID] = doc
	}
	return docs
}

// TestOrdersComeBackWhole feeds orders of every scenario to the real servers
// and compares what otrace shows with the truth: every span and every log, none
// missing, none twice. What a scenario loses on purpose is listed.
func TestOrdersComeBackWhole(t *testing.T) {
	places := serverPlaces(t)
	cfg := orderservice.DefaultConfig()
	cfg.Seed, cfg.Orders = uint64(time.Now().UnixNano()), 22
	cfg.End, cfg.Over = time.Now().Add(-time.Minute), 10*time.Minute
	t.Logf("seed %d", cfg.Seed)
	dir := t.TempDir()
	feedServers(t, cfg, dir)
	want := readTruth(t, dir)
	for _, from := range append(places, place{"bundle", []string{"--from", dir}}) {
		t.Run(from.name, func(t *testing.T) {
			t.Parallel()
			got := showJSON(t, from, slices.Sorted(maps.Keys(want.traces)))
			for id, records := range want.traces {
				records.compare(t, got[id])
			}
			t.Logf("%s: %d traces, %d spans, %d logs as the truth has them; lost on purpose: %v", from.name, len(want.traces), want.spans, want.logs, want.lost)
		})
	}
}

// feedServers plays the orders into a bundle and all the real servers.
func feedServers(t *testing.T, cfg orderservice.Config, dir string) {
	t.Helper()
	b, err := orderservice.NewBundle(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	sinks := []orderservice.Sink{b}
	otlp := stacktest.Jaeger(t).OTLP
	for _, es := range stacktest.Elasticsearch(t) {
		servers, err := orderservice.NewServers(t.Context(), orderservice.Endpoints{OTLP: otlp, Elasticsearch: []string{es.URL}})
		if err != nil {
			t.Fatal(err)
		}
		defer servers.Close()
		sinks, otlp = append(sinks, servers), ""
	}
	if _, err := orderservice.Simulate(t.Context(), cfg, orderservice.Tee(sinks...)); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
}

// A truth is what really is there to be shown.
type truth struct {
	traces      map[string]*records
	spans, logs int
	lost        map[string]int // by scenario and reason
}

// records are the spans and logs of one trace, each with its observed time.
type records struct {
	id    string
	spans map[string]int64 // by span ID
	logs  map[string]int64 // by index and document ID
	cut   map[string]int64 // what a log's format cuts its time to
}

func readTruth(t *testing.T, dir string) truth {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "truth.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all := truth{traces: map[string]*records{}, lost: map[string]int{}}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var line orderservice.Truth
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		all.add(line)
	}
	if err := lines.Err(); err != nil || all.spans == 0 || all.logs == 0 {
		t.Fatalf("%d spans and %d logs in the truth: %v", all.spans, all.logs, err)
	}
	return all
}

func (a *truth) add(line orderservice.Truth) {
	if line.Lost {
		a.lost[line.Scenario+" "+line.Kind+": "+line.Reason]++
		return
	}
	if line.TraceID == "" { // written where there is no tracing: no ID leads to it
		a.lost[line.Scenario+" "+line.Kind+": carries no trace ID"]++
		return
	}
	r := a.traces[line.TraceID]
	if r == nil {
		r = &records{id: line.TraceID, spans: map[string]int64{}, logs: map[string]int64{}, cut: map[string]int64{}}
		a.traces[line.TraceID] = r
	}
	if line.Kind == "span" {
		a.spans++
		r.spans[line.SpanID] = line.Observed
		return
	}
	a.logs++
	r.logs[line.Index+"/"+line.ID] = line.Observed
	r.cut[line.Index+"/"+line.ID] = max(line.Precision, 1)
}

// compare fails unless the document shows exactly these records, at the times
// at which they were observed.
func (r *records) compare(t *testing.T, doc shown) {
	t.Helper()
	if doc.Partial {
		t.Errorf("%s: partial: %v", r.id, doc.Gaps)
	}
	spans, logs := map[string]int{}, map[string]int{}
	for _, row := range doc.Rows {
		at, _ := time.Parse(time.RFC3339Nano, row.Observed)
		switch row.Kind {
		case "span":
			spans[row.SpanID]++
			if want, known := r.spans[row.SpanID]; !known || at.UnixNano() != want {
				t.Errorf("%s: span %s at %d, the truth has %d (known %v)", r.id, row.SpanID, at.UnixNano(), want, known)
			}
		case "log":
			key := row.Index + "/" + row.ID
			logs[key]++
			if want, known := r.logs[key]; !known || want != anyTime && at.UnixNano() != want-want%r.cut[key] {
				t.Errorf("%s: log %s at %d, the truth has %d (known %v): %s", r.id, key, at.UnixNano(), want, known, row.Message)
			}
		}
	}
	once(t, r.id+": span", r.spans, spans)
	once(t, r.id+": log", r.logs, logs)
}

func once(t *testing.T, what string, want map[string]int64, got map[string]int) {
	t.Helper()
	for key := range want {
		if got[key] != 1 {
			t.Errorf("%s %s is shown %s times", what, key, strconv.Itoa(got[key]))
		}
	}
}

// TestLiveOrdersComeBackWhole is the same for orders that were really placed:
// real sockets, real waiting, real exporters.
func TestLiveOrdersComeBackWhole(t *testing.T) {
	places := serverPlaces(t)
	cfg := orderservice.DefaultConfig()
	cfg.Seed = uint64(time.Now().UnixNano())
	dir := t.TempDir()
	b, err := orderservice.NewBundle(dir, cfg)
	if err != nil {
		t.Fatal(err)
	}
	es := stacktest.Elasticsearch(t)[0]
	servers, err := orderservice.NewServers(t.Context(), orderservice.Endpoints{OTLP: stacktest.Jaeger(t).OTLPHTTP, Elasticsearch: []string{es.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer servers.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := orderservice.Live(ctx, cfg, orderservice.Tee(b, servers)); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	want := readTruth(t, dir)
	got := showJSON(t, places[0], slices.Sorted(maps.Keys(want.traces)))
	for id, records := range want.traces {
		records.compare(t, got[id])
	}
}
