// Package stacktest hands tests the addresses of the real servers.
//
// A test that needs a server asks for it here and nowhere else. When the
// server is not there the test is left out and says so; under
// "go run ./internal/stack test" and in CI it fails instead, because a check
// that quietly did not run is no check.
package stacktest

import (
	"os"
	"strings"
	"testing"
)

// JaegerURLs is where one Jaeger answers.
type JaegerURLs struct {
	GRPC     string // query API, host:port
	HTTP     string // query API, http://host:port
	OTLP     string // span intake over gRPC, host:port
	OTLPHTTP string // span intake over HTTP, http://host:port
}

// A Server is one search server: its name in the stack and its base URL.
type Server struct {
	Name string // "es8", "es7" or "opensearch"
	URL  string // http://host:port
}

// The variables that "go run ./internal/stack up" prints.
const (
	envStack        = "OTRACE_TEST_STACK" // "required": a missing server is a failure
	envRun          = "OTRACE_TEST_RUN"   // another one for each run of stack test
	envJaeger       = "OTRACE_TEST_JAEGER"
	envJaegerOnES7  = "OTRACE_TEST_JAEGER_ES7"
	envES8          = "OTRACE_TEST_ES8"
	envES7          = "OTRACE_TEST_ES7"
	envOpenSearch   = "OTRACE_TEST_OPENSEARCH"
	suffixGRPC      = "_GRPC"
	suffixHTTP      = "_HTTP"
	suffixOTLP      = "_OTLP"
	suffixOTLPHTTP  = "_OTLP_HTTP"
	stackIsRequired = "required"
)

// Jaeger is the Jaeger on memory storage. Other tests write to it at the same
// time: look only for trace IDs that the test made itself.
func Jaeger(t testing.TB) JaegerURLs {
	t.Helper()
	return jaeger(t, envJaeger, "Jaeger")
}

// JaegerOnElasticsearch is the second Jaeger, whose storage is Elasticsearch 7.17.
func JaegerOnElasticsearch(t testing.TB) JaegerURLs {
	t.Helper()
	return jaeger(t, envJaegerOnES7, "Jaeger on Elasticsearch storage")
}

// Elasticsearch is every Elasticsearch of the default stack, 8 before 7. Other
// tests write to them at the same time: use index names of the test's own.
func Elasticsearch(t testing.TB) []Server {
	t.Helper()
	return []Server{
		{Name: "es8", URL: lookup(t, envES8, "Elasticsearch 8")},
		{Name: "es7", URL: lookup(t, envES7, "Elasticsearch 7")},
	}
}

// OpenSearch is the OpenSearch server.
func OpenSearch(t testing.TB) Server {
	t.Helper()
	return Server{Name: "opensearch", URL: lookup(t, envOpenSearch, "OpenSearch")}
}

func jaeger(t testing.TB, prefix, what string) JaegerURLs {
	t.Helper()
	return JaegerURLs{
		GRPC:     lookup(t, prefix+suffixGRPC, what),
		HTTP:     lookup(t, prefix+suffixHTTP, what),
		OTLP:     lookup(t, prefix+suffixOTLP, what),
		OTLPHTTP: lookup(t, prefix+suffixOTLPHTTP, what),
	}
}

// lookup is the variable's value; without one the test ends here.
func lookup(t testing.TB, variable, what string) string {
	t.Helper()
	os.Getenv(envRun) // so that the go command never takes this result for another run's
	if v := strings.TrimSpace(os.Getenv(variable)); v != "" {
		return v
	}
	if os.Getenv(envStack) == stackIsRequired {
		t.Fatalf("a real %s is required and %s is not set", what, variable)
	}
	leaveOut(t, what)
	return ""
}

func leaveOut(t testing.TB, what string) {
	t.Helper()
	const command = "go run ./internal/stack test"
	announce(t, what, command)
	t.Skipf("left out: needs a real %s: run `%s`", what, command)
}
