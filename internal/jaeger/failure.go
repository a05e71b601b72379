package jaeger

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"unicode"

	"github.com/otrace/otrace/internal/trace"
)

var (
	// errNoDialect: the server does not know what it was asked for.
	errNoDialect = errors.New("speaks no dialect of Jaeger's API")
	// errUnreachable: there was no connection at all.
	errUnreachable = errors.New("unreachable")
	// errCut: the connection broke while the answer was on its way.
	errCut = errors.New("the answer broke off")
)

// A failure is one of the kinds above in words of its own.
type failure struct {
	text string
	kind error
}

func (f *failure) Error() string { return f.text }

func (f *failure) Unwrap() error { return f.kind }

// unreachable explains why there is no connection, in few words.
func unreachable(err error, host string) error {
	return &failure{text: netReason(err) + " at " + host, kind: errors.Join(errUnreachable, err)}
}

// netReason says what kept a connection from being made.
func netReason(err error) string {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var op *net.OpError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), strings.Contains(err.Error(), "refused"):
		return "connection refused"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no such host"
	case errors.As(err, &cert):
		return "certificate not accepted (" + tidy(cert.Err.Error()) + ")"
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return "no TLS"
	case errors.As(err, &op) && op.Timeout():
		return "connection timed out"
	case errors.As(err, &op) && op.Err != nil:
		return tidy(op.Err.Error())
	}
	return tidy(err.Error())
}

// late is the context's end as an error. A reason that is already known is
// told as well.
func late(ctx context.Context, host string, known error) error {
	err := context.Cause(ctx)
	if errors.Is(ctx.Err(), context.Canceled) {
		err = ctx.Err()
	}
	if known != nil && !errors.Is(known, context.Canceled) && !errors.Is(known, context.DeadlineExceeded) {
		return &failure{text: fmt.Sprintf("%s at %s", netReason(known), host), kind: err}
	}
	return &failure{text: fmt.Sprintf("no answer from %s in time", host), kind: err}
}

// answered is an error that the server itself gave.
func answered(status, text string) error {
	if text = tidy(text); text == "" {
		return fmt.Errorf("the server answered %s", status)
	}
	return fmt.Errorf("the server answered %s: %s", status, text)
}

// refused is a server's answer to credentials that it does not accept.
func refused(host, status, text string) error {
	if text = tidy(text); text != "" {
		status += ": " + text
	}
	return fmt.Errorf("%w by %s (%s)", trace.ErrRefused, host, status)
}

// noDialect sums up why no dialect was answered in.
func noDialect(failed []error) error {
	var texts []string
	seen := map[string]bool{}
	for _, err := range failed {
		if errors.Is(err, errUnreachable) && !seen[err.Error()] {
			seen[err.Error()] = true
			texts = append(texts, err.Error())
		}
	}
	if len(texts) == 0 && len(failed) > 0 {
		return failed[len(failed)-1]
	}
	if len(texts) == 0 {
		return errNoDialect
	}
	return &failure{text: strings.Join(texts, ", and "), kind: errors.Join(failed...)}
}

// longest is how much of a server's text is shown, in characters.
const longest = 300

// tidy makes one printable line of a server's text.
func tidy(s string) string {
	var b strings.Builder
	n := 0
	for i, word := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
		if i > 0 {
			b.WriteByte(' ')
		}
		for _, r := range word {
			if n++; n > longest {
				return b.String() + "…"
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}
