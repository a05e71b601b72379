// Package jaeger asks Jaeger's query API for the spans of a trace.
//
// Jaeger has four dialects, and no server in the field is sure to speak any
// one of them: gRPC api_v3 and api_v2, HTTP /api/v3 and the UI's own /api. The
// client tries them, fastest first, and remembers the one that answered. All
// are asked for raw traces, so that no clock was corrected before otrace does.
//
// What Jaeger can find depends on its storage, which none of the dialects
// names. A search therefore asks in every way that some storage needs, and
// confirms on this side what comes back.
package jaeger

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"
)

// A Config says where Jaeger is and how to be let in.
type Config struct {
	// URL is http(s)://host:16686[/base] or grpc(s)://host:16685. Empty means
	// this machine: gRPC on port 16685, then HTTP on port 16686. A user and
	// password in it are sent as basic authentication.
	URL        string
	Token      string            // bearer token
	Headers    map[string]string // sent with every request, such as x-tenant
	CACert     []byte            // PEM; empty means the system's
	ClientCert []byte            // PEM
	ClientKey  []byte            // PEM
	Insecure   bool              // accept any certificate

	Memory Memory // keeps the dialect from one process to the next; may be nil

	Wait   func(context.Context, time.Duration) error // sleeps; for tests
	Jitter func() float64                             // 0 to 1; for tests
	Now    func() time.Time                           // for tests
}

// A Memory keeps small facts under a key. What it returns is not trusted to
// be still true.
type Memory interface {
	Get(key string) ([]byte, bool)
	Put(key string, value []byte)
}

// A Client asks one Jaeger. It is safe for concurrent use.
type Client struct {
	servers []server
	memory  Memory
	key     string // under which the memory keeps this Jaeger's dialect
	wait    func(context.Context, time.Duration) error
	jitter  func() float64
	now     func() time.Time

	mu       sync.Mutex
	known    dialect // the one that answered last
	recalled bool    // the memory was asked
	storage  storage
	order    order
	oneName  bool          // failed spans are kept under the first of failedNames alone
	stride   int64         // a window whose traces are few enough to be sifted at once
	pace     time.Duration // that a trace of an answer takes
	silences map[string]silence
}

// A server is one address and the dialects that may be spoken there.
type server interface {
	address() string
	dialects() []dialect
	close() error
}

// New makes a client. It does not touch the network. Its errors never show a
// secret.
func New(cfg Config) (*Client, error) {
	cfg = withDefaults(cfg)
	c := &Client{memory: cfg.Memory, wait: cfg.Wait, jitter: cfg.Jitter, now: cfg.Now}
	targets, err := parseTargets(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("jaeger: %w", err)
	}
	headers, err := headersOf(cfg)
	if err != nil {
		return nil, fmt.Errorf("jaeger: %w", err)
	}
	secure, err := tlsConfig(cfg)
	if err != nil {
		return nil, fmt.Errorf("jaeger: %w", err)
	}
	c.key = "jaeger dialect"
	for _, t := range targets {
		s, err := t.open(headers, secure)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("jaeger: %w", err), c.Close())
		}
		c.servers = append(c.servers, s)
		c.key += " " + s.address()
	}
	return c, nil
}

func withDefaults(cfg Config) Config {
	if cfg.Wait == nil {
		cfg.Wait = wait
	}
	if cfg.Jitter == nil {
		cfg.Jitter = rand.Float64
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return cfg
}

// headersOf are the headers of every request, with names in lower case.
func headersOf(cfg Config) (map[string]string, error) {
	headers := map[string]string{}
	if cfg.Token != "" {
		headers["authorization"] = "Bearer " + cfg.Token
	}
	for name, value := range cfg.Headers {
		headers[strings.ToLower(name)] = value
	}
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		if !httpguts.ValidHeaderFieldName(name) {
			return nil, fmt.Errorf("%q is no header name", name)
		}
		if !httpguts.ValidHeaderFieldValue(headers[name]) {
			return nil, fmt.Errorf("the value of header %s has a character that no header can hold", name)
		}
	}
	return headers, nil
}

// Close ends the connections.
func (c *Client) Close() error {
	var errs []error
	for _, s := range c.servers {
		errs = append(errs, s.close())
	}
	return errors.Join(errs...)
}
