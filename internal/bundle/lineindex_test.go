package bundle_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/trace"
)

// Counting by the index of the lines counts what reading all of them finds,
// in whatever form a line holds the ID.
func TestTallyCountsWhatLogsFinds(t *testing.T) {
	ids := []string{
		"7a1c09e2f4b85d36a0b1c2d3e4f56789", "0000000000000000a0b1c2d3e4f56789", "7a1c09e2f4b85d36000000000000001f",
		"00000000000000000000123456789012", "7a1c09e2f4b85d360000123456789abc", "1a2b", "checkout-2024-000017", "7A1C09E2-F4B8-5D36-F0B1-C2D3E4F56789",
	}
	var lines strings.Builder
	for _, text := range ids {
		id, err := trace.ParseID(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range id.Forms() {
			for _, document := range []string{
				`{"trace_id":%q}`, `{"message":"failed: trace_id=%s, again"}`, `{"traceparent":"00-%s-00f067aa0ba902b7-01"}`,
				`{"url":"/x?uber-trace-id=%s%%3A1%%3A0%%3A1"}`, `{"log":"{\"traceId\":\"%s\"}\n"}`, `{"message":"no%se"}`,
			} {
				fmt.Fprintf(&lines, document+"\n", strings.Trim(form, `"`))
			}
		}
		fmt.Fprintf(&lines, `{"dd":{"trace_id":%d},"n":%d}`+"\r\n", id.Lo, int64(id.Lo))
		fmt.Fprintf(&lines, `{"dd.trace_id":%d}`+"\n\n", int64(id.Lo))
		fmt.Fprintf(&lines, `{"trace_id":"\u003%c%s"}`+"\n", text[0], text[1:])
	}
	dir := t.TempDir()
	text := "\ufeff" + strings.ReplaceAll(lines.String(), `"trace_id":7a`, `"trace_id":"7a`)
	if err := os.WriteFile(filepath.Join(dir, "logs.ndjson"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range ids {
		id, _ := trace.ParseID(text)
		ev, err := b.Logs(t.Context(), id, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.Tally(t.Context(), id)
		if err != nil || got.Logs != len(ev.Logs) || got.Logs < 5 {
			t.Errorf("%s: counted %d (%v), and %d logs carry it", text, got.Logs, err, len(ev.Logs))
		}
	}
}
