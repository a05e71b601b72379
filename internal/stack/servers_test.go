package main

import (
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func names(servers []server) []string {
	var list []string
	for _, srv := range servers {
		list = append(list, srv.about().name)
	}
	return list
}

func TestWhoNeedsWhom(t *testing.T) {
	for _, tt := range []struct {
		ask  []string
		all  func([]string) []server
		want string
	}{
		{[]string{"es7", "jaeger"}, withNeeds, "jaeger es7"},
		{[]string{"jaeger-es7"}, withNeeds, "es7 jaeger-es7"},
		{[]string{"es7"}, withDependents, "es7 jaeger-es7"},
		{[]string{"es8"}, withDependents, "es8"},
		{defaultNames(), withNeeds, "jaeger es8 es7"},
	} {
		if got := strings.Join(names(tt.all(tt.ask)), " "); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.ask, got, tt.want)
		}
	}
}

func TestCatalogue(t *testing.T) {
	seen := map[int]string{}
	for i, srv := range catalogue {
		a := srv.about()
		for role, port := range a.usual {
			if other, ok := seen[port]; ok {
				t.Errorf("%s and %s both want port %d", a.name, other, port)
			}
			seen[port] = a.name + " " + role
		}
		for _, need := range a.needs {
			if !slices.Contains(names(catalogue[:i]), need) {
				t.Errorf("%s needs %s, which comes after it", a.name, need)
			}
		}
		if e, ok := srv.(search); ok && len(e.archive.sha512) != 128 {
			t.Errorf("%s has no SHA-512", a.name)
		}
	}
}

func TestEnvironment(t *testing.T) {
	st := state{Servers: map[string]running{
		"jaeger":     {Ports: ports{"grpc": 1, "http": 2, "otlp": 3, "otlphttp": 4}},
		"es8":        {Ports: ports{"http": 5, "transport": 6}},
		"es7":        {Ports: ports{"http": 7}},
		"opensearch": {Ports: ports{"http": 8}},
		"jaeger-es7": {Ports: ports{"grpc": 9, "http": 10, "otlp": 11, "otlphttp": 12}},
	}}
	var out strings.Builder
	if err := printEnv(&out, st, allNames()); err != nil {
		t.Fatal(err)
	}
	want := `export OTRACE_TEST_JAEGER_GRPC=127.0.0.1:1
export OTRACE_TEST_JAEGER_HTTP=http://127.0.0.1:2
export OTRACE_TEST_JAEGER_OTLP=127.0.0.1:3
export OTRACE_TEST_JAEGER_OTLP_HTTP=http://127.0.0.1:4
export OTRACE_TEST_ES8=http://127.0.0.1:5
export OTRACE_TEST_ES7=http://127.0.0.1:7
export OTRACE_TEST_OPENSEARCH=http://127.0.0.1:8
export OTRACE_TEST_JAEGER_ES7_GRPC=127.0.0.1:9
export OTRACE_TEST_JAEGER_ES7_HTTP=http://127.0.0.1:10
export OTRACE_TEST_JAEGER_ES7_OTLP=127.0.0.1:11
export OTRACE_TEST_JAEGER_ES7_OTLP_HTTP=http://127.0.0.1:12
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	if got := environment(st, []string{"es8"}); len(got) != 1 {
		t.Errorf("for es8 alone: %v", got)
	}
}

func TestJaegerConfig(t *testing.T) {
	at := ports{"grpc": 1, "http": 2, "otlp": 3, "otlphttp": 4}
	for storage, want := range map[string]string{"": "memory", "es7": "elasticsearch"} {
		s := testStack(t)
		run := t.TempDir()
		l, err := jaeger{name: "j", storage: storage}.configure(s, run, at, map[string]ports{"es7": {"http": 9}})
		if err != nil {
			t.Fatal(err)
		}
		var config struct {
			Extensions struct {
				Storage struct {
					Backends map[string]map[string]struct {
						ServerURLs []string `yaml:"server_urls"`
						MaxTraces  int      `yaml:"max_traces"`
					}
				} `yaml:"jaeger_storage"`
				Query struct {
					HTTP, GRPC struct{ Endpoint string }
				} `yaml:"jaeger_query"`
			}
		}
		if err := yaml.Unmarshal(read(t, l.args[1]), &config); err != nil {
			t.Fatal(err)
		}
		q := config.Extensions.Query
		if q.HTTP.Endpoint != "127.0.0.1:2" || q.GRPC.Endpoint != "127.0.0.1:1" {
			t.Errorf("endpoints %+v", q)
		}
		backend, ok := config.Extensions.Storage.Backends["main"][want]
		if !ok || (storage == "" && backend.MaxTraces != 100000) || (storage != "" && !slices.Equal(backend.ServerURLs, []string{"http://127.0.0.1:9"})) {
			t.Errorf("storage %q: %+v", storage, config.Extensions.Storage)
		}
	}
}

func TestSearchConfig(t *testing.T) {
	s := testStack(t)
	s.java = "/java/home"
	e := find("es7").(search)
	home := s.unpackedDir(e.archive)
	write(t, home+"/config/elasticsearch.yml", "# shipped\n")
	write(t, home+"/config/jvm.options", "-XX:HeapDumpPath=data\n9-:-Xlog:gc*:file=logs/gc.log\n-XX:ErrorFile=logs/hs_err_pid%p.log\n")
	run := t.TempDir()
	l, err := e.configure(s, run, ports{"http": 1, "transport": 2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := yaml.Unmarshal(read(t, run+"/config/elasticsearch.yml"), &config); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]any{
		"network.host": "127.0.0.1", "http.port": 1, "transport.port": 2, "discovery.type": "single-node",
		"path.data": run + "/data", "xpack.security.enabled": false, "xpack.ml.enabled": false,
	} {
		if config[key] != want {
			t.Errorf("%s is %v, want %v", key, config[key], want)
		}
	}
	if got, want := string(read(t, run+"/config/jvm.options")), "-XX:HeapDumpPath="+run+"/data\n-XX:ErrorFile="+run+"/logs/hs_err_pid%p.log\n"; got != want {
		t.Errorf("jvm.options\n%s\nwant\n%s", got, want)
	}
	if !slices.Contains(l.env, "ES_JAVA_HOME=/java/home") || !slices.Contains(l.env, "ES_PATH_CONF="+run+"/config") {
		t.Errorf("environment %v", l.env)
	}
	if got := string(read(t, home+"/config/elasticsearch.yml")); got != "# shipped\n" {
		t.Errorf("the unpacked archive was changed: %s", got)
	}
}
