package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// A clinic is a home of its own, and what otrace doctor says there.
type clinic struct {
	home string
	env  map[string]string
}

func newClinic(t *testing.T) *clinic {
	return &clinic{t.TempDir(), map[string]string{}}
}

func (c *clinic) getenv(name string) string {
	if name == "HOME" {
		return c.home
	}
	return c.env[name]
}

// doctor runs the command and returns its text, with what it said on stderr.
func (c *clinic) doctor(t *testing.T, want int, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), append([]string{"doctor"}, args...), nil, &stdout, &stderr, c.getenv)
	if code != want {
		t.Errorf("%v: exit code %d, want %d\n%s%s", args, code, want, stdout.String(), stderr.String())
	}
	return stdout.String() + stderr.String()
}

// report runs the command and returns what it tells programs.
func (c *clinic) report(t *testing.T, want int, args ...string) report {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), append([]string{"doctor", "-o", "json"}, args...), nil, &stdout, &stderr, c.getenv); code != want {
		t.Errorf("%v: exit code %d, want %d\n%s%s", args, code, want, stdout.String(), stderr.String())
	}
	var r report
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil || r.Healthy != (want == exitOK) {
		t.Errorf("healthy %v with exit code %d, %v", r.Healthy, want, err)
	}
	return r
}

// find is the text of the first finding of that name and status, "" without one.
func (r *report) find(section, what string, is status) string {
	for _, s := range r.Sections {
		for _, f := range s.Findings {
			if s.Name == section && f.What == what && f.Status == is {
				return orElse(f.Text, "-") + " " + f.Hint
			}
		}
	}
	return ""
}

// TestDoctorOnRealServers joins a trace end to end: as the newest that the logs
// name, by its ID, and not at all where the logs are another system's.
func TestDoctorOnRealServers(t *testing.T) {
	jaeger := stacktest.Jaeger(t)
	closed, err := closedPort()
	if err != nil {
		t.Fatal(err)
	}
	for _, es := range stacktest.Elasticsearch(t) {
		for _, url := range []string{"grpc://" + jaeger.GRPC, jaeger.HTTP} {
			t.Run(es.Name+" "+url, func(t *testing.T) {
				id := trace.ID{Hi: rand.Uint64() | 1<<63, Lo: rand.Uint64()}.String()
				sendSpan(t, jaeger.OTLPHTTP, id)
				index := writeLogs(t, es.URL, "", id)
				servers := []string{"--jaeger", url, "--elasticsearch", es.URL, "--index"}
				c := newClinic(t)

				r := c.report(t, exitOK, append(servers, index)...)
				if r.Sample == nil || r.Sample.TraceID != id || r.Sample.Spans != 1 || r.Sample.Logs != 1 || strings.Join(r.Sample.Fields, " ") != "trace.id" || r.Sample.From != "newest in the logs" {
					t.Errorf("sample %+v", r.Sample)
				}
				if r.Elasticsearch == nil || r.Elasticsearch.Documents != 1 || strings.Join(r.Fields["trace"], " ") != "trace.id" || r.Elasticsearch.Product != "Elasticsearch" {
					t.Errorf("elasticsearch %+v, fields %v", r.Elasticsearch, r.Fields)
				}
				if r.Jaeger == nil || r.Jaeger.Dialect == "" || len(r.Jaeger.Services) == 0 || (r.Jaeger.ClockAheadNS != nil) != strings.HasPrefix(url, "http") {
					t.Errorf("jaeger %+v", r.Jaeger)
				}

				other := writeLogs(t, es.URL, "-other", trace.ID{Hi: rand.Uint64() | 1<<63, Lo: rand.Uint64()}.String())
				r = c.report(t, exitFailed, append(servers, other)...)
				if got := r.find("together", "sample", statusFailed); !strings.Contains(got, "different systems") {
					t.Errorf("two systems: %q in %+v", got, r.Sections)
				}
				text := c.doctor(t, exitOK, append(servers, other, "--sample", id)...)
				alone := c.report(t, exitFailed, "--jaeger", "http://"+closed, "--elasticsearch", es.URL, "--index", index)
				if got := alone.find("together", "sample", statusWarning); !strings.Contains(got, "the logs have 1 log of trace "+id) {
					t.Errorf("without jaeger: %q", got)
				}
				for _, want := range []string{"(--sample)", "! joined  1 span and 0 logs", "✓ product", "  trace: [trace.id]"} {
					if !strings.Contains(text, want) {
						t.Errorf("%q is not in\n%s", want, text)
					}
				}
			})
		}
	}
}

// sendSpan sends Jaeger a trace of one span, which its memory has when it answers.
func sendSpan(t *testing.T, otlp, id string) {
	t.Helper()
	now := time.Now().UnixNano()
	post(t, otlp+"/v1/traces", "application/json", fmt.Sprintf(
		`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"doctor-test"}}]},`+
			`"scopeSpans":[{"spans":[{"traceId":%q,"spanId":"00f067aa0ba902b7","name":"op","startTimeUnixNano":"%d","endTimeUnixNano":"%d"}]}]}]}`, id, now-1e6, now))
}

// writeLogs makes an index with a log that names the trace.
func writeLogs(t *testing.T, es, suffix, id string) string {
	t.Helper()
	index := fmt.Sprintf("doctor-test-%d%s", time.Now().UnixNano(), suffix)
	t.Cleanup(func() {
		req, err := http.NewRequest(http.MethodDelete, es+"/"+index, nil) //nolint:noctx // the test's context is over
		if err == nil {
			if resp, err := http.DefaultClient.Do(req); err == nil {
				resp.Body.Close()
			}
		}
	})
	post(t, es+"/"+index+"/_doc?refresh=true", "application/json", fmt.Sprintf(
		`{"@timestamp":%q,"message":"m","trace":{"id":%q}}`, time.Now().UTC().Format(time.RFC3339Nano), id))
	return index
}

func post(t *testing.T, url, kind, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if answer, _ := io.ReadAll(resp.Body); resp.StatusCode >= 300 {
		t.Fatalf("%s: %s: %s", url, resp.Status, answer)
	}
}

// A server that never answers costs no more than the timeout, and the other
// source is examined all the same.
func TestDoctorEndsInTime(t *testing.T) {
	over := make(chan struct{})
	hangs := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-over:
		}
	}))
	defer hangs.Close()
	defer close(over)
	closed, err := closedPort()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	text := newClinic(t).doctor(t, exitFailed, "--timeout", "200ms", "--jaeger", hangs.URL, "--elasticsearch", "http://"+closed)
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	for _, want := range []string{"in time", "give it longer with --timeout", "connection refused at " + closed, "not healthy: jaeger, elasticsearch"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

// What the settings say about TLS and headers reaches the servers.
func TestSettingsReachTheServers(t *testing.T) {
	var got http.Header
	jaeger := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v3/") {
			got = r.Header
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"services":["order"]}`)
	}))
	defer jaeger.Close()
	es := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Elastic-Product", "Elasticsearch")
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"error":"no, %s"}`, r.Header.Get("Authorization"))
	}))
	defer es.Close()

	c := newClinic(t)
	servers := []string{"--jaeger", jaeger.URL, "--elasticsearch", es.URL}
	text := c.doctor(t, exitFailed, servers...)
	for _, want := range []string{"certificate not accepted", "with --jaeger-ca", "with --elasticsearch-ca"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}

	ca := c.home + "/ca.pem"
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: jaeger.Certificate().Raw})
	if err := os.WriteFile(ca, cert, 0o600); err != nil {
		t.Fatal(err)
	}
	c.env["OTRACE_JAEGER_TOKEN"], c.env["OTRACE_JAEGER_HEADERS"] = "s3crettoken", "X-Scope=s3cretscope"
	c.env["OTRACE_ELASTICSEARCH_TOKEN"] = "s3cretbearer"
	sum := sha256.Sum256(es.Certificate().Raw)
	text = c.doctor(t, exitRefused, append(servers, "--jaeger-ca", "~/ca.pem", "--tenant", "acme", "--elasticsearch-fingerprint", hex.EncodeToString(sum[:]))...)
	for _, want := range []string{
		"header x-tenant            acme", "✓ authentication  accepted: bearer token (environment OTRACE_JAEGER_TOKEN)", "1: order",
		"✗ authentication", "what was sent is the bearer token (environment OTRACE_ELASTICSEARCH_TOKEN)",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "s3cret") {
		t.Errorf("a secret is shown:\n%s", text)
	}
	if got.Get("X-Tenant") != "acme" || got.Get("X-Scope") != "s3cretscope" || got.Get("Authorization") != "Bearer s3crettoken" {
		t.Errorf("jaeger got %v", got)
	}
}

// Credentials that others on the way can read are warned of, and clocks that
// differ.
func TestDoctorWarns(t *testing.T) {
	x := examination{app: &app{}}
	var s section
	x.authentication(&s, "a token", "http://jaeger.example")
	x.authentication(&s, "a token", "http://127.0.0.1:1")
	x.authentication(&s, "a token", "https://jaeger.example")
	x.authentication(&s, "", "http://jaeger.example")
	x.clock(&s, -7*time.Second, true)
	x.clock(&s, 2*time.Second, true)
	var got []status
	for _, f := range s.Findings {
		got = append(got, f.Status)
	}
	if want := "[warning ok ok ok warning ok]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %s: %+v", got, want, s.Findings)
	}
}

func TestWhichSideIsSuspicious(t *testing.T) {
	for _, tt := range []struct {
		named, newest int
		want          string
		is            status
	}{
		{0, 0, "yet", statusWarning},
		{0, 3, "logs' side", statusFailed},
		{3, 0, "Jaeger's side", statusFailed},
		{3, 3, "different systems", statusFailed},
	} {
		r := report{Sections: []section{{Name: "together"}}}
		noneJoined(&r.Sections[0], tt.named, tt.newest)
		if got := r.find("together", "sample", tt.is); !strings.Contains(got, tt.want) {
			t.Errorf("%d and %d: %q", tt.named, tt.newest, got)
		}
	}
}

func TestFieldsHolding(t *testing.T) {
	id, err := trace.ParseID("7a1c09e2f4b85d36aa0ba902b7cdef01")
	if err != nil {
		t.Fatal(err)
	}
	var logs []trace.Log
	for _, doc := range []string{
		`{"trace":{"id":"7a1c09e2f4b85d36aa0ba902b7cdef01"}}`,
		`{"trace":{"id":"7A1C09E2-F4B8-5D36-AA0B-A902B7CDEF01"},"parent":"00f067aa0ba902b7"}`,
		`{"headers":[{"traceparent":"00-7a1c09e2f4b85d36aa0ba902b7cdef01-00f067aa0ba902b7-01"}]}`,
		`{"log":"{\"traceId\":\"7a1c09e2f4b85d36aa0ba902b7cdef01\"}"}`,
		`{"message":"at 7a1c09e2f4b85d36aa0ba902b7cdef01"}`,
		`no JSON`,
	} {
		logs = append(logs, trace.Log{Document: []byte(doc)})
	}
	if got, want := strings.Join(fieldsHolding(logs, id), "|"), "trace.id|headers.traceparent|log.traceId|the text of messages"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What was learnt is kept in the user's folder, for the user alone; without a
// home nothing is kept, and nothing is missing.
func TestWhatIsLearntIsKept(t *testing.T) {
	es := stacktest.Elasticsearch(t)[0]
	id := trace.ID{Hi: rand.Uint64() | 1<<63, Lo: rand.Uint64()}.String()
	index := writeLogs(t, es.URL, "", id)
	closed, err := closedPort()
	if err != nil {
		t.Fatal(err)
	}
	c := newClinic(t)
	show := func(getenv func(string) string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), []string{"show", "--jaeger", "http://" + closed, "--elasticsearch", es.URL, "--index", index, id}, nil, &stdout, &stderr, getenv)
		if code != exitPartial {
			t.Errorf("exit code %d: %s", code, stderr.String())
		}
	}
	show(func(string) string { return "" })
	show(c.getenv)
	show(c.getenv)
	files, err := os.ReadDir(c.home + "/.cache/otrace")
	if err != nil || len(files) == 0 {
		t.Errorf("%d entries, %v", len(files), err)
	}
}
