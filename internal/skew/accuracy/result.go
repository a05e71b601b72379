package main

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
)

// A result is how all methods did on the same traces.
type result struct {
	traces int
	spans  int
	single [numMethods][]errors // by trace
	total  [numMethods]outcome  // the shares of all traces together
}

// measure lets all methods correct n traces, several side by side. The result
// depends on the traces alone.
func measure(n, workers int, generate func(int) scenario.Truth) *result {
	outcomes := make([][numMethods]outcome, n)
	spans := make([]int, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				t := generate(i)
				f := newField(&t)
				spans[i] = len(t.Spans)
				for m := range numMethods {
					outcomes[i][m] = f.judge(m.correct(&t))
				}
			}
		})
	}
	wg.Wait()
	r := &result{traces: n}
	for i := range outcomes {
		r.spans += spans[i]
		for m := range numMethods {
			r.add(m, &outcomes[i][m])
		}
	}
	return r
}

func (r *result) add(m method, o *outcome) {
	r.single[m] = append(r.single[m], o.errors)
	t := &r.total[m]
	t.inverted.join(o.inverted)
	t.cleanMoved.join(o.cleanMoved)
	t.misordered.join(o.misordered)
	t.early.join(o.early)
	t.uncontained.join(o.uncontained)
	t.within.join(o.within)
	t.withinHard.join(o.withinHard)
}

// An estimate is a mean and its standard error.
type estimate struct{ mean, se float64 }

func bySpan(e errors) float64   { return e.bySpan }
func byClocks(e errors) float64 { return e.byClock }

// mean is a method's mean error.
func (r *result) mean(m method, of func(errors) float64) estimate {
	list := make([]float64, 0, r.traces)
	for _, e := range r.single[m] {
		list = append(list, of(e))
	}
	return meanOf(list)
}

// ratio is a method's mean error as a fraction of another's. The traces are the
// same, so what they have in common cancels out of its standard error.
func (r *result) ratio(m, to method, of func(errors) float64) estimate {
	a, b := r.mean(m, of), r.mean(to, of)
	if b.mean == 0 {
		return estimate{math.NaN(), math.NaN()}
	}
	q := a.mean / b.mean
	rest := make([]float64, 0, r.traces)
	for i := range r.single[to] {
		rest = append(rest, of(r.single[m][i])-q*of(r.single[to][i]))
	}
	return estimate{q, meanOf(rest).se / b.mean}
}

func meanOf(list []float64) estimate {
	n := float64(len(list))
	if n == 0 {
		return estimate{}
	}
	sum, squares := 0.0, 0.0
	for _, x := range list {
		sum += x
	}
	mean := sum / n
	for _, x := range list {
		squares += (x - mean) * (x - mean)
	}
	return estimate{mean, math.Sqrt(squares / n / max(n-1, 1))}
}
