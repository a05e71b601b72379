package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/stack/stacktest"
)

// TestEverybodysLogsAreFound puts every producer's documents about every kind
// of ID, in every form, into the real servers, each producer's into an index
// that is mapped in its own way, beside what resembles them. otrace must show
// all that carry an ID, once, read rightly, and nothing else.
func TestEverybodysLogsAreFound(t *testing.T) {
	for _, server := range stacktest.Elasticsearch(t) {
		t.Run(server.Name, func(t *testing.T) {
			t.Parallel()
			everybodysLogs(t, server.URL, "text")
		})
	}
}

// TestEverybodysLogsAreFoundInOpenSearch is the same where the API is older.
func TestEverybodysLogsAreFoundInOpenSearch(t *testing.T) {
	t.Parallel()
	everybodysLogs(t, stacktest.OpenSearch(t).URL, "match_only_text")
}

func everybodysLogs(t *testing.T, url, lines string) {
	started := time.Now()
	c := newCorpus(t, url, lines)
	loaded := time.Now()
	got := tally{}
	for i := range c.samples {
		got.of(c.samples[i].producer).put(&c.samples[i])
	}
	for i := range c.ids {
		c.show(t, &c.ids[i], &got)
	}
	got.print(t)
	t.Logf("%d documents in %d indices loaded in %v, %d IDs shown in %v", len(c.samples), len(c.distinct()),
		loaded.Sub(started).Round(time.Millisecond), len(c.ids), time.Since(loaded).Round(time.Millisecond))
}

// A corpus is every producer's documents as one server has them.
type corpus struct {
	url     string
	lines   string // the type of lines that people read
	prefix  string
	ids     []corpusID
	samples []sample
	indices map[*producer]*corpusIndex
	places  map[string]*sample // by index and document ID
}

// newCorpus loads the documents, and removes them after the test.
func newCorpus(t *testing.T, url, lines string) *corpus {
	t.Helper()
	c := &corpus{
		url: url, lines: lines, prefix: fmt.Sprintf("otrace-corpus-%08x-", rand.Uint32()), ids: corpusIDs(t),
		indices: map[*producer]*corpusIndex{}, places: map[string]*sample{},
	}
	c.samples = append(corpusSamples(t, c.ids), corpusOthers(c.ids)...)
	c.place(t)
	var body bytes.Buffer
	for i := range c.samples {
		s := &c.samples[i]
		index, id := c.indices[s.producer].name, strconv.Itoa(i)
		c.places[index+"/"+id] = s
		fmt.Fprintf(&body, "{\"index\":{\"_index\":\"%s\",\"_id\":\"%s\"}}\n%s\n", index, id, s.doc)
	}
	t.Cleanup(func() { c.remove(t) })
	c.create(t)
	c.do(t, http.MethodPost, "/_bulk?refresh=true&filter_path=errors,items.*.error", body.String())
	return c
}

// create makes all indices, some at a time.
func (c *corpus) create(t *testing.T) {
	t.Helper()
	var wg sync.WaitGroup
	queue := make(chan *corpusIndex, len(c.indices))
	for _, index := range c.distinct() {
		queue <- index
	}
	close(queue)
	for range 4 {
		wg.Go(func() {
			for index := range queue {
				mapping := strings.ReplaceAll(mappings[index.mapping], "LINES", c.lines)
				c.do(t, http.MethodPut, "/"+index.name, `{"settings":{"number_of_shards":1,"number_of_replicas":0},"mappings":`+mapping+`}`)
			}
		})
	}
	wg.Wait()
}

// remove deletes the indices by name, for a cluster may refuse patterns.
func (c *corpus) remove(t *testing.T) {
	t.Helper()
	var names []string
	for _, index := range c.distinct() {
		if names = append(names, index.name); len(names) == 50 {
			c.do(t, http.MethodDelete, "/"+strings.Join(names, ",")+"?ignore_unavailable=true", "")
			names = nil
		}
	}
	if len(names) > 0 {
		c.do(t, http.MethodDelete, "/"+strings.Join(names, ",")+"?ignore_unavailable=true", "")
	}
}

// do asks the server for something that must succeed.
func (c *corpus) do(t *testing.T, method, path, body string) {
	t.Helper()
	req, err := http.NewRequest(method, c.url+path, strings.NewReader(body)) //nolint:noctx // also used when the test's context is over
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	client := http.Client{Timeout: time.Minute}
	resp, err := client.Do(req)
	if err != nil {
		t.Error(err)
		return
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 || bytes.Contains(answer, []byte(`"errors":true`)) {
		t.Errorf("%s %s: %s: %.2000s %v", method, path, resp.Status, answer, err)
	}
}

// A corpusTimeline is what otrace show -o json says, as far as this test looks.
type corpusTimeline struct {
	Rows     []corpusRow
	Warnings []string
	Gaps     []struct{ Source, Reason string }
}

// show asks for one ID and compares what comes back.
func (c *corpus) show(t *testing.T, id *corpusID, got *tally) {
	t.Helper()
	tl := c.ask(t, id)
	for _, g := range tl.Gaps {
		if g.Source != "jaeger" { // which is not there
			t.Errorf("%s: %s: %s", id.typed, g.Source, g.Reason)
		}
	}
	if len(tl.Warnings) > 0 {
		t.Errorf("%s: warnings: %q", id.typed, tl.Warnings)
	}
	times := map[*sample]int{}
	for _, row := range tl.Rows {
		if row.Kind != "log" {
			continue
		}
		s := c.places[row.Index+"/"+row.ID]
		if s == nil || s.about != id {
			t.Errorf("%s: %s/%s is shown: %s", id.typed, row.Index, row.ID, row.Message)
			if s != nil {
				got.of(s.producer).leaked++
			}
			continue
		}
		if times[s]++; times[s] > 1 {
			t.Errorf("%s: shown %d times: %s", id.typed, times[s], s.doc)
			continue
		}
		got.of(s.producer).compare(t, s, row)
	}
	for i := range c.samples {
		if s := &c.samples[i]; s.about == id && times[s] == 0 {
			t.Errorf("%s: %s, as %s: not shown: %s", s.producer.name, s.producer.mapping, s.form, s.doc)
		}
	}
}

// ask runs the command with a Jaeger that is not there, which is a gap unless
// the ID has no spans.
func (c *corpus) ask(t *testing.T, id *corpusID) corpusTimeline {
	t.Helper()
	closed, err := closedPort()
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	args := []string{
		"show", id.typed, "-o", "json", "--timeout", "2m", "--elasticsearch", c.url, "--index", c.prefix + "*", "--jaeger", "http://" + closed,
	}
	want := exitOK
	if id.id.IsTrace() {
		want = exitPartial
	}
	if code := run(t.Context(), args, nil, &stdout, &stderr, func(string) string { return "" }); code != want {
		t.Errorf("%s: exit code %d, want %d: %s", id.typed, code, want, stderr.String())
	}
	var tl corpusTimeline
	if err := json.NewDecoder(&stdout).Decode(&tl); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return tl
}
