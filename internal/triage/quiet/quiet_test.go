package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// usual is what the issue asks for.
func usual() plan { return plan{hours: 200, groups: 40, slices: 24} }

// In 200 quiet hours less than one group in a hundred is flagged, however bursty
// errors are, and what changed is found.
func TestQuietHours(t *testing.T) {
	for _, tt := range []struct {
		world string
		found float64 // of what rose fourfold, at least
	}{
		{"poisson", 0.8},
		{"bursty4", 0.5},
		{"bursty8", 0.4},
		{"bursty16", 0.25},
		{"mixed", 0.45},
		{"daily", 0.4},
		{"cron", 0.6},
		{"deploys", 0.5},
		{"rare", 0}, // four times 0.1 is hardly ever five
	} {
		t.Run(tt.world, func(t *testing.T) {
			t.Parallel()
			var r result
			for seed := range uint64(4) {
				r.join(measure(named(t, tt.world), usual(), seed))
			}
			for _, m := range []method{otrace, byTraffic} {
				o := &r[m]
				if flagged := o.rising.of + o.fresh.of; 100*flagged >= o.rising.all {
					t.Errorf("%s flags %d of %d quiet groups", m, flagged, o.rising.all)
				}
			}
			if o := &r[otrace]; o.found.ratio() < tt.found {
				t.Errorf("%d of %d fourfold rises are found", o.found.of, o.found.all)
			}
		})
	}
}

// Beside the comparison with one hour, a fraction of the flags is false.
func TestAgainstTheHourBefore(t *testing.T) {
	r := measure(named(t, "bursty8"), usual(), 1)
	if ours, hour := r[otrace].rising.of+r[otrace].fresh.of, r[lastHour].rising.of+r[lastHour].fresh.of; 10*ours > hour {
		t.Errorf("%d false flags, %d by the hour before", ours, hour)
	}
}

// A new cause is called new as soon as it has made three errors.
func TestNewCauses(t *testing.T) {
	o := &measure(named(t, "poisson"), plan{hours: 1000, groups: 5, slices: 24}, 1)[otrace]
	for i, want := range []float64{0.577, 0.875, 0.997} { // chances of three or more
		if got := o.causes[i].ratio(); math.Abs(got-want) > 0.05 {
			t.Errorf("of %v errors: %.3f are found, want %.3f", causes()[i], got, want)
		}
	}
}

// Where all traffic surges, errors that keep pace are no news to who knows it.
func TestSurges(t *testing.T) {
	r := measure(named(t, "surges"), usual(), 1)
	blind, told := r[otrace].rising, r[byTraffic].rising
	if blind.ratio() < 0.01 || told.ratio() > 0.005 {
		t.Errorf("%v are called rising, %v by who knows the traffic", blind, told)
	}
	if was, is := r[otrace].found.ratio(), r[byTraffic].found.ratio(); is < was-0.1 {
		t.Errorf("%.2f of what rises are found, and %.2f by who knows the traffic", was, is)
	}
}

func TestDeterministic(t *testing.T) {
	p := plan{hours: 20, groups: 10, slices: 24}
	one, again, other := measure(named(t, "mixed"), p, 5), measure(named(t, "mixed"), p, 5), measure(named(t, "mixed"), p, 6)
	if !reflect.DeepEqual(one, again) || reflect.DeepEqual(one, other) {
		t.Errorf("one seed: %+v and %+v; another: %+v", one, again, other)
	}
}

// The worlds are what they say.
func TestDraw(t *testing.T) {
	for _, tt := range []struct {
		world                  string
		rate, mean, dispersion float64
	}{
		{"poisson", 0.1, 0.1, 1},
		{"poisson", 40, 40, 1},
		{"bursty8", 40, 40, 8},
		{"bursty16", 2, 2, 16},
		{"rarebursts", 0.1, 0.1, 8},
		{"logs", 100, 101, 100}, // of lines rounded up; an exponential's square is twice its mean's
	} {
		w, rng := named(t, tt.world), rand.New(rand.NewPCG(1, 1))
		const n = 200_000
		sum, squares := 0.0, 0.0
		for range n {
			x := w.draw(0, tt.rate, rng)
			sum, squares = sum+x, squares+x*x
		}
		mean := sum / n
		dispersion := (squares/n - mean*mean) / mean
		if math.Abs(mean/tt.mean-1) > 0.05 || math.Abs(dispersion/tt.dispersion-1) > 0.1 {
			t.Errorf("%s at %v: mean %.3f, variance/mean %.3f; want %v, %v", tt.world, tt.rate, mean, dispersion, tt.mean, tt.dispersion)
		}
	}
	w := named(t, "daily")
	if noon, night := w.curve(6), w.curve(18); math.Abs(noon/night-3) > 1e-9 {
		t.Errorf("the day's curve is from %v to %v", night, noon)
	}
}

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"-runs", "2", "-hours", "30", "-only", "Daily,poisson"}, 0, []string{"daily: three times", "poisson: every", "last hour", "+ traffic", "met; of all groups", "Wilson"}},
		{[]string{"-runs", "1", "-only", "rarebursts"}, 0, []string{"MISSED"}},
		{[]string{"-runs", "0"}, 2, []string{"at least one"}},
		{[]string{"daily"}, 2, []string{"no arguments"}},
		{[]string{"-only", "noisy"}, 2, []string{`no world "noisy"`}},
		{[]string{"-fast"}, 2, []string{"not defined"}},
	} {
		var out bytes.Buffer
		code := run(tt.args, &out, &out)
		for _, want := range tt.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q says %q, want %q", tt.args, out.String(), want)
			}
		}
		if code != tt.code {
			t.Errorf("%q ends with %d, want %d", tt.args, code, tt.code)
		}
	}
}

func (s share) ratio() float64 { return float64(s.of) / float64(max(s.all, 1)) }

func named(t *testing.T, name string) *world {
	t.Helper()
	i := slices.IndexFunc(worlds(), func(w world) bool { return w.name == name })
	if i < 0 {
		t.Fatalf("no world %q", name)
	}
	return &worlds()[i]
}
