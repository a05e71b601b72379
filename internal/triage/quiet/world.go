package main

import (
	"math"
	"math/rand/v2"
)

// A world is how errors come while nothing changes.
type world struct {
	name, what  string
	low, high   float64   // a group's mean an hour lies between these
	dispersions []float64 // variance to mean of an hour's count, by group in turns; 1 is Poisson's
	lines       float64   // an incident writes so many lines, on average; 0 is one each
	traffic     float64   // the day's peak to its low
	cron        bool      // errors do not follow the traffic
	surges      float64   // chance that an hour has three times the traffic
	deploys     float64   // hours between two, on average: each multiplies a rate by 0.5 to 2
}

func worlds() []world {
	bursty := "errors in bursts, variance/mean "
	calm, some, much := []float64{1}, []float64{2}, []float64{8}
	return []world{
		{name: "poisson", what: "every error by itself", low: 1, high: 100, dispersions: calm},
		{name: "bursty4", what: bursty + "4", low: 1, high: 100, dispersions: []float64{4}},
		{name: "bursty8", what: bursty + "8", low: 1, high: 100, dispersions: much},
		{name: "bursty16", what: bursty + "16", low: 1, high: 100, dispersions: []float64{16}},
		{name: "mixed", what: bursty + "1, 2, 8 and 32", low: 1, high: 100, dispersions: []float64{1, 2, 8, 32}},
		{name: "daily", what: "three times as much at noon as at night", low: 1, high: 100, dispersions: some, traffic: 3},
		{name: "cron", what: "the same traffic, and errors that do not follow it", low: 1, high: 100, dispersions: some, traffic: 3, cron: true},
		{name: "surges", what: "one hour in fifty has three times the traffic", low: 1, high: 100, dispersions: some, surges: 0.02},
		{name: "deploys", what: "every 12 hours a rate becomes half to double", low: 1, high: 100, dispersions: some, deploys: 12},
		{name: "rare", what: "0.1 an hour", low: 0.1, high: 0.1, dispersions: calm},
		{name: "rarebursts", what: "0.1 an hour in bursts, variance/mean 8", low: 0.1, high: 0.1, dispersions: much},
		{name: "logs", what: "incidents of 50 log lines each", low: 1, high: 100, dispersions: calm, lines: 50},
	}
}

// A history is what happened in a world, hour by hour.
type history struct {
	rates   [][]float64 // by group and hour
	counts  [][]float64
	traffic []float64
}

// live lets hours go by in a world.
func (w *world) live(groups, hours int, rng *rand.Rand) *history {
	h := &history{traffic: make([]float64, hours)}
	usual := make([]float64, hours) // the traffic as a multiple of its mean
	begins := rng.Float64() * 24
	for i := range usual {
		usual[i] = w.curve(begins + float64(i))
		if rng.Float64() < w.surges {
			usual[i] *= 3
		}
		h.traffic[i] = 20_000 * usual[i] * math.Exp(0.1*rng.NormFloat64())
	}
	for g := range groups {
		rates := w.rates(usual, rng)
		counts := make([]float64, hours)
		for i, rate := range rates {
			counts[i] = w.draw(g, rate, rng)
		}
		h.rates, h.counts = append(h.rates, rates), append(h.counts, counts)
	}
	return h
}

// rates are what a group's counts are expected to be.
func (w *world) rates(usual []float64, rng *rand.Rand) []float64 {
	rates := make([]float64, len(usual))
	mean := w.low * math.Pow(w.high/w.low, rng.Float64())
	for i := range rates {
		if w.deploys > 0 && rng.Float64() < 1/w.deploys {
			mean = min(max(mean*math.Exp2(2*rng.Float64()-1), w.low), w.high)
		}
		rates[i] = mean
		if !w.cron {
			rates[i] *= usual[i]
		}
	}
	return rates
}

// curve is the traffic at a time of the day, as a multiple of the day's mean.
func (w *world) curve(hour float64) float64 {
	if w.traffic == 0 {
		return 1
	}
	swing := (w.traffic - 1) / (w.traffic + 1)
	return 1 + swing*math.Sin(2*math.Pi*hour/24)
}

// draw is a group's count in an hour, at a rate.
func (w *world) draw(group int, rate float64, rng *rand.Rand) float64 {
	if w.lines > 0 {
		sum := 0.0
		for range int(poisson(rate/w.lines, rng)) {
			sum += math.Ceil(rng.ExpFloat64() * w.lines)
		}
		return sum
	}
	if d := w.dispersions[group%len(w.dispersions)]; d > 1 {
		rate = (d - 1) * gamma(rate/(d-1), rng)
	}
	return poisson(rate, rng)
}

// poisson counts events that come one after the other until the time is up.
func poisson(mean float64, rng *rand.Rand) float64 {
	n := 0.0
	for left := mean - rng.ExpFloat64(); left > 0; left -= rng.ExpFloat64() {
		n++
	}
	return n
}

// gamma draws from a gamma distribution of scale 1, as Marsaglia and Tsang do.
func gamma(shape float64, rng *rand.Rand) float64 {
	if shape < 1 {
		return gamma(shape+1, rng) * math.Pow(1-rng.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := rng.NormFloat64()
		v := 1 + c*x
		v *= v * v
		if v > 0 && math.Log(1-rng.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
