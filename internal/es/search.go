package es

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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
	c       *Client
	plan    *fieldPlan
	id      trace.ID
	hint    *hint
	matcher *logdoc.Matcher
	maker   queryMaker
	narrow  object // a filter that the cluster made necessary, or nil
	// hand takes the hits in place of the search, one at a time; nil where they
	// are kept.
	hand func(docKey, hit)

	mu       sync.Mutex
	logs     []trace.Log
	spare    [][]trace.Log // room for the logs of one page, for the next
	hitSize  int           // bytes of one in the last page
	doubtful []docKey      // hits whose text does not show the ID
	gaps     map[string]bool
	warnings []string
}

func (c *Client) newSearch(id trace.ID, h *hint, plan *fieldPlan) *search {
	s := &search{c: c, plan: plan, id: id, hint: h, matcher: logdoc.NewMatcher(id), maker: queryMaker{id: id}, gaps: make(map[string]bool)}
	s.matcher.Use(c.own)
	return s
}

// A pass is one query, asked of some indices.
type pass struct {
	indices []string
	query   object
	runtime object // fields that only this query knows, or nil
}

// run finds everything. What it had when it failed is in the search.
func (s *search) run(ctx context.Context) error {
	if len(s.plan.indices) == 0 {
		return nil
	}
	if err := s.plain(ctx); err != nil {
		return err
	}
	errs := make([]error, 0, 4)
	for _, step := range []func(context.Context) error{s.inWords, s.settle, s.unindexed, s.anyName} {
		if errs = append(errs, step(ctx)); ctx.Err() != nil {
			break
		}
	}
	return joinFailures(errs)
}

// ask asks one of the plan's queries. A cluster that forbids costly ones gets
// the same without what is costly in it.
func (s *search) ask(ctx context.Context, i int) error {
	err := s.all(ctx, pass{indices: s.plan.patterns, query: s.maker.queries(s.plan)[i]})
	if s.maker.plain || !expensive(err) {
		return err
	}
	s.maker.plain = true
	s.warn("elasticsearch: the cluster forbids expensive queries: IDs within longer words are not found")
	return s.all(ctx, pass{indices: s.plan.patterns, query: s.maker.queries(s.plan)[i]})
}

// inWords looks inside words for what no analyser cuts out, when that is
// wished for: around the trace when its time is known.
func (s *search) inWords(ctx context.Context) error {
	clauses := s.maker.wildcards(s.plan)
	if !s.c.wildcard || s.maker.plain || len(clauses) == 0 {
		return nil
	}
	query := object{"filter": []any{anyOf(clauses)}}
	if had := s.maker.queries(s.plan); len(had) == 1 {
		query["must_not"] = []any{had[0]}
	}
	if around, ok := s.around(ctx); ok {
		query["filter"] = []any{anyOf(clauses), around}
	}
	err := s.all(ctx, pass{indices: s.plan.patterns, query: object{"bool": query}})
	if expensive(err) {
		s.warn("elasticsearch: the cluster forbids expensive queries: IDs within longer words are not found")
		return nil
	}
	return err
}

func (s *search) warn(text string) { s.warnings = union(s.warnings, []string{text}) }

// all keeps every document of a pass: for most traces one page.
func (s *search) all(ctx context.Context, ps pass) error {
	had := &sieve{seen: s.seen}
	first, err := s.fetch(ctx, ps.indices, s.body(ctx, ps, object{"size": s.firstSize(), "track_total_hits": true, "sort": []string{"_doc"}}), had)
	switch {
	case err == nil && tooManyClauses(first, nil):
		return errClauses
	case !tooManyClauses(page{}, err):
		if smaller := s.smaller(ctx, ps, first, err); smaller != nil {
			return s.each(ctx, smaller)
		}
	}
	if err != nil {
		return err
	}
	s.note(first)
	switch {
	case first.hits >= s.firstSize() && first.total != int64(first.hits):
		err = s.sweep(ctx, ps, first)
		if smaller := s.smaller(ctx, ps, page{}, err); smaller != nil {
			return s.each(ctx, smaller)
		}
	case first.total > int64(first.hits):
		s.lack(int64(first.hits), first.total)
	}
	return err
}

func (s *search) each(ctx context.Context, passes []pass) error {
	var errs []error
	for _, ps := range passes {
		if errs = append(errs, s.all(ctx, ps)); ctx.Err() != nil {
			break
		}
	}
	return joinFailures(errs)
}

func expensive(err error) bool {
	var status *statusError
	return errors.As(err, &status) && status.status == http.StatusBadRequest && strings.Contains(status.text, "allow_expensive_queries")
}

// doubts reports whether a search went as one does that asks for fields which
// are not those of today.
func (s *search) doubts(err error) bool {
	found := s.count()
	s.mu.Lock()
	defer s.mu.Unlock()
	var status *statusError
	odd := errors.As(err, &status) && (status.status == http.StatusBadRequest || status.status == http.StatusNotFound)
	return found == 0 || odd || len(s.gaps) > 0
}

func (s *search) firstSize() int { return min(firstPage, s.c.pageSize) }

// body is a pass's search with what is particular to the request. The server
// is told to give up a little before we do, so that what it has by then still
// arrives.
func (s *search) body(ctx context.Context, ps pass, more object) []byte {
	more = maps.Clone(more)
	more["query"] = s.confined(ps.query)
	if ps.runtime != nil {
		more["runtime_mappings"] = ps.runtime
	}
	return s.timed(ctx, more)
}

// timed is a search that the server gives up in time.
func (s *search) timed(ctx context.Context, more object) []byte {
	if deadline, ok := ctx.Deadline(); ok {
		if left := deadline.Sub(s.c.now()) * 9 / 10; left > 100*time.Millisecond {
			more["timeout"] = strconv.FormatInt(left.Milliseconds(), 10) + "ms"
		}
	}
	return encode(more)
}

// indexingDelay is how much later a log may be indexed than it was written.
// What comes back is judged by its own time.
const indexingDelay = int64(time.Hour)

// confined adds to a query when the logs must have been written.
func (s *search) confined(query object) object {
	filters := []any{query}
	if !s.c.window.IsZero() {
		filters = append(filters, s.plan.within(s.c.window.Padded(indexingDelay)))
	}
	if s.narrow != nil {
		filters = append(filters, s.narrow)
	}
	if len(filters) == 1 {
		return query
	}
	return object{"bool": object{"filter": filters}}
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

// fetch gets one page and keeps its logs, but for those that the sieve holds
// back.
func (s *search) fetch(ctx context.Context, indices []string, body []byte, had *sieve) (page, error) {
	answer, err := s.c.search(ctx, indices, body)
	if err != nil {
		return page{total: -1}, err
	}
	return s.keep(answer, had)
}

// search asks for one page; without indices, that of a PIT, which knows its own.
// Shards that are just coming or going are given a moment.
func (c *Client) search(ctx context.Context, indices []string, body []byte) ([]byte, error) {
	yes := true
	for attempt := 0; ; attempt++ {
		answer, err := c.net.call(ctx, func() esapi.Request {
			req := esapi.SearchRequest{Body: bytes.NewReader(body)}
			if indices != nil {
				req.Index, req.IgnoreUnavailable, req.AllowNoIndices, req.ExpandWildcards = escaped(indices), &yes, &yes, "open"
			}
			return req
		})
		if err != nil || indices == nil || attempt == settlings || !unsettled(answer) || !c.pause(ctx, 100*time.Millisecond<<attempt) {
			return answer, err // which says itself what it lacks
		}
	}
}

// pause reports whether it lasted to its end.
func (c *Client) pause(ctx context.Context, d time.Duration) bool { return c.net.wait(ctx, d) == nil }

// keep reads a page's hits, drops those that do not carry the ID after all,
// and adds the others to the search.
func (s *search) keep(answer []byte, had *sieve) (page, error) {
	if s.hand != nil {
		return s.handOver(answer, had)
	}
	parser := logdoc.NewParser(s.matcher)
	parser.Use(s.c.own)
	logs := s.room(answer)
	var doubtful []docKey
	var index string
	p, err := readPage(answer, func(h hit) {
		if string(h.index) != index {
			index = string(jscan.Unescape(h.index))
		}
		key := docKey{index, string(jscan.Unescape(h.id))}
		if had.holds(key, h.sort) {
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
	s.logs = append(s.logs, logs...)
	clear(logs)
	s.spare = append(s.spare, logs[:0])
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
