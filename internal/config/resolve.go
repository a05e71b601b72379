package config

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// DefaultElasticsearch is where Elasticsearch is when nobody says otherwise.
const DefaultElasticsearch = "http://localhost:9200"

// Resolved are complete settings, and where each came from.
type Resolved struct {
	Settings
	Origin  map[string]string // by key: "flag --jaeger", "environment NAME", "context prod in FILE", "default"
	Warning string            // about the configuration file; "" when all is well

	file    string // the configuration file
	pending []pending
	getenv  func(string) string
	mute    []string // variables that do not count, for a flag says the same in another way
}

// A pending secret has not been looked for yet.
type pending struct {
	key    string
	secret Secret
	set    func(string)
}

// Resolve completes the settings that flags gave with those of the environment
// and of the context. The context's secrets are missing until Reveal.
func Resolve(flags Settings, getenv func(string) string) (*Resolved, error) {
	r := &Resolved{Settings: flags, Origin: map[string]string{}, getenv: getenv}
	if len(r.From) > 0 { // all that is asked for is there
		r.Origin[keyFrom] = fromFlag(keyFrom)
		if flags.Context == "" {
			return r, nil
		}
		return r, r.besideBundle()
	}
	file, err := Load(getenv)
	if err != nil {
		return nil, err
	}
	c, err := r.choose(&file)
	if err != nil {
		return nil, err
	}
	r.file = file.path
	if file.exposed() {
		r.Warning = fmt.Sprintf("%s holds a secret and can be read by others (mode %04o): run chmod 600 on it, or name the secret's env, file or command instead", file.path, file.mode.Perm())
	}
	return r, r.fill(c, "context "+c.Name+" in "+file.path, &file)
}

// besideBundle takes from the context that was asked for what holds for a
// bundle, too: the names of fields, and where to link to.
func (r *Resolved) besideBundle() error {
	file, err := Load(r.getenv)
	if err != nil {
		return err
	}
	c, err := r.choose(&file)
	if err != nil {
		return err
	}
	r.file = file.path
	r.besides(c, "context "+c.Name+" in "+file.path)
	return nil
}

// besides completes what holds for servers and bundles alike.
func (r *Resolved) besides(c Context, origin string) {
	l := layers{r, origin}
	l.text(keyJaegerUI, &r.JaegerUI, "OTRACE_JAEGER_UI_URL", c.JaegerUI)
	l.text(keyKibana, &r.Kibana, "OTRACE_KIBANA_URL", c.Kibana)
	r.fields(c.Fields, origin)
}

func fromFlag(name string) string       { return "flag --" + name }
func fromEnvironment(key string) string { return "environment " + key }

// byDefault is the origin of what nobody said.
const byDefault = "default"

// choose returns the context to use, an empty one when none is named.
func (r *Resolved) choose(file *File) (Context, error) {
	name, origin := r.Context, fromFlag(keyContext)
	if name == "" {
		name, origin = getenvAs(r.getenv, "OTRACE_CONTEXT")
	}
	if name == "" {
		name, origin = file.CurrentContext, "current-context in "+file.path
	}
	if name == "" {
		return Context{}, nil
	}
	r.Context, r.Origin[keyContext] = name, origin
	return file.Context(name, r.getenv)
}

func getenvAs(getenv func(string) string, name string) (value, origin string) {
	return getenv(name), fromEnvironment(name)
}

// fill takes from the environment and the context what flags have not said.
func (r *Resolved) fill(c Context, origin string, file *File) error {
	if !file.Has(c.Name) {
		origin = "context " + c.Name + ", which is built in"
	}
	r.besides(c, origin)
	// A context of bundles is all or nothing: only a flag asks for a server
	// beside it, not a variable that happens to be set.
	if len(c.From) > 0 && r.Jaeger == "" && len(r.Elasticsearch) == 0 && r.CloudID == "" {
		r.From, r.Origin[keyFrom] = r.paths(c.From), origin
		return nil
	}
	if err := r.address(&c, origin); err != nil {
		return fmt.Errorf("config: %w", err)
	}
	r.oneCredential(&c)

	l := layers{r, origin}
	l.text(keyJaeger, &r.Jaeger, "OTRACE_JAEGER_URL", c.Jaeger)
	l.secret(keyJaegerToken, &r.JaegerToken, "OTRACE_JAEGER_TOKEN", c.JaegerToken)
	l.path(keyJaegerCA, &r.JaegerCA, "OTRACE_JAEGER_CA", c.JaegerCA)
	l.path(keyJaegerCert, &r.JaegerCert, "OTRACE_JAEGER_CERT", c.JaegerCert)
	l.path(keyJaegerKey, &r.JaegerKey, "OTRACE_JAEGER_KEY", c.JaegerKey)
	l.list(keyElasticsearch, &r.Elasticsearch, "OTRACE_ELASTICSEARCH_URL", c.Elasticsearch)
	l.text(keyCloudID, &r.CloudID, "OTRACE_ELASTICSEARCH_CLOUD_ID", c.CloudID)
	l.list(keyIndex, &r.Indices, "OTRACE_INDEX", c.Index)
	l.text(keyUsername, &r.Username, "OTRACE_ELASTICSEARCH_USERNAME", c.Username)
	l.secret(keyPassword, &r.Password, "OTRACE_ELASTICSEARCH_PASSWORD", c.Password)
	l.secret(keyAPIKey, &r.APIKey, "OTRACE_ELASTICSEARCH_API_KEY", c.APIKey)
	l.secret(keyToken, &r.ElasticsearchToken, "OTRACE_ELASTICSEARCH_TOKEN", c.ElasticsearchToken)
	l.path(keyCA, &r.ElasticsearchCA, "OTRACE_ELASTICSEARCH_CA", c.ElasticsearchCA)
	l.text(keyFingerprint, &r.ElasticsearchFingerprint, "OTRACE_ELASTICSEARCH_FINGERPRINT", c.ElasticsearchFingerprint)
	l.flip(keyWildcard, &r.Wildcard, c.Wildcard)
	l.flip(keyInsecure, &r.Insecure, c.Insecure)
	if len(r.Elasticsearch) == 0 && r.CloudID == "" {
		r.Elasticsearch, r.Origin[keyElasticsearch] = []string{DefaultElasticsearch}, byDefault
	}
	if r.Jaeger == "" {
		r.Origin[keyJaeger] = byDefault
	}
	return l.headers(c.JaegerHeaders)
}

// address leaves one of a URL and a cloud ID: whoever speaks first names the
// cluster, in one way or the other. Who names it in both is asked what is meant.
func (r *Resolved) address(c *Context, origin string) error {
	urls, id := r.getenv("OTRACE_ELASTICSEARCH_URL"), r.getenv("OTRACE_ELASTICSEARCH_CLOUD_ID")
	switch {
	case len(r.Elasticsearch) > 0 && r.CloudID != "":
		return errors.New("--elasticsearch and --cloud-id: give one of them")
	case len(r.Elasticsearch) > 0 || r.CloudID != "":
		r.mute = []string{"OTRACE_ELASTICSEARCH_URL", "OTRACE_ELASTICSEARCH_CLOUD_ID"}
	case urls != "" && id != "":
		return errors.New("OTRACE_ELASTICSEARCH_URL and OTRACE_ELASTICSEARCH_CLOUD_ID: set one of them")
	case urls == "" && id == "":
		if len(c.Elasticsearch) > 0 && c.CloudID != "" {
			return fmt.Errorf("%s has elasticsearch and cloud-id: one is too many", origin)
		}
		return nil
	}
	c.Elasticsearch, c.CloudID = nil, ""
	return nil
}

// oneCredential leaves out the context's credentials of other kinds when the
// environment has some: an API key in the context must not outrank a password
// in the environment.
func (r *Resolved) oneCredential(c *Context) {
	user := r.getenv("OTRACE_ELASTICSEARCH_USERNAME")+r.getenv("OTRACE_ELASTICSEARCH_PASSWORD") != ""
	key, token := r.getenv("OTRACE_ELASTICSEARCH_API_KEY") != "", r.getenv("OTRACE_ELASTICSEARCH_TOKEN") != ""
	if !user && !key && !token {
		return
	}
	if !user {
		c.Username, c.Password = "", Secret{}
	}
	c.APIKey, c.ElasticsearchToken = Secret{}, Secret{}
}

func (r *Resolved) fields(fields map[string]list, origin string) {
	for role, names := range fields {
		if r.Fields == nil {
			r.Fields, r.Origin[keyFields] = map[string][]string{}, origin
		}
		r.Fields[role] = names
	}
}

func (r *Resolved) paths(paths []string) []string {
	full := make([]string, len(paths))
	for i, path := range paths {
		full[i] = beside(r.file, path, r.getenv)
	}
	return full
}

// layers are flags over the environment over the context.
type layers struct {
	r      *Resolved
	origin string // of the context's values
}

// text completes a value, and tells where it came from.
func (l layers) text(key string, value *string, env, inContext string) {
	switch {
	case *value != "":
		l.r.Origin[key] = fromFlag(key)
	case l.r.getenv(env) != "" && !slices.Contains(l.r.mute, env):
		*value, l.r.Origin[key] = getenvAs(l.r.getenv, env)
	case inContext != "":
		*value, l.r.Origin[key] = inContext, l.origin
	}
}

// path is text that names a file: from the working folder, or from that of the
// configuration file where the context names it.
func (l layers) path(key string, value *string, env, inContext string) {
	l.text(key, value, env, beside(l.r.file, inContext, l.r.getenv))
	*value = expand(*value, l.r.getenv)
}

func (l layers) list(key string, value *[]string, env string, inContext []string) {
	var text string
	l.text(key, &text, env, strings.Join(inContext, ","))
	switch {
	case len(*value) > 0:
		l.r.Origin[key] = fromFlag(key)
	case l.r.Origin[key] == fromEnvironment(env):
		*value = Split(text)
	default:
		*value = inContext
	}
}

func (l layers) flip(key string, value *Switch, inContext Switch) {
	if *value != Unsaid {
		l.r.Origin[key] = fromFlag(key)
	} else if inContext != Unsaid {
		*value, l.r.Origin[key] = inContext, l.origin
	}
}

// secret takes the environment's, or remembers where the context's is.
func (l layers) secret(key string, value *string, env string, inContext Secret) {
	l.text(key, value, env, "")
	if *value != "" || inContext.IsZero() {
		return
	}
	l.pend(key, inContext, func(s string) { *value = s })
}

func (l layers) pend(key string, s Secret, set func(string)) {
	l.r.Origin[key] = l.origin
	if s.plain == "" {
		l.r.Origin[key] += ": " + s.String()
	}
	l.r.pending = append(l.r.pending, pending{key, s, set})
}

// headers puts together what is said of each header.
func (l layers) headers(inContext headers) error {
	r := l.r
	said := r.JaegerHeaders
	r.JaegerHeaders = map[string]string{}
	add := func(name, value, origin string) {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, known := r.Origin[headerKey(name)]; !known && value != "" {
			r.JaegerHeaders[name], r.Origin[headerKey(name)] = value, origin
		}
	}
	for name, value := range said {
		add(name, value, fromFlag("tenant"))
	}
	add(Tenant, r.getenv("OTRACE_TENANT"), fromEnvironment("OTRACE_TENANT"))
	for pair := range strings.SplitSeq(r.getenv("OTRACE_JAEGER_HEADERS"), ",") {
		name, value, ok := strings.Cut(pair, "=")
		if !ok && strings.TrimSpace(pair) != "" {
			return errors.New("config: OTRACE_JAEGER_HEADERS must be name=value, or several between commas")
		}
		add(name, strings.TrimSpace(value), fromEnvironment("OTRACE_JAEGER_HEADERS"))
	}
	for _, name := range slices.Sorted(maps.Keys(inContext)) {
		if _, known := r.Origin[headerKey(name)]; !known {
			l.pend(headerKey(name), inContext[name], func(s string) { r.JaegerHeaders[name] = s })
		}
	}
	return nil
}

func headerKey(name string) string { return "header " + strings.ToLower(name) }

// Reveal gets the secrets that the context names, once. It is called when they
// are needed: a command may ask the user for something. All are tried, though
// one cannot be had.
func (r *Resolved) Reveal(ctx context.Context) error {
	var failed error
	for _, p := range r.pending {
		value, err := p.secret.Reveal(ctx, r.file, r.getenv)
		switch {
		case err == nil:
			p.set(value)
		case failed == nil:
			failed = fmt.Errorf("config: the %s of context %s: %w", p.key, r.Context, err)
		default:
			failed = fmt.Errorf("%w; the %s: %w", failed, p.key, err)
		}
	}
	r.pending = nil
	return failed
}
