package orderservice

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// What is written is read back the same by protobuf's own JSON, once its IDs
// are put in base64.
func TestOTLPJSONIsReadBack(t *testing.T) {
	m, _ := simulated(t, testConfig(12, 24))
	written := appendTraces(nil, m.spans)
	var doc any
	if err := json.Unmarshal(written, &doc); err != nil {
		t.Fatal(err)
	}
	idsToBase64(t, doc)
	again, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	var back tracepb.TracesData
	if err := protojson.Unmarshal(again, &back); err != nil {
		t.Fatal(err)
	}
	if !proto.Equal(&tracepb.TracesData{ResourceSpans: m.spans}, &back) {
		t.Error("it is not what was written")
	}
}

func idsToBase64(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			idsToBase64(t, e)
		}
	case map[string]any:
		for k, e := range v {
			id, isText := e.(string)
			if !isText || !strings.HasSuffix(k, "Id") {
				idsToBase64(t, e)
				continue
			}
			raw, err := hex.DecodeString(id)
			if err != nil || id != strings.ToLower(id) {
				t.Fatalf("%s is %q", k, id)
			}
			v[k] = base64.StdEncoding.EncodeToString(raw)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "a\"b\\c\nd\te\x00\x1f\x7f", "ü€😀", "\xff\xfe broken \xc3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); got != want && !strings.Contains(want, "\ufffd") {
			t.Errorf("%q came back as %q", s, got)
		}
	})
}
