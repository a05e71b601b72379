package es

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"

	"github.com/otrace/otrace/internal/jscan"
	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/trace"
)

// EachErrorLog hands over the error logs of the query's window and service,
// every one once; where they are more than the limit, as many of them as that,
// drawn at random. The same question draws the same logs as long as there are
// no others. Memory does not grow with what the cluster holds, beside a few
// bytes for each log that is handed over.
func (c *Client) EachErrorLog(ctx context.Context, q trace.ErrorQuery, each func(*trace.ErrorLog)) (trace.Taken, error) {
	e := c.newErrorSearch(q, each)
	scopes := e.scopes(ctx)
	if len(scopes) == 1 && q.Limit > 0 {
		return e.alone(ctx, scopes)
	}
	counts := make([]int64, len(scopes))
	e.each(ctx, scopes, func(i int, s *errorScope) (err error) {
		counts[i], err = e.countable(ctx, s)
		return err
	})
	total := sum(counts)
	sampled := q.Limit > 0 && total > int64(q.Limit)
	quotas := proportional(q.Limit, counts)
	e.each(ctx, scopes, func(i int, s *errorScope) error {
		switch {
		case counts[i] == 0:
			return nil
		case sampled:
			_, err := e.sample(ctx, s, quotas[i])
			return err
		}
		return e.all(ctx, s)
	})
	return e.taken(ctx, total, sampled)
}

// alone asks the only scope: what it draws is most often all there is, or
// enough, so that it need not be counted before.
func (e *errorSearch) alone(ctx context.Context, scopes []errorScope) (trace.Taken, error) {
	total := int64(0)
	e.each(ctx, scopes, func(_ int, s *errorScope) (err error) {
		total, err = e.sample(ctx, s, e.q.Limit)
		if err == nil && total <= int64(e.q.Limit) && total > int64(e.looked) {
			err = e.all(ctx, s)
		}
		return err
	})
	return e.taken(ctx, total, total > int64(e.q.Limit))
}

// An errorSearch hands over error logs.
type errorSearch struct {
	errorQuest
	hand    func(*trace.ErrorLog)
	parser  *logdoc.Parser
	seed    maphash.Seed
	seen    map[uint64]struct{} // the documents so far
	looked  int                 // at
	handed  int
	bare    int // documents without their text
	without int // how many of the query's patterns the cluster is asked to leave out
}

func (c *Client) newErrorSearch(q trace.ErrorQuery, each func(*trace.ErrorLog)) *errorSearch {
	e := &errorSearch{errorQuest: errorQuest{c: c, q: q}, hand: each, seed: maphash.MakeSeed(), seen: make(map[uint64]struct{}), without: len(q.Without)}
	e.parser = logdoc.NewErrorParser(q.Service)
	e.parser.Use(c.own)
	return e
}

// wanted is the query for the logs of a scope.
func (e *errorSearch) wanted(s *errorScope) object {
	filters := []any{s.group.within(e.q.Window)}
	if !e.c.window.IsZero() {
		filters = append(filters, s.group.within(e.c.window))
	}
	query := s.query(e.q.Service, filters...)
	if not := s.unlike(e.q.Without[:e.without]); len(not) > 0 {
		query["bool"].(object)["must_not"] = not
	}
	return query
}

// countable counts a scope's logs. Where that takes more clauses than the
// cluster allows, fewer patterns are left out there, and the others' logs here.
func (e *errorSearch) countable(ctx context.Context, s *errorScope) (int64, error) {
	for {
		n, err := s.count(ctx, &e.errorQuest, e.wanted(s))
		if !tooManyClauses(page{}, err) || e.without == 0 {
			return n, err
		}
		e.without /= 2
	}
}

// all hands over every log of a scope.
func (e *errorSearch) all(ctx context.Context, of *errorScope) error {
	s := &search{c: e.c, plan: of.plan, gaps: make(map[string]bool), hand: e.take}
	ps := pass{indices: of.indices, query: e.wanted(of)}
	first, err := s.fetch(ctx, ps.indices, s.body(ctx, ps, object{"size": s.firstSize(), "track_total_hits": true, "sort": []string{"_doc"}}), nil)
	if err == nil {
		s.note(first)
		switch {
		case first.hits >= s.firstSize() && first.total != int64(first.hits):
			err = s.sweep(ctx, ps, first)
		case first.total > int64(first.hits):
			s.lack(int64(first.hits), first.total)
		}
	}
	for _, gap := range sortedKeys(s.gaps) {
		addGap(&e.ev, gap, false)
	}
	return err
}

const (
	// drawSeed makes the same question draw the same logs.
	drawSeed = 17
	// firstDraw is how many documents are drawn at once before it is known how
	// large they are.
	firstDraw = 2 * firstPage
)

// sample hands over so many logs of a scope, drawn at random: those of the
// highest scores, where a document's score is drawn by its place in its shard.
// It returns how many there are; where these are no more than wanted, it may
// leave some to be asked for otherwise. Where it takes more clauses than the
// cluster allows, it asks for fewer patterns to be left out.
func (e *errorSearch) sample(ctx context.Context, of *errorScope, n int) (int64, error) {
	s := &search{c: e.c, plan: of.plan, hand: e.take}
	size, limit, total := min(n, firstDraw, e.c.pageSize), int64(n), int64(-1)
	var after json.RawMessage
	for {
		one, err := s.fetch(ctx, of.indices, s.timed(ctx, e.draw(of, size, after)), nil)
		if tooManyClauses(one, err) && e.without > 0 && after == nil {
			e.without /= 2
			continue
		}
		for _, gap := range one.gaps() {
			addGap(&e.ev, gap, false)
		}
		if after == nil {
			total = one.total
		}
		n -= one.hits
		if err != nil || one.hits < size || n <= 0 || total <= limit {
			return max(total, 0), err
		}
		size, after = min(n, s.pageFor(one)), one.last
	}
}

// draw is the request for a page of a sample.
func (e *errorSearch) draw(of *errorScope, size int, after json.RawMessage) object {
	query := object{"function_score": object{
		"query": e.wanted(of), "boost_mode": "replace",
		"functions": []any{object{"random_score": object{"seed": drawSeed, "field": "_seq_no"}}},
	}}
	more := object{"query": query, "size": size, "track_total_hits": after == nil, "sort": []any{object{"_score": "desc"}, object{"_seq_no": "asc"}}}
	if after != nil {
		more["search_after"] = after
	}
	return more
}

// take judges a hit, and hands it over.
func (e *errorSearch) take(key docKey, h hit) {
	var hash maphash.Hash
	hash.SetSeed(e.seed)
	_, _ = hash.WriteString(key.index)
	_ = hash.WriteByte(0)
	_, _ = hash.WriteString(key.id)
	if _, had := e.seen[hash.Sum64()]; had {
		return
	}
	e.seen[hash.Sum64()] = struct{}{}
	e.looked++
	if h.source == nil {
		e.bare++
		return
	}
	l, ok := e.parser.Parse(h.source, key.index, key.id)
	if !ok || !e.inTime(l.Time) || e.fits(&l) {
		return
	}
	log := e.parser.ErrorLog(l)
	e.handed++
	e.hand(&log)
}

// fits reports whether any of the patterns whose logs are not wanted does fit:
// the cluster may have been asked for fewer, or not know it.
func (e *errorSearch) fits(l *trace.Log) bool {
	for i := range e.q.Without {
		if e.q.Without[i].Fits(l.Origin.Service, l.Message) {
			return true
		}
	}
	return false
}

// inTime reports whether a log was written in the windows.
func (e *errorSearch) inTime(t int64) bool {
	if t == trace.NoTime {
		return e.q.Window.IsZero() && e.c.window.IsZero()
	}
	return e.q.Window.Holds(t) && e.c.window.Holds(t)
}

// taken is what was handed over. When some of a sample's documents turned out
// not to be wanted, as many of the others are none in all likelihood.
func (e *errorSearch) taken(ctx context.Context, total int64, sampled bool) (trace.Taken, error) {
	if e.bare > 0 {
		addGap(&e.ev, fmt.Sprintf("%d documents that may match are stored without their text", e.bare), false)
	}
	err := e.ended(ctx, e.handed == 0)
	out := trace.Taken{Handed: e.handed, Total: int64(e.handed), Gaps: e.ev.Gaps, Searched: e.ev.Searched, Since: e.q.Window.From}
	if sampled {
		out.More, out.Sampled, out.Total, out.Since = true, true, total, 0
		if e.handed < e.looked {
			out.Total = int64(float64(total) * float64(e.handed) / float64(e.looked))
			e.ev.Warnings = append(e.ev.Warnings, fmt.Sprintf("elasticsearch: of %d logs that may tell of errors, %d do: their number is estimated", e.looked, e.handed))
		}
	} else if len(e.ev.Gaps) > 0 {
		out.More, out.Total = true, -1
	}
	out.Warnings = e.ev.Warnings
	return out, err
}

// handOver reads a page's hits, one after the other, and hands them on.
func (s *search) handOver(answer []byte, had *sieve) (page, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var index string
	p, err := readPage(answer, func(h hit) {
		if string(h.index) != index {
			index = string(jscan.Unescape(h.index))
		}
		key := docKey{index, string(jscan.Unescape(h.id))}
		if !had.holds(key, h.sort) {
			s.hand(key, h)
		}
	})
	if err != nil {
		return p, fmt.Errorf("%s: %w", s.c.net.node().base.Host, err)
	}
	return p, nil
}
