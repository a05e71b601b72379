// Package redact takes secrets out of texts, JSON documents and evidence before
// they leave the house: payment cards, tokens, passwords and keys, e-mail
// addresses, and whatever a team's own patterns find.
//
// It knows secrets by how they look, and by the names they stand under. It errs
// towards taking out, but for what an investigation stands on: the IDs of traces
// and spans, times and durations stay. Those are kept apart from cards by what
// card numbers begin with, which no time of this century does, and by the names
// of their fields.
//
// What was taken out reads [redacted:card]. With a key, a short keyed hash
// follows, so that equal secrets can be told to be equal; without one there is
// none, because whoever knows the last digits of a card can try all the rest.
package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// The kinds of secrets.
const (
	Card     = "card"
	Token    = "token"    // bearer and basic credentials, JWTs
	Secret   = "secret"   // what stands under a name such as password
	Password = "password" // in a URL
	Email    = "email"
	Key      = "key"     // a private key, or one of a cloud
	Pattern  = "pattern" // found by one of the team's own
)

// kinds are all of them, in the order in which they are told.
var kinds = []string{Card, Token, Secret, Password, Email, Key, Pattern}

// Counts is how many secrets of each kind were taken out.
type Counts map[string]int

// plurals are the kinds that are not made plural by an s.
var plurals = map[string]string{Email: "e-mail addresses"}

// String is the counts in words, such as "3 cards, 1 token"; "nothing" when
// nothing was taken out.
func (c Counts) String() string {
	var parts []string
	for _, kind := range kinds {
		name := kind
		if kind == Email {
			name = "e-mail address"
		}
		switch n := c[kind]; {
		case n == 1:
			parts = append(parts, "1 "+name)
		case n > 1 && plurals[kind] != "":
			parts = append(parts, fmt.Sprintf("%d %s", n, plurals[kind]))
		case n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", n, name))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// Options are what a Redactor does beside what it always does.
type Options struct {
	Key      []byte   // marks equal secrets alike; none are told apart without
	Patterns []string // regular expressions of the team's own; where one has a group, the first is what is taken out
}

// A Redactor takes secrets out, and counts them. It must not be used by two
// goroutines at a time.
type Redactor struct {
	key      []byte
	patterns []ownPattern
	counts   Counts
	silent   bool                  // what is found was counted elsewhere
	keep     []string              // numbers that are no cards, whatever they look like
	spans    map[trace.SpanID]bool // nor are these, in hexadecimal or decimal digits
	names    map[string]verdict
	out      []byte // the text that is being written
	text     []byte // what a string's escapes mean
	canon    []byte
	whole    map[string]bool // values that were taken out whole, of the document at hand
}

// ErrPattern is wrapped by New's error for a pattern that cannot be used.
var ErrPattern = errors.New("is no pattern to redact by")

// New prepares to redact. It fails for a pattern that is no regular expression,
// or that would find nothing everywhere.
func New(o Options) (*Redactor, error) {
	r := &Redactor{key: o.Key, counts: Counts{}, names: map[string]verdict{}, spans: map[trace.SpanID]bool{}, whole: map[string]bool{}}
	for _, p := range o.Patterns {
		own, err := newPattern(p)
		if err != nil {
			return nil, err
		}
		r.patterns = append(r.patterns, own)
	}
	return r, nil
}

// Counts is what was taken out so far.
func (r *Redactor) Counts() Counts { return r.counts }

// Keep lets these texts stand where they look like a card's number: the forms
// of the ID that is asked for.
func (r *Redactor) Keep(texts ...string) { r.keep = append(r.keep, texts...) }

// String is Text for a string; the same one when there is no secret in it.
func (r *Redactor) String(s string) string {
	if out, changed := r.redacted([]byte(s), plain); changed {
		return string(out)
	}
	return s
}

// Text returns a text without the secrets in it: the same slice when there are
// none, else one that is good until the next call.
func (r *Redactor) Text(text []byte) []byte {
	out, _ := r.redacted(text, plain)
	return out
}

// redacted redacts a text that stands under a name of that verdict.
func (r *Redactor) redacted(text []byte, v verdict) (out []byte, changed bool) {
	s := scan{r: r, text: text, out: r.out[:0], noCards: v == exempt}
	s.run()
	r.out = s.out
	if s.kept > 0 {
		r.out = append(s.out, text[s.kept:]...)
		text, changed = r.out, true
	}
	for i := range r.patterns {
		if replaced, ok := r.byPattern(&r.patterns[i], text); ok {
			text, changed = replaced, true
		}
	}
	return text, changed
}

// instead appends what stands in a secret's place, and counts it.
func (r *Redactor) instead(b []byte, kind string, secret []byte) []byte {
	if !r.silent {
		r.counts[kind]++
	}
	b = append(append(b, "[redacted:"...), kind...)
	if len(r.key) > 0 {
		mac := hmac.New(sha256.New, r.key)
		mac.Write([]byte(kind))
		mac.Write([]byte{0})
		if kind == Card {
			secret = digitsOf(secret) // however they are grouped
		}
		mac.Write(secret)
		b = hex.AppendEncode(append(b, ':'), mac.Sum(nil)[:4])
	}
	return append(b, ']')
}

// kept reports whether a number is one that shall stay.
func (r *Redactor) kept(number []byte) bool {
	if slices.ContainsFunc(r.keep, func(k string) bool { return k == string(number) }) {
		return true
	}
	hex, ok := trace.ParseSpanID(string(number))
	decimal, err := strconv.ParseUint(string(number), 10, 64)
	return ok && r.spans[hex] || err == nil && r.spans[trace.SpanID(decimal)]
}
