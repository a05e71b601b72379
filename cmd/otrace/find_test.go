package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/orderservice"
)

// A foundList is what otrace find -o json says, as far as these tests look.
type foundList struct {
	Partial bool
	More    bool
	Traces  []foundTrace
}

type foundTrace struct {
	TraceID   string   `json:"trace_id"`
	Start     string   `json:"start"`
	Spans     int      `json:"spans"`
	Logs      int      `json:"logs"`
	MatchedIn []string `json:"matched_in"`
}

// findJSON runs otrace find and returns its document.
func findJSON(t *testing.T, from place, wantCode int, args ...string) foundList {
	t.Helper()
	var stdout, stderr bytes.Buffer
	all := slices.Concat([]string{"find", "-o", "json", "--timeout", "2m"}, from.args, args)
	if code := run(t.Context(), all, nil, &stdout, &stderr, func(string) string { return "" }); code != wantCode {
		t.Fatalf("%s: %v: exit code %d: %s", from.name, args, code, stderr.String())
	}
	var doc foundList
	if err := json.Unmarshal(stdout.Bytes(), &doc); err != nil && wantCode == exitOK {
		t.Fatalf("%v: %s", err, stdout.String())
	}
	return doc
}

// An orderTruth is what the truth has of one order.
type orderTruth struct {
	traces map[string]*records // those of which a span or a log names the order
}

// ordersOf tells for each order which traces a search for it must find: those
// with a log that names it, as every log does that carries a trace ID, or with
// a span whose attribute does.
func ordersOf(t *testing.T, dir string, all truth) map[string]orderTruth {
	t.Helper()
	orders := map[string]orderTruth{}
	note := func(order, id string) {
		if order == "" || all.traces[id] == nil {
			return
		}
		if _, ok := orders[order]; !ok {
			orders[order] = orderTruth{traces: map[string]*records{}}
		}
		orders[order].traces[id] = all.traces[id]
	}
	eachLine(t, filepath.Join(dir, "spans.otlp.jsonl"), func(line []byte) {
		var batch struct {
			ResourceSpans []struct {
				ScopeSpans []struct {
					Spans []struct {
						TraceID    string `json:"traceId"`
						Attributes []struct {
							Key   string
							Value struct{ StringValue string }
						}
					}
				}
			}
		}
		if err := json.Unmarshal(line, &batch); err != nil {
			t.Fatal(err)
		}
		for _, r := range batch.ResourceSpans {
			for _, s := range r.ScopeSpans {
				for _, span := range s.Spans {
					for _, a := range span.Attributes {
						if a.Key == "order.id" {
							note(a.Value.StringValue, span.TraceID)
						}
					}
				}
			}
		}
	})
	documents := map[string]string{}
	eachLine(t, filepath.Join(dir, "logs.ndjson"), func(line []byte) {
		var hit struct {
			ID     string          `json:"_id"`
			Source json.RawMessage `json:"_source"`
		}
		if err := json.Unmarshal(line, &hit); err != nil {
			t.Fatal(err)
		}
		documents[hit.ID] = string(hit.Source)
	})
	eachLine(t, filepath.Join(dir, "truth.ndjson"), func(line []byte) {
		var truth orderservice.Truth
		if err := json.Unmarshal(line, &truth); err != nil {
			t.Fatal(err)
		}
		if truth.Kind == "log" && !truth.Lost && strings.Contains(documents[truth.ID], truth.OrderID) {
			note(truth.OrderID, truth.TraceID)
		}
	})
	return orders
}

func eachLine(t *testing.T, path string, take func([]byte)) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(data) {
		take(line)
	}
}

// TestFindComesBackWithEveryTraceOfAnOrder searches for each order in each
// place, and wants the traces that the truth has, with all their spans and logs.
func TestFindComesBackWithEveryTraceOfAnOrder(t *testing.T) {
	places := serverPlaces(t)
	cfg := orderservice.DefaultConfig()
	cfg.Seed, cfg.Orders = uint64(time.Now().UnixNano()), 11
	cfg.End, cfg.Over = time.Now().Add(-time.Minute), 10*time.Minute
	dir := t.TempDir()
	feedServers(t, cfg, dir)
	orders := ordersOf(t, dir, readTruth(t, dir))
	for _, from := range []place{places[0], places[len(places)-1], {"bundle", []string{"--from", dir}}} { // gRPC and HTTP, Elasticsearch 8 and 7
		t.Run(from.name, func(t *testing.T) {
			t.Parallel()
			traces := 0
			for order, want := range orders {
				checkFound(t, order, want, findJSON(t, from, exitOK, "order.id="+order))
				traces += len(want.traces)
			}
			t.Logf("%d orders, %d traces", len(orders), traces)
			findJSON(t, from, exitNotFound, fmt.Sprintf("order.id=none-%d", cfg.Seed))
		})
	}
}

func checkFound(t *testing.T, order string, want orderTruth, got foundList) {
	t.Helper()
	ids := map[string]bool{}
	last := "9"
	for _, trace := range got.Traces {
		ids[trace.TraceID] = true
		r := want.traces[trace.TraceID]
		if r == nil {
			t.Errorf("%s: trace %s is not of this order", order, trace.TraceID)
			continue
		}
		if trace.Spans != len(r.spans) || trace.Logs != len(r.logs) {
			t.Errorf("%s: trace %s has %d spans and %d logs, the truth %d and %d", order, trace.TraceID, trace.Spans, trace.Logs, len(r.spans), len(r.logs))
		}
		if trace.Start > last {
			t.Errorf("%s: not the newest first", order)
		}
		last = trace.Start
	}
	for id := range want.traces {
		if !ids[id] {
			t.Errorf("%s: trace %s was not found", order, id)
		}
	}
	if got.Partial || got.More {
		t.Errorf("%s: partial %v, more %v", order, got.Partial, got.More)
	}
}

// TestLinkedGathersTheWholeCase starts from one trace of an order whose work
// goes on in traces of its own.
func TestLinkedGathersTheWholeCase(t *testing.T) {
	places := serverPlaces(t)
	cfg := orderservice.DefaultConfig()
	cfg.Seed, cfg.Orders = uint64(time.Now().UnixNano()), 22
	cfg.End, cfg.Over = time.Now().Add(-time.Minute), 10*time.Minute
	dir := t.TempDir()
	feedServers(t, cfg, dir)
	orders := ordersOf(t, dir, readTruth(t, dir))
	for _, from := range []place{places[0], {"bundle", []string{"--from", dir}}} {
		t.Run(from.name, func(t *testing.T) {
			t.Parallel()
			cases := 0
			for order, want := range orders {
				if len(want.traces) < 2 {
					continue
				}
				cases++
				checkLinked(t, from, order, want)
			}
			if cases == 0 {
				t.Error("no order had more than one trace")
			}
			t.Logf("%d orders of several traces", cases)
		})
	}
}

func checkLinked(t *testing.T, from place, order string, want orderTruth) {
	t.Helper()
	first := slices.Sorted(maps.Keys(want.traces))[0]
	got := showJSON(t, place{from.name, append(slices.Clone(from.args), "--linked")}, []string{first})[first]
	spans, logs := 0, 0
	for _, row := range got.Rows {
		switch row.Kind {
		case "span":
			spans++
		case "log":
			logs++
		}
	}
	wantSpans, wantLogs := 0, 0
	for _, r := range want.traces {
		wantSpans, wantLogs = wantSpans+len(r.spans), wantLogs+len(r.logs)
	}
	if spans != wantSpans || logs != wantLogs {
		t.Errorf("%s from %s: %d spans and %d logs, the truth has %d and %d in %s", order, first, spans, logs, wantSpans, wantLogs,
			strings.Join(slices.Sorted(maps.Keys(want.traces)), " "))
	}
}
