package jaeger

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jaegertracing/jaeger-idl/model/v1"
	"github.com/jaegertracing/jaeger-idl/proto-gen/api_v2"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/otrace/otrace/internal/trace"
)

// A told span is one as a server tells of it: in microseconds since the epoch.
type told struct {
	id, parent, start, end int64
	warnings               []string
}

// A call whose server's clock was three seconds slow, and one within it on the
// same clock: as it was, as servers tell of it that move starts alone, and as
// those do that move whole spans.
var (
	said   = []string{"This span's timestamps were adjusted by 3.018s"}
	asSent = []told{{1, 0, 0, 100_000, nil}, {2, 1, -2_998_000, -2_938_000, nil}, {3, 2, -2_990_000, -2_980_000, nil}}
	alone  = []told{{1, 0, 0, 100_000, nil}, {2, 1, 20_000, -2_938_000, said}, {3, 2, 28_000, -2_980_000, said}}
	whole  = []told{{1, 0, 0, 100_000, nil}, {2, 1, 20_000, 80_000, said}, {3, 2, 28_000, 38_000, said}}
)

func (s *told) nanos() (start, end uint64) {
	return uint64(epoch.UnixNano() + s.start*1000), uint64(epoch.UnixNano() + s.end*1000)
}

func otlpOf(t *testing.T, spans []told) []byte {
	t.Helper()
	var list []*tracepb.Span
	for _, s := range spans {
		sp := span(testID, uint64(s.id), uint64(s.parent), "op", 0)
		sp.StartTimeUnixNano, sp.EndTimeUnixNano = s.nanos()
		values := &common.ArrayValue{}
		for _, w := range s.warnings {
			values.Values = append(values.Values, str(w))
		}
		sp.Attributes = []*common.KeyValue{{Key: "@jaeger@warnings", Value: &common.AnyValue{Value: &common.AnyValue_ArrayValue{ArrayValue: values}}}}
		list = append(list, sp)
	}
	raw, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: []*tracepb.ResourceSpans{{Resource: shopResource(), ScopeSpans: []*tracepb.ScopeSpans{{Spans: list}}}}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func shopResource() *resource.Resource {
	return &resource.Resource{Attributes: []*common.KeyValue{attr("service.name", "shop")}}
}

func otlpJSONOf(spans []told) string {
	var list []string
	for _, s := range spans {
		start, end := s.nanos()
		warnings, _ := json.Marshal(append([]string{}, s.warnings...)) // as storages keep it that have no lists
		text, _ := json.Marshal(string(warnings))
		list = append(list, fmt.Sprintf(`{"traceId":"%s","spanId":"%016x","parentSpanId":"%016x","name":"op","startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[{"key":"@jaeger@warnings","value":{"stringValue":%s}}]}`,
			testID, s.id, s.parent, start, end, text))
	}
	return `{"result":{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[` + strings.Join(list, ",") + `]}]}]}}`
}

// legacyOf has negative durations as Jaeger writes them, without a sign.
func legacyOf(spans []told) string {
	var list []string
	for _, s := range spans {
		warnings, _ := json.Marshal(s.warnings)
		list = append(list, fmt.Sprintf(`{"traceID":"%s","spanID":"%x","operationName":"op","references":[{"refType":"CHILD_OF","traceID":"%s","spanID":"%x"}],"startTime":%d,"duration":%s,"warnings":%s,"processID":"p1"}`,
			testID, s.id, testID, s.parent, epoch.UnixMicro()+s.start, strconv.FormatUint(uint64(s.end-s.start), 10), warnings))
	}
	return `{"data":[{"traceID":"x","spans":[` + strings.Join(list, ",") + `],"processes":{"p1":{"serviceName":"shop"}}}],"errors":null}`
}

func modelOf(t *testing.T, spans []told) []byte {
	t.Helper()
	var chunk api_v2.SpansResponseChunk
	id := model.NewTraceID(testID.Hi, testID.Lo)
	for _, s := range spans {
		m := model.Span{
			TraceID: id, SpanID: model.NewSpanID(uint64(s.id)), OperationName: "op", Warnings: s.warnings, Process: &model.Process{ServiceName: "shop"},
			StartTime: epoch.Add(time.Duration(s.start) * time.Microsecond), Duration: time.Duration(s.end-s.start) * time.Microsecond,
		}
		if s.parent != 0 {
			m.References = []model.SpanRef{{TraceID: id, SpanID: model.NewSpanID(uint64(s.parent))}}
		}
		chunk.Spans = append(chunk.Spans, m)
	}
	raw, err := chunk.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// speaks is a server that tells of these spans in one dialect only.
func speaks(t *testing.T, dialect string, spans []told) string {
	t.Helper()
	if strings.HasPrefix(dialect, "gRPC") {
		return newFakeGRPC(t, func(_ *fakeGRPC, method string, stream grpc.ServerStream) error {
			if strings.Contains(method, "api_v3") != strings.HasSuffix(dialect, "v3") {
				return status.Error(codes.Unimplemented, "")
			}
			if strings.HasSuffix(dialect, "v3") {
				send(t, stream, otlpOf(t, spans))
			} else {
				send(t, stream, modelOf(t, spans))
			}
			return nil
		}).url
	}
	return newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/v3/traces") && dialect == "HTTP api/v3":
			fmt.Fprint(w, otlpJSONOf(spans))
		case strings.HasPrefix(r.URL.Path, "/api/traces") && dialect == "HTTP api":
			fmt.Fprint(w, legacyOf(spans))
		default:
			http.NotFound(w, r)
		}
	}).URL
}

// In every dialect, whatever the server moved, the times are those of the
// spans' own clocks, and the answer says that they were others.
func TestAdjustedInEveryDialect(t *testing.T) {
	const undone = "jaeger had adjusted the times of 2 spans for clock skew, though raw times were asked for: undone by what it says of each"
	for _, dialect := range dialectNames {
		for name, spans := range map[string][]told{"raw": asSent, "starts alone": alone, "whole spans": whole} {
			c := newClient(t, Config{URL: speaks(t, dialect, spans), Now: func() time.Time { return epoch }})
			ev := wants(t, c, 3, "<nil>")
			for i, s := range asSent {
				start, end := s.nanos()
				got := ev.Spans[i]
				if got.Start != int64(start) || got.End() != int64(end) || got.Clamped || got.Adjusted || len(got.Warnings) > 0 {
					t.Errorf("%s, %s: %+v, want %d to %d", dialect, name, got, start, end)
				}
			}
			want := "[" + undone + "]"
			if name == "raw" {
				want = "[]"
			}
			if fmt.Sprint(ev.Warnings) != want {
				t.Errorf("%s, %s: %q", dialect, name, ev.Warnings)
			}
			found, err := c.FindSpans(t.Context(), trace.Query{Service: "shop", Window: trace.Window{From: epoch.Add(-time.Hour).UnixNano()}})
			if err != nil || len(found.Traces) != 1 || fmt.Sprint(found.Warnings) != want {
				t.Errorf("%s, %s: found %+v, %v", dialect, name, found, err)
				continue
			}
			if f := found.Traces[0]; f.Spans != 3 || f.Start != epoch.UnixNano()-2_998e6 || f.End != epoch.UnixNano()+100e6 {
				t.Errorf("%s, %s: found %+v", dialect, name, f)
			}
		}
	}
}

// What cannot be undone is shown as it came, is marked, and keeps its warning;
// what Jaeger only considered is not counted.
func TestAdjustedByWhoKnows(t *testing.T) {
	spans := []told{
		{1, 0, 0, 100_000, []string{"duplicate span IDs; skipping clock skew adjustment"}},
		{2, 1, 20_000, 80_000, []string{"This span's timestamps were adjusted by a while"}},
		{3, 2, 28_000, 38_000, []string{"max clock skew adjustment delta of 1s exceeded; not applying calculated delta of 2s"}},
	}
	const left = "[jaeger says that it adjusted the times of 1 span for clock skew, though raw times were asked for, and nothing by which that can be undone: they are shown as Jaeger left them, and are no evidence of clocks]"
	for _, dialect := range dialectNames {
		c := newClient(t, Config{URL: speaks(t, dialect, spans), Now: func() time.Time { return epoch }})
		ev := wants(t, c, 3, "<nil>")
		for i, s := range spans {
			start, end := s.nanos()
			if got := ev.Spans[i]; got.Start != int64(start) || got.End() != int64(end) || got.Adjusted != (i == 1) || len(got.Warnings) != 1 {
				t.Errorf("%s: %+v", dialect, got)
			}
		}
		if fmt.Sprint(ev.Warnings) != left {
			t.Errorf("%s: %q", dialect, ev.Warnings)
		}
		found, err := c.FindSpans(t.Context(), trace.Query{Service: "shop", Window: trace.Window{From: epoch.Add(-time.Hour).UnixNano()}})
		if err != nil || len(found.Traces) != 1 || fmt.Sprint(found.Warnings) != left {
			t.Errorf("%s: %+v, %v", dialect, found, err)
		}
	}
}
