package jaeger

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// inMemory makes the store one that is asked as Jaeger's memory is.
func (f *fakeStore) inMemory() *fakeStore {
	f.fail = func(r *http.Request) *page {
		if r.URL.Query().Get("query.search_depth") != "0" {
			return nil
		}
		p := refusal("search depth must be greater than 0 and less than max traces")
		return &p
	}
	return f
}

// failingIn marks every nth trace as failed.
func failingIn(n int) func(int) map[string]string {
	return func(i int) map[string]string {
		if i%n == 0 {
			return map[string]string{"error": "true"}
		}
		return nil
	}
}

// handedOver goes through the traces that match, and checks that calls come one
// at a time and each trace once, with all its spans.
func handedOver(t *testing.T, c *Client, q trace.Query) (list []trace.ID, times []int64, taken trace.Taken) {
	t.Helper()
	seen := map[trace.ID]bool{}
	var busy atomic.Bool
	taken, err := c.EachTrace(t.Context(), q, func(spans []trace.Span) {
		if !busy.CompareAndSwap(false, true) {
			t.Error("two calls at a time")
		}
		id, newest := spans[0].Trace, int64(trace.NoTime)
		for i := range spans {
			if spans[i].Trace != id {
				t.Errorf("spans of %v among those of %v", spans[i].Trace, id)
			}
			if q.Matches(&spans[i]) {
				newest = max(newest, spans[i].Start)
			}
		}
		if seen[id] {
			t.Errorf("%v came twice", id)
		}
		seen[id] = true
		list, times = append(list, id), append(times, newest)
		busy.Store(false)
	})
	if err != nil || taken.Handed != len(list) || len(taken.Gaps) > 0 {
		t.Fatalf("%d handed over: %+v %v", len(list), taken, err)
	}
	return list, times, taken
}

var failedOnly = []trace.Condition{is("error", "true")}

// Whatever the storage is like, all that failed is handed over, or as many as
// were asked for, and since the moment that is told none is missing.
func TestEachTrace(t *testing.T) {
	const n = 3*mostDepth + 7
	window := trace.Window{From: epoch.Add(-time.Hour).UnixNano(), Until: epoch.UnixNano()}
	for name, store := range map[string]func() *fakeStore{
		"newest first":   func() *fakeStore { return (&fakeStore{heeds: true}).fill(n, failingIn(3)) },
		"needs services": func() *fakeStore { return (&fakeStore{heeds: true, needsService: true}).fill(n, failingIn(2)) },
		"in memory":      func() *fakeStore { return (&fakeStore{}).inMemory().fill(n, failingIn(3)) },
		"few at a time":  func() *fakeStore { return (&fakeStore{heeds: true, most: 60}).fill(n, failingIn(3)) },
		"oldest first": func() *fakeStore {
			f := (&fakeStore{heeds: true}).fill(n, failingIn(3))
			slices.Reverse(f.traces)
			return f
		},
		"sifts": func() *fakeStore { return (&fakeStore{}).fill(n, failingIn(3)) },
	} {
		t.Run(name, func(t *testing.T) {
			f := store()
			var want []int64
			for _, tr := range f.traces {
				if tr.attrs["error"] != "" {
					want = append(want, tr.at)
				}
			}
			list, _, taken := handedOver(t, f.client(t), trace.Query{Window: window, Conditions: failedOnly})
			if len(list) != len(want) || taken.More || taken.Total != int64(len(want)) || taken.Since != window.From {
				t.Errorf("%d of %d: %+v", len(list), len(want), taken)
			}
			const limit = 90
			_, times, taken := handedOver(t, f.client(t), trace.Query{Window: window, Conditions: failedOnly, Limit: limit})
			if taken.Handed > limit || taken.Handed < limit*9/10 || !taken.More || taken.Total != -1 {
				t.Errorf("with a limit: %+v", taken)
			}
			for _, at := range want {
				if at >= taken.Since && !slices.Contains(times, at) {
					t.Fatalf("one at %v is missing since %v", time.Unix(0, at), time.Unix(0, taken.Since))
				}
			}
			if name != "oldest first" && taken.Since > epoch.Add(-time.Minute).UnixNano() {
				t.Errorf("nothing is known: %v", time.Unix(0, taken.Since))
			}
		})
	}
}

// Whether there was any trace at all is one question, or as many as it takes to
// find one.
func TestEachTraceAny(t *testing.T) {
	store := (&fakeStore{}).fill(2000, numbered)
	window := trace.Window{From: epoch.Add(-time.Hour).UnixNano(), Until: epoch.UnixNano()}
	if _, _, taken := handedOver(t, store.client(t), trace.Query{Window: window, Limit: 1}); taken.Handed != 1 || !taken.More || len(store.asked) != 1 {
		t.Errorf("%+v in %d questions", taken, len(store.asked))
	}
	store.asked = nil
	long := trace.Window{From: epoch.Add(-3 * time.Hour).UnixNano(), Until: epoch.Add(-2 * time.Hour).UnixNano()}
	if _, _, taken := handedOver(t, store.client(t), trace.Query{Window: long, Limit: 1}); taken.Handed != 0 || taken.More || taken.Total != 0 || len(store.asked) != 1 {
		t.Errorf("%+v in %d questions", taken, len(store.asked))
	}
	store = (&fakeStore{needsService: true}).fill(2000, numbered)
	if _, _, taken := handedOver(t, store.client(t), trace.Query{Window: window, Limit: 1}); taken.Handed != 1 || len(store.asked) != 3 { // refused, services, one of them
		t.Errorf("%+v in %d questions", taken, len(store.asked))
	}
}

// What was handed over before a failure counts, and so does what was before
// the user gave up; nothing comes afterwards.
func TestEachTraceFaults(t *testing.T) {
	store := (&fakeStore{heeds: true, needsService: true}).fill(30, failingIn(1))
	store.fail = func(r *http.Request) *page {
		if r.URL.Query().Get("query.service_name") == "service-1" {
			p := refusal("no shard")
			return &p
		}
		return nil
	}
	taken, err := store.client(t).EachTrace(t.Context(), trace.Query{Conditions: failedOnly}, func([]trace.Span) {})
	if err != nil || taken.Handed != 20 || !taken.More || taken.Total != -1 || taken.Since <= epoch.UnixNano() || len(taken.Gaps) != 1 || !strings.Contains(taken.Gaps[0].Reason, "no shard") {
		t.Errorf("%+v %v", taken, err)
	}
	store.fail = func(*http.Request) *page { return &page{401, "who are you"} }
	if taken, err = store.client(t).EachTrace(t.Context(), trace.Query{}, func([]trace.Span) {}); !errors.Is(err, trace.ErrRefused) || taken.Handed != 0 {
		t.Errorf("%+v %v", taken, err)
	}
}

func TestEachTraceCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	store := (&fakeStore{}).fill(mostDepth+50, numbered)
	handed := 0
	taken, err := store.client(t).EachTrace(ctx, trace.Query{}, func([]trace.Span) {
		if handed++; handed == 7 {
			cancel()
		}
	})
	if at := handed; !errors.Is(err, context.Canceled) || taken.Handed != at || at < 7 || !taken.More {
		t.Errorf("%d %+v %v", at, taken, err)
	}
}

// Every dialect hands over what was sent, whole.
func TestEachTraceReal(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		eachTraceReal(t, stacktest.Jaeger(t), true)
	})
	t.Run("elasticsearch", func(t *testing.T) {
		t.Parallel()
		eachTraceReal(t, stacktest.JaegerOnElasticsearch(t), false)
	})
}

func eachTraceReal(t *testing.T, at stacktest.JaegerURLs, inMemory bool) {
	s := newShop(t, 120, time.Now().Add(-10*time.Minute))
	feed(t, at, s.data)
	for _, name := range dialectNames {
		s.await(t, speakingToo(t, at, name))
		for what, q := range map[string]trace.Query{
			"failed":  {Service: s.back, Conditions: failedOnly, Window: s.window()},
			"newest":  {Service: s.back, Conditions: failedOnly, Window: s.window(), Limit: 20},
			"mine":    {Conditions: []trace.Condition{is("error", "true"), is("shop.name", s.front)}, Window: s.window(), Limit: 25},
			"healthy": {Service: s.front, Operation: "POST /orders", Window: s.window(), Limit: 50},
		} {
			t.Run(fmt.Sprint(name, " ", what), func(t *testing.T) {
				var found trace.Found
				list, times, taken := handedOver(t, speakingToo(t, at, name), q)
				for _, id := range list {
					found.Traces = append(found.Traces, trace.Summary{ID: id})
				}
				want := s.wanted(q)
				got := ids(found)
				slices.Sort(got)
				slices.Sort(want)
				few := len(s.data.ResourceSpans)/2 > len(want) && q.Limit > 0
				if !slices.Equal(got, want) && (!inMemory || !s.latest(found, q)) {
					t.Errorf("%d handed over, want %d", len(got), len(want))
				}
				if taken.More != (few && taken.Handed == q.Limit) {
					t.Errorf("%+v", taken)
				}
				for i := range times {
					times[i] -= times[i] % 1000 // as some storages and dialects do
				}
				for i := range s.spans {
					if sp := &s.spans[i]; q.Matches(sp) && sp.Start >= taken.Since && !slices.Contains(times, sp.Start-sp.Start%1000) {
						t.Fatalf("one at %v is missing since %v", sp.Start, taken.Since)
					}
				}
			})
		}
	}
}
