package skew

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// A series is traces of the same machines. Span IDs are the same in all.
type series struct {
	traces []*trace.Evidence
	truths []scenario.Truth
	offset []int64 // of each host's clock
}

// makeSeries makes traces some time apart, whose clocks are off by up to 300 ms
// and drift by up to so many ppm.
func makeSeries(seed uint64, n int, apart int64, ppm float64) series {
	rng := rand.New(rand.NewPCG(seed, 77))
	w := scenario.Usual()
	w.Logging = true
	s := series{offset: make([]int64, w.Hosts)}
	drift := make([]float64, w.Hosts)
	for h := range s.offset {
		s.offset[h] = int64(rng.NormFloat64()*100) * ms
		drift[h] = rng.NormFloat64() * ppm
	}
	for k := range n {
		tr := w.Generate(1000*seed + uint64(k)) // the clocks of which are right
		tr.Offset = make([]int64, w.Hosts)
		for h := range tr.Offset {
			tr.Offset[h] = s.offset[h] + int64(float64(int64(k)*apart)*drift[h]/1e6)/µs*µs
		}
		ev := &trace.Evidence{ID: trace.ID{Hi: seed + 1, Lo: uint64(k + 1)}, Spans: tr.Spans, Logs: tr.Logs}
		for i := range ev.Spans {
			ev.Spans[i].Trace = ev.ID
			ev.Spans[i].Start += int64(k)*apart + tr.Offset[tr.Host[i]]
		}
		for i := range ev.Logs {
			ev.Logs[i].Time += int64(k)*apart + tr.Offset[tr.LogHost[i]]
		}
		s.traces, s.truths = append(s.traces, ev), append(s.truths, tr)
	}
	return s
}

// unpooled returns the clocks as if they were not from a pool.
func unpooled(c *Clocks) []Clock {
	all := c.All()
	for i := range all {
		all[i].Pooled = 0
	}
	return all
}

func TestAPoolOfOneIsAnEstimate(t *testing.T) {
	for _, m := range []Mode{Auto, Mid, Off} {
		s := makeSeries(1, 1, 0, 0)
		ev := s.traces[0]
		got, want := m.Pooled(s.traces)[0], m.Estimate(ev.Spans, ev.Logs)
		if !reflect.DeepEqual(unpooled(got), want.All()) || got.All()[0].Pooled != 1 {
			t.Fatalf("%v: got %+v, want %+v", m, got.All(), want.All())
		}
		for i := range ev.Spans {
			if got.Span(i).Name != want.Span(i).Name {
				t.Fatalf("%v: span %d has clock %s, want %s", m, i, got.Span(i).Name, want.Span(i).Name)
			}
		}
		for i := range ev.Logs {
			if got.Log(i).Name != want.Log(i).Name {
				t.Fatalf("%v: log %d has clock %s, want %s", m, i, got.Log(i).Name, want.Log(i).Name)
			}
		}
	}
}

// Each part speaks of its own records, by the clocks of their hosts.
func TestPartsOfAPool(t *testing.T) {
	s := makeSeries(2, 6, second, 0)
	for k, c := range Auto.Pooled(s.traces) {
		stamped := make(map[string][2]int)
		count := func(name, host string, spans, logs int) {
			if name != host {
				t.Fatalf("trace %d: a record of %s has the clock of %s", k, host, name)
			}
			n := stamped[name]
			stamped[name] = [2]int{n[0] + spans, n[1] + logs}
		}
		for i := range s.traces[k].Spans {
			count(c.Span(i).Name, fmt.Sprintf("host%02d", s.truths[k].Host[i]), 1, 0)
		}
		for i := range s.traces[k].Logs {
			count(c.Log(i).Name, fmt.Sprintf("host%02d", s.truths[k].LogHost[i]), 0, 1)
		}
		for _, k := range c.All() {
			if n := stamped[k.Name]; n != [2]int{k.Spans, k.Logs} || k.Pooled != 6 || n == [2]int{} && k.Status != Reference {
				t.Errorf("%+v stamped %v", k, n)
			}
		}
	}
}

func TestOrderOfTracesIsIrrelevant(t *testing.T) {
	s := makeSeries(3, 5, second, 0)
	want := Auto.Pooled(s.traces)
	order := []int{3, 0, 4, 2, 1}
	var shuffled []*trace.Evidence
	for _, k := range order {
		shuffled = append(shuffled, s.traces[k])
	}
	for i, c := range Auto.Pooled(shuffled) {
		if !reflect.DeepEqual(c.All(), want[order[i]].All()) {
			t.Fatalf("trace %d: got %+v, want %+v", order[i], c.All(), want[order[i]].All())
		}
	}
}

func TestTheSameTraceTwiceTellsNothingNew(t *testing.T) {
	s := makeSeries(4, 1, 0, 0)
	ev := s.traces[0]
	want := Estimate(ev.Spans, ev.Logs).All()
	for _, c := range Auto.Pooled([]*trace.Evidence{ev, ev, ev}) {
		for i, k := range c.All() {
			if w := want[i]; k.Name != w.Name || k.Offset != w.Offset || k.Low != w.Low || k.High != w.High || k.Spans != w.Spans || k.Logs != w.Logs {
				t.Fatalf("got %+v, want %+v", k, w)
			}
		}
	}
}

// What one trace leaves open another tells.
func TestPoolingLowersTheError(t *testing.T) {
	const n = 10
	var single, pooled float64
	in, out, worst := 0, 0, int64(0)
	for seed := range uint64(20) {
		s := makeSeries(seed, n, second, 0)
		for k, c := range Auto.Pooled(s.traces) {
			ev, tr := s.traces[k], &s.truths[k]
			single += offsetError(tr, Estimate(ev.Spans, ev.Logs)) / n / 20
			pooled += offsetError(tr, c) / n / 20
			ref := int64(math.MinInt64)
			for h := range s.offset {
				if slices.ContainsFunc(c.All(), func(k Clock) bool { return k.Name == fmt.Sprintf("host%02d", h) && k.Status == Reference }) {
					ref = s.offset[h]
				}
			}
			for i := range ev.Spans {
				k := c.Span(i)
				if k.Component != 0 || ref == math.MinInt64 {
					continue
				}
				x := ref - s.offset[tr.Host[i]]
				if x < k.HardLow || x > k.HardHigh {
					t.Fatalf("seed %d: truth %d of %+v", seed, x, k)
				}
				in++
				if beyond := max(k.Low-x, x-k.High); beyond > 0 {
					out++
					worst = max(worst, beyond)
				}
			}
		}
	}
	t.Logf("mean error alone %.0f µs, ten together %.0f µs; the truth is beyond %d of %d bounds, by %d µs at most", single, pooled, out, in, worst/µs)
	if 4*pooled > single || 10*out > in || in == 0 || worst > ms {
		t.Error("pooling does not help, or claims too much")
	}
}

// Clocks that drift by 50 ppm are 180 ms apart after an hour: no constant may
// be put on all of it.
func TestAPoolOfAnHourHasDrift(t *testing.T) {
	var before, after float64
	for seed := range uint64(5) {
		s := makeSeries(seed, 24, 150*second, 50)
		for k, c := range Auto.Pooled(s.traces) {
			tr, ev := &s.truths[k], s.traces[k]
			before += offsetError(tr, Off.Estimate(ev.Spans, nil))
			for i := range ev.Spans { // as it is applied
				c.Span(i).Offset, c.Span(i).DriftPPM = c.Span(i).At(ev.Spans[i].Start), 0
			}
			after += offsetError(tr, c)
		}
	}
	t.Logf("mean error raw %.0f µs, pooled %.0f µs", before/120, after/120)
	if 20*after > before {
		t.Errorf("the mean error is %.0f of %.0f µs", after/120, before/120)
	}
}

// The logs of a trace whose spans never came must not go to another trace's
// spans of the same IDs; those whose spans came go there.
func TestLogsKeepToTheirTrace(t *testing.T) {
	one, two := trace.ID{Lo: 1}, trace.ID{Lo: 2}
	in := func(id trace.ID, spans []trace.Span) []trace.Span {
		for i := range spans {
			spans[i].Trace = id
		}
		return spans
	}
	named := trace.Log{Time: epoch + 5*ms, Span: 3, Origin: trace.Origin{Service: "other"}}
	own := &trace.Evidence{ID: one, Spans: in(one, aCall(1*ms, 9*ms)), Logs: []trace.Log{named}}
	lost := &trace.Evidence{ID: two, Logs: []trace.Log{named}}
	for _, traces := range [][]*trace.Evidence{{own, lost}, {own, lost, {ID: trace.ID{Lo: 3}, Spans: in(trace.ID{Lo: 3}, aCall(1*ms, 9*ms))}}} {
		c := Auto.Pooled(traces)
		if got := c[0].Log(0); got == nil || got.Name != "b" {
			t.Errorf("its own log has the clock %+v", got)
		}
		if got := c[1].Log(0); got != nil && got.Name == "b" {
			t.Errorf("another trace's log has the clock %+v", got)
		}
	}
	short := &trace.Evidence{ID: trace.ID{Lo: 1}, Spans: in(trace.ID{Hi: 9, Lo: 1}, aCall(1*ms, 9*ms)), Logs: []trace.Log{named}}
	other := &trace.Evidence{ID: two, Spans: in(two, aCall(1*ms, 9*ms))}
	if got := Auto.Pooled([]*trace.Evidence{short, other})[0].Log(0); got == nil || got.Name != "b" {
		t.Errorf("a log of an ID that was typed short has the clock %+v", got)
	}
}

func TestPoolsOfNothing(t *testing.T) {
	if got := Auto.Pooled(nil); len(got) != 0 {
		t.Errorf("got %d", len(got))
	}
	s := makeSeries(5, 2, second, 0)
	c := Auto.Pooled([]*trace.Evidence{{}, s.traces[0], {}})
	for _, i := range []int{0, 2} {
		for _, k := range c[i].All() {
			if k.Status != Reference || k.Spans+k.Logs != 0 {
				t.Errorf("of no records: %+v", k)
			}
		}
	}
	if got := Auto.Pooled([]*trace.Evidence{{}})[0].All(); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

// In mode Off all clocks are trusted, in a pool, too.
func TestAPoolThatIsOffTrustsAll(t *testing.T) {
	s := makeSeries(6, 2, second, 0)
	c := Off.Pooled(s.traces)[1]
	for i := range s.traces[1].Spans {
		if k := c.Span(i); k.Offset != 0 || !c.Ordered(c.Span(0), epoch, k, epoch) {
			t.Fatalf("got %+v", k)
		}
	}
}

// The order that is decided in a part is decided by the evidence of all.
func TestOrderInAPool(t *testing.T) {
	s := makeSeries(7, 8, second, 0)
	alone, together, pairs := 0, 0, 0
	for k, c := range Auto.Pooled(s.traces) {
		ev, tr := s.traces[k], &s.truths[k]
		single := Estimate(ev.Spans, ev.Logs)
		for i := range ev.Spans {
			for j := range ev.Spans {
				if tr.Host[i] == tr.Host[j] || tr.Start[j] < tr.Start[i] || tr.Start[j] > tr.Start[i]+ms {
					continue
				}
				pairs++
				if single.Ordered(single.Span(i), ev.Spans[i].Start, single.Span(j), ev.Spans[j].Start) {
					alone++
				}
				if c.Ordered(c.Span(i), ev.Spans[i].Start, c.Span(j), ev.Spans[j].Start) {
					together++
				}
			}
		}
	}
	t.Logf("%d pairs within 1 ms: %d decided by one trace, %d by all", pairs, alone, together)
	if together <= alone {
		t.Error("the evidence of other traces decides nothing more")
	}
}

// A part tells of the zones of its own logs.
func TestZonesInAPool(t *testing.T) {
	one, two := trace.ID{Lo: 1}, trace.ID{Lo: 2}
	in := func(id trace.ID) []trace.Span {
		spans := aShift()
		for i := range spans {
			spans[i].Trace = id
		}
		return spans
	}
	wrong, right := saidAll(-3*hour, allShift...), saidAll(0, allShift...)
	other := saidAll(2*hour, allShift...)
	for i := range other {
		other[i].Index = "other"
	}
	c := Auto.Pooled([]*trace.Evidence{{ID: one, Spans: in(one), Logs: other}, {ID: two, Spans: in(two), Logs: wrong}})
	if z := c[0].Zones(); len(z) != 1 || z[0].Index != "other" || c[0].Zone(3) != -2*hour {
		t.Errorf("got %+v", z)
	}
	if z := c[1].Zones(); len(z) != 1 || z[0].Index != "logs" || c[1].Zone(3) != 3*hour {
		t.Errorf("got %+v", z)
	}
	c = Auto.Pooled([]*trace.Evidence{{ID: one, Spans: in(one), Logs: right}, {ID: two, Spans: in(two), Logs: wrong}})
	if z := c[1].Zones(); len(z) != 1 || z[0].Mended || z[0].Of != 16 {
		t.Errorf("half of a source is off, and yet %+v", z)
	}
}
