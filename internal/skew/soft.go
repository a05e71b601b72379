package skew

import (
	"cmp"
	"math"
	"slices"
)

// minSlack is the least contradiction, in nanoseconds, that a soft sample must
// show before it may move a clock: servers often outlive their callers a bit.
const minSlack = millisecond

// fewSlack is the same where a single sample says so. It is divided by their
// number: one long tail is likely, several on the same pair are not.
const fewSlack = 5 * millisecond

// manyTails is how many calls between the same two clocks hardly all have long
// tails by chance.
const manyTails = 3

// tailShare is how many of a pair's calls may have a tail, in percent.
const tailShare = 25

// judgeSoft decides which end samples count, pair of clocks by pair of clocks,
// and adds those to the table, whose other edges are better evidence.
//
// An end sample that contradicts what the pair's better evidence lets us
// assume (no skew, or as little as possible) is either a server's tail and
// asynchronous work, or skew. Skew moves all calls alike: it has to agree with
// how early the earliest callee started, and shows where a call leaves less
// room than the contradiction is large. A tail grows from the end alone.
func judgeSoft(table *edgeTable, soft []softSample, clocks int, stats *tally) []spread {
	var spreads []spread
	soft = byPair(soft, clocks)
	for from := 0; from < len(soft); {
		to := from + 1
		for to < len(soft) && soft[to].u == soft[from].u && soft[to].v == soft[from].v {
			to++
		}
		judgePair(table, soft[from:to], stats)
		if to-from >= enoughCalls {
			spreads = append(spreads, spreadOf(soft[from:to]))
		}
		from = to
	}
	return spreads
}

// byPair orders the samples by their clocks.
func byPair(soft []softSample, clocks int) []softSample {
	sorted := make([]softSample, len(soft))
	if n := clocks * clocks; n <= len(soft) {
		countingSort(sorted, soft, n, func(s *softSample) int32 { return s.u*int32(clocks) + s.v })
		return sorted
	}
	countingSort(sorted, soft, clocks, func(s *softSample) int32 { return s.v })
	countingSort(soft, sorted, clocks, func(s *softSample) int32 { return s.u })
	return soft
}

func judgePair(table *edgeTable, soft []softSample, stats *tally) {
	u, v := soft[0].u, soft[0].v
	stats.count(u, v, ruleEnd, len(soft))
	low, high := better(table, u, v)
	soft = withoutLateLogs(soft, max(low, 0), stats)
	j := newJudge(soft, low)
	least := withoutTails(soft)
	for i := range soft {
		s := &soft[i]
		contradicts := s.w < max(low, min(high, 0))
		if s.w < least {
			if contradicts {
				stats.ignore(u, v, lost{s.span, ruleEnd, true})
			}
			continue
		}
		switch {
		case !contradicts || j.skewed && s.w >= low:
			table.add(u, v, ruleEnd, s.w, s.span)
		case high == maxGap && s.w >= low: // nothing else bounds the pair on this side
			table.add(u, v, ruleEnd, s.w+j.tail(s), s.span)
			fallthrough
		default:
			stats.ignore(u, v, lost{s.span, ruleEnd, true})
		}
	}
}

// withoutTails returns the least weight of a pair's samples that are not likely
// made tighter than latency alone by a tail: of those that leave about as little
// room as the tightest a share is.
func withoutTails(soft []softSample) int64 {
	if len(soft) < 100/tailShare {
		return -maxGap
	}
	tightest := slices.MinFunc(soft, func(a, b softSample) int {
		return cmp.Or(cmp.Compare(a.w, b.w), cmp.Compare(a.slack, b.slack))
	})
	n := 0
	weights := make([]int64, len(soft))
	for i := range soft {
		weights[i] = soft[i].w
		if soft[i].slack <= max(minSlack, 2*tightest.slack) {
			n++
		}
	}
	slices.Sort(weights)
	return weights[n*tailShare/100]
}

// A judge knows how long the tails of a pair's calls may be.
type judge struct {
	against int64 // samples that contradict the absence of skew
	skewed  bool  // by one of them, by more than a tail is long
}

func newJudge(soft []softSample, low int64) judge {
	var j judge
	assumed := max(low, 0)
	for i := range soft {
		if soft[i].w < assumed {
			j.against++
		}
	}
	for i := range soft {
		s := &soft[i]
		j.skewed = j.skewed || s.w >= low && assumed-s.w > j.tail(s)
	}
	return j
}

// ofLog marks the soft sample of a log: it has no slack.
const ofLog = -1

// withoutLateLogs leaves out the logs that seem to be written after their span
// ended, unless many are late alike: a clock that is ahead makes all of them
// late by the same, what collects them does not.
func withoutLateLogs(soft []softSample, assumed int64, stats *tally) []softSample {
	late := func(s softSample) bool { return s.slack == ofLog && s.w < assumed }
	n, first, last := 0, int64(math.MaxInt64), int64(math.MinInt64)
	for _, s := range soft {
		if late(s) {
			n, first, last = n+1, min(first, s.w), max(last, s.w)
		}
	}
	if n == 0 || n >= manyTails && last-first < (assumed-first)/2 {
		return soft
	}
	return slices.DeleteFunc(soft, func(s softSample) bool {
		if late(s) {
			stats.ignore(s.u, s.v, lost{s.span, ruleLog, true})
			return true
		}
		return false
	})
}

// tail returns the longest tail, in nanoseconds, that a call may have: the more
// room it leaves the longer, and the more calls contradict the shorter.
func (j *judge) tail(s *softSample) int64 {
	few := max(fewSlack, s.slack)
	if j.against >= manyTails {
		few /= j.against
	}
	return max(minSlack, few)
}

// better returns the bounds of the difference of corrections x[u] − x[v] by the
// pair's better evidence.
func better(table *edgeTable, u, v int32) (low, high int64) {
	return -table.tightest(v, u), table.tightest(u, v)
}
