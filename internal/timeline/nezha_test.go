package timeline_test

import (
	"cmp"
	"fmt"
	"os"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/skew/accuracy/nezha"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// Real traces of microservices under load, as they came and with a fifth of
// the nodes 100 ms off.
func TestTimelinesOfRealTraces(t *testing.T) {
	dir := cmp.Or(os.Getenv("OTRACE_NEZHA_DIR"), "../../../shared/data/nezha")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("Nezha's traces are not there (set OTRACE_NEZHA_DIR): %v", err)
	}
	for _, system := range nezha.Systems() {
		t.Run(system, func(t *testing.T) {
			traces, err := nezha.Read(dir, system, true)
			if err != nil {
				t.Fatal(err)
			}
			rows, undecided, causes := 0, 0, 0
			for n := 0; n < len(traces); n += 1 + len(traces)/100 {
				rt := &traces[n]
				for _, off := range []int64{0, 100 * ms} {
					ev := realEvidence(rt, off)
					tl := timeline.Build(ev, skew.Estimate(ev.Spans, ev.Logs))
					checkTimeline(t, ev, tl)
					checkShuffled(t, ev, skew.Auto, tl)
					causes += checkCauses(t, tl)
					rows += len(tl.Rows)
					for i := range tl.Rows {
						if tl.Rows[i].Marks.Has(timeline.MarkUndecided) {
							undecided++
						}
						if tl.Rows[i].Marks.Has(timeline.MarkZone) {
							t.Fatalf("trace %d: a zone is mended: %q", n, tl.Warnings)
						}
					}
				}
			}
			t.Logf("%d rows, %.1f %% undecided, %d starts on other clocks checked", rows, 100*float64(undecided)/float64(rows), causes)
			if causes == 0 {
				t.Error("no two clocks")
			}
		})
	}
}

// realEvidence is a trace with some of its nodes off.
func realEvidence(rt *nezha.Trace, off int64) *trace.Evidence {
	ev := &trace.Evidence{Spans: append([]trace.Span(nil), rt.Spans...), Logs: append([]trace.Log(nil), rt.Logs...)}
	shift := func(node string) int64 {
		if len(node) > 0 && node[len(node)-1]%5 == 0 {
			return off
		}
		return 0
	}
	for i := range ev.Spans {
		ev.Spans[i].Start += shift(rt.Node[i])
	}
	for i := range ev.Logs {
		ev.Logs[i].Time += shift(rt.LogNode[i])
		ev.Logs[i].DocID = fmt.Sprint(i)
	}
	return ev
}
