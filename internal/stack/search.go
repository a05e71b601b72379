package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A search is one Elasticsearch or OpenSearch.
type search struct {
	name      string
	product   product
	archive   archive
	usual     ports
	settings  []string // lines for its configuration file, besides those all have
	variable  string
	onRequest bool
}

// A product is what differs between Elasticsearch and OpenSearch.
type product struct {
	name     string
	program  string
	config   string // its configuration file
	prefix   string // of its environment variables
	settings []string
}

var (
	elasticsearch = product{"Elasticsearch", "bin/elasticsearch", "elasticsearch.yml", "ES_", []string{"xpack.security.enabled: false"}}
	opensearch    = product{"OpenSearch", "bin/opensearch", "opensearch.yml", "OPENSEARCH_", nil}
)

func (e search) about() about {
	return about{
		name: e.name, product: e.product.name, version: e.archive.version(),
		usual: e.usual, onRequest: e.onRequest,
	}
}

func (e search) prepare(ctx context.Context, s *stack) error {
	return s.unpacked(ctx, e.name, e.archive)
}

// configure gives the server a configuration and data folder of its own, so
// that it starts empty and its unpacked archive is never written to.
func (e search) configure(s *stack, run string, at ports, _ map[string]ports) (launch, error) {
	home := s.unpackedDir(e.archive)
	config := filepath.Join(run, "config")
	if err := os.CopyFS(config, os.DirFS(filepath.Join(home, "config"))); err != nil {
		return launch{}, err
	}
	for _, dir := range []string{"data", "logs", "tmp", filepath.Join("config", "jvm.options.d")} {
		if err := os.MkdirAll(filepath.Join(run, dir), 0o755); err != nil {
			return launch{}, err
		}
	}
	settings := strings.Join(e.yaml(run, at), "\n") + "\n"
	if err := os.WriteFile(filepath.Join(config, e.product.config), []byte(settings), 0o644); err != nil {
		return launch{}, err
	}
	if err := e.tuneJVM(run); err != nil {
		return launch{}, err
	}
	p := e.product.prefix
	return launch{
		path: filepath.Join(home, filepath.FromSlash(e.product.program)),
		env: []string{
			p + "JAVA_HOME=" + s.java,
			p + "PATH_CONF=" + config,
			p + "TMPDIR=" + filepath.Join(run, "tmp"),
		},
	}, nil
}

// yaml is the server's settings: one node that speaks to nobody else.
func (e search) yaml(run string, at ports) []string {
	lines := []string{
		"cluster.name: otrace-stack-" + e.name,
		"node.name: " + e.name,
		"discovery.type: single-node",
		"network.host: 127.0.0.1",
		fmt.Sprintf("http.port: %d", at["http"]),
		fmt.Sprintf("transport.port: %d", at["transport"]),
		fmt.Sprintf("path.data: %q", filepath.Join(run, "data")),
		fmt.Sprintf("path.logs: %q", filepath.Join(run, "logs")),
		"cluster.routing.allocation.disk.threshold_enabled: false", // a full disk must not make indices read-only
	}
	lines = append(lines, e.product.settings...)
	return append(lines, e.settings...)
}

// tuneJVM sets a small heap, and turns what the shipped options would write
// into the unpacked archive to the server's own folder.
func (e search) tuneJVM(run string) error {
	config := filepath.Join(run, "config")
	heap := filepath.Join(config, "jvm.options.d", "heap.options")
	if err := os.WriteFile(heap, []byte("-Xms512m\n-Xmx512m\n"), 0o644); err != nil {
		return err
	}
	path := filepath.Join(config, "jvm.options")
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(redirectJVM(string(text), run)), 0o644)
}

// redirectJVM drops garbage collection logs, and makes the paths of heap dumps
// and crash reports absolute.
func redirectJVM(options, run string) string {
	var kept []string
	for line := range strings.Lines(options) {
		if !strings.Contains(line, "-Xlog:gc") {
			kept = append(kept, line)
		}
	}
	return strings.NewReplacer(
		"HeapDumpPath=data", "HeapDumpPath="+filepath.Join(run, "data"),
		"ErrorFile=logs/", "ErrorFile="+filepath.Join(run, "logs")+"/",
	).Replace(strings.Join(kept, ""))
}

func (e search) ready(ctx context.Context, at ports) error {
	return answers(ctx, at.url("http")+"/_cluster/health?wait_for_status=yellow&timeout=1s")
}

func (e search) urls(at ports) []string { return []string{at.url("http")} }

func (e search) env(at ports) []string { return []string{e.variable + "=" + at.url("http")} }
