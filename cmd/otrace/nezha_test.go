package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	commonpb "go.opentelemetry.io/proto/otlp/common/v1"
	resourcepb "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"

	"github.com/otrace/otrace/internal/orderservice"
	"github.com/otrace/otrace/internal/stack/stacktest"
)

// A slice of real traffic: two systems that nobody here wrote, the logs as a
// collector on Kubernetes ships them, their trace IDs in the text only.
type realSlice struct {
	name   string
	spans  []map[string]string
	logs   []map[string]string
	traces map[string]bool
}

func readSlice(t *testing.T, name string) realSlice {
	t.Helper()
	dir := cmp.Or(os.Getenv("OTRACE_NEZHA_DIR"), filepath.Join("..", "..", "..", "shared", "data", "nezha"))
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("left out: Nezha's data is not there; set OTRACE_NEZHA_DIR: %v", err)
	}
	s := realSlice{
		name:   name,
		spans:  readTable(t, filepath.Join(dir, name+"_trace.csv")),
		logs:   readTable(t, filepath.Join(dir, name+"_log.csv")),
		traces: map[string]bool{},
	}
	for _, row := range s.spans {
		s.traces[row["TraceID"]] = true
	}
	return s
}

func readTable(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var table []map[string]string
	for _, row := range rows[1:] {
		record := map[string]string{}
		for i, column := range rows[0] {
			record[column] = row[i]
		}
		table = append(table, record)
	}
	return table
}

// TestRealTrafficComesBackWhole loads real traces and their logs into the real
// servers. Every span and every log must come back, without configuration. Each
// pair of servers is asked for its share of the traces, every so many.
func TestRealTrafficComesBackWhole(t *testing.T) {
	places := serverPlaces(t)
	for _, name := range []string{"trainticket/09_34", "onlineboutique/05_19"} {
		t.Run(filepath.Dir(name), func(t *testing.T) {
			s := readSlice(t, name)
			s.loadSpans(t)
			for _, es := range stacktest.Elasticsearch(t) {
				s.loadLogs(t, es.URL)
			}
			want := s.records(t)
			shares := make([][]string, len(places))
			for i, id := range slices.Sorted(maps.Keys(want)) {
				shares[i%len(places)] = append(shares[i%len(places)], id)
			}
			for i, from := range places {
				t.Run(from.name, func(t *testing.T) {
					t.Parallel()
					got := showJSON(t, from, shares[i])
					spans, logs := 0, 0
					for _, id := range shares[i] {
						want[id].compare(t, got[id])
						spans, logs = spans+len(want[id].spans), logs+len(want[id].logs)
					}
					t.Logf("%d traces of %d, %d spans, %d logs", len(shares[i]), len(want), spans, logs)
				})
			}
		})
	}
}

// records are what the slice says of each trace.
func (s *realSlice) records(t *testing.T) map[string]*records {
	all := map[string]*records{}
	for id := range s.traces {
		all[id] = &records{id: id, spans: map[string]int64{}, logs: map[string]int64{}, cut: map[string]int64{}}
	}
	for _, row := range s.spans {
		all[row["TraceID"]].spans[row["SpanID"]] = number(t, row["StartTimeUnixNano"])
	}
	for i, row := range s.logs {
		all[row["TraceID"]].logs[s.index()+"/"+strconv.Itoa(i)] = anyTime
	}
	return all
}

// anyTime is expected of a log whose line holds a time of its own, in a form
// that only its writer knows.
const anyTime = -1

func (s *realSlice) index() string {
	return "otrace-test-" + filepath.Dir(s.name) + "-" + filepath.Base(s.name)
}

func number(t *testing.T, s string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// otlp is the spans, a resource a pod.
func (s *realSlice) otlp(t *testing.T) []*tracepb.ResourceSpans {
	t.Helper()
	pods := map[string]*tracepb.ResourceSpans{}
	var batch []*tracepb.ResourceSpans
	for _, row := range s.spans {
		rs := pods[row["PodName"]]
		if rs == nil {
			rs = podResource(row["PodName"])
			pods[row["PodName"]] = rs
			batch = append(batch, rs)
		}
		rs.ScopeSpans[0].Spans = append(rs.ScopeSpans[0].Spans, realSpan(t, row))
	}
	return batch
}

// loadSpans sends the spans to Jaeger.
func (s *realSlice) loadSpans(t *testing.T) {
	t.Helper()
	client := otlptracegrpc.NewClient(otlptracegrpc.WithEndpoint(stacktest.Jaeger(t).OTLP), otlptracegrpc.WithInsecure())
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer client.Stop(t.Context()) //nolint:errcheck // the upload was checked
	if err := client.UploadTraces(t.Context(), s.otlp(t)); err != nil {
		t.Fatal(err)
	}
}

func podResource(pod string) *tracepb.ResourceSpans {
	text := func(key, value string) *commonpb.KeyValue {
		return &commonpb.KeyValue{Key: key, Value: &commonpb.AnyValue{Value: &commonpb.AnyValue_StringValue{StringValue: value}}}
	}
	return &tracepb.ResourceSpans{
		Resource:   &resourcepb.Resource{Attributes: []*commonpb.KeyValue{text("service.name", pod), text("k8s.pod.name", pod)}},
		ScopeSpans: []*tracepb.ScopeSpans{{}},
	}
}

func realSpan(t *testing.T, row map[string]string) *tracepb.Span {
	t.Helper()
	id := func(s string) []byte {
		if s == "root" {
			return nil
		}
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	return &tracepb.Span{
		TraceId: id(row["TraceID"]), SpanId: id(row["SpanID"]), ParentSpanId: id(row["ParentID"]), Name: row["OperationName"],
		StartTimeUnixNano: uint64(number(t, row["StartTimeUnixNano"])), EndTimeUnixNano: uint64(number(t, row["EndTimeUnixNano"])),
	}
}

// documents are the logs as Fluentd ships them.
func (s *realSlice) documents(t *testing.T) []json.RawMessage {
	t.Helper()
	var docs []json.RawMessage
	for _, row := range s.logs {
		var line map[string]any
		if err := json.Unmarshal([]byte(row["Log"]), &line); err != nil {
			t.Fatal(err)
		}
		line["@timestamp"] = row["Timestamp"]
		line["kubernetes"] = map[string]string{"pod_name": row["PodName"], "host": row["Node"], "container_name": row["Container"]}
		doc, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, doc)
	}
	return docs
}

// loadLogs indexes the logs, and removes them after the test.
func (s *realSlice) loadLogs(t *testing.T, url string) {
	t.Helper()
	var body bytes.Buffer
	for i, doc := range s.documents(t) {
		fmt.Fprintf(&body, "{\"index\":{\"_id\":\"%d\"}}\n%s\n", i, doc)
	}
	request(t, http.MethodPost, url+"/"+s.index()+"/_bulk?refresh=true", &body)
	t.Cleanup(func() { request(t, http.MethodDelete, url+"/"+s.index(), nil) })
}

// request asks Elasticsearch for something that must succeed.
func request(t *testing.T, method, url string, body io.Reader) {
	t.Helper()
	req, err := http.NewRequest(method, url, body) //nolint:noctx // also used when the test's context is over
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	client := http.Client{Timeout: time.Minute}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Errors bool }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode >= 300 || answer.Errors {
		t.Fatalf("%s %s: %s, errors %v, %v", method, url, resp.Status, answer.Errors, err)
	}
}

// TestTheFaultOfRealTrafficStandsAtTheTop asks what failed in slices of real
// traffic into which faults were put. None of the spans tells of a failure:
// only logs do, and of one fault the logs say nothing that they did not say
// before.
func TestTheFaultOfRealTrafficStandsAtTheTop(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fault string // the service that it was put into
		top   bool   // it stands at the top, else among others: it says what was said before the fault, too
	}{
		{"trainticket/09_36", "ts-food-service", true},
		{"trainticket/10_21", "ts-travel-service", false},
		{"onlineboutique/05_19", "", false}, // one is short of CPU, and nothing fails
	} {
		t.Run(filepath.Base(tt.name), func(t *testing.T) {
			s := readSlice(t, tt.name)
			dir := t.TempDir()
			s.bundle(t, dir)
			at := -1
			groups := errorsJSON(t, place{"bundle", []string{"--from", dir}}).Groups
			for i, g := range groups {
				t.Logf("%d. %v", i+1, g)
				if at < 0 && strings.HasPrefix(g.Service, tt.fault) {
					at = i
				}
			}
			switch {
			case tt.fault == "" && len(groups) > 0:
				t.Errorf("%d causes where nothing failed", len(groups))
			case tt.fault != "" && at < 0, tt.top && at > 0:
				t.Errorf("the fault in %s stands at %d of %d", tt.fault, at+1, len(groups))
			}
		})
	}
}

// bundle writes the slice into a bundle.
func (s *realSlice) bundle(t *testing.T, dir string) {
	t.Helper()
	b, err := orderservice.NewBundle(dir, orderservice.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	var docs []orderservice.LogDoc
	for i, doc := range s.documents(t) {
		docs = append(docs, orderservice.LogDoc{Index: s.index(), ID: strconv.Itoa(i), Source: doc})
	}
	for _, err := range []error{b.Spans(t.Context(), s.otlp(t)), b.Logs(t.Context(), docs), b.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
}
