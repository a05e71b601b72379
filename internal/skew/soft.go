package skew

import "slices"

// minSlack is the least contradiction, in nanoseconds, that a soft sample must
// show before it may move a clock: servers often outlive their callers a bit.
const minSlack = millisecond

// fewSlack is the same where a single sample says so. It is divided by their
// number: one long tail is likely, several on the same pair are not.
const fewSlack = 5 * millisecond

// judgeSoft decides which end samples count, pair of clocks by pair of clocks,
// and adds those to the table, whose other edges are better evidence.
//
// An end sample that contradicts what the pair's better evidence lets us
// assume (no skew, or as little as possible) is either a server's tail and
// asynchronous work, or skew. It is skew when most samples say so, and by more
// than the time that calls between the two spend on their way.
func judgeSoft(table *edgeTable, soft []softSample, clocks int, stats *tally) {
	spare := make([]softSample, len(soft))
	countingSort(spare, soft, clocks, func(s *softSample) int32 { return s.v })
	countingSort(soft, spare, clocks, func(s *softSample) int32 { return s.u })
	var slacks []int64
	for from := 0; from < len(soft); {
		to := from + 1
		for to < len(soft) && soft[to].u == soft[from].u && soft[to].v == soft[from].v {
			to++
		}
		judgePair(table, soft[from:to], &slacks, stats)
		from = to
	}
}

func judgePair(table *edgeTable, soft []softSample, slacks *[]int64, stats *tally) {
	u, v := soft[0].u, soft[0].v
	stats.count(u, v, len(soft))
	assumed := assume(table, u, v)
	against := 0
	*slacks = (*slacks)[:0]
	for i := range soft {
		if soft[i].w < assumed {
			against++
		}
		*slacks = append(*slacks, soft[i].slack)
	}
	allowed := int64(0)
	if against > 0 {
		slices.Sort(*slacks)
		allowed = max(minSlack, fewSlack/int64(against), (*slacks)[len(soft)/2])
	}
	for i := range soft {
		s := &soft[i]
		if excess := assumed - s.w; excess > 0 && (excess <= allowed || 2*against <= len(soft)) {
			stats.ignore(u, v, s.span)
			continue
		}
		table.add(u, v, ruleEnd, s.w, s.span)
	}
}

// assume returns the difference of corrections x[u] − x[v] nearest to 0 that
// the pair's better evidence allows.
func assume(table *edgeTable, u, v int32) int64 {
	high, low := maxGap, -maxGap
	for r := ruleEnd + 1; r < ruleIdentity; r++ {
		high = min(high, table.peek(u, v, r))
		low = max(low, -table.peek(v, u, r))
	}
	return max(low, min(high, 0))
}
