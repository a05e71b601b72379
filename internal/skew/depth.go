package skew

import "slices"

// A depth counts how many intervals, at most, have a point in common.
type depth struct {
	ends []int64 // all intervals' ends, ascending
	most []int32 // a tree: the most at any point below, but for what was added further up
	more []int32 // what was added to all points below
}

func newDepth(seen []sighting) *depth {
	ends := make([]int64, 0, 2*len(seen))
	for i := range seen {
		ends = append(ends, seen[i].low, seen[i].high)
	}
	slices.Sort(ends)
	ends = slices.Compact(ends)
	return &depth{ends, make([]int32, 4*len(ends)), make([]int32, 4*len(ends))}
}

// add takes one more interval and returns how many have a point in common.
func (d *depth) add(s *sighting) int {
	from, _ := slices.BinarySearch(d.ends, s.low)
	to, _ := slices.BinarySearch(d.ends, s.high)
	if from <= to {
		d.raise(1, 0, len(d.ends)-1, from, to)
	}
	return int(d.most[1])
}

// raise adds 1 to all points from one to another.
func (d *depth) raise(at, left, right, from, to int) {
	if to < left || right < from {
		return
	}
	if from <= left && right <= to {
		d.most[at]++
		d.more[at]++
		return
	}
	middle := left + (right-left)/2
	d.raise(2*at, left, middle, from, to)
	d.raise(2*at+1, middle+1, right, from, to)
	d.most[at] = max(d.most[2*at], d.most[2*at+1]) + d.more[at]
}

// deepest returns between which points most of the intervals overlap: the first
// such points, where there are several.
func deepest(seen []sighting) reach {
	ends := newDepth(seen).ends
	starts := make([]int, len(ends)+1)
	for i := range seen {
		if s := &seen[i]; s.low <= s.high {
			from, _ := slices.BinarySearch(ends, s.low)
			to, _ := slices.BinarySearch(ends, s.high)
			starts[from]++
			starts[to+1]--
		}
	}
	r := reach{ends[0], ends[len(ends)-1]}
	most, deep := 0, 0
	for i, end := range ends {
		if deep += starts[i]; deep > most {
			most, r.low = deep, end
		}
	}
	for i := range seen {
		if s := &seen[i]; s.low <= r.low && r.low <= s.high {
			r.high = min(r.high, s.high)
		}
	}
	return r
}
