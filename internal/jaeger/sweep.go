package jaeger

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

const (
	// mostDepth is how many traces are asked for at once: servers hold all of
	// them, whole, before they answer.
	mostDepth = 500
	// narrowest is the shortest window that is cut: Elasticsearch storage
	// searches by the millisecond.
	narrowest = int64(time.Millisecond)
	// sideBySide is how many searches run at a time.
	sideBySide = 4
	// lookDepth is how many traces are asked for at once when most of them are
	// only looked at, and mostLooked how many spans are then looked at.
	lookDepth  = 20
	mostLooked = 200_000
)

// sweepAll asks for every service in every form. It fails when no search could
// be asked at all; when only some could not, that is a gap.
func (f *finder) sweepAll(ctx context.Context, d dialect, services []string, forms []form) error {
	type job struct {
		service string
		form
	}
	var jobs []job
	for _, service := range services {
		for _, fm := range forms {
			jobs = append(jobs, job{service, fm})
		}
	}
	errs := make([]error, len(jobs))
	places := make(chan struct{}, sideBySide)
	var wg sync.WaitGroup
	for i, j := range jobs {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			errs[i] = f.sweep(ctx, d, j.service, j.form)
		})
		if i == 0 {
			wg.Wait() // whether the dialect can be spoken at all
			if cannot(errs[0]) {
				return errs[0]
			}
		}
	}
	wg.Wait()
	return f.settle(errs)
}

// cannot reports an error that would meet every search alike.
func cannot(err error) bool { return elsewhere(err) || errors.Is(err, errService) }

// settle makes gaps of what failed, or an error when all did.
func (f *finder) settle(errs []error) error {
	var first error
	failed := 0
	for _, err := range errs {
		if err == nil {
			continue
		}
		if cannot(err) {
			return err
		}
		failed++
		if first == nil {
			first = err
		}
	}
	if failed == len(errs) {
		return first
	}
	for _, err := range errs {
		if err != nil {
			f.gap(err.Error(), errors.Is(err, trace.ErrRefused))
		}
	}
	return nil
}

// A sweep is all the asking for one service in one form.
type sweep struct {
	f         *finder
	search    search
	doubtful  bool
	most      int            // traces at once, as far as is known
	todo      []trace.Window // the newest last
	confirmed map[trace.ID]bool
}

// sweep asks for one service in one form. A search has no pages: where an
// answer is full, its window is cut in two, newer first, until no answer is
// full or the query's limit is reached.
func (f *finder) sweep(ctx context.Context, d dialect, service string, fm form) error {
	w := f.newSweep(service, fm)
	for w.next() {
		ans, err := f.askOne(ctx, d, &w.search)
		if w.retry(err) {
			continue
		}
		if err != nil && w.doubtful && !cannot(err) && ctx.Err() == nil {
			return nil // its twin is asked too
		}
		if err != nil || w.digest(ans) {
			return err
		}
	}
	return nil
}

func (f *finder) newSweep(service string, fm form) *sweep {
	f.mu.Lock()
	defer f.mu.Unlock()
	w := &sweep{f: f, doubtful: fm.doubtful, most: mostDepth, todo: []trace.Window{f.window}, confirmed: map[trace.ID]bool{}}
	w.search = search{
		service: service, operation: f.q.Operation, tags: fm.tags,
		min: f.q.MinDuration, max: f.q.MaxDuration, depth: mostDepth,
	}
	if w.search.min > 0 && w.search.max == 0 {
		w.search.max = int64(allTime) // Elasticsearch storage has 24 hours in its place
	}
	if f.q.Limit > 0 {
		w.search.depth = min(mostDepth, f.q.Limit)
	}
	if f.q.LookAt > 0 {
		w.search.depth, w.most = lookDepth, lookDepth
	}
	return w
}

// next takes the next window, as far as the storage takes it.
func (w *sweep) next() bool {
	w.f.mu.Lock()
	defer w.f.mu.Unlock()
	if len(w.todo) == 0 {
		return false
	}
	window := w.todo[len(w.todo)-1]
	w.todo = w.todo[:len(w.todo)-1]
	if window.Until-window.From > w.f.widest {
		older := trace.Window{From: window.From, Until: window.Until - w.f.widest - 1}
		w.todo = append(w.todo, older)
		window.From = older.Until + 1
	}
	w.search.window = window
	return true
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
		w.search.depth = w.most
	default:
		return false
	}
	w.todo = append(w.todo, w.search.window)
	return true
}

// digest says whether an answer ends the sweep, and cuts its window when it
// was full.
func (w *sweep) digest(ans *fold) (enough bool) {
	for id := range ans.confirmed {
		w.confirmed[id] = true
	}
	if limit := w.f.q.Limit; limit > 0 && len(w.confirmed) >= limit {
		return true
	}
	if traces, all := w.f.looked(len(w.todo) == 0 && ans.traces.Len() < w.search.depth); !all {
		w.f.warn(fmt.Sprintf("only the newest %s were looked at", plural(traces, "trace")))
		return true
	}
	if ans.traces.Len() < w.search.depth || w.doubtful && len(ans.confirmed) == 0 {
		return false
	}
	older, newer, ok := cut(w.search.window, ans.times())
	if !ok {
		w.f.gap(fmt.Sprintf("more than %s within a millisecond at %s: some are missing",
			plural(w.search.depth, "trace"), time.Unix(0, w.search.window.From).UTC().Format(time.RFC3339Nano)), false)
		return false
	}
	w.search.depth = w.most
	w.todo = append(w.todo, older, newer)
	return false
}

// looked tells how many traces were looked at, and whether more may be.
func (f *finder) looked(done bool) (traces int, more bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	spans := 0
	for _, h := range f.traces {
		spans += h.Spans
	}
	return len(f.traces), done || f.q.LookAt == 0 || len(f.traces) < f.q.LookAt && spans < mostLooked
}

// askOne asks once, and once more when the answer broke off. What came before
// an error counts.
func (f *finder) askOne(ctx context.Context, d dialect, s *search) (*fold, error) {
	for again := false; ; again = true {
		var ans *fold
		err := f.c.patiently(ctx, func() error {
			ans = newFold(&f.q)
			err := d.find(ctx, s, ans.take)
			f.merge(ans)
			return err
		})
		if again || !errors.Is(err, errCut) || ctx.Err() != nil {
			return ans, err
		}
	}
}

// cut splits a window where half of what came lies on either side. Storages
// that return the newest have then told all of the newer half; of others it
// is asked for again. ok is false for a window that is too short.
func cut(w trace.Window, newestFirst []int64) (older, newer trace.Window, ok bool) {
	if w.Until-w.From <= narrowest {
		return w, w, false
	}
	at := newestFirst[len(newestFirst)/2]
	if at <= w.From || at > w.Until {
		at = w.From + (w.Until-w.From)/2 + 1
	}
	return trace.Window{From: w.From, Until: at - 1}, trace.Window{From: at, Until: w.Until}, true
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
