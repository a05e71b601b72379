package jaeger

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// BenchmarkSpans asks the real Jaeger for 100,000 spans, each dialect beside
// its transport alone: the same bytes received and thrown away.
func BenchmarkSpans(b *testing.B) {
	at := stacktest.Jaeger(b)
	const spans = 100_000
	id := newID(b, 128)
	feed(b, at, bigTrace(id, spans))
	await(b, speaking(b, at, "gRPC api_v3"), id, spans)
	for _, name := range dialectNames {
		c := speaking(b, at, name)
		row := strings.ReplaceAll(strings.ReplaceAll(name, " ", "-"), "/", "-")
		b.Run(row+"/transport", func(b *testing.B) {
			b.ReportAllocs()
			var size int64
			for b.Loop() {
				size = receive(b, c.servers[0].(only), id)
			}
			b.ReportMetric(float64(size)/1e6, "MB")
		})
		b.Run(row+"/spans", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ev, err := c.Spans(b.Context(), id, trace.Window{})
				if err != nil || len(ev.Spans) != spans {
					b.Fatal(len(ev.Spans), err)
				}
			}
		})
	}
}

// receive takes a trace's bytes in the server's dialect, and counts them.
func receive(b *testing.B, o only, id trace.ID) (size int64) {
	b.Helper()
	var err error
	switch d := o.dialect.(type) {
	case apiV3:
		err = d.drain(b.Context(), getTraceV3, traceRequestV3(id, trace.Window{}), &size)
	case apiV2:
		request, _ := (&api_v2.GetTraceRequest{TraceID: model.NewTraceID(id.Hi, id.Lo), RawTraces: true}).Marshal()
		err = d.drain(b.Context(), "/jaeger.api_v2.QueryService/GetTrace", request, &size)
	case httpV3:
		err = d.get(b.Context(), "/api/v3/traces/"+id.String()+"?raw_traces=true", discard(&size))
	case legacy:
		err = d.get(b.Context(), "/api/traces/"+id.String()+"?raw=true", discard(&size))
	}
	if err != nil {
		b.Fatal(err)
	}
	return size
}

// drain calls a method and drops what it answers.
func (s *grpcServer) drain(ctx context.Context, method string, request []byte, size *int64) error {
	*size = 0
	return s.call(ctx, func(ctx context.Context) error {
		stream, err := s.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method, grpc.ForceCodecV2(nullCodec{size: size}))
		if err != nil {
			return err
		}
		if err := errors.Join(stream.SendMsg(&request), stream.CloseSend()); err != nil {
			return err
		}
		for {
			if err := stream.RecvMsg(nil); err != nil {
				return err
			}
		}
	})
}

// nullCodec counts the bytes of answers and decodes nothing.
type nullCodec struct {
	rawCodec
	size *int64
}

func (c nullCodec) Unmarshal(data mem.BufferSlice, _ any) error {
	*c.size += int64(data.Len())
	return nil
}

func discard(size *int64) reader {
	return func(body io.Reader, _ int64) (err error) {
		*size, err = io.Copy(io.Discard, body)
		return err
	}
}
