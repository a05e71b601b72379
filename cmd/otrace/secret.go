package main

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/trace"
)

// fewest is the shortest secret that is looked for: shorter ones would be
// found in any text.
const fewest = 4

// keepSecret remembers the credentials in every form in which a server could
// echo them.
func (a *app) keepSecret(s *config.Settings) {
	a.secret(s.JaegerToken, s.Password, s.ElasticsearchToken, basic(s.Username, s.Password))
	a.keepKey(s.APIKey)
	for name, value := range s.JaegerHeaders {
		if name != config.Tenant {
			a.secret(value)
		}
	}
	for _, raw := range append([]string{s.Jaeger}, s.Elasticsearch...) {
		if u, err := url.Parse(raw); err == nil && u.User != nil {
			a.keepUser(u.User)
		}
	}
}

// keepUser remembers the user information of a URL. A user without a password
// is a token.
func (a *app) keepUser(user *url.Userinfo) {
	password, has := user.Password()
	if !has {
		a.secret(user.Username())
	}
	_, asTyped, _ := strings.Cut(user.String(), ":")
	a.secret(password, asTyped, basic(user.Username(), password))
}

// keepKey remembers an API key, which is "id:key" or its base64: the key alone
// is a secret, too.
func (a *app) keepKey(key string) {
	pair := key
	if plain, err := base64.StdEncoding.DecodeString(key); err == nil && strings.Contains(string(plain), ":") {
		pair = string(plain)
	}
	_, secret, _ := strings.Cut(pair, ":")
	a.secret(key, pair, base64.StdEncoding.EncodeToString([]byte(pair)), secret)
}

func basic(user, password string) string {
	if password == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

// secret keeps the longest first: one may be a part of another, whose rest
// would stay.
func (a *app) secret(texts ...string) {
	for _, s := range texts {
		if len(s) >= fewest {
			a.secrets = append(a.secrets, s)
		}
	}
	slices.SortStableFunc(a.secrets, func(s, t string) int { return cmp.Compare(len(t), len(s)) })
}

// instead stands where a secret was.
const instead = "***"

// scrub takes the secrets out of a text that came from a server, those that
// were cut off with it first.
func (a *app) scrub(s string) string {
	if len(a.secrets) == 0 {
		return s
	}
	parts := strings.Split(s, cutHere)
	for i := range parts[:len(parts)-1] {
		parts[i] = a.scrubEnd(parts[i])
	}
	s = strings.Join(parts, cutHere)
	for _, secret := range a.secrets {
		s = strings.ReplaceAll(s, secret, instead)
	}
	return s
}

// cutHere is how the adapters end a text of a server's that is too long.
const cutHere = "…"

// scrubEnd takes out what a secret begins with, where a text was cut within it.
func (a *app) scrubEnd(s string) string {
	for _, secret := range a.secrets {
		for n := min(len(secret), len(s)); n >= fewest; n-- {
			if strings.HasSuffix(s, secret[:n]) {
				return s[:len(s)-n] + instead
			}
		}
	}
	return s
}

// scrubEvidence takes the secrets out of what sources said about themselves.
func (a *app) scrubEvidence(ev *trace.Evidence) {
	for i := range ev.Gaps {
		ev.Gaps[i].Reason = a.scrub(ev.Gaps[i].Reason)
	}
	for i := range ev.Warnings {
		ev.Warnings[i] = a.scrub(ev.Warnings[i])
	}
}
