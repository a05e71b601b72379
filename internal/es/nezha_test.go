package es

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// TestNezha loads real logs of two systems as Fluentd on Kubernetes writes
// them, the trace ID in the text only, and wants back all lines of every trace.
func TestNezha(t *testing.T) {
	eachServer(t, func(t *testing.T, c *corpus) {
		for _, name := range []string{"onlineboutique/05_19_log.csv", "trainticket/10_20_log.csv"} {
			docs, perTrace := nezhaDocs(t, name, 20_000)
			c.index(filepath.Base(filepath.Dir(name)), `{"settings":{"number_of_shards":2}}`, docs...)
			asked := 0
			for id, want := range perTrace {
				if asked++; asked > 40 {
					break
				}
				ev := logsOf(t, c.client(nil), id)
				spans, dated := 0, 0
				for _, l := range ev.Logs {
					if l.Span != 0 {
						spans++
					}
					if l.Time != trace.NoTime && l.Origin.Service != "" {
						dated++
					}
				}
				if len(ev.Logs) != want || spans != want || dated != want || len(ev.Gaps) > 0 {
					t.Errorf("%s %s: %d logs (%d with a span, %d with time and service), want %d; gaps %v", name, id, len(ev.Logs), spans, dated, want, ev.Gaps)
				}
			}
			t.Logf("%s: %d lines, %d traces, %d asked for", name, len(docs), len(perTrace), asked)
		}
	})
}

// nezhaDocs makes Fluentd's documents of a file's lines, and counts them by
// trace.
func nezhaDocs(t *testing.T, name string, limit int) (docs []string, perTrace map[string]int) {
	t.Helper()
	dir := os.Getenv("OTRACE_NEZHA_DIR")
	if dir == "" {
		dir = "../../../shared/data/nezha"
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Skip("left out: needs Nezha's data: ", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	perTrace = make(map[string]int)
	for _, row := range rows[1:min(len(rows), limit)] {
		var line map[string]any
		if err := json.Unmarshal([]byte(row[7]), &line); err != nil {
			t.Fatal(err)
		}
		line["kubernetes"] = map[string]any{"pod_name": row[3], "container_name": row[4], "host": row[2]}
		doc, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		docs = append(docs, string(doc))
		perTrace[row[5]]++
	}
	return docs, perTrace
}
