package jaeger

import (
	"fmt"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// A service in which nothing failed is not asked for a part of the same window
// again, until it may have.
func TestSilence(t *testing.T) {
	store := (&fakeStore{heeds: true, needsService: true}).fill(300, failingIn(3)) // of service-0 alone
	now := epoch
	c := newClient(t, Config{URL: newFakeHTTP(t, store.ServeHTTP).URL, Now: func() time.Time { return now }})
	asked := func(from, until time.Duration) string {
		store.asked = nil
		q := trace.Query{Conditions: failedOnly, Patience: time.Minute, Window: trace.Window{From: epoch.Add(from).UnixNano(), Until: epoch.Add(until).UnixNano()}}
		if _, _, taken := handedOver(t, c, q); taken.More || taken.Handed == 0 {
			t.Errorf("%+v", taken)
		}
		services := map[string]bool{}
		for _, r := range store.asked {
			if s := r.URL.Query().Get("query.service_name"); s != "" && s != "otrace.probe" {
				services[s] = true
			}
		}
		return fmt.Sprint(services)
	}
	all, one := "map[service-0:true service-1:true service-2:true]", "map[service-0:true]"
	const early, late = -5 * time.Minute, -time.Second
	if got := asked(early, late); got != all {
		t.Errorf("at first: %s", got)
	}
	if got := asked(early+time.Minute, late); got != one {
		t.Errorf("a part: %s", got)
	}
	if got := asked(early-time.Minute, late); got != all {
		t.Errorf("more: %s", got)
	}
	now = now.Add(time.Hour)
	if got := asked(early, late); got != all {
		t.Errorf("later: %s", got)
	}
}
