package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/cache"
	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/es"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/jaeger"
	"github.com/otrace/otrace/internal/trace"
)

// settings are the flags that say where spans and logs are, and how long to
// wait for them.
type settings struct {
	config.Settings
	tenant  string
	within  trace.Window  // what Elasticsearch is to look at; all time when zero
	timeout time.Duration // zero until it is resolved, unless the flag said it
	found   *config.Resolved
}

const defaultTimeout = 30 * time.Second

// keptFor is how long what was learnt about servers may be of use. How long a
// fact is believed is for those to say who learnt it.
const keptFor = 24 * time.Hour

// addSettings registers the flags. No value from the environment is a flag's default:
// help would print it, secrets and all.
func (s *settings) addSettings(flags *pflag.FlagSet) {
	s.addJaeger(flags)
	s.addElasticsearch(flags)
	flags.StringVar(&s.Context, "context", "", "use this context (`name`) of the configuration; \"demo\" is what otrace demo left")
	flags.StringArrayVar(&s.From, "from", nil, "read a bundle or file (`path`) instead of the servers; repeatable")
	addSwitch(flags, &s.Insecure, "insecure", "do not verify the servers' TLS certificates")
	flags.Var(durationValue{&s.timeout}, "timeout", "how long to wait for all answers (default 30s)")
}

func (s *settings) addJaeger(flags *pflag.FlagSet) {
	flags.StringVar(&s.Jaeger, "jaeger", "", "Jaeger's `URL`: http(s)://host:16686[/base] or grpc(s)://host:16685 (default: localhost)")
	flags.StringVar(&s.JaegerCA, "jaeger-ca", "", "trust Jaeger's certificate by this authority's (PEM `file`)")
	flags.StringVar(&s.JaegerCert, "jaeger-cert", "", "show Jaeger this client certificate (PEM `file`)")
	flags.StringVar(&s.JaegerKey, "jaeger-key", "", "the client certificate's key (PEM `file`)")
	flags.StringVar(&s.tenant, "tenant", "", "ask Jaeger for this tenant's traces (`name`; the header x-tenant)")
}

func (s *settings) addElasticsearch(flags *pflag.FlagSet) {
	flags.Var(listValue{&s.Elasticsearch}, "elasticsearch", "Elasticsearch's `URL`, or several (default: http://localhost:9200)")
	flags.StringVar(&s.ElasticsearchCA, "elasticsearch-ca", "", "trust Elasticsearch's certificate by this authority's (PEM `file`)")
	flags.StringVar(&s.ElasticsearchFingerprint, "elasticsearch-fingerprint", "", "trust the certificate of this SHA-256 in `hex`, and no other")
	flags.StringVar(&s.CloudID, "cloud-id", "", "Elastic Cloud's `ID` of the deployment, in place of a URL")
	flags.Var(listValue{&s.Indices}, "index", "look for logs in these index `patterns` only")
	addSwitch(flags, &s.Wildcard, "wildcard", "also look for IDs inside longer words: slow")
}

// addSwitch registers a flag that can be on, off, or left to the context.
func addSwitch(flags *pflag.FlagSet, s *config.Switch, name, usage string) {
	flags.VarPF(s, name, "", usage).NoOptDefVal = "true"
}

// A listValue is a flag that can be repeated, or hold several values between
// commas.
type listValue struct{ list *[]string }

// String returns nothing, so that pflag prints no default.
func (v listValue) String() string { return "" }

// Type names the flag's value in the help.
func (v listValue) Type() string { return "list" }

// Set adds values.
func (v listValue) Set(s string) error {
	*v.list = append(*v.list, config.Split(s)...)
	return nil
}

// sources resolves the settings into the backends to ask. The second value is
// the bundle when there is one.
func (a *app) sources(s *settings) (gather.Sources, *bundle.Bundle, error) {
	r, err := a.resolve(s)
	if err != nil {
		return gather.Sources{}, nil, err
	}
	if len(r.From) > 0 {
		return a.bundled(r)
	}
	if err := a.reveal(s, r); err != nil {
		return gather.Sources{}, nil, err
	}
	spans, err := a.newJaeger(r)
	if err != nil {
		return gather.Sources{}, nil, err
	}
	logs, err := a.newElasticsearch(r, s.within)
	if err != nil {
		return gather.Sources{}, nil, err
	}
	return gather.Sources{Spans: spans, Failing: spans, SpansName: "jaeger", Logs: logs, ErrorLogs: logs, LogsName: "elasticsearch"}, nil, nil
}

// resolve completes the settings, says what is wrong with the configuration
// file, and sets the timeout.
func (a *app) resolve(s *settings) (*config.Resolved, error) {
	flags := s.Settings
	if s.tenant != "" {
		flags.JaegerHeaders = map[string]string{config.Tenant: s.tenant}
	}
	r, err := config.Resolve(flags, a.getenv)
	if err != nil {
		return nil, usageError{err}
	}
	if r.Warning != "" {
		a.warn(r.Warning)
	}
	s.found = r
	r.Origin[timeoutKey], err = s.setTimeout(a.getenv)
	return r, err
}

// timeoutKey is the timeout's among the origins.
const timeoutKey = "timeout"

// setTimeout completes the timeout, and tells where it came from.
func (s *settings) setTimeout(getenv func(string) string) (origin string, err error) {
	const name = "OTRACE_TIMEOUT"
	switch text := getenv(name); {
	case s.timeout > 0:
		return "flag --timeout", nil
	case text != "":
		if err := (durationValue{&s.timeout}).Set(text); err != nil {
			return "", usageError{hintedError{fmt.Errorf("%s: %w", name, err), "give it a duration such as 90s or 2m"}}
		}
		return "environment " + name, nil
	}
	s.timeout = defaultTimeout
	return "default", nil
}

// reveal gets the secrets, from commands where the context says so, and warns
// of what makes them pointless. The time that it takes is the timeout's.
func (a *app) reveal(s *settings, r *config.Resolved) error {
	start := time.Now()
	ctx, cancel := context.WithTimeout(a.ctx, s.timeout)
	defer cancel()
	err := r.Reveal(ctx)
	s.timeout = max(s.timeout-time.Since(start), 1)
	a.keepSecret(&r.Settings)
	if err != nil {
		return hintedError{err, "see otrace config view for where the context has its secrets"}
	}
	if r.Insecure.IsOn() {
		said := "--insecure"
		if origin := r.Origin["insecure"]; origin != "flag --insecure" {
			said = "insecure in " + origin
		}
		a.warn("TLS certificates are not verified (" + said + ")")
	}
	return nil
}

func (a *app) newJaeger(r *config.Resolved) (*jaeger.Client, error) {
	cfg := jaeger.Config{
		URL: r.Jaeger, Token: r.JaegerToken, Headers: r.JaegerHeaders, Insecure: r.Insecure.IsOn(), Memory: a.memory(),
	}
	for _, pem := range []struct {
		key  string
		path string
		data *[]byte
	}{{"jaeger-ca", r.JaegerCA, &cfg.CACert}, {"jaeger-cert", r.JaegerCert, &cfg.ClientCert}, {"jaeger-key", r.JaegerKey, &cfg.ClientKey}} {
		if err := readPEM(r, pem.key, pem.path, pem.data); err != nil {
			return nil, err
		}
	}
	client, err := jaeger.New(cfg)
	if err != nil {
		return nil, usageError{err}
	}
	return client, nil
}

func (a *app) newElasticsearch(r *config.Resolved, within trace.Window) (*es.Client, error) {
	cfg := es.Config{
		URLs: r.Elasticsearch, CloudID: r.CloudID, Indices: r.Indices, Fields: r.Fields, Wildcard: r.Wildcard.IsOn(),
		Username: r.Username, Password: r.Password, APIKey: r.APIKey, Token: r.ElasticsearchToken,
		Fingerprint: r.ElasticsearchFingerprint, Insecure: r.Insecure.IsOn(), Memory: a.memory(), Window: within,
	}
	if err := readPEM(r, "elasticsearch-ca", r.ElasticsearchCA, &cfg.CACert); err != nil {
		return nil, err
	}
	client, err := es.New(cfg)
	if err != nil {
		return nil, usageError{err}
	}
	return client, nil
}

// memory is where clients keep what they learnt from one run to the next.
func (a *app) memory() *cache.Cache {
	return cache.Open(config.CacheDir(a.getenv), keptFor, time.Now)
}

// largestPEM is more than any chain of certificates has.
const largestPEM = 1 << 20

// readPEM reads a file that a setting names, if it does.
func readPEM(r *config.Resolved, key, path string, data *[]byte) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path)
	if err == nil {
		defer f.Close()
		*data, err = io.ReadAll(io.LimitReader(f, largestPEM))
	}
	if err != nil {
		return usageError{hintedError{fmt.Errorf("%s: %w", key, err), "the path is from: " + r.Origin[key]}}
	}
	return nil
}

// bundled opens bundles in place of servers.
func (a *app) bundled(r *config.Resolved) (gather.Sources, *bundle.Bundle, error) {
	b, err := bundle.OpenContext(a.ctx, r.From...)
	if err != nil {
		if r.Context == config.DemoContext && errors.Is(err, bundle.ErrNoBundle) {
			err = hintedError{errors.New("context demo holds nothing yet"), "run otrace demo first"}
		}
		return gather.Sources{}, nil, err
	}
	b.Use(r.Fields)
	return gather.Sources{Spans: b, Failing: b, SpansName: "bundle", Logs: b, ErrorLogs: b, LogsName: "bundle"}, b, nil
}
