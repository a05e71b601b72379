package jaeger

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"github.com/otrace/otrace/internal/trace"
)

// A fakeGRPC is a gRPC server that answers every method by one function. Its
// connections can be cut.
type fakeGRPC struct {
	net.Listener
	url   string
	calls atomic.Int32
	conns chan net.Conn
}

// Accept keeps the connection, so that the test can cut it.
func (f *fakeGRPC) Accept() (net.Conn, error) {
	conn, err := f.Listener.Accept()
	if err == nil {
		f.conns <- conn
	}
	return conn, err
}

// cut breaks the connection that was made last.
func (f *fakeGRPC) cut() {
	conn := <-f.conns
	conn.Close()
}

type handler func(f *fakeGRPC, method string, stream grpc.ServerStream) error

func newFakeGRPC(t testing.TB, handle handler, opts ...grpc.ServerOption) *fakeGRPC {
	t.Helper()
	f := &fakeGRPC{Listener: listen(t), conns: make(chan net.Conn, 100)}
	f.url = "grpc://" + f.Addr().String()
	server := grpc.NewServer(append(opts, grpc.ForceServerCodecV2(serverCodec{}), grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
		f.calls.Add(1)
		method, _ := grpc.MethodFromServerStream(stream)
		var request []byte
		if err := stream.RecvMsg(&request); err != nil {
			return err
		}
		return handle(f, method, stream)
	}))...)
	go server.Serve(f) //nolint:errcheck // it ends with the test
	t.Cleanup(server.Stop)
	return f
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// serverCodec passes []byte both ways.
type serverCodec struct{}

func (serverCodec) Name() string { return "proto" }

func (serverCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (serverCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// A fakeHTTP is Jaeger's HTTP port; it remembers what was asked.
func newFakeHTTP(t testing.TB, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server
}

func newClient(t testing.TB, cfg Config) *Client {
	t.Helper()
	if cfg.Wait == nil {
		cfg.Wait = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

var testID = trace.ID{Lo: 0x7a1c09e2f4b85d36}

// message is an answer of api_v3 with spans of these IDs.
func message(t testing.TB, ids ...uint64) []byte {
	t.Helper()
	var spans []*tracepb.Span
	for _, n := range ids {
		spans = append(spans, span(testID, n, 0, fmt.Sprint("op ", n), 1000))
	}
	raw, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{ScopeSpans: []*tracepb.ScopeSpans{{Spans: spans}}}}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// jsonMessage is the same of HTTP /api/v3.
func jsonMessage(ids ...uint64) string {
	spans := ""
	for i, n := range ids {
		if i > 0 {
			spans += ","
		}
		spans += fmt.Sprintf(`{"traceId":"%s","spanId":"%s","name":"op"}`, testID, hex.EncodeToString(spanBytes(n)))
	}
	return `{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[` + spans + `]}]}]}}`
}

// legacyMessage is the same of HTTP /api.
func legacyMessage(ids ...uint64) string {
	spans := ""
	for i, n := range ids {
		if i > 0 {
			spans += ","
		}
		spans += fmt.Sprintf(`{"traceID":"%s","spanID":"%x","operationName":"op","startTime":1,"duration":1,"processID":"p1"}`, testID, n)
	}
	return `{"data":[{"traceID":"x","spans":[` + spans + `],"processes":{"p1":{"serviceName":"s"}}}],"errors":null}`
}

// wants checks how a question ended: the spans, and the error's whole text.
func wants(t *testing.T, c *Client, spans int, text string) trace.Evidence {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ev, err := c.Spans(ctx, testID, trace.Window{})
	if got := fmt.Sprint(err); len(ev.Spans) != spans || got != text {
		t.Fatalf("%d spans, %s\nwant %d, %s", len(ev.Spans), got, spans, text)
	}
	return ev
}

// promptly asks a server that never answers with a context that ends early.
// That it returns at all is the test.
func promptly(t *testing.T, c *Client) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	_, err := c.Spans(ctx, testID, trace.Window{})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("not the deadline: %v", err)
	}
	return err
}
