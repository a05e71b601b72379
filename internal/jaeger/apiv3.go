package jaeger

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	"github.com/otrace/otrace/internal/otlp"
	"github.com/otrace/otrace/internal/trace"
)

// apiV3 speaks gRPC api_v3 without its stubs: the bytes of the answer go
// straight to the decoder.
type apiV3 struct{ *grpcServer }

func (apiV3) name() string { return "gRPC api_v3" }

// The methods of api_v3.
const (
	getTraceV3      = "/jaeger.api_v3.QueryService/GetTrace"
	findTracesV3    = "/jaeger.api_v3.QueryService/FindTraces"
	getServicesV3   = "/jaeger.api_v3.QueryService/GetServices"
	getOperationsV3 = "/jaeger.api_v3.QueryService/GetOperations"
)

func (d apiV3) trace(ctx context.Context, id trace.ID, at trace.Window, ans *answer) error {
	return d.stream(ctx, getTraceV3, traceRequestV3(id, at), func(message string) (err error) {
		ans.spans, err = otlp.AppendProtoText(ans.spans, message)
		return err
	})
}

func (d apiV3) find(ctx context.Context, s *search, take func([]trace.Span)) error {
	return d.stream(ctx, findTracesV3, findRequestV3(s), func(message string) error {
		spans, err := otlp.AppendProtoText(nil, message)
		take(spans)
		return err
	})
}

func (d apiV3) services(ctx context.Context) (list []string, err error) {
	err = d.stream(ctx, getServicesV3, nil, func(message string) error {
		return eachText(message, func(name []byte) error {
			list = append(list, string(name))
			return nil
		})
	})
	return list, err
}

func (d apiV3) operations(ctx context.Context, service string) (list []string, err error) {
	err = d.stream(ctx, getOperationsV3, appendText(nil, 1, service), func(message string) error {
		return eachText(message, func(operation []byte) error {
			return eachText(string(operation), func(name []byte) error {
				list = append(list, string(name))
				return nil
			})
		})
	})
	return list, err
}

// stream calls a method that answers with any number of messages, and hands
// each to take.
func (s *grpcServer) stream(ctx context.Context, method string, request []byte, take func(message string) error) error {
	return s.call(ctx, func(ctx context.Context) error {
		stream, err := s.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method, grpc.ForceCodecV2(rawCodec{}))
		if err != nil {
			return err
		}
		// A failed send shows its reason on receiving.
		_ = stream.SendMsg(&request)
		_ = stream.CloseSend()
		left := s.most
		for {
			var message string
			if err := stream.RecvMsg(&message); err != nil {
				return err
			}
			if left -= len(message); left < 0 {
				return errEndless
			}
			if err := take(message); err != nil {
				return err
			}
		}
	})
}

// rawCodec passes bytes through: requests are *[]byte, answers *string.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) (mem.BufferSlice, error) {
	b, ok := v.(*[]byte)
	if !ok {
		return nil, errors.New("no raw message")
	}
	return mem.BufferSlice{mem.SliceBuffer(*b)}, nil
}

func (rawCodec) Unmarshal(data mem.BufferSlice, v any) error {
	text, ok := v.(*string)
	if !ok {
		return errors.New("no raw message")
	}
	var b strings.Builder
	b.Grow(data.Len())
	for _, part := range data {
		b.Write(part.ReadOnlyData())
	}
	*text = b.String()
	return nil
}
