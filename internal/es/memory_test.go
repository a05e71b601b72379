package es

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A notebook is a Memory that a test can read.
type notebook map[string][]byte

func (n notebook) Get(key string) ([]byte, bool) {
	v, ok := n[key]
	return v, ok
}

func (n notebook) Put(key string, value []byte) { n[key] = value }

// The next run waits for no fields, as long as what is known is not too old: it
// only sees, beside its search, whether they are still the same.
func TestMemory(t *testing.T) {
	f := newFakeES(t, 3)
	now, notes := noon, make(notebook)
	run := func() {
		t.Helper()
		ev, err := f.logs(t, t.Context(), func(cfg *Config) {
			cfg.URLs = []string{strings.Replace(f.URL, "://", "://bob:s3cret@", 1)}
			cfg.Memory, cfg.Now = notes, func() time.Time { return now }
		})
		f.whole(t, ev, err)
		if len(ev.Searched.Indices) != 1 || len(ev.Searched.Fields) != 2 {
			t.Errorf("searched %+v", ev.Searched)
		}
	}
	for _, step := range []struct {
		later          time.Duration
		learnt, looked int
	}{{0, 1, 1}, {time.Second, 1, 1}, {time.Minute, 1, 2}, {plansKeptFor, 2, 3}, {-time.Hour, 3, 4}} {
		now = now.Add(step.later)
		if run(); f.counts["times"] != step.learnt || f.counts["caps"] != step.looked {
			t.Errorf("after %v learnt fields %d times, looked %d times: want %+v", step.later, f.counts["times"], f.counts["caps"], step)
		}
	}
	for key, value := range notes {
		if strings.Contains(key+string(value), "s3cret") {
			t.Errorf("a secret was kept: %s %s", key, value)
		}
		notes[key] = []byte(`{"At":"broken`)
	}
	if run(); f.counts["times"] != 4 {
		t.Error("what is broken was believed")
	}
}

// A field that has come since is found although the known ones find logs too,
// and the fields are seen to be the same once in a while only.
func TestMemoryIsOutdated(t *testing.T) {
	f := newFakeES(t, 3)
	now, notes, more := noon, make(notebook), false
	f.before = func(kind string, _ int, w http.ResponseWriter, r *http.Request) bool {
		switch {
		case kind == "caps" && more:
			fmt.Fprint(w, `{"indices":["logs","new"],"fields":{"trace_id":{"keyword":{"searchable":true}},"message":{"text":{"searchable":true}},"tx.traceId":{"keyword":{"searchable":true}}}}`)
		case kind == "search" && strings.Contains(bodyOf(t, r), `"tx.traceId"`):
			fmt.Fprint(w, strings.Replace(f.page(0, 1, 0, 10, ""), `"hits":[`, `"hits":[{"_index":"new","_id":"n","_source":{"tx":{"traceId":"`+realID+`"}}},`, 1))
		default:
			return false
		}
		return true
	}
	c := f.client(t, func(cfg *Config) { cfg.Memory, cfg.Now = notes, func() time.Time { return now } })
	for _, step := range []struct {
		later time.Duration
		more  bool
		logs  int
	}{{0, false, 3}, {time.Minute, false, 3}, {time.Second, false, 3}, {time.Minute, true, 4}, {time.Second, true, 4}} {
		now, more = now.Add(step.later), step.more
		if ev := logsOf(t, c, realID); len(ev.Logs) != step.logs {
			t.Errorf("%+v: %d logs", step, len(ev.Logs))
		}
	}
	if f.counts["caps"] != 4 || f.counts["times"] != 2 {
		t.Errorf("looked %d times, learnt %d times", f.counts["caps"], f.counts["times"])
	}
}

// "None" is not believed of fields that were learnt earlier, nor a failure.
func TestMemoryIsDoubted(t *testing.T) {
	f := newFakeES(t, 3)
	notes := make(notebook)
	remembering := func(cfg *Config) { cfg.Memory = notes }
	renamed := false
	f.before = func(kind string, _ int, w http.ResponseWriter, r *http.Request) bool {
		switch {
		case kind == "caps" && renamed:
			fmt.Fprint(w, `{"indices":["logs"],"fields":{"traceId":{"keyword":{"searchable":true}}}}`)
		case kind == "search" && renamed && !strings.Contains(bodyOf(t, r), `"traceId"`):
			fmt.Fprint(w, `{"hits":{"total":0,"hits":[]}}`)
		default:
			return false
		}
		return true
	}
	for _, renamed = range []bool{false, true, true} {
		ev, err := f.logs(t, t.Context(), remembering)
		f.whole(t, ev, err)
	}
	if f.counts["caps"] != 2 || f.counts["search"] != 4 {
		t.Errorf("asked for fields %d times, searched %d times", f.counts["caps"], f.counts["search"])
	}
	// The same fields are not searched again.
	f.docs = 0
	ev, err := f.logs(t, t.Context(), remembering)
	if err != nil || len(ev.Logs) != 0 || f.counts["caps"] != 3 || f.counts["search"] != 5 {
		t.Errorf("%d logs, %v, asked for fields %d times, searched %d times", len(ev.Logs), err, f.counts["caps"], f.counts["search"])
	}
}

// An answer that is none is not taken for "none".
func TestEmptyAnswers(t *testing.T) {
	for kind, want := range map[string]string{"search": "no hits in it", "caps": "about fields"} {
		for _, answer := range []string{`{}`, `{"hits":{}}`, `{"hits":null,"fields":null}`} {
			f := newFakeES(t, 3)
			f.before = func(k string, _ int, w http.ResponseWriter, _ *http.Request) bool {
				if k == kind {
					fmt.Fprint(w, answer)
				}
				return k == kind
			}
			if _, err := f.logs(t, t.Context(), nil); err == nil || !strings.HasPrefix(err.Error(), "elasticsearch: "+f.host(t)) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s %s: %v, want %q", kind, answer, err, want)
			}
		}
	}
}

// An index that was named and is not there is called by its name.
func TestNoSuchIndex(t *testing.T) {
	f := newFakeES(t, 3)
	f.before = func(kind string, _ int, w http.ResponseWriter, r *http.Request) bool {
		switch {
		case kind == "exists" && strings.Contains(r.URL.Path, "nosuch"):
			w.WriteHeader(http.StatusNotFound)
		case kind == "caps" && r.URL.Path == "/nosuch/_field_caps":
			fmt.Fprint(w, `{"indices":[],"fields":{}}`)
		default:
			return false
		}
		return true
	}
	for patterns, logs := range map[string]int{"nosuch": 0, "nosuch,alias": 3} {
		ev, err := f.logs(t, t.Context(), func(cfg *Config) { cfg.Indices = strings.Split(patterns, ",") })
		if err != nil || len(ev.Logs) != logs || len(ev.Warnings) != 1 || ev.Warnings[0] != "elasticsearch: the index nosuch does not exist" {
			t.Errorf("%s: %d logs, %v, warned %q", patterns, len(ev.Logs), err, ev.Warnings)
		}
	}
}
