package es

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A shard that is just starting is waited for, a little; what is then still
// missing is a gap.
func TestShardsThatAreComingAreWaitedFor(t *testing.T) {
	const failing = `{"_shards":{"total":2,"failed":1,"failures":[{"index":"new","reason":{"type":"no_shard_available_action_exception","reason":"soon"}}]},"hits":{"total":0,"hits":[]}}`
	for _, tt := range []struct {
		failures, logs, gaps int
		kind                 string
	}{{1, 3, 0, ""}, {2, 3, 0, ""}, {99, 0, 1, ""}, {1, 0, 1, "query_shard_exception"}} {
		f := newFakeES(t, 3)
		asked := 0
		f.before = func(kind string, _ int, w http.ResponseWriter, _ *http.Request) bool {
			if kind != "search" || asked >= tt.failures {
				return false
			}
			asked++
			answer := failing
			if tt.kind != "" {
				answer = strings.Replace(failing, "no_shard_available_action_exception", tt.kind, 1)
			}
			fmt.Fprint(w, answer)
			return true
		}
		ev, err := f.logs(t, t.Context(), nil)
		if tt.kind == "" && (err != nil || len(ev.Logs) != tt.logs || len(ev.Gaps) != tt.gaps) {
			t.Errorf("%+v: %d logs, gaps %v, %v", tt, len(ev.Logs), ev.Gaps, err)
		}
		if tt.kind != "" && len(ev.Gaps) == 0 {
			t.Errorf("%+v: a failure of another kind was passed over: %d logs", tt, len(ev.Logs))
		}
	}
}
