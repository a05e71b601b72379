package es

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"
)

// A node is one of the cluster's addresses.
type node struct {
	base *url.URL // without user information
	auth string   // the Authorization header, or ""
	user string   // who asks, "" without basic authentication
}

// A transport sends esapi's requests to the cluster's nodes. The library's own
// client is left out: it does not wait on 429, hammers on 503 and turns
// OpenSearch away. Redirects are never followed, so that credentials go where
// they were meant for and nowhere else.
type transport struct {
	nodes     []node
	current   atomic.Uint32 // the node that answered last
	lastLarge atomic.Int64  // bytes of the last large answer
	elastic   atomic.Bool   // the cluster says that it is Elasticsearch
	round     http.RoundTripper
	secrets   []string // never to be shown, even when a server echoes them
	wait      func(context.Context, time.Duration) error
	jitter    func() float64
	now       func() time.Time
}

func newTransport(cfg Config) (*transport, error) {
	if len(cfg.URLs) == 0 {
		return nil, errors.New("no URL is given")
	}
	t := &transport{round: cfg.Transport, wait: cfg.Wait, jitter: cfg.Jitter, now: cfg.Now}
	for _, text := range cfg.URLs {
		n, secret, err := parseNode(text, cfg)
		if err != nil {
			return nil, err
		}
		t.nodes = append(t.nodes, n)
		t.hide(secret)
	}
	t.hide(cfg.Password)
	t.hide(cfg.APIKey)
	t.hide(cfg.Token)
	if t.round == nil {
		var err error
		if t.round, err = network(cfg, t.nodes); err != nil {
			return nil, err
		}
	}
	return t, nil
}

func (t *transport) hide(secret string) {
	if secret != "" {
		t.secrets = append(t.secrets, secret)
	}
}

func parseNode(text string, cfg Config) (n node, secret string, err error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	// url.Parse's error repeats the whole URL, password and all.
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return node{}, "", fmt.Errorf("%q is no URL such as https://host:9200", masked(text))
	}
	user, password := cfg.Username, cfg.Password
	inURL := u.User != nil
	if inURL {
		user = u.User.Username()
		password, _ = u.User.Password()
		secret = password
	}
	u.User = nil
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawPath = ""
	if u.Port() == "" && u.Path == "" {
		u.Host = net.JoinHostPort(u.Hostname(), map[string]string{"http": "9200", "https": "443"}[u.Scheme])
	}
	return node{base: u, auth: authorization(user, password, cfg, inURL), user: user}, secret, nil
}

// masked shows a URL that may not even be one, without what could be a secret.
func masked(text string) string {
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok {
		scheme, rest = "", text
	} else {
		scheme += "://"
	}
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		rest = "…@" + rest[at+1:]
	}
	return scheme + clean(rest, 100)
}

func authorization(user, password string, cfg Config, inURL bool) string {
	switch {
	case inURL, cfg.APIKey == "" && cfg.Token == "" && user != "":
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	case strings.Contains(cfg.APIKey, ":"):
		return "ApiKey " + base64.StdEncoding.EncodeToString([]byte(cfg.APIKey))
	case cfg.APIKey != "":
		return "ApiKey " + cfg.APIKey
	case cfg.Token != "":
		return "Bearer " + cfg.Token
	}
	return ""
}

// network is the real transport. Compression pays only where the network is
// slower than a processor.
func network(cfg Config, nodes []node) (http.RoundTripper, error) {
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport, nil
	}
	t := base.Clone()
	t.MaxIdleConnsPerHost = 4
	t.DisableCompression = true
	for _, n := range nodes {
		if ip := net.ParseIP(n.base.Hostname()); n.base.Hostname() != "localhost" && !ip.IsLoopback() {
			t.DisableCompression = false
		}
	}
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: cfg.Insecure}
	if len(cfg.CACert) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(cfg.CACert) {
			return nil, errors.New("the CA certificate is not PEM")
		}
		t.TLSClientConfig.RootCAs = pool
	}
	if cfg.Fingerprint != "" {
		return t, pin(t.TLSClientConfig, cfg.Fingerprint)
	}
	return t, nil
}

// pin trusts exactly the chains that hold a certificate with the fingerprint.
func pin(conf *tls.Config, fingerprint string) error {
	want, err := hex.DecodeString(strings.ReplaceAll(strings.ReplaceAll(fingerprint, ":", ""), " ", ""))
	if err != nil || len(want) != sha256.Size {
		return errors.New("the certificate's fingerprint is not 64 hex digits")
	}
	conf.InsecureSkipVerify = true
	conf.VerifyConnection = func(state tls.ConnectionState) error {
		for _, cert := range state.PeerCertificates {
			if sum := sha256.Sum256(cert.Raw); string(sum[:]) == string(want) {
				return nil
			}
		}
		return errors.New("no certificate with the given fingerprint")
	}
	return nil
}

// Perform sends a request once, to the current node; it is esapi's seam.
func (t *transport) Perform(req *http.Request) (*http.Response, error) {
	n := t.node()
	u := *n.base
	u.Path = n.base.Path + req.URL.Path
	u.RawPath = (&url.URL{Path: n.base.Path}).EscapedPath() + req.URL.EscapedPath()
	u.RawQuery = req.URL.RawQuery
	req.URL, req.Host = &u, ""
	req.Header.Set("User-Agent", "otrace")
	if n.auth != "" {
		req.Header.Set("Authorization", n.auth)
	}
	return t.round.RoundTrip(req)
}

func (t *transport) node() node {
	return t.nodes[int(t.current.Load())%len(t.nodes)]
}

// An ask is a request that can be made anew for every attempt.
type ask func() esapi.Request

// call asks until it has a whole answer, the reason not to ask again, or no
// time left. A server's own reason outranks the deadline's.
func (t *transport) call(ctx context.Context, mk ask) ([]byte, error) {
	return t.repeat(ctx, func() ([]byte, error) { return t.once(ctx, mk()) })
}

func (t *transport) repeat(ctx context.Context, try func() ([]byte, error)) ([]byte, error) {
	var reason error // what a server said last
	var away outage
	for attempt := 0; ; attempt++ {
		body, err := try()
		switch {
		case err == nil:
			return body, nil
		case ctx.Err() != nil && reason != nil:
			return nil, &lateError{reason: reason, ctx: context.Cause(ctx)}
		case ctx.Err() != nil:
			return nil, err
		}
		reason = away.with(err)
		delay, again := t.backoff(err, attempt)
		if !again || t.tooLate(ctx, delay) {
			return nil, reason
		}
		if err := t.wait(ctx, delay); err != nil {
			return nil, &lateError{reason: reason, ctx: err}
		}
	}
}

// tooLate reports whether the deadline would strike while waiting.
func (t *transport) tooLate(ctx context.Context, delay time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && t.now().Add(delay).After(deadline)
}

// once asks one node and reads its whole answer.
func (t *transport) once(ctx context.Context, req esapi.Request) ([]byte, error) {
	body, _, err := t.exchange(ctx, req)
	return body, err
}

// exchange is once with the answer's header, which is nil without an answer.
func (t *transport) exchange(ctx context.Context, req esapi.Request) ([]byte, http.Header, error) {
	at := t.current.Load()
	host := t.node().base.Host
	res, err := req.Do(ctx, t)
	if err != nil {
		t.current.CompareAndSwap(at, at+1)
		return nil, nil, newNetError(ctx, host, err)
	}
	defer res.Body.Close()
	if res.Header.Get("X-Elastic-Product") != "" {
		t.elastic.Store(true)
	}
	body, err := t.readAll(res)
	switch {
	case res.StatusCode >= 300:
		if busy(res.StatusCode) {
			t.current.CompareAndSwap(at, at+1)
		}
		return nil, res.Header, t.newStatusError(host, res, body)
	case err != nil:
		return nil, res.Header, newNetError(ctx, host, err)
	case bytes.HasPrefix(bytes.TrimLeft(body[:min(len(body), 64)], " \r\n\t\ufeff"), []byte("<")):
		return nil, res.Header, fmt.Errorf("%s: %w", host, errPage)
	}
	return body, res.Header, nil
}

// errPage is an answer that is none of Elasticsearch's: a proxy's page to log
// in on, or Kibana's.
var errPage = errors.New("the answer is a web page: this is not Elasticsearch, or a proxy stands before it")

// How many bytes of an answer are read at the most: of one that tells an
// error, and of any other.
const (
	mostOfError  = 64 << 10
	mostOfAnswer = 1 << 30
)

// errEndless is a server's answer that does not end where any page would.
var errEndless = errors.New("the answer is larger than 1 GiB")

// large is from what size on the next answer's is guessed by the last one's.
const large = 256 << 10

// readAll is io.ReadAll with an end, and with guesses at the size: growing in
// small steps would copy a page five times over.
func (t *transport) readAll(res *esapi.Response) ([]byte, error) {
	var size int64 = 4096
	if n, err := parseInt(res.Header.Get("Content-Length")); err == nil && n < 1<<28 {
		size = n + 1 // one more, so that the end is seen without growing
	}
	body := make([]byte, 0, size)
	for {
		if len(body) == cap(body) {
			body = t.grow(body)
		}
		n, err := res.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			if len(body) >= large {
				t.lastLarge.Store(int64(len(body)))
			}
			return body, nil
		}
		switch {
		case err != nil:
			return body, err
		case res.StatusCode >= 300 && len(body) > mostOfError:
			return body, nil
		case len(body) > mostOfAnswer:
			return nil, errEndless
		}
	}
}

// grow makes room for more: to as much as the last large answer took, when this
// one becomes large too.
func (t *transport) grow(body []byte) []byte {
	room := 2 * len(body)
	if last := int(t.lastLarge.Load()); len(body) >= large && len(body) < last {
		room = last + last/16
	}
	return append(make([]byte, 0, room), body...)
}
