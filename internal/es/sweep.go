package es

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"
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

// sweep gets all pages of a large answer: from a point in time, in two slices
// side by side, in the order in which the shards keep their documents. Where
// there are no points in time it scrolls.
func (s *search) sweep(ctx context.Context, first page) error {
	size := s.pageFor(first)
	for range sweeps {
		pit, err := s.openPIT(ctx)
		if err != nil {
			if noPIT(err) {
				return s.scroll(ctx, size)
			}
			return err
		}
		if err = s.sweepPIT(ctx, pit, size); !errors.Is(err, errPITGone) {
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

// noPIT reports whether the server does not know of points in time, rather
// than that it failed: OpenSearch, and Elasticsearch before 7.10.
func noPIT(err error) bool {
	var status *statusError
	if !errors.As(err, &status) {
		return false
	}
	switch status.status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusServiceUnavailable:
		return true // 503: a shard is away; a scroll does without it, and says so
	}
	return false
}

func (s *search) openPIT(ctx context.Context) (string, error) {
	yes := true
	answer, err := s.c.net.call(ctx, func() esapi.Request {
		return esapi.OpenPointInTimeRequest{Index: escaped(s.patterns), KeepAlive: keepAlive, IgnoreUnavailable: &yes, ExpandWildcards: "open"}
	})
	if err != nil {
		return "", err
	}
	var opened struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(answer, &opened); err != nil || opened.ID == "" {
		return "", fmt.Errorf("%s: the answer about a point in time cannot be read", s.c.net.node().base.Host)
	}
	return opened.ID, nil
}

// sweepPIT reads all slices, and closes the PIT however that ends.
func (s *search) sweepPIT(ctx context.Context, pit string, size int) error {
	had := s.seen()
	var newest atomic.Value // the PIT's ID may change with every page
	newest.Store(pit)
	defer func() { s.closePIT(ctx, newest.Load().(string)) }()

	slicing, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	errs := make([]error, sliceCount)
	var wg sync.WaitGroup
	for i := range sliceCount {
		wg.Go(func() {
			errs[i] = s.slice(slicing, i, size, pit, &newest, had)
			if errors.Is(errs[i], errPITGone) {
				cancel(errPITGone)
			}
		})
	}
	wg.Wait()
	if errors.Is(context.Cause(slicing), errPITGone) && ctx.Err() == nil {
		return errPITGone
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

// slice reads one slice to its end. The first page counts the whole, so that a
// page that came short is noticed.
func (s *search) slice(ctx context.Context, i, size int, pit string, newest *atomic.Value, had map[docKey]bool) error {
	var after json.RawMessage
	got, total := int64(0), int64(-1)
	for {
		more := object{
			"size": size, "track_total_hits": after == nil, "sort": []any{object{"_shard_doc": "asc"}},
			"pit": object{"id": pit, "keep_alive": keepAlive}, "slice": object{"id": i, "max": sliceCount},
		}
		if after != nil {
			more["search_after"] = after
		}
		p, err := s.fetch(ctx, nil, s.body(ctx, more), had)
		if err != nil {
			if pitGone(err) {
				return errPITGone
			}
			return err
		}
		if lostContext(p.shards) {
			return errPITGone
		}
		s.note(p)
		if p.pit != "" {
			pit = p.pit
			newest.Store(pit)
		}
		if after == nil {
			total = p.total
		}
		got += int64(p.hits)
		if p.hits == 0 || total >= 0 && got >= total || p.last == nil {
			if got < total {
				s.lack(got, total)
			}
			return nil
		}
		after = p.last
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

func (s *search) closePIT(ctx context.Context, pit string) {
	ctx, cancel := closing(ctx)
	defer cancel()
	// It closes by itself within a minute; a failure is not worth a word.
	_, _ = s.c.net.once(ctx, esapi.ClosePointInTimeRequest{Body: bytes.NewReader(encode(object{"id": pit}))})
}
