package skew

import (
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// call is a call from a to b at a time, in microseconds: how long it is on its
// way, how long b works, and when a has its answer or goes on. Odd clocks are
// added to b's times.
func callFromTo(id trace.SpanID, at, way, work, took, odd int64, a, b *trace.Resource) []trace.Span {
	start := epoch + 1001 + at*microsecond
	return []trace.Span{
		{ID: id, Kind: trace.KindClient, Start: start, Duration: took * microsecond, Resource: a},
		{ID: id + 1, Parent: id, Kind: trace.KindServer, Start: start + (way+odd)*microsecond, Duration: work * microsecond, Resource: b},
	}
}

func onHost(name string) *trace.Resource {
	return &trace.Resource{Origin: trace.Origin{Service: name, Host: name}}
}

func allOf(lists ...[]trace.Span) []trace.Span {
	var all []trace.Span
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// What calls do that do not wait, or end at once, or outlive their callers, is
// not their clocks' fault.
func TestCallsThatAreNoProofOfSkew(t *testing.T) {
	a, b := onHost("a"), onHost("b")
	for name, spans := range map[string][]trace.Span{
		"gone before the request arrives": callFromTo(1, 0, 150, 3000, 80, 0, a, b),
		"no duration":                     callFromTo(1, 0, 2500, 3000, 0, 0, a, b),
		"slow requests and two tails":     allOf(callFromTo(1, 0, 4000, 6000, 6100, 0, a, b), callFromTo(3, 20_000, 4500, 6500, 6600, 0, a, b)),
	} {
		for _, c := range Estimate(spans, nil).All() {
			if c.Offset != 0 {
				t.Errorf("%s: moved %+v", name, c)
			}
		}
	}
}

// A machine in 1970 is 54 years off, and that is provable.
func TestFarOff(t *testing.T) {
	spans := callFromTo(1, 0, 150, 3000, 3300, -(epoch-60*second)/microsecond, onHost("a"), onHost("b"))
	if c := Estimate(spans, nil).All()[1]; c.Offset < epoch-61*second || c.Offset > epoch-59*second {
		t.Errorf("not brought back: %+v", c)
	}
}

// A clock that is set back amid the trace leaves no bound that is beyond doubt.
func TestHardBoundsNeedClocksThatAreNotSet(t *testing.T) {
	a, b := onHost("a"), onHost("b")
	spans := allOf(callFromTo(1, 0, 150, 3000, 3300, 100_000, a, b), callFromTo(3, 10_000, 150, 3000, 3300, 0, b, a), callFromTo(5, 20_000, 150, 3000, 3300, 0, a, b), callFromTo(7, 30_000, 150, 3000, 3300, -100_000, b, a))
	for _, c := range Estimate(spans, nil).All() {
		if c.Status != Reference && (c.HardLow != UnboundedBack || c.HardHigh != Unbounded || c.HardBounds) {
			t.Errorf("hard bounds of %+v", c)
		}
	}
}

// Clocks that tell whole seconds may be a second off what they show.
func TestWholeSeconds(t *testing.T) {
	w := scenario.Usual()
	w.Grain, w.Skew = second, millisecond
	for seed := range uint64(40) {
		tr := w.Generate(seed)
		for _, c := range Estimate(tr.Spans, nil).All() {
			if c.Offset != 0 {
				t.Errorf("seed %d moved %+v", seed, c)
			}
		}
	}
}

// One log that a collector stamped a second after its span's end is late; that
// does not make the collector's clock wrong.
func TestLateLogIsNoProofOfSkew(t *testing.T) {
	a := onHost("a")
	spans := callFromTo(1, 0, 150, 3000, 3300, 0, a, onHost("b"))
	logs := []trace.Log{{Span: 1, Time: epoch + second + 1, Origin: trace.Origin{Service: "a", Host: "collector"}}}
	for _, c := range Estimate(spans, logs).All() {
		if c.Offset != 0 {
			t.Errorf("moved %+v", c)
		}
	}
}

// Two replicas of a service that says no more than its name have two clocks.
func TestReplicasWithoutNames(t *testing.T) {
	a, b := onHost("a"), &trace.Resource{Origin: trace.Origin{Service: "b"}}
	var spans []trace.Span
	for i := range int64(6) {
		odd := (i % 2) * 100_000
		spans = append(spans, callFromTo(trace.SpanID(2*i+1), i*10_000, 150, 3000, 3300, odd, a, b)...)
	}
	c := Estimate(spans, nil)
	for i := range spans {
		want := int64(0)
		if i%4 == 3 {
			want = -100 * millisecond
		}
		if got := c.Span(i).Offset; got < want-millisecond || got > want+millisecond {
			t.Errorf("span %d is moved by %d, want %d", i, got, want)
		}
	}
}

// With many calls some tail is always just short of showing: the bounds must
// still hold the truth.
func TestBoundsHoldInLargeTraces(t *testing.T) {
	for _, s := range scenario.Wild() {
		if s.Name != "two-big" {
			continue
		}
		for seed := range uint64(5) {
			tr := s.Generate(seed)
			for i, c := range Estimate(tr.Spans, nil).All() {
				if x := tr.Correction(i, 0) - tr.Correction(1-i, 0); c.Status == Proven && (x < c.Low || x > c.High) {
					t.Errorf("seed %d: truth %d of %+v", seed, x, c)
				}
			}
		}
	}
}
