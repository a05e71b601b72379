package stacktest

import (
	"fmt"
	"io"
	"testing"
)

// A recorder stands in for a test and remembers how it ended.
type recorder struct {
	testing.TB
	ended string
}

type stop struct{}

func (r *recorder) Helper()      {}
func (r *recorder) Name() string { return "TestFake" }

func (r *recorder) Fatalf(format string, args ...any) {
	r.ended = "fail: " + fmt.Sprintf(format, args...)
	panic(stop{})
}

func (r *recorder) Skipf(format string, args ...any) {
	r.ended = "skip: " + fmt.Sprintf(format, args...)
	panic(stop{})
}

// ending runs ask as a test would be run and says how that test ended.
func ending(t *testing.T, ask func(testing.TB)) (ended string) {
	openStderr = func() io.WriteCloser { return nil }
	t.Cleanup(func() { openStderr = goStderr })
	r := &recorder{TB: t}
	defer func() {
		if p := recover(); p != nil && p != (stop{}) {
			panic(p)
		}
		ended = r.ended
	}()
	ask(r)
	return r.ended
}

func clearEnv(t *testing.T) {
	for _, prefix := range []string{envJaeger, envJaegerOnES7} {
		for _, suffix := range []string{suffixGRPC, suffixHTTP, suffixOTLP, suffixOTLPHTTP} {
			t.Setenv(prefix+suffix, "")
		}
	}
	for _, name := range []string{envStack, envES8, envES7, envOpenSearch} {
		t.Setenv(name, "")
	}
}

func TestMissingServer(t *testing.T) {
	askJaeger := func(t testing.TB) { Jaeger(t) }
	askES := func(t testing.TB) { Elasticsearch(t) }
	askOpenSearch := func(t testing.TB) { OpenSearch(t) }
	askOnES := func(t testing.TB) { JaegerOnElasticsearch(t) }
	for _, tt := range []struct {
		name     string
		ask      func(testing.TB)
		required string
		want     string
	}{
		{"jaeger", askJaeger, "", "skip: left out: needs a real Jaeger: run `go run ./internal/stack test`"},
		{"jaeger required", askJaeger, "required", "fail: a real Jaeger is required and OTRACE_TEST_JAEGER_GRPC is not set"},
		{"elasticsearch", askES, "", "skip: left out: needs a real Elasticsearch 8: run `go run ./internal/stack test`"},
		{"elasticsearch required", askES, "required", "fail: a real Elasticsearch 8 is required and OTRACE_TEST_ES8 is not set"},
		{"opensearch", askOpenSearch, "required", "fail: a real OpenSearch is required and OTRACE_TEST_OPENSEARCH is not set"},
		{"second jaeger", askOnES, "required", "fail: a real Jaeger on Elasticsearch storage is required and OTRACE_TEST_JAEGER_ES7_GRPC is not set"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clearEnv(t)
			t.Setenv(envStack, tt.required)
			if got := ending(t, tt.ask); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestPresentServers(t *testing.T) {
	clearEnv(t)
	t.Setenv("OTRACE_TEST_JAEGER_GRPC", "127.0.0.1:1")
	t.Setenv("OTRACE_TEST_JAEGER_HTTP", "http://127.0.0.1:2")
	t.Setenv("OTRACE_TEST_JAEGER_OTLP", "127.0.0.1:3")
	t.Setenv("OTRACE_TEST_JAEGER_OTLP_HTTP", "http://127.0.0.1:4")
	want := JaegerURLs{"127.0.0.1:1", "http://127.0.0.1:2", "127.0.0.1:3", "http://127.0.0.1:4"}
	if got := Jaeger(t); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}

	t.Setenv("OTRACE_TEST_ES8", "http://127.0.0.1:8")
	t.Setenv("OTRACE_TEST_ES7", "http://127.0.0.1:7")
	servers := Elasticsearch(t)
	if len(servers) != 2 || servers[0] != (Server{"es8", "http://127.0.0.1:8"}) || servers[1] != (Server{"es7", "http://127.0.0.1:7"}) {
		t.Errorf("got %+v", servers)
	}
}
