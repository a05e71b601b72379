package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

func redactor(t testing.TB, o Options) *Redactor {
	t.Helper()
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1g"

// What is secret in a line of a log is taken out, and the rest is left.
func TestSecretsInText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"charged 4111111111111111 ok", "charged [redacted:card] ok"},
		{"4111 1111 1111 1111", "[redacted:card]"},
		{"card=5555-5555-5555-4444, exp 12/29", "card=[redacted:card], exp 12/29"},
		{"5555 5555 5555 4444 1229", "[redacted:card] 1229"}, // the expiry stays
		{"amex 3782 822463 10005.", "amex [redacted:card]."},
		{"diners 30569309025904", "diners [redacted:card]"},
		{"(6011000990139424)", "([redacted:card])"},
		{"two: 4012888888881881,378282246310005", "two: [redacted:card],[redacted:card]"},
		{"Authorization: Bearer abc.DEF-123", "Authorization: Bearer [redacted:secret]"},
		{`authorization="Basic dXNlcjpwYXNz"`, `authorization="[redacted:secret]"`},
		{"sent bearer 9aF3kk21LLmq to it", "sent bearer [redacted:token] to it"},
		{"jwt " + jwt + ".", "jwt [redacted:token]."},
		{"password=hunter2&user=bob", "password=[redacted:secret]&user=bob"},
		{"DB_PASSWORD: hunter2", "DB_PASSWORD: [redacted:secret]"},
		{`{"password":"hu\"nter2","a":1}`, `{"password":"[redacted:secret]","a":1}`},
		{`escaped {\"api_key\":\"k-123\",\"a\":1}`, `escaped {\"api_key\":\"[redacted:secret]\",\"a\":1}`},
		{"X-Api-Key: 0a1b2c3d", "X-Api-Key: [redacted:secret]"},
		{"access_token=ya29.x-y refresh_token=1//0g", "access_token=[redacted:secret] refresh_token=[redacted:secret]"},
		{"Set-Cookie: sid=abc123; Path=/", "Set-Cookie: [redacted:secret]; Path=/"},
		{"client_secret => 's3 cret'", "client_secret => '[redacted:secret]'"},
		{"GET https://u:p%40ss@h:80/x", "GET https://u:[redacted:password]@h:80/x"},
		{"git clone https://0123456789abcdef0123@example.org/r", "git clone https://[redacted:password]@example.org/r"},
		{"redis://:pa55@cache:6379", "redis://:[redacted:password]@cache:6379"},
		{"mail to jane.doe+x@mail.example.org.", "mail to [redacted:email]."},
		{"<a@b.io>;c@d.de", "<[redacted:email]>;[redacted:email]"},
		{"key AKIAIOSFODNN7EXAMPLE used", "key [redacted:key] used"},
		{"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest", "[redacted:key]\nrest"},
		{"cut -----BEGIN PRIVATE KEY-----\nMIIE", "cut [redacted:key]"},
		{"ghp_" + strings.Repeat("a1", 18), "[redacted:token]"},
		{"pwd=secret1", "pwd=[redacted:secret]"},
	} {
		if got := redactor(t, Options{}).String(tt.in); got != tt.want {
			t.Errorf("%q\n got %q\nwant %q", tt.in, got, tt.want)
		}
	}
}

// What an investigation stands on is left as it is.
func TestNotSecret(t *testing.T) {
	for _, text := range []string{
		"trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7",
		"4111111111111112", "1767323045678000000", "1767323045678000", "1767323045678", "at 1767323045.678000000",
		"0000000000000000", "4444444444444444", "411111111111111", // wrong check digit or length
		"41111111111111111111111111111111", "x4111111111111111", "4111111111111111f", "4111111111111111.5", "1.4111111111111111", "a-4111-1111-1111-1111",
		"550e8400-e29b-41d4-a716-446655440000", "41111111-1111-4111-8111-111111111111", "00-4111111111111111a3ce929d0e0e4736-4111111111111111-01",
		"trace_id=4111111111111111", `"span.id": "4111111111111111"`, "start_time: 4111111111111111", `\"timestamp\":4111111111111111`,
		"password reset for 3 users", "password: null", "token=none", "password=***", "token count: 512", "total_tokens=51200", "next_token=abc", "password=[redacted:secret]",
		"the bearer of news", "Basic knowledge", "bearer certificates", "PWD=/home/app", "secret_name=db", "cookie_consent=yes",
		"user@host", "icon@2x.png", "react@17.0.2", "a @ b.c", "@Override.public", "me@", "http://h/p@x.y/z"[:13], "https://h:8080/p", "http://[::1]:80/",
		"-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----", "BAKIAIOSFODNN7EXAMPLE", "eyJ", "heyJude.says.hello",
		"took 4 ms", "", "日本 2026-01-02T03:04:05.123456789Z", "10.0.0.1:9200", "sha256:4111111111111111aaaa",
	} {
		r := redactor(t, Options{})
		if got := r.String(text); got != text || len(r.Counts()) > 0 {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// In a document values change in their places, whatever they are nested in.
func TestDocument(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"a": 1, "card" : 4111111111111111,"b":[4111111111111111]}`, `{"a": 1, "card" : "[redacted:card]","b":["[redacted:card]"]}`},
		{`{"password":123456,"x":{"token":{"type":"jwt","n":[12345,true,null,""]}}}`, `{"password":"[redacted:secret]","x":{"token":{"type":"[redacted:secret]","n":["[redacted:secret]",true,null,""]}}}`},
		{`{"http":{"request":{"headers":{"Authorization":["Bearer x"],"accept":"*/*"}}}}`, `{"http":{"request":{"headers":{"Authorization":["[redacted:secret]"],"accept":"*/*"}}}}`},
		{`{"http.request.header.set-cookie":"sid=1"}`, `{"http.request.header.set-cookie":"[redacted:secret]"}`},
		{`{"m":"mail \u0061@b.io\n"}`, `{"m":"mail [redacted:email]\n"}`},
		{`{"\u0070assword":"x1y2"}`, `{"\u0070assword":"[redacted:secret]"}`},
		{`{"m":"{\"password\":\"x1y2\",\"ok\":true}"}`, `{"m":"{\"password\":\"[redacted:secret]\",\"ok\":true}"}`},
		{`{"by":{"jane@example.org" : 2}}`, `{"by":{"[redacted:email]" : 2}}`},
		{`"4111111111111111"`, `"[redacted:card]"`},
		{
			`{"trace_id":"4111111111111111","span":{"id":"4111111111111111","card":"4111111111111111"},"ts":4111111111111111,"event":{"duration":4111111111111111}}`,
			`{"trace_id":"4111111111111111","span":{"id":"4111111111111111","card":"[redacted:card]"},"ts":4111111111111111,"event":{"duration":4111111111111111}}`,
		},
		{`{"time":{"password":"x1y2"}}`, `{"time":{"password":"[redacted:secret]"}}`},
		{`{"cut":"4111111111111111`, `{"cut":"[redacted:card]`},
		{`{"a":4111111111111111.0,"b":-4111111111111111,"c":4.111111111111111e15}`, `{"a":4111111111111111.0,"b":"-[redacted:card]","c":4.111111111111111e15}`},
	} {
		if got := string(redactor(t, Options{}).Document([]byte(tt.in))); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.in, got, tt.want)
		}
	}
}

// With a key equal secrets look alike, however they are written, and only to
// those who have the key.
func TestKeyed(t *testing.T) {
	one, other := redactor(t, Options{Key: []byte("k")}), redactor(t, Options{Key: []byte("l")})
	a, b := one.String("4111 1111 1111 1111"), one.String("4111111111111111")
	if a != b || a == one.String("5555555555554444") || a == other.String("4111111111111111") || len(a) != len("[redacted:card:01234567]") {
		t.Errorf("%s, %s", a, b)
	}
}

func TestOwnPatterns(t *testing.T) {
	r := redactor(t, Options{Patterns: []string{`ORD-\d+`, `customer (\w+)`}})
	if got := r.String("ORD-17 of customer bob, ORD-18"); got != "[redacted:pattern] of customer [redacted:pattern], [redacted:pattern]" {
		t.Error(got)
	}
	if got := string(r.Document([]byte(`{"o":["ORD-1"],"n":17}`))); got != `{"o":["[redacted:pattern]"],"n":17}` {
		t.Error(got)
	}
	for _, bad := range []string{"(", "a*", ""} {
		if _, err := New(Options{Patterns: []string{bad}}); !errors.Is(err, ErrPattern) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestCounts(t *testing.T) {
	r := redactor(t, Options{})
	if got := r.Counts().String(); got != "nothing" {
		t.Error(got)
	}
	r.String("4111111111111111 5555555555554444 a@b.io c@d.io " + jwt)
	if got := r.Counts().String(); got != "2 cards, 1 token, 2 e-mail addresses" {
		t.Error(got)
	}
}

// Evidence is redacted everywhere, and whoever holds the original has it still.
func TestEvidence(t *testing.T) {
	id, err := trace.ParseID("4111111111111111")
	if err != nil {
		t.Fatal(err)
	}
	str := func(k, v string) trace.Attribute { return trace.Attribute{Key: k, Value: trace.String(v)} }
	resource := trace.NewResource([]trace.Attribute{str("service.name", "order"), str("owner", "a@b.io"), str("host.name", "ops@h.example.org")})
	doc := `{"message":"paid by 5555555555554444","service":"order","trace_id":"4111111111111111","token":"abc def","n":4111111111111111}`
	ev := trace.Evidence{
		ID: id,
		Spans: []trace.Span{{
			Trace: id, ID: 1, Operation: "GET /a@b.io", StatusMessage: "password=x1y2", Resource: resource,
			Attributes: []trace.Attribute{str("status", "password=x1y2"), {Key: "pan", Value: trace.Int(5555555555554444)}, {Key: "cookie", Value: trace.JSON(`["abc"]`)}, {Key: "ok", Value: trace.Bool(true)}, {Key: "password", Value: trace.Double(1234.5)}},
			Events:     []trace.Event{{Name: "e", Time: 1, Attributes: []trace.Attribute{str("exception.message", jwt)}}},
			Links:      []trace.Link{{Trace: id, Attributes: []trace.Attribute{str("mail", "c@d.io")}}},
			Warnings:   []string{"from a@b.io"},
		}, {Trace: id, ID: 0x4012888888881881, Operation: "after 4012888888881881", Resource: resource}},
		Logs: []trace.Log{
			{Message: "paid by 5555555555554444", Template: "abc def", Document: []byte(doc), Origin: resource.Origin},
			{Message: "cut a@b.io", Damaged: true, Document: []byte(`"cut a@b.io"`)},
		},
		Gaps:     []trace.Gap{{Source: "jaeger", Reason: "http://u:p4ss@h refused"}},
		Warnings: []string{"x@y.zz"},
		Linked:   []trace.LinkedTrace{{ID: id, Why: "shares customer=x@y.zz"}},
	}
	before := fmt.Sprintf("%+v %+v %+v %s", ev.Spans, *resource, ev.Gaps, ev.Logs[0].Document)
	shown := ev
	counts := Evidence(&shown, redactor(t, Options{}))
	if after := fmt.Sprintf("%+v %+v %+v %s", ev.Spans, *resource, ev.Gaps, ev.Logs[0].Document); after != before {
		t.Errorf("the original changed:\n%s\n%s", before, after)
	}
	all := fmt.Sprintf("%+v %+v %s %s", shown, *shown.Spans[0].Resource, shown.Logs[0].Document, shown.Logs[1].Document)
	for _, secret := range []string{"5555555555554444", "@b", "@d", "@y", "ops@", jwt, "x1y2", "p4ss", "abc", "1234.5"} {
		if strings.Contains(all, secret) {
			t.Errorf("%s is left in %s", secret, all)
		}
	}
	if shown.Spans[0].Resource != shown.Spans[1].Resource || shown.Spans[0].Resource.Service != "order" {
		t.Errorf("resources %+v", shown.Spans[1].Resource)
	}
	if got := shown.Spans[1].Operation; got != "after 4012888888881881" {
		t.Errorf("a span's ID is lost: %s", got)
	}
	l := shown.Logs[0]
	if l.Message != "paid by [redacted:card]" || l.Template != "[redacted:secret]" || !bytes.Contains(l.Document, []byte(`"n":4111111111111111`)) || !bytes.Contains(l.Document, []byte(`"message":"`+l.Message+`"`)) {
		t.Errorf("%+v\n%s", l, l.Document)
	}
	if shown.Logs[1].Message != "cut [redacted:email]" || string(shown.Logs[1].Document) != `"cut [redacted:email]"` {
		t.Errorf("%+v", shown.Logs[1])
	}
	if got, want := counts.String(), "2 cards, 1 token, 4 secrets, 1 password, 8 e-mail addresses"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// IDs and times are everywhere, and almost none of them may look like a card.
// The rates are those of the worst case: the number stands alone, under no name.
func TestFalsePositives(t *testing.T) {
	const n = 100_000
	r := rand.New(rand.NewPCG(7, 7))
	start := time.Date(2001, 9, 10, 0, 0, 0, 0, time.UTC).UnixNano()
	end := time.Date(2033, 5, 17, 0, 0, 0, 0, time.UTC).UnixNano() // then they begin with a 2
	for _, tt := range []struct {
		name string
		most int // in n
		make func() string
	}{
		{"trace IDs", 0, func() string { return fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()) }},
		{"span IDs", 10, func() string { return fmt.Sprintf("%016x", r.Uint64()) }},
		{"UUIDs", 0, func() string {
			return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", r.Uint32(), r.IntN(1<<16), r.IntN(1<<16), r.IntN(1<<16), r.Uint64()>>16)
		}},
		{"nanoseconds", 0, func() string { return strconv.FormatInt(start+r.Int64N(end-start), 10) }},
		{"microseconds", 0, func() string { return strconv.FormatInt((start+r.Int64N(end-start))/1e3, 10) }},
		{"milliseconds", 0, func() string { return strconv.FormatInt((start+r.Int64N(end-start))/1e6, 10) }},
		{"64-bit decimals", n / 50, func() string { return strconv.FormatUint(r.Uint64(), 10) }},
		{"16 random digits", n / 20, func() string { return fmt.Sprintf("%016d", r.Int64N(1e16)) }},
	} {
		found := 0
		red := redactor(t, Options{})
		for range n {
			text := []byte(tt.make())
			if out := red.Text(text); len(out) != len(text) {
				found++
			}
		}
		t.Logf("%s: %d of %d look like a card", tt.name, found, n)
		if found > tt.most {
			t.Errorf("%s: %d of %d look like a card, want %d at most", tt.name, found, n, tt.most)
		}
	}
}

func FuzzDocument(f *testing.F) {
	for _, s := range []string{`{"password":"x","a":[4111111111111111,"a@b.io"]}`, `{"cut`, "-----BEGIN PRIVATE KEY-----", "a://b:c@d", `"\ud800 eyJ.a.b"`, "4111 1111 1111 1111 1", jwt} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		r := redactor(t, Options{})
		in := bytes.Clone(doc)
		out := bytes.Clone(r.Document(doc))
		if !bytes.Equal(in, doc) {
			t.Fatalf("the original changed: %q", in)
		}
		if json.Valid(doc) && !json.Valid(out) {
			t.Fatalf("%q is JSON, %q is not", doc, out)
		}
		if found := len(r.Counts()) > 0; found == bytes.Equal(out, doc) {
			t.Fatalf("%q became %q with %s", doc, out, r.Counts())
		}
		_ = r.String(string(doc))
	})
}

func BenchmarkDocuments(b *testing.B) {
	docs, size := documents(100_000)
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		r := redactor(b, Options{})
		for _, doc := range docs {
			r.Document(doc)
		}
	}
}

func BenchmarkOwnPattern(b *testing.B) {
	docs, size := documents(100_000)
	b.SetBytes(int64(size))
	for b.Loop() {
		r := redactor(b, Options{Patterns: []string{`\bCUST-[0-9]{6}\b`}})
		for _, doc := range docs {
			r.Document(doc)
		}
	}
}

// documents are logs of 410 bytes as services write them; every hundredth has a
// secret in it.
func documents(n int) (docs [][]byte, size int) {
	for i := range n {
		extra := ""
		if i%100 == 0 {
			extra = " by jane@example.org with 4111 1111 1111 1111"
		}
		doc := fmt.Appendf(nil, `{"@timestamp":"2026-01-02T03:04:05.%09dZ","trace_id":"%032x","span_id":"%016x","log.level":"info","service":{"name":"payment","node":{"name":"payment-%d"}},"message":"charged order ORD-%d for customer %d in %d ms: attempt 1 of 3 went through%s","http":{"request":{"method":"POST","body":{"bytes":512}},"response":{"status_code":200}},"url":{"path":"/api/v1/payments/%d"},"host":{"name":"node-%d","ip":"10.0.0.%d"}}`,
			i, i*7919, i*104729, i%4, i, i*31, i%900, extra, i, i%7, i%250)
		docs, size = append(docs, doc), size+len(doc)
	}
	return docs, size
}
