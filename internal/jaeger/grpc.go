package jaeger

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/otrace/otrace/internal/trace"
)

// A grpcServer is Jaeger's gRPC port.
type grpcServer struct {
	host    string
	headers metadata.MD
	conn    *grpc.ClientConn
	most    int // bytes of an answer

	mu     sync.Mutex
	noConn error         // why the last attempt to connect failed
	tried  chan struct{} // is closed by the next attempt to connect
}

// A window this wide lets a large answer flow without waiting for us.
const window = 16 << 20

// openGRPC prepares a connection. It dials by itself, so that it knows why
// there is none: gRPC only tells in words. Proxies are not used.
func openGRPC(t target, headers map[string]string, secure *tls.Config) (*grpcServer, error) {
	s := &grpcServer{host: t.host, headers: metadata.New(headers), most: mostOfAnswer, tried: make(chan struct{})}
	creds := insecure.NewCredentials()
	if t.secure {
		creds = &watchedTLS{credentials.NewTLS(secure), s}
	}
	conn, err := grpc.NewClient("passthrough:///"+t.host,
		grpc.WithTransportCredentials(creds),
		grpc.WithContextDialer(s.dial),
		grpc.WithInitialWindowSize(window),
		grpc.WithInitialConnWindowSize(window),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(mostOfAnswer)))
	s.conn = conn
	return s, err
}

func (s *grpcServer) dial(ctx context.Context, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: 20 * time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	s.note(err)
	return conn, err
}

func (s *grpcServer) note(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.noConn = err
	close(s.tried)
	s.tried = make(chan struct{})
}

func (s *grpcServer) lastDial() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.noConn
}

// watchedTLS tells its server why a handshake failed.
type watchedTLS struct {
	credentials.TransportCredentials
	server *grpcServer
}

func (w *watchedTLS) ClientHandshake(ctx context.Context, authority string, raw net.Conn) (net.Conn, credentials.AuthInfo, error) {
	conn, info, err := w.TransportCredentials.ClientHandshake(ctx, authority, raw)
	w.server.note(err)
	return conn, info, err
}

func (w *watchedTLS) Clone() credentials.TransportCredentials {
	return &watchedTLS{w.TransportCredentials.Clone(), w.server}
}

func (s *grpcServer) address() string { return "grpc://" + s.host }

func (s *grpcServer) close() error { return s.conn.Close() }

func (s *grpcServer) dialects() []dialect { return []dialect{apiV3{s}, apiV2{s}} }

// call does what all calls share: the headers, an end that frees the stream,
// and errors in plain words. The server is not told the deadline, only when it
// has passed: one that knew it could end the stream as if the trace were
// complete, or not there, a moment before.
func (s *grpcServer) call(ctx context.Context, do func(context.Context) error) error {
	s.reconnect(ctx)
	callCtx, cancel := context.WithCancel(metadata.NewOutgoingContext(context.WithoutCancel(ctx), s.headers))
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	err := do(callCtx)
	if err == nil || errors.Is(err, io.EOF) {
		return nil
	}
	return s.explain(ctx, err)
}

// reconnectWithin is how long a call waits for a connection that could not be
// had before: without it the call would fail by what was.
const reconnectWithin = time.Second

// reconnect tries anew to connect, where that failed before, until it is known
// whether it fails again.
func (s *grpcServer) reconnect(ctx context.Context) {
	if s.conn.GetState() != connectivity.TransientFailure {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, reconnectWithin)
	defer cancel()
	s.mu.Lock()
	tried := s.tried
	s.mu.Unlock()
	s.conn.ResetConnectBackoff()
	select {
	case <-tried:
	case <-ctx.Done():
	}
	if s.lastDial() == nil {
		s.conn.WaitForStateChange(ctx, connectivity.TransientFailure)
	}
}

// explain puts gRPC's error into plain words. What the server itself said
// outranks the context's end.
func (s *grpcServer) explain(ctx context.Context, err error) error {
	st, ok := status.FromError(err)
	if !ok {
		return err // from a decoder
	}
	switch code := st.Code(); {
	case ownLimit(st.Message()):
		return errEndless
	case code == codes.Unimplemented:
		return &failure{text: s.host + " does not speak this dialect of Jaeger's gRPC API", kind: errNoDialect}
	case code == codes.NotFound, strings.HasSuffix(st.Message(), "trace not found"):
		return trace.ErrNotFound
	case code == codes.Unauthenticated, code == codes.PermissionDenied:
		return refused(s.host, code.String(), st.Message())
	case ctx.Err() != nil && (code == codes.DeadlineExceeded || code == codes.Canceled || code == codes.Unavailable):
		return late(ctx, s.host, s.lastDial())
	case code == codes.Unavailable && ours(st.Message()):
		return s.noConnection(st.Message())
	case code == codes.Unavailable:
		return &busyError{error: answered(code.String(), st.Message())}
	}
	return answered(st.Code().String(), st.Message())
}

// ownLimit reports our end of gRPC saying that an answer is larger than
// mostOfAnswer. A server may say so of its own limits, too.
func ownLimit(text string) bool {
	return strings.Contains(text, tooLarge) && strings.Contains(text, strconv.Itoa(mostOfAnswer))
}

const tooLarge = "larger than max"

// ours reports a text that gRPC's client wrote, rather than the server.
func ours(text string) bool {
	for _, start := range [...]string{"connection error:", "error reading from server:", "transport is closing", "closing transport", "the connection is draining", "unexpected EOF", "last connection error:", "keepalive ping failed"} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

func (s *grpcServer) noConnection(text string) error {
	if err := s.lastDial(); err != nil {
		return unreachable(err, s.host)
	}
	if strings.HasPrefix(text, "connection error:") || strings.HasPrefix(text, "last connection error:") {
		return &failure{text: s.host + " does not speak gRPC", kind: errUnreachable}
	}
	return &failure{text: "the connection to " + s.host + " broke", kind: errCut}
}
