package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/otrace/otrace/internal/config"
)

const file = `
current-context: prod
contexts:
  - name: prod
    jaeger: grpcs://jaeger.example:16685
    elasticsearch: "https://a.example:9200, https://b.example:9200"
    index: [app-*, audit-*]
  - name: incident
    from: /tmp/incident-42
`

// environment makes a getenv with a configuration file of the given text.
func environment(t *testing.T, text string, vars map[string]string) func(string) string {
	t.Helper()
	home := t.TempDir()
	if text != "" {
		path := filepath.Join(home, "otrace", "config.yaml")
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return func(name string) string {
		if name == "XDG_CONFIG_HOME" || name == "XDG_DATA_HOME" {
			return home
		}
		return vars[name]
	}
}

func TestResolve(t *testing.T) {
	prod := config.Settings{
		Context: "prod", Jaeger: "grpcs://jaeger.example:16685",
		Elasticsearch: []string{"https://a.example:9200", "https://b.example:9200"}, Indices: []string{"app-*", "audit-*"},
	}
	tests := []struct {
		name  string
		flags config.Settings
		env   map[string]string
		file  string
		want  config.Settings
	}{
		{"nothing is set", config.Settings{}, nil, "", config.Settings{}},
		{"the current context", config.Settings{}, nil, file, prod},
		{"a file with a byte-order mark", config.Settings{}, nil, "\ufeff" + file, prod},
		{
			"a flag before the environment before the context",
			config.Settings{Jaeger: "http://flag"},
			map[string]string{"OTRACE_JAEGER_URL": "http://env", "OTRACE_ELASTICSEARCH_URL": "http://one, http://two"},
			file,
			config.Settings{Context: "prod", Jaeger: "http://flag", Elasticsearch: []string{"http://one", "http://two"}, Indices: prod.Indices},
		},
		{"another context", config.Settings{Context: "incident"}, nil, file, config.Settings{Context: "incident", From: []string{"/tmp/incident-42"}}},
		{
			"a context of bundles is not mixed with a server that happens to be set",
			config.Settings{},
			map[string]string{"OTRACE_CONTEXT": "incident", "OTRACE_JAEGER_URL": "http://env"},
			file,
			config.Settings{Context: "incident", Jaeger: "http://env", From: []string{"/tmp/incident-42"}},
		},
		{
			"a bundle instead of any context",
			config.Settings{From: []string{"x"}, Context: "nowhere"},
			nil, file,
			config.Settings{From: []string{"x"}, Context: "nowhere"},
		},
		{
			"secrets come from the environment",
			config.Settings{},
			map[string]string{"OTRACE_JAEGER_TOKEN": "t", "OTRACE_ELASTICSEARCH_USERNAME": "u", "OTRACE_ELASTICSEARCH_PASSWORD": "p", "OTRACE_ELASTICSEARCH_API_KEY": "k"},
			"",
			config.Settings{JaegerToken: "t", Username: "u", Password: "p", APIKey: "k"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := config.Resolve(tt.flags, environment(t, tt.file, tt.env))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheDemoContextNeedsNoFile(t *testing.T) {
	env := environment(t, "", nil)
	got, err := config.Resolve(config.Settings{Context: "demo"}, env)
	if err != nil || len(got.From) != 1 || !strings.HasPrefix(got.From[0], env("XDG_DATA_HOME")) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnUnknownContextNamesTheKnownOnes(t *testing.T) {
	_, err := config.Resolve(config.Settings{Context: "staging"}, environment(t, file, nil))
	var unknown *config.UnknownContextError
	if !errors.As(err, &unknown) || unknown.Hint() != "the contexts are: demo, incident, prod" {
		t.Errorf("%v", err)
	}
}

func TestABrokenFileIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"no YAML":          "contexts: [",
		"an unknown key":   "contexts: [{name: a, jeager: http://x}]",
		"of another shape": "contexts: 7",
	} {
		if _, err := config.Resolve(config.Settings{}, environment(t, text, nil)); err == nil || !strings.Contains(err.Error(), "config.yaml") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := config.Resolve(config.Settings{}, environment(t, "\n", nil)); err != nil {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := config.Resolve(config.Settings{}, environment(t, "", map[string]string{"OTRACE_CONFIG": "/nowhere/config.yaml"})); err == nil {
		t.Error("a file that was named and is not there went unnoticed")
	}
}

func TestWithoutAHomeThereAreOnlyDefaults(t *testing.T) {
	if got, err := config.Resolve(config.Settings{}, func(string) string { return "" }); err != nil || !cmp.Equal(got, config.Settings{}) {
		t.Errorf("%+v, %v", got, err)
	}
}
