package orderservice

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// Endpoints says where a Servers sink sends things. What is empty is not sent.
type Endpoints struct {
	// OTLP is host:port or grpc://host:port (plain gRPC), grpcs://host:port, or
	// http(s)://host:port with a path, by default /v1/traces.
	OTLP string
	// Elasticsearch are the URLs of one cluster's nodes. A password in a URL is
	// used, and never printed.
	Elasticsearch []string
	// Username and Password, or APIKey, for Elasticsearch.
	Username, Password, APIKey string
	// Transport carries the HTTP requests; nil is a transport of its own.
	Transport http.RoundTripper
}

// Servers is a sink that feeds a real OTLP receiver (Jaeger's, a Collector's)
// and a real Elasticsearch, 7.17 or later. It tries again while a server is
// busy, and returns an error for everything that did not arrive. The truth it
// drops: servers are not told.
type Servers struct {
	// otlp uploads spans, and is nil where none are sent. The first upload goes
	// through a client that does not try again: a wrong address must show at
	// once, a busy server is waited for.
	otlp, probe otlptrace.Client
	bulk        *bulkIndexer // nil where logs are not sent
}

// NewServers prepares to send. Nothing is connected to before there is
// something to send. The caller closes it.
func NewServers(ctx context.Context, to Endpoints) (*Servers, error) {
	var s Servers
	if to.OTLP != "" {
		var err error
		if s.probe, err = otlpClient(to.OTLP, false); err != nil {
			return nil, err
		}
		if s.otlp, err = otlpClient(to.OTLP, true); err != nil {
			return nil, err
		}
		if err := errors.Join(s.probe.Start(ctx), s.otlp.Start(ctx)); err != nil {
			return nil, fmt.Errorf("otlp: %w", err)
		}
	}
	if len(to.Elasticsearch) > 0 {
		bulk, err := newBulkIndexer(to)
		if err != nil {
			return nil, errors.Join(err, s.Close())
		}
		s.bulk = bulk
	}
	return &s, nil
}

// otlpClient is a client for the endpoint as Endpoints.OTLP describes it, that
// tries again for 15 s or not at all.
func otlpClient(endpoint string, again bool) (otlptrace.Client, error) {
	if !strings.Contains(endpoint, "://") {
		endpoint = "grpc://" + endpoint
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" {
		return nil, errors.New("otlp: the endpoint is neither host:port nor a URL")
	}
	const first, most, total = 100 * time.Millisecond, 2 * time.Second, 15 * time.Second
	switch u.Scheme {
	case "grpc", "grpcs":
		opts := []otlptracegrpc.Option{
			otlptracegrpc.WithEndpoint(u.Host),
			otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{Enabled: again, InitialInterval: first, MaxInterval: most, MaxElapsedTime: total}),
		}
		if u.Scheme == "grpc" {
			opts = append(opts, otlptracegrpc.WithInsecure())
		}
		return otlptracegrpc.NewClient(opts...), nil
	case "http", "https":
		if u.Path == "" || u.Path == "/" {
			u.Path = "/v1/traces"
		}
		return otlptracehttp.NewClient(
			otlptracehttp.WithEndpointURL(u.String()),
			otlptracehttp.WithRetry(otlptracehttp.RetryConfig{Enabled: again, InitialInterval: first, MaxInterval: most, MaxElapsedTime: total}),
		), nil
	}
	return nil, fmt.Errorf("otlp: scheme %s: it is one of grpc, grpcs, http, https", u.Scheme)
}

// Spans uploads the spans.
func (s *Servers) Spans(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	if s.otlp == nil || len(spans) == 0 {
		return nil
	}
	client := s.otlp
	if s.probe != nil {
		client = s.probe
	}
	if err := client.UploadTraces(ctx, spans); err != nil {
		return fmt.Errorf("otlp: %d spans not sent: %w", countSpans(spans), err)
	}
	return s.stopProbe()
}

// stopProbe leaves the first client behind.
func (s *Servers) stopProbe() error {
	if s.probe == nil {
		return nil
	}
	defer func() { s.probe = nil }()
	return s.probe.Stop(context.Background())
}

// Logs indexes the documents, some now and the rest with the next or on Flush.
func (s *Servers) Logs(ctx context.Context, docs []LogDoc) error {
	if s.bulk == nil {
		return nil
	}
	return s.bulk.add(ctx, docs)
}

// Truth does nothing.
func (s *Servers) Truth(context.Context, []Truth) error { return nil }

// Flush indexes what is left and refreshes the indices that were written to,
// so that searches find everything.
func (s *Servers) Flush(ctx context.Context) error {
	if s.bulk == nil {
		return nil
	}
	return s.bulk.flush(ctx)
}

// Close ends the connections.
func (s *Servers) Close() error {
	if s.otlp == nil {
		return nil
	}
	return errors.Join(s.stopProbe(), s.otlp.Stop(context.Background()))
}
