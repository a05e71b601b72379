// Package config tells where otrace looks: each value from a flag, else the
// environment, else the context in the configuration file, else the default;
// and for each value, which of these it came from.
package config

import (
	"slices"
	"strings"
)

// DemoContext is the context that exists without being configured: the
// evidence that otrace demo keeps.
const DemoContext = "demo"

// Settings say where spans and logs are. Empty fields mean the default.
type Settings struct {
	Context string
	From    []string // bundles and files, instead of servers

	Jaeger        string
	JaegerToken   string
	JaegerHeaders map[string]string // by name in lower case
	JaegerCA      string            // paths of PEM files, as those below
	JaegerCert    string
	JaegerKey     string

	Elasticsearch            []string
	CloudID                  string
	Indices                  []string
	Fields                   map[string][]string // by role
	Wildcard                 Switch
	Username                 string
	Password                 string
	APIKey                   string
	ElasticsearchToken       string
	ElasticsearchCA          string
	ElasticsearchFingerprint string

	Insecure Switch

	JaegerUI string // where people look at traces and logs: for links
	Kibana   string
}

// Tenant is the header that names a tenant, as Jaeger has it by default. Of
// all headers its value alone is no secret.
const Tenant = "x-tenant"

// The keys of values, as flags and files spell them.
const (
	keyContext       = "context"
	keyFrom          = "from"
	keyJaeger        = "jaeger"
	keyJaegerToken   = "jaeger-token"
	keyJaegerHeaders = "jaeger-headers"
	keyJaegerCA      = "jaeger-ca"
	keyJaegerCert    = "jaeger-cert"
	keyJaegerKey     = "jaeger-key"
	keyElasticsearch = "elasticsearch"
	keyCloudID       = "cloud-id"
	keyIndex         = "index"
	keyFields        = "fields"
	keyWildcard      = "wildcard"
	keyUsername      = "username"
	keyPassword      = "password"
	keyAPIKey        = "api-key"
	keyToken         = "elasticsearch-token"
	keyCA            = "elasticsearch-ca"
	keyFingerprint   = "elasticsearch-fingerprint"
	keyInsecure      = "insecure"
	keyJaegerUI      = "jaeger-ui"
	keyKibana        = "kibana"
)

// Split takes a comma-separated value apart, without blanks and empty parts. A
// comma in the password of a URL separates nothing.
func Split(s string) []string {
	var parts []string
	rest := strings.Split(s, ",")
	for len(rest) > 0 {
		n := passwordParts(rest)
		if part := strings.TrimSpace(strings.Join(rest[:n], ",")); part != "" {
			parts = append(parts, part)
		}
		rest = rest[n:]
	}
	return parts
}

// passwordParts is how many of the parts belong to the first: it is more than
// one when that is a URL whose user information goes on behind a comma.
func passwordParts(parts []string) int {
	_, authority, isURL := strings.Cut(parts[0], "://")
	if !isURL || strings.ContainsAny(authority, "@/") || !strings.Contains(authority, ":") {
		return 1
	}
	end := slices.IndexFunc(parts[1:], func(p string) bool { return strings.Contains(p, "://") || strings.Contains(p, "@") })
	if end < 0 || strings.Contains(parts[1+end], "://") {
		return 1
	}
	return end + 2
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
