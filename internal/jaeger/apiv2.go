package jaeger

import (
	"context"
	"fmt"

	"github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	"github.com/otrace/otrace/internal/trace"
)

// askV2 speaks api_v2, which sends ten spans of Jaeger's own model a message.
func (s *grpcServer) askV2(ctx context.Context, id trace.ID, ans *answer) error {
	request := &api_v2.GetTraceRequest{TraceID: model.NewTraceID(id.Hi, id.Lo), RawTraces: true}
	stream, err := api_v2.NewQueryServiceClient(s.conn).GetTrace(ctx, request, grpc.ForceCodecV2(modelCodec{}))
	if err != nil {
		return err
	}
	reader := modelReader{resources: map[string]*trace.Resource{}}
	for {
		chunk, err := stream.Recv()
		if err != nil {
			return err
		}
		for i := range chunk.Spans {
			ans.spans = append(ans.spans, reader.span(&chunk.Spans[i]))
		}
	}
}

// A modelMessage is a message of Jaeger's own model. It brings its own
// encoding; gRPC's usual codec panics on its trace IDs.
type modelMessage interface {
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

type modelCodec struct{}

func (modelCodec) Name() string { return "proto" }

func (modelCodec) Marshal(v any) (mem.BufferSlice, error) {
	m, ok := v.(modelMessage)
	if !ok {
		return nil, fmt.Errorf("%T is no message of api_v2", v)
	}
	data, err := m.Marshal()
	return mem.BufferSlice{mem.SliceBuffer(data)}, err
}

func (modelCodec) Unmarshal(data mem.BufferSlice, v any) error {
	m, ok := v.(modelMessage)
	if !ok {
		return fmt.Errorf("%T is no message of api_v2", v)
	}
	return m.Unmarshal(data.Materialize())
}
