package jaeger

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/otrace/otrace/internal/otlp"
	"github.com/otrace/otrace/internal/trace"
)

func send(t testing.TB, stream grpc.ServerStream, messages ...[]byte) {
	for _, m := range messages {
		if err := stream.SendMsg(m); err != nil {
			t.Error(err)
		}
	}
}

func TestGRPCStatuses(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string // HOST stands for the server's address
		is   error
	}{
		{nil, "jaeger: trace 00000000000000007a1c09e2f4b85d36: not found", trace.ErrNotFound},
		{status.Error(codes.NotFound, "trace not found"), "jaeger: trace 00000000000000007a1c09e2f4b85d36: not found", trace.ErrNotFound},
		{errors.New("trace not found"), "jaeger: trace 00000000000000007a1c09e2f4b85d36: not found", trace.ErrNotFound},
		{status.Error(codes.Unauthenticated, "who are you"), "jaeger: refused by HOST (Unauthenticated: who are you)", trace.ErrRefused},
		{status.Error(codes.PermissionDenied, ""), "jaeger: refused by HOST (PermissionDenied)", trace.ErrRefused},
		{status.Error(codes.Internal, "storage:\n\x1b[31mno shard"), "jaeger: the server answered Internal: storage: ␛[31mno shard", nil},
		{status.Error(codes.Unavailable, "no node available"), "jaeger: the server answered Unavailable: no node available", nil},
		{status.Error(codes.DeadlineExceeded, "elasticsearch took too long"), "jaeger: the server answered DeadlineExceeded: elasticsearch took too long", nil},
		{status.Error(codes.Unimplemented, ""), "jaeger: HOST does not speak this dialect of Jaeger's gRPC API", errNoDialect},
	} {
		f := newFakeGRPC(t, func(*fakeGRPC, string, grpc.ServerStream) error { return tt.err })
		c := newClient(t, Config{URL: f.url})
		_, err := c.Spans(t.Context(), testID, trace.Window{})
		want := strings.ReplaceAll(tt.want, "HOST", f.Addr().String())
		if fmt.Sprint(err) != want || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%v: %v\nwant %s", tt.err, err, want)
		}
	}
}

func TestOpaqueIDIsNotAsked(t *testing.T) {
	f := newFakeGRPC(t, func(*fakeGRPC, string, grpc.ServerStream) error { return nil })
	id, err := trace.ParseID("order-ORD-17")
	if err != nil {
		t.Fatal(err)
	}
	_, err = newClient(t, Config{URL: f.url}).Spans(t.Context(), id, trace.Window{})
	if !errors.Is(err, trace.ErrNotFound) || f.calls.Load() != 0 {
		t.Errorf("%v after %d calls", err, f.calls.Load())
	}
}

// A server without api_v3 is asked by api_v2, and from then on only so.
func TestGRPCFallsBackToV2(t *testing.T) {
	var methods []string
	f := newFakeGRPC(t, func(_ *fakeGRPC, method string, stream grpc.ServerStream) error {
		methods = append(methods, method)
		if method == getTraceV3 {
			return status.Error(codes.Unimplemented, "unknown service jaeger.api_v3.QueryService")
		}
		send(t, stream, chunkV2(t, 1, 2), chunkV2(t, 3))
		return nil
	})
	c := newClient(t, Config{URL: f.url})
	wants(t, c, 3, "<nil>")
	wants(t, c, 3, "<nil>")
	const getTraceV2 = "/jaeger.api_v2.QueryService/GetTrace"
	if want := []string{getTraceV3, getTraceV2, getTraceV2}; !slices.Equal(methods, want) {
		t.Errorf("asked %v, want %v", methods, want)
	}
}

// chunkV2 is a SpansResponseChunk of spans with nothing but IDs.
func chunkV2(t *testing.T, ids ...uint64) []byte {
	t.Helper()
	var chunk api_v2.SpansResponseChunk
	for _, id := range ids {
		chunk.Spans = append(chunk.Spans, model.Span{TraceID: model.NewTraceID(testID.Hi, testID.Lo), SpanID: model.NewSpanID(id)})
	}
	data, err := chunk.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Fault 14: gRPC's own limit is 4 MiB.
func TestGRPCLargeMessage(t *testing.T) {
	ids := make([]uint64, 120_000)
	for i := range ids {
		ids[i] = uint64(i + 1)
	}
	large := message(t, ids...)
	if len(large) < 6<<20 {
		t.Fatal(len(large))
	}
	f := newFakeGRPC(t, func(_ *fakeGRPC, _ string, stream grpc.ServerStream) error {
		send(t, stream, large)
		return nil
	})
	wants(t, newClient(t, Config{URL: f.url}), len(ids), "<nil>")
}

// Fault 16: a stream cut in mid-trace is asked for again, once.
func TestGRPCStreamCut(t *testing.T) {
	for _, tt := range []struct {
		name  string
		whole int32 // the call that is not cut
		spans int
		gap   string
	}{
		{"once", 2, 3, ""},
		{"always", 99, 2, "only 2 spans came: the connection to HOST broke"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			received := make(chan struct{}, 10)
			f := newFakeGRPC(t, func(f *fakeGRPC, _ string, stream grpc.ServerStream) error {
				send(t, stream, message(t, 1, 2))
				if f.calls.Load() < tt.whole {
					<-received
					f.cut()
					<-stream.Context().Done()
					return nil
				}
				send(t, stream, message(t, 2, 3))
				return nil
			})
			c := newClient(t, Config{URL: f.url})
			c.known = heard{apiV3{c.servers[0].(*grpcServer)}, received}
			ev := wants(t, c, tt.spans, "<nil>")
			gap := ""
			for _, g := range ev.Gaps {
				gap += g.Reason
			}
			if want := strings.ReplaceAll(tt.gap, "HOST", f.Addr().String()); gap != want {
				t.Errorf("gap %q, want %q", gap, want)
			}
			if f.calls.Load() != 2 {
				t.Errorf("%d calls", f.calls.Load())
			}
		})
	}
}

// heard is api_v3 that tells of every message it receives.
type heard struct {
	apiV3
	received chan struct{}
}

func (h heard) trace(ctx context.Context, id trace.ID, at trace.Window, ans *answer) error {
	return h.stream(ctx, getTraceV3, traceRequestV3(id, at), func(m string) (err error) {
		h.received <- struct{}{}
		ans.spans, err = otlp.AppendProtoText(ans.spans, m)
		return err
	})
}

// Fault 13: a server that takes the call and hangs, and one that does not even
// speak.
func TestGRPCHangs(t *testing.T) {
	f := newFakeGRPC(t, func(_ *fakeGRPC, _ string, stream grpc.ServerStream) error {
		<-stream.Context().Done()
		return nil
	})
	err := promptly(t, newClient(t, Config{URL: f.url}))
	if want := "jaeger: no answer from " + f.Addr().String() + " in time"; fmt.Sprint(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
	silent := listen(t)
	promptly(t, newClient(t, Config{URL: "grpc://" + silent.Addr().String()})) //nolint:errcheck // it checks by itself
}

func TestGRPCCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := newFakeGRPC(t, func(_ *fakeGRPC, _ string, stream grpc.ServerStream) error {
		send(t, stream, message(t, 1))
		cancel()
		<-stream.Context().Done()
		return nil
	})
	ev, err := newClient(t, Config{URL: f.url}).Spans(ctx, testID, trace.Window{})
	if !errors.Is(err, context.Canceled) || len(ev.Spans) > 0 {
		t.Errorf("%d spans, %v", len(ev.Spans), err)
	}
}

func TestConnectionRefused(t *testing.T) {
	l := listen(t)
	host := l.Addr().String()
	l.Close()
	wants(t, newClient(t, Config{URL: "grpc://" + host}), 0, "jaeger: connection refused at "+host)
	wants(t, newClient(t, Config{URL: "http://" + host}), 0, "jaeger: connection refused at "+host)
}

func TestWrongProtocol(t *testing.T) {
	web := newFakeHTTP(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") })
	host := web.Listener.Addr().String()
	wants(t, newClient(t, Config{URL: "grpc://" + host}), 0, "jaeger: "+host+" does not speak gRPC")
	f := newFakeGRPC(t, func(*fakeGRPC, string, grpc.ServerStream) error { return nil })
	host = f.Addr().String()
	wants(t, newClient(t, Config{URL: "http://" + host}), 0, "jaeger: "+host+" does not speak HTTP")
}

func TestGRPCHeaders(t *testing.T) {
	got := make(chan metadata.MD, 1)
	f := newFakeGRPC(t, func(_ *fakeGRPC, _ string, stream grpc.ServerStream) error {
		md, _ := metadata.FromIncomingContext(stream.Context())
		got <- md
		send(t, stream, message(t, 1))
		return nil
	})
	wants(t, newClient(t, Config{URL: f.url, Token: "t0ken", Headers: map[string]string{"X-Tenant": "acme"}}), 1, "<nil>")
	md := <-got
	if md.Get("authorization")[0] != "Bearer t0ken" || md.Get("x-tenant")[0] != "acme" {
		t.Errorf("%v", md)
	}
}

// Fault 11: certificates are verified, on both ports.
func TestTLS(t *testing.T) {
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, jsonMessage(1)) }))
	web.Config.ErrorLog = log.New(io.Discard, "", 0)
	web.StartTLS()
	t.Cleanup(web.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
	f := newFakeGRPC(t, func(_ *fakeGRPC, _ string, stream grpc.ServerStream) error {
		send(t, stream, message(t, 1))
		return nil
	}, grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: web.TLS.Certificates})))

	for _, url := range []string{web.URL, "grpcs://" + f.Addr().String()} {
		host := url[strings.Index(url, "://")+3:]
		wants(t, newClient(t, Config{URL: url}), 0, "jaeger: certificate not accepted (x509: certificate signed by unknown authority) at "+host)
		wants(t, newClient(t, Config{URL: url, CACert: ca}), 1, "<nil>")
		wants(t, newClient(t, Config{URL: url, Insecure: true}), 1, "<nil>")
	}
	plain := newFakeHTTP(t, nil).Listener.Addr().String()
	wants(t, newClient(t, Config{URL: "https://" + plain}), 0, "jaeger: no TLS at "+plain)
}
