package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

const (
	hexID  = "c0ffee00c0ffee00c0ffee00c0ffee01"
	hexID2 = "00000000000000007a1c09e2f4b85d36"
)

func id(t testing.TB, text string) trace.ID {
	t.Helper()
	id, err := trace.ParseID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// folder makes a folder of these files.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func open(t testing.TB, paths ...string) *Bundle {
	t.Helper()
	b, err := Open(paths...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func otlpLine(traceID, spanID string) string {
	return fmt.Sprintf(`{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}}]},"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"%s","name":"op %s","startTimeUnixNano":"1000","endTimeUnixNano":"5000"}]}]}]}`, traceID, spanID, spanID)
}

func hit(docID, traceID, message string) string {
	return fmt.Sprintf(`{"_index":"logs-1","_id":"%s","_source":{"@timestamp":"2026-01-02T03:04:05.123456789Z","trace_id":"%s","service":"order","level":"error","message":"%s"}}`, docID, traceID, message)
}

func gapTexts(ev trace.Evidence) string {
	var texts []string
	for _, g := range ev.Gaps {
		texts = append(texts, g.Reason)
	}
	return strings.Join(texts, "; ")
}

func TestFolder(t *testing.T) {
	dir := folder(t, map[string]string{
		spansFile: "\ufeff" + otlpLine(hexID, "0000000000000001") + "\r\n\n" + otlpLine(hexID2, "0000000000000002") + "\n" +
			otlpLine(strings.ToUpper(hexID), "0000000000000003") + "\n" + otlpLine(hexID, "0000000000000001"),
		logsFile: "\ufeff" + hit("1", hexID, "first") + "\n" + hit("2", hexID2, "other") + "\n" + hit("1", hexID, "first") + "\n" +
			`{"trace_id":"` + hexID + `","msg":"no hit"}` + "\n",
	})
	b := open(t, dir)
	spans, err := b.Spans(t.Context(), id(t, hexID), trace.Window{})
	if err != nil || len(spans.Spans) != 2 || len(spans.Gaps) > 0 {
		t.Errorf("%d spans, %v, %s", len(spans.Spans), err, gapTexts(spans))
	}
	logs, err := b.Logs(t.Context(), id(t, hexID), nil)
	if err != nil || len(logs.Logs) != 2 || len(logs.Gaps) > 0 {
		t.Fatalf("%d logs, %v, %s", len(logs.Logs), err, gapTexts(logs))
	}
	first, plain := logs.Logs[0], logs.Logs[1]
	if first.Index != "logs-1" || first.DocID != "1" || first.Message != "first" || first.Level != trace.LevelError || first.Time%1e9 != 123456789 {
		t.Errorf("%+v", first)
	}
	if plain.Message != "no hit" || plain.Index != "" || !bytes.HasPrefix(plain.Document, []byte(`{"trace_id":"c0`)) {
		t.Errorf("%+v %s", plain, plain.Document)
	}
	if got := fmt.Sprint(logs.Searched.Indices, logs.Searched.Fields); got != "[logs-1 logs.ndjson] [every field]" {
		t.Error(got)
	}
	short, err := b.Spans(t.Context(), id(t, "7a1c09e2f4b85d36"), trace.Window{})
	if err != nil || len(short.Spans) != 1 {
		t.Errorf("64-bit: %d spans, %v", len(short.Spans), err)
	}
}

func TestNothingOfThatID(t *testing.T) {
	b := open(t, folder(t, map[string]string{spansFile: otlpLine(hexID, "01"), logsFile: hit("1", hexID, "m")}))
	for _, text := range []string{"1234567890abcdef", "order-ORD-17"} {
		ev, err := b.Spans(t.Context(), id(t, text), trace.Window{})
		if !errors.Is(err, trace.ErrNotFound) || len(ev.Spans) > 0 {
			t.Errorf("%s: %v", text, err)
		}
		logs, err := b.Logs(t.Context(), id(t, text), nil)
		if err != nil || len(logs.Logs) > 0 || len(logs.Searched.Indices) != 1 {
			t.Errorf("%s: %d logs, %v", text, len(logs.Logs), err)
		}
	}
}

// Lines that cannot be read are counted, and the rest is used.
func TestDamagedLines(t *testing.T) {
	b := open(t, folder(t, map[string]string{
		spansFile: otlpLine(hexID, "01") + "\nnot json\n" + otlpLine(hexID, "02")[:200] + "\n" + otlpLine(hexID, "03"),
		logsFile:  hit("1", hexID, "m") + "\n{\"broken\":\n" + hit("2", hexID, "m")[:140] + "\n" + hit("3", hexID, "m"),
	}))
	spans, err := b.Spans(t.Context(), id(t, hexID), trace.Window{})
	if err != nil || len(spans.Spans) != 2 {
		t.Errorf("%d spans, %v", len(spans.Spans), err)
	}
	if got, want := gapTexts(spans), "spans.otlp.jsonl: 2 lines cannot be read, the first of them line 2: not JSON"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	logs, err := b.Logs(t.Context(), id(t, hexID), nil)
	if err != nil || len(logs.Logs) != 3 {
		t.Fatalf("%d logs, %v", len(logs.Logs), err)
	}
	if !logs.Logs[1].Damaged || logs.Logs[0].Damaged {
		t.Errorf("%+v", logs.Logs)
	}
	if got, want := gapTexts(logs), "logs.ndjson: line 2: not JSON"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if missing, err := b.Spans(t.Context(), id(t, hexID2), trace.Window{}); !errors.Is(err, trace.ErrNotFound) || len(missing.Gaps) != 1 {
		t.Errorf("%v, %s", err, gapTexts(missing))
	}
}

// Fault 25: one line of more than 10 MB.
func TestLongLine(t *testing.T) {
	long := strings.Repeat("x", 11<<20)
	b := open(t, folder(t, map[string]string{logsFile: hit("1", hexID2, "m") + "\n" + hit("2", hexID, long) + "\n" + hit("3", hexID, "m")}))
	logs, err := b.Logs(t.Context(), id(t, hexID), nil)
	if err != nil || len(logs.Logs) != 2 || !bytes.Contains(logs.Logs[0].Document, []byte(long)) {
		t.Errorf("%d logs, %v", len(logs.Logs), err)
	}
}

func TestManifest(t *testing.T) {
	b := open(t, folder(t, map[string]string{
		manifestFile: `{"schema":"otrace.bundle/v1","gaps":[{"source":"jaeger","reason":"cut"},{"source":"elasticsearch","reason":"2 of 5 shards failed"}],"warnings":["odd"],"searched":{"indices":["logs-*"],"fields":["trace.id"]}}`,
		spansFile:    otlpLine(hexID, "01"), logsFile: "",
	}))
	spans, err := b.Spans(t.Context(), id(t, hexID), trace.Window{})
	if err != nil || gapTexts(spans) != "when it was saved, jaeger: cut" || fmt.Sprint(spans.Warnings) != "[odd]" {
		t.Errorf("%v, %s, %v", err, gapTexts(spans), spans.Warnings)
	}
	logs, err := b.Logs(t.Context(), id(t, hexID), nil)
	if err != nil || gapTexts(logs) != "when it was saved, elasticsearch: 2 of 5 shards failed" || fmt.Sprint(logs.Searched.Indices, logs.Searched.Fields) != "[logs-*] [trace.id]" {
		t.Errorf("%v, %s, %v", err, gapTexts(logs), logs.Searched)
	}
}

// Every single file that people have is recognised by what is in it.
func TestSingleFiles(t *testing.T) {
	files := folder(t, map[string]string{
		"a.jsonl":  otlpLine(hexID, "01") + "\n" + otlpLine(hexID, "02") + "\n" + otlpLine(hexID, "03"),
		"b.ndjson": `{"data":[{"n":1}],"trace_id":"` + hexID + `"}` + "\n" + hit("1", hexID, "m"),
		"c.json":   `{"traceID":"` + hexID + `","spans":[{"traceID":"` + hexID + `","spanID":"1"},{"traceID":"` + hexID + `","spanID":"2"},{"traceID":"` + hexID + `","spanID":"3"}]}`,
		"d.json":   `[` + otlpLine(hexID, "01") + `,` + otlpLine(hexID, "02") + "\n,\n" + otlpLine(hexID, "03") + `]`,
		"f.json":   `[{"traceID":"` + hexID + `","spans":[{"traceID":"` + hexID + `","spanID":"1"}],"processes":{}}` + "\n,\n" + `{"traceID":"` + hexID + `","spans":[{"traceID":"` + hexID + `","spanID":"2"},{"traceID":"` + hexID + `","spanID":"3"}]}]`,
		"g.json":   `[{"data":[]},{"data":[{"spans":[{"traceID":"` + hexID + `","spanID":"1"},{"traceID":"` + hexID + `","spanID":"2"},{"traceID":"` + hexID + `","spanID":"3"}]}],"errors":null}]`,
		"h.json":   `[{"traceID":"` + hexID2 + `","spans":[],"processes":{}},{"spans":[{"spanID":"1","traceID":"` + hexID + `"},{"traceID":"` + hexID + `","spanID":"2"},{"traceID":"` + hexID + `","spanID":"3"}]}]`,
		"i.json":   `{"data":[{"processes":{"p1":{"serviceName":"order"}},"warnings":null,"spans":[{"processID":"p1","traceID":"` + hexID + `","spanID":"1"},{"traceID":"` + hexID + `","spanID":"2"},{"traceID":"` + hexID + `","spanID":"3"}]}]}`,
		"e.json":   `{"total":0,"data":[{"processes":{},"spans":[{"traceID":"` + hexID + `","spanID":"1"},{"traceID":"` + hexID + `","spanID":"2"},{"traceID":"` + hexID + `","spanID":"3"}]}]}`,
	})
	for _, tt := range []struct {
		path        string
		spans, logs int
	}{
		{"testdata/api_traces.json", 3, 0},
		{"testdata/ui_download.json", 3, 0},
		{"testdata/api_v3_traces.json", 3, 0},
		{"testdata/otlp_pretty.json", 3, 0},
		{files + "/a.jsonl", 3, 0},
		{files + "/b.ndjson", 0, 2},
		{files + "/c.json", 3, 0},
		{files + "/d.json", 3, 0},
		{files + "/e.json", 3, 0},
		{files + "/f.json", 3, 0},
		{files + "/g.json", 3, 0},
		{files + "/h.json", 3, 0},
		{files + "/i.json", 3, 0},
	} {
		b := open(t, tt.path)
		spans, err := b.Spans(t.Context(), id(t, hexID), trace.Window{})
		if len(spans.Spans) != tt.spans || (err == nil) != (tt.spans > 0) || len(spans.Gaps) > 0 {
			t.Errorf("%s: %d spans, %v, %s", tt.path, len(spans.Spans), err, gapTexts(spans))
		}
		logs, err := b.Logs(t.Context(), id(t, hexID), nil)
		if len(logs.Logs) != tt.logs || err != nil || len(logs.Gaps) > 0 {
			t.Errorf("%s: %d logs, %v, %s", tt.path, len(logs.Logs), err, gapTexts(logs))
		}
	}
}

// The same trace from several files comes once where it is the same.
func TestSeveral(t *testing.T) {
	b := open(t, "testdata/otlp_pretty.json", "testdata/api_v3_traces.json")
	spans, err := b.Spans(t.Context(), id(t, hexID), trace.Window{})
	if err != nil || len(spans.Spans) != 3 {
		t.Errorf("%d spans, %v", len(spans.Spans), err)
	}
}

func TestCutDocuments(t *testing.T) {
	for _, tt := range []struct{ path, want string }{
		{"testdata/ui_download.json", "x: the file ends too early"},
		{"testdata/otlp_pretty.json", "x: otlp: byte 3000: a text that ends too early is not JSON"},
	} {
		text, err := os.ReadFile(tt.path)
		if err != nil {
			t.Fatal(err)
		}
		cut := folder(t, map[string]string{"x": string(text[:3000])})
		spans, err := open(t, filepath.Join(cut, "x")).Spans(t.Context(), id(t, hexID), trace.Window{})
		if err != nil || len(spans.Spans) == 0 || len(spans.Spans) > 2 || gapTexts(spans) != tt.want {
			t.Errorf("%s: %d spans, %v, %s, want %s", tt.path, len(spans.Spans), err, gapTexts(spans), tt.want)
		}
	}
}

func TestOpenErrors(t *testing.T) {
	dir := folder(t, map[string]string{"logs.json": `[{"message":"a list of logs"}]`, "empty": "", "page.html": "<html>", "half.json": `{"a":`, "mark": "\ufeff"})
	for _, tt := range []struct{ path, want string }{
		{t.TempDir(), "bundle: PATH: no bundle: neither spans.otlp.jsonl nor logs.ndjson in it"},
		{folder(t, map[string]string{spansFile: ""}), "bundle: PATH: no bundle: its files are empty"},
		{dir + "/absent", "bundle: PATH: no bundle: there is no such file or folder"},
		{dir + "/empty", "bundle: PATH: no bundle: the file is empty"},
		{dir + "/mark", "bundle: PATH: no bundle: it does not begin as OTLP JSON, Jaeger's JSON or JSON logs"},
		{dir + "/page.html", "bundle: PATH: no bundle: it does not begin as OTLP JSON, Jaeger's JSON or JSON logs"},
		{dir + "/logs.json", "bundle: PATH: no bundle: it does not begin as OTLP JSON, Jaeger's JSON or JSON logs"},
		{dir + "/half.json", "bundle: PATH: no bundle: it does not begin as OTLP JSON, Jaeger's JSON or JSON logs"},
	} {
		_, err := Open(tt.path)
		if want := strings.Replace(tt.want, "PATH", tt.path, 1); fmt.Sprint(err) != want || !errors.Is(err, ErrNoBundle) {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	for _, text := range []string{"{", `{"schema":"otrace.bundle/v9"}`} {
		if _, err := Open(folder(t, map[string]string{logsFile: "{}", manifestFile: text})); err == nil {
			t.Errorf("manifest %s is taken", text)
		}
	}
}

func TestCancelled(t *testing.T) {
	b := open(t, "testdata/api_traces.json", folder(t, map[string]string{spansFile: otlpLine(hexID, "01"), logsFile: "{}"}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, spansErr := b.Spans(ctx, id(t, hexID), trace.Window{})
	_, logsErr := b.Logs(ctx, id(t, hexID), nil)
	_, tracesErr := b.Traces(ctx)
	for _, err := range []error{spansErr, logsErr, tracesErr} {
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
}

func TestTraces(t *testing.T) {
	b := open(t, "testdata/api_traces.json", folder(t, map[string]string{
		spansFile: otlpLine(hexID2, "0000000000000002"),
		logsFile: hit("1", hexID, "m") + "\n" + hit("2", "C0FFEE00-C0FFEE00-c0ffee00-c0ffee01", "no UUID") + "\n" + hit("3", "c0ffee00-c0ff-ee00-c0ff-ee00c0ffee01", "m") + "\n" +
			hit("4", "7a1c09e2f4b85d36", hexID2) + "\n" + `{"trace":{"id":"0123456789abcdef0123456789abcdef"},"span":{"id":"ffffffffffffffff"}}` + "\n" +
			`{"traceparent":"00-` + hexID + `-0000000000000001-01"}` + "\n" + `{"uuid":"fffffffffffffffffffffffffffffff1"}`,
	}))
	list, err := b.Traces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range list {
		got = append(got, fmt.Sprintf("%s %d-%d %s %q spans=%d logs=%d errors=%d", s.ID, s.Start, s.End, s.Service, s.Operation, s.Spans, s.Logs, s.Failed))
	}
	want := []string{
		hexID + ` 1770000000000000000-1770000000250000000 gateway "POST /orders" spans=3 logs=3 errors=1`,
		hexID2 + ` 1000-5000 order "op 0000000000000002" spans=1 logs=1 errors=0`,
		`0123456789abcdef0123456789abcdef -9223372036854775808--9223372036854775808  "" spans=0 logs=1 errors=0`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
