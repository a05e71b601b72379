package jaeger

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/otrace/otrace/internal/trace"
)

// sideBySide is how many searches run at a time.
const sideBySide = 4

// sweepAll asks for every service in every form. It fails when no search could
// be asked at all; when only some could not, that is a gap. Where a limit is
// shared, those that have more to tell go on with what the others left of it.
func (f *finder) sweepAll(ctx context.Context, d dialect, services []string, forms []form) error {
	all := f.newSweeps(d, services, forms)
	for open := all; len(open) > 0; {
		f.allow(open)
		if err := f.run(ctx, open); err != nil {
			return err
		}
		open = f.paused(open)
	}
	f.learnNames(all)
	return f.settle(all)
}

// learnNames notes that the storage keeps failed spans under the first of their
// names alone: the search for the other found none of those that are there.
func (f *finder) learnNames(all []*sweep) {
	first, other := 0, 0
	for _, w := range all {
		switch {
		case len(w.search.tags) != 1 || w.err != nil:
			return
		case w.search.tags[0] == failedNames[0]:
			first += len(w.confirmed)
		case w.search.tags[0] != failedNames[1] || w.asked == 0:
			return
		default:
			other += len(w.confirmed)
		}
	}
	if first >= worthTelling && other == 0 {
		f.c.learnOneName()
	}
}

func (f *finder) newSweeps(d dialect, services []string, forms []form) []*sweep {
	var all []*sweep
	for _, service := range services {
		for _, fm := range forms {
			all = append(all, f.newSweep(d, service, fm))
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sweeps = all
	f.unheard.Store(0)
	for _, w := range all {
		if len(w.todo) > 0 {
			f.unheard.Add(1)
		}
	}
	return all
}

// allow tells the sweeps how many traces each may bring: the query's limit, or
// its service's share of what is left of it. Forms are other words for the same
// traces.
func (f *finder) allow(open []*sweep) {
	if f.out == nil {
		for _, w := range open {
			w.allowed = f.q.Limit
		}
		return
	}
	services := map[string]bool{}
	for _, w := range open {
		services[w.search.service] = true
	}
	left, _ := f.out.left()
	share := (left + len(services) - 1) / len(services)
	if f.hurries() && f.q.Limit == 0 {
		share = mostDepth // and then the others' turn
	}
	for _, w := range open {
		w.allowed = len(w.confirmed) + share
		w.alone = len(services) == 1
	}
}

// run lets the sweeps go on, the first one alone: it shows whether the dialect
// can be spoken at all.
func (f *finder) run(ctx context.Context, open []*sweep) error {
	known := open[0].asked > 0
	places := make(chan struct{}, sideBySide)
	var wg sync.WaitGroup
	for i, w := range open {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			w.err = w.run(ctx)
		})
		if i == 0 && !known {
			wg.Wait()
			if cannot(w.err) {
				return w.err
			}
		}
	}
	wg.Wait()
	return nil
}

// paused are the sweeps that have brought all that they might, and may bring
// more.
func (f *finder) paused(open []*sweep) []*sweep {
	if f.out == nil {
		return nil
	}
	if left, _ := f.out.left(); f.q.Limit > 0 && left*20 < f.q.Limit {
		return nil // the rest is not worth so many questions
	}
	if _, more := f.looked(false); !more {
		return nil
	}
	var list []*sweep
	for _, w := range open {
		if w.err == nil && w.enough {
			list = append(list, w)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	// Since when all is known is what is known of the one that knows least.
	slices.SortStableFunc(list, func(a, b *sweep) int { return cmp.Compare(b.told, a.told) })
	return list
}

// cannot reports an error that would meet every search alike.
func cannot(err error) bool { return elsewhere(err) || errors.Is(err, errService) }

// settle makes gaps of what failed, or an error when all did.
func (f *finder) settle(all []*sweep) error {
	var failed []error
	for _, w := range all {
		if cannot(w.err) {
			return w.err
		}
		if w.err != nil {
			failed = append(failed, w.err)
		}
	}
	if len(failed) == len(all) && len(failed) > 0 {
		return failed[0]
	}
	for _, err := range failed {
		f.gap(err.Error(), errors.Is(err, trace.ErrRefused))
	}
	return nil
}
