package es

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// benchDoc is one log of about 330 bytes.
func benchDoc(i int) string {
	return fmt.Sprintf(`{"@timestamp":"2024-05-01T10:00:00.%06dZ","timestamp":"2024-05-01T10:00:00.%09dZ","severity":"info","service":"order-%d","message":"order %d was handled by the usual worker in the usual time","trace_id":"%s","span_id":"%016x","order_id":"ORD-%d","host":{"name":"node-%d"},"thread":"main-%d","attempt":%d}`,
		i%1000000, i, i%7, i, realID, i+1, i, i%5, i%9, i%3)
}

// benchPage is an answer of n hits, as a server writes it.
func benchPage(n int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"pit_id":"x","took":3,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":%d,"relation":"eq"},"max_score":null,"hits":[`, n)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"_index":"order-processing-logs-2024.05.01","_id":"Xy%018d","_score":null,"_source":%s,"sort":[%d]}`, i, benchDoc(i), i)
	}
	b.WriteString(`]}}`)
	return []byte(b.String())
}

// BenchmarkDecode is 100,000 hits in ten pages: into logs that are confirmed
// and read, and only cut apart, beside encoding/json that does no more.
func BenchmarkDecode(b *testing.B) {
	answer := benchPage(10_000)
	id := trace.ID{Hi: 0x7a1c09e2f4b85d36, Lo: 0xa0b1c2d3e4f56789}
	b.Run("logs", func(b *testing.B) {
		b.SetBytes(int64(10 * len(answer)))
		b.ReportAllocs()
		for b.Loop() {
			s := &search{c: &Client{pageSize: defaultPage}, matcher: logdoc.NewMatcher(id)}
			s.expect(100_000)
			for range 10 {
				if _, err := s.keep(answer, nil); err != nil {
					b.Fatal(err)
				}
			}
			if len(s.logs) != 100_000 {
				b.Fatal(len(s.logs))
			}
		}
	})
	b.Run("hits", func(b *testing.B) {
		b.SetBytes(int64(10 * len(answer)))
		for b.Loop() {
			for range 10 {
				if p, err := readPage(answer, func(hit) {}); err != nil || p.hits != 10_000 {
					b.Fatal(p.hits, err)
				}
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(10 * len(answer)))
		b.ReportAllocs()
		for b.Loop() {
			for range 10 {
				var page struct {
					Hits struct {
						Hits []struct {
							Index  string          `json:"_index"`
							ID     string          `json:"_id"`
							Source json.RawMessage `json:"_source"`
						} `json:"hits"`
					} `json:"hits"`
				}
				if err := json.Unmarshal(answer, &page); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

// BenchmarkLogs gets 100,000 logs of one trace, out of 200,000 documents, from
// a real server; beside it the same pages whose bytes are thrown away.
func BenchmarkLogs(b *testing.B) {
	for _, layout := range []struct {
		name            string
		indices, shards int
	}{{"one index", 1, 1}, {"3 shards", 1, 3}, {"5 indices", 5, 1}} {
		b.Run(layout.name, func(b *testing.B) {
			c := newCorpus(b, stacktest.Elasticsearch(b)[0].URL)
			c.fill(layout.indices, layout.shards)
			client := c.client(nil)
			id := trace.ID{Hi: 0x7a1c09e2f4b85d36, Lo: 0xa0b1c2d3e4f56789}
			b.Run("logs", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ev, err := client.Logs(b.Context(), id, nil)
					if err != nil || len(ev.Logs) != 100_000 || len(ev.Gaps) > 0 {
						b.Fatal(len(ev.Logs), err, ev.Gaps)
					}
				}
			})
			for name, query := range map[string]object{
				"transport":         queryMaker{id: id}.query(c.planOf(client)),
				"transport of term": {"bool": object{"filter": []any{object{"term": object{"trace_id": realID}}}}},
			} {
				b.Run(name, func(b *testing.B) {
					b.ReportAllocs()
					var bytes int64
					for b.Loop() {
						bytes = c.throwAway(b, client, query)
					}
					b.ReportMetric(float64(bytes)/1e6, "MB")
				})
			}
		})
	}
}

// fill stores 100,000 logs of the trace among as many of others.
func (c *corpus) fill(indices, shards int) {
	c.t.Helper()
	each := 100_000 / indices
	for n := range indices {
		docs := make([]string, 0, 2*each)
		for i := n * each; i < (n+1)*each; i++ {
			docs = append(docs, benchDoc(i), fmt.Sprintf(`{"trace_id":"%032x","message":"another"}`, i+1))
		}
		name := c.index(fmt.Sprintf("bench-%d", n), fmt.Sprintf(`{"settings":{"number_of_shards":%d}}`, shards), docs...)
		c.do(http.MethodPost, "/"+name+"/_forcemerge?max_num_segments=1", nil)
	}
}

func (c *corpus) planOf(client *Client) *fieldPlan {
	c.t.Helper()
	plan, err := client.plan(c.t.Context(), client.indices)
	if err != nil {
		c.t.Fatal(err)
	}
	return plan
}

// throwAway reads the same documents in the same pages without looking at
// them, and returns how many bytes that were.
func (c *corpus) throwAway(b *testing.B, client *Client, query object) int64 {
	b.Helper()
	pit, err := client.openPIT(b.Context(), client.indices)
	if err != nil {
		b.Fatal(err)
	}
	defer client.closePIT(b.Context(), pit)
	var total atomic.Int64
	var wg sync.WaitGroup
	for i := range sliceCount {
		wg.Go(func() {
			var after json.RawMessage
			for {
				body := pit.page(sliceOf{i, client.pageSize, nil}, after)
				body["query"] = query
				answer, err := client.search(b.Context(), nil, encode(body))
				if err != nil {
					b.Error(err)
					return
				}
				total.Add(int64(len(answer)))
				at := bytes.LastIndex(answer, []byte(`"sort":`))
				if at < 0 {
					return
				}
				after = answer[at+len(`"sort":`) : at+bytes.IndexByte(answer[at:], ']')+1]
			}
		})
	}
	wg.Wait()
	return total.Load()
}
