package skew

import (
	"math"
	"slices"
)

// tieOverTime narrows the clocks' intervals by those of the windows before and
// after: two clocks drift apart by twice what one does as a rule, and no faster.
// So a window that says little of a clock learns from one that says much.
func tieOverTime(windows []*window, clocks []int32) {
	held := slices.DeleteFunc(slices.Clone(windows), func(w *window) bool { return w.last < w.first })
	ppm := allowedDrift(held, clocks)
	if ppm == 0 {
		return
	}
	for range maxTies {
		tightened := false
		for i := 1; i < len(held); i++ {
			tightened = held[i].learn(held[i-1], clocks, ppm) || tightened
		}
		for i := len(held) - 1; i > 0; i-- {
			tightened = held[i-1].learn(held[i], clocks, ppm) || tightened
		}
		if !tightened {
			return
		}
	}
}

// maxTies bounds how often windows learn from each other.
const maxTies = 8

// allowedDrift returns how fast the clocks drift at most, as a rule or, where
// their windows refute that, at all; 0 where they refute even this.
func allowedDrift(held []*window, clocks []int32) float64 {
	for _, ppm := range [...]float64{usualDriftPPM, fewDriftPPM} {
		if !slices.ContainsFunc(clocks, func(c int32) bool { return outruns(held, c, ppm) }) {
			return ppm
		}
	}
	return 0
}

// outruns reports whether a clock's windows show that it drifts faster.
func outruns(held []*window, c int32, ppm float64) bool {
	for i, w := range held {
		for _, later := range held[i+1:] {
			slack := driftOver(later.time()-w.time(), ppm)
			if later.placer.low[c]-slack > w.placer.high[c] || later.placer.high[c]+slack < w.placer.low[c] {
				return true
			}
		}
	}
	return false
}

// driftOver is by how much two clocks drift apart in a time at most.
func driftOver(d int64, ppm float64) int64 { return int64(2 * ppm / 1e6 * math.Abs(float64(d))) }

// learn narrows the clocks' intervals by another window's, and reports whether
// any became narrower.
func (w *window) learn(from *window, clocks []int32, ppm float64) bool {
	slack := driftOver(w.time()-from.time(), ppm)
	p, tightened := w.placer, false
	for _, c := range clocks {
		if low := from.placer.low[c] - slack; from.placer.low[c] > -farOff && low > p.low[c] && low <= p.high[c] {
			p.low[c] = low
			p.raiseFrom(c)
			tightened = true
		}
		if high := from.placer.high[c] + slack; from.placer.high[c] < farOff && high < p.high[c] && high >= p.low[c] {
			p.high[c] = high
			p.lowerFrom(c)
			tightened = true
		}
	}
	return tightened
}
