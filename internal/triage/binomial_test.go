package triage

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"
)

// exactTail adds up a binomial distribution's tail in whole numbers, with
// p = a/b.
func exactTail(k, n, a, b int64) float64 {
	power := func(x, y int64) *big.Int { return new(big.Int).Exp(big.NewInt(x), big.NewInt(y), nil) }
	sum := new(big.Int)
	for i := k; i <= n; i++ {
		term := new(big.Int).Binomial(n, i)
		sum.Add(sum, term.Mul(term, power(a, i)).Mul(term, power(b-a, n-i)))
	}
	f, _ := new(big.Rat).SetFrac(sum, power(b, n)).Float64()
	return f
}

func nearly(got, want, relative float64) bool { return math.Abs(got-want) <= relative*math.Abs(want) }

func TestUpperTail(t *testing.T) {
	for _, p := range [][2]int64{{1, 25}, {1, 7}, {1, 2}, {9, 10}, {1, 1000}} {
		for _, n := range []int64{1, 2, 5, 24, 60, 90} {
			for k := range n + 1 {
				got, want := upperTail(float64(k), float64(n), float64(p[0])/float64(p[1])), exactTail(k, n, p[0], p[1])
				if !nearly(got, want, 1e-11) {
					t.Fatalf("%d or more of %d at %d/%d: %v, want %v", k, n, p[0], p[1], got, want)
				}
			}
		}
	}
}

// Large counts are no slower to judge than they must be, and right: the tail at
// the mean is about half, and the two sides of it add up.
func TestUpperTailOfMany(t *testing.T) {
	for _, n := range []float64{1e4, 1e6, 1e9} {
		k := n / 25
		if got := upperTail(k, n, 1.0/25); math.Abs(got-0.5) > 0.01 {
			t.Errorf("at the mean of %g: %v", n, got)
		}
		sigma := math.Sqrt(n / 25 * 24 / 25)
		if got, want := upperTail(k+3*sigma, n, 1.0/25), math.Erfc(3/math.Sqrt2)/2; !nearly(got, want, 0.35) {
			t.Errorf("three sigma above the mean of %g: %v, want about %v", n, got, want)
		}
		up, down := upperTail(k+sigma, n, 1.0/25), upperTail(n-k-sigma+1, n, 24.0/25)
		if math.Abs(up+down-1) > 1e-6 {
			t.Errorf("of %g the sides add up to %v", n, up+down)
		}
	}
}

// Between whole numbers the tail falls as k rises, and rises with p.
func TestUpperTailIsMonotone(t *testing.T) {
	last := 1.0
	for k := 0.0; k <= 12; k += 0.05 {
		got := upperTail(k, 12, 0.3)
		if got > last || got < 0 {
			t.Fatalf("at %v it is %v after %v", k, got, last)
		}
		if more := upperTail(k, 12, 0.31); more < got {
			t.Fatalf("at %v it falls with p from %v to %v", k, got, more)
		}
		last = got
	}
	for _, tt := range []struct{ k, n, p, want float64 }{
		{0, 5, 0.5, 1}, {6, 5, 0.5, 0}, {3, 5, 0, 0}, {3, 5, 1, 1}, {2.5, 2.5, 0.5, math.Pow(0.5, 2.5)},
	} {
		if got := upperTail(tt.k, tt.n, tt.p); !nearly(got, tt.want, 1e-12) {
			t.Errorf("%v or more of %v at %v: %v, want %v", tt.k, tt.n, tt.p, got, tt.want)
		}
	}
}

func TestFisher(t *testing.T) {
	for _, tt := range []struct{ k, n, marked, all int64 }{
		{3, 4, 4, 8}, {8, 10, 9, 20}, {0, 5, 5, 10}, {5, 5, 5, 10}, {6, 6, 5, 10}, {1, 1, 1, 1000}, {40, 100, 60, 300}, {3, 8, 8, 10},
	} {
		sum := new(big.Int)
		for i := max(tt.k, 0); i <= min(tt.n, tt.marked); i++ {
			if tt.n-i > tt.all-tt.marked {
				continue
			}
			sum.Add(sum, new(big.Int).Mul(new(big.Int).Binomial(tt.marked, i), new(big.Int).Binomial(tt.all-tt.marked, tt.n-i)))
		}
		want, _ := new(big.Rat).SetFrac(sum, new(big.Int).Binomial(tt.all, tt.n)).Float64()
		if got := fisher(int(tt.k), int(tt.n), int(tt.marked), int(tt.all)); !nearly(got, want, 1e-11) {
			t.Errorf("%+v: %v, want %v", tt, got, want)
		}
	}
}

func TestDiscoveries(t *testing.T) {
	for _, tt := range []struct {
		chances []float64
		want    string
	}{
		{nil, "[]"},
		{[]float64{0.05}, "[true]"},
		{[]float64{0.051}, "[false]"},
		{[]float64{0.04, 0.04}, "[true true]"},
		{[]float64{0.04, 0.06}, "[false false]"},
		{[]float64{0.9, 0.024, 0.5, 0.013}, "[false true false true]"}, // the larger carries the smaller
		{[]float64{0.9, 0.026, 0.5, 0.012}, "[false false false true]"},
	} {
		if got := fmt.Sprint(discoveries(tt.chances, 0.05)); got != tt.want {
			t.Errorf("of %v: %v, want %v", tt.chances, got, tt.want)
		}
	}
}

// Wilson's interval holds the truth about as often as it says.
func TestRate(t *testing.T) {
	for _, tt := range []struct {
		k, n      int64
		low, high float64
	}{
		{0, 0, 0, 1}, {0, 10, 0, 0.2775}, {10, 10, 0.7225, 1}, {1, 10, 0.0179, 0.4042}, {81, 263, 0.2553, 0.3662}, {500_000, 1_000_000, 0.49902, 0.50098},
	} {
		low, high := Rate(tt.k, tt.n)
		if math.Abs(low-tt.low) > 6e-5 || math.Abs(high-tt.high) > 6e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", tt.k, tt.n, low, high, tt.low, tt.high)
		}
	}
	for _, p := range []float64{0.01, 0.05, 0.3, 0.5} {
		const n = 200
		holds := 0.0
		for k := range int64(n + 1) {
			if low, high := Rate(k, n); low <= p && p <= high {
				holds += math.Exp(logChoose(n, int(k)) + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
			}
		}
		if holds < 0.92 || holds > 0.985 {
			t.Errorf("at %v it holds the truth in %.3f of all cases", p, holds)
		}
	}
}

func BenchmarkFlags(b *testing.B) {
	series := make([]Series, 1000)
	for i := range series {
		series[i] = Series{Baseline: slices.Repeat([]float64{float64(i), float64(2 * i)}, 12), Window: float64(4 * i)}
	}
	b.ReportAllocs()
	for b.Loop() {
		Flags(series)
	}
}
