package jaeger

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"syscall"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

var (
	// errNoDialect: the server does not know what it was asked for.
	errNoDialect = errors.New("speaks no dialect of Jaeger's API")
	// errUnreachable: there was no connection at all.
	errUnreachable = errors.New("unreachable")
	// errCut: the connection broke while the answer was on its way.
	errCut = errors.New("the answer broke off")
	// errEndless: an answer that does not end where any trace would.
	errEndless = errors.New("the answer is larger than 1 GiB")
	// errService: the server searches only for a service that is named.
	errService = errors.New("a service must be named")
	// errDepth: the server does not return as many traces as were asked for.
	errDepth = errors.New("too many traces")
	// errWide: the server's storage cannot look at so long a window.
	errWide = errors.New("too long a window")
)

// mostOfAnswer is how many bytes of an answer are read at the most.
const mostOfAnswer = 1 << 30

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
		return "certificate not accepted (" + clean(cert.Err.Error()) + ")"
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return "no TLS"
	case errors.As(err, &op) && op.Timeout():
		return "connection timed out"
	case errors.As(err, &op) && op.Err != nil:
		return clean(op.Err.Error())
	}
	return clean(err.Error())
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
	f := &failure{text: "the server answered " + status, kind: kindOf(text)}
	if text = clean(withoutPaths(text)); text != "" {
		f.text += ": " + text
	}
	return f
}

// withoutPaths leaves of the addresses in a text only where they lead:
// Elasticsearch storage's would fill the line with indices before its reason.
func withoutPaths(text string) string {
	var b strings.Builder
	for {
		at := strings.Index(text, "\"http")
		if at < 0 {
			return b.String() + text
		}
		end := strings.IndexByte(text[at+1:], '"')
		if end < 0 {
			return b.String() + text
		}
		address := text[at+1 : at+1+end]
		b.WriteString(text[:at+1])
		if u, err := url.Parse(address); err == nil {
			address = u.Scheme + "://" + u.Host
		}
		b.WriteString(address)
		text = text[at+1+end:]
		b.WriteString(text[:1])
		text = text[1:]
	}
}

// kindOf knows some storages' errors by their words, for no dialect carries
// more: what Cassandra and Elasticsearch say without a service, memory and remote
// storages of too large a limit, and Elasticsearch of a window whose daily
// indices do not fit into one request.
func kindOf(text string) error {
	text = strings.ToLower(text)
	switch {
	case strings.Contains(text, "http line is larger"), strings.Contains(text, "http_line"):
		return errWide
	case strings.Contains(text, "search depth must be"), strings.Contains(text, "received message larger than max"):
		return errDepth
	case strings.HasSuffix(text, ": eof"), strings.HasSuffix(text, "connection reset by peer"):
		return errCut // between Jaeger and its storage
	case !strings.Contains(text, "service"):
		return nil
	}
	for _, words := range [...]string{"must be set", "required", "not set", "empty", "missing"} {
		if strings.Contains(text, words) {
			return errService
		}
	}
	return nil
}

// refused is a server's answer to credentials that it does not accept.
func refused(host, status, text string) error {
	if text = clean(text); text != "" {
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

// clean makes one harmless line of a server's text.
func clean(s string) string {
	text := safe.Of(strings.Join(strings.Fields(s), " ")).String()
	n := 0
	for i := range text {
		if n++; n > longest {
			return text[:i] + "…"
		}
	}
	return text
}
