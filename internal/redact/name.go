package redact

import (
	"slices"
	"strings"
)

// A verdict is what a name says of the value under it.
type verdict uint8

const (
	plain  verdict = iota
	secret         // the whole value is one
	exempt         // it is an ID or a time: no number in it is a card's
)

// secretNames are how names end, in their canonical spelling, under which a
// secret stands.
var secretNames = []string{
	"password", "passwd", "passphrase", "pwd", "secret", "clientsecret", "token", "apikey", "apisecret", "authorization", "cookie", "setcookie",
	"privatekey", "secretkey", "accesskey", "secretaccesskey", "signingkey", "encryptionkey", "accountkey", "sharedkey", "credential", "credentials",
	"jwt", "bearer", "cvv", "cvc", "cvv2", "securitycode", "amzsignature",
}

// harmless are names that end so and say something else.
var harmless = []string{"nexttoken", "pagetoken", "continuationtoken", "synctoken", "cancellationtoken", "canceltoken", "oldpwd"}

// exemptNames are how names end under which IDs and times stand.
var exemptNames = []string{
	"traceid", "spanid", "parentid", "parentspanid", "transactionid", "correlationid", "requestid", "traceparent", "ubertraceid", "b3",
	"timestamp", "time", "nanos", "nano", "nanoseconds", "millis", "milliseconds", "micros", "microseconds", "duration", "epoch", "elapsed", "offset", "seqno", "uuid",
}

// exemptWhole are names that say so only as a whole.
var exemptWhole = []string{"ts", "t", "took", "date", "trace", "span", "transaction", "parent", "ns", "us", "ms", "xamznid", "xrayid"}

// judge is what a name says, however it is spelled.
func (r *Redactor) judge(name []byte) verdict {
	if v, ok := r.names[string(name)]; ok {
		return v
	}
	r.canon = r.canon[:0]
	for _, c := range name {
		switch {
		case c-'A' < 26:
			r.canon = append(r.canon, c+'a'-'A')
		case c == '.' || c == '-' || c == '_' || c == '/' || c == ' ':
		default:
			r.canon = append(r.canon, c)
		}
	}
	v := verdictOf(string(r.canon))
	if len(r.names) < 4096 && len(name) < 128 {
		r.names[string(name)] = v
	}
	return v
}

func verdictOf(canonical string) verdict {
	ends := func(names []string) bool {
		for _, n := range names {
			if strings.HasSuffix(canonical, n) {
				return true
			}
		}
		return false
	}
	switch {
	case ends(harmless):
		return plain
	case ends(secretNames):
		return secret
	case ends(exemptNames):
		return exempt
	}
	if slices.Contains(exemptWhole, canonical) {
		return exempt
	}
	return plain
}

// nameBefore is the name that a text ends with, before the sign at the end
// (= or :) and what quotes it.
func nameBefore(text []byte) []byte {
	end := len(text)
	for end > 0 && (text[end-1] == ' ' || text[end-1] == '"' || text[end-1] == '\'' || text[end-1] == '\\') {
		end--
	}
	start := end
	for start > 0 && end-start < 64 && isNameByte(text[start-1]) {
		start--
	}
	return text[start:end]
}

func isNameByte(c byte) bool { return isAlnum(c) || c == '_' || c == '-' || c == '.' }
