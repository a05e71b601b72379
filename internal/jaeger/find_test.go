package jaeger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// A fakeStore answers HTTP api/v3 as storages do that no real server here has.
// Its traces have one span each.
type fakeStore struct {
	needsService bool          // without one it refuses
	heeds        bool          // attributes matter
	most         int           // it refuses to return more traces
	widest       time.Duration // it refuses a longer window
	fail         func(r *http.Request) *page

	mu     sync.Mutex
	asked  []*http.Request
	traces []fakeTrace
}

type fakeTrace struct {
	service string
	at      int64
	attrs   map[string]string
}

func (f *fakeStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, r)
	if f.fail != nil {
		if p := f.fail(r); p != nil {
			p.write(w)
			return
		}
	}
	switch r.URL.Path {
	case "/api/v3/services":
		list, _ := json.Marshal(f.services())
		fmt.Fprintf(w, `{"services":%s}`, list)
	case "/api/v3/traces":
		f.search(r).write(w)
	default:
		http.NotFound(w, r)
	}
}

func (f *fakeStore) services() []string {
	var list []string
	for _, t := range f.traces {
		if !slices.Contains(list, t.service) {
			list = append(list, t.service)
		}
	}
	return list
}

func (f *fakeStore) search(r *http.Request) page {
	q := r.URL.Query()
	from, _ := time.Parse(time.RFC3339Nano, q.Get("query.start_time_min"))
	until, _ := time.Parse(time.RFC3339Nano, q.Get("query.start_time_max"))
	depth, _ := strconv.Atoi(q.Get("query.search_depth"))
	service := q.Get("query.service_name")
	switch {
	case f.needsService && service == "":
		return refusal("service name is required")
	case f.most > 0 && depth > f.most:
		return refusal("search depth must be greater than 0 and less than max traces")
	case f.widest > 0 && until.Sub(from) > f.widest:
		return refusal("An HTTP line is larger than 4096 bytes. [type=too_long_http_line_exception]")
	}
	var tags map[string]string
	_ = json.Unmarshal([]byte(q.Get("query.attributes")), &tags)
	var spans []string
	for i := len(f.traces) - 1; i >= 0 && len(spans) < depth; i-- {
		t := f.traces[i]
		within := t.at >= from.UnixNano() && t.at <= until.UnixNano()
		if within && (service == "" || service == t.service) && (!f.heeds || t.has(tags)) {
			spans = append(spans, t.json(i))
		}
	}
	if len(spans) == 0 {
		return page{404, notFoundV3}
	}
	return page{200, `{"result":{"resourceSpans":[` + strings.Join(spans, ",") + `]}}`}
}

func refusal(text string) page {
	return page{500, fmt.Sprintf(`{"error":{"httpCode":500,"message":%q}}`, text)}
}

func (t fakeTrace) has(tags map[string]string) bool {
	for key, value := range tags {
		if t.attrs[key] != value {
			return false
		}
	}
	return true
}

func (t fakeTrace) json(i int) string {
	var attrs []string
	for key, value := range t.attrs {
		attrs = append(attrs, fmt.Sprintf(`{"key":%q,"value":{"stringValue":%q}}`, key, value))
	}
	return fmt.Sprintf(`{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":%q}}]},"scopeSpans":[{"spans":[{"traceId":"%032x","spanId":"%016x","name":"op","startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[%s]}]}]}`,
		t.service, i+1, i+1, t.at, t.at+1000, strings.Join(attrs, ","))
}

// epoch is when the fake traces are, and thereby now.
var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fill makes traces, one a second before epoch, the newest last.
func (f *fakeStore) fill(n int, attrs func(i int) map[string]string) *fakeStore {
	for i := range n {
		f.traces = append(f.traces, fakeTrace{fmt.Sprint("service-", i%3), epoch.Add(-time.Duration(n-i) * time.Second).UnixNano(), attrs(i)})
	}
	return f
}

func numbered(i int) map[string]string { return map[string]string{"n": strconv.Itoa(i)} }

func (f *fakeStore) client(t *testing.T) *Client {
	return newClient(t, Config{URL: newFakeHTTP(t, f.ServeHTTP).URL, Now: func() time.Time { return epoch }})
}

// finds checks how many traces a search finds, and what it says is missing.
func finds(t *testing.T, c *Client, q trace.Query, traces int, gap string) trace.Found {
	t.Helper()
	found, err := c.FindSpans(t.Context(), q)
	gaps := fmt.Sprint(found.Gaps)
	if err != nil || len(found.Traces) != traces || (gap == "") != (len(found.Gaps) == 0) || !strings.Contains(gaps, gap) {
		t.Fatalf("%d traces, %v, %v\nwant %d, %s", len(found.Traces), err, found.Gaps, traces, gap)
	}
	return found
}

// Full answers are cut in two until all is had, whatever the storage refuses.
func TestFindCutsWhatIsFull(t *testing.T) {
	const n = 3*mostDepth + 7
	for name, store := range map[string]*fakeStore{
		"plain":          {heeds: true},
		"few at a time":  {heeds: true, most: 60},
		"short windows":  {heeds: true, widest: 10 * time.Hour},
		"needs services": {heeds: true, needsService: true},
	} {
		t.Run(name, func(t *testing.T) {
			c := store.fill(n, numbered).client(t)
			finds(t, c, trace.Query{Window: trace.Window{From: epoch.Add(-24 * time.Hour).UnixNano()}}, n, "")
			found := finds(t, c, trace.Query{Limit: 4}, 4, "")
			if found.Traces[0].Start != epoch.Add(-time.Second).UnixNano() || found.Traces[3].Start != epoch.Add(-4*time.Second).UnixNano() {
				t.Errorf("not the newest: %+v", found.Traces)
			}
		})
	}
}

// Many traces of one moment cannot be told apart by windows; that is said.
func TestFindCrowd(t *testing.T) {
	store := &fakeStore{}
	for range mostDepth + 1 {
		store.traces = append(store.traces, fakeTrace{"s", epoch.UnixNano(), nil})
	}
	store.fill(5, numbered)
	finds(t, store.client(t), trace.Query{}, mostDepth+5, "more than 500 traces within a millisecond at 2026-03-01T12:00:00Z: some are missing")
}

// A server that does not regard attributes is searched all the same: what it
// returns is sifted here, and the server is not asked in ways that it ignores.
func TestFindSifts(t *testing.T) {
	store := (&fakeStore{}).fill(900, numbered)
	c := store.client(t)
	q := trace.Query{Conditions: []trace.Condition{{Key: "n", Value: "3"}}, Limit: 10}
	found := finds(t, c, q, 1, "")
	if found.Traces[0].ID != (trace.ID{Lo: 4}) || !found.Traces[0].BySpans || found.Traces[0].Service != "service-0" {
		t.Errorf("%+v", found.Traces)
	}
	store.asked = nil
	finds(t, c, q, 1, "")
	for _, r := range store.asked {
		if r.URL.Query().Has("query.attributes") {
			t.Errorf("asked for attributes again: %s", r.URL)
		}
	}
}

// One that does is asked for every spelling of the key.
func TestFindSpells(t *testing.T) {
	store := (&fakeStore{heeds: true, needsService: true}).fill(40, func(i int) map[string]string {
		return map[string]string{[]string{"order.id", "order_id", "order-id", "other"}[i%4]: "x"}
	})
	c := store.client(t)
	finds(t, c, trace.Query{Conditions: []trace.Condition{{Key: "order-id", Value: "x"}}}, 30, "")
	finds(t, c, trace.Query{Conditions: []trace.Condition{{Key: "order.id", Value: "x"}}, Service: "service-1"}, 7, "")
}

func TestSpell(t *testing.T) {
	text := func(conditions string, inMemory bool) string {
		var list []trace.Condition
		for pair := range strings.FieldsSeq(conditions) {
			key, value, _ := strings.Cut(pair, "=")
			list = append(list, trace.Condition{Key: key, Value: value})
		}
		forms, left := spell(list, inMemory)
		var texts []string
		for _, f := range forms {
			texts = append(texts, fmt.Sprint(f.tags)+map[bool]string{true: "?"}[f.doubtful])
		}
		if len(texts) > 3 {
			texts = append(texts[:3], fmt.Sprint(len(forms)))
		}
		return fmt.Sprint(strings.Join(texts, " "), " ", left)
	}
	for _, tt := range []struct {
		conditions string
		inMemory   bool
		want       string
	}{
		{"", false, "[] 0"},
		{"id=7", false, "[id=7] 0"},
		{"order.id=7", false, "[order.id=7] [order_id=7] 0"},
		{"http.status_code=7", false, "[http.status_code=7] [http.status.code=7] [http_status_code=7] 0"},
		{"a.b=1 c_d=2", false, "[a.b=1 c_d=2] [a.b=1 c.d=2] [a_b=1 c_d=2] 4 0"},
		{"a.1=1 a.2=1 a.3=1 a.4=1 a.5=1", false, "[a.1=1 a.2=1 a.3=1 a.4=1 a.5=1] [a_1=1 a_2=1 a_3=1 a_4=1 a_5=1] [a.1=1 a.2=1 a.3=1 a.4=1 a_5=1] 16 16"},
		{"error=true", false, "[error=true] [otel.status_code=ERROR] 0"},
		{"error=true", true, "[] 0"},
		{"error=true id=7", true, "[id=7] 0"},
		{"status=error", false, "[error=true] [status=error] [otel.status_code=ERROR] 0"},
		{"error=false", false, "[error=false] 0"},
		{"q=a+b?", false, `[q=a\+b\?] [q=a+b?]? 0`},
		{"q=a+b?", true, "[q=a+b?] 0"},
	} {
		if got := text(tt.conditions, tt.inMemory); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.conditions, got, tt.want)
		}
	}
}

// What cannot be asked is an error when nothing was found, and else a gap.
func TestFindFaults(t *testing.T) {
	broken := func(service string) func(*http.Request) *page {
		return func(r *http.Request) *page {
			if r.URL.Path == "/api/v3/traces" && strings.HasPrefix(r.URL.Query().Get("query.service_name"), service) {
				return &page{500, `{"error":{"httpCode":500,"message":"no shard"}}`}
			}
			return nil
		}
	}
	store := (&fakeStore{needsService: true, fail: broken("service-1")}).fill(30, numbered)
	finds(t, store.client(t), trace.Query{}, 20, "the server answered 500: no shard")

	store = (&fakeStore{fail: broken("")}).fill(30, numbered)
	if _, err := store.client(t).FindSpans(t.Context(), trace.Query{}); fmt.Sprint(err) != "jaeger: the server answered 500: no shard" {
		t.Error(err)
	}
	store.fail = func(*http.Request) *page { return &page{401, "who are you"} }
	if _, err := store.client(t).FindSpans(t.Context(), trace.Query{}); !errors.Is(err, trace.ErrRefused) {
		t.Error(err)
	}
	found, err := (&fakeStore{}).client(t).FindSpans(t.Context(), trace.Query{Window: trace.Window{From: 2, Until: 1}})
	if err != nil || len(found.Traces) != 0 {
		t.Errorf("an empty window: %v %v", found, err)
	}
}

// What was found before the time was up is returned, and that there is more.
func TestFindInTime(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	store := (&fakeStore{}).fill(mostDepth+50, numbered)
	release := make(chan struct{})
	defer close(release)
	store.fail = func(*http.Request) *page {
		if len(store.asked) == 3 {
			cancel()
			<-release
		}
		return nil
	}
	c := store.client(t)
	if _, err := c.FindSpans(ctx, trace.Query{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// After the deadline what came stands.
func TestFindPartly(t *testing.T) {
	store := (&fakeStore{}).fill(mostDepth+50, numbered)
	store.fail = func(r *http.Request) *page {
		if len(store.asked) >= 3 {
			<-r.Context().Done()
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	found, err := store.client(t).FindSpans(ctx, trace.Query{})
	if err != nil || len(found.Traces) != mostDepth || len(found.Gaps) != 1 || !strings.Contains(found.Gaps[0].Reason, "only 500 traces came: no answer from") {
		t.Errorf("%d traces, %v, %v", len(found.Traces), err, found.Gaps)
	}
}

// An open window looks a little ahead, for clocks that are fast, and says how
// far back it looked.
func TestFindOpenWindow(t *testing.T) {
	store := &fakeStore{}
	for _, ago := range []time.Duration{-2 * time.Hour, -time.Minute, time.Minute, 89 * day, 91 * day} {
		store.traces = append(store.traces, fakeTrace{"s", epoch.Add(-ago).UnixNano(), nil})
	}
	c := store.client(t)
	found := finds(t, c, trace.Query{}, 3, "")
	if len(found.Warnings) != 1 || !strings.Contains(found.Warnings[0], "only 90 days were searched") {
		t.Error(found.Warnings)
	}
	found = finds(t, c, trace.Query{Window: trace.Window{From: epoch.Add(-100 * day).UnixNano()}}, 4, "")
	if len(found.Warnings) != 0 {
		t.Error(found.Warnings)
	}
}
