package skew

import (
	"math"
	"slices"
)

// A point is what one window says of a clock: its offset at that time.
type point struct {
	time      int64
	low, high int64
	stamped   bool // the clock stamped spans there
}

func (p *point) bounded() bool { return p.low > -farOff && p.high < farOff }

// staysPut reports whether all intervals allow 0.
func staysPut(points []point) bool {
	for i := range points {
		if points[i].low > 0 || points[i].high < 0 {
			return false
		}
	}
	return true
}

// fitLine fits an offset and a drift to a clock's windows: weighted least
// squares, once more without the windows that the first line misses. A clock
// that too few windows bound stays unmoved and unknown.
func fitLine(points []point, mode Mode) place {
	unknown := place{isolated: true}
	known := slices.DeleteFunc(slices.Clone(points), func(p point) bool { return !p.bounded() })
	if len(known) == 0 {
		return unknown
	}
	if mode == Auto && staysPut(points) {
		return unmoved(known)
	}
	l := leastSquares(known)
	if len(known) < 3 {
		return l.cautious(known, points)
	}
	trusted := slices.DeleteFunc(slices.Clone(known), func(p point) bool { return l.misses(&p) > max(millisecond, (p.high-p.low)/2) })
	if len(trusted) < 3 || 2*len(trusted) < len(known) {
		return unknown
	}
	l = leastSquares(trusted)
	if math.Abs(l.ppm) > maxDriftPPM {
		return unknown
	}
	return l.place(trusted)
}

// cautious is the place of a clock that only one or two windows bound: enough
// when it stamped spans in those only, and the line is no wilder than clocks are.
func (l *line) cautious(known, points []point) place {
	if math.Abs(l.ppm) > fewDriftPPM {
		return place{isolated: true}
	}
	for i := range points {
		if points[i].stamped && !points[i].bounded() {
			return place{isolated: true}
		}
	}
	return l.place(known)
}

// unmoved is the place of a clock whose windows all allow 0.
func unmoved(points []point) place {
	p := place{low: math.MinInt64, high: math.MaxInt64, hardLow: math.MinInt64, hardHigh: math.MaxInt64}
	for i := range points {
		p.low, p.high = max(p.low, points[i].low), min(p.high, points[i].high)
	}
	return p
}

// A line is an offset, in nanoseconds at a time, and its change.
type line struct {
	pivot  int64
	offset float64
	ppm    float64
}

func (l *line) at(t int64) float64 { return l.offset + float64(t-l.pivot)*l.ppm/1e6 }

// misses returns by how much the line leaves a point's interval.
func (l *line) misses(p *point) int64 {
	x := l.at(p.time)
	return int64(max(float64(p.low)-x, x-float64(p.high), 0))
}

// leastSquares fits a line to the middles of intervals, narrow ones counting
// more.
func leastSquares(points []point) line {
	l := line{pivot: points[len(points)/2].time}
	var sw, st, sx, stt, stx float64
	for i := range points {
		p := &points[i]
		width := float64(p.high-p.low) + float64(100*microsecond)
		w := float64(millisecond) * float64(millisecond) / (width * width)
		t, x := float64(p.time-l.pivot), float64(p.low)/2+float64(p.high)/2
		sw, st, sx, stt, stx = sw+w, st+w*t, sx+w*x, stt+w*t*t, stx+w*t*x
	}
	if d := sw*stt - st*st; d > 0 {
		slope := (sw*stx - st*sx) / d
		l.ppm = slope * 1e6
		l.offset = (sx - slope*st) / sw
	} else {
		l.offset = sx / sw
	}
	return l
}

// place describes the line; its bounds are as wide as its typical window's.
func (l *line) place(points []point) place {
	half := make([]int64, len(points))
	for i := range points {
		half[i] = (points[i].high-points[i].low)/2 + l.misses(&points[i])
	}
	slices.Sort(half)
	offset, r := int64(math.Round(l.offset)), half[len(half)/2]
	return place{
		offset: offset, low: offset - r, high: offset + r,
		hardLow: math.MinInt64, hardHigh: math.MaxInt64,
		ppm: l.ppm, pivot: l.pivot,
	}
}
