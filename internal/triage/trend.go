package triage

import (
	"cmp"
	"slices"
)

// A Series is how often a group occurred: in the slices of the baseline, which
// are equally long, and in the window.
type Series struct {
	Baseline []float64 // counts by slice, the oldest first
	Cover    []float64 // how much of each slice was read, 0 to 1; nil is all of it
	Window   float64   // count
	Length   float64   // of the window, in slices; 0 is one
	Limited  bool      // a slice of the baseline was not read whole

	// How much there was of anything, good or bad, by slice and in the window;
	// nil when that is not known. A group that only keeps pace with it does not
	// rise, and a slice without any teaches nothing.
	Traffic       []float64
	WindowTraffic float64
}

const (
	fewestSlices = 6    // that tell how much a group varies by itself
	fewestNew    = 3    // occurrences of a new group
	fewestRising = 5    // occurrences of a rising one
	leastRatio   = 2    // of a rising group's rate to that before
	falseShare   = 0.05 // of the groups called rising, at most, on average
	likeOthers   = 24   // slices that a group is thought to vary in as others do, beside its own,
	mostUnlike   = 4    // though no more than so many times as much
)

// Flags tells which groups are new and which are rising, all at once: the more
// are looked at, the more of them are high by chance.
//
// A group is new when the baseline has none of it and the window at least 3;
// maybe new when not all of the baseline was read, or less than 6 slices of it.
// It is rising when the window has at least 5, at twice the rate of before or
// more, and when that is no chance, given how much its rate varies from slice to
// slice: errors come in bursts. Of the groups called rising at most one in
// twenty is not, on average, as far as that holds.
func Flags(series []Series) []Flag {
	flags := make([]Flag, len(series))
	var tested []int
	for i := range series {
		b := newBaseline(&series[i], false)
		switch {
		case b.exposure == 0:
		case b.count == 0:
			flags[i] = b.newness(&series[i])
		case b.slices >= fewestSlices:
			tested = append(tested, i)
		}
	}
	chances := make([]float64, len(tested))
	for _, byTraffic := range []bool{false, true} {
		raise(chances, series, tested, byTraffic)
	}
	for n, yes := range discoveries(chances, falseShare) {
		if yes {
			flags[tested[n]] = Rising
		}
	}
	return flags
}

// raise raises the chance of each tested group to that of so many in its window
// if nothing has changed. By traffic the share of it is what has not changed.
// Both must be unlikely: at noon all counts are above the day's mean, and at
// night the share of what does not sleep is.
func raise(chances []float64, series []Series, tested []int, byTraffic bool) {
	baselines := make([]baseline, len(tested))
	for n, i := range tested {
		baselines[n] = newBaseline(&series[i], byTraffic)
	}
	usual := usualDispersion(baselines)
	for n, i := range tested {
		s, exposure := &series[i], cmp.Or(series[i].Length, 1)
		if byTraffic && s.Traffic != nil {
			exposure = s.WindowTraffic
		}
		chances[n] = max(chances[n], baselines[n].chance(s.Window, exposure, usual))
	}
}

// A baseline is what the slices that were read come to.
type baseline struct {
	slices     int     // of which anything was read
	busy       int     // of these, those with an occurrence
	read       float64 // slices, the parts of those that were read in part added up
	exposure   float64 // where that is twice as much, so is what is expected of a group
	count      float64
	elsewhere  float64 // counted in slices that are said not to have been read
	dispersion float64 // variance to mean of the counts, at least 1
}

// newBaseline sums a baseline up. A slice's exposure is the part of it that was
// read, or the traffic in that part.
func newBaseline(s *Series, byTraffic bool) baseline {
	var b baseline
	for i, n := range s.Baseline {
		e := s.exposure(i, byTraffic)
		if e <= 0 {
			b.elsewhere += n
			continue
		}
		b.slices++
		b.read += s.cover(i)
		b.exposure += e
		b.count += n
		if n > 0 {
			b.busy++
		}
	}
	b.dispersion = b.disperse(s, byTraffic)
	return b
}

// disperse is Pearson's measure, which for slices that were read whole is the
// variance of the counts to their mean.
func (b *baseline) disperse(s *Series, byTraffic bool) float64 {
	if b.slices < 2 || b.count == 0 {
		return 1
	}
	sum, rate := 0.0, b.count/b.exposure
	for i, n := range s.Baseline {
		if e := s.exposure(i, byTraffic); e > 0 {
			sum += (n - rate*e) * (n - rate*e) / (rate * e)
		}
	}
	return max(1, sum/float64(b.slices-1))
}

// cover is the part of a slice that something can be learnt from.
func (s *Series) cover(i int) float64 {
	switch {
	case s.Traffic != nil && s.Traffic[i] <= 0:
		return 0
	case s.Cover == nil:
		return 1
	}
	return s.Cover[i]
}

func (s *Series) exposure(i int, byTraffic bool) float64 {
	if byTraffic && s.Traffic != nil {
		return s.cover(i) * s.Traffic[i]
	}
	return s.cover(i)
}

// newness is the flag of a group of which the baseline has none.
func (b *baseline) newness(s *Series) Flag {
	switch {
	case s.Window < fewestNew || b.elsewhere > 0:
		return Steady
	case s.Limited || b.read < fewestSlices:
		return MaybeNew
	}
	return New
}

// usualDispersion is that of most groups: the median, each group having as much
// weight as it has slices to tell by.
func usualDispersion(baselines []baseline) float64 {
	order := make([]*baseline, len(baselines))
	all := 0
	for i := range baselines {
		order[i] = &baselines[i]
		all += baselines[i].busy
	}
	slices.SortFunc(order, func(a, b *baseline) int { return cmp.Compare(a.dispersion, b.dispersion) })
	passed := 0
	for _, b := range order {
		if passed += b.busy; 2*passed >= all {
			return b.dispersion
		}
	}
	return 1
}

// chance is that of so many in a window of that exposure when the rate is still
// the baseline's: of all occurrences together each falls into the window by its
// part of the exposure, and those of one burst count as one. A day tells little of
// how large bursts are, so a group that seems calmer than most is taken to be
// more like them. 1 where there are too few, or hardly more than before.
func (b *baseline) chance(n, exposure, usual float64) float64 {
	if n < fewestRising || b.exposure == 0 || exposure <= 0 || n/exposure < leastRatio*b.count/b.exposure {
		return 1
	}
	own, others := float64(b.busy), min(usual, mostUnlike*b.dispersion)
	bursts := max(b.dispersion, (own*b.dispersion+likeOthers*others)/(own+likeOthers))
	return upperTail(n/bursts, (n+b.count)/bursts, exposure/(exposure+b.exposure))
}
