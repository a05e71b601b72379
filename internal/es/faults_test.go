package es

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

func reasons(ev trace.Evidence) string {
	var texts []string
	for _, g := range ev.Gaps {
		texts = append(texts, g.Source+": "+g.Reason)
	}
	return strings.Join(texts, " | ")
}

func TestSmallAnswerIsOneSearch(t *testing.T) {
	f := newFakeES(t, 7)
	ev, err := f.logs(t, t.Context(), nil)
	f.whole(t, ev, err)
	if len(f.bodies) != 5 || f.counts["search"] != 1 {
		t.Errorf("asked %d times: %v", len(f.bodies), f.bodies)
	}
}

func TestLargeAnswer(t *testing.T) {
	f := newFakeES(t, 87)
	ev, err := f.logs(t, t.Context(), nil)
	f.whole(t, ev, err)
}

func TestPlanIsKept(t *testing.T) {
	f := newFakeES(t, 1)
	now := time.Unix(0, 0)
	c := f.client(t, func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	id, err := trace.ParseID(realID)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		ev, err := c.Logs(t.Context(), id, nil)
		f.whole(t, ev, err)
	}
	now = now.Add(plansKeptFor)
	if _, err := c.Logs(t.Context(), id, nil); err != nil || f.counts["caps"] != 2 {
		t.Errorf("asked for fields %d times; %v", f.counts["caps"], err)
	}
}

func TestBusyServers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		header string
		times  int
		waits  []time.Duration
	}{
		"429":                   {429, "", 3, []time.Duration{200e6, 400e6, 800e6}},
		"429 with Retry-After":  {429, "3", 2, []time.Duration{3e9, 3e9}},
		"an absurd Retry-After": {429, "86400", 1, []time.Duration{30e9}},
		"503 three times":       {503, "", 3, []time.Duration{200e6, 400e6, 800e6}},
		"502":                   {502, "", 1, []time.Duration{200e6}},
		"504":                   {504, "", 1, []time.Duration{200e6}},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeES(t, 35)
			f.before = func(kind string, n int, w http.ResponseWriter, _ *http.Request) bool {
				if kind != "search" || n >= c.times {
					return false
				}
				w.Header().Set("Retry-After", c.header)
				return fail(w, c.status, "busy")
			}
			ev, err := f.logs(t, t.Context(), nil)
			f.whole(t, ev, err)
			if !slices.Equal(f.waits, c.waits) {
				t.Errorf("waited %v, want %v", f.waits, c.waits)
			}
		})
	}
}

func TestBusyForEver(t *testing.T) {
	f := newFakeES(t, 35)
	f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		return fail(w, 503, "no master")
	}
	_, err := f.logs(t, t.Context(), nil)
	if want := "elasticsearch: " + f.host(t) + ": 503 Service Unavailable: no master"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if f.counts["caps"] != busyAttempts {
		t.Errorf("asked %d times", f.counts["caps"])
	}
}

// A server that breaks down after the first pages leaves what it gave, and a gap.
func TestBusyHalfway(t *testing.T) {
	f := newFakeES(t, 87)
	f.before = func(kind string, n int, w http.ResponseWriter, _ *http.Request) bool {
		return kind == "page" && n >= 4 && fail(w, 429, "circuit breaker")
	}
	ev, err := f.logs(t, t.Context(), nil)
	if err != nil || len(ev.Logs) < 40 || len(ev.Logs) >= 87 {
		t.Errorf("%d logs, %v", len(ev.Logs), err)
	}
	if want := "elasticsearch: " + f.host(t) + ": 429 Too Many Requests: circuit breaker"; reasons(ev) != want {
		t.Errorf("gaps %q, want %q", reasons(ev), want)
	}
	f.closed(t)
}

// The server's own reason outranks the deadline's.
func TestBusyUntilTheDeadline(t *testing.T) {
	f := newFakeES(t, 1)
	f.before = func(_ string, _ int, w http.ResponseWriter, _ *http.Request) bool { return fail(w, 429, "busy") }
	ctx, cancel := context.WithCancelCause(t.Context())
	_, err := f.logs(t, ctx, func(cfg *Config) {
		cfg.Wait = func(ctx context.Context, _ time.Duration) error {
			cancel(nil)
			return ctx.Err()
		}
	})
	if err == nil || !strings.Contains(err.Error(), "429 Too Many Requests: busy") || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	late, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	f.before = func(_ string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("Retry-After", "5")
		return fail(w, 429, "busy")
	}
	if _, err = f.logs(t, late, nil); err == nil || !strings.Contains(err.Error(), "429") || late.Err() != nil {
		t.Errorf("%v, after %v", err, late.Err())
	}
}

func TestPartialAnswers(t *testing.T) {
	for name, c := range map[string]struct{ from, to, gap string }{
		"shards": {
			`"failed":0`, `"failed":2,"failures":[{"shard":0,"index":"logs","reason":{"type":"x","reason":"failed to parse field","caused_by":{"type":"y","reason":"no number\u001b[31m"}}}]`,
			"elasticsearch: 2 of 1 shards failed in logs: failed to parse field: no number␛[31m",
		},
		"timed out": {`"timed_out":false`, `"timed_out":true`, "elasticsearch: the search timed out on the server: incomplete"},
		"clusters":  {`"timed_out":false`, `"_clusters":{"total":3,"successful":2,"skipped":1}`, "elasticsearch: 1 of 3 clusters were skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFakeES(t, 5)
			f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
				if kind != "search" {
					return false
				}
				fmt.Fprint(w, strings.Replace(f.page(0, 1, 0, 10, ""), c.from, c.to, 1))
				return true
			}
			ev, err := f.logs(t, t.Context(), nil)
			if err != nil || len(ev.Logs) != 5 || reasons(ev) != c.gap {
				t.Errorf("%d logs, %v, gaps %q, want %q", len(ev.Logs), err, reasons(ev), c.gap)
			}
		})
	}
}

// Both slices start anew in a new PIT; what they had is not doubled.
func TestExpiredPIT(t *testing.T) {
	for _, at := range []int{0, 1, 4, 7} {
		f := newFakeES(t, 87)
		f.before = func(kind string, n int, _ http.ResponseWriter, _ *http.Request) bool {
			if kind == "page" && n == at {
				f.mu.Lock()
				clear(f.open)
				f.mu.Unlock()
			}
			return false
		}
		ev, err := f.logs(t, t.Context(), nil)
		f.whole(t, ev, err)
		if f.counts["pit"] != 2 {
			t.Errorf("opened %d", f.counts["pit"])
		}
	}
}

func TestPITThatAlwaysExpires(t *testing.T) {
	f := newFakeES(t, 87)
	f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		if kind == "page" {
			gone(w)
		}
		return kind == "page"
	}
	ev, err := f.logs(t, t.Context(), nil)
	if err != nil || len(ev.Logs) != 10 || !strings.Contains(reasons(ev), "expired again and again") {
		t.Errorf("%d logs, %v, %s", len(ev.Logs), err, reasons(ev))
	}
	f.closed(t)
}

// The PIT's ID changes with every page; the newest is used.
func TestNewestPIT(t *testing.T) {
	f := newFakeES(t, 45)
	ev, err := f.logs(t, t.Context(), nil)
	f.whole(t, ev, err)
	versions := make(map[string]bool)
	for _, body := range f.bodies {
		for _, v := range []string{"pit1.0", "pit1.1", "pit1.2"} {
			if strings.HasPrefix(body, "page ") && strings.Contains(body, v) {
				versions[v] = true
			}
		}
	}
	if len(versions) != 3 {
		t.Errorf("used %v", versions)
	}
}

func TestBrokenJSON(t *testing.T) {
	f := newFakeES(t, 5)
	whole := f.page(0, 1, 0, 10, "")
	cut := strings.Index(whole, `"m3"`)
	f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		if kind == "search" {
			fmt.Fprint(w, whole[:cut])
		}
		return kind == "search"
	}
	ev, err := f.logs(t, t.Context(), nil)
	want := fmt.Sprintf("elasticsearch: %s: the answer is broken: invalid JSON at byte %d: unexpected end", f.host(t), cut)
	if err != nil || len(ev.Logs) != 3 || reasons(ev) != want {
		t.Errorf("%d logs, %v, gaps %q, want %q", len(ev.Logs), err, reasons(ev), want)
	}
}

// A connection that breaks within an answer is tried again.
func TestCutConnection(t *testing.T) {
	f := newFakeES(t, 87)
	f.before = func(kind string, n int, w http.ResponseWriter, _ *http.Request) bool {
		if kind != "page" || n != 2 {
			return false
		}
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"hits":`)
		panic(http.ErrAbortHandler)
	}
	ev, err := f.logs(t, t.Context(), nil)
	f.whole(t, ev, err)
}

func TestRefused(t *testing.T) {
	for status, reason := range map[int]string{
		401: "unable to authenticate user [bob] with s3cret",
		403: "action [indices:data/read/search] is unauthorized for user [bob] on indices [audit]",
	} {
		f := newFakeES(t, 5)
		f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool { return fail(w, status, reason) }
		_, err := f.logs(t, t.Context(), func(cfg *Config) {
			cfg.URLs = []string{strings.Replace(f.URL, "://", "://bob:s3cret@", 1)}
		})
		if !errors.Is(err, trace.ErrRefused) || strings.Count(err.Error(), "elasticsearch") != 1 || strings.Contains(err.Error(), "s3cret") {
			t.Error(err)
		}
		if status == 403 && !strings.Contains(err.Error(), "[audit]") || !strings.Contains(err.Error(), f.host(t)) {
			t.Error(err)
		}
		if f.counts["caps"] != 1 || f.auth != "Basic Ym9iOnMzY3JldA==" {
			t.Errorf("asked %d times as %q", f.counts["caps"], f.auth)
		}
	}
}

// A page to log in on, which proxies send with 200, is told for what it is.
func TestWebPage(t *testing.T) {
	f := newFakeES(t, 5)
	f.before = func(_ string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		fmt.Fprint(w, "\n<!DOCTYPE html><title>Sign in</title>")
		return true
	}
	if _, err := f.logs(t, t.Context(), nil); err == nil || !strings.Contains(err.Error(), "the answer is a web page") {
		t.Error(err)
	}
}

// Refused only where the pages come from: what was had is shown, and the gap
// tells of the refusal.
func TestRefusedHalfway(t *testing.T) {
	f := newFakeES(t, 35)
	f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		return (kind == "pit" || kind == "scroll") && fail(w, 403, "no [audit]")
	}
	ev, err := f.logs(t, t.Context(), nil)
	if err != nil || len(ev.Logs) != 10 || len(ev.Gaps) != 1 || !ev.Gaps[0].Refused {
		t.Errorf("%d logs, %v, %+v", len(ev.Logs), err, ev.Gaps)
	}
}

func TestCertificates(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"indices":[],"fields":{}}`) }))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	id, err := trace.ParseID(realID)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(change func(*Config)) error {
		cfg := Config{URLs: []string{server.URL}, Wait: func(context.Context, time.Duration) error { return errors.New("waited") }}
		change(&cfg)
		c, err := New(cfg)
		if err != nil {
			return err
		}
		_, err = c.Logs(t.Context(), id, nil)
		return err
	}
	if err := ask(func(*Config) {}); err == nil || !strings.Contains(err.Error(), "certificate") || !strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(err.Error(), "waited") {
		t.Error(err)
	}
	if err := ask(func(c *Config) { c.Insecure = true }); err != nil {
		t.Error(err)
	}
	if err := ask(func(c *Config) { c.Fingerprint = strings.Repeat("ab", 32) }); err == nil || !strings.Contains(err.Error(), "fingerprint") {
		t.Error(err)
	}
	if err := ask(func(c *Config) { c.Fingerprint = "short" }); err == nil {
		t.Error("a short fingerprint was taken")
	}
	if err := ask(func(c *Config) { c.CACert = []byte("junk") }); err == nil {
		t.Error("junk was taken for a certificate")
	}
}

// A server that never answers does not outlast the deadline or an interrupt.
func TestHangs(t *testing.T) {
	for _, hangs := range []string{"caps", "search", "pit", "page"} {
		f := newFakeES(t, 87)
		ctx, cancel := context.WithCancel(t.Context())
		f.before = func(kind string, n int, _ http.ResponseWriter, r *http.Request) bool {
			if kind != hangs || kind == "page" && n < 3 {
				return false
			}
			cancel()
			<-r.Context().Done()
			return true
		}
		ev, err := f.logs(t, ctx, nil) // the server never answers: that it returns is the test
		if hangs == "caps" || hangs == "search" {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", hangs, err)
			}
			continue
		}
		if err != nil || len(ev.Logs) < 10 || !strings.Contains(reasons(ev), "interrupted") {
			t.Errorf("%s: %d logs, %v, %s", hangs, len(ev.Logs), err, reasons(ev))
		}
		f.closed(t)
	}
	f := newFakeES(t, 1)
	f.before = func(_ string, _ int, _ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := f.logs(t, ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// Nothing found tells where it was looked for.
func TestNothingFound(t *testing.T) {
	f := newFakeES(t, 0)
	ev, err := f.logs(t, t.Context(), nil)
	f.whole(t, ev, err)
	if !slices.Equal(ev.Searched.Indices, []string{"logs"}) || !slices.Equal(ev.Searched.Fields, []string{"message", "trace_id"}) {
		t.Errorf("searched %+v", ev.Searched)
	}
}

// A redirect is not followed: credentials stay where they belong.
func TestRedirect(t *testing.T) {
	elsewhere, f := newFakeES(t, 1), newFakeES(t, 1)
	f.before = func(_ string, _ int, w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		return true
	}
	_, err := f.logs(t, t.Context(), func(cfg *Config) { cfg.APIKey = "key" })
	if err == nil || !strings.Contains(err.Error(), "302 Found") || len(elsewhere.bodies) > 0 {
		t.Error(err)
	}
}

// Without points in time it scrolls; a page that was lost on the way is never
// skipped.
func TestScroll(t *testing.T) {
	f := newFakeES(t, 87)
	f.before = func(kind string, n int, w http.ResponseWriter, _ *http.Request) bool {
		switch {
		case kind == "pit":
			return fail(w, 405, "no handler")
		case kind == "scroll" && n == 3:
			panic(http.ErrAbortHandler)
		case kind == "scroll" && n == 6:
			gone(w)
			return true
		}
		return false
	}
	ev, err := f.logs(t, t.Context(), nil)
	f.whole(t, ev, err)
	if f.counts["clear"] != 3 {
		t.Errorf("cleared %d", f.counts["clear"])
	}
}

// A cluster that takes fewer clauses than usual is asked in more queries,
// whether it says so as a whole or shard by shard.
func TestFewClauses(t *testing.T) {
	const words = "Query contains too many nested clauses; maxClauseCount is set to 100"
	for name, refuse := range map[string]func(w http.ResponseWriter){
		"400": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"error":{"root_cause":[{"type":"too_many_nested_clauses","reason":"`+words+`"}]},"status":400}`)
		},
		"shards": func(w http.ResponseWriter) {
			fmt.Fprint(w, `{"_shards":{"total":2,"failed":1,"failures":[{"index":"logs","reason":{"type":"query_shard_exception","reason":"`+words+`"}}]},"hits":{"total":1,"hits":[{"_index":"logs","_id":"0","_source":{"trace_id":"`+realID+`"}}]}}`)
		},
	} {
		f, src := newFakeES(t, 5), atNoon()
		var fields []string
		for i := range 30 {
			fields = append(fields, fmt.Sprintf(`"t%02d.trace_id":{"text":{"searchable":true}}`, i))
		}
		f.before = func(kind string, _ int, w http.ResponseWriter, r *http.Request) bool {
			switch {
			case kind == "caps":
				fmt.Fprint(w, `{"indices":["logs"],"fields":{`+strings.Join(fields, ",")+`}}`)
			case kind == "search" && strings.Count(bodyOf(t, r), ".trace_id") > 100:
				refuse(w)
			default:
				return false
			}
			return true
		}
		ev, err := f.logsNear(t, src, nil)
		f.whole(t, ev, err)
		if len(ev.Warnings) > 0 {
			t.Errorf("%s: warned %q", name, ev.Warnings)
		}
	}
}

// Who may search and not ask for fields is served by their usual names, and is
// told so; where these find nothing, that is no answer.
func TestFieldsForbidden(t *testing.T) {
	for docs, want := range map[int]string{3: "", 0: "refused: 403 Forbidden: not yours"} {
		f := newFakeES(t, docs)
		f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
			return kind == "caps" && fail(w, 403, "not yours")
		}
		ev, err := f.logs(t, t.Context(), nil)
		if docs > 0 {
			if f.whole(t, ev, err); len(ev.Warnings) != 1 || !strings.Contains(ev.Warnings[0], "usual names only") {
				t.Errorf("warned %q", ev.Warnings)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, trace.ErrRefused) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// Points in time that are forbidden, or too many already, are done without.
func TestNoPITToHave(t *testing.T) {
	for _, status := range []int{403, 429, 500} {
		f := newFakeES(t, 87)
		f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
			return kind == "pit" && fail(w, status, "no")
		}
		ev, err := f.logs(t, t.Context(), nil)
		f.whole(t, ev, err)
	}
}

// A proxy that takes short URLs only is asked for fewer fields at a time.
func TestShortURLs(t *testing.T) {
	f := newFakeES(t, 7)
	f.before = func(_ string, _ int, w http.ResponseWriter, r *http.Request) bool {
		if len(r.URL.RequestURI()) > 1000 {
			w.WriteHeader(http.StatusRequestURITooLong)
			return true
		}
		return false
	}
	ev, err := f.logs(t, t.Context(), nil)
	f.whole(t, ev, err)
}
