package config

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// A Setting is one value as it may be shown, and where it came from.
type Setting struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
}

// List is what is set, in a fixed order, secrets as "set" and the passwords of
// URLs masked.
func (r *Resolved) List() []Setting {
	shown := map[string]string{
		keyContext: r.Context, keyFrom: strings.Join(r.From, ", "),
		keyJaeger: MaskURL(r.Jaeger), keyJaegerCA: r.JaegerCA, keyJaegerCert: r.JaegerCert, keyJaegerKey: r.JaegerKey,
		keyElasticsearch: strings.Join(maskURLs(r.Elasticsearch), ", "), keyCloudID: r.CloudID,
		keyIndex: strings.Join(r.Indices, ", "), keyFields: fieldsText(r.Fields), keyWildcard: r.Wildcard.String(),
		keyUsername: r.Username, keyCA: r.ElasticsearchCA, keyFingerprint: r.ElasticsearchFingerprint,
		keyJaegerUI: MaskURL(r.JaegerUI), keyKibana: MaskURL(r.Kibana),
		keyInsecure: r.Insecure.String(), headerKey(Tenant): r.JaegerHeaders[Tenant],
	}
	if r.Jaeger == "" {
		shown[keyJaeger] = "grpc://localhost:16685, then http://localhost:16686"
	}
	keys := []string{keyContext, keyFrom, keyJaeger, keyJaegerToken}
	for _, key := range slices.Sorted(maps.Keys(r.Origin)) {
		if strings.HasPrefix(key, headerKey("")) {
			keys = append(keys, key)
		}
	}
	keys = append(
		keys, keyJaegerCA, keyJaegerCert, keyJaegerKey, keyElasticsearch, keyCloudID, keyIndex, keyFields, keyWildcard,
		keyUsername, keyPassword, keyAPIKey, keyToken, keyCA, keyFingerprint, keyInsecure, keyJaegerUI, keyKibana,
	)
	var settings []Setting
	for _, key := range keys {
		origin, said := r.Origin[key]
		if !said {
			continue
		}
		value := shown[key]
		if value == "" {
			value = "set"
		}
		settings = append(settings, Setting{key, value, origin})
	}
	return settings
}

// fieldsText is the fields as they are written on one line.
func fieldsText(fields map[string][]string) string {
	var parts []string
	for _, role := range slices.Sorted(maps.Keys(fields)) {
		parts = append(parts, role+"="+strings.Join(fields[role], ","))
	}
	return strings.Join(parts, " ")
}

// MaskURL hides what could be a secret in a URL, also in one that is none: the
// password, or all of the user information when there is no password in it, and
// what stands behind a question mark or a hash.
func MaskURL(text string) string {
	text = maskUser(text)
	if at := strings.IndexAny(text, "?#"); at >= 0 {
		return text[:at+1] + Redacted
	}
	return text
}

func maskUser(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" && u.User == nil && !strings.Contains(u.RawQuery+u.Fragment, "@") {
		return text
	}
	scheme, rest, isURL := strings.Cut(text, "://")
	if !isURL {
		scheme, rest = "", text
	} else {
		scheme += "://"
	}
	info, host := userInfo(rest)
	if info == "" {
		return text
	}
	user, _, hasPassword := strings.Cut(info, ":")
	if !hasPassword {
		return scheme + Redacted + "@" + host
	}
	return scheme + user + ":" + Redacted + "@" + host
}

func maskURLs(urls []string) []string {
	masked := make([]string, len(urls))
	for i, u := range urls {
		masked[i] = MaskURL(u)
	}
	return masked
}

// userInfo parts what stands before the last @ of a URL's authority. Where a
// password holds a slash, the authority's end cannot be told: then too much
// counts as user information, never too little.
func userInfo(rest string) (info, host string) {
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return "", rest
	}
	return rest[:at], rest[at+1:]
}

// HasPassword reports whether a URL names a password.
func HasPassword(text string) bool {
	if u, err := url.Parse(text); err == nil && u.Host != "" && u.User != nil {
		_, has := u.User.Password()
		return has
	}
	return maskUser(text) != text
}

// Masked is the file as it may be shown: package yaml and package json write
// its secrets as REDACTED, and here its URLs lose theirs.
func (f File) Masked() File {
	f.Contexts = slices.Clone(f.Contexts)
	for i := range f.Contexts {
		c := &f.Contexts[i]
		c.Jaeger, c.Elasticsearch = MaskURL(c.Jaeger), maskURLs(c.Elasticsearch)
		c.JaegerUI, c.Kibana = MaskURL(c.JaegerUI), MaskURL(c.Kibana)
		if s, ok := c.JaegerHeaders[Tenant]; ok && s.plain != "" {
			c.JaegerHeaders = maps.Clone(c.JaegerHeaders)
			s.open = true
			c.JaegerHeaders[Tenant] = s
		}
	}
	return f
}

// YAML is the file as package yaml writes it, without its secrets.
func (f File) YAML() ([]byte, error) { return encode(f.Masked(), layout{indent: 2}) }

// Minified is the file with nothing but one context, which is the current one.
func (f File) Minified(c Context) File {
	f.CurrentContext, f.Contexts = c.Name, []Context{c}
	return f
}
