package orderservice

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// A shape is a span without its times and addresses.
type shape struct {
	Trace, Parent, Service, Name, Status, Scope string
	Kind, Code                                  int32
	Events, Links, Attributes                   []string
}

// shapes are the spans as both modes must produce them.
func shapes(t *testing.T, m *memory) map[string]shape {
	t.Helper()
	out := make(map[string]shape)
	for id, s := range m.all(t) {
		sh := shape{
			Trace: hex.EncodeToString(s.GetTraceId()), Parent: hex.EncodeToString(s.GetParentSpanId()),
			Service: s.service, Name: s.GetName(), Kind: int32(s.GetKind()),
			Code: int32(s.GetStatus().GetCode()), Status: s.GetStatus().GetMessage(),
		}
		for _, e := range s.GetEvents() {
			what := []string{e.GetName()}
			for _, a := range e.GetAttributes() {
				what = append(what, a.GetKey()+"="+text(e.GetAttributes(), a.GetKey()))
			}
			slices.Sort(what[1:])
			sh.Events = append(sh.Events, strings.Join(what, " "))
		}
		for _, l := range s.GetLinks() {
			sh.Links = append(sh.Links, hex.EncodeToString(l.GetTraceId())+hex.EncodeToString(l.GetSpanId())+text(l.GetAttributes(), "link.reason"))
		}
		sh.Attributes = plannedAttributes(s.Span)
		out[id] = sh
	}
	return out
}

// plannedAttributes leaves out what depends on addresses and dates.
func plannedAttributes(s *tracepb.Span) []string {
	var out []string
	for _, a := range s.GetAttributes() {
		k := a.GetKey()
		here := strings.HasPrefix(k, "network.") || strings.HasPrefix(k, "server.") || strings.HasSuffix(k, ".size")
		if !here && !slices.Contains([]string{"url.full", "client.address", "user_agent.original", "log.index"}, k) {
			out = append(out, k+"="+text(s.GetAttributes(), k))
		}
	}
	slices.Sort(out)
	return out
}

// words are the documents without their times, by ID.
func words(t *testing.T, m *memory) map[string]map[string]any {
	t.Helper()
	out := make(map[string]map[string]any)
	for _, d := range m.docs {
		doc := source(t, d)
		if in, ok := doc["log"].(string); ok {
			inner := make(map[string]any)
			if err := json.Unmarshal([]byte(in), &inner); err != nil {
				t.Fatal(err)
			}
			delete(inner, "time")
			doc["log"] = inner
		}
		delete(doc, "timestamp")
		delete(doc, "@timestamp")
		doc["_index"] = d.Index[:strings.LastIndex(d.Index, "-")]
		out[d.ID] = doc
	}
	return out
}

func TestLiveAndSimulatedAreTheSameTraffic(t *testing.T) {
	t.Parallel()
	cfg := testConfig(21, 24)
	cfg.Concurrency = 8
	sim, simSum := simulated(t, cfg)
	real, realSum := ran(t, cfg)
	if d := cmp.Diff(shapes(t, sim), shapes(t, real)); d != "" {
		t.Errorf("spans (-simulated +live):\n%s", d)
	}
	if d := cmp.Diff(words(t, sim), words(t, real)); d != "" {
		t.Errorf("logs (-simulated +live):\n%s", d)
	}
	if d := cmp.Diff(simSum, realSum); d != "" {
		t.Errorf("summary (-simulated +live):\n%s", d)
	}
	checkTruth(t, real)
	checkCauses(t, real, 10*time.Millisecond)
	if real.flushed != 1 {
		t.Errorf("flushed %d times", real.flushed)
	}
}

// A skewed payment clock shows in its spans, its events and its logs, and
// nowhere else.
func TestLiveClocksAreWrong(t *testing.T) {
	t.Parallel()
	cfg := only(Declined, 5, 2)
	cfg.Skew = map[string]time.Duration{"payment": -time.Hour}
	cfg.DriftPPM = nil
	from := time.Now()
	m, _ := ran(t, cfg)
	to := time.Now()
	within := func(service string, at time.Time) bool {
		at = at.Add(-cfg.Skew[service])
		return !at.Before(from.Truncate(time.Millisecond)) && !at.After(to)
	}
	for id, s := range m.all(t) {
		times := []uint64{s.GetStartTimeUnixNano(), s.GetEndTimeUnixNano()}
		for _, e := range s.GetEvents() {
			times = append(times, e.GetTimeUnixNano())
		}
		for _, ns := range times {
			if !within(s.service, time.Unix(0, int64(ns))) {
				t.Errorf("%s span %s at %v", s.service, id, time.Unix(0, int64(ns)))
			}
		}
	}
	for _, tr := range m.truth {
		if !within(tr.Service, time.Unix(0, tr.Observed)) {
			t.Errorf("%s %s at %v", tr.Service, tr.Kind, time.Unix(0, tr.Observed))
		}
	}
	checkTruth(t, m)
}

func TestLiveEndsWhenToldTo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cfg := testConfig(2, 500)
	cfg.End = time.Time{}
	m := &memory{onLogs: cancel} // in the middle of things
	sum, err := Live(ctx, cfg, m)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
	if sum.Orders == 0 || sum.Orders == 500 || sum.Spans != len(m.all(t)) || sum.Logs != len(m.docs) {
		t.Errorf("%d orders, %d spans of %d, %d logs of %d", sum.Orders, sum.Spans, len(m.all(t)), sum.Logs, len(m.docs))
	}
}

func TestLiveEndsWhenItsSinkFails(t *testing.T) {
	t.Parallel()
	cfg := testConfig(2, 500)
	cfg.End = time.Time{}
	full := errors.New("disk full")
	if _, err := Live(t.Context(), cfg, &memory{fail: full}); !errors.Is(err, full) {
		t.Errorf("the error is %v", err)
	}
}

func TestLiveSampling(t *testing.T) {
	t.Parallel()
	cfg := only(OK, 6, 20)
	cfg.SampleRatio, cfg.Concurrency = 0.5, 20
	sim, _ := simulated(t, cfg)
	real, _ := ran(t, cfg)
	if d := cmp.Diff(shapes(t, sim), shapes(t, real)); d != "" {
		t.Errorf("spans (-simulated +live):\n%s", d)
	}
	if n := len(real.all(t)); n == 0 || n > 20*20*3/4 {
		t.Errorf("%d spans of 20 orders at a ratio of 0.5", n)
	}
}

func TestLogFileHoldsWhatWasShipped(t *testing.T) {
	t.Parallel()
	cfg := only(Declined, 6, 3)
	cfg.LogFile = filepath.Join(t.TempDir(), "services.log")
	m, _ := ran(t, cfg)
	file, err := os.ReadFile(cfg.LogFile)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, d := range m.docs {
		want = append(want, string(d.Source))
	}
	got := strings.Split(strings.TrimSpace(string(file)), "\n")
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-shipped +file):\n%s", d)
	}
}

// A queue of three with nobody taking from it keeps three and counts the rest.
func TestQueueCountsWhatItDrops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := new(memory)
		q := newLogQueue(3, m, func(err error) { t.Error(err) })
		for i := range 10 {
			id := string(rune('a' + i))
			q.offer(LogDoc{ID: id, Source: []byte("{}")}, Truth{Kind: "log", ID: id})
		}
		q.start()
		q.close()
		if q.shipped != 3 || q.dropped.Load() != 7 || len(m.docs) != 3 {
			t.Errorf("%d shipped, %d dropped, %d documents came", q.shipped, q.dropped.Load(), len(m.docs))
		}
		_, logs := m.truthOf(t)
		lost := 0
		for _, tr := range logs {
			lost += btoi(tr.Lost && tr.Reason == lostInQueue)
		}
		if len(logs) != 10 || lost != 7 {
			t.Errorf("the truth has %d logs, %d of them lost", len(logs), lost)
		}
	})
}

func TestAFullQueueIsInTheSummary(t *testing.T) {
	t.Parallel()
	cfg := only(OK, 6, 10)
	cfg.QueueSize, cfg.Concurrency = 1, 10
	m, sum := ran(t, cfg)
	if sum.Logs != len(m.docs) || sum.Logs+sum.DroppedLogs < 150 {
		t.Errorf("%d delivered (said %d), %d dropped", len(m.docs), sum.Logs, sum.DroppedLogs)
	}
	checkTruth(t, m)
}
