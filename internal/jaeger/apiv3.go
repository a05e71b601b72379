package jaeger

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/otrace/otrace/internal/otlp"
	"github.com/otrace/otrace/internal/trace"
)

const getTraceV3 = "/jaeger.api_v3.QueryService/GetTrace"

// askV3 speaks api_v3 without its stubs: the bytes of the answer go straight
// to the decoder.
func (s *grpcServer) askV3(ctx context.Context, id trace.ID, ans *answer) error {
	return s.stream(ctx, getTraceV3, requestV3(id), func(message string) error { return appendV3(ans, message) })
}

func appendV3(ans *answer, message string) (err error) {
	ans.spans, err = otlp.AppendProtoText(ans.spans, message)
	return err
}

// stream calls a method that answers with any number of messages, and hands
// each to take.
func (s *grpcServer) stream(ctx context.Context, method string, request []byte, take func(message string) error) error {
	stream, err := s.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method, grpc.ForceCodecV2(rawCodec{}))
	if err != nil {
		return err
	}
	// A failed send shows its reason on receiving.
	_ = stream.SendMsg(&request)
	_ = stream.CloseSend()
	for {
		var message string
		if err := stream.RecvMsg(&message); err != nil {
			return err
		}
		if err := take(message); err != nil {
			return err
		}
	}
}

// requestV3 is a GetTraceRequest: trace_id and raw_traces.
func requestV3(id trace.ID) []byte {
	b := protowire.AppendTag(nil, 1, protowire.BytesType)
	b = protowire.AppendString(b, id.String())
	b = protowire.AppendTag(b, 4, protowire.VarintType)
	return protowire.AppendVarint(b, 1)
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
