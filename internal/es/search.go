package es

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// A search is one ID looked for in one set of indices.
type search struct {
	c        *Client
	patterns []string
	plan     *fieldPlan
	id       trace.ID
	matcher  *logdoc.Matcher
	query    object

	mu       sync.Mutex
	pages    [][]trace.Log
	hitSize  int      // bytes of one in the last page
	doubtful []docKey // hits whose text does not show the ID
	gaps     map[string]bool
	warnings []string
}

// run finds everything. What it had when it failed is in the search.
func (s *search) run(ctx context.Context) error {
	first, err := s.first(ctx)
	if err != nil {
		return err
	}
	s.note(first)
	if first.total > int64(first.hits) && first.hits >= s.firstSize() {
		if err := s.sweep(ctx, first); err != nil {
			return err
		}
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	return s.unmapped(ctx)
}

// first asks for the first page, for most traces the only one. A cluster that
// forbids costly queries gets the same without them.
func (s *search) first(ctx context.Context) (page, error) {
	maker := queryMaker{id: s.id, wildcard: s.c.wildcard}
	for {
		if s.query = maker.query(s.plan); s.query == nil {
			return page{}, nil
		}
		p, err := s.fetch(ctx, s.patterns, s.body(ctx, object{"size": s.firstSize(), "track_total_hits": true, "sort": []string{"_doc"}}), nil)
		if !maker.plain && expensive(err) {
			maker.plain, maker.wildcard = true, false
			s.warnings = append(s.warnings, "elasticsearch: the cluster forbids expensive queries: IDs within longer words are not found")
			continue
		}
		return p, err
	}
}

func expensive(err error) bool {
	var status *statusError
	return errors.As(err, &status) && status.status == http.StatusBadRequest && strings.Contains(status.text, "allow_expensive_queries")
}

func (s *search) firstSize() int { return min(firstPage, s.c.pageSize) }

// body is a search for the ID, with what is particular to the request.
func (s *search) body(ctx context.Context, more object) []byte { return s.bodyOf(ctx, s.query, more) }

// bodyOf is a search with a query of its own. The server is told to give up a little before we do, so that what it has by then
// still arrives.
func (s *search) bodyOf(ctx context.Context, query, more object) []byte {
	more["query"] = query
	if deadline, ok := ctx.Deadline(); ok {
		if left := deadline.Sub(s.c.now()) * 9 / 10; left > 100*time.Millisecond {
			more["timeout"] = strconv.FormatInt(left.Milliseconds(), 10) + "ms"
		}
	}
	return encode(more)
}

func encode(o object) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(o); err != nil {
		panic(err) // texts, numbers and lists of them always encode
	}
	return b.Bytes()
}

// fetch gets one page and keeps its logs. Documents in had are left out.
func (s *search) fetch(ctx context.Context, indices []string, body []byte, had map[docKey]bool) (page, error) {
	yes := true
	answer, err := s.c.net.call(ctx, func() esapi.Request {
		req := esapi.SearchRequest{Body: bytes.NewReader(body)}
		if indices != nil { // a PIT knows its own
			req.Index, req.IgnoreUnavailable, req.AllowNoIndices, req.ExpandWildcards = escaped(indices), &yes, &yes, "open"
		}
		return req
	})
	if err != nil {
		return page{}, err
	}
	return s.keep(answer, had)
}

// keep reads a page's hits, drops those that do not carry the ID after all,
// and adds the others to the search.
func (s *search) keep(answer []byte, had map[docKey]bool) (page, error) {
	parser := logdoc.NewParser(s.matcher)
	logs := make([]trace.Log, 0, s.expected(answer))
	var doubtful []docKey
	var index string
	p, err := readPage(answer, func(h hit) {
		if string(h.index) != index {
			index = string(jscan.Unescape(h.index))
		}
		key := docKey{index, string(jscan.Unescape(h.id))}
		if len(had) > 0 && had[key] {
			return
		}
		l, ok := parser.Parse(h.source, key.index, key.id)
		if !ok {
			doubtful = append(doubtful, key)
			return
		}
		logs = append(logs, l)
	})
	s.mu.Lock()
	s.pages = append(s.pages, logs)
	if p.hits > 0 {
		s.hitSize = len(answer) / p.hits
	}
	s.doubtful = append(s.doubtful, doubtful...)
	s.mu.Unlock()
	if err != nil {
		return p, fmt.Errorf("%s: %w", s.c.net.node().base.Host, err)
	}
	return p, nil
}

// note remembers what a page lacks.
func (s *search) note(p page) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, gap := range p.gaps() {
		s.gaps[gap] = true
	}
}

// expected is about how many hits an answer holds, or a little more.
func (s *search) expected(answer []byte) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hitSize == 0 {
		return 0
	}
	return min(s.c.pageSize, len(answer)/s.hitSize*9/8+8)
}

// seen is the documents that the search has so far.
func (s *search) seen() map[docKey]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	had := make(map[docKey]bool)
	for _, logs := range s.pages {
		for i := range logs {
			had[docKey{logs[i].Index, logs[i].DocID}] = true
		}
	}
	for _, key := range s.doubtful {
		had[key] = true
	}
	return had
}
