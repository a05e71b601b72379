package es

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
)

// A netError is an answer that did not come, or not whole.
type netError struct {
	host string
	text string
	away bool // there is no connection to the host at all
	err  error
}

func (e *netError) Error() string {
	if e.away {
		return e.text + " at " + e.host
	}
	return e.host + ": " + e.text
}

func (e *netError) Unwrap() error { return e.err }

// A lateError is a server's reason that lasted until the time was up.
type lateError struct{ reason, ctx error }

func (e *lateError) Error() string {
	if errors.Is(e.ctx, context.Canceled) {
		return e.reason.Error() + ", until interrupted"
	}
	return e.reason.Error() + ", until the time was up"
}

func (e *lateError) Unwrap() []error { return []error{e.reason, e.ctx} }

func newNetError(ctx context.Context, host string, err error) error {
	e := &netError{host: host, err: err}
	switch {
	case ctx.Err() != nil:
		e.err = ctx.Err()
		e.text = "interrupted"
		if !errors.Is(e.err, context.Canceled) {
			e.text = "no answer before the time was up"
		}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		e.text = "the connection was cut"
	default:
		var op *net.OpError
		e.text = netReason(err)
		e.away = errors.As(err, &op) && op.Op == "dial" || certificate(err)
	}
	return e
}

// netReason says what kept a connection from being made, in the words that
// Jaeger's adapter has for it.
func netReason(err error) string {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var op *net.OpError
	switch {
	case connectionRefused(err):
		return "connection refused"
	case errors.As(err, &dns) && dns.IsNotFound:
		return "no such host"
	case errors.As(err, &cert):
		return "certificate not accepted (" + clean(cert.Err.Error(), maxReason) + ")"
	case noTLS(err):
		return "no TLS"
	case errors.As(err, &op) && op.Timeout():
		return "connection timed out"
	case errors.As(err, &op) && op.Err != nil:
		return clean(op.Err.Error(), maxReason)
	}
	return clean(err.Error(), maxReason)
}

// connectionRefused also knows Windows by its words, for its number is another.
func connectionRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || strings.Contains(err.Error(), "refused")
}

// noTLS reports whether the other side does not speak TLS.
func noTLS(err error) bool {
	var record tls.RecordHeaderError
	return errors.As(err, &record) || strings.Contains(err.Error(), "HTTP response to HTTPS")
}

// certificate reports whether the other side is not who it should be, or does
// not speak TLS at all; asking again will not change that.
func certificate(err error) bool {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var verify *tls.CertificateVerificationError
	return errors.As(err, &unknown) || errors.As(err, &invalid) || errors.As(err, &name) || errors.As(err, &verify) ||
		noTLS(err) || strings.Contains(err.Error(), "fingerprint")
}

// An outage is the nodes to which there was no connection, each with its last
// failure, in the order in which they were tried first.
type outage []*netError

// with adds a failure to the outage and returns it as one error that names all
// the nodes. An error of another kind is returned as it is.
func (o *outage) with(err error) error {
	e, ok := errors.AsType[*netError](err)
	if !ok || !e.away {
		return err
	}
	if i := slices.IndexFunc(*o, func(was *netError) bool { return was.host == e.host }); i >= 0 {
		(*o)[i] = e
	} else {
		*o = append(*o, e)
	}
	if len(*o) == 1 {
		return err
	}
	return o.together()
}

// together names the nodes that failed alike together.
func (o *outage) together() error {
	var reasons []string
	var errs []error
	hosts := make(map[string][]string)
	for _, e := range *o {
		reasons = union(reasons, []string{e.text})
		hosts[e.text] = append(hosts[e.text], e.host)
		errs = append(errs, e)
	}
	for i, reason := range reasons {
		reasons[i] = reason + " at " + strings.Join(hosts[reason], ", ")
	}
	return &joined{text: strings.Join(reasons, "; "), errs: errs}
}
