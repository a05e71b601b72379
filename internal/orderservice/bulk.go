package orderservice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/elastic/elastic-transport-go/v8/elastictransport"
	"github.com/elastic/go-elasticsearch/v8/esapi"

	"github.com/otrace/otrace/internal/trace"
)

const (
	bulkBytes    = 4 << 20 // how much goes into one bulk request, about
	bulkAttempts = 8       // how often a document is tried
)

// A bulkIndexer indexes documents in bulk. It uses the transport rather than
// the client because the client refuses servers that are not Elastic's own.
type bulkIndexer struct {
	transport esapi.Transport
	waiting   []bulkItem
	bytes     int
	touched   map[string]struct{} // indices since the last refresh
	reached   bool                // some server has answered

	// pause waits before attempt n, or as long as the server asked for.
	pause func(ctx context.Context, attempt int, asked time.Duration) error
}

// A bulkItem is one document as a bulk request has it: two lines.
type bulkItem struct {
	index string
	lines []byte
}

func newBulkIndexer(to Endpoints) (*bulkIndexer, error) {
	urls := make([]*url.URL, len(to.Elasticsearch))
	for i, text := range to.Elasticsearch {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, errors.New("elasticsearch: an address is not http(s)://host:port")
		}
		urls[i] = u
	}
	through := to.Transport
	if through == nil {
		through = newTransport()
	}
	t, err := elastictransport.NewClient(
		elastictransport.WithURLs(urls...),
		elastictransport.WithBasicAuth(to.Username, to.Password),
		elastictransport.WithAPIKey(to.APIKey),
		elastictransport.WithTransport(through),
		elastictransport.WithCompression(),
		// Retries are decided here, for whole requests and single documents alike.
		elastictransport.WithDisableRetry(),
	)
	if err != nil {
		return nil, fmt.Errorf("elasticsearch: %w", err)
	}
	return &bulkIndexer{transport: t, touched: make(map[string]struct{}), pause: backOff}, nil
}

// add takes documents, and sends what fills a request.
func (b *bulkIndexer) add(ctx context.Context, docs []LogDoc) error {
	for _, d := range docs {
		o := &object{buf: make([]byte, 0, len(d.Source)+128)}
		o.open()
		o.key("index")
		o.open()
		o.str("_index", d.Index)
		o.str("_id", d.ID)
		o.close()
		o.close()
		o.buf = append(o.buf, '\n')
		o.buf = append(append(o.buf, d.Source...), '\n')
		b.waiting = append(b.waiting, bulkItem{d.Index, o.buf})
		b.touched[d.Index] = struct{}{}
		if b.bytes += len(o.buf); b.bytes >= bulkBytes {
			if err := b.send(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush sends the rest and makes it visible.
func (b *bulkIndexer) flush(ctx context.Context) error {
	if err := b.send(ctx); err != nil {
		return err
	}
	// The names go into the URL, which may hold 4,096 bytes.
	for names := range slices.Chunk(slices.Sorted(maps.Keys(b.touched)), 50) {
		if err := b.refresh(ctx, names); err != nil {
			return err
		}
	}
	clear(b.touched)
	return nil
}

func (b *bulkIndexer) refresh(ctx context.Context, indices []string) error {
	res, err := esapi.IndicesRefreshRequest{Index: indices}.Do(ctx, b.transport)
	if err != nil {
		return fmt.Errorf("elasticsearch: refresh: %w", withoutURL(err))
	}
	defer res.Body.Close()
	if res.IsError() {
		return fmt.Errorf("elasticsearch: refresh: %w", refusal(res))
	}
	return nil
}

// send indexes what is waiting. Documents that a busy server puts off are
// tried again by themselves; having IDs, none can be there twice.
func (b *bulkIndexer) send(ctx context.Context) error {
	items := b.waiting
	b.waiting, b.bytes = b.waiting[:0], 0
	var last error
	for attempt := 1; len(items) > 0; attempt++ {
		var asked time.Duration
		items, asked, last = b.try(ctx, items)
		if last != nil && len(items) == 0 {
			return fmt.Errorf("elasticsearch: %w", last)
		}
		if len(items) == 0 {
			return nil
		}
		if attempt == bulkAttempts {
			return fmt.Errorf("elasticsearch: %d documents not indexed after %d attempts: %w", len(items), attempt, last)
		}
		if err := b.pause(ctx, attempt, asked); err != nil {
			return fmt.Errorf("elasticsearch: %d documents not indexed: %w", len(items), errors.Join(err, last))
		}
	}
	return nil
}

// try sends the items once. It returns those to try again, and why; an error
// without items is final.
func (b *bulkIndexer) try(ctx context.Context, items []bulkItem) (again []bulkItem, asked time.Duration, err error) {
	var body bytes.Buffer
	for _, it := range items {
		body.Write(it.lines)
	}
	res, err := esapi.BulkRequest{Body: &body, FilterPath: []string{"errors", "items.*.status", "items.*.error"}}.Do(ctx, b.transport)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, 0, fmt.Errorf("%d documents not indexed: %w", len(items), ctx.Err())
	case err != nil && !b.reached: // a wrong address must show at once
		return nil, 0, fmt.Errorf("%d documents not indexed: %w", len(items), withoutURL(err))
	case err != nil:
		return items, 0, withoutURL(err)
	}
	defer res.Body.Close()
	b.reached = true
	if res.IsError() {
		if busy(res.StatusCode) {
			return items, retryAfter(res.Header), refusal(res)
		}
		if res.StatusCode == http.StatusUnauthorized || res.StatusCode == http.StatusForbidden {
			return nil, 0, fmt.Errorf("%d documents %w: %w", len(items), trace.ErrRefused, refusal(res))
		}
		return nil, 0, fmt.Errorf("%d documents refused: %w", len(items), refusal(res))
	}
	var answer bulkAnswer
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return items, 0, fmt.Errorf("an unreadable answer: %w", err)
	}
	again, err = answer.sort(items)
	return again, 0, err
}

// A bulkAnswer is what matters of a bulk request's answer.
type bulkAnswer struct {
	Errors bool                        `json:"errors"`
	Items  []map[string]bulkItemAnswer `json:"items"`
}

type bulkItemAnswer struct {
	Status int `json:"status"`
	Error  struct {
		Type, Reason string
	} `json:"error"`
}

// sort returns the items to try again. When any was refused for good, there is
// no point in trying the others: it returns that error and no items.
func (a bulkAnswer) sort(items []bulkItem) (again []bulkItem, err error) {
	if !a.Errors {
		return nil, nil
	}
	if len(a.Items) != len(items) {
		return nil, fmt.Errorf("an answer about %d of %d documents", len(a.Items), len(items))
	}
	refused := 0
	var final error
	for i, ops := range a.Items {
		r := ops["index"]
		why := fmt.Errorf("index %s: status %d: %s: %s", items[i].index, r.Status, r.Error.Type, r.Error.Reason)
		switch {
		case r.Status < 300:
		case busy(r.Status):
			again, err = append(again, items[i]), why
		default:
			refused++
			final = why
		}
	}
	if refused > 0 {
		return nil, fmt.Errorf("%d of %d documents refused: %w", refused, len(items), final)
	}
	return again, err
}

// busy reports whether a status means to try again.
func busy(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusBadGateway ||
		status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// refusal is the server's own reason, cut short.
func refusal(res *esapi.Response) error {
	text, _ := io.ReadAll(io.LimitReader(res.Body, 300)) // the status says enough without
	return fmt.Errorf("status %d: %s", res.StatusCode, strings.TrimSpace(strconv.QuoteToGraphic(string(text))))
}

// withoutURL is a failed request's reason without its URL, which may hold a
// password.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// retryAfter is how long the server asked to be left alone, in whole seconds.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return time.Duration(min(seconds, 30)) * time.Second
}

// backOff waits 100 ms, doubled with each attempt up to 5 s, give or take a
// half, or as long as the server asked for.
func backOff(ctx context.Context, attempt int, asked time.Duration) error {
	d := min(100*time.Millisecond<<(attempt-1), 5*time.Second)
	d = d/2 + rand.N(d)
	t := time.NewTimer(max(d, asked))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
