package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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
  - name: full
    jaeger: https://jaeger.example/base
    jaeger-headers: {x-tenant: acme, X-Scope: {env: SCOPE}}
    jaeger-ca: ca.pem
    jaeger-cert: /etc/cert.pem
    jaeger-key: ~/key.pem
    cloud-id: deployment:abc
    fields: {trace: [corr_id, req.id], level: lvl}
    wildcard: true
    username: elastic
    password: {env: SECRET}
    elasticsearch-ca: ~/es.pem
    elasticsearch-fingerprint: "AB:CD"
    insecure: true
  - name: key
    elasticsearch: https://es.example
    api-key: context-key
`

// A world is an environment with a home of its own.
type world struct {
	home string
	vars map[string]string
}

func (w world) getenv(name string) string {
	switch name {
	case "XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME", "APPDATA", "LOCALAPPDATA":
		return w.home
	}
	return w.vars[name]
}

func (w world) file() string { return filepath.Join(w.home, "otrace", "config.yaml") }

// newWorld makes an environment with a configuration file of the given text.
func newWorld(t *testing.T, text string, vars map[string]string) world {
	t.Helper()
	w := world{t.TempDir(), vars}
	if text != "" {
		w.write(t, text, 0o600)
	}
	return w
}

func (w world) write(t *testing.T, text string, mode os.FileMode) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(w.file()), 0o700), os.WriteFile(w.file(), []byte(text), mode), os.Chmod(w.file(), mode)); err != nil {
		t.Fatal(err)
	}
}

func (w world) read(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(w.file())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var emptyIsNil = cmpopts.EquateEmpty()

func TestResolve(t *testing.T) {
	local := []string{config.DefaultElasticsearch}
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
		{"nothing is set", config.Settings{}, nil, "", config.Settings{Elasticsearch: local}},
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
			config.Settings{Context: "incident", From: []string{"/tmp/incident-42"}},
		},
		{
			"a server that a flag names is asked in a context of bundles",
			config.Settings{Context: "incident", Jaeger: "http://flag"},
			nil, file,
			config.Settings{Context: "incident", Jaeger: "http://flag", Elasticsearch: local},
		},
		{
			"a bundle instead of any context",
			config.Settings{From: []string{"x"}},
			map[string]string{"OTRACE_JAEGER_URL": "http://env", "OTRACE_CONTEXT": "nowhere"},
			file,
			config.Settings{From: []string{"x"}},
		},
		{
			"a bundle with the fields of a context",
			config.Settings{From: []string{"x"}, Context: "full"},
			map[string]string{"OTRACE_JAEGER_URL": "http://env"},
			file,
			config.Settings{From: []string{"x"}, Context: "full", Fields: map[string][]string{"trace": {"corr_id", "req.id"}, "level": {"lvl"}}},
		},
		{
			"the environment alone",
			config.Settings{},
			map[string]string{
				"OTRACE_JAEGER_TOKEN": "t", "OTRACE_JAEGER_CA": "ca", "OTRACE_JAEGER_CERT": "cert", "OTRACE_JAEGER_KEY": "key",
				"OTRACE_JAEGER_HEADERS": "X-A=1, x-tenant=no,x-b=2=3", "OTRACE_TENANT": "acme",
				"OTRACE_ELASTICSEARCH_USERNAME": "u", "OTRACE_ELASTICSEARCH_PASSWORD": "p", "OTRACE_ELASTICSEARCH_API_KEY": "k",
				"OTRACE_ELASTICSEARCH_TOKEN": "b", "OTRACE_ELASTICSEARCH_CLOUD_ID": "c", "OTRACE_ELASTICSEARCH_CA": "e",
				"OTRACE_ELASTICSEARCH_FINGERPRINT": "ab", "OTRACE_INDEX": "i,j",
			},
			"",
			config.Settings{
				JaegerToken: "t", JaegerCA: "ca", JaegerCert: "cert", JaegerKey: "key",
				JaegerHeaders: map[string]string{"x-a": "1", "x-b": "2=3", "x-tenant": "acme"},
				Username:      "u", Password: "p", APIKey: "k", ElasticsearchToken: "b", CloudID: "c", ElasticsearchCA: "e",
				ElasticsearchFingerprint: "ab", Indices: []string{"i", "j"},
			},
		},
		{
			"an address in the environment stands for one of the other kind in the context",
			config.Settings{Context: "full", Insecure: config.Off, Wildcard: config.Off, JaegerHeaders: map[string]string{"x-tenant": "flag", "x-scope": "s"}},
			map[string]string{"OTRACE_ELASTICSEARCH_URL": "http://env", "OTRACE_JAEGER_CA": "env.pem", "OTRACE_ELASTICSEARCH_PASSWORD": "p"},
			file,
			config.Settings{
				Context: "full", Jaeger: "https://jaeger.example/base", JaegerHeaders: map[string]string{"x-tenant": "flag", "x-scope": "s"},
				JaegerCA: "env.pem", JaegerCert: "/etc/cert.pem", JaegerKey: "HOME/key.pem", Elasticsearch: []string{"http://env"},
				Fields: map[string][]string{"trace": {"corr_id", "req.id"}, "level": {"lvl"}}, Wildcard: config.Off,
				Username: "elastic", Password: "p", ElasticsearchCA: "HOME/es.pem", ElasticsearchFingerprint: "AB:CD", Insecure: config.Off,
			},
		},
		{
			"a password in the environment is not outranked by a key in the context",
			config.Settings{Context: "key"},
			map[string]string{"OTRACE_ELASTICSEARCH_USERNAME": "u", "OTRACE_ELASTICSEARCH_PASSWORD": "p"},
			file,
			config.Settings{Context: "key", Elasticsearch: []string{"https://es.example"}, Username: "u", Password: "p"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tt.file, tt.env)
			got, err := config.Resolve(tt.flags, w.getenv)
			if err == nil {
				err = got.Reveal(t.Context())
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range []*string{&got.JaegerKey, &got.ElasticsearchCA} {
				*path = filepath.ToSlash(strings.Replace(*path, w.home, "HOME", 1))
			}
			if diff := cmp.Diff(tt.want, got.Settings, emptyIsNil); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A cluster is named in one way. A flag's way counts, whatever the environment
// says; the same voice saying both is a mistake.
func TestOneAddress(t *testing.T) {
	both := "current-context: a\ncontexts: [{name: a, elasticsearch: http://a, cloud-id: b}]"
	for _, tt := range []struct {
		name  string
		flags config.Settings
		env   map[string]string
		file  string
		want  string // the URL, or the cloud ID; "" for an error
	}{
		{"a flag over the other in the environment", config.Settings{CloudID: "c"}, map[string]string{"OTRACE_ELASTICSEARCH_URL": "http://e"}, "", "c"},
		{"the reverse", config.Settings{Elasticsearch: []string{"http://f"}}, map[string]string{"OTRACE_ELASTICSEARCH_CLOUD_ID": "c"}, "", "http://f"},
		{"both by flags", config.Settings{Elasticsearch: []string{"http://f"}, CloudID: "c"}, nil, "", ""},
		{"both in the environment", config.Settings{}, map[string]string{"OTRACE_ELASTICSEARCH_CLOUD_ID": "c", "OTRACE_ELASTICSEARCH_URL": "http://e"}, "", ""},
		{"both in the context", config.Settings{}, nil, both, ""},
		{"both in the context, and a flag", config.Settings{CloudID: "c"}, nil, both, "c"},
		{"both in the context, and the environment", config.Settings{}, map[string]string{"OTRACE_ELASTICSEARCH_URL": "http://e"}, both, "http://e"},
	} {
		r, err := config.Resolve(tt.flags, newWorld(t, tt.file, tt.env).getenv)
		if (err != nil) != (tt.want == "") {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil && strings.Join(r.Elasticsearch, "")+r.CloudID != tt.want {
			t.Errorf("%s: %v and %q", tt.name, r.Elasticsearch, r.CloudID)
		}
	}
}

// Every value tells where it came from, and no secret is told.
func TestList(t *testing.T) {
	w := newWorld(t, file, map[string]string{
		"OTRACE_CONTEXT": "full", "OTRACE_JAEGER_TOKEN": "s3cret-token", "OTRACE_ELASTICSEARCH_URL": "https://u:s3cret,pw@env:9200,http://b",
		"SCOPE": "s3cret-scope", "SECRET": "s3cret-pw",
	})
	r, err := config.Resolve(config.Settings{Jaeger: "http://flag"}, w.getenv)
	if err == nil {
		err = r.Reveal(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	inFile := "context full in " + w.file()
	want := []config.Setting{
		{"context", "full", "environment OTRACE_CONTEXT"},
		{"jaeger", "http://flag", "flag --jaeger"},
		{"jaeger-token", "set", "environment OTRACE_JAEGER_TOKEN"},
		{"header x-scope", "set", inFile + ": environment SCOPE"},
		{"header x-tenant", "acme", inFile},
		{"jaeger-ca", filepath.Join(w.home, "otrace", "ca.pem"), inFile},
		{"jaeger-cert", "/etc/cert.pem", inFile},
		{"jaeger-key", filepath.Join(w.home, "key.pem"), inFile},
		{"elasticsearch", "https://u:REDACTED@env:9200, http://b", "environment OTRACE_ELASTICSEARCH_URL"},
		{"fields", "level=lvl trace=corr_id,req.id", inFile},
		{"wildcard", "true", inFile},
		{"username", "elastic", inFile},
		{"password", "set", inFile + ": environment SECRET"},
		{"elasticsearch-ca", filepath.Join(w.home, "es.pem"), inFile},
		{"elasticsearch-fingerprint", "AB:CD", inFile},
		{"insecure", "true", inFile},
	}
	if diff := cmp.Diff(want, r.List()); diff != "" {
		t.Error(diff)
	}
	bare, err := config.Resolve(config.Settings{}, newWorld(t, "", nil).getenv)
	if err != nil {
		t.Fatal(err)
	}
	want = []config.Setting{
		{"jaeger", "grpc://localhost:16685, then http://localhost:16686", "default"},
		{"elasticsearch", "http://localhost:9200", "default"},
	}
	if diff := cmp.Diff(want, bare.List()); diff != "" {
		t.Error(diff)
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"":                             nil,
		" , ":                          nil,
		"a":                            {"a"},
		"a, b ,,c":                     {"a", "b", "c"},
		"http://a,http://b":            {"http://a", "http://b"},
		"https://u:p,w@a:9200":         {"https://u:p,w@a:9200"},
		"https://u:p,w,@a, https://b":  {"https://u:p,w,@a", "https://b"},
		"http://a:1,https://u:p,w@b:2": {"http://a:1", "https://u:p,w@b:2"},
		"http://a:1,http://b:2":        {"http://a:1", "http://b:2"},
		"https://u:p@a,https://u:q@b":  {"https://u:p@a", "https://u:q@b"},
		"http://a:1/x,y@z":             {"http://a:1/x", "y@z"},
	} {
		if got := config.Split(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestMaskURL(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "",
		"https://host:9200/a":         "https://host:9200/a",
		"https://host/a@b":            "https://host/a@b",
		"https://u:hunter2@host:9200": "https://u:REDACTED@host:9200",
		"https://u:hunt/er2@host":     "https://u:REDACTED@host",
		"https://u:hunt@er2@host":     "https://u:REDACTED@host",
		"https://hunter2@host":        "https://REDACTED@host",
		"u:hunter2@host:16686":        "u:REDACTED@host:16686",
		"https://u:%zz@host":          "https://u:REDACTED@host",
		"https://host?key=hunter2":    "https://host?REDACTED",
		"https://u:hunt?er2@host":     "https://u:REDACTED@host",
		"https://hunt#er2@host":       "https://REDACTED@host",
	} {
		if got := config.MaskURL(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestTheDemoContextNeedsNoFile(t *testing.T) {
	w := newWorld(t, "", nil)
	got, err := config.Resolve(config.Settings{Context: "demo"}, w.getenv)
	if err != nil || len(got.From) != 1 || !strings.HasPrefix(got.From[0], w.home) || got.Origin["from"] != "context demo, which is built in" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAnUnknownContextNamesTheKnownOnes(t *testing.T) {
	_, err := config.Resolve(config.Settings{Context: "staging"}, newWorld(t, file, nil).getenv)
	var unknown *config.UnknownContextError
	if !errors.As(err, &unknown) || unknown.Hint() != "the contexts are: demo, full, incident, key, prod" {
		t.Errorf("%v", err)
	}
}

func TestABrokenFileIsAnError(t *testing.T) {
	for text, want := range map[string]string{
		"contexts: [": "config.yaml: ",
		"contexts: [{name: a, jeager: http://x}]":     `line 1: unknown key "jeager"`,
		"contexts: [{name: a, password: *hunter2}]":   "a value that begins with * must stand in quotes",
		"contexts: [{name: a, password: !hunter2 x}]": "a secret that begins with ! must stand in quotes",
		"contexts: 7":                    "a value of the wrong kind",
		"contexts: [{jaeger: http://x}]": "context 1 has no name",
		"contexts:\n  - name: a\n  - name: b\n  - jaeger: x\n    name: a\n": "line 4: another context is named \"a\", that of line 2",
		"contexts: [{name: a, insecure: hunter2}]":                          "line 1: must be true or false",
		"contexts: [{name: a, password: {enviro: hunter2}}]":                "line 1: a secret must be one of {env: NAME}",
		"contexts: [{name: a, password: {env: A, file: B}}]":                "line 1: a secret must be one of",
		"contexts: [{name: a, password: [hunter2]}]":                        "line 1: a secret must be one of",
		"contexts: [{name: a, jaeger-headers: hunter2}]":                    "line 1: must be a map",
		"contexts: [{name: a, jaeger-headers: {a: {b: hunter2}}]":           "config.yaml: ",
		"contexts: [{name: a, index: {b: hunter2}}]":                        "line 1: must be a value or a list",
		"contexts: [{name: a, fields: hunter2}]":                            "a value of the wrong kind",
		"current-context: {a: hunter2}":                                     "a value of the wrong kind",
	} {
		_, err := config.Resolve(config.Settings{}, newWorld(t, text, nil).getenv)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "config.yaml") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{"\n", "# nothing\n", "contexts:\n"} {
		if _, err := config.Resolve(config.Settings{}, newWorld(t, text, nil).getenv); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := config.Resolve(config.Settings{}, newWorld(t, "", map[string]string{"OTRACE_CONFIG": "/nowhere/config.yaml"}).getenv); err == nil {
		t.Error("a file that was named and is not there went unnoticed")
	}
	if _, err := config.Resolve(config.Settings{}, newWorld(t, "", map[string]string{"OTRACE_JAEGER_HEADERS": "hunter2"}).getenv); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a header without a value: %v", err)
	}
}

func TestWithoutAHomeThereAreOnlyDefaults(t *testing.T) {
	none := func(string) string { return "" }
	got, err := config.Resolve(config.Settings{}, none)
	if err != nil || !cmp.Equal(got.Settings, config.Settings{Elasticsearch: []string{config.DefaultElasticsearch}}, emptyIsNil) {
		t.Errorf("%+v, %v", got, err)
	}
	if dir := config.CacheDir(none); dir != "" {
		t.Errorf("a cache at %s", dir)
	}
}
