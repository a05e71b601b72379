package main

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

const hugeID = "aabbccddeeff00112233445566778899"

// writeHuge writes a bundle of one trace: n spans of 20 services, seven to a
// parent, and a log of each.
func writeHuge(tb testing.TB, dir string, n int) {
	tb.Helper()
	const start, lines = int64(1_767_323_045_000_000_000), 100
	inFile(tb, filepath.Join(dir, "spans.otlp.jsonl"), func(w *bufio.Writer) {
		for line := range lines {
			fmt.Fprintf(w, `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"service-%d"}},{"key":"host.name","value":{"stringValue":"node-%d"}}]},"scopeSpans":[{"scope":{"name":"net/http"},"spans":[`, line%20, line%20)
			comma := ""
			for i := line; i < n; i += lines {
				at := start + int64(i)*20_000
				fmt.Fprintf(w, `%s{"traceId":"%s","spanId":"%016x","parentSpanId":"%s","name":"POST /orders","kind":%d,"startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[{"key":"order.id","value":{"stringValue":"ORD-%d"}},{"key":"n","value":{"intValue":"%d"}},{"key":"http.route","value":{"stringValue":"/orders/{id}"}}],"status":{}}`,
					comma, hugeID, i+1, parentOf(i), 1+i%3, at, at+50_000_000, i, i)
				comma = ","
			}
			fmt.Fprintln(w, `]}]}]}`)
		}
	})
	inFile(tb, filepath.Join(dir, "logs.ndjson"), func(w *bufio.Writer) {
		for i := range n {
			at := time.Unix(0, start+int64(i)*20_000+9_000).UTC().Format("2006-01-02T15:04:05.000000Z")
			fmt.Fprintf(w, `{"_index":"logs-1","_id":"%d","_source":{"@timestamp":"%s","level":"info","service":"service-%d","host":{"name":"node-%d"},"message":"charged order ORD-%d in %d ms: attempt 1 of 3 went through","trace_id":"%s","span_id":"%016x"}}`+"\n",
				i, at, i%lines%20, i%lines%20, i, i%900, hugeID, i+1)
		}
	})
}

func parentOf(i int) string {
	if i == 0 {
		return ""
	}
	return fmt.Sprintf("%016x", (i-1)/7+1)
}

func inFile(tb testing.TB, path string, write func(*bufio.Writer)) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	write(w)
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkShowBesideJQ shows a bundle of 100,000 spans and as many logs as
// JSON, from exec to the last byte, and lets jq read and write the same JSON,
// in turns. Only the ratio can be compared between machines. It needs jq.
func BenchmarkShowBesideJQ(b *testing.B) {
	const n = 100_000
	jq, err := exec.LookPath("jq")
	if err != nil {
		b.Skip("there is no jq here")
	}
	dir := b.TempDir()
	writeHuge(b, dir, n)
	b.Setenv("HOME", dir)
	out := filepath.Join(dir, "out.json")
	show := func() time.Duration {
		return timed(b, out, "otrace", "show", "--from", dir, hugeID, "-o", "json", "--timeout", "10m")
	}
	var shows, jqs []time.Duration
	show() // the files are in memory from then on
	for b.Loop() {
		shows = append(shows, show())
		jqs = append(jqs, timed(b, os.DevNull, jq, "-c", ".", out))
	}
	info, err := os.Stat(out)
	if err != nil {
		b.Fatal(err)
	}
	slices.Sort(shows)
	slices.Sort(jqs)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(shows[0].Seconds()*1e3, "show-min-ms")
	b.ReportMetric(shows[len(shows)/2].Seconds()*1e3, "show-median-ms")
	b.ReportMetric(jqs[0].Seconds()*1e3, "jq-min-ms")
	b.ReportMetric(jqs[len(jqs)/2].Seconds()*1e3, "jq-median-ms")
	b.ReportMetric(float64(jqs[len(jqs)/2])/float64(shows[len(shows)/2]), "jq/show")
	b.ReportMetric(float64(info.Size())/(2*n), "out-B/row")
}

// timed runs a command with its output in a file, and tells how long it took.
func timed(b *testing.B, out, name string, args ...string) time.Duration {
	b.Helper()
	f, err := os.Create(out)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	cmd := exec.CommandContext(b.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = f, os.Stderr
	start := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// A trace of many spans and logs comes out in every format, with its last log;
// Markdown is an excerpt.
func TestEveryFormatShowsMany(t *testing.T) {
	t.Parallel()
	const n = 20_000 / smaller
	dir := t.TempDir()
	writeHuge(t, dir, n)
	env := func(string) string { return "" }
	for _, f := range formats {
		var stdout, stderr bytes.Buffer
		args := []string{"show", "--from", dir, hugeID, "-o", f.name, "--timeout", "10m"}
		if code := run(t.Context(), args, nil, &stdout, &stderr, env); code != exitOK {
			t.Errorf("%s: exit code %d: %s", f.name, code, stderr.String())
		}
		last := fmt.Sprintf("charged order ORD-%d in", n-1)
		if f.name == "md" {
			last = "POST /orders"
		}
		if !bytes.Contains(stdout.Bytes(), []byte(last)) {
			t.Errorf("%s: the last log is not among its %d bytes", f.name, stdout.Len())
		}
	}
}
