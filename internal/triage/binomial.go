package triage

import (
	"cmp"
	"math"
	"slices"
)

// Rate is Wilson's 95 % interval of a rate of which k of n were seen. Of nothing
// nothing is known: it is from 0 to 1.
func Rate(k, n int64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z = 1.959963984540054 // the normal distribution's 97.5 % point
	of, all := float64(k), float64(n)
	p := of / all
	middle := p + z*z/(2*all)
	reach := z * math.Sqrt(p*(1-p)/all+z*z/(4*all*all))
	low, high = (middle-reach)/(1+z*z/all), (middle+reach)/(1+z*z/all)
	if k <= 0 {
		low = 0
	}
	if k >= n {
		high = 1
	}
	return low, high
}

// upperTail is the chance of k or more of n when each comes with chance p. Counts
// that were divided by their dispersion are no whole numbers: between these it
// rises and falls smoothly.
func upperTail(k, n, p float64) float64 {
	switch {
	case k <= 0 || p >= 1:
		return 1
	case p <= 0 || k > n:
		return 0
	}
	return incompleteBeta(k, n-k+1, p)
}

// incompleteBeta is the regularised incomplete beta function for positive a and
// b and x between 0 and 1. Its continued fraction is quick on the near side of
// the mean; the other side is its mirror image.
func incompleteBeta(a, b, x float64) float64 {
	front := math.Exp(a*math.Log(x) + b*math.Log1p(-x) - logBeta(a, b))
	if x < (a+1)/(a+b+2) {
		return min(front*betaFraction(a, b, x)/a, 1)
	}
	return max(1-front*betaFraction(b, a, 1-x)/b, 0)
}

// betaFraction is the continued fraction of the incomplete beta function, by
// Lentz's method. It takes about as many rounds as the root of the larger of a
// and b.
func betaFraction(a, b, x float64) float64 {
	const rounds = 100_000
	c, d := 1.0, 1/offZero(1-(a+b)*x/(a+1))
	f := d
	for i := 1; i <= rounds; i++ {
		m := float64(i)
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d, c = 1/offZero(1+even*d), offZero(1+even/c)
		f *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d, c = 1/offZero(1+odd*d), offZero(1+odd/c)
		f *= d * c
		if math.Abs(d*c-1) < 1e-15 {
			break
		}
	}
	return f
}

// offZero keeps a divisor from zero.
func offZero(x float64) float64 {
	const tiny = 1e-300
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}

func logBeta(a, b float64) float64 { return logGamma(a) + logGamma(b) - logGamma(a+b) }

func logGamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}

// fisher is the chance that of n drawn from all, of which some are marked, k or
// more are marked: Fisher's exact test, one-sided.
func fisher(k, n, marked, all int) float64 {
	if k <= max(0, n+marked-all) {
		return 1
	}
	sum := 0.0
	total := logChoose(all, n)
	for i := k; i <= min(n, marked); i++ {
		sum += math.Exp(logChoose(marked, i) + logChoose(all-marked, n-i) - total)
	}
	return min(sum, 1)
}

func logChoose(n, k int) float64 {
	return logGamma(float64(n+1)) - logGamma(float64(k+1)) - logGamma(float64(n-k+1))
}

// discoveries tells which of many tests to believe so that on average at most a
// share of q of those believed is wrong: Benjamini and Hochberg's rule.
func discoveries(chances []float64, q float64) []bool {
	order := make([]int, len(chances))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(chances[a], chances[b]) })
	believed := make([]bool, len(chances))
	for last, i := range slices.Backward(order) {
		if chances[i] > q*float64(last+1)/float64(len(order)) {
			continue
		}
		for _, i := range order[:last+1] {
			believed[i] = true
		}
		break
	}
	return believed
}
