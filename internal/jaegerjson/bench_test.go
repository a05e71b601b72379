package jaegerjson

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
)

// benchAnswer is Jaeger's answer of spans of the usual shape: HTTP calls among
// a dozen services, a tenth of them with a log and an error.
func benchAnswer(spans int) []byte {
	rnd := rand.New(rand.NewPCG(1, 2))
	const id = "c0ffee00c0ffee00c0ffee00c0ffee01"
	b := []byte(`{"data":[{"traceID":"` + id + `","spans":[`)
	for n := range spans {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendBenchSpan(b, rnd, id, n)
	}
	b = append(b, `],"processes":{`...)
	for n := range 12 {
		if n > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `"p%d":{"serviceName":"service-%d","tags":[{"key":"host.name","type":"string","value":"node-1"}]}`, n, n)
	}
	return append(b, `},"warnings":null}],"total":0,"limit":0,"offset":0,"errors":null}`...)
}

func appendBenchSpan(b []byte, rnd *rand.Rand, id string, n int) []byte {
	b = fmt.Appendf(b, `{"traceID":"%s","spanID":"%016x","operationName":"GET /orders/{id}","references":[{"refType":"CHILD_OF","traceID":"%s","spanID":"%016x"}],"startTime":%d,"duration":1000,"tags":[`+
		`{"key":"otel.scope.name","type":"string","value":"otelhttp"},{"key":"http.request.method","type":"string","value":"GET"},`+
		`{"key":"url.path","type":"string","value":"/orders/%d"},{"key":"http.response.status_code","type":"int64","value":200},{"key":"span.kind","type":"string","value":"server"}`,
		id, rnd.Uint64(), id, rnd.Uint64(), 1_700_000_000_000_000+n, n)
	if n%10 > 0 {
		return fmt.Appendf(b, `],"logs":[],"processID":"p%d","warnings":null}`, n%12)
	}
	return fmt.Appendf(b, `,{"key":"otel.status_code","type":"string","value":"ERROR"},{"key":"error","type":"bool","value":true},{"key":"otel.status_description","type":"string","value":"boom"}],`+
		`"logs":[{"timestamp":%d,"fields":[{"key":"event","type":"string","value":"cache miss"},{"key":"key","type":"string","value":"a"}]}],"processID":"p%d","warnings":null}`, 1_700_000_000_000_005+n, n%12)
}

func BenchmarkDecode(b *testing.B) {
	text := benchAnswer(100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		got, err := Decode(bytes.NewReader(text))
		if err != nil || len(got.Spans) != 100_000 {
			b.Fatal(len(got.Spans), err)
		}
	}
}
