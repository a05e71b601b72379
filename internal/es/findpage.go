package es

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/otrace/otrace/internal/trace"
)

// A paging is one query's pages, the newest logs first, in indices that keep
// time alike.
type paging struct {
	*finding
	plan    *fieldPlan
	group   timeGroup
	indices []string
	query   object

	traces map[trace.ID]bool // that the group has so far
	looked int
	full   bool // there may be more logs, and enough were looked at
}

// run reads pages until there are enough traces, or no more logs. Logs without
// a time come last, and in none of a window. OpenSearch cannot turn pages among
// them where times are kept in nanoseconds, so that they are asked for apart.
func (p *paging) run(ctx context.Context) error {
	p.traces = make(map[trace.ID]bool)
	if p.group.kind != timeNanos {
		return p.pages(ctx)
	}
	whole, timed := p.query, object{"exists": object{"field": p.group.field}}
	p.query = object{"bool": object{"filter": []any{whole, timed}}}
	if err := p.pages(ctx); err != nil || p.full || !p.q.Window.IsZero() && len(p.group.also) == 0 {
		return err
	}
	p.query = object{"bool": object{"filter": []any{whole, p.group.within(p.q.Window)}, "must_not": []any{timed}}}
	p.group = timeGroup{}
	return p.pages(ctx)
}

// pages reads one query's pages.
func (p *paging) pages(ctx context.Context) error {
	size := min(firstPage, p.c.pageSize)
	var after json.RawMessage
	for {
		one, err := p.page(ctx, size, after)
		if err != nil {
			return err
		}
		p.looked += one.hits
		bigger := max(size, (&search{c: p.c}).pageFor(one.page))
		switch {
		case one.hits < size:
			return nil
		case p.q.Limit > 0 && len(p.traces) >= p.q.Limit:
			p.more, p.full = true, true
			return nil
		case p.looked >= maxLooked:
			p.more, p.full = true, true
			addGap(&p.ev, fmt.Sprintf("only the newest %d logs that may match were looked at", p.looked), false)
			return nil
		case one.before != nil:
			after = one.before
			if p.q.Limit == 0 {
				size = bigger
			}
		case size < bigger:
			size = bigger // all of one moment: see more of it
		default:
			addGap(&p.ev, fmt.Sprintf("more than %d logs that may match are of one moment, or of none: some were not looked at", size), false)
			after = one.last
		}
	}
}

// A findPage is a page, and where the next one begins.
type findPage struct {
	page
	// before is the last sort value but one, nil when all are the same. The next
	// page begins behind it, because logs of the last moment may not all have
	// come.
	before json.RawMessage
}

// order is the newest first. Numbers of several types are compared as one;
// logs that this makes equal are all seen, as those of any one moment are.
func (p *paging) order() []any {
	list := p.group.newestFirst()
	switch p.group.kind {
	case timeLong, timeInteger, timeFloat:
		for _, by := range list {
			if field, ok := by.(object)[p.group.field].(object); ok {
				field["numeric_type"] = "double"
			}
		}
	}
	return list
}

func (p *paging) page(ctx context.Context, size int, after json.RawMessage) (findPage, error) {
	more := object{"size": size, "track_total_hits": false, "sort": p.order()}
	if after != nil {
		more["search_after"] = after
	}
	query := p.query
	if !p.q.Window.IsZero() {
		query = object{"bool": object{"filter": []any{p.query, p.group.within(p.q.Window.Padded(indexingDelay))}}}
	}
	s := &search{c: p.c, plan: p.plan}
	answer, err := p.c.search(ctx, p.indices, s.body(ctx, pass{query: query}, more))
	if err != nil {
		return findPage{}, err
	}
	var one findPage
	var last []byte
	one.page, err = readPage(answer, func(h hit) {
		if !bytes.Equal(last, h.sort) {
			one.before, last = last, h.sort
		}
		if id, ok := p.take(h); ok {
			p.traces[id] = true
		}
	})
	for _, gap := range one.gaps() {
		addGap(&p.ev, gap, false)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", p.c.net.node().base.Host, err)
	}
	return one, err
}
