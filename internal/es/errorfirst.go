package es

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// mostBuckets is how many buckets are asked for at once; clusters allow ten
// thousand or more.
const mostBuckets = 10_000

// timed counts the error logs whose time a field holds.
func (e *errorCount) timed(ctx context.Context, s *errorScope, t timing, in said) error {
	query := s.query(e.q.Service, t.its(), t.within(e.edges[0], e.edges[len(e.edges)-1]))
	if !e.q.Window.IsZero() {
		query = object{"bool": object{"filter": []any{query, s.group.within(e.q.Window)}}}
	}
	f := &fitting{errorCount: e, scope: s, query: query, slots: t.slots(e.edges), queries: make(map[int]object), counts: make(map[int][]int64)}
	for i, p := range e.patterns {
		if one := s.pattern(p, in); one != nil {
			f.queries[i] = one
			f.anyones = f.anyones || p.Service == ""
		}
	}
	if err := f.run(ctx); err != nil {
		return err
	}
	for i, n := range f.errors {
		e.out.Errors[i] += n
	}
	for p, counts := range f.counts {
		for i, n := range counts {
			e.out.Of[p][i] += n
		}
	}
	return nil
}

// A fitting counts for each log the first pattern that fits it. The cluster
// counts every pattern that does; where that are more than there are logs, it is
// asked which patterns meet, and those are counted without what fits one before.
type fitting struct {
	*errorCount
	scope   *errorScope
	query   object
	slots   object
	queries map[int]object  // of the patterns that can be asked
	counts  map[int][]int64 // of the patterns, by slots
	errors  []int64         // of all logs, by slots
	anyones bool            // some of them are of no service
	excess  int64           // how often a log was counted more than once
	several bool            // not all patterns were counted side by side, so that their excess is not known
}

func (f *fitting) run(ctx context.Context) error {
	all := slices.Sorted(maps.Keys(f.queries))
	size := max(1, min(len(all), mostBuckets/len(f.edges)/f.perSlot()-1))
	slices.SortStableFunc(all, func(a, b int) int { return strings.Compare(f.patterns[a].Service, f.patterns[b].Service) })
	f.several = size < len(all)
	f.errors = make([]int64, len(f.edges)-1)
	if len(all) == 0 {
		return f.ask(ctx, nil, true)
	}
	for batch := range slices.Chunk(all, size) {
		if err := f.ask(ctx, batch, batch[0] == all[0]); err != nil {
			return err
		}
	}
	if f.excess == 0 && !f.several {
		return nil
	}
	return f.meetings(ctx, size)
}

// perSlot is how many buckets a slot has.
func (f *fitting) perSlot() int {
	for _, by := range f.slots {
		if ranges, ok := by.(object)["ranges"].([]any); ok {
			return max(1, len(ranges)/(len(f.edges)-1))
		}
	}
	return 1
}

// ask counts some of the patterns by slots; and all logs, the first time. The
// patterns of a service are looked for among its logs only, which is what makes
// hundreds of them cheap.
func (f *fitting) ask(ctx context.Context, patterns []int, first bool) error {
	aggs := make(object)
	if first {
		aggs["slots"] = f.slots
	}
	by := make(map[string][]int)
	for _, p := range patterns {
		by[f.patterns[p].Service] = append(by[f.patterns[p].Service], p)
	}
	services := sortedKeys(by)
	for i, service := range services {
		pairs := object{"filters": object{"filters": f.filters(by[service]), "other_bucket_key": "others"}, "aggs": object{"slots": f.slots}}
		aggs["s"+strconv.Itoa(i)] = object{"filter": f.scope.of(service, object{"match_all": object{}}), "aggs": object{"pairs": pairs}}
	}
	said, _, err := f.aggregate(ctx, f.scope, f.query, aggs)
	if err != nil {
		return err
	}
	said["slots"].addTo(f.errors)
	f.several = f.several || f.anyones && len(services) > 1
	for i := range services {
		its := said["s"+strconv.Itoa(i)]
		f.excess -= its.Docs
		for _, one := range its.Pairs.buckets() {
			f.excess += one.Docs
		}
		its.Pairs.of(func(p int, one *tallied) {
			f.counts[p] = make([]int64, len(f.edges)-1)
			one.Slots.addTo(f.counts[p])
		})
	}
	return nil
}

// filters is the patterns' queries by number.
func (f *fitting) filters(patterns []int) object {
	out := make(object, len(patterns))
	for _, p := range patterns {
		out[strconv.Itoa(p)] = f.queries[p]
	}
	return out
}

// meetings finds the patterns that fit a log together with one before them, and
// counts them anew without it.
func (f *fitting) meetings(ctx context.Context, size int) error {
	var found []int // the patterns that fit anything
	for _, p := range slices.Sorted(maps.Keys(f.counts)) {
		if sum(f.counts[p]) > 0 {
			found = append(found, p)
		}
	}
	if len(found) < 2 {
		return nil
	}
	met := make(map[int][]int)
	for batch := range slices.Chunk(found[1:], max(1, mostBuckets/len(found))) {
		last, _ := slices.BinarySearch(found, batch[len(batch)-1])
		pairs := object{"pairs": object{"filters": object{"filters": f.owned(found[:last])}}}
		said, _, err := f.aggregate(ctx, f.scope, f.query, object{"patterns": object{"filters": object{"filters": f.owned(batch)}, "aggs": pairs}})
		if err != nil {
			return err
		}
		said["patterns"].of(func(p int, one *tallied) {
			one.Pairs.of(func(other int, both *tallied) {
				if other < p && both.Docs > 0 {
					met[p] = append(met[p], other)
				}
			})
		})
	}
	return f.apart(ctx, met, size)
}

// apart counts patterns without the logs that fit those that they met.
func (f *fitting) apart(ctx context.Context, met map[int][]int, size int) error {
	asked := maps.Clone(f.queries)
	for p, others := range met {
		f.queries[p] = object{"bool": object{"filter": []any{asked[p]}, "must_not": f.heaped(asked, others)}}
	}
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(met)), size) {
		err := f.ask(ctx, batch, false)
		if tooManyClauses(page{}, err) {
			f.warn("the cluster allows too few clauses to tell patterns apart that fit the same logs: some count for several")
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// heap is how many clauses stand in one place, because a cluster limits that.
const heap = 200

// heaped is the patterns' clauses, each of its service's logs.
func (f *fitting) heaped(queries map[int]object, of []int) []any {
	var out []any
	for some := range slices.Chunk(of, heap) {
		clauses := make([]any, len(some))
		for i, p := range some {
			clauses[i] = f.scope.of(f.patterns[p].Service, queries[p])
		}
		out = append(out, anyOf(clauses))
	}
	return out
}

// owned is filters, each of its service's logs.
func (f *fitting) owned(patterns []int) object {
	out := make(object, len(patterns))
	for _, p := range patterns {
		out[strconv.Itoa(p)] = f.scope.of(f.patterns[p].Service, f.queries[p])
	}
	return out
}
