package logdoc

import (
	"bytes"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

func TestTraceID(t *testing.T) {
	const low, other = "a0b1c2d3e4f56789", "ffffffffffffffffffffffffffffff17"
	p := NewParser(nil)
	p.WantTrace(true)
	for doc, want := range map[string]string{
		`{"trace.id":"` + testID + `"}`:                                                     testID,
		`{"trace":{"id":"7A1C09E2F4B85D36A0B1C2D3E4F56789"}}`:                               testID,
		`{"mdc":{"traceId":"7a1c09e2-f4b8-5d36-a0b1-c2d3e4f56789"}}`:                        testID,
		`{"traceID":"` + low + `"}`:                                                         strings.Repeat("0", 16) + low,
		`{"traceId":"1a2b"}`:                                                                strings.Repeat("0", 28) + "1a2b",
		`{"traceId":6699}`:                                                                  strings.Repeat("0", 28) + "1a2b",
		`{"dd":{"trace_id":"11579250332281431945"}}`:                                        strings.Repeat("0", 16) + low,
		`{"dd.trace_id":17}`:                                                                strings.Repeat("0", 30) + "11",
		`{"dd.trace_id":"` + testID + `"}`:                                                  testID,
		`{"dd.trace_id":-6867493741428119671}`:                                              strings.Repeat("0", 16) + low,
		`{"dd.trace_id":"11579250332281431945","trace_id":"` + testID + `"}`:                testID,
		`{"traceparent":"00-` + testID + `-` + testSpan + `-01"}`:                           testID,
		`{"headers":{"traceparent":"00-` + testID + `-` + testSpan + `-01"}}`:               testID,
		`{"uber-trace-id":"` + testID + `%3A` + testSpan + `%3A0%3A1"}`:                     testID,
		`{"uber-trace-id":"` + testID[1:16] + `:1:0:1"}`:                                    strings.Repeat("0", 17) + testID[1:16],
		`{"b3":"` + testID + `-` + testSpan + `-1"}`:                                        testID,
		`{"X-B3-TraceId":"` + testID + `","X-B3-Sampled":"1"}`:                              testID,
		`{"X-B3-SpanId":"` + testSpan + `"}`:                                                "",
		`{"x-amzn-trace-id":"Root=1-7a1c09e2-f4b85d36a0b1c2d3e4f56789;Sampled=1"}`:          testID,
		`{"logging.googleapis.com/trace":"projects/p/traces/` + testID + `"}`:               testID,
		`{"parent":{"trace_id":"` + other + `"},"msg":"m"}`:                                 "",
		`{"links":[{"trace_id":"` + other + `"}],"TraceId":"` + testID + `"}`:               testID,
		`{"trace_id":"checkout#2024/000017","correlationId":"x-2024-18"}`:                   "checkout#2024/000017",
		`{"trace_id":"` + testID + `.61.17145576001234567","msg":"m"}`:                      testID + ".61.17145576001234567",
		`{"trace_id":"unsampled","correlationId":"x-2024-18"}`:                              "x-2024-18",
		`{"request_id":"00-` + testID + `-` + testSpan + `-01"}`:                            testID,
		`{"msg":"refused (trace ` + testID + `)"}`:                                          testID,
		`{"msg":"WARN [` + low + `-` + testSpan + `] x"}`:                                   strings.Repeat("0", 16) + low,
		`{"msg":"W, [` + testID + `:` + testSpan + `:0:1] x"}`:                              testID,
		`{"msg":"GET / \"Root=1-7a1c09e2-f4b85d36a0b1c2d3e4f56789\" 0"}`:                    testID,
		`{"msg":"GET /callback?trace=req-7a1c09e2-f4b8-5d36-a0b1-c2d3e4f56789&x=1"}`:        "",
		`{"logging.googleapis.com/trace":"projects/p/traces/` + low + `"}`:                  strings.Repeat("0", 16) + low,
		`{"trace_id":"","correlationId":"checkout-2024-17"}`:                                "checkout-2024-17",
		`{"correlationId":"checkout-2024-17","trace_id":"` + testID + `"}`:                  testID,
		`{"x-request-id":"7a1c09e2-f4b8-5d36-a0b1-c2d3e4f56789"}`:                           testID,
		`{"requestId":17,"req":{"id":"r-1"}}`:                                               "",
		`{"transaction.id":"` + testSpan + `"}`:                                             "",
		`{"transactionId":"TX-2024-00017"}`:                                                 "TX-2024-00017",
		`{"correlationId":"two words"}`:                                                     "",
		`{"trace_id":"00000000000000000000000000000000","message":"m"}`:                     "",
		`{"message":"WARN [order,` + testID + `,` + testSpan + `] slow"}`:                   testID,
		`{"message":"INFO [` + testID + `-` + testSpan + `] c.e.X"}`:                        testID,
		`{"message":"INFO [order,` + low + `,` + testSpan + `,true] 1 --- x"}`:              strings.Repeat("0", 16) + low,
		`{"log":"17:33 INFO TraceID: ` + testID + ` SpanID: ` + testSpan + ` x\n"}`:         testID,
		`{"log":"{\"message\":\"TraceID: ` + testID + ` SpanID: ` + testSpan + ` List\"}"}`: testID,
		`{"log":"{\"payload\":\"{\\\"traceId\\\":\\\"` + testID + `\\\"}\"}"}`:              testID,
		`{"payload":"{\"traceId\":\"` + testID + `\"}"}`:                                    testID,
		`{"msg":"trace=` + testID + `"}`:                                                    testID,
		`{"msg":"trace_id=\"` + testID + `\" x"}`:                                           testID,
		`{"msg":"[!dt dt.trace_id=` + testID + `,dt.span_id=` + testSpan + `] hi"}`:         testID,
		`{"msg":"dd.trace_id=11579250332281431945 dd.span_id=1"}`:                           strings.Repeat("0", 16) + low,
		`{"msg":"uber-trace-id: ` + testID + `:` + testSpan + `:0:1"}`:                      testID,
		`{"msg":"in 00-` + testID + `-` + testSpan + `-01 x"}`:                              testID,
		`{"msg":"parentTraceId=` + other + ` traceId=` + testID + `"}`:                      testID,
		`{"msg":"parent_trace_id=` + other + `"}`:                                           "",
		`{"msg":"the trace identity of ` + testID + `"}`:                                    "",
		`{"msg":"trace 17 of 18, stack trace: abcdef"}`:                                     "",
		`{"message":"` + testID + `"}`:                                                      "",
		`{"trace_id":"` + testID + `", cut`:                                                 testID,
		`{"message":"m"}`:                                                                   "",
	} {
		p.Parse([]byte(doc), "", "")
		id, ok := p.TraceID()
		got := ""
		if ok {
			got = id.String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", doc, got, want)
		}
		checkCarried(t, []byte(doc), id, ok)
	}
}

// checkCarried holds TraceID to the matcher: whoever asks for the ID that a
// document tells finds the document.
func checkCarried(t *testing.T, doc []byte, id trace.ID, ok bool) {
	t.Helper()
	if !ok {
		return
	}
	if _, carried := NewParser(NewMatcher(id)).Parse(doc, "", ""); !carried {
		t.Errorf("%q says %s, yet does not carry it", doc, id)
	}
}

func FuzzTraceID(f *testing.F) {
	for _, c := range producers {
		f.Add([]byte(c.doc))
	}
	f.Add([]byte(`{"trace_id":"000abc"}`))
	f.Add([]byte(`{"uber-trace-id":"1a2b3c4d5:1:0:1","correlationId":"00000017"}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		p := NewParser(nil)
		want, _ := p.Parse(bytes.Clone(doc), "i", "d")
		p.WantTrace(true)
		got, _ := p.Parse(doc, "i", "d")
		if got.Time != want.Time || got.Message != want.Message || got.Origin != want.Origin {
			t.Fatalf("the log depends on whether its ID is wanted: %+v, %+v", got, want)
		}
		id, ok := p.TraceID()
		checkCarried(t, doc, id, ok)
	})
}

func TestOwnFields(t *testing.T) {
	fields := Fields{
		"trace": {"flow.key"}, "span": {"step"}, "time": {"when"}, "level": {"weight"}, "message": {"said"},
		"service": {"unit"}, "host": {"box"}, "error": {"fault.text"}, "stack": {"fault.trail"},
	}
	if err := fields.Check(); err != nil {
		t.Fatal(err)
	}
	p := NewParser(nil)
	p.Use(fields)
	p.WantTrace(true)
	l, _ := p.Parse([]byte(`{"trace_id":"no","mdc":{"flow":{"key":"`+testID+`"}},"span_id":"1111111111111111","step":"`+testSpan+`","@timestamp":"2025-01-01T00:00:00Z",`+
		`"when":"2024-05-01 10:00:00","level":"info","weight":"error","message":"m","said":"own","service":"s","unit":"u","host":"h","box":"b"}`), "", "")
	if l.Time != ns(t, "2024-05-01T10:00:00Z") || l.Level != trace.LevelError || l.Message != "own" || l.Span.String() != testSpan ||
		l.Origin != (trace.Origin{Service: "u", Host: "b"}) {
		t.Errorf("%+v", l)
	}
	if id, ok := p.TraceID(); !ok || id.String() != testID {
		t.Errorf("trace %v", id)
	}
	l, _ = p.Parse([]byte(`{"fault":{"text":"boom","trail":"at x"},"error":"other"}`), "", "")
	if l.Message != "boom" {
		t.Errorf("message %q", l.Message)
	}
	if id, ok := p.TraceID(); ok {
		t.Errorf("trace %v", id)
	}
	if err := (Fields{"colour": {"x"}}).Check(); err == nil || err.Error() != `"colour" is no role of a log field: there are error, host, level, message, service, span, stack, time, trace` {
		t.Error(err)
	}
}

func TestOwnIDFields(t *testing.T) {
	m := NewMatcher(mustID(t, "1a2b"))
	m.Use(Fields{"trace": {"flow.key"}})
	p := NewParser(m)
	for doc, want := range map[string]bool{`{"flow_key":"1a2b"}`: true, `{"labels":{"flow":{"key":6699}}}`: true, `{"key":"1a2b"}`: false, `{"flow.key.x":"1a2b"}`: false} {
		if l, ok := p.Parse([]byte(doc), "", ""); ok != want || l.Match != trace.MatchField {
			t.Errorf("%s: %v", doc, ok)
		}
	}
}
