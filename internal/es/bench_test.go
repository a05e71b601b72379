package es

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

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
			for range 10 {
				if _, err := s.keep(answer, nil); err != nil {
					b.Fatal(err)
				}
			}
			if logs := slices.Concat(s.pages...); len(logs) != 100_000 {
				b.Fatal(len(logs))
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

// BenchmarkFetch gets 100,000 logs of one trace, out of 200,000 documents, from
// a real server; beside it a scroll whose bytes are thrown away.
func BenchmarkFetch(b *testing.B) {
	c := newCorpus(b, stacktest.Elasticsearch(b)[0].URL)
	docs := make([]string, 0, 200_000)
	for i := range 100_000 {
		docs = append(docs, benchDoc(i), fmt.Sprintf(`{"trace_id":"%032x","message":"another"}`, i+1))
	}
	c.index("bench", "", docs...)
	id := trace.ID{Hi: 0x7a1c09e2f4b85d36, Lo: 0xa0b1c2d3e4f56789}
	b.Run("logs", func(b *testing.B) {
		client := c.client(nil)
		for b.Loop() {
			ev, err := client.Logs(b.Context(), id, nil)
			if err != nil || len(ev.Logs) != 100_000 || len(ev.Gaps) > 0 {
				b.Fatal(len(ev.Logs), err, ev.Gaps)
			}
		}
	})
	b.Run("transport", func(b *testing.B) {
		for b.Loop() {
			throwAway(b, c)
		}
	})
}

// throwAway scrolls through the same documents without looking at them.
func throwAway(b *testing.B, c *corpus) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	path := "/" + c.prefix + "*/_search?scroll=1m&size=10000&sort=_doc"
	body := `{"query":{"term":{"trace_id":"` + realID + `"}}}`
	for pages := 0; pages <= 10; pages++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+path, strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		head := make([]byte, 4096)
		n, err := io.ReadFull(res.Body, head)
		if err != nil && n == 0 {
			b.Fatal(err)
		}
		_, err = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		if err != nil {
			b.Fatal(err)
		}
		_, after, _ := strings.Cut(string(head[:n]), `"_scroll_id":"`)
		cursor, _, _ := strings.Cut(after, `"`)
		path, body = "/_search/scroll", `{"scroll":"1m","scroll_id":"`+cursor+`"}`
	}
	c.do(http.MethodDelete, "/_search/scroll", []byte(strings.Replace(body, `"scroll":"1m",`, "", 1)))
}
