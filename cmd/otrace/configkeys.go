package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/otrace/otrace/internal/config"
)

// A contextKey is one key of a context: a flag of set-context, or three where
// it is a secret.
type contextKey struct {
	name  string
	usage string
	kind  keyKind
}

type keyKind uint8

const (
	textKey keyKind = iota
	urlKey
	urlsKey
	listKey
	pathKey
	pathsKey
	secretKey
	switchKey
	tenantKey
	fieldsKey
)

// contextKeys are the keys in the order in which they are written.
var contextKeys = [...]contextKey{
	{"jaeger", "Jaeger's `URL`", urlKey},
	{"jaeger-token", "the bearer token for Jaeger", secretKey},
	{"tenant", "the tenant to ask Jaeger for (`name`; the header x-tenant)", tenantKey},
	{"jaeger-ca", "the authority of Jaeger's certificate (PEM `file`)", pathKey},
	{"jaeger-cert", "the client certificate for Jaeger (PEM `file`)", pathKey},
	{"jaeger-key", "the client certificate's key (PEM `file`)", pathKey},
	{"elasticsearch", "Elasticsearch's `URL`, or several", urlsKey},
	{"cloud-id", "Elastic Cloud's `ID` of the deployment", textKey},
	{"index", "the index `patterns` of the logs", listKey},
	{"field", "the log field that tells a role (`role=field`), as trace=corr_id; repeatable", fieldsKey},
	{"wildcard", "also look for IDs inside longer words: slow", switchKey},
	{"username", "Elasticsearch's `user`", textKey},
	{"password", "the user's password", secretKey},
	{"api-key", "the API key for Elasticsearch", secretKey},
	{"elasticsearch-token", "the bearer token for Elasticsearch", secretKey},
	{"elasticsearch-ca", "the authority of Elasticsearch's certificate (PEM `file`)", pathKey},
	{"elasticsearch-fingerprint", "the SHA-256 of Elasticsearch's certificate in `hex`", textKey},
	{"insecure", "do not verify the servers' TLS certificates", switchKey},
	{"jaeger-ui", "the address (`URL`) of Jaeger's web pages, for links", urlKey},
	{"kibana", "the address (`URL`) of Kibana, for links", urlKey},
	{"from", "a bundle or file (`path`) instead of servers; repeatable", pathsKey},
}

// addTo registers the key's flags.
func (k contextKey) addTo(flags *pflag.FlagSet) {
	switch k.kind {
	case secretKey:
		flags.String(k.name+"-env", "", k.usage+" is in this environment `variable`")
		flags.String(k.name+"-file", "", k.usage+" is in this `file`")
		flags.String(k.name+"-command", "", k.usage+" is what this `command` prints")
	case switchKey:
		addSwitch(flags, new(config.Switch), k.name, k.usage)
	case fieldsKey, pathsKey:
		flags.StringArray(k.name, nil, k.usage)
	default:
		flags.String(k.name, "", k.usage)
	}
}

// changesOf are the changes that the flags ask for.
func changesOf(flags *pflag.FlagSet) ([]config.Change, error) {
	var changes []config.Change
	for _, k := range contextKeys {
		some, err := k.changes(flags)
		if err != nil {
			return nil, err
		}
		changes = append(changes, some...)
	}
	return oneAddress(changes)
}

// oneAddress removes the context's URL where a cloud ID is set, and the reverse.
func oneAddress(changes []config.Change) ([]config.Change, error) {
	set := map[string]bool{}
	for _, c := range changes {
		set[c.Key] = c.Value != nil
	}
	switch {
	case set["elasticsearch"] && set["cloud-id"]:
		return nil, errors.New("--elasticsearch and --cloud-id: give one of them")
	case set["elasticsearch"]:
		return append(changes, config.Change{Key: "cloud-id"}), nil
	case set["cloud-id"]:
		return append(changes, config.Change{Key: "elasticsearch"}), nil
	}
	return changes, nil
}

// changes are those of one key. A value that is empty removes it.
func (k contextKey) changes(flags *pflag.FlagSet) ([]config.Change, error) {
	if k.kind == secretKey {
		return k.secret(flags)
	}
	flag := flags.Lookup(k.name)
	if !flag.Changed {
		return nil, nil
	}
	text := flag.Value.String()
	switch k.kind {
	case tenantKey:
		return []config.Change{{Key: "jaeger-headers", Entry: config.Tenant, Value: unlessEmpty(text)}}, nil
	case fieldsKey:
		return fieldChanges(flags)
	case switchKey:
		if text != "true" {
			return []config.Change{{Key: k.name}}, nil
		}
		return []config.Change{{Key: k.name, Value: config.On}}, nil
	case pathKey:
		path, err := absolute(text)
		return []config.Change{{Key: k.name, Value: unlessEmpty(path)}}, err
	case pathsKey, listKey, urlsKey:
		list, err := k.list(flags)
		return []config.Change{{Key: k.name, Value: oneOrMore(list)}}, err
	case urlKey:
		return []config.Change{{Key: k.name, Value: unlessEmpty(text)}}, k.refusePassword(text)
	}
	return []config.Change{{Key: k.name, Value: unlessEmpty(text)}}, nil
}

// list is the values of a key that can have several.
func (k contextKey) list(flags *pflag.FlagSet) ([]string, error) {
	if k.kind != pathsKey {
		list := config.Split(flags.Lookup(k.name).Value.String())
		return list, k.refusePassword(list...)
	}
	list, err := flags.GetStringArray(k.name)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, path := range list {
		if path, err = absolute(path); err != nil {
			return nil, err
		}
		if path != "" {
			paths = append(paths, path)
		}
	}
	return paths, nil
}

// refusePassword keeps passwords out of a file, and off the command line,
// where other users of the machine can read them.
func (k contextKey) refusePassword(urls ...string) error {
	for _, url := range urls {
		if !config.HasPassword(url) {
			continue
		}
		hint := "use --username, and --password-env, --password-file or --password-command"
		if k.name == "jaeger" {
			hint = "use --jaeger-token-env, --jaeger-token-file or --jaeger-token-command"
		}
		return hintedError{fmt.Errorf("--%s: a password in a URL is not written into the file", k.name), hint}
	}
	return nil
}

// secret is where a secret is to be had.
func (k contextKey) secret(flags *pflag.FlagSet) ([]config.Change, error) {
	var s config.Secret
	said := 0
	for _, from := range []struct {
		suffix string
		value  *string
	}{{"-env", &s.Env}, {"-file", &s.File}, {"-command", &s.Command}} {
		flag := flags.Lookup(k.name + from.suffix)
		if !flag.Changed {
			continue
		}
		said++
		*from.value = flag.Value.String()
	}
	switch {
	case said == 0:
		return nil, nil
	case said > 1:
		return nil, fmt.Errorf("--%s-env, --%s-file and --%s-command: give one of them", k.name, k.name, k.name)
	case s.IsZero():
		return []config.Change{{Key: k.name}}, nil
	}
	var err error
	s.File, err = absolute(s.File)
	return []config.Change{{Key: k.name, Value: s}}, err
}

// fieldChanges are the fields' roles, each an entry of its own.
func fieldChanges(flags *pflag.FlagSet) ([]config.Change, error) {
	pairs, err := flags.GetStringArray("field")
	if err != nil {
		return nil, err
	}
	byRole := map[string][]string{}
	var roles []string
	for _, pair := range pairs {
		role, names, ok := strings.Cut(pair, "=")
		if !ok || role == "" {
			return nil, fmt.Errorf("--field %q: must be role=field, as trace=corr_id", pair)
		}
		if _, known := byRole[role]; !known {
			roles = append(roles, role)
		}
		byRole[role] = append(byRole[role], config.Split(names)...)
	}
	var changes []config.Change
	for _, role := range roles {
		changes = append(changes, config.Change{Key: "fields", Entry: role, Value: oneOrMore(byRole[role])})
	}
	return changes, nil
}

// absolute makes a path independent of where otrace is called. One that begins
// with ~ stays as it is.
func absolute(path string) (string, error) {
	if path == "" || strings.HasPrefix(path, "~") {
		return path, nil
	}
	return filepath.Abs(path)
}

func unlessEmpty(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func oneOrMore(list []string) any {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return list
}
