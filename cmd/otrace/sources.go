package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/es"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/jaeger"
)

// settings are the flags that say where spans and logs are, and how long to
// wait for them.
type settings struct {
	config.Settings
	timeout time.Duration
}

// addSettings registers the flags. No value from the environment is a flag's default:
// help would print it, secrets and all.
func (s *settings) addSettings(flags *pflag.FlagSet) {
	flags.StringVar(&s.Jaeger, "jaeger", "", "Jaeger's `URL`: http(s)://host:16686[/base] or grpc(s)://host:16685 (default: localhost)")
	flags.StringSliceVar(&s.Elasticsearch, "elasticsearch", nil, "Elasticsearch's `URL`, or several (default: http://localhost:9200)")
	flags.StringSliceVar(&s.Indices, "index", nil, "look for logs in these index `patterns` only")
	flags.StringVar(&s.Context, "context", "", "use this context (`name`) of the configuration; \"demo\" is what otrace demo left")
	flags.StringArrayVar(&s.From, "from", nil, "read a bundle or file (`path`) instead of the servers; repeatable")
	flags.BoolVar(&s.Insecure, "insecure", false, "do not verify the servers' TLS certificates")
	flags.Var(durationValue{&s.timeout}, "timeout", "how long to wait for all answers (default 30s)")
	s.timeout = 30 * time.Second
}

// sources resolves the settings into the backends to ask. The second value is
// the bundle when there is one.
func (a *app) sources(s *settings) (gather.Sources, *bundle.Bundle, error) {
	resolved, err := config.Resolve(s.Settings, a.getenv)
	if err != nil {
		return gather.Sources{}, nil, usageError{err}
	}
	if len(resolved.From) > 0 {
		return a.bundled(resolved)
	}
	a.keepSecret(&resolved)
	if resolved.Insecure {
		fmt.Fprintln(a.err, "otrace: warning: TLS certificates are not verified (--insecure)")
	}
	spans, err := jaeger.New(jaeger.Config{URL: resolved.Jaeger, Token: resolved.JaegerToken, Insecure: resolved.Insecure})
	if err != nil {
		return gather.Sources{}, nil, usageError{err}
	}
	urls := resolved.Elasticsearch
	if len(urls) == 0 {
		urls = []string{"http://localhost:9200"}
	}
	logs, err := es.New(es.Config{
		URLs: urls, Indices: resolved.Indices, Insecure: resolved.Insecure,
		Username: resolved.Username, Password: resolved.Password, APIKey: resolved.APIKey,
	})
	if err != nil {
		return gather.Sources{}, nil, usageError{err}
	}
	return gather.Sources{Spans: spans, SpansName: "jaeger", Logs: logs, LogsName: "elasticsearch"}, nil, nil
}

// bundled opens bundles in place of servers.
func (a *app) bundled(s config.Settings) (gather.Sources, *bundle.Bundle, error) {
	b, err := bundle.Open(s.From...)
	if err != nil {
		if s.Context == config.DemoContext && errors.Is(err, bundle.ErrNoBundle) {
			err = hintedError{errors.New("context demo holds nothing yet"), "run otrace demo first"}
		}
		return gather.Sources{}, nil, err
	}
	return gather.Sources{Spans: b, SpansName: "bundle", Logs: b, LogsName: "bundle"}, b, nil
}
