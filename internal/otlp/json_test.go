package otlp

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strings"
	"testing"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/otrace/otrace/internal/trace"
)

var idMember = regexp.MustCompile(`"(traceId|spanId|parentSpanId|trace_id|span_id|parent_span_id)":\s*"([^"]*)"`)

// otlpJSON is the library's JSON with IDs in hex, as OTLP wants them.
func otlpJSON(t testing.TB, td *tracepb.TracesData, how protojson.MarshalOptions, hexIDs bool) []byte {
	t.Helper()
	raw, err := how.Marshal(td)
	if err != nil {
		t.Fatal(err)
	}
	if !hexIDs {
		return raw
	}
	return idMember.ReplaceAllFunc(raw, func(m []byte) []byte {
		g := idMember.FindSubmatch(m)
		id, err := base64.StdEncoding.DecodeString(string(g[2]))
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Appendf(nil, `"%s":"%s"`, g[1], hex.EncodeToString(id))
	})
}

func TestJSONAgainstLibrary(t *testing.T) {
	for seed := range uint64(60) {
		td := randomTraces(rand.New(rand.NewPCG(seed, 3)), 40, false)
		how := protojson.MarshalOptions{UseProtoNames: seed%2 == 0, UseEnumNumbers: seed%3 == 0, Multiline: seed%5 == 0}
		got, err := AppendJSON(nil, otlpJSON(t, td, how, seed%4 > 0))
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		sameSpans(t, got, oracle(td))
	}
}

const oneSpan = `{"traceId":"0000000000000000000000000000000a","spanId":"000000000000000b","name":"op"}`

func TestJSONShapes(t *testing.T) {
	for _, tt := range []struct {
		name, data string
		spans      int
	}{
		{"empty", ``, 0},
		{"blanks", " \n", 0},
		{"no spans", `{}`, 0},
		{"nulls", `{"resourceSpans":null}`, 0},
		{"bare", `{"resourceSpans":[{"scopeSpans":[{"spans":[` + oneSpan + `]}]}]}`, 1},
		{"wrapped, several", strings.Repeat(`{"result":{"resourceSpans":[{"scopeSpans":[{"spans":[`+oneSpan+`]}]}]}}`+"\n", 3), 3},
		{"an array of them", `[{"resourceSpans":[{"scopeSpans":[{"spans":[` + oneSpan + `]}]}]}]`, 1},
		{"old library spans", `{"resource_spans":[{"instrumentationLibrarySpans":[{"instrumentationLibrary":{"name":"lib"},"spans":[` + oneSpan + `]}]}]}`, 1},
		{"resource last", `{"resourceSpans":[{"scopeSpans":[{"spans":[` + oneSpan + `],"scope":{"name":"lib"}}],"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"s"}}]}}]}`, 1},
	} {
		got, err := AppendJSON(nil, []byte(tt.data))
		if err != nil || len(got) != tt.spans {
			t.Errorf("%s: %d spans, %v", tt.name, len(got), err)
		}
		for _, s := range got {
			if s.Trace.Lo != 10 || s.ID != 11 || s.Operation != "op" || s.Resource == nil {
				t.Errorf("%s: %+v", tt.name, s)
			}
			if tt.name == "resource last" && (s.Resource.Service != "s" || s.Scope != "lib") {
				t.Errorf("%s: %+v", tt.name, s)
			}
		}
	}
}

func TestJSONFields(t *testing.T) {
	span := `{"traceId":"0A","spanId":"B","parentSpanId":"","kind":"SPAN_KIND_CLIENT","startTimeUnixNano":1.5e18,"endTimeUnixNano":"18446744073709551615",
		"status":{"code":"STATUS_CODE_ERROR","message":"no"},"traceState":"a=b","unknown":[{"x":[1,2,{"y":null}]}],
		"attributes":[{"key":"n","value":{"intValue":"-9223372036854775808"}},{"key":"d","value":{"doubleValue":"NaN"}},{"key":"b","value":{"bytesValue":"_-8"}},
		{"key":"l","value":{"arrayValue":{"values":[{"doubleValue":"Infinity"},{"stringValue":"\ud83d\ude80\ud83d"}]}}},{"key":"none","value":null}]}`
	got, err := AppendJSON(nil, []byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[`+span+`]}]}]}`))
	if err != nil || len(got) != 1 {
		t.Fatal(len(got), err)
	}
	s := got[0]
	if s.Trace.Lo != 10 || s.ID != 11 || s.Kind != trace.KindClient || s.Start != 1.5e18 || !s.Clamped || s.Status != trace.StatusError {
		t.Errorf("%+v", s)
	}
	want := []string{"-9223372036854775808", "NaN", "/+8=", `["Infinity","🚀` + "\ufffd" + `"]`, "", "a=b"}
	for i, a := range s.Attributes {
		if a.Value.Text() != want[i] {
			t.Errorf("%s = %q, want %q", a.Key, a.Value.Text(), want[i])
		}
	}
}

func TestJSONErrors(t *testing.T) {
	wrap := func(span string) string {
		return `{"resourceSpans":[{"scopeSpans":[{"spans":[` + oneSpan + `,` + span + `,` + oneSpan + `]}]}]}`
	}
	for _, tt := range []struct {
		name, data string
		spans      int
		want       string
	}{
		{"cut short", wrap(oneSpan)[:160], 1, "otlp: byte 160: a text that ends too early is not JSON"},
		{"no object", `7`, 0, "otlp: byte 0: a value of the wrong type"},
		{"bad ID", wrap(`{"spanId":"xyz"}`), 2, `otlp: byte 145: "xyz" is no span ID`},
		{"bad time", wrap(`{"startTimeUnixNano":-5}`), 2, `otlp: byte 153: "-5" is no number of nanoseconds`},
		{"span of the wrong type", wrap(`"span"`), 2, `otlp: byte 130: a value of the wrong type`},
		{"scope of the wrong type", `{"resourceSpans":[{"scopeSpans":[{"scope":7,"spans":[` + oneSpan + `]}]}]}`, 1, `otlp: byte 42: a value of the wrong type`},
		{"server's error", `{"result":{}}{"error":{"code":13,"message":"storage is down"}}`, 0, "otlp: the server answered: storage is down"},
		{"no JSON", `<html>`, 0, `otlp: byte 0: '<' at this place is not JSON`},
		{"NUL", "{}\x00", 0, `otlp: byte 2: '\x00' at this place is not JSON`},
	} {
		got, err := AppendJSON(nil, []byte(tt.data))
		if len(got) != tt.spans || fmt.Sprint(err) != tt.want {
			t.Errorf("%s: %d spans, %v\nwant %d, %s", tt.name, len(got), err, tt.spans, tt.want)
		}
	}
}

// A server's error counts, also when its stream breaks off behind it.
func TestJSONServerError(t *testing.T) {
	for _, data := range []string{`{"error":{"message":"no"}}`, `{"error":{"message":"no"}`, `{"error":{"message":"no"}}{"result`} {
		if _, err := AppendJSON(nil, []byte(data)); !errors.Is(err, ErrServer) {
			t.Errorf("%s: %v", data, err)
		}
	}
}

// Nothing of a span is a part of the text that it was read from.
func TestJSONIsCopied(t *testing.T) {
	td := randomTraces(rand.New(rand.NewPCG(1, 5)), 40, false)
	data := otlpJSON(t, td, protojson.MarshalOptions{}, true)
	got, err := AppendJSON(nil, data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	sameSpans(t, got, oracle(td))
}

func FuzzJSON(f *testing.F) {
	for seed := range uint64(8) {
		how := protojson.MarshalOptions{UseProtoNames: seed%2 == 0, UseEnumNumbers: seed%3 == 0}
		f.Add(otlpJSON(f, randomTraces(rand.New(rand.NewPCG(seed, 4)), 2, false), how, seed%4 > 0))
	}
	f.Add([]byte(`{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a\u00e9\n","x":[1e5,-0.1,true]}]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := AppendJSON(nil, data)
		if valid := validStream(data); valid && errors.Is(err, errSyntax) || !valid && err == nil {
			t.Fatalf("valid: %v, but %v", valid, err)
		}
		for _, s := range got {
			normal(s) // panics on JSON that is not valid
		}
		var td tracepb.TracesData
		if err == nil && protojson.Unmarshal(data, &td) == nil && !idMember.Match(data) {
			sameSpans(t, got, oracle(&td))
		}
	})
}

// validStream reports whether data is any number of JSON values.
func validStream(data []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(data))
	for {
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

func BenchmarkJSON(b *testing.B) {
	raw := otlpJSON(b, benchTraces(100_000), protojson.MarshalOptions{}, true)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		spans, err := AppendJSON(nil, raw)
		if err != nil || len(spans) != 100_000 {
			b.Fatal(len(spans), err)
		}
	}
}

// A real answer of /api/v3/traces, from Jaeger 2.13.
func TestJSONRealAnswer(t *testing.T) {
	data, err := os.ReadFile("testdata/api_v3_traces.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := AppendJSON(nil, data)
	if err != nil || len(got) != 3 {
		t.Fatal(len(got), err)
	}
	root, client, server := got[0], got[1], got[2]
	if root.Kind != trace.KindServer || root.Duration != 250e6 || root.Scope != "otelhttp" || root.Resource.Service != "gateway" || root.Resource.Host != "node-1" {
		t.Errorf("%+v", root)
	}
	if len(root.Attributes) != 7 || root.Attributes[6].Value != trace.JSON(`["a",2]`) || root.Attributes[2].Value != trace.Int(9223372036854775807) {
		t.Errorf("%+v", root.Attributes)
	}
	if client.Parent != root.ID || client.Status != trace.StatusError || client.StatusMessage != "card declined" || len(client.Links) != 1 || client.Resource != root.Resource {
		t.Errorf("%+v", client)
	}
	if server.Status != trace.StatusOK || server.Resource.Service != "payment" {
		t.Errorf("%+v", server)
	}
}
