package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"otrace": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("..", "..", "testdata", "script"),
		UpdateScripts: os.Getenv("UPDATE_SCRIPTS") != "",
		Setup:         setupScript,
		Cmds:          map[string]func(*testscript.TestScript, bool, []string){"fake": fake, "exits": exits, "terminal": onTerminal},
	})
}

// setupScript gives each script a home of its own and servers that refuse
// every connection, until it asks for better ones.
func setupScript(env *testscript.Env) error {
	env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
	env.Setenv("XDG_CONFIG_HOME", "")
	env.Setenv("XDG_DATA_HOME", "")
	env.Setenv("GORACE", "atexit_sleep_ms=0") // else each of hundreds of processes ends a second late
	closed, err := closedPort()
	if err != nil {
		return err
	}
	env.Setenv("CLOSED", closed)
	env.Setenv("OTRACE_JAEGER_URL", "http://"+closed)
	env.Setenv("OTRACE_ELASTICSEARCH_URL", "http://"+closed)
	return nil
}

// closedPort returns an address on which nothing listens.
func closedPort() (string, error) {
	var any net.ListenConfig
	l, err := any.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// fake starts a server that stands in for a fault, and points otrace at it:
//
//	fake jaeger               answers /api/v3/traces/ID with the file jaeger/ID,
//	                          and searches with the file jaeger/search
//	                          for names with jaeger/services and jaeger/operations-SERVICE
//	fake elasticsearch 401    answers everything with that status
//	fake elasticsearch hang   never answers
//	fake elasticsearch broken answers with half a document
//	fake elasticsearch logs   has the lines of the file elasticsearch/logs
//	fake jaeger flaky         fails for a while after its first answers, and then
//	                          serves the folder jaeger/later
//	fake jaeger forgetful     never answers for what was before 2023-11-14
//	fake jaeger slow ID       never answers for the trace
//
// A fault ends with "mended" when that file is there: the server then answers
// from its folder, or from the file elasticsearch/logs.
func fake(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: fake jaeger|elasticsearch [status|hang|broken|logs|flaky|forgetful|slow ID] [mended]")
	}
	handler := tracesIn(ts.MkAbs("jaeger"))
	if args[0] == "elasticsearch" {
		handler = errorLogsIn(ts.MkAbs("elasticsearch/logs"))
	}
	well := handler
	switch {
	case len(args) > 2 && args[1] == "slow":
		handler = slow(args[2], handler)
	case len(args) > 1 && args[1] == "logs":
		handler = well
	case len(args) > 1 && args[1] == "flaky":
		handler = flaky(handler, tracesIn(ts.MkAbs("jaeger/later")))
	case len(args) > 1 && args[1] == "forgetful":
		handler = forgetful("2023-11-14", handler)
	case len(args) > 1 && args[1] == "broken":
		handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Elastic-Product", "Elasticsearch")
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"result":{"resourceSpans":[{"resource"`))
		})
	case len(args) > 1 && args[1] == "hang":
		handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	case len(args) > 1:
		status, err := strconv.Atoi(args[1])
		ts.Check(err)
		handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Elastic-Product", "Elasticsearch")
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"error":{"type":"test","reason":"the server says \u001b[31mno ` + r.Header.Get("Authorization") + `"},"status":` + args[1] + `}`))
		})
	}
	if args[len(args)-1] == "mended" {
		handler = mended(ts.MkAbs("mended"), handler, well)
	}
	server := httptest.NewServer(handler)
	ts.Defer(server.Close)
	ts.Setenv("OTRACE_"+strings.ToUpper(args[0])+"_URL", server.URL)
}

// tracesIn serves the traces of a folder as Jaeger's HTTP API does.
func tracesIn(dir string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v3/traces", func(w http.ResponseWriter, r *http.Request) {
		name := "search"
		if strings.Contains(r.URL.RawQuery, "otrace.probe") {
			name = "none" // whatever it is that no trace has
		}
		serveTraces(w, filepath.Join(dir, name))
	})
	mux.HandleFunc("GET /api/v3/traces/{id}", func(w http.ResponseWriter, r *http.Request) {
		serveTraces(w, filepath.Join(dir, r.PathValue("id")))
	})
	mux.HandleFunc("GET /api/v3/services", func(w http.ResponseWriter, _ *http.Request) {
		serveTraces(w, filepath.Join(dir, "services"))
	})
	mux.HandleFunc("GET /api/v3/operations", func(w http.ResponseWriter, r *http.Request) {
		serveTraces(w, filepath.Join(dir, "operations-"+r.URL.Query().Get("service")))
	})
	return mux
}

// serveTraces answers with a file; without one as Jaeger does without a trace.
func serveTraces(w http.ResponseWriter, path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`{"error":{"httpCode":404,"message":"No traces found"}}`))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(data)
}

// exits runs a command and compares its exit code:
//
//	exits CODE command [argument...]
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [argument...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("%s exited with %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}
