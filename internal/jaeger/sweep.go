package jaeger

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

const (
	// mostDepth is how many traces are asked for at once: servers hold all of
	// them, whole, before they answer.
	mostDepth = 500
	// lookDepth is how many traces are asked for at once when most of them are
	// only looked at, and mostLooked how many spans are then looked at.
	lookDepth  = 20
	mostLooked = 200_000
	// siftDepth is how many traces are asked for at once when Jaeger, that has
	// them in its memory, only passes them on one by one: it goes through all
	// that it has for every question.
	siftDepth = 5000
)

// A sweep is all the asking for one service in one form. A search has no
// pages: a sweep goes through the window from its end to its start, in steps
// whose answers are not full.
type sweep struct {
	f         *finder
	d         dialect
	search    search
	sifts     bool // what is asked for is sifted here
	doubtful  bool
	alone     bool           // no other service is asked for
	most      int            // traces at once, as far as is known
	width     int64          // of the next step
	todo      []trace.Window // the newest last
	confirmed map[trace.ID]bool
	allowed   int  // as many may be confirmed, zero is no limit
	asked     int  // questions
	deep      bool // the most is asked for at once, however much is allowed
	enough    bool
	err       error

	// Under the finder's mu.
	told int64 // from here on all was found
	hole bool  // told can go no further back
	done bool  // the window's start was reached
}

func (f *finder) newSweep(d dialect, service string, fm form) *sweep {
	w := &sweep{
		f: f, d: d, doubtful: fm.doubtful, most: mostDepth, width: math.MaxInt64,
		sifts: len(fm.tags) == 0 && len(f.q.Conditions) > 0 || !f.q.LinksTo.IsZero(),
		todo:  []trace.Window{f.window}, confirmed: map[trace.ID]bool{}, told: f.window.Until + 1,
	}
	w.search = search{service: service, operation: f.q.Operation, tags: fm.tags, min: f.q.MinDuration, max: f.q.MaxDuration}
	if w.search.min > 0 && w.search.max == 0 {
		w.search.max = int64(allTime) // Elasticsearch storage has 24 hours in its place
	}
	if f.hurries() && f.c.silent(&w.search, f.window) {
		w.todo = nil
	}
	switch inMemory := f.c.knownStorage() == storageMemory; {
	case f.q.LookAt > 0:
		w.most = lookDepth
	case w.sifts && inMemory && streams(d):
		w.most, w.width = siftDepth, f.c.knownStride()
	}
	return w
}

// run asks step by step until the window's start or the limit is reached, or
// the patience is over.
func (w *sweep) run(ctx context.Context) error {
	w.enough = false
	for len(w.todo) > 0 && !w.f.over() && w.wanted() && w.next() {
		ans, err := w.ask(ctx, &w.search)
		if errors.Is(err, errOver) {
			return nil
		}
		if w.retry(err) {
			continue
		}
		if w.asked++; w.asked == 1 {
			w.f.unheard.Add(-1)
		}
		if err != nil && w.doubtful && !cannot(err) && ctx.Err() == nil {
			w.finish() // its twin is asked too
			return nil
		}
		if err != nil {
			return err
		}
		if w.enough = w.digest(ctx, ans); !w.enough {
			w.enough = w.asked == 1 && w.f.hurries() && len(w.todo) > 0
		}
		if w.enough {
			return nil
		}
	}
	if len(w.todo) == 0 {
		w.finish()
	}
	return nil
}

// wanted reports whether more may be handed over. When others have brought all
// of it, a form that was not asked yet still is, for their part of the window:
// else it alone would keep that part from being known to be complete.
func (w *sweep) wanted() bool {
	if w.f.out == nil {
		return true
	}
	if _, full := w.f.out.left(); !full {
		return true
	}
	since := w.f.since()
	if w.asked > 0 || !w.alone || w.f.q.Limit < worthTelling {
		return false
	}
	if since > w.f.window.From {
		w.todo = []trace.Window{{From: w.f.window.From, Until: since - 1}, {From: since, Until: w.f.window.Until}}
	}
	return true
}

// since is from when on those sweeps that have told anything have found all.
func (f *finder) since() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	since := f.window.From
	for _, w := range f.sweeps {
		if w.told <= f.window.Until {
			since = max(since, w.told)
		}
	}
	return since
}

func (w *sweep) finish() {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	w.done = !w.hole
	if w.done {
		w.told = w.f.window.From
	}
	if w.done && w.f.hurries() && w.asked > 0 && !w.doubtful && len(w.confirmed) == 0 {
		w.f.c.learnSilence(&w.search, w.f.window)
	}
}

// retry reports an error after which less is asked for.
func (w *sweep) retry(err error) bool {
	switch {
	case errors.Is(err, errWide):
		if !w.f.shorten(w.search.window) {
			return false
		}
	case (errors.Is(err, errDepth) || errors.Is(err, errEndless)) && w.search.depth > 1:
		w.most = max(1, w.search.depth/4)
	default:
		return false
	}
	w.todo = append(w.todo, w.search.window)
	return true
}

// digest says whether an answer ends the sweep, and goes on where it was full.
func (w *sweep) digest(ctx context.Context, ans *fold) (enough bool) {
	for id := range ans.confirmed {
		w.confirmed[id] = true
	}
	enough = w.allowed > 0 && len(w.confirmed) >= w.allowed
	full := ans.traces.Len() >= w.search.depth && (!w.doubtful || len(ans.confirmed) > 0)
	switch {
	case !full:
		w.tell(w.search.window.From, ans)
		w.stride(ans.traces.Len())
	case w.ordered(ctx, ans, enough):
		w.goOn(ans)
	default:
		w.narrow(ans)
	}
	if enough {
		return len(w.todo) > 0
	}
	if traces, all := w.f.looked(len(w.todo) == 0); !all {
		w.f.warn(fmt.Sprintf("only the newest %s were looked at", plural(traces, "trace")))
		return true
	}
	return false
}

// tell notes that all since a moment was found, but for what the outlet did not
// take.
func (w *sweep) tell(since int64, ans *fold) {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	if w.hole {
		return
	}
	if ans.kept != trace.NoTime {
		since, w.hole = max(since, ans.kept+1000), true
	}
	w.told = min(w.told, since)
}

// looked tells how many traces were looked at, and whether more may be.
func (f *finder) looked(done bool) (traces int, more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.looks, done || f.q.LookAt == 0 || f.looks < f.q.LookAt && f.spansLooked < mostLooked
}

// ask asks once, and once more when the answer broke off. What came before an
// error counts, and what came before the patience was over.
func (w *sweep) ask(ctx context.Context, s *search) (*fold, error) {
	f := w.f
	hurried, cancel := f.hurried(ctx)
	defer cancel()
	for again := false; ; again = true {
		var ans *fold
		begin := f.c.now()
		err := f.c.patiently(hurried, func() error {
			ans = newFold(&f.q, f.out, s.window, w.sifts)
			err := w.d.find(hurried, s, ans.take)
			ans.end(err)
			f.merge(ans)
			return err
		})
		if err != nil && hurried.Err() != nil && ctx.Err() == nil {
			return ans, errOver
		}
		if err == nil && !w.sifts {
			f.c.learnPace(f.c.now().Sub(begin), ans.traces.Len())
		}
		if again || !errors.Is(err, errCut) || ctx.Err() != nil {
			return ans, err
		}
	}
}

// shorten learns that a window is too long for the storage.
func (f *finder) shorten(w trace.Window) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	length := w.Until - w.From
	if length <= int64(time.Hour) {
		return false
	}
	f.widest = min(f.widest, length/2)
	return true
}
