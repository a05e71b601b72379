package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A jaeger is one Jaeger process: on memory storage, or on the Elasticsearch
// that storage names.
type jaeger struct {
	name    string
	storage string
	usual   ports
	vars    string // the prefix of its variables
}

func (j jaeger) about() about {
	a := about{name: j.name, product: "Jaeger", version: jaegerVersion, usual: j.usual}
	if j.storage != "" {
		a.needs = []string{j.storage}
		a.onRequest = true
	}
	return a
}

func (j jaeger) prepare(ctx context.Context, s *stack) error {
	s.building.Lock() // two Jaegers, one binary
	defer s.building.Unlock()
	return s.buildJaeger(ctx, j.name)
}

func (j jaeger) configure(s *stack, run string, at ports, peers map[string]ports) (launch, error) {
	backend := "memory:\n          max_traces: 100000"
	if j.storage != "" {
		backend = fmt.Sprintf("elasticsearch:\n          server_urls: [%q]\n          indices:\n            index_prefix: jg",
			peers[j.storage].url("http"))
	}
	config := filepath.Join(run, "jaeger.yaml")
	text := strings.NewReplacer(
		"BACKEND", backend,
		"QUERY_HTTP", at.addr("http"),
		"QUERY_GRPC", at.addr("grpc"),
		"OTLP_GRPC", at.addr("otlp"),
		"OTLP_HTTP", at.addr("otlphttp"),
	).Replace(jaegerConfig)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		return launch{}, err
	}
	return launch{path: s.jaegerBinary(), args: []string{"--config", config}}, nil
}

// jaegerConfig leaves everything at Jaeger's defaults but storage, addresses,
// and the correction of clock skew, which is off by default: tests want to see
// it undone. Raw traces are not touched by it.
const jaegerConfig = `service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces:
      receivers: [otlp]
      exporters: [jaeger_storage_exporter]
  telemetry:
    metrics:
      level: none
extensions:
  jaeger_storage:
    backends:
      main:
        BACKEND
  jaeger_query:
    storage:
      traces: main
    max_clock_skew_adjust: 1h
    http:
      endpoint: QUERY_HTTP
    grpc:
      endpoint: QUERY_GRPC
receivers:
  otlp:
    protocols:
      grpc:
        endpoint: OTLP_GRPC
      http:
        endpoint: OTLP_HTTP
exporters:
  jaeger_storage_exporter:
    trace_storage: main
`

// ready wants both query APIs to answer and both intakes to listen.
func (j jaeger) ready(ctx context.Context, at ports) error {
	for _, path := range []string{"/api/services", "/api/v3/services"} {
		if err := answers(ctx, at.url("http")+path); err != nil {
			return err
		}
	}
	for _, role := range []string{"grpc", "otlp", "otlphttp"} {
		if err := listens(ctx, at.addr(role)); err != nil {
			return err
		}
	}
	return nil
}

func (j jaeger) urls(at ports) []string {
	return []string{at.url("http"), "grpc://" + at.addr("grpc"), "otlp " + at.addr("otlp"), "otlp " + at.url("otlphttp")}
}

func (j jaeger) env(at ports) []string {
	return []string{
		j.vars + "_GRPC=" + at.addr("grpc"),
		j.vars + "_HTTP=" + at.url("http"),
		j.vars + "_OTLP=" + at.addr("otlp"),
		j.vars + "_OTLP_HTTP=" + at.url("otlphttp"),
	}
}
