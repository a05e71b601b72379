package skew

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
// asynchronous work, or skew. Skew moves all calls alike: it has to agree with
// how early the earliest callee started, and shows where a call leaves less
// room than the contradiction is large. A tail grows from the end alone.
func judgeSoft(table *edgeTable, soft []softSample, clocks int, stats *tally) {
	soft = byPair(soft, clocks)
	for from := 0; from < len(soft); {
		to := from + 1
		for to < len(soft) && soft[to].u == soft[from].u && soft[to].v == soft[from].v {
			to++
		}
		judgePair(table, soft[from:to], stats)
		from = to
	}
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
	stats.count(u, v, len(soft))
	low, high := better(table, u, v)
	j := newJudge(soft, low)
	for i := range soft {
		s := &soft[i]
		switch contradicts := s.w < max(low, min(high, 0)); {
		case !contradicts || j.skewed && s.w >= low:
			table.add(u, v, ruleEnd, s.w, s.span)
		case high == maxGap && s.w >= low: // nothing else bounds the pair on this side
			table.add(u, v, ruleEnd, s.w+j.tail(s), s.span)
			fallthrough
		default:
			stats.ignore(u, v, s.span)
		}
	}
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

// tail returns the longest tail, in nanoseconds, that a call may have: the more
// room it leaves the longer, and the more calls contradict the shorter.
func (j *judge) tail(s *softSample) int64 {
	return max(minSlack, max(fewSlack, s.slack)/max(j.against, 1))
}

// better returns the bounds of the difference of corrections x[u] − x[v] by the
// pair's better evidence.
func better(table *edgeTable, u, v int32) (low, high int64) {
	low, high = -maxGap, maxGap
	for r := ruleEnd + 1; r < ruleIdentity; r++ {
		high = min(high, table.peek(u, v, r))
		low = max(low, -table.peek(v, u, r))
	}
	return low, high
}
