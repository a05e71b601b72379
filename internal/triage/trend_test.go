package triage

import (
	"slices"
	"testing"
)

// levelled is a baseline of n slices that all have the same count.
func levelled(n int, count float64) []float64 { return slices.Repeat([]float64{count}, n) }

func TestFlags(t *testing.T) {
	bursts := make([]float64, 24)
	bursts[3], bursts[11], bursts[20] = 40, 48, 32 // five a slice, in bursts
	for _, tt := range []struct {
		name string
		s    Series
		want Flag
	}{
		{"nothing before", Series{Baseline: levelled(24, 0), Window: 3}, New},
		{"too few to be new", Series{Baseline: levelled(24, 0), Window: 2}, Steady},
		{"once before", Series{Baseline: append(levelled(23, 0), 1), Window: 3}, Steady},
		{"no baseline", Series{Window: 50}, Steady},
		{"no baseline that was read", Series{Baseline: levelled(24, 0), Cover: levelled(24, 0), Window: 50}, Steady},
		{"cut short", Series{Baseline: levelled(24, 0), Window: 3, Limited: true}, MaybeNew},
		{"few slices", Series{Baseline: levelled(5, 0), Window: 30}, MaybeNew},
		{"six slices", Series{Baseline: levelled(6, 0), Window: 3}, New},
		{"many slices, little of each", Series{Baseline: levelled(24, 0), Cover: levelled(24, 0.2), Window: 30}, MaybeNew},
		{"seen where nothing was read", Series{Baseline: append(levelled(23, 0), 7), Cover: append(levelled(23, 1), 0), Window: 30}, Steady},

		{"fourfold", Series{Baseline: levelled(24, 5), Window: 20}, Rising},
		{"fourfold, cut short", Series{Baseline: levelled(24, 5), Window: 20, Limited: true}, Rising},
		{"as before", Series{Baseline: levelled(24, 5), Window: 5}, Steady},
		{"not quite double", Series{Baseline: levelled(24, 1000), Window: 1999}, Steady},
		{"double", Series{Baseline: levelled(24, 1000), Window: 2000}, Rising},
		{"double of little", Series{Baseline: levelled(24, 4), Window: 8}, Steady},
		{"fewer than five", Series{Baseline: append(levelled(23, 0), 1), Window: 4}, Steady},
		{"five", Series{Baseline: append(levelled(23, 0), 1), Window: 5}, Rising},
		{"one burst more", Series{Baseline: bursts, Window: 40}, Steady},
		{"a far larger burst", Series{Baseline: bursts, Window: 400}, Rising},
		{"rising on five slices", Series{Baseline: levelled(5, 5), Window: 500}, Steady},
		{"rising on six", Series{Baseline: levelled(6, 5), Window: 50}, Rising},
		{"as before, in a long window", Series{Baseline: levelled(24, 5), Window: 20, Length: 4}, Steady},
		{"fourfold, in a long window", Series{Baseline: levelled(24, 5), Window: 80, Length: 4}, Rising},
		{"fourfold, in half a slice", Series{Baseline: levelled(24, 10), Window: 20, Length: 0.5}, Rising},
		{"gone", Series{Baseline: levelled(24, 5)}, Steady},
	} {
		if got := Flags([]Series{tt.s}); got[0] != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got[0], tt.want)
		}
	}
	if got := Flags(nil); len(got) != 0 {
		t.Errorf("of no groups: %v", got)
	}
}

// What was read in part counts as that part: half the errors in half a slice is
// the same rate, and neither rises nor bursts.
func TestCover(t *testing.T) {
	half := Series{Baseline: levelled(24, 10), Cover: levelled(24, 0.5), Window: 20}
	if b := newBaseline(&half, false); b.dispersion != 1 || b.exposure != 12 || b.slices != 24 {
		t.Errorf("of half slices: %+v", b)
	}
	mixed := Series{Cover: levelled(24, 1), Window: 20}
	for i := range 24 {
		mixed.Cover[i] = float64(i%3) / 2 // none, half, all
		mixed.Baseline = append(mixed.Baseline, 20*mixed.Cover[i])
	}
	if b := newBaseline(&mixed, false); b.dispersion != 1 || b.count/b.exposure != 20 || b.slices != 16 || b.busy != 16 {
		t.Errorf("of parts: %+v", b)
	}
	if got := Flags([]Series{half, mixed}); got[0] != Steady || got[1] != Steady {
		t.Errorf("the same rate is %v", got)
	}
	half.Window, mixed.Window = 80, 80
	if got := Flags([]Series{half, mixed}); got[0] != Rising || got[1] != Rising {
		t.Errorf("four times the rate is %v", got)
	}
}

func TestDispersion(t *testing.T) {
	for _, tt := range []struct {
		counts []float64
		want   float64
	}{
		{nil, 1},
		{levelled(24, 0), 1},
		{[]float64{7}, 1},
		{levelled(6, 9), 1},
		{[]float64{0, 10}, 10},          // mean 5, variance 50
		{[]float64{4, 6, 4, 6}, 1},      // less than Poisson's
		{[]float64{0, 0, 0, 0, 20}, 20}, // mean 4, variance 80
	} {
		if got := newBaseline(&Series{Baseline: tt.counts}, false).dispersion; !nearly(got, tt.want, 1e-12) {
			t.Errorf("of %v: %v, want %v", tt.counts, got, tt.want)
		}
	}
}

// Three slices say little of how a group varies: it is taken to be like others.
// One that was calm in all of them cannot be so unlike itself.
func TestCalmAmongBursty(t *testing.T) {
	calm := Series{Baseline: append(levelled(21, 0), 1, 1, 1), Window: 6}
	if got := Flags([]Series{calm})[0]; got != Rising {
		t.Fatalf("alone it is %v", got)
	}
	series := []Series{calm}
	for range 9 {
		series = append(series, Series{Baseline: slices.Repeat([]float64{0, 0, 0, 40}, 6), Window: 10})
	}
	if got := Flags(series)[0]; got != Steady {
		t.Errorf("among bursty ones it is %v", got)
	}
	known := Series{Baseline: slices.Repeat([]float64{20, 21, 19}, 8), Window: 50}
	if got := Flags(append(series, known)); got[len(series)] != Rising {
		t.Errorf("one that is known well is %v", got[len(series)])
	}
}

// The more groups there are, the more must be said for each.
func TestManyGroups(t *testing.T) {
	one := Series{Baseline: levelled(24, 5), Window: 12}
	if got := Flags([]Series{one})[0]; got != Rising {
		t.Fatalf("alone it is %v", got)
	}
	series := []Series{one}
	for range 99 {
		series = append(series, Series{Baseline: levelled(24, 5), Window: 5})
	}
	if got := Flags(series)[0]; got != Steady {
		t.Errorf("one of a hundred is %v", got)
	}
	for i := range 60 {
		series[i] = one
	}
	if got := Flags(series)[0]; got != Rising {
		t.Errorf("one of many of a hundred is %v", got)
	}
}

// Where traffic is known, errors that keep pace with it do not rise, nor do those
// that stay when it goes.
func TestTraffic(t *testing.T) {
	traffic := levelled(24, 1000)
	for _, tt := range []struct{ errors, traffic float64 }{
		{30, 3000}, {10, 100}, {30, 10_000}, {30, 0},
	} {
		s := Series{Baseline: levelled(24, 10), Window: tt.errors, Traffic: traffic, WindowTraffic: tt.traffic}
		if got := Flags([]Series{s})[0]; got != Steady {
			t.Errorf("%v errors of %v: %v", tt.errors, tt.traffic, got)
		}
	}
	risen := Series{Baseline: levelled(24, 10), Window: 40, Traffic: traffic, WindowTraffic: 1000}
	calm := Series{Baseline: levelled(24, 10), Window: 10}
	if got := Flags([]Series{risen, calm}); got[0] != Rising || got[1] != Steady {
		t.Errorf("four times the share is %v", got)
	}
	half := Series{Baseline: levelled(24, 10), Cover: levelled(24, 0.5), Window: 80, Traffic: traffic, WindowTraffic: 2500}
	if got := Flags([]Series{half})[0]; got != Steady {
		t.Errorf("32 of 1000 after 10 of 500 is %v", got)
	}
	idle := Series{Baseline: levelled(24, 0), Window: 9, Traffic: append(levelled(19, 0), 5, 5, 5, 5, 5), WindowTraffic: 5}
	if got := Flags([]Series{idle})[0]; got != MaybeNew {
		t.Errorf("where only five slices had traffic it is %v", got)
	}
}

// Neither the order of the groups nor that of the slices matters.
func TestOrderOfGroups(t *testing.T) {
	var series []Series
	for i := range 40 {
		s := Series{Baseline: levelled(24, float64(i%7)), Window: float64(i)}
		s.Baseline[i%24] += float64(i * i % 31)
		series = append(series, s)
	}
	want := Flags(series)
	backwards := slices.Clone(series)
	for i := range backwards {
		backwards[i].Baseline = slices.Clone(backwards[i].Baseline)
		slices.Reverse(backwards[i].Baseline)
	}
	slices.Reverse(backwards)
	got := Flags(backwards)
	slices.Reverse(got)
	if !slices.Equal(got, want) || !slices.Contains(want, Rising) || !slices.Contains(want, Steady) {
		t.Errorf("backwards %v, forwards %v", got, want)
	}
}
