package es

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"
)

// Where nobody listens is asked once more, and soon; all nodes are named.
func TestNobodyThere(t *testing.T) {
	f, other := newFakeES(t, 1), newFakeES(t, 1)
	f.Close()
	other.Close()
	for want, urls := range map[string][]string{
		f.host(t):                        {f.URL},
		f.host(t) + ", " + other.host(t): {f.URL, other.URL},
	} {
		f.waits = nil
		_, err := f.logs(t, t.Context(), func(cfg *Config) { cfg.URLs = urls })
		if want := "elasticsearch: connection refused at " + want; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		waits := append(make([]time.Duration, len(urls)-1), refusedWait) // another node is asked at once
		if !slices.Equal(f.waits, waits) {
			t.Errorf("waited %v, want %v", f.waits, waits)
		}
	}
}

// roundTrip is a network made of one function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// A node that is out of reach is told of as Jaeger's adapter does; a connection
// that broke later is another fact.
func TestOutOfReach(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	refused := dial(os.NewSyscallError("connect", syscall.ECONNREFUSED))
	nobody := dial(&net.DNSError{Err: "no such host", Name: "a", IsNotFound: true})
	for _, c := range []struct {
		want string
		errs map[string]error // by host
	}{
		{"connection refused at a:9200", map[string]error{"a:9200": refused}},
		{"connection refused at a:9200", map[string]error{"a:9200": dial(errors.New("connectex: the target machine actively refused it."))}},
		{"connection refused at a:9200, b:9200", map[string]error{"a:9200": refused, "b:9200": refused}},
		{"no such host at a:9200; connection refused at b:9200", map[string]error{"a:9200": nobody, "b:9200": refused}},
		{"no such host at a:9200", map[string]error{"a:9200": nobody}},
		{"connection timed out at a:9200", map[string]error{"a:9200": dial(os.ErrDeadlineExceeded)}},
		{"no route to host at a:9200", map[string]error{"a:9200": dial(syscall.EHOSTUNREACH)}},
		{"no TLS at a:9200", map[string]error{"a:9200": errors.New("http: server gave HTTP response to HTTPS client")}},
		{"a:9200: the connection was cut", map[string]error{"a:9200": io.EOF}},
		{"a:9200: connection reset by peer", map[string]error{"a:9200": &net.OpError{Op: "read", Err: syscall.ECONNRESET}}},
		{"a:9200: stay\\xFF away<U+202E>", map[string]error{"a:9200": errors.New("stay\xff\naway\u202e")}},
	} {
		f := newFakeES(t, 1)
		_, err := f.logs(t, t.Context(), func(cfg *Config) {
			cfg.URLs = nil
			for _, host := range sortedKeys(c.errs) {
				cfg.URLs = append(cfg.URLs, "http://"+host)
			}
			cfg.Transport = roundTrip(func(req *http.Request) (*http.Response, error) { return nil, c.errs[req.URL.Host] })
		})
		if err == nil || err.Error() != "elasticsearch: "+c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		" two\n words ": "two words", "0123456789": "0123456789", "0123456789a": "0123456789…", "ééééééééééé": "éééééééééé…", "\x1b[31m": "␛[31m",
	} {
		if got := clean(s, 10); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
}

func TestAnotherNodeAnswers(t *testing.T) {
	dead, f := newFakeES(t, 1), newFakeES(t, 35)
	dead.Close()
	ev, err := f.logs(t, t.Context(), func(cfg *Config) { cfg.URLs = []string{dead.URL, f.URL} })
	f.whole(t, ev, err)
}
