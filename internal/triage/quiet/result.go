package main

import (
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/otrace/otrace/internal/triage"
)

// A plan is how much of a world is looked at.
type plan struct{ hours, groups, slices int }

// causes are how many errors a new cause is expected to make in its first hour.
func causes() [3]float64 { return [3]float64{3, 5, 10} }

// rise is by how much a rate rises that is to be found.
const rise = 4

// A share counts how many of some things are of a kind.
type share struct{ of, all int64 }

func (s *share) add(is bool) {
	s.all++
	if is {
		s.of++
	}
}

func (s *share) join(o share) { s.of, s.all = s.of+o.of, s.all+o.all }

// percent is the share and its 95 % interval.
func (s share) percent() string {
	if s.all == 0 {
		return "–"
	}
	low, high := triage.Rate(s.of, s.all)
	return fmt.Sprintf("%.2f (%.2f–%.2f)", 100*float64(s.of)/float64(s.all), 100*low, 100*high)
}

// An outcome is how one method did: the first two of quiet groups, the others of
// those that were made to change.
type outcome struct {
	groups        int64 // whether an hour shows them or not
	rising, fresh share
	found         share
	causes        [3]share
}

// A result is how all methods did in the same hours.
type result [numMethods]outcome

func (r *result) join(o *result) {
	for m := range r {
		r[m].groups += o[m].groups
		r[m].rising.join(o[m].rising)
		r[m].fresh.join(o[m].fresh)
		r[m].found.join(o[m].found)
		for i := range r[m].causes {
			r[m].causes[i].join(o[m].causes[i])
		}
	}
}

// measure judges a world hour by hour: as it was, with one of its groups at four
// times its rate, and with a new cause of every size. The result depends on the
// world, the plan and the seed alone.
func measure(w *world, p plan, seed uint64) *result {
	rng := rand.New(rand.NewPCG(seed, 7))
	h := w.live(p.groups, p.slices+p.hours, rng)
	var r result
	for hour := range p.hours {
		quiet := h.series(hour, p.slices)
		at := hour % p.groups
		raised := h.at(at, hour, p.slices)
		raised.Window = w.draw(at, rise*h.rates[at][hour+p.slices], rng)
		news := h.causes(w, hour, p.slices, rng)
		for m := range numMethods {
			r[m].groups += int64(p.groups)
			r[m].judgeQuiet(m.flags(quiet))
			r[m].found.add(m.flags(append([]triage.Series{raised}, quiet...))[0] == triage.Rising)
			for i, flag := range m.flags(append(news, quiet...))[:len(news)] {
				r[m].causes[i].add(flag == triage.New)
			}
		}
	}
	return &r
}

// series are the groups that an hour has: of others nothing is said.
func (h *history) series(hour, slices int) []triage.Series {
	var list []triage.Series
	for g := range h.counts {
		if s := h.at(g, hour, slices); s.Window > 0 {
			list = append(list, s)
		}
	}
	return list
}

// at is a group's series with its window in an hour.
func (h *history) at(group, hour, slices int) triage.Series {
	now := hour + slices
	return triage.Series{
		Baseline: h.counts[group][hour:now], Window: h.counts[group][now],
		Traffic: h.traffic[hour:now], WindowTraffic: h.traffic[now],
	}
}

// causes are groups that begin in an hour.
func (h *history) causes(w *world, hour, slices int, rng *rand.Rand) []triage.Series {
	var list []triage.Series
	for _, mean := range causes() {
		s := h.at(0, hour, slices)
		s.Baseline, s.Window = make([]float64, slices), w.draw(hour, mean, rng)
		list = append(list, s)
	}
	return list
}

func (o *outcome) judgeQuiet(flags []triage.Flag) {
	for _, f := range flags {
		o.rising.add(f == triage.Rising)
		o.fresh.add(f == triage.New || f == triage.MaybeNew)
	}
}

// print draws a result.
func (r *result) print(w io.Writer, of *world) {
	fmt.Fprintf(w, "\n%s: %s (%d groups shown)\n", of.name, of.what, r[otrace].rising.all)
	fmt.Fprintf(w, "              falsely rising %%     falsely new %%        fourfold found %%       new found %% of 3, 5, 10\n")
	for m := range numMethods {
		o := &r[m]
		fmt.Fprintf(w, "  %-10s  %-20s  %-20s  %-21s", m, o.rising.percent(), o.fresh.percent(), o.found.percent())
		for _, c := range o.causes {
			fmt.Fprintf(w, "  %5.1f", 100*float64(c.of)/float64(max(c.all, 1)))
		}
		fmt.Fprintln(w)
	}
	r.printAim(w)
}

// printAim tells whether the aim is met, for the groups that an hour shows and
// for all that the world has.
func (r *result) printAim(w io.Writer) {
	shown := r[otrace].rising
	shown.of += r[otrace].fresh.of
	verdict := "met"
	if 100*shown.of >= shown.all {
		verdict = "MISSED"
	}
	all := share{shown.of, r[otrace].groups}
	fmt.Fprintf(w, "  aim: less than 1 %% flagged by otrace: %s, %s; of all groups, shown or not, %s\n", shown.percent(), verdict, all.percent())
}

// legend says what the figures are.
const legend = `
Percent of the groups that an hour has errors of, with Wilson's 95 % interval;
hours in a row share most of their baseline, so that the truth is somewhat less
sure than that. Fourfold: one group an hour at four times its rate, whatever that
is. New: a cause that is expected to make 3, 5 or 10 errors in its first hour, and
is called new in it.
`
