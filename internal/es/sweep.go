package es

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

const (
	sliceCount = 2 // side by side; four were no faster
	keepAlive  = "1m"
	sweeps     = 3 // how often a lost PIT is opened again
	// pageBytes is about how large a page may get; documents differ in size by
	// a factor of a thousand.
	pageBytes = 32 << 20
)

// errPITGone is a search's end because the server no longer knows the PIT.
var errPITGone = errors.New("the point in time expired again and again")

// errNoPIT is a server's answer that it has no points in time to read from.
var errNoPIT = errors.New("no points in time")

// sweep gets all pages of a large answer: from a point in time, in two slices
// side by side, in the order in which the shards keep their documents. Where
// there are no points in time it scrolls.
func (s *search) sweep(ctx context.Context, ps pass, first page) error {
	size := s.pageFor(first)
	s.expect(first.total - int64(first.hits))
	for range sweeps {
		pit, err := s.c.openPIT(ctx, ps.indices)
		if err == nil {
			err = s.sweepPIT(ctx, ps, pit, size)
		}
		if errors.Is(err, errNoPIT) {
			return s.scroll(ctx, ps, size)
		}
		if !errors.Is(err, errPITGone) {
			return err
		}
		// Slices are cut by where documents lie in this very PIT. In a new one
		// they may lie elsewhere, so both start anew and skip what is had.
	}
	return fmt.Errorf("%s: %w", s.c.net.node().base.Host, errPITGone)
}

// pageFor is how many documents of the first page's kind fill a page.
func (s *search) pageFor(first page) int {
	each := max(1, first.bytes/max(1, first.hits))
	return min(s.c.pageSize, max(100, pageBytes/each))
}

// sweepPIT reads all slices, and closes the PIT however that ends.
func (s *search) sweepPIT(ctx context.Context, ps pass, pit pointInTime, size int) error {
	had := s.seen()
	var newest atomic.Value // the PIT's ID may change with every page
	newest.Store(pit.id)
	defer func() { s.c.closePIT(ctx, pointInTime{newest.Load().(string), pit.style}) }()

	slicing, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	errs := make([]error, sliceCount)
	var wg sync.WaitGroup
	for i := range sliceCount {
		wg.Go(func() {
			errs[i] = s.slice(slicing, ps, pit, sliceOf{i, size, had}, &newest)
			if errors.Is(errs[i], errPITGone) || errors.Is(errs[i], errNoPIT) {
				cancel(errs[i])
			}
		})
	}
	wg.Wait()
	if cause := context.Cause(slicing); ctx.Err() == nil && (errors.Is(cause, errPITGone) || errors.Is(cause, errNoPIT)) {
		return cause
	}
	return joinFailures(errs)
}

func joinFailures(errs []error) error {
	var failed []error
	for _, err := range errs {
		if err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return join(failed)
}

// A sliceOf is one slice's number, the size of its pages, and what was had
// before.
type sliceOf struct {
	i, size int
	had     map[docKey]bool
}

// slice reads one slice to its end. The first page counts the whole, so that a
// page that came short is noticed.
func (s *search) slice(ctx context.Context, ps pass, pit pointInTime, of sliceOf, newest *atomic.Value) error {
	var after json.RawMessage
	had := &sieve{had: of.had, overlap: pit.style == pitOpenSearch}
	got, total := int64(0), int64(-1)
	for {
		had.repeated = 0
		p, err := s.fetch(ctx, nil, s.body(ctx, ps, pit.page(of, after)), had)
		switch {
		case pitGone(err), err == nil && lostContext(p.shards):
			return errPITGone
		case after == nil && badRequest(err):
			return errNoPIT // it has them, but not in slices, or not in this order
		case err != nil:
			return err
		}
		s.note(p)
		if p.pit != "" {
			pit.id = p.pit
			newest.Store(p.pit)
		}
		if after == nil {
			total = p.total
		}
		fresh := p.hits - had.repeated
		got += int64(fresh)
		if fresh == 0 && p.hits >= of.size {
			return errNoPIT // a page's worth of documents in one place
		}
		if fresh == 0 || total >= 0 && got >= total || p.last == nil {
			if got < total {
				s.lack(got, total)
			}
			return nil
		}
		after = pit.style.after(p.last)
	}
}

// lack says that fewer documents came than the server counted.
func (s *search) lack(got, total int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gaps[fmt.Sprintf("%d of %d documents of a slice were not returned", total-got, total)] = true
}

func pitGone(err error) bool {
	var status *statusError
	return errors.As(err, &status) && status.status == http.StatusNotFound
}

func badRequest(err error) bool {
	var status *statusError
	return errors.As(err, &status) && status.status == http.StatusBadRequest
}

// lostContext reports whether single shards lost their part of the PIT.
func lostContext(s shards) bool {
	for _, f := range s.Failures {
		if f.Reason.Type == "search_context_missing_exception" {
			return true
		}
	}
	return false
}

// How long closing may take; an impatient user has interrupted.
const (
	closeTime      = 2 * time.Second
	impatientClose = 75 * time.Millisecond
)

// closing is a context of its own: what was opened is closed even after the
// search's own was cancelled.
func closing(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := closeTime
	if ctx.Err() != nil {
		limit = impatientClose
	}
	return context.WithTimeout(context.WithoutCancel(ctx), limit)
}
