package jaeger

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/stack/stacktest"
	"github.com/otrace/otrace/internal/trace"
)

// A slowStore takes a while for each trace that it is asked for, by a clock of
// its own.
type slowStore struct {
	*fakeStore
	perTrace time.Duration
	elapsed  atomic.Int64
}

func (s *slowStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := &countingWriter{ResponseWriter: w}
	s.fakeStore.ServeHTTP(answer, r)
	s.elapsed.Add(int64(answer.traces) * int64(s.perTrace))
}

// A countingWriter counts the traces of an answer.
type countingWriter struct {
	http.ResponseWriter
	traces int
}

func (w *countingWriter) Write(p []byte) (int, error) {
	w.traces += strings.Count(string(p), "traceId")
	return w.ResponseWriter.Write(p)
}

func (s *slowStore) client(t *testing.T) *Client {
	return newClient(t, Config{URL: newFakeHTTP(t, s.ServeHTTP).URL, Now: func() time.Time { return epoch.Add(time.Duration(s.elapsed.Load())) }})
}

// A search of little patience takes no longer than that by much, reads the
// newest of every service, and knows since when nothing is missing.
func TestPatience(t *testing.T) {
	const n, patience = 6000, 2 * time.Second
	window := trace.Window{From: epoch.Add(-3 * time.Hour).UnixNano(), Until: epoch.UnixNano()}
	for name, heed := range map[string]bool{"any service": false, "each service": true} {
		for _, limit := range []int{0, 500} {
			t.Run(name+" limit "+strconv.Itoa(limit), func(t *testing.T) {
				s := &slowStore{fakeStore: (&fakeStore{heeds: true, needsService: heed}).fill(n, failingIn(3)), perTrace: 15 * time.Millisecond}
				for i := range s.traces {
					s.traces[i].service = "service-" + strconv.Itoa(i/3%11)
				}
				_, times, taken := handedOver(t, s.client(t), trace.Query{Window: window, Conditions: failedOnly, Limit: limit, Patience: patience})
				if took := time.Duration(s.elapsed.Load()); took > patience*5/4 || took < patience/4 {
					t.Errorf("took %v", took)
				}
				if taken.Handed < 50 || !taken.More || taken.Total != -1 {
					t.Errorf("%+v", taken)
				}
				if taken.Since > epoch.Add(-time.Minute).UnixNano() {
					t.Errorf("nothing is known: %v", time.Unix(0, taken.Since))
				}
				for _, tr := range s.traces {
					if tr.attrs["error"] != "" && tr.at >= taken.Since && !slices.Contains(times, tr.at) {
						t.Fatalf("one at %v is missing since %v", time.Unix(0, tr.at), time.Unix(0, taken.Since))
					}
				}
			})
		}
	}
}

// A question that is not answered ends soon after the patience, and what others
// brought counts.
func TestPatienceWithAHangingServer(t *testing.T) {
	store := (&fakeStore{heeds: true, needsService: true}).fill(90, failingIn(1))
	answers := atomic.Int32{}
	c := newClient(t, Config{URL: newFakeHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "traces") && answers.Add(1) > 5 { // what storage it is, whether it takes any service, and one of them twice
			<-r.Context().Done()
			return
		}
		store.ServeHTTP(w, r)
	}).URL})
	window := trace.Window{From: epoch.Add(-time.Hour).UnixNano(), Until: epoch.UnixNano()}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	taken, err := c.EachTrace(ctx, trace.Query{Window: window, Conditions: failedOnly, Patience: 100 * time.Millisecond}, func([]trace.Span) {})
	if err != nil || ctx.Err() != nil || !taken.More || taken.Handed == 0 || taken.Since <= window.Until || len(taken.Gaps) > 0 {
		t.Errorf("%+v %v", taken, err)
	}
}

// On the real servers a search that may take no time at all ends at once, and
// one of usual patience finds what one without does.
func TestPatienceReal(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		patienceReal(t, stacktest.Jaeger(t))
	})
	t.Run("elasticsearch", func(t *testing.T) {
		t.Parallel()
		patienceReal(t, stacktest.JaegerOnElasticsearch(t))
	})
}

func patienceReal(t *testing.T, at stacktest.JaegerURLs) {
	s := newShop(t, 120, time.Now().Add(-10*time.Minute))
	feed(t, at, s.data)
	for _, name := range dialectNames {
		c := speakingToo(t, at, name)
		s.await(t, c)
		q := trace.Query{Service: s.back, Conditions: failedOnly, Window: s.window(), Patience: time.Nanosecond}
		if _, _, taken := handedOver(t, c, q); !taken.More || taken.Handed > 0 || taken.Since <= q.Window.Until {
			t.Errorf("%s: in no time: %+v", name, taken)
		}
		q.Patience = 20 * time.Second
		if _, _, taken := handedOver(t, c, q); taken.More || taken.Handed != len(s.wanted(q)) {
			t.Errorf("%s: %+v, want %d", name, taken, len(s.wanted(q)))
		}
	}
}
