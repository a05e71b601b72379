package timeline_test

import (
	"testing"

	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// Where several failed, the one beneath which none did is where it began; one
// that failed alone needs no mark.
func TestOrigins(t *testing.T) {
	failed := func(id, parent trace.SpanID, from, to int64) trace.Span {
		s := during(id, parent, from, to, trace.KindInternal)
		s.Status = trace.StatusError
		return s
	}
	spans := []trace.Span{
		failed(1, 0, 0, 100),
		during(2, 1, 10, 90, trace.KindInternal), // it does not say that it failed
		failed(3, 2, 20, 80),
		during(4, 3, 30, 70, trace.KindInternal),
		failed(5, 1, 91, 95),
	}
	want := map[trace.SpanID]bool{3: true, 5: true}
	tl := built(spans, nil)
	for i := range tl.Rows {
		if r := &tl.Rows[i]; r.Marks.Has(timeline.MarkOrigin) != want[r.Span.ID] {
			t.Errorf("span %d is marked %v", uint64(r.Span.ID), r.Marks.Names())
		}
	}
	alone := built([]trace.Span{during(1, 0, 0, 9, trace.KindInternal), failed(2, 1, 1, 2)}, nil)
	if alone.Rows[1].Marks.Has(timeline.MarkOrigin) {
		t.Error("the only failure is marked")
	}
}
