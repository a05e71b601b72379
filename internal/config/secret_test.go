package config_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/otrace/otrace/internal/config"
)

// withPassword resolves a context whose password comes from where the text says.
func withPassword(t *testing.T, source string) (string, error) {
	t.Helper()
	w := newWorld(t, "current-context: a\ncontexts: [{name: a, password: "+source+"}]", map[string]string{"SECRET": " hunter2\n", "EMPTY": " "})
	for name, text := range map[string]string{"pw": "\ufeff hunter2\r\n", "empty": "\n", "large": strings.Repeat("x", 70_000)} {
		for _, dir := range []string{w.home, filepath.Dir(w.file())} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	r, err := config.Resolve(config.Settings{}, w.getenv)
	if err != nil {
		t.Fatal(err)
	}
	if r.Password != "" {
		t.Errorf("%s: was looked for before it was needed", source)
	}
	err = r.Reveal(t.Context())
	return r.Password, err
}

func TestWhereSecretsComeFrom(t *testing.T) {
	for _, source := range []string{"hunter2", "{env: SECRET}", "{file: pw}", "{file: ~/pw}", `{command: "echo hunter2"}`} {
		if got, err := withPassword(t, source); err != nil || got != "hunter2" {
			t.Errorf("%s: %q, %v", source, got, err)
		}
	}
}

func TestSecretsThatCannotBeHad(t *testing.T) {
	for source, want := range map[string]string{
		"{env: NOWHERE}":                        "the environment variable NOWHERE is not set",
		"{env: EMPTY}":                          "the environment variable EMPTY is not set",
		"{file: nowhere}":                       "nowhere",
		"{file: empty}":                         "empty is empty",
		"{file: large}":                         "too large for a secret",
		`{command: "echo hunter2&& exit 3"}`:    "its command failed: exit status 3",
		`{command: "echo locked>&2&& exit 1"}`:  "its command failed: exit status 1: locked",
		`{command: "echo no vault>&2"}`:         "its command prints nothing: no vault",
		`{command: "no-such-program-anywhere"}`: "its command failed: exit status",
	} {
		_, err := withPassword(t, source)
		if err == nil || !strings.HasPrefix(err.Error(), "config: the password of context a: ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", source, err)
		}
	}
}

func TestACommandRunsOnceAndOnlyWhenNeeded(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("left out: needs a POSIX shell")
	}
	count := filepath.Join(t.TempDir(), "count")
	text := fmt.Sprintf("current-context: a\ncontexts: [{name: a, api-key: {command: 'echo x >> %s; echo key'}}]", count)
	runs := func() int {
		data, _ := os.ReadFile(count)
		return strings.Count(string(data), "x")
	}
	w := newWorld(t, text, map[string]string{"OTRACE_ELASTICSEARCH_API_KEY": "mine"})
	for range 2 {
		r, err := config.Resolve(config.Settings{}, w.getenv)
		if err != nil || r.Reveal(t.Context()) != nil || r.APIKey != "mine" {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	if runs() != 0 {
		t.Error("a command ran for a secret that the environment has")
	}
	delete(w.vars, "OTRACE_ELASTICSEARCH_API_KEY")
	r, err := config.Resolve(config.Settings{}, w.getenv)
	if err != nil || runs() != 0 {
		t.Fatalf("%v; %d runs before it is needed", err, runs())
	}
	if err := errors.Join(r.Reveal(t.Context()), r.Reveal(t.Context())); err != nil || runs() != 1 || r.APIKey != "key" {
		t.Errorf("%d runs, %v", runs(), err)
	}
}

func TestACommandEndsWithTheContext(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("left out: needs a POSIX shell")
	}
	w := newWorld(t, "current-context: a\ncontexts: [{name: a, password: {command: 'sleep 60; echo x'}}]", nil)
	r, err := config.Resolve(config.Settings{}, w.getenv)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := r.Reveal(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > 2*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
}

func TestAReadableFileWithASecretIsWarnedOf(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("left out: Windows has no such modes")
	}
	for _, tt := range []struct {
		context string
		mode    os.FileMode
		warned  bool
	}{
		{"password: hunter2", 0o644, true},
		{"password: hunter2", 0o640, true},
		{"password: hunter2", 0o600, false},
		{"password: {env: SECRET}", 0o644, false},
		{"jaeger-headers: {x-tenant: acme}", 0o644, false},
		{"jaeger-headers: {x-key: hunter2}", 0o644, true},
		{"elasticsearch: https://u:hunter2@es", 0o644, true},
		{"elasticsearch: https://es", 0o644, false},
	} {
		w := newWorld(t, "", nil)
		w.write(t, "contexts: [{name: a, "+tt.context+"}]", tt.mode)
		r, err := config.Resolve(config.Settings{}, w.getenv)
		if err != nil || (r.Warning != "") != tt.warned || strings.Contains(r.Warning, "hunter2") {
			t.Errorf("%s, mode %o: warning %q, %v", tt.context, tt.mode, r.Warning, err)
		}
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	w := newWorld(t, `
contexts:
  - name: a
    jaeger: https://u:hunter2@j
    jaeger-token: hunter2
    jaeger-headers: {x-tenant: acme, x-key: hunter2, x-env: {env: E}}
    elasticsearch: [https://hunter2@e, https://f]
    password: hunter2
    api-key: {file: ~/key}
    elasticsearch-token: {command: vault read}
`, nil)
	f, err := config.Load(w.getenv)
	if err != nil {
		t.Fatal(err)
	}
	asYAML, err := yaml.Marshal(f.Masked())
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(f.Masked())
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{string(asYAML), string(asJSON), fmt.Sprintf("%v %+v %#v", f.Masked(), f.Masked(), f.Masked())} {
		if strings.Contains(text, "hunter2") || !strings.Contains(text, "REDACTED") {
			t.Errorf("shows a secret, or hides none:\n%s", text)
		}
	}
	for _, want := range []string{"x-tenant: acme", "env: E", "file: ~/key", "command: vault read", "- https://f"} {
		if !strings.Contains(string(asYAML), want) {
			t.Errorf("%s is not in\n%s", want, asYAML)
		}
	}
	if !strings.Contains(fmt.Sprintf("%+v %#v", f.Contexts[0].Password, f.Contexts[0].Password), "REDACTED") {
		t.Error("a secret can be printed by accident")
	}
}
