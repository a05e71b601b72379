package scenario

// A Scenario is a world with a name, and what issue 5 asks of the estimate
// there.
type Scenario struct {
	Name string
	What string
	World
	Aims
}

// Aims are upper limits; 0 where there is none.
type Aims struct {
	Ratio      float64 // offset error as a fraction of Jaeger's
	Inverted   float64 // near pairs in the wrong order, percent
	Misordered float64 // log lines in the wrong order, percent
	Moved      float64 // clean spans moved, percent
	Still      bool    // no clean span may move
}

// All returns the scenarios in the order of the table.
func All() []Scenario {
	off := Usual()
	off.Skew, off.Logging = 100*millisecond, true
	fifth := off
	fifth.Skewed = 0.2
	with := func(w World, change func(*World)) World {
		change(&w)
		return w
	}
	return []Scenario{
		{"A", "no skew", with(off, func(w *World) { w.Skew = 0 }), Aims{Still: true}},
		{"B", "all hosts off by 1 ms", with(off, func(w *World) { w.Skew = millisecond }), Aims{Inverted: 2.8}},
		{"C", "all hosts off by 100 ms", off, Aims{Ratio: 0.010, Inverted: 2.0, Misordered: 0.5}},
		{"D", "all hosts off by 5 s", with(off, func(w *World) { w.Skew = 5 * second }), Aims{Inverted: 2.1}},
		{"E", "20 % of hosts off by 100 ms", fifth, Aims{Ratio: 0.011, Inverted: 0.7}},
		{"F", "E and 60 % async", with(fifth, func(w *World) { w.Async = 0.6 }), Aims{Ratio: 0.041, Inverted: 1.7}},
		{"G", "E and 30 % tails, 15 % unmarked async, 5 % timeouts", with(fifth, func(w *World) {
			w.Tails, w.Unmarked, w.Timeouts = 0.3, 0.15, 0.05
		}), Aims{Ratio: 0.009, Inverted: 0.8}},
		{"H", "E and 10 % of spans lost", with(fifth, func(w *World) { w.Lost = 0.1 }), Aims{Ratio: 0.012, Inverted: 0.8}},
		{"I", "E, pod identity only", with(fifth, func(w *World) { w.PodsOnly = true }), Aims{Ratio: 0.10, Inverted: 1.8}},
		{"K", "E, cloned host.id", with(fifth, func(w *World) { w.Cloned = true }), Aims{Ratio: 0.022, Inverted: 1.1}},
		{"L", "all hosts off by 100 ms over a 20 ms WAN", with(off, func(w *World) { w.WAN = 20 * millisecond }), Aims{Ratio: 0.20, Inverted: 29}},
		{"drift", "10 minutes, 50 ppm and 1 ms", with(off, func(w *World) {
			w.Skew, w.DriftPPM, w.Length = millisecond, 50, 600*second
		}), Aims{Ratio: 0.09, Inverted: 5}},
	}
}
