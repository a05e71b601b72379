package jaeger

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/otrace/otrace/internal/jaegerjson"
	"github.com/otrace/otrace/internal/trace"
)

// An httpServer is the port of Jaeger's UI.
type httpServer struct {
	host    string
	base    string
	headers map[string]string
	client  *http.Client
	now     func() time.Time
	most    int64       // bytes of an answer
	blind   atomic.Bool // its api/v3 was seen to search without regard to attributes
}

func openHTTP(t target, headers map[string]string, secure *tls.Config) *httpServer {
	transport := http.DefaultTransport.(*http.Transport).Clone() // always that type: nobody replaces it here
	transport.TLSClientConfig = secure
	transport.DialContext = dialPolite
	transport.DisableCompression = loopback(t.host) // there the processor is slower than the wire
	return &httpServer{
		host: t.host, base: t.base(), headers: headers, now: time.Now, most: mostOfAnswer,
		client: &http.Client{Transport: transport, CheckRedirect: sameOrigin},
	}
}

func loopback(hostport string) bool {
	host, _, _ := net.SplitHostPort(hostport)
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

var errRedirect = errors.New("not followed, because credentials must not go there")

// sameOrigin follows redirects within the server only: the token and the
// tenant are for nobody else.
func sameOrigin(req *http.Request, via []*http.Request) error {
	from := via[0].URL
	if req.URL.Scheme != from.Scheme || req.URL.Host != from.Host {
		return &failure{text: fmt.Sprintf("%s redirects to %s://%s: %v", from.Host, req.URL.Scheme, req.URL.Host, errRedirect), kind: errRedirect}
	}
	if len(via) >= 10 {
		return &failure{text: from.Host + " redirects in circles", kind: errRedirect}
	}
	return nil
}

func (s *httpServer) address() string { return s.base }

func (s *httpServer) close() error {
	s.client.CloseIdleConnections()
	return nil
}

func (s *httpServer) dialects() []dialect { return []dialect{httpV3{s}, legacy{s}} }

// A reader reads the body of an answer. size is its length, or -1.
type reader func(body io.Reader, size int64) error

func (s *httpServer) get(ctx context.Context, path string, read reader) error {
	resp, err := s.send(ctx, path, "application/json")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body := bufio.NewReaderSize(&watchedBody{r: resp.Body, left: s.most}, 64<<10)
	if resp.StatusCode != http.StatusOK {
		return s.failed(resp, body)
	}
	if !startsJSON(body) {
		return s.noEndpoint(ctx.Err())
	}
	err = read(body, resp.ContentLength)
	switch {
	case errors.Is(err, errNoDialect):
		return s.noEndpoint(nil)
	case errors.Is(err, errEndless):
		return errEndless
	case errors.Is(err, errRead) && ctx.Err() != nil:
		return late(ctx, s.host, nil)
	case errors.Is(err, errRead):
		return &failure{text: "the connection to " + s.host + " broke", kind: errCut}
	}
	return err
}

func (s *httpServer) send(ctx context.Context, path, accept string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, nil)
	if err != nil {
		return nil, &failure{text: "no address to ask: " + s.host, kind: err}
	}
	req.Header.Set("Accept", accept)
	for name, value := range s.headers {
		req.Header.Set(name, value)
	}
	resp, err := s.client.Do(req)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	return resp, nil
}

// errRead is wrapped by the errors of the connection, to tell them from those
// of a decoder.
var errRead = errors.New("reading")

// A watchedBody tells its errors from a decoder's, and ends an endless answer.
type watchedBody struct {
	r    io.Reader
	left int64
}

func (w *watchedBody) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if w.left -= int64(n); w.left < 0 {
		return 0, errEndless
	}
	if err != nil && err != io.EOF { //nolint:errorlint // io.Reader says EOF plainly
		err = fmt.Errorf("%w: %w", errRead, err)
	}
	return n, err
}

// explain puts the client's error into plain words, without the URL.
func (s *httpServer) explain(ctx context.Context, err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err
	}
	var op *net.OpError
	dialing := errors.As(err, &op) && op.Op == "dial"
	switch {
	case errors.Is(err, errRedirect):
		return err
	case ctx.Err() != nil:
		return late(ctx, s.host, nil)
	case strings.Contains(err.Error(), "malformed HTTP"):
		return &failure{text: s.host + " does not speak HTTP", kind: errUnreachable}
	case dialing, errors.As(err, new(*tls.CertificateVerificationError)), errors.As(err, new(tls.RecordHeaderError)):
		return unreachable(err, s.host)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &op):
		return &failure{text: "the connection to " + s.host + " broke", kind: errCut}
	}
	return unreachable(err, s.host)
}

func (s *httpServer) noEndpoint(ctxErr error) error {
	if ctxErr != nil {
		return fmt.Errorf("no answer from %s: %w", s.host, ctxErr)
	}
	return &failure{text: "no API of Jaeger's at " + s.base + ": its path may be another", kind: errNoDialect}
}

// failed explains an answer that is none. The body is read as far as it comes:
// what the status says stands without it.
func (s *httpServer) failed(resp *http.Response, body io.Reader) error {
	text, _ := io.ReadAll(io.LimitReader(body, 64<<10))
	message, isJSON := serverText(text)
	switch resp.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden:
		return refused(s.host, resp.Status, message)
	case http.StatusNotFound:
		if isJSON {
			return trace.ErrNotFound
		}
		return s.noEndpoint(nil)
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return s.noEndpoint(nil)
	}
	if busy(resp.StatusCode) {
		return &busyError{answered(fmt.Sprint(resp.StatusCode), message), retryAfter(resp.Header.Get("Retry-After"), s.now())}
	}
	if isJSON && strings.HasSuffix(message, "trace not found") {
		return trace.ErrNotFound
	}
	return answered(fmt.Sprint(resp.StatusCode), message)
}

// serverText takes the message out of an error in one of Jaeger's shapes;
// isJaeger is false when it has none of them.
func serverText(body []byte) (message string, isJaeger bool) {
	var shape struct {
		Error   json.RawMessage
		Errors  []jaegerjson.Error
		Code    *int
		Message string
	}
	if json.Unmarshal(body, &shape) != nil {
		if bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
			return "", false // a web page
		}
		return string(body), false
	}
	var inner struct{ Message string }
	switch {
	case len(shape.Errors) > 0:
		return shape.Errors[0].Msg, true
	case json.Unmarshal(shape.Error, &inner) == nil && inner.Message != "":
		return inner.Message, true
	case shape.Code != nil && shape.Message != "":
		return shape.Message, true // grpc-gateway's own
	case shape.Message != "":
		return shape.Message, false
	}
	return string(body), false
}

// startsJSON looks at the first byte that is no blank: Jaeger answers paths
// that it does not know with its UI's page.
func startsJSON(body *bufio.Reader) bool {
	for n := 1; n < 64; n++ {
		b, err := body.Peek(n)
		if err != nil {
			return false
		}
		switch b[n-1] {
		case ' ', '\t', '\r', '\n':
		default:
			return b[n-1] == '{' || b[n-1] == '['
		}
	}
	return false
}
