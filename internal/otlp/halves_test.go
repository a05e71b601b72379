package otlp

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/otrace/otrace/internal/trace"
)

// A message that two goroutines decode gives the library's spans, in order,
// behind those that were there.
func TestHalvesAgainstLibrary(t *testing.T) {
	raw, want := largeMessage(t)
	if _, second := halve(wire{string(raw), 0, len(raw)}); !second.more() {
		t.Fatalf("%d bytes are not halved", len(raw))
	}
	before := []trace.Span{{ID: 1}}
	got, err := AppendProto(before, raw)
	if err != nil || got[0].ID != 1 {
		t.Fatal(err)
	}
	sameSpans(t, got[1:], want)
}

func largeMessage(t *testing.T) (raw []byte, want []trace.Span) {
	for seed := uint64(0); len(raw) < worthHalving+worthHalving/2; seed++ {
		td := randomTraces(rand.New(rand.NewPCG(seed, 3)), 400, true)
		raw = append(raw, marshal(t, td)...)
		want = append(want, oracle(td)...)
	}
	return raw, want
}

// A fault in either half leaves the whole spans of both, and is named by its
// place in the message.
func TestHalvesWithFaults(t *testing.T) {
	raw, want := largeMessage(t)
	ids := func(spans []trace.Span) []trace.SpanID {
		var list []trace.SpanID
		for i := range spans {
			list = append(list, spans[i].ID)
		}
		return list
	}
	// A span whose first field has no valid type, in a batch of its own.
	broken := batchOf([]byte{0x07})
	for name, faulty := range map[string][]byte{"first": slices.Concat(broken, raw), "second": slices.Concat(raw, broken)} {
		got, err := AppendProto(nil, faulty)
		if err == nil || !strings.HasPrefix(err.Error(), "otlp: byte ") || !slices.Equal(ids(got), ids(want)) {
			t.Errorf("%s half: %d spans of %d, %v", name, len(got), len(want), err)
		}
	}
	got, err := AppendProto(nil, raw[:len(raw)-3])
	if err == nil || len(got) < len(want)-1 {
		t.Errorf("cut: %d spans of %d, %v", len(got), len(want), err)
	}
}

// batchOf wraps a span's bytes in scopes and a resource.
func batchOf(span []byte) []byte {
	for _, field := range [...]protowire.Number{2, 2, 1} {
		span = protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), span)
	}
	return span
}

// One batch that is nearly all of the message has no middle.
func TestHalvesOfOneBatch(t *testing.T) {
	raw, err := proto.Marshal(benchTraces(512))
	if err != nil {
		t.Fatal(err)
	}
	one := batchOf(make([]byte, 0))
	for _, all := range [][]byte{raw, append(one, batchOf([]byte("\x2a\x80\x80\x80\x01"+strings.Repeat("x", 2<<20)))...)} {
		if _, second := halve(wire{string(all), 0, len(all)}); second.more() {
			t.Errorf("%d bytes were halved", len(all))
		}
	}
}
