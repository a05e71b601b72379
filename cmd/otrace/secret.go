package main

import (
	"encoding/base64"
	"net/url"
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
	a.secret(s.JaegerToken, s.Password, s.APIKey, base64.StdEncoding.EncodeToString([]byte(s.APIKey)), basic(s.Username, s.Password))
	for _, raw := range append([]string{s.Jaeger}, s.Elasticsearch...) {
		if u, err := url.Parse(raw); err == nil && u.User != nil {
			password, _ := u.User.Password()
			a.secret(password, basic(u.User.Username(), password))
		}
	}
}

func basic(user, password string) string {
	if password == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
}

func (a *app) secret(texts ...string) {
	for _, s := range texts {
		if len(s) >= fewest {
			a.secrets = append(a.secrets, s)
		}
	}
}

// scrub takes the secrets out of a text that came from a server.
func (a *app) scrub(s string) string {
	for _, secret := range a.secrets {
		s = strings.ReplaceAll(s, secret, "***")
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
