package skew

import (
	"reflect"
	"sync"
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// An estimate works on halves side by side, and two may be made of the same
// spans and logs, alone and pooled. It is for the race detector to watch.
func TestEstimatesSideBySide(t *testing.T) {
	all := worlds()
	for _, s := range scenario.Wild() {
		if s.Size <= 500 {
			all[s.Name] = s.World
		}
	}
	for name, w := range all {
		tr := w.Generate(1)
		ev := []*trace.Evidence{{Spans: tr.Spans, Logs: tr.Logs}}
		var alone [2]*Clocks
		var pooled [2][]*Clocks
		var wg sync.WaitGroup
		for i := range alone {
			wg.Go(func() { alone[i] = Estimate(tr.Spans, tr.Logs) })
			wg.Go(func() { pooled[i] = Auto.Pooled(ev) })
		}
		wg.Wait()
		if !reflect.DeepEqual(alone[0].All(), alone[1].All()) || !reflect.DeepEqual(pooled[0][0].All(), pooled[1][0].All()) {
			t.Errorf("%s: two estimates of the same differ", name)
		}
	}
}
