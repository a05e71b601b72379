package es

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// A URL holds 4,096 bytes; those for names are shared with the indices'.
func TestCapsOfLongKeys(t *testing.T) {
	f := newFakeES(t, 0)
	longest := 0
	f.before = func(kind string, _ int, _ http.ResponseWriter, r *http.Request) bool {
		if kind == "caps" {
			longest = max(longest, len(r.URL.RequestURI()))
		}
		return false
	}
	q := trace.Query{Conditions: []trace.Condition{{Key: "some.rather_long.key", Value: "1"}, {Key: "http.request.header.x", Value: "2"}}}
	if _, err := f.client(t, nil).FindLogs(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	if longest == 0 || longest > 2500 {
		t.Errorf("the longest URL has %d bytes", longest)
	}
}

const findAnswer = `{"timed_out":%v,"_shards":{"total":2,"successful":%d,"failed":%d%s},"hits":{"hits":[{"_index":"logs","_id":"1","_source":{"trace_id":"` + realID + `","order_id":"ORD-17"},"sort":[1]},{"_index":"logs","_id":"2","sort":[1]}]}}`

func TestFindGaps(t *testing.T) {
	f := newFakeES(t, 0)
	f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
		if kind != "search" {
			return false
		}
		fmt.Fprintf(w, findAnswer, true, 1, 1, `,"failures":[{"shard":0,"index":"logs","reason":{"type":"x","reason":"disk on fire"}}]`)
		return true
	}
	found, err := f.client(t, nil).FindLogs(t.Context(), trace.Query{Conditions: ofOrder()})
	if err != nil || len(found.Traces) != 1 || found.Traces[0].Logs != 1 {
		t.Fatalf("%+v %v", found, err)
	}
	var gaps []string
	for _, g := range found.Gaps {
		gaps = append(gaps, g.Reason)
	}
	want := "the search timed out on the server: incomplete; 1 of 2 shards failed in logs: disk on fire; 1 documents that may match are stored without their text"
	if got := strings.Join(gaps, "; "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFindFailures(t *testing.T) {
	refuse := func(status int) func(string, int, http.ResponseWriter, *http.Request) bool {
		return func(_ string, _ int, w http.ResponseWriter, _ *http.Request) bool { return fail(w, status, "no") }
	}
	for _, tt := range []struct {
		status int
		want   error
	}{{http.StatusUnauthorized, trace.ErrRefused}, {http.StatusBadRequest, nil}} {
		f := newFakeES(t, 0)
		f.before = refuse(tt.status)
		c := f.client(t, nil)
		_, findErr := c.FindLogs(t.Context(), trace.Query{Conditions: ofOrder()})
		_, tallyErr := c.Tally(t.Context(), trace.ID{Lo: 17})
		for _, err := range []error{findErr, tallyErr} {
			if err == nil || !strings.HasPrefix(err.Error(), "elasticsearch: ") || tt.want != nil && !errors.Is(err, tt.want) {
				t.Errorf("%d: %v", tt.status, err)
			}
		}
	}
	f := newFakeES(t, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.client(t, nil).FindLogs(ctx, trace.Query{Conditions: ofOrder()}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestFindNothingAsked(t *testing.T) {
	f := newFakeES(t, 5)
	for _, q := range []trace.Query{{}, {Service: "order"}, {Operation: "x", MinDuration: 1}} {
		if found, err := f.client(t, nil).FindLogs(t.Context(), q); err != nil || len(found.Traces)+found.Untraced > 0 {
			t.Errorf("%+v %v", found, err)
		}
	}
	if len(f.counts) > 0 {
		t.Errorf("the server was asked: %v", f.counts)
	}
}

// TestFindTellingValues looks for what may stand for anything only where its
// key is, and for what is telling anywhere.
func TestFindTellingValues(t *testing.T) {
	for value, want := range map[string]bool{"ORD-17": true, "true": false, "500": false, "checkout": false, "4711-0815-99": true, "a1": false} {
		if telling(value) != want {
			t.Errorf("%s: %v", value, !want)
		}
	}
	f := newFakeES(t, 0)
	var bodies []string
	f.before = func(kind string, _ int, _ http.ResponseWriter, r *http.Request) bool {
		if kind == "search" {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			bodies = append(bodies, string(body))
			r.Body = io.NopCloser(strings.NewReader(string(body)))
		}
		return false
	}
	for _, c := range []trace.Condition{{Key: "order.id", Value: "ORD-17"}, {Key: "order.id", Value: "17"}} {
		if _, err := f.client(t, nil).FindLogs(t.Context(), trace.Query{Conditions: []trace.Condition{c}}); err != nil {
			t.Fatal(err)
		}
	}
	const noun = `"query":"order","type":"phrase"`
	if len(bodies) != 2 || strings.Contains(bodies[0], noun) || !strings.Contains(bodies[1], noun) {
		t.Errorf("asked %s", strings.Join(bodies, "\n"))
	}
}

// TestFindServiceWithoutPrefixes asks for all services' logs where a cluster
// forbids to ask for the names of one's pods.
func TestFindServiceWithoutPrefixes(t *testing.T) {
	f := newFakeES(t, 0)
	f.before = func(kind string, _ int, w http.ResponseWriter, r *http.Request) bool {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		switch {
		case kind == "caps":
			fmt.Fprint(w, `{"indices":["logs"],"fields":{"order_id":{"keyword":{"searchable":true}},"service":{"keyword":{"searchable":true}}}}`)
		case kind == "search" && strings.Contains(string(body), `"prefix"`):
			return fail(w, http.StatusBadRequest, "[prefix] queries cannot be executed when 'search.allow_expensive_queries' is set to false.")
		case kind == "search":
			fmt.Fprint(w, `{"hits":{"hits":[{"_index":"logs","_id":"1","_source":{"trace_id":"`+realID+`","order_id":"ORD-17","service":"payment"},"sort":[1]},`+
				`{"_index":"logs","_id":"2","_source":{"trace_id":"1a2b","order_id":"ORD-17","service":"order"},"sort":[1]}]}}`)
		default:
			return false
		}
		return true
	}
	found, err := f.client(t, nil).FindLogs(t.Context(), trace.Query{Conditions: ofOrder(), Service: "payment"})
	if err != nil || len(found.Traces) != 1 || found.Traces[0].ID.String() != realID || len(found.Gaps) > 0 {
		t.Errorf("%+v %v", found, err)
	}
}

// TestFindBound stops looking at last, and says so.
func TestFindBound(t *testing.T) {
	f := newFakeES(t, 0)
	f.before = func(kind string, _ int, w http.ResponseWriter, r *http.Request) bool {
		if kind != "search" {
			return false
		}
		var asked struct {
			Size  int
			After []int `json:"search_after"`
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		next := 1 << 30
		if len(asked.After) > 0 {
			next = asked.After[0] - 1
		}
		var hits []string
		for i := range asked.Size {
			hits = append(hits, fmt.Sprintf(`{"_index":"logs","_id":"%d","_source":{"message":"order ORD-170"},"sort":[%d]}`, next-i, next-i))
		}
		fmt.Fprintf(w, `{"hits":{"hits":[%s]}}`, strings.Join(hits, ","))
		return true
	}
	found, err := f.client(t, func(cfg *Config) { cfg.PageSize = 0 }).FindLogs(t.Context(), trace.Query{Conditions: ofOrder(), Limit: 1})
	if err != nil || len(found.Traces) > 0 || len(found.Gaps) != 1 || found.Gaps[0].Reason != "only the newest 100000 logs that may match were looked at" {
		t.Errorf("%+v %v", found, err)
	}
}
