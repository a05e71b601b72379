package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// unreached tells why a source did not answer, and what to do about it.
func (x *examination) unreached(s *section, key string, err error) {
	text := x.words(err)
	if errors.Is(err, trace.ErrRefused) {
		x.refuse()
		what, credential := "authentication", x.jaegerCredential()
		if key == "elasticsearch" {
			credential = x.elasticCredential()
		}
		if credential == "" {
			s.fail(what, text, "it wants credentials, and none are set: "+credentialHint(key))
		} else {
			s.fail(what, text, "what was sent is the "+credential)
		}
		return
	}
	s.fail("reachable", text, x.reachHint(key, err))
}

// refuse notes that a server turned the credentials down.
func (x *examination) refuse() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.report.refused = true
}

func (x *examination) reachHint(key string, err error) string {
	origin := x.r.Origin[key]
	if key == "elasticsearch" && origin == "" {
		origin = x.r.Origin["cloud-id"]
	}
	switch text := err.Error(); {
	case errors.Is(err, context.DeadlineExceeded):
		return "give it longer with --timeout"
	case strings.Contains(text, "certificate"):
		return fmt.Sprintf("name the authority of its certificate with --%s-ca", key)
	case strings.Contains(text, "no TLS"):
		return "write http:// or grpc:// for a server that does not encrypt"
	}
	return fmt.Sprintf("check that it runs, and its address (%s); --%s names another", origin, key)
}

func credentialHint(key string) string {
	if key == "jaeger" {
		return "OTRACE_JAEGER_TOKEN, or OTRACE_JAEGER_HEADERS"
	}
	return "OTRACE_ELASTICSEARCH_API_KEY, or _USERNAME and _PASSWORD, or _TOKEN"
}

// hasUser reports whether a URL names somebody.
func hasUser(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.User != nil
}

// authentication tells as whom the server was asked. A server that asks for
// nothing takes everything.
func (x *examination) authentication(s *section, credential string, urls ...string) {
	switch {
	case credential == "":
		s.ok("authentication", "none sent, and none asked for")
	case slices.ContainsFunc(urls, readable):
		s.warn("authentication", "accepted: "+credential, "it travels unprotected: use https:// or grpcs://")
	default:
		s.ok("authentication", "accepted: "+credential)
	}
}

// readable reports a URL whose traffic others on the way can read.
func readable(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "grpc" {
		return false
	}
	return u.Hostname() != "localhost" && !net.ParseIP(u.Hostname()).IsLoopback()
}

// jaegerCredential says what Jaeger is sent, and where it comes from.
func (x *examination) jaegerCredential() string {
	switch {
	case x.r.JaegerToken != "":
		return "bearer token (" + x.r.Origin["jaeger-token"] + ")"
	case x.r.JaegerHeaders["authorization"] != "":
		return "header authorization (" + x.r.Origin["header authorization"] + ")"
	case hasUser(x.r.Jaeger):
		return "user and password of its URL (" + x.r.Origin["jaeger"] + ")"
	case x.r.JaegerCert != "":
		return "client certificate (" + x.r.Origin["jaeger-cert"] + ")"
	}
	for name := range x.r.JaegerHeaders {
		return "header " + name + " (" + x.r.Origin["header "+name] + ")"
	}
	return ""
}

// elasticCredential says what Elasticsearch is sent, in the order in which its
// client chooses.
func (x *examination) elasticCredential() string {
	switch {
	case slices.ContainsFunc(x.r.Elasticsearch, hasUser):
		return "user and password of its URL (" + x.r.Origin["elasticsearch"] + ")"
	case x.r.APIKey != "":
		return "API key (" + x.r.Origin["api-key"] + ")"
	case x.r.ElasticsearchToken != "":
		return "bearer token (" + x.r.Origin["elasticsearch-token"] + ")"
	case x.r.Username != "":
		return fmt.Sprintf("user %s (%s), password (%s)", x.r.Username, x.r.Origin["username"], orElse(x.r.Origin["password"], "none"))
	}
	return ""
}
