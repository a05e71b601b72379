package es

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/elastic/go-elasticsearch/v8/esapi"
)

// scroll gets all pages where there are no points in time. A page of a scroll
// can be had only once: the server has moved on whether the answer arrived or
// not. So a failed page is not asked for again; the scroll starts anew and
// skips what is had.
func (s *search) scroll(ctx context.Context, ps pass, size int) error {
	_, err := s.c.net.repeat(ctx, func() ([]byte, error) {
		return nil, s.scrollOnce(ctx, ps, size)
	})
	return err
}

func (s *search) scrollOnce(ctx context.Context, ps pass, size int) error {
	had := &sieve{seen: s.seen}
	yes := true
	body := s.body(ctx, ps, object{"size": size, "track_total_hits": true, "sort": []string{"_doc"}})
	var req esapi.Request = esapi.SearchRequest{
		Index: escaped(ps.indices), Body: bytes.NewReader(body), Scroll: time.Minute,
		IgnoreUnavailable: &yes, AllowNoIndices: &yes, ExpandWildcards: "open",
	}
	cursor := ""
	defer func() { s.clearScroll(ctx, cursor) }()
	got, total := int64(0), int64(-1)
	for {
		answer, err := s.c.net.once(ctx, req)
		if err != nil {
			return restartable(err, cursor)
		}
		p, err := s.keep(answer, had)
		if err != nil {
			return err
		}
		s.note(p)
		if p.scroll != "" {
			cursor = p.scroll
		}
		total = max(total, p.total)
		got += int64(p.hits)
		if p.hits == 0 || got >= total && total >= 0 || cursor == "" {
			if got < total {
				s.lack(got, total)
			}
			return nil
		}
		req = esapi.ScrollRequest{Body: bytes.NewReader(encode(object{"scroll": keepAlive, "scroll_id": cursor}))}
	}
}

// restartable makes the loss of a running scroll an error that passes.
func restartable(err error, cursor string) error {
	var status *statusError
	if cursor != "" && errors.As(err, &status) && status.status == http.StatusNotFound {
		return &netError{host: status.host, text: "the scroll expired again and again"}
	}
	return err
}

func (s *search) clearScroll(ctx context.Context, cursor string) {
	if cursor == "" {
		return
	}
	ctx, cancel := closing(ctx)
	defer cancel()
	_, _ = s.c.net.once(ctx, esapi.ClearScrollRequest{Body: bytes.NewReader(encode(object{"scroll_id": []string{cursor}}))})
}
