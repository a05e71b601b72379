package logdoc

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

func mustID(t testing.TB, s string) trace.ID {
	t.Helper()
	id, err := trace.ParseID(s)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestEveryFormOfAnID(t *testing.T) {
	for _, typed := range []string{testID, "00000000000000001a2b3c4d5e6f7081", "5e6f7081a", "00112233445566778899aabbccddeeff", "checkout-2024-000017", "req-17abc"} {
		id := mustID(t, typed)
		p := NewParser(NewMatcher(id))
		for _, form := range id.Forms() {
			for doc, match := range map[string]trace.Match{
				`{"trace_id":"%s"}`:                           trace.MatchField,
				`{"x":{"y":["other","%s"]}}`:                  trace.MatchField,
				`{"message":"failed id=%s, retry"}`:           trace.MatchText,
				`{"message":"[%s]"}`:                          trace.MatchText,
				`{"log":"{\"a\":{\"trace_id\":\"%s\"}}\n"}`:   trace.MatchField,
				`{"log":"{\"trace_id\":\"%s\", cut"}`:         trace.MatchText,
				`{"message":"GET /?q=%%2C%s%%26"}`:            trace.MatchText,
				`{"message":"x\\n%s"}`:                        trace.MatchText,
				`{"links":{"trace_id":"%s"},"trace_id":"no"}`: trace.MatchText,
			} {
				doc := fmt.Sprintf(doc, form)
				l, ok := p.Parse([]byte(doc), "", "")
				if !ok || l.Match != match {
					t.Errorf("%s: carried %v, match %v, want %v", doc, ok, l.Match, match)
				}
			}
			for _, noise := range []string{`{"message":"a%s"}`, `{"message":"%s0"}`, `{"trace_id":"9%s"}`, `{"%s":1}`} {
				doc := fmt.Sprintf(noise, form)
				if l, ok := p.Parse([]byte(doc), "", ""); ok {
					t.Errorf("%s: carried, as %v", doc, l.Match)
				}
			}
		}
	}
}

func TestShortIDs(t *testing.T) {
	p := NewParser(NewMatcher(mustID(t, "1a2b")))
	for doc, want := range map[string]bool{
		`{"trace_id":"1a2b"}`:                           true,
		`{"traceId":6699}`:                              true,
		`{"trace_id":"0000000000001a2b"}`:               true,
		`{"message":"trace_id=1a2b x"}`:                 true,
		`{"message":"traceID: \"1A2B\""}`:               true,
		`{"message":"0000000000001a2b"}`:                true,
		`{"message":"color 1a2b"}`:                      false,
		`{"size":6699}`:                                 false,
		`{"code":"1a2b"}`:                               false,
		`{"message":"span_id=1a2b"}`:                    false,
		`{"message":"00000000-0000-1a2b-0000-1a2b"}`:    false,
		`{"message":"trace_id=1a2b-ffff","x":"a-1a2b"}`: false,
	} {
		if _, ok := p.Parse([]byte(doc), "", ""); ok != want {
			t.Errorf("%s: carried %v", doc, ok)
		}
	}
}

func TestTimes(t *testing.T) {
	const day = "2024-05-01T"
	for text, want := range map[string]string{
		`"2024-05-01T10:00:00Z"`:               day + "10:00:00Z",
		`"2024-05-01T10:00:00.123456789Z"`:     day + "10:00:00.123456789Z",
		`"2024-05-01T10:00:00.1234567891234Z"`: day + "10:00:00.123456789Z",
		`"2024-05-01 10:00:00,123"`:            day + "10:00:00.123Z",
		`"2024-05-01 10:00:00.5 +0000"`:        day + "10:00:00.5Z",
		`"2024-05-01 10:00:00 UTC"`:            day + "10:00:00Z",
		`"2024/05/01 10:00:00"`:                day + "10:00:00Z",
		`"2024-05-01T12:00:00.5+02:00"`:        day + "10:00:00.5Z",
		`"2024-05-01T04:30:00-0530"`:           day + "10:00:00Z",
		`"2024-05-01T12:00:00+02"`:             day + "10:00:00Z",
		`"01/May/2024:12:00:00 +0200"`:         day + "10:00:00Z",
		`"Wed, 01 May 2024 10:00:00 GMT"`:      day + "10:00:00Z",
		`1714557600`:                           day + "10:00:00Z",
		`1714557600.123456789`:                 day + "10:00:00.123456789Z",
		`1714557600123`:                        day + "10:00:00.123Z",
		`1714557600123.5`:                      day + "10:00:00.1235Z",
		`"1714557600123"`:                      day + "10:00:00.123Z",
		`"1714557600123.45"`:                   day + "10:00:00.123000045Z",
		`"1714557600123.456789"`:               day + "10:00:00.123456789Z",
		`"1714557600123.0"`:                    day + "10:00:00.123Z",
		`1714557600123456`:                     day + "10:00:00.123456Z",
		`1714557600123456789`:                  day + "10:00:00.123456789Z",
		`1.7145576e9`:                          day + "10:00:00Z",
		`"1970-01-01T00:00:00.000000001Z"`:     "1970-01-01T00:00:00.000000001Z",
		`"2262-04-11T23:47:15Z"`:               "2262-04-11T23:47:15Z",
		`"1969-12-31T23:59:59Z"`:               "1969-12-31T23:59:59Z",
		`"2024-02-29T00:00:00Z"`:               "2024-02-29T00:00:00Z",
		`"9999-12-31T23:59:59Z"`:               "",
		`"2024-05-01"`:                         "",
		`"2024-13-01T10:00:00Z"`:               "",
		`"10:00:00.123"`:                       "",
		`"2024-05-01T10:00:00Zjunk"`:           "",
		`12`:                                   "",
		`20240501`:                             "",
		`""`:                                   "",
		`"now"`:                                "",
		`99999999999999999999999`:              "",
		`"2024-05-01T10:00:00.Z"`:              "",
		`true`:                                 "",
		`{"a":1}`:                              "",
	} {
		l := Parse([]byte(`{"timestamp":`+text+`}`), "", "")
		got := ""
		if l.Time != trace.NoTime {
			got = time.Unix(0, l.Time).UTC().Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestTimeOfSeveral(t *testing.T) {
	for doc, want := range map[string]string{
		`{"@timestamp":"2024-05-01T10:00:05Z","timestamp":"2024-05-01T10:00:00.5Z"}`:                                        "2024-05-01T10:00:00.5Z",
		`{"@timestamp":"2024-05-01T10:00:00.123Z","time":1714557600}`:                                                       "2024-05-01T10:00:00.123Z",
		`{"@timestamp":"2024-05-01T10:00:00.123Z","timestamp":"2024-05-01 12:00:00,123"}`:                                   "2024-05-01T10:00:00.123Z",
		`{"@timestamp":"2024-05-01T10:00:00.123Z","timestamp":"soon"}`:                                                      "2024-05-01T10:00:00.123Z",
		`{"timestamp":"2024-05-01T10:00:09Z","log":"{\"time\":\"2024-05-01T10:00:00.25Z\"}"}`:                               "2024-05-01T10:00:00.25Z",
		`{"@timestamp":"2024-05-01T10:00:00Z","message":"m","event":{"original":"{\"time\":\"2023-05-01T10:00:00.25Z\"}"}}`: "2024-05-01T10:00:00Z",
		`{"observed_timestamp":"2024-05-01T10:00:09Z","@timestamp":"2024-05-01T10:00:00Z"}`:                                 "2024-05-01T10:00:00Z",
		`{"fields":{"timestamp":"2024-05-01T10:00:09Z"},"@timestamp":"2024-05-01T10:00:00Z"}`:                               "2024-05-01T10:00:00Z",
	} {
		if l := Parse([]byte(doc), "", ""); l.Time != ns(t, want) {
			t.Errorf("%s: %s, want %s", doc, time.Unix(0, l.Time).UTC().Format(time.RFC3339Nano), want)
		}
	}
}

// A number's family is told by its field, or by its size.
func TestLevels(t *testing.T) {
	for _, c := range []struct {
		doc  string
		want trace.Level
	}{
		{`{"payload":"{\"level\":\"error\"}","message":"x"}`, trace.LevelUnknown},
		{`{"level":30}`, trace.LevelInfo},
		{`{"level":300}`, trace.LevelWarn},
		{`{"level":3}`, trace.LevelError},
		{`{"level":"40"}`, trace.LevelWarn},
		{`{"severity":500}`, trace.LevelError},
		{`{"severity":17}`, trace.LevelError},
		{`{"severity":"CRITICAL"}`, trace.LevelFatal},
		{`{"severity_number":21}`, trace.LevelFatal},
		{`{"levelno":30}`, trace.LevelWarn},
		{`{"level_value":20000}`, trace.LevelInfo},
		{`{"log":{"syslog":{"severity":{"code":2}}}}`, trace.LevelFatal},
		{`{"level":"audit","severity_number":17}`, trace.LevelError},
		{`{"message":"E0102 15:04:05.000 1 x.go:1] m"}`, trace.LevelError},
		{`{"message":"2024-05-01 10:00:00 [warn] m"}`, trace.LevelWarn},
		{`{"message":"time=x level=fatal msg=y"}`, trace.LevelFatal},
		{`{"message":"INFO: started"}`, trace.LevelInfo},
		{`{"message":"no error here, all info is fine"}`, trace.LevelUnknown},
		{`{"message":"ERRORS are counted"}`, trace.LevelUnknown},
		{`{"message":"m"}`, trace.LevelUnknown},
		{`{"level":"weird"}`, trace.LevelUnknown},
		{`{"log":"{\"level\":\"error\"}","level":"info"}`, trace.LevelError},
		{`{"status":"warn"}`, trace.LevelWarn},
		{`{"status":"warehouse"}`, trace.LevelUnknown},
		{`{"status":500}`, trace.LevelUnknown},
		{`{"status":"404","message":"ERROR: m"}`, trace.LevelError},
		{`{"log":{"syslog":{"priority":27}}}`, trace.LevelError},
		{`{"severityLevel":4}`, trace.LevelFatal},
		{`{"severityLevel":"Warning"}`, trace.LevelWarn},
		{`{"message":"fail: Shop.Orders[17]"}`, trace.LevelError},
		{`{"message":"failed: m"}`, trace.LevelUnknown},
	} {
		if l := Parse([]byte(c.doc), "", ""); l.Level != c.want {
			t.Errorf("%s: %v %q, want %v", c.doc, l.Level, l.LevelRaw, c.want)
		}
	}
}

func TestSpans(t *testing.T) {
	for doc, want := range map[string]string{
		`{"message":"span_id=00f067aa0ba902b7"}`:                                         testSpan,
		`{"message":"spanId\": \"00f067aa0ba902b7\""}`:                                   testSpan,
		`{"message":"parentSpanId=1111111111111111 SpanID:00f067aa0ba902b7"}`:            testSpan,
		`{"message":"parent_span_id=1111111111111111"}`:                                  "",
		`{"message":"dd.trace_id=17 dd.span_id=17"}`:                                     "0000000000000011",
		`{"message":"[app,` + testID + `,00f067aa0ba902b7,true]"}`:                       testSpan,
		`{"message":"[app,a0b1c2d3e4f56789,00f067aa0ba902b7]"}`:                          testSpan,
		`{"message":"traceparent: 00-` + testID + `-00f067aa0ba902b7-01"}`:               testSpan,
		`{"message":"uber a0b1c2d3e4f56789:00f067aa0ba902b7:0:1"}`:                       testSpan,
		`{"message":"a0b1c2d3e4f56789-00f067aa0ba902b7"}`:                                "",
		`{"message":"` + testID + ` 00f067aa0ba902b7"}`:                                  "",
		`{"span_id":"","transaction.id":"00f067aa0ba902b7"}`:                             testSpan,
		`{"span_id":"0000000000000000","message":"x"}`:                                   "",
		`{"parent_id":"1111111111111111"}`:                                               "",
		`{"span":{"id":"00f067aa0ba902b7"},"transaction":{"id":"1111111111111111"}}`:     testSpan,
		`{"span_id":"00f067aa0ba902b7","log":"{\"span_id\":\"1111111111111111\"}"}`:      "1111111111111111",
		`{"logging.googleapis.com/spanId":"00f067aa0ba902b7"}`:                           testSpan,
		`{"spanId":1234567890123456789}`:                                                 "112210f47de98115",
		`{"message":"the span identity of span id unknown, span"}`:                       "",
		`{"message":"[shop,1-7a1c09e2-f4b85d36a0b1c2d3e4f56789,00f067aa0ba902b7,true]"}`: testSpan,
		`{"message":"[shop,11579250332281431945,00f067aa0ba902b7]"}`:                     testSpan,
		`{"message":"[7a1c09e2-f4b8-5d36-a0b1-c2d3e4f56789-00f067aa0ba902b7]"}`:          testSpan,
		`{"message":"[worker-00f067aa0ba902b7]"}`:                                        "",
		`{"message":"[a,b c,00f067aa0ba902b7]"}`:                                         "",
		`{"message":"uber 9e2f4b85d3600b1c2d3e4f5678a:f067aa0ba902b7:0:1"}`:              testSpan,
		`{"message":"uber 9e2f4b85d3600b1c2d3e4f5678a%3Af067aa0ba902b7%3A0%3A1"}`:        testSpan,
		`{"message":"fe80:0:0:1 00:1b:44:11:3a:b7 10:00:00:1"}`:                          "",
		`{"b3":"a0b1c2d3e4f56789-00f067aa0ba902b7-1"}`:                                   testSpan,
		`{"parentTraceparent":"00-` + testID + `-00f067aa0ba902b7-01"}`:                  "",
	} {
		if l := Parse([]byte(doc), "", ""); l.Span.String() != want {
			t.Errorf("%s: %q, want %q", doc, l.Span, want)
		}
	}
}

func TestDamaged(t *testing.T) {
	p := NewParser(NewMatcher(mustID(t, testID)))
	l, ok := p.ParseLine([]byte(`{"trace_id":"` + testID + `","level":"err` + "\xff"))
	if !ok || !l.Damaged || l.Match != trace.MatchText || l.Time != trace.NoTime {
		t.Errorf("%v %+v", ok, l)
	}
	if !json.Valid(l.Document) {
		t.Errorf("the document is no JSON: %s", l.Document)
	}
	if _, ok := p.ParseLine([]byte(`{"trace_id":"7`)); ok {
		t.Error("a damaged line without the ID was taken")
	}
}

func TestParseLine(t *testing.T) {
	p := NewParser(nil)
	l, ok := p.ParseLine([]byte(`{"_index":"a\u002db","_type":"_doc","_id":"1","_score":null,"_source":{"message":"m"},"sort":[1]}` + "\n"))
	if !ok || l.Index != "a-b" || l.DocID != "1" || l.Message != "m" || string(l.Document) != `{"message":"m"}` {
		t.Errorf("hit: %+v", l)
	}
	l, ok = p.ParseLine([]byte(`{"message":"bare","_id":"x"}`))
	if !ok || l.Index != "" || l.Message != "bare" || string(l.Document) != `{"message":"bare","_id":"x"}` {
		t.Errorf("bare: %+v", l)
	}
	if _, ok := p.ParseLine([]byte(" \r\n")); ok {
		t.Error("a blank line is no log")
	}
	if l, _ := p.ParseLine([]byte(`"just text"`)); l.Damaged || l.Time != trace.NoTime {
		t.Errorf("text: %+v", l)
	}
}

func TestWorkload(t *testing.T) {
	for pod, want := range map[string]string{
		"ts-order-service-5b67c48447-mv5hb": "ts-order-service",
		"cart-0":                            "cart",
		"web-12":                            "web",
		"standalone":                        "",
		"my-service-name":                   "",
		"a-b-c":                             "",
		"-0":                                "",
		"":                                  "",
	} {
		if got := workload(pod); got != want {
			t.Errorf("%s: %q, want %q", pod, got, want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range producers {
		f.Add([]byte(c.doc))
	}
	for _, s := range []string{`{"":{"":""},".":"","..a":1,"@t":null}`, `{"time":"2024-05-01T10:00:00+"}`, `{"message":"\u0022` + testID + `"}`, `[1,"` + testID + `"]`, `{"log":"{\"log\":\"{\"}"}`} {
		f.Add([]byte(s))
	}
	id, err := trace.ParseID(testID)
	if err != nil {
		f.Fatal(err)
	}
	m := NewMatcher(id)
	f.Fuzz(func(t *testing.T, doc []byte) {
		all := Parse(doc, "i", "d")
		if all.Damaged == json.Valid(doc) {
			t.Fatalf("damaged = %v: %q", all.Damaged, doc)
		}
		if !json.Valid(all.Document) {
			t.Fatalf("the document is no JSON: %q", all.Document)
		}
		if got, ok := NewParser(m).Parse(doc, "i", "d"); ok && (got.Time != all.Time || got.Message != all.Message || got.Span != all.Span) {
			t.Fatalf("the log depends on the matcher: %+v, %+v", got, all)
		}
		if carriedPlainly(doc, id) {
			if _, ok := NewParser(m).Parse(doc, "", ""); !ok {
				t.Fatalf("a field's whole value is the ID, yet not found: %q", doc)
			}
		}
	})
}

// carriedPlainly is the slow way to find a field whose value is the ID.
func carriedPlainly(doc []byte, id trace.ID) bool {
	var fields map[string]any
	if json.Unmarshal(doc, &fields) != nil {
		return false
	}
	for _, v := range fields {
		if v == id.String() {
			return true
		}
	}
	return false
}

// FuzzMatcher looks for any ID in any document: it must not panic, and must
// find the ID in each of its forms, wherever a document can hold one.
func FuzzMatcher(f *testing.F) {
	for _, c := range producers {
		f.Add(testID, []byte(c.doc))
	}
	for _, id := range []string{"1a2b", "00000000000000001a2b3c4d5e6f7081", "req-3e8d0a6c-12b7", "0HMVFE0A2QKKB:00000001", "a\"b\\\\n17", "ÄÖÜ-äöü-1", "--------", "%2C%2C%2C%2C"} {
		f.Add(id, []byte(`{"message":"\u0031a2b x","log":"{\"trace_id\":\"1a2b\"}"}`))
	}
	f.Fuzz(func(t *testing.T, typed string, doc []byte) {
		id, err := trace.ParseID(typed)
		if err != nil {
			return
		}
		p := NewParser(NewMatcher(id))
		p.Parse(doc, "", "")
		for _, form := range id.Forms() {
			quoted, _ := json.Marshal(form)
			inLine, _ := json.Marshal("17:33:16 INFO trace_id=" + form + " done")
			record, _ := json.Marshal(`{"traceId":` + string(quoted) + `}`)
			for _, doc := range []string{
				`{"trace_id":` + string(quoted) + `}`, `{"mdc":{"traceId":[` + string(quoted) + `]}}`,
				`{"message":` + string(inLine) + `}`, `{"log":` + string(record) + `}`,
			} {
				if _, ok := p.Parse([]byte(doc), "", ""); !ok {
					t.Fatalf("%q is not found as %q: %s", typed, form, doc)
				}
			}
		}
	})
}

func BenchmarkParse(b *testing.B) {
	doc := []byte(producers[0].doc)
	id, err := trace.ParseID(testID)
	if err != nil {
		b.Fatal(err)
	}
	p := NewParser(NewMatcher(id))
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := p.Parse(doc, "i", "d"); !ok {
			b.Fatal("not found")
		}
	}
}
