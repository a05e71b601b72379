package skew

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// closure returns how far x[u] − x[v] can be at most, for all clocks, as the
// textbook has it (Floyd, Warshall).
func closure(p *placer) [][]int64 {
	n := len(p.weight)
	d := make([][]int64, n)
	for u := range d {
		d[u] = make([]int64, n)
		for v := range d[u] {
			if u != v {
				d[u][v] = farOff
			}
		}
	}
	for v := range p.above {
		for _, b := range p.above[v] {
			d[b.u][b.v] = min(d[b.u][b.v], b.w)
		}
	}
	for k := range n {
		for u := range n {
			for v := range n {
				if d[u][k] < farOff && d[k][v] < farOff {
					d[u][v] = min(d[u][v], d[u][k]+d[k][v])
				}
			}
		}
	}
	return d
}

// assignment puts the clocks one by one, in some order, anywhere where all
// evidence allows them to be.
func assignment(d [][]int64, rng *rand.Rand) []int64 {
	x := make([]int64, len(d))
	order := rng.Perm(len(d))
	for i, u := range order {
		low, high := -farOff, farOff
		for _, v := range order[:i] {
			low, high = max(low, x[v]-d[v][u]), min(high, x[v]+d[u][v])
		}
		switch far := 10 * second; { // where nothing bounds it, not too far
		case low < -farOff/2 && high > farOff/2:
			low, high = -far, far
		case low < -farOff/2:
			low = high - far
		case high > farOff/2:
			high = low + far
		}
		switch at := rng.IntN(4); at {
		case 0:
			x[u] = low
		case 1:
			x[u] = high
		default:
			x[u] = low + rng.Int64N(high-low+1)
		}
	}
	return x
}

// Whatever corrections satisfy all evidence, they keep what is decided in
// order; and what is not decided some of them turn round.
func TestDecidedByWhatAllCorrectionsShare(t *testing.T) {
	pairs, decided, worst := 0, 0, 0
	forEach(t, func(t *testing.T, tr scenario.Truth) {
		c := Estimate(tr.Spans, tr.Logs)
		if c.relate == nil {
			t.Fatal("no drift here, and yet no relations")
		}
		d := closure(c.relate.placer)
		rng := rand.New(rand.NewPCG(1, 9))
		xs := make([][]int64, 20)
		for i := range xs {
			xs[i] = assignment(d, rng)
		}
		for range 300 {
			i, j := rng.IntN(len(tr.Spans)), rng.IntN(len(tr.Spans))
			a, b := c.Span(i), c.Span(j)
			if a == b || a.Status == Unknown || b.Status == Unknown || a.Component != b.Component {
				continue
			}
			pairs++
			at, bt := tr.Spans[i].Start, tr.Spans[j].Start
			got := c.Ordered(a, at, b, bt)
			if want := d[a.number][b.number] < farOff && bt-at >= d[a.number][b.number]; got != want {
				t.Fatalf("%s at %d and %s at %d: decided %v, want %v", a.Name, at, b.Name, bt, got, want)
			}
			if !got {
				worst++
				continue
			}
			decided++
			for _, x := range xs {
				if at+x[a.number] > bt+x[b.number] {
					t.Fatalf("%s and %s are decided, and yet the evidence allows %d ns the other way", a.Name, b.Name, at+x[a.number]-bt-x[b.number])
				}
			}
		}
	})
	t.Logf("%d pairs, %d decided, %d not, in this order", pairs, decided, worst)
	if decided == 0 || worst == 0 {
		t.Error("one of the two outcomes was never seen")
	}
}

// truthful are worlds in which all evidence is right: no callee hides that it
// was not waited for, no machine passes for another.
func truthful() map[string]scenario.World {
	all := worlds()
	delete(all, "unmarked")
	delete(all, "cloned")
	delete(all, "no kinds")
	for name, w := range all {
		w.Tails = 0
		all[name] = w
	}
	return all
}

// Where all evidence is right, a decided order is the true one, as far as the
// clocks tell time at all.
func TestDecidedOrderIsTrue(t *testing.T) {
	for name, w := range truthful() {
		t.Run(name, func(t *testing.T) {
			near, decided := 0, 0
			for seed := range uint64(25) {
				tr := w.Generate(seed)
				c := Estimate(tr.Spans, tr.Logs)
				for i := range tr.Spans {
					for j := range tr.Spans {
						gap := tr.Start[j] - tr.Start[i]
						if i == j || c.Span(i) == c.Span(j) {
							continue
						}
						is := c.Ordered(c.Span(i), tr.Spans[i].Start, c.Span(j), tr.Spans[j].Start)
						if is && gap < -w.Grain {
							t.Fatalf("seed %d: span %d on %+v is said not to be after %d on %+v, and is by %d ns", seed, i, c.Span(i), j, c.Span(j), -gap)
						}
						if gap >= 0 && gap <= 10*millisecond {
							near++
							if is {
								decided++
							}
						}
					}
				}
			}
			t.Logf("%d pairs of spans on two clocks within 10 ms, %.0f %% decided", near, 100*float64(decided)/float64(max(near, 1)))
			if decided == 0 {
				t.Error("nothing is decided")
			}
		})
	}
}

func TestOrderOfTwoClocksIsDecidedByTheirCalls(t *testing.T) {
	c := Estimate(aCall(1*ms, 9*ms), nil) // b may be 1 ms off either way
	a, b := c.Span(0), c.Span(2)
	for _, tt := range []struct {
		name   string
		from   *Clock
		at     int64
		to     *Clock
		bt     int64
		decide bool
	}{
		{"on one clock", a, 5, a, 5, true},
		{"on one clock, turned round", a, 6, a, 5, false},
		{"far enough", a, epoch, b, epoch + ms + µs, true},
		{"a nanosecond too near", a, epoch, b, epoch + ms + µs - 1, false},
		{"far enough, the other way", b, epoch, a, epoch + ms + µs, true},
		{"too near, the other way", b, epoch, a, epoch + ms + µs - 1, false},
		{"turned round", b, epoch + 5*ms, a, epoch, false},
		{"from end to end", a, math.MinInt64 + 1, b, math.MaxInt64, true},
		{"from end to end, turned round", a, math.MaxInt64, b, math.MinInt64 + 1, false},
		{"both at the end", a, math.MaxInt64, b, math.MaxInt64, false},
		{"both at the beginning", b, math.MinInt64, a, math.MinInt64, false},
		{"nobody's", nil, epoch, b, epoch + second, false},
		{"nobody's either", a, epoch, nil, epoch + second, false},
		{"two of nobody", nil, epoch, nil, epoch + second, false},
	} {
		if got := c.Ordered(tt.from, tt.at, tt.to, tt.bt); got != tt.decide {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
	trusting := Off.Estimate(aCall(1*ms, 9*ms), nil)
	if !trusting.Ordered(trusting.Span(0), 5, trusting.Span(2), 5) || !trusting.Ordered(nil, 5, nil, 6) || trusting.Ordered(trusting.Span(0), 6, trusting.Span(2), 5) {
		t.Error("who trusts all clocks takes them for one")
	}
}

// Two clocks may be tied to each other far better than to the reference.
func TestOrderIsMeasuredBetweenTheTwo(t *testing.T) {
	spans := append(aCall(1*ms, 9*ms), // b: 1 ms either way
		span(4, 3, trace.KindClient, orders, 2*ms, 2*ms+100*µs),
		span(5, 4, trace.KindServer, stock, 2*ms+50*µs, 2*ms+60*µs)) // c is within 50 µs of b
	c := Estimate(spans, nil)
	b, s := c.Span(3), c.Span(4)
	if !c.Ordered(b, epoch, s, epoch+51*µs) || c.Ordered(b, epoch, s, epoch+50*µs) {
		t.Errorf("%+v and %+v", b, s)
	}
	c.relate.effort, c.relate.from = maxEffort+1, nil
	if c.Ordered(b, epoch, s, epoch+51*µs) {
		t.Error("decided without any effort")
	}
	if !c.Ordered(b, epoch, s, epoch+3*ms) {
		t.Error("what the bounds from the reference decide takes no effort")
	}
}

// Nothing is exact about clocks that drift: what is decided there should hardly
// ever be wrong.
func TestDecidedUnderDrift(t *testing.T) {
	for _, s := range scenario.All() {
		if !strings.HasPrefix(s.Name, "drift") {
			continue
		}
		decided, wrong := 0, 0
		for seed := range uint64(10) {
			tr := s.Generate(seed)
			c := Estimate(tr.Spans, tr.Logs)
			for i := range tr.Spans {
				for j := range tr.Spans {
					if gap := tr.Start[j] - tr.Start[i]; c.Span(i) == c.Span(j) || gap < -10*millisecond || gap > 10*millisecond {
						continue
					}
					if c.Ordered(c.Span(i), tr.Spans[i].Start, c.Span(j), tr.Spans[j].Start) {
						decided++
						if tr.Start[j] < tr.Start[i]-microsecond {
							wrong++
						}
					}
				}
			}
		}
		t.Logf("%d decided, %d of them wrong", decided, wrong)
		if decided == 0 || 1000*wrong > decided {
			t.Errorf("%d of %d decided orders are wrong", wrong, decided)
		}
	}
}

// Two hundred clocks that all talk to each other must not make the order slow.
func BenchmarkOrdered(b *testing.B) {
	for _, shape := range []string{"sparse", "complete"} {
		b.Run(shape, func(b *testing.B) {
			spans := manyCalls(100_000, 200, shape == "complete")
			rng := rand.New(rand.NewPCG(1, 1))
			for b.Loop() {
				b.StopTimer()
				c := Estimate(spans, nil)
				b.StartTimer()
				for range 100_000 {
					i, j := rng.IntN(len(spans)), rng.IntN(len(spans))
					c.Ordered(c.Span(i), spans[i].Start, c.Span(j), spans[i].Start+ms)
				}
			}
		})
	}
}
