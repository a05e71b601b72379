package otlp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otrace/otrace/internal/trace"
)

func marshal(t testing.TB, td *tracepb.TracesData) []byte {
	t.Helper()
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(td)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestProtoAgainstLibrary(t *testing.T) {
	for seed := range uint64(60) {
		td := randomTraces(rand.New(rand.NewPCG(seed, 1)), 50, true)
		got, err := AppendProto(nil, marshal(t, td))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		sameSpans(t, got, oracle(td))
	}
}

// A message cut anywhere still yields the spans that are whole, and the error
// names an offset.
func TestProtoTruncated(t *testing.T) {
	td := randomTraces(rand.New(rand.NewPCG(7, 7)), 8, false)
	raw := marshal(t, td)
	want := oracle(td)
	most := 0
	for cut := range len(raw) {
		got, err := AppendProto(nil, raw[:cut])
		if err != nil && !strings.HasPrefix(err.Error(), "otlp: byte ") {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if len(got) < most || len(got) > len(want) {
			t.Fatalf("cut at %d: %d spans after %d", cut, len(got), most)
		}
		most = len(got)
		for i := range got {
			if got[i].ID != want[i].ID || len(got[i].Attributes) != len(want[i].Attributes) || got[i].Resource == nil {
				t.Fatalf("cut at %d: span %d is not whole", cut, i)
			}
		}
	}
	if most < 7 {
		t.Errorf("at most %d spans of a cut message", most)
	}
}

func TestProtoAppends(t *testing.T) {
	first := []trace.Span{{Operation: "before"}}
	raw := marshal(t, randomTraces(rand.New(rand.NewPCG(1, 1)), 5, false))
	got, err := AppendProto(first, raw)
	if err != nil || len(got) != 6 || got[0].Operation != "before" || got[0].Resource != nil {
		t.Errorf("%d spans, %v", len(got), err)
	}
}

// Spans of one process share its resource, also over several ResourceSpans.
func TestProtoSharesResources(t *testing.T) {
	td := randomTraces(rand.New(rand.NewPCG(1, 1)), 1, false)
	td.ResourceSpans = append(td.ResourceSpans, td.ResourceSpans[0])
	got, err := AppendProto(nil, marshal(t, td))
	if err != nil || len(got) != 2 || got[0].Resource != got[1].Resource {
		t.Errorf("%v, %v", got, err)
	}
}

func TestProtoGarbage(t *testing.T) {
	for _, tt := range []struct{ name, data, want string }{
		{"end group", "\x0c", "otlp: byte 0: a field of no valid type"},
		{"field zero", "\x02\x00", "otlp: byte 0: a field without a valid number"},
		{"endless number", strings.Repeat("\xff", 11), "otlp: byte 9: a number of more than 64 bits"},
		{"half a tag", "\x8a", "otlp: byte 1: the message is cut short"},
		{"open group", "\x1b\x08\x01", "otlp: byte 1: a group that does not end"},
	} {
		if _, err := AppendProto(nil, []byte(tt.data)); fmt.Sprint(err) != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

func FuzzProto(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(marshal(f, randomTraces(rand.New(rand.NewPCG(seed, 2)), 3, true)))
	}
	f.Add([]byte("\x0a\x03\x12\x01\x1b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := AppendProto(nil, data)
		var td tracepb.TracesData
		libErr := proto.Unmarshal(data, &td)
		if libErr != nil {
			return // the library also reads what is skipped here, and wants UTF-8
		}
		if err != nil && !strings.Contains(err.Error(), "too deep") {
			t.Fatalf("only here: %v", err)
		}
		// A message whose fields repeat would be merged by the library.
		again, _ := proto.MarshalOptions{Deterministic: true}.Marshal(&td)
		if err == nil && bytes.Equal(again, data) {
			sameSpans(t, got, oracle(&td))
		}
	})
}

func BenchmarkProto(b *testing.B) {
	raw := marshal(b, benchTraces(100_000))
	b.Run("otrace", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			spans, err := AppendProto(nil, raw)
			if err != nil || len(spans) != 100_000 {
				b.Fatal(len(spans), err)
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			var td tracepb.TracesData
			if err := proto.Unmarshal(raw, &td); err != nil {
				b.Fatal(err)
			}
		}
	})
}
