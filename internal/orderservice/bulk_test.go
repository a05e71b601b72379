package orderservice

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// A fakeBulk answers bulk requests: each reply is an HTTP status, or a JSON
// list of item statuses; the last one is repeated.
type fakeBulk struct {
	replies   []string
	header    http.Header
	received  []string // _ids, in the order in which they came
	refreshed []string
}

func (f *fakeBulk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Path, "/_bulk") {
		f.refreshed = append(f.refreshed, r.URL.Path)
		_, _ = io.WriteString(w, `{}`)
		return
	}
	ids := bulkIDs(r.Body)
	f.received = append(f.received, ids...)
	reply := f.replies[0]
	if len(f.replies) > 1 {
		f.replies = f.replies[1:]
	}
	maps.Copy(w.Header(), f.header)
	var status int
	if _, err := fmt.Sscanf(reply, "%d", &status); err == nil {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"error":"so it is"}`)
		return
	}
	var statuses []int
	if err := json.Unmarshal([]byte(reply), &statuses); err != nil {
		_, _ = io.WriteString(w, reply)
		return
	}
	_ = json.NewEncoder(w).Encode(bulkReply(ids, statuses))
}

func bulkReply(ids []string, statuses []int) map[string]any {
	var items []any
	bad := false
	for i := range ids {
		st := statuses[min(i, len(statuses)-1)]
		item := map[string]any{"status": st}
		if st >= 300 {
			bad = true
			item["error"] = map[string]any{"type": "mapper_parsing_exception", "reason": "failed to parse"}
		}
		items = append(items, map[string]any{"index": item})
	}
	return map[string]any{"errors": bad, "items": items}
}

func bulkIDs(body io.Reader) (ids []string) {
	unzipped, err := gzip.NewReader(body)
	if err != nil {
		return nil
	}
	lines := bufio.NewScanner(unzipped)
	for lines.Scan() {
		var op struct {
			Index struct {
				ID string `json:"_id"`
			}
		}
		if json.Unmarshal(lines.Bytes(), &op) == nil && op.Index.ID != "" {
			ids = append(ids, op.Index.ID)
		}
	}
	return ids
}

// feed sends documents a, b and c to the fake, and notes how long it was to
// pause.
func feed(t *testing.T, f *fakeBulk) (pauses []time.Duration, err error) {
	t.Helper()
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	at := strings.Replace(srv.URL, "http://", "http://elastic:hunter2@", 1)
	s, err := NewServers(t.Context(), Endpoints{Elasticsearch: []string{at}})
	if err != nil {
		t.Fatal(err)
	}
	s.bulk.pause = func(ctx context.Context, _ int, asked time.Duration) error {
		pauses = append(pauses, asked)
		return ctx.Err()
	}
	var docs []LogDoc
	for _, id := range []string{"a", "b", "c"} {
		docs = append(docs, LogDoc{Index: "logs-1", ID: id, Source: json.RawMessage(`{"message":"x"}`)})
	}
	err = errors.Join(s.Logs(t.Context(), docs), s.Flush(t.Context()), s.Close())
	if err != nil && strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the password is in %q", err)
	}
	return pauses, err
}

func TestBulkTriesAgainWhatIsPutOff(t *testing.T) {
	for name, c := range map[string]struct {
		replies  []string
		received string
		pauses   int
	}{
		"all well":             {[]string{"[201]"}, "abc", 0},
		"one document put off": {[]string{"[201,429,201]", "[201]"}, "abcb", 1},
		"put off twice":        {[]string{"[429,201,429]", "[201,429]", "[201]"}, "abcacc", 2},
		"too many requests":    {[]string{"429", "429", "[201]"}, "abcabcabc", 2},
		"not yet up":           {[]string{"503", "[201]"}, "abcabc", 1},
		"an unreadable answer": {[]string{`{"err`, "[201]"}, "abcabc", 1},
	} {
		f := &fakeBulk{replies: c.replies}
		pauses, err := feed(t, f)
		if err != nil || strings.Join(f.received, "") != c.received || len(pauses) != c.pauses {
			t.Errorf("%s: received %v, %d pauses, error %v", name, f.received, len(pauses), err)
		}
		if strings.Join(f.refreshed, " ") != "/logs-1/_refresh" {
			t.Errorf("%s: refreshed %v", name, f.refreshed)
		}
	}
}

func TestBulkErrorsSurface(t *testing.T) {
	for name, c := range map[string]struct {
		replies []string
		want    string
	}{
		"a document refused":   {[]string{"[201,400,201]"}, "1 of 3 documents refused: index logs-1: status 400: mapper_parsing_exception: failed to parse"},
		"put off for ever":     {[]string{"[429]"}, "3 documents not indexed after 8 attempts"},
		"busy for ever":        {[]string{"429"}, "3 documents not indexed after 8 attempts: status 429"},
		"no authentication":    {[]string{"401"}, "3 documents refused: status 401"},
		"about something else": {[]string{`{"errors":true,"items":[]}`}, "an answer about 0 of 3 documents"},
	} {
		f := &fakeBulk{replies: c.replies}
		if _, err := feed(t, f); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		} else if errors.Is(err, trace.ErrRefused) != (name == "no authentication") {
			t.Errorf("%s: %v: whether the credentials were turned down", name, err)
		}
	}
}

func TestBulkWaitsAsLongAsItIsAskedTo(t *testing.T) {
	f := &fakeBulk{replies: []string{"429", "[201]"}, header: http.Header{"Retry-After": {"7"}}}
	if pauses, err := feed(t, f); err != nil || len(pauses) != 1 || pauses[0] != 7*time.Second {
		t.Errorf("pauses %v, error %v", pauses, err)
	}
}

func TestBulkGivesUpWhenToldTo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := backOff(ctx, 3, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("backOff: %v", err)
	}
}

// Nobody listens: the error comes at once, and names no password.
func TestAWrongAddressShowsAtOnce(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	host := strings.TrimPrefix(closed.URL, "http://")
	for _, to := range []Endpoints{
		{OTLP: host}, {OTLP: closed.URL}, {Elasticsearch: []string{"http://u:hunter2@" + host}},
	} {
		s, err := NewServers(t.Context(), to)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Simulate(t.Context(), testConfig(1, 12), s)
		if err == nil || !strings.Contains(err.Error(), "refused") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v", to, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestEndpointsAreChecked(t *testing.T) {
	for _, to := range []Endpoints{
		{OTLP: "ftp://x:1"},
		{OTLP: "http://"},
		{Elasticsearch: []string{"localhost:9200"}},
		{Elasticsearch: []string{"http://u:hunter2@:%zz"}},
	} {
		if _, err := NewServers(t.Context(), to); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: %v", to, err)
		}
	}
	s, err := NewServers(t.Context(), Endpoints{})
	if err != nil || s.Spans(t.Context(), nil) != nil || s.Logs(t.Context(), nil) != nil || s.Flush(t.Context()) != nil || s.Close() != nil {
		t.Errorf("sending nothing: %v", err)
	}
}
