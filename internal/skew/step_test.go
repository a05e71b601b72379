package skew

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// A clockError is by how much a host's clock is ahead at a true time since the
// trace's begin.
type clockError func(host string, at int64) int64

// busyHosts makes 48 calls among three hosts, one every 10 ms, each with a log
// of its callee, and returns when each span truly started.
func busyHosts(wrong clockError) (spans []trace.Span, logs []trace.Log, truth []int64) {
	hosts := []*trace.Resource{onHost("a"), onHost("b"), onHost("c")}
	stamp := func(r *trace.Resource, at int64) int64 { return epoch + 1001 + at + wrong(r.Host, at) }
	for i := range int64(48) {
		from, to := hosts[i%3], hosts[(i+1+i/3%2)%3]
		id, at := trace.SpanID(2*i+1), i*10*millisecond
		spans = append(spans,
			trace.Span{ID: id, Kind: trace.KindClient, Start: stamp(from, at), Duration: 3300 * microsecond, Resource: from},
			trace.Span{ID: id + 1, Parent: id, Kind: trace.KindServer, Start: stamp(to, at+150*microsecond), Duration: 3 * millisecond, Resource: to})
		truth = append(truth, at, at+150*microsecond)
		logs = append(logs, trace.Log{Span: id + 1, Origin: to.Origin, Time: stamp(to, at+millisecond)})
	}
	return spans, logs, truth
}

// stepOf sets a host's clock once.
func stepOf(host string, at, by int64) clockError {
	return func(h string, t int64) int64 {
		if h == host && t >= at {
			return by
		}
		return 0
	}
}

func sumOf(list ...clockError) clockError {
	return func(h string, t int64) int64 {
		sum := int64(0)
		for _, e := range list {
			sum += e(h, t)
		}
		return sum
	}
}

// setClocks returns the names of the clocks that were set.
func setClocks(c *Clocks) []string {
	var names []string
	for _, k := range c.All() {
		if strings.Contains(k.Name, "was set at") {
			names = append(names, k.Name)
		}
	}
	return names
}

func TestClocksThatAreSet(t *testing.T) {
	const noon = 235 * millisecond // between the 23rd call and the 24th
	for name, tt := range map[string]struct {
		wrong clockError
		want  []string
		torn  int // a span that was stamped meanwhile, if there is one
	}{
		"forward":      {stepOf("b", noon, 100*millisecond), []string{"b after it was set at 22:13:20.340"}, 0},
		"back":         {stepOf("b", noon, -100*millisecond), []string{"b after it was set at 22:13:20.140"}, 0},
		"a day":        {stepOf("b", noon, 86_400*second), []string{"b after it was set at 22:13:20.240"}, 0},
		"off already":  {sumOf(stepOf("b", 0, 50*millisecond), stepOf("b", noon, -50*millisecond)), []string{"b after it was set at 22:13:20.240"}, 0},
		"two clocks":   {sumOf(stepOf("b", noon, 100*millisecond), stepOf("c", noon+100*millisecond, -70*millisecond)), []string{"b after it was set at 22:13:20.340", "c after it was set at 22:13:20.280"}, 0},
		"stands still": {sumOf(stepOf("b", noon, -9*millisecond), stepOf("b", noon+10*millisecond, -11*millisecond)), []string{"b after it was set at 22:13:20.230"}, 49},
		"too small":    {stepOf("b", noon, 250*microsecond), nil, 0},
		"never":        {stepOf("b", 0, 100*millisecond), nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			spans, logs, truth := busyHosts(tt.wrong)
			c := Estimate(spans, logs)
			if got := setClocks(c); !slices.Equal(got, tt.want) {
				t.Errorf("were set: %q, want %q", got, tt.want)
			}
			frame := c.Span(0).At(spans[0].Start) + spans[0].Start - truth[0]
			for i := range spans {
				s := &spans[i]
				if off := s.Start + c.Span(i).At(s.Start) - truth[i] - frame; (off < -millisecond || off > millisecond) && (tt.torn == 0 || i != tt.torn) {
					t.Errorf("span %d of %s is %d off", i, c.Span(i).Name, off)
				}
				if i%2 == 1 && c.Log(i/2) != c.Span(i) {
					t.Errorf("the log of span %d is of %s, the span of %s", i, c.Log(i/2).Name, c.Span(i).Name)
				}
			}
		})
	}
}

// One record that lies, wherever it stands, is no clock that was set.
func TestLyingSpanIsNoStep(t *testing.T) {
	for at := range 96 {
		spans, logs, _ := busyHosts(stepOf("", 0, 0))
		spans[at].Start += 200 * millisecond
		if got := setClocks(Estimate(spans, logs)); got != nil {
			t.Errorf("span %d lies, and is taken for %q", at, got)
		}
	}
}

// What straddles the step started before it, and its end is no evidence; a log
// it wrote afterwards is of the clock that was set.
func TestSpanThatStraddlesTheStep(t *testing.T) {
	const noon = 235 * millisecond
	for _, by := range []int64{100 * millisecond, -100 * millisecond} {
		spans, logs, _ := busyHosts(stepOf("b", noon, by))
		long := trace.Span{ID: 1000, Kind: trace.KindInternal, Start: epoch + 1001 + 200*millisecond, Resource: onHost("b")}
		long.Duration = 80*millisecond + max(by, 0)
		spans = append(spans, long)
		logs = append(logs, trace.Log{Span: 1000, Origin: long.Resource.Origin, Time: epoch + 250*millisecond + by})
		c := Estimate(spans, logs)
		if got := c.Span(len(spans) - 1).Name; got != "b" {
			t.Errorf("by %d: the span is of %s", by, got)
		}
		if got := c.Log(len(logs) - 1).Name; !strings.HasPrefix(got, "b after it was set at ") {
			t.Errorf("by %d: the log is of %s", by, got)
		}
	}
}

// After a step no bound is beyond doubt.
func TestNoHardBoundsAfterAStep(t *testing.T) {
	spans, logs, _ := busyHosts(stepOf("b", 235*millisecond, 100*millisecond))
	for _, c := range Estimate(spans, logs).All() {
		if c.HardBounds || c.Status != Reference && (c.HardLow != UnboundedBack || c.HardHigh != Unbounded) {
			t.Errorf("hard bounds of %+v", c)
		}
	}
}

// In the worlds of the table, where no clock is set, none is found to have been.
func TestNoStepIsInvented(t *testing.T) {
	for _, s := range scenario.All() {
		t.Run(s.Name, func(t *testing.T) {
			for seed := range uint64(40) {
				tr := s.Generate(seed)
				if got := setClocks(Estimate(tr.Spans, tr.Logs)); got != nil {
					t.Errorf("seed %d: %q", seed, got)
				}
			}
		})
	}
}

// Where a step is found, it is mostly that of the host whose clock was set, and
// what is left of the error is small.
func TestWildStepsAreFound(t *testing.T) {
	for _, s := range scenario.Wild() {
		if s.Name != "step" && s.Name != "step-back" && s.Name != "step-long" {
			continue
		}
		found, right := 0, 0
		for seed := range uint64(60) {
			tr := s.Generate(seed)
			c := Estimate(tr.Spans, tr.Logs)
			if len(setClocks(c)) == 0 {
				continue
			}
			found++
			for i := range tr.Spans {
				if tr.Host[i] == tr.Faults[0].Host && strings.Contains(c.Span(i).Name, "was set at") {
					right++
					break
				}
			}
		}
		if found < 15 || 10*right < 8*found {
			t.Errorf("%s: found in %d traces of 60, rightly in %d", s.Name, found, right)
		}
	}
}

// The most intervals that have a point in common are as many as counting finds.
func TestDepth(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 200 {
		seen := make([]sighting, 1+rng.IntN(12))
		for i := range seen {
			seen[i].low = rng.Int64N(20)
			seen[i].high = seen[i].low + rng.Int64N(8) - 1 // some are empty
		}
		d := newDepth(seen)
		for i := range seen {
			most := 0
			for at := range int64(40) {
				n := 0
				for _, s := range seen[:i+1] {
					if s.low <= at && at <= s.high {
						n++
					}
				}
				most = max(most, n)
			}
			if got := d.add(&seen[i]); got != most {
				t.Fatalf("%d of %v overlap, want %d", got, seen[:i+1], most)
			}
		}
		r, n := deepest(seen), 0
		for _, s := range seen {
			if s.low <= r.low && r.high <= s.high {
				n++
			}
		}
		if int32(n) != d.most[1] {
			t.Fatalf("%d of %v contain %v, want %d", n, seen, r, d.most[1])
		}
	}
}
