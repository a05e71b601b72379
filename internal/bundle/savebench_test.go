package bundle

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/redact"
	"github.com/otrace/otrace/internal/trace"
)

// What is redacted before it is saved is nowhere in the bundle, and what is
// shown of the bundle is what was shown when it was saved.
func TestRedactedAndSaved(t *testing.T) {
	ev := incident(t)
	secrets := []string{"5555555555554444", "jane@example.org", "hunter2"}
	ev.Spans[0].Attributes = append(ev.Spans[0].Attributes, trace.Attribute{Key: "body", Value: trace.String("card 5555555555554444")})
	ev.Spans[1].Operation = "\xff jane@example.org" // told in a note: OTLP has no such text
	ev.Logs[0] = logdoc.Parse([]byte(`{"message":"jane@example.org paid","password":"hunter2","n":5555555555554444}`), "logs-1", "a")
	ev.Logs[2] = logdoc.Parse([]byte(`{"password":"hunter2", cut`), "logs-1", "b")
	r, err := redact.New(redact.Options{Key: []byte("incident 42")})
	if err != nil {
		t.Fatal(err)
	}
	counts := redact.Evidence(ev, r)
	if got := counts.String(); got != "2 cards, 2 secrets, 2 e-mail addresses" {
		t.Error(got)
	}
	dir := filepath.Join(t.TempDir(), "b")
	opts := options()
	opts.Redacted = counts
	if err := Save(dir, opts, ev); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{manifestFile, spansFile, logsFile} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range secrets {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s has %s: %s", name, secret, text)
			}
		}
	}
	got := reopened(t, dir, ev.ID)
	if d := difference(ev, &got); d != "" {
		t.Error(d)
	}
	if drawn(t, ev) != drawn(t, &got) {
		t.Error("it is shown otherwise")
	}
}

// large is a trace of 100,000 spans and as many logs of 410 bytes.
func large(tb testing.TB) *trace.Evidence {
	const n = 100_000
	ev := &trace.Evidence{ID: id(tb, hexID)}
	p := logdoc.NewParser(logdoc.NewMatcher(ev.ID))
	resources := make([]*trace.Resource, 20)
	for i := range resources {
		resources[i] = trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String(fmt.Sprint("service-", i))}, {Key: "host.name", Value: trace.String(fmt.Sprint("node-", i))}})
	}
	for i := range n {
		ev.Spans = append(ev.Spans, trace.Span{
			Trace: ev.ID, ID: trace.SpanID(i + 1), Parent: trace.SpanID(i / 2), Operation: "POST /orders", Kind: trace.Kind(1 + i%5), Start: 1_767_323_045_000_000_000 + int64(i), Duration: 5e6,
			Resource: resources[i%20], Scope: "net/http",
			Attributes: []trace.Attribute{{Key: "http.method", Value: trace.String("POST")}, {Key: "http.status_code", Value: trace.Int(200)}, {Key: "order.id", Value: trace.String(fmt.Sprint("ORD-", i))}},
		})
		doc := fmt.Appendf(nil, `{"@timestamp":"2026-01-02T03:04:05.%09dZ","trace_id":"%s","span_id":"%016x","log.level":"info","service":{"name":"payment","node":{"name":"payment-%d"}},"message":"charged order ORD-%d for customer %d in %d ms: attempt 1 of 3 went through","http":{"request":{"method":"POST","body":{"bytes":512}},"response":{"status_code":200}},"url":{"path":"/api/v1/payments/%d"},"host":{"name":"node-%d"}}`,
			i, hexID, i+1, i%4, i, i*31, i%900, i, i%7)
		l, ok := p.Parse(doc, "logs-2026.01.02", fmt.Sprint("id-", i))
		if !ok {
			tb.Fatal("a log that does not carry its ID")
		}
		ev.Logs = append(ev.Logs, l)
	}
	return ev
}

func BenchmarkSave(b *testing.B) {
	ev := large(b)
	for _, name := range []string{"folder", "x.tar.gz", "x.zip"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				dir := b.TempDir()
				save(b, filepath.Join(dir, name), ev)
			}
		})
	}
}

func BenchmarkSaved(b *testing.B) {
	ev := large(b)
	for _, name := range []string{"folder", "x.tar.gz", "x.zip"} {
		path := filepath.Join(b.TempDir(), name)
		save(b, path, ev)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if got := reopened(b, path, ev.ID); len(got.Spans) != len(ev.Spans) || len(got.Logs) != len(ev.Logs) {
					b.Fatal(len(got.Spans), len(got.Logs))
				}
			}
		})
	}
}

// BenchmarkRedact is what --redact costs a trace of 100,000 spans and logs.
func BenchmarkRedact(b *testing.B) {
	ev := large(b)
	b.ReportAllocs()
	for b.Loop() {
		r, err := redact.New(redact.Options{})
		if err != nil {
			b.Fatal(err)
		}
		shown := *ev
		if counts := redact.Evidence(&shown, r); len(counts) > 0 {
			b.Fatal(counts)
		}
	}
}
