package main

import (
	"cmp"
	"math"
	"slices"
)

// errors are how far a trace's corrections are from the truth, in microseconds
// on average, when the method's own frame of time is forgiven: nobody can know
// the true time from a trace.
type errors struct {
	bySpan  float64 // every span counts
	byClock float64 // every clock counts, however many spans it stamped
}

// errors measures the spans' corrections. The frame is the one in which the
// method does best: the true time shifted by a constant, or, where clocks
// drift, any one clock's time shifted by a constant.
func (f *field) errors(shift []int64) errors {
	off := make([]float64, len(shift))
	for i := range off {
		off[i] = float64(shift[i]-(f.Start[i]-f.Spans[i].Start)) / 1000
	}
	best := f.measure(off)
	if !f.Drifts() {
		return best
	}
	framed := make([]float64, len(off))
	for h := range f.Offset {
		for i := range off {
			framed[i] = off[i] + float64(f.Correction(h, f.Start[i]))/1000
		}
		if e := f.measure(framed); e.bySpan < best.bySpan {
			best = e
		}
	}
	return best
}

func (f *field) measure(off []float64) errors {
	even, perClock := make([]float64, len(off)), make([]float64, len(off))
	stamped := make([]float64, len(f.Offset))
	for _, h := range f.Host {
		stamped[h]++
	}
	for i, h := range f.Host {
		even[i], perClock[i] = 1, 1/stamped[h]
	}
	return errors{meanDeviation(off, even), meanDeviation(off, perClock)}
}

// meanDeviation returns the weighted mean distance from the weighted median.
func meanDeviation(values, weights []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	order := make([]int, len(values))
	total := 0.0
	for i := range order {
		order[i] = i
		total += weights[i]
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(values[a], values[b]), cmp.Compare(a, b)) })
	middle, sum := 0.0, 0.0
	for _, i := range order {
		if middle = values[i]; sum+weights[i] >= total/2 {
			break
		}
		sum += weights[i]
	}
	deviation := 0.0
	for i := range values {
		deviation += weights[i] * math.Abs(values[i]-middle)
	}
	return deviation / total
}
