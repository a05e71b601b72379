package es

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// timed is answers about fields that hold times, by name and type.
func timed(types map[string]map[string][]string) fieldCaps {
	caps := fieldCaps{Fields: make(map[string]fieldTypes)}
	for name, kinds := range types {
		caps.Fields[name] = make(fieldTypes)
		for kind, indices := range kinds {
			caps.Fields[name][kind] = fieldType{Searchable: kind != "unmapped", Indices: indices}
		}
	}
	return caps
}

func TestTimeGroups(t *testing.T) {
	indices := []string{"a", "b", "c", "d", "e"}
	for name, c := range map[string]struct {
		caps  fieldCaps
		first []string
		want  string
	}{
		"one for all": {timed(map[string]map[string][]string{"@timestamp": {"date": nil}}), nil, "@timestamp 1 [a b c d e]"},
		"each its own": {
			timed(map[string]map[string][]string{
				"@timestamp": {"date": {"a", "b"}, "date_nanos": {"c"}, "text": {"d"}, "unmapped": {"e"}}, "ts": {"float": {"d"}, "unmapped": {"a", "b", "c", "e"}},
			}), nil, "@timestamp 1 [a b],  0 [e], @timestamp 2 [c], ts 5 [d]",
		},
		"a date before a number": {timed(map[string]map[string][]string{"@timestamp": {"long": nil}, "time": {"date": nil}}), nil, "time 1 also @timestamp 3 [a b c d e]"},
		"collected":              {timed(map[string]map[string][]string{"event.ingested": {"date": nil}, "time": {"long": nil}}), nil, "event.ingested 1 [a b c d e]"},
		"the user's":             {timed(map[string]map[string][]string{"@timestamp": {"date": nil}, "wann": {"long": {"a"}}}), []string{"wann"}, "@timestamp 1 [b c d e], wann 3 [a]"},
		"none":                   {timed(nil), nil, " 0 [a b c d e]"},
	} {
		var got []string
		for _, g := range groupByTime(c.caps, indices, c.first) {
			text := fmt.Sprintf("%s %d", g.field, g.kind)
			for _, f := range g.also {
				text += fmt.Sprintf(" also %s %d", f.name, f.kind)
			}
			got = append(got, fmt.Sprint(text, " ", g.indices))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
}

// TestWithin asks real servers for a window of every kind of time: no shard
// fails, what lies in it and what has no time passes, and what does not is left
// out as far as its kind can tell.
func TestWithin(t *testing.T) {
	eachServer(t, within)
}

func TestWithinOpenSearch(t *testing.T) { within(t, newCorpus(t, stacktest.OpenSearch(t).URL)) }

func within(t *testing.T, c *corpus) {
	t.Helper()
	at := noon.UnixNano()
	kinds := map[string]func(ns int64) string{
		"date":       func(ns int64) string { return time.Unix(0, ns).UTC().Format(`"2006-01-02T15:04:05.000Z"`) },
		"date_nanos": func(ns int64) string { return time.Unix(0, ns).UTC().Format(`"2006-01-02T15:04:05.999999999Z"`) },
		"long":       func(ns int64) string { return fmt.Sprint(ns / 1e6) },
		"double":     func(ns int64) string { return fmt.Sprintf("%.6f", float64(ns)/1e9) },
		"float":      func(ns int64) string { return fmt.Sprint(ns / 1e9) },
		"integer":    func(ns int64) string { return fmt.Sprint(ns / 1e9) },
		"text":       func(int64) string { return `"around noon"` },
		"boolean":    func(int64) string { return `true` },
	}
	trusted := map[string]bool{"text": true, "boolean": true} // where all must pass
	for kind, write := range kinds {
		doc := func(ns int64) string { return `{"trace_id":"` + realID + `","@timestamp":` + write(ns) + `}` }
		docs := []string{doc(at), doc(at + 3600e9), doc(at - 86400e9), `{"trace_id":"` + realID + `"}`}
		if kind == "date" {
			docs = append(docs, `{"trace_id":"`+realID+`","@timestamp":"0001-01-01T00:00:00Z"}`)
		}
		c.index(strings.ReplaceAll(kind, "_", "-"), props(`"trace_id":{"type":"keyword"},"@timestamp":{"type":"`+kind+`"}`), docs...)
	}
	client := c.client(nil)
	plan, err := client.plan(t.Context(), client.indices)
	if err != nil {
		t.Fatal(err)
	}
	open := trace.Window{From: at - 5e9}
	for _, w := range []trace.Window{{From: at - 5e9, Until: at + 5e9}, open, {Until: at + 5e9}, {From: math.MinInt64, Until: math.MaxInt64}, {From: 1, Until: 1}} {
		for _, g := range plan.timeGroups() {
			hits := c.hits(g.indices, object{"query": g.within(w), "sort": g.newestFirst(), "size": 50})
			for _, index := range g.indices {
				kind := strings.ReplaceAll(strings.TrimPrefix(index, c.prefix), "-", "_")
				for i, ns := range []int64{at, at + 3600e9, at - 86400e9, 0} {
					want := ns == 0 || w.Holds(ns) || trusted[kind]
					if got := slices.Contains(hits, index+"/"+fmt.Sprint(i)); got != want {
						t.Errorf("%v %s: document %d came: %v, want %v", w, kind, i, got, want)
					}
				}
			}
			if want := g.indices[0] + "/1"; g.kind == timeNanos && w == open && hits[0] != want {
				t.Errorf("%s is newest, want %s", hits[0], want)
			}
		}
		if hits := c.hits([]string{c.prefix + "*"}, object{"query": plan.within(w), "size": 100}); len(hits) < 14 {
			t.Errorf("%v: %d hits in all", w, len(hits))
		}
	}
	ev := logsOf(t, c.client(func(cfg *Config) { cfg.Window = trace.Window{From: at - 5e9, Until: at + 5e9} }), realID)
	if want := 6 + 8 + 2*3; len(ev.Logs) != want || len(ev.Gaps) > 0 {
		t.Errorf("%d logs in the window, want %d; gaps %v", len(ev.Logs), want, ev.Gaps)
	}
}

// hits is the documents that a search finds, which must not fail anywhere.
func (c *corpus) hits(indices []string, body object) []string {
	c.t.Helper()
	text := c.do(http.MethodPost, "/"+strings.Join(indices, ",")+"/_search", encode(body))
	var said struct {
		Shards struct{ Failed int } `json:"_shards"`
		Hits   struct {
			Hits []struct {
				Index string `json:"_index"`
				ID    string `json:"_id"`
			} `json:"hits"`
		} `json:"hits"`
	}
	if err := json.Unmarshal(text, &said); err != nil || said.Shards.Failed > 0 {
		c.t.Errorf("%v %.2000s", err, text)
	}
	var out []string
	for _, h := range said.Hits.Hits {
		out = append(out, h.Index+"/"+h.ID)
	}
	return out
}
