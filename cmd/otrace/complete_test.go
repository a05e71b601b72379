package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A server that never answers costs a completion a moment, and no word.
func TestCompletionsDoNotWait(t *testing.T) {
	over := make(chan struct{}) // clients of gRPC connect again when they are cut off
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	t.Cleanup(func() { close(over); server.CloseClientConnections(); server.Close() })
	for name, env := range map[string]map[string]string{
		"a server":         {"OTRACE_JAEGER_URL": server.URL},
		"a server of gRPC": {"OTRACE_JAEGER_URL": "grpc" + strings.TrimPrefix(server.URL, "http")},
		"a secret":         {"OTRACE_JAEGER_URL": server.URL, "OTRACE_CONFIG": slowSecret(t), "OTRACE_CONTEXT": "slow"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			start := time.Now()
			code := run(t.Context(), []string{"__complete", "show", "--service", ""}, nil, &stdout, &stderr, func(name string) string { return env[name] })
			if took := time.Since(start); took > 3*completeWithin {
				t.Errorf("it took %v", took)
			}
			if code != exitOK || stdout.String() != ":4\n" || strings.Contains(stderr.String(), "otrace:") {
				t.Errorf("exit code %d, stdout %q, stderr %q", code, stdout.String(), stderr.String())
			}
		})
	}
}

// slowSecret is a configuration whose secret takes its time.
func slowSecret(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	text := "contexts:\n- name: slow\n  jaeger-token: {command: \"sleep 20\"}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Names that act on a terminal are not offered.
func TestCompletionsAreHarmless(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"services":["order","pay\u001b]0;x\u0007","a\tb","line\nbreak","rtl\u202e",""]}`)
	}))
	t.Cleanup(server.Close)
	var stdout bytes.Buffer
	env := map[string]string{"OTRACE_JAEGER_URL": server.URL}
	run(t.Context(), []string{"__complete", "show", "--service", ""}, nil, &stdout, io.Discard, func(name string) string { return env[name] })
	if got := stdout.String(); got != "order\n:4\n" {
		t.Errorf("%q is offered", got)
	}
}

// An interrupt ends the waiting for IDs.
func TestIDsAreNotWaitedFor(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	in, out := io.Pipe()
	t.Cleanup(func() { _ = out.CloseWithError(errors.New("over")) })
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"show", "-"}, in, &stdout, &stderr, func(string) string { return "" }); code != exitInterrupted {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}
