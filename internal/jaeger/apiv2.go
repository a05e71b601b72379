package jaeger

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	"github.com/otrace/otrace/internal/trace"
)

// apiV2 speaks gRPC api_v2, which sends ten spans of Jaeger's own model a
// message.
type apiV2 struct{ *grpcServer }

func (apiV2) name() string { return "gRPC api_v2" }

func (d apiV2) trace(ctx context.Context, id trace.ID, at trace.Window, ans *answer) error {
	request := &api_v2.GetTraceRequest{TraceID: model.NewTraceID(id.Hi, id.Lo), RawTraces: true, StartTime: instant(at.From), EndTime: instant(at.Until)}
	return d.call(ctx, func(ctx context.Context) error {
		stream, err := d.client().GetTrace(ctx, request, d.bounded())
		if err != nil {
			return err
		}
		return receiveV2(stream, func(spans []trace.Span) { ans.spans = append(ans.spans, spans...) })
	})
}

// instant is a moment as this dialect has it; the zero time is none.
func instant(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

func (d apiV2) find(ctx context.Context, s *search, take func([]trace.Span)) error {
	tags := make(map[string]string, len(s.tags))
	for _, t := range s.tags {
		tags[t.Key] = t.Value
	}
	request := &api_v2.FindTracesRequest{Query: &api_v2.TraceQueryParameters{
		ServiceName: s.service, OperationName: s.operation, Tags: tags,
		StartTimeMin: instant(s.window.From), StartTimeMax: instant(s.until()),
		DurationMin: time.Duration(s.min), DurationMax: time.Duration(s.max),
		SearchDepth: int32(s.depth), RawTraces: true,
	}}
	return d.call(ctx, func(ctx context.Context) error {
		stream, err := d.client().FindTraces(ctx, request, d.bounded())
		if err != nil {
			return err
		}
		return receiveV2(stream, take)
	})
}

func (d apiV2) services(ctx context.Context) (list []string, err error) {
	err = d.call(ctx, func(ctx context.Context) error {
		resp, err := d.client().GetServices(ctx, &api_v2.GetServicesRequest{}, d.bounded())
		list = resp.GetServices()
		return err
	})
	return list, err
}

func (d apiV2) operations(ctx context.Context, service string) (list []string, err error) {
	err = d.call(ctx, func(ctx context.Context) error {
		resp, err := d.client().GetOperations(ctx, &api_v2.GetOperationsRequest{Service: service}, d.bounded())
		list = resp.GetOperationNames() // all that servers before 1.18 have
		for _, o := range resp.GetOperations() {
			list = append(list, o.GetName())
		}
		return err
	})
	return list, err
}

func (d apiV2) client() api_v2.QueryServiceClient { return api_v2.NewQueryServiceClient(d.conn) }

// chunks is a stream of spans.
type chunks interface {
	Recv() (*api_v2.SpansResponseChunk, error)
}

func receiveV2(stream chunks, take func([]trace.Span)) error {
	reader := modelReader{resources: map[string]*trace.Resource{}}
	for {
		chunk, err := stream.Recv()
		if err != nil {
			return err
		}
		spans := make([]trace.Span, len(chunk.Spans))
		for i := range chunk.Spans {
			spans[i] = reader.span(&chunk.Spans[i])
		}
		take(spans)
	}
}

// A modelMessage is a message of Jaeger's own model. It brings its own
// encoding; gRPC's usual codec panics on its trace IDs.
type modelMessage interface {
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
}

// A modelCodec serves one call, and ends it when its answer does not end.
type modelCodec struct{ left *atomic.Int64 }

// bounded makes a call use a codec of its own.
func (s *grpcServer) bounded() grpc.CallOption {
	left := new(atomic.Int64)
	left.Store(int64(s.most))
	return grpc.ForceCodecV2(modelCodec{left})
}

func (modelCodec) Name() string { return "proto" }

func (modelCodec) Marshal(v any) (mem.BufferSlice, error) {
	m, ok := v.(modelMessage)
	if !ok {
		return nil, fmt.Errorf("%T is no message of api_v2", v)
	}
	data, err := m.Marshal()
	return mem.BufferSlice{mem.SliceBuffer(data)}, err
}

func (c modelCodec) Unmarshal(data mem.BufferSlice, v any) error {
	if c.left.Add(-int64(data.Len())) < 0 {
		return fmt.Errorf("%s %d", tooLarge, mostOfAnswer)
	}
	m, ok := v.(modelMessage)
	if !ok {
		return fmt.Errorf("%T is no message of api_v2", v)
	}
	return m.Unmarshal(data.Materialize())
}
