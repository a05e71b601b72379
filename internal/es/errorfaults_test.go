package es

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// failing makes every document of a fake an error log.
func failing(f *fakeES) *fakeES {
	f.source = func(i int) string { return fmt.Sprintf(`{"level":"error","message":"payment %d failed"}`, i) }
	return f
}

// eachOf hands over a fake's error logs, and counts how often each came.
func eachOf(ctx context.Context, c *Client, q trace.ErrorQuery) (map[string]int, trace.Taken, error) {
	ids := make(map[string]int)
	taken, err := c.EachErrorLog(ctx, q, func(l *trace.ErrorLog) { ids[l.DocID]++ })
	return ids, taken, err
}

// TestErrorLogsOnce gets every log once, also where the point in time is lost on
// the way, and leaves none open.
func TestErrorLogsOnce(t *testing.T) {
	for _, lost := range []int{-1, 0, 3} {
		f := failing(newFakeES(t, 87))
		f.before = func(kind string, n int, w http.ResponseWriter, _ *http.Request) bool {
			if kind == "page" && n == lost {
				gone(w)
				return true
			}
			return false
		}
		ids, taken, err := eachOf(t.Context(), f.client(t, nil), trace.ErrorQuery{Limit: 1000})
		if err != nil || len(ids) != 87 || taken.Handed != 87 || taken.Total != 87 || taken.More || taken.Sampled || len(taken.Gaps) > 0 {
			t.Errorf("lost at %d: %d logs, %+v, %v", lost, len(ids), taken, err)
		}
		f.closed(t)
	}
}

// TestErrorLogsSampled takes no more than the limit, and tells how many there are.
func TestErrorLogsSampled(t *testing.T) {
	f := failing(newFakeES(t, 87))
	ids, taken, err := eachOf(t.Context(), f.client(t, nil), trace.ErrorQuery{Limit: 8})
	if err != nil || len(ids) != 8 || !taken.Sampled || !taken.More || taken.Total != 87 || f.counts["pit"] > 0 {
		t.Errorf("%d logs, %+v, %v", len(ids), taken, err)
	}
	f.source = func(i int) string {
		return fmt.Sprintf(`{"level":%q,"message":"m"}`, [...]string{"error", "info"}[i%2])
	}
	_, taken, err = eachOf(t.Context(), f.client(t, nil), trace.ErrorQuery{Limit: 8})
	want := []string{"elasticsearch: of 8 logs that may tell of errors, 4 do: their number is estimated"}
	if err != nil || taken.Handed != 4 || taken.Total != 43 || !slices.Equal(taken.Warnings, want) {
		t.Errorf("%+v, %v", taken, err)
	}
}

// TestErrorLogsWithout hands over none that a pattern fits, even where the
// cluster does not leave it out.
func TestErrorLogsWithout(t *testing.T) {
	f := failing(newFakeES(t, 5))
	ids, _, err := eachOf(t.Context(), f.client(t, nil), trace.ErrorQuery{Limit: 10, Without: []trace.Pattern{{Parts: []string{"payment 3"}}}})
	if err != nil || len(ids) != 4 || ids["3"] > 0 {
		t.Errorf("%v %v", ids, err)
	}
	if body := f.bodies[len(f.bodies)-1]; !strings.Contains(body, `"must_not":[`) || !strings.Contains(body, `{"match_phrase":{"message":"payment 3"}}`) {
		t.Errorf("asked %s", body)
	}
}

func TestErrorLogsIncomplete(t *testing.T) {
	f := failing(newFakeES(t, 87))
	f.before = func(kind string, n int, w http.ResponseWriter, _ *http.Request) bool {
		return kind == "page" && n >= 4 && fail(w, http.StatusTooManyRequests, "circuit breaker")
	}
	ids, taken, err := eachOf(t.Context(), f.client(t, nil), trace.ErrorQuery{Limit: 1000})
	if err != nil || len(ids) < 40 || len(ids) >= 87 || !taken.More || taken.Total != -1 || len(taken.Gaps) != 1 {
		t.Errorf("%d logs, %+v, %v", len(ids), taken, err)
	}
	f.closed(t)
	f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		if kind != "search" {
			return false
		}
		fmt.Fprint(w, `{"timed_out":true,"_shards":{"total":2,"failed":1,"failures":[{"index":"logs","reason":{"reason":"disk on fire"}}]},"hits":{"total":{"value":1,"relation":"eq"},"hits":[{"_index":"logs","_id":"1","_source":{"level":"error","message":"m"}}]}}`)
		return true
	}
	_, taken, err = eachOf(t.Context(), f.client(t, nil), trace.ErrorQuery{Limit: 1000})
	if err != nil || taken.Handed != 1 || len(taken.Gaps) != 2 || taken.Gaps[1].Reason != "1 of 2 shards failed in logs: disk on fire" {
		t.Errorf("%+v, %v", taken, err)
	}
}

// TestErrorLogsInterrupted ends when its context does, and closes what it opened.
func TestErrorLogsInterrupted(t *testing.T) {
	f := failing(newFakeES(t, 87))
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	_, err := f.client(t, nil).EachErrorLog(ctx, trace.ErrorQuery{Limit: 1000}, func(*trace.ErrorLog) {
		if n++; n == 30 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || n >= 87 {
		t.Errorf("%d logs, %v", n, err)
	}
	f.closed(t)
}

func TestErrorLogsRefused(t *testing.T) {
	f := newFakeES(t, 0)
	f.before = func(_ string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		return fail(w, http.StatusUnauthorized, "who are you")
	}
	_, _, eachErr := eachOf(t.Context(), f.client(t, nil), trace.ErrorQuery{Limit: 1})
	_, countErr := f.client(t, nil).CountErrorLogs(t.Context(), trace.ErrorQuery{}, nil, []int64{0, 1e9})
	for _, err := range []error{eachErr, countErr} {
		if !errors.Is(err, trace.ErrRefused) || !strings.HasPrefix(err.Error(), "elasticsearch: ") {
			t.Errorf("%v", err)
		}
	}
}

// TestErrorCountsFaults counts nothing twice and nothing in silence.
func TestErrorCountsFaults(t *testing.T) {
	edges := []int64{0, 1e12, 2e12}
	for _, tt := range []struct{ answer, want string }{
		{`{"hits":{"total":{"value":3,"relation":"eq"},"hits":[]}}`, "the answer lacks counts that were asked for"},
		{`{"hits":{"total":3,"hits":[]},"aggregations":{"t0":7}}`, "the answer's counts cannot be read"},
	} {
		f := newFakeES(t, 0)
		f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
			if kind == "count" {
				fmt.Fprint(w, tt.answer)
			}
			return kind == "count"
		}
		if _, err := f.client(t, nil).CountErrorLogs(t.Context(), trace.ErrorQuery{}, nil, edges); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
	f := newFakeES(t, 0)
	f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		if kind == "count" {
			fmt.Fprint(w, `{"timed_out":true,"hits":{"total":3,"hits":[]},"aggregations":{"worded":{"doc_count":2},"m0":{"doc_count":1},"t0":{"doc_count":3,"slots":{"buckets":[{"key":"1","doc_count":3}]}},"slots":{"buckets":[{"key":"0","doc_count":1},{"key":"1","doc_count":2}]}}}`)
		}
		return kind == "count"
	}
	counts, err := f.client(t, nil).CountErrorLogs(t.Context(), trace.ErrorQuery{}, []trace.Pattern{{Parts: []string{"..."}}}, edges)
	if err != nil || !slices.Equal(counts.Errors, []int64{1, 2}) || !slices.Equal(counts.All, []int64{0, 3}) || len(counts.Gaps) != 1 || len(counts.Warnings) != 2 {
		t.Errorf("%+v %v", counts, err)
	}
}

// TestPhrases leaves out the words that an analyser may have kept in one with
// what stands beside them.
func TestPhrases(t *testing.T) {
	for part, want := range map[string]string{
		"failed to pay": "failed to pay", "failed code:": "failed", "code:": "code:", ": cannot": "cannot", "a = b": "a b", "...": "", "": "", "is locked (reason:": "is locked",
	} {
		if got := phraseOf(part); got != want {
			t.Errorf("%q: %q, want %q", part, got, want)
		}
	}
}

func TestProportional(t *testing.T) {
	for _, tt := range []struct {
		limit int
		parts []int64
		want  []int
	}{{100, []int64{1000, 3000}, []int{25, 75}}, {10, []int64{999_999, 1, 0}, []int{9, 1, 0}}, {7, []int64{10, 10, 10}, []int{3, 2, 2}}, {5, nil, []int{}}} {
		if got := proportional(tt.limit, tt.parts); !slices.Equal(got, tt.want) {
			t.Errorf("%d of %v: %v, want %v", tt.limit, tt.parts, got, tt.want)
		}
	}
}
