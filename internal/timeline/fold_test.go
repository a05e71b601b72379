package timeline_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

func built(spans []trace.Span, logs []trace.Log) *timeline.Timeline {
	ev := trace.Evidence{Spans: spans, Logs: logs}
	return timeline.Build(&ev, skew.Off.Estimate(spans, logs))
}

// statements is a span that runs many statements, some of which fail.
func statements(n int, failing map[int]string) []trace.Span {
	db := &trace.Resource{Origin: trace.Origin{Service: "shop"}}
	spans := []trace.Span{{ID: 1, Operation: "GET /cart", Resource: db}}
	spans[0].SetTimes(1e18, 1e18+int64(n)*10e6)
	for i := range n {
		s := trace.Span{ID: trace.SpanID(i + 2), Parent: 1, Operation: "SELECT items", Resource: db}
		s.SetTimes(1e18+int64(i)*10e6, 1e18+int64(i)*10e6+int64(i+1)*1e5)
		if why, ok := failing[i]; ok {
			s.Status, s.StatusMessage = trace.StatusError, why
		}
		spans = append(spans, s)
	}
	return spans
}

func TestFoldCountsWhatIsAlike(t *testing.T) {
	tl := built(statements(48, nil), nil).Fold()
	if len(tl.Rows) != 2 || tl.Rows[1].Kind != timeline.KindFold || tl.Folded != 1 {
		t.Fatalf("%d rows, %d folds", len(tl.Rows), tl.Folded)
	}
	fold := tl.Rows[1].Fold
	want := timeline.Fold{Kind: timeline.KindSpan, Siblings: 48, Same: true, Spans: 48, Shortest: 1e5, Longest: 48e5, Total: 1176e5, End: 1e18 + 470e6 + 48e5, Critical: true}
	if *fold != want {
		t.Errorf("got  %+v\nwant %+v", *fold, want)
	}
}

func TestFoldLeavesFailuresToBeSeen(t *testing.T) {
	// Two failures differ from the 46 that went well, and from each other.
	tl := built(statements(48, map[int]string{7: "deadlock", 30: "connection reset"}), nil).Fold()
	if got := said(tl); got != "GET /cart; ?; SELECT items; SELECT items" || tl.Rows[1].Fold.Failed != 0 {
		t.Errorf("got %s", got)
	}
	// Thirty of one kind are one and 29 more, whatever numbers they name.
	failing := map[int]string{}
	for i := range 30 {
		failing[i] = fmt.Sprintf("attempt %d: 503", i)
	}
	tl = built(statements(30, failing), nil).Fold()
	if got := said(tl); got != "GET /cart; SELECT items; ?" || tl.Rows[2].Fold.Failed != 29 || !tl.Rows[2].IsError() {
		t.Errorf("got %s", got)
	}
}

func TestFoldLogsThatRepeat(t *testing.T) {
	var logs []trace.Log
	for i := range 12 {
		logs = append(logs, trace.Log{Time: 1e18 + int64(i)*1e6, Span: 1, Message: fmt.Sprintf("poll %d of 12: queue-%d is empty", i, i%3)})
	}
	logs = append(logs, trace.Log{Time: 1e18 + 50e6, Span: 1, Message: "done"})
	tl := built(statements(3, nil), logs).Fold()
	if got := said(tl); got != "GET /cart; ?; SELECT items; SELECT items; SELECT items; done" {
		t.Errorf("got %s", got)
	}
}

// Nothing is lost: what is shown and what is folded are all records, and every
// failure of another kind is in sight.
func TestFoldLosesNothing(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		var spans []trace.Span
		for id := trace.SpanID(1); id < 300; id++ {
			from := rng.Int64N(1000)
			s := during(id, trace.SpanID(rng.Uint64N(min(uint64(id), 12))), from, from+rng.Int64N(300), trace.KindInternal)
			s.Operation = fmt.Sprint("op", rng.IntN(4))
			s.Resource = &trace.Resource{Origin: trace.Origin{Service: "s"}}
			if rng.IntN(20) == 0 {
				s.Status, s.StatusMessage = trace.StatusError, fmt.Sprint("why ", string(rune('a'+rng.IntN(3))))
			}
			spans = append(spans, s)
		}
		tl := built(spans, nil)
		folded := tl.Fold()
		n, whys := count(folded)[0], map[string]bool{}
		for i := range folded.Rows {
			switch r := &folded.Rows[i]; {
			case r.Kind == timeline.KindFold:
				n += r.Fold.Spans
			case r.IsError():
				whys[r.Span.StatusMessage] = true
			}
		}
		if n != tl.Counts.Spans {
			t.Fatalf("seed %d: %d of %d spans are shown or counted", seed, n, tl.Counts.Spans)
		}
		for i := range tl.Rows {
			if r := &tl.Rows[i]; r.IsError() && !whys[r.Span.StatusMessage] {
				t.Fatalf("seed %d: no failure %q is in sight", seed, r.Span.StatusMessage)
			}
		}
	}
}

func TestSilences(t *testing.T) {
	spans := []trace.Span{
		during(1, 0, 0, 1000, trace.KindServer),
		during(2, 1, 10, 300, trace.KindClient),
		during(3, 1, 700, 950, trace.KindClient),
	}
	logs := []trace.Log{{Time: 1e18 + 500e6, Span: 1, Message: "still waiting"}}
	tl := built(spans, logs)
	want := []timeline.Silence{
		{Before: 2, Depth: 1, From: 1e18 + 300e6, Time: 200e6},
		{Before: 3, Depth: 1, From: 1e18 + 500e6, Time: 200e6},
	}
	if len(tl.Silences) != 2 || tl.Silences[0] != want[0] || tl.Silences[1] != want[1] {
		t.Errorf("got %+v, want %+v", tl.Silences, want)
	}
}

// A silence at the end of a span stands before whatever follows it.
func TestSilenceAtTheEnd(t *testing.T) {
	spans := []trace.Span{
		during(1, 0, 0, 1000, trace.KindServer),
		during(2, 1, 0, 600, trace.KindClient),
		during(3, 2, 10, 100, trace.KindServer),
		during(4, 1, 600, 1000, trace.KindClient),
	}
	tl := built(spans, nil)
	if want := (timeline.Silence{Before: 3, Depth: 2, From: 1e18 + 100e6, Time: 500e6}); len(tl.Silences) != 1 || tl.Silences[0] != want {
		t.Errorf("got %+v, want %+v", tl.Silences, want)
	}
}
