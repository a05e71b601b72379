package gather

import (
	"context"
	"sync"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

const (
	// firstTraces is how many failing traces are asked for at once before the
	// time is asked for slot by slot.
	firstTraces = 500
	// fewestTraces is how many are asked for of a slot, at least.
	fewestTraces = 10
	// slotsAtOnce is how many slots are asked for side by side.
	slotsAtOnce = 4
)

// spans reads the failing traces, the window's and then the baseline's.
func (t *triaging) spans(ctx context.Context) error {
	n, cut, err := t.stretch(ctx, t.plan.Slices, t.plan.slots())
	t.mu.Lock()
	t.found.Traces, t.found.TracesCut = n, cut
	t.mu.Unlock()
	if err != nil {
		t.uncovered(t.coverSpans)
		t.gap(t.src.SpansName, err, n > 0)
	}
	t.half()
	if err != nil || t.plan.Slices == 0 {
		return err
	}
	if _, _, err = t.stretch(ctx, 0, t.plan.Slices); err == nil {
		err = t.traffic(ctx)
	}
	t.withoutBaseline(t.src.SpansName, err, t.coverSpans)
	return nil
}

// failing asks for a stretch's failing traces, the newest first.
func (t *triaging) failing(ctx context.Context, at trace.Window, most int, patience time.Duration) (trace.Taken, error) {
	q := trace.Query{
		Service: t.plan.Service, Operation: t.plan.Operation, Window: at, Limit: most, Patience: patience,
		Conditions: []trace.Condition{{Key: "error", Value: "true"}},
	}
	taken, err := t.src.Failing.EachTrace(ctx, q, func(spans []trace.Span) {
		t.into.AddTrace(spans)
		t.failures[t.plan.slot(spans[0].Start)].Add(1)
	})
	t.take(&taken, t.src.SpansName)
	if err != nil || t.plan.Service == "" {
		return taken, err
	}
	return taken, t.givenUp(ctx, q)
}

// givenUp asks for the failing traces in which somebody gave up waiting for the
// service: nothing of its own failed there.
func (t *triaging) givenUp(ctx context.Context, q trace.Query) error {
	q.Service, q.Operation = "", ""
	taken, err := t.src.Failing.EachTrace(ctx, q, func(spans []trace.Span) {
		if gaveUpOn(spans, t.plan.Service, t.plan.Operation) {
			t.into.AddTrace(spans)
			t.failures[t.plan.slot(spans[0].Start)].Add(1)
		}
	})
	if taken.More {
		taken.Warnings = append(taken.Warnings, "callers that gave up waiting for "+t.plan.Service+" were looked for among the newest failing traces alone")
	}
	t.take(&taken, t.src.SpansName)
	return err
}

// gaveUpOn reports whether a call failed while a span of the service, and of the
// operation unless that is "", went on beneath it.
func gaveUpOn(spans []trace.Span, service, operation string) bool {
	failed := make(map[trace.SpanID]int64)
	for i := range spans {
		if s := &spans[i]; s.Status == trace.StatusError && s.ID != 0 {
			failed[s.ID] = s.Duration
		}
	}
	for i := range spans {
		s := &spans[i]
		if s.Resource.Service != service || s.Status == trace.StatusError || operation != "" && s.Operation != operation {
			continue
		}
		if waited, ok := failed[s.Parent]; ok && s.Duration > waited {
			return true
		}
	}
	return false
}

// stretch reads the failing traces of the slots from first to before last:
// all at once where they are few, else some of every slot, so that what failed
// early is not hidden by what fails often. A third of the patience is for that.
func (t *triaging) stretch(ctx context.Context, first, last int) (n int, cut bool, err error) {
	until := time.Now().Add(t.plan.Patience)
	most := t.plan.MostTraces
	at := firstTraces
	if most > 0 {
		at = min(at, (most+1)/2)
	}
	in := t.plan.window(first, last)
	if t.plan.All {
		at, in = 0, trace.Window{}
	}
	taken, err := t.failing(ctx, in, at, t.plan.Patience*2/3)
	if err != nil || !taken.More {
		return taken.Handed, false, err
	}
	open := min(t.plan.slot(taken.Since)+1, last) // slots that were not read whole, the last of them in part
	per := 0
	if most > 0 {
		per = max(fewestTraces, (most-taken.Handed)/max(open-first, 1))
	}
	for i := first; i < open; i++ {
		t.coverSpans(i, t.share(i, &taken)) // until it is asked for
	}
	var mu sync.Mutex
	n = taken.Handed
	left := open - first
	err = t.each(ctx, first, open, until, func(ctx context.Context, i int, patience time.Duration) error {
		more, err := t.failing(ctx, t.plan.window(i, i+1), per, patience)
		whole := !more.More && err == nil
		if whole {
			t.coverSpans(i, 1)
		} else {
			t.coverSpans(i, max(t.share(i, &taken), t.share(i, &more)))
		}
		mu.Lock()
		defer mu.Unlock()
		n += more.Handed
		if whole {
			left--
		}
		return err
	})
	return n, left > 0, err
}

// share is the part of a slot that was read whole.
func (t *triaging) share(slot int, taken *trace.Taken) float64 {
	at := t.plan.window(slot, slot+1)
	if taken.Handed == 0 || taken.Since > at.Until {
		return 0
	}
	return min(1, float64(at.Until+1-taken.Since)/float64(at.Until+1-at.From))
}

// traffic finds out in which slices of the baseline there was any trace: where
// there was none, that nothing failed tells nothing.
func (t *triaging) traffic(ctx context.Context) error {
	read := make([]float64, t.plan.Slices)
	for i := range read {
		if read[i] = t.read[i].spans; t.failures[i].Load() == 0 {
			t.coverSpans(i, 0) // until anything is found in it
		}
	}
	return t.each(ctx, 0, t.plan.Slices, time.Now().Add(t.plan.Patience/2), func(ctx context.Context, i int, patience time.Duration) error {
		if t.failures[i].Load() > 0 {
			return nil
		}
		q := trace.Query{Service: t.plan.Service, Window: t.plan.window(i, i+1), Limit: 1, Patience: patience}
		anything := false
		taken, err := t.src.Failing.EachTrace(ctx, q, func([]trace.Span) { anything = true })
		t.take(&taken, t.src.SpansName)
		if anything {
			t.coverSpans(i, read[i])
		}
		return err
	})
}

// each does something for the slots, a few at a time, until the patience is
// over, and returns the first error. It begins with the newest, and gives each
// its part of the time that remains.
func (t *triaging) each(ctx context.Context, first, last int, until time.Time, do func(context.Context, int, time.Duration) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	patient := ctx
	if t.plan.Patience > 0 {
		var over context.CancelFunc
		patient, over = context.WithDeadline(ctx, until)
		defer over()
	}
	var wg sync.WaitGroup
	var once sync.Once
	var failed error
	places := make(chan struct{}, slotsAtOnce)
	for i := last - 1; i >= first && patient.Err() == nil; i-- {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			if err := do(ctx, i, t.part(until, i-first+1)); err != nil {
				once.Do(func() { failed = err; cancel() })
			}
		})
	}
	wg.Wait()
	return failed
}

// part is how long one of so many slots may be asked for, when slots are asked
// for side by side until a moment; zero is without limit.
func (t *triaging) part(until time.Time, slots int) time.Duration {
	if t.plan.Patience <= 0 {
		return 0
	}
	rounds := (slots + slotsAtOnce - 1) / slotsAtOnce
	return max(time.Until(until)/time.Duration(rounds), 1)
}
