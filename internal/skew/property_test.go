package skew

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// worlds are those that the properties must hold in.
func worlds() map[string]scenario.World {
	base := scenario.Usual()
	base.Skew, base.Logging = 100*millisecond, true
	with := func(change func(*scenario.World)) scenario.World {
		w := base
		change(&w)
		return w
	}
	return map[string]scenario.World{
		"all off":    base,
		"a fifth":    with(func(w *scenario.World) { w.Skewed = 0.2 }),
		"unmarked":   with(func(w *scenario.World) { w.Unmarked, w.Timeouts, w.Tails = 0.2, 0.1, 0.3 }),
		"lost":       with(func(w *scenario.World) { w.Lost = 0.1 }),
		"pods only":  with(func(w *scenario.World) { w.PodsOnly = true }),
		"cloned":     with(func(w *scenario.World) { w.Cloned, w.Skewed = true, 0.3 }),
		"whole ms":   with(func(w *scenario.World) { w.Grain = millisecond }),
		"no kinds":   with(func(w *scenario.World) { w.NoKinds = true }),
		"small skew": with(func(w *scenario.World) { w.Skew = 200 * microsecond }),
	}
}

// forEach runs a property over some traces of every world.
func forEach(t *testing.T, property func(t *testing.T, tr scenario.Truth)) {
	for name, w := range worlds() {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(6) {
				property(t, w.Generate(seed))
			}
		})
	}
}

func TestOrderOfInputIsIrrelevant(t *testing.T) {
	forEach(t, func(t *testing.T, tr scenario.Truth) {
		want := Estimate(tr.Spans, tr.Logs)
		rng := rand.New(rand.NewPCG(3, 4))
		spanAt, logAt := rng.Perm(len(tr.Spans)), rng.Perm(len(tr.Logs))
		spans, logs := make([]trace.Span, len(tr.Spans)), make([]trace.Log, len(tr.Logs))
		for i, j := range spanAt {
			spans[i] = tr.Spans[j]
		}
		for i, j := range logAt {
			logs[i] = tr.Logs[j]
		}
		got := Estimate(spans, logs)
		if !reflect.DeepEqual(got.All(), want.All()) {
			t.Fatalf("shuffled: %+v\nin order: %+v", got.All(), want.All())
		}
		for i, j := range spanAt {
			if got.Span(i).Name != want.Span(j).Name {
				t.Fatalf("span %d has clock %s, was %s", j, got.Span(i).Name, want.Span(j).Name)
			}
		}
		for i, j := range logAt {
			if got.Log(i).Name != want.Log(j).Name {
				t.Fatalf("log %d has clock %s, was %s", j, got.Log(i).Name, want.Log(j).Name)
			}
		}
	})
}

func TestCommonShiftChangesNothing(t *testing.T) {
	forEach(t, func(t *testing.T, tr scenario.Truth) {
		want := Estimate(tr.Spans, tr.Logs).All()
		for i := range tr.Spans {
			tr.Spans[i].Start += 3600 * second
		}
		for i := range tr.Logs {
			tr.Logs[i].Time += 3600 * second
		}
		if got := Estimate(tr.Spans, tr.Logs).All(); !reflect.DeepEqual(got, want) {
			t.Fatalf("shifted: %+v\nbefore:  %+v", got, want)
		}
	})
}

func TestNoSkewMovesNothing(t *testing.T) {
	for name, w := range worlds() {
		w.Skew = 0
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(20) {
				tr := w.Generate(seed)
				for _, c := range Estimate(tr.Spans, tr.Logs).All() {
					if c.Offset != 0 {
						t.Fatalf("seed %d moved %+v", seed, c)
					}
				}
			}
		})
	}
}

func TestTruthLiesWithinHardBounds(t *testing.T) {
	forEach(t, func(t *testing.T, tr scenario.Truth) {
		if strings.HasSuffix(t.Name(), "cloned") {
			return // no bound is sound when two machines pass for one undetected
		}
		c := Estimate(tr.Spans, tr.Logs)
		refs := make(map[int]int64) // by component
		for i := range tr.Spans {
			if k := c.Span(i); k.Status == Reference {
				refs[k.Component] = tr.Correction(tr.Host[i], 0)
			}
		}
		for i := range tr.Spans {
			k := c.Span(i)
			ref, ok := refs[k.Component]
			if !ok {
				continue
			}
			if x := tr.Correction(tr.Host[i], 0) - ref; x < k.HardLow || x > k.HardHigh {
				t.Fatalf("truth %d of %+v", x, k)
			}
		}
	})
}

func TestOffsetsLieWithinTheirBounds(t *testing.T) {
	forEach(t, func(t *testing.T, tr scenario.Truth) {
		for _, c := range Estimate(tr.Spans, tr.Logs).All() {
			if c.Offset < c.Low || c.Offset > c.High || c.Low < c.HardLow || c.High > c.HardHigh {
				t.Fatalf("%+v", c)
			}
			if c.Low <= 0 && c.High >= 0 && c.Status == Unknown && c.Offset != 0 {
				t.Fatalf("moved without proof: %+v", c)
			}
		}
	})
}

func isIgnored(k *Clock, id trace.SpanID) bool {
	return slices.ContainsFunc(k.IgnoredSamples, func(s Ignored) bool { return s.Span == id })
}

func TestNoStartViolationIsLeft(t *testing.T) {
	forEach(t, func(t *testing.T, tr scenario.Truth) {
		c := Estimate(tr.Spans, tr.Logs)
		at := make(map[trace.SpanID]int)
		for i := range tr.Spans {
			at[tr.Spans[i].ID] = i
		}
		for i := range tr.Spans {
			p, ok := at[tr.Spans[i].Parent]
			if !ok || c.Span(i) == c.Span(p) || isIgnored(c.Span(i), tr.Spans[i].ID) {
				continue
			}
			child := tr.Spans[i].Start + c.Span(i).At(tr.Spans[i].Start)
			parent := tr.Spans[p].Start + c.Span(p).At(tr.Spans[p].Start)
			if child < parent-millisecond {
				t.Fatalf("span %d starts %d ns before its parent; clocks %+v and %+v", i, parent-child, c.Span(i), c.Span(p))
			}
		}
	})
}

func TestUncorrectedMovesNothing(t *testing.T) {
	forEach(t, func(t *testing.T, tr scenario.Truth) {
		c, named := Off.Estimate(tr.Spans, tr.Logs), Estimate(tr.Spans, tr.Logs)
		for i := range tr.Spans {
			if k := c.Span(i); k.At(tr.Spans[i].Start) != 0 || k.Name == "" || named.Span(i).Name == "" {
				t.Fatalf("%+v", k)
			}
		}
	})
}

// spansFromBytes builds whatever spans the bytes say: duplicates, cycles,
// absurd times.
func spansFromBytes(data []byte) ([]trace.Span, []trace.Log) {
	var spans []trace.Span
	var logs []trace.Log
	next := func() uint64 {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return uint64(b)
	}
	times := []int64{0, 1, epoch, epoch + second, math.MaxInt64, math.MinInt64, trace.NoTime, math.MaxInt64 / 2, -1}
	when := func() int64 {
		t := times[next()%uint64(len(times))]
		if d := int64(next()) * 100 * microsecond; t < math.MaxInt64-d {
			t += d
		}
		return t
	}
	resources := make([]*trace.Resource, 8)
	for i := range resources {
		o := trace.Origin{Service: fmt.Sprint("s", i%5), Host: []string{"", "a", "b", "c"}[i%4], Pod: []string{"", fmt.Sprint("p", i)}[i%2]}
		resources[i] = &trace.Resource{Origin: o}
	}
	resources[7] = nil
	for len(data) > 0 {
		s := trace.Span{ID: trace.SpanID(next() % 32), Parent: trace.SpanID(next() % 32), Kind: trace.Kind(next() % 6), Resource: resources[next()%8]}
		start := when()
		if next()%4 == 0 {
			s.Start, s.Duration = start, int64(next())*second // unclamped
		} else {
			s.SetTimes(start, when())
		}
		if next()%4 == 0 {
			s.Links = []trace.Link{{Span: trace.SpanID(next() % 32)}}
		}
		spans = append(spans, s)
		if next()%4 == 0 {
			l := trace.Log{Time: when(), Span: trace.SpanID(next() % 32)}
			if r := resources[next()%8]; r != nil {
				l.Origin = r.Origin
			}
			logs = append(logs, l)
		}
	}
	return spans, logs
}

func FuzzEstimate(f *testing.F) {
	f.Add([]byte{})
	rng := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		data := make([]byte, rng.IntN(1000))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		spans, logs := spansFromBytes(data)
		c := Estimate(spans, logs)
		for i := range spans {
			k, at := c.Span(i), spans[i].Start
			if sum := at + k.At(at); k.At(at) > 0 != (sum > at) {
				t.Fatalf("overflow at %d: %+v", at, k)
			}
		}
		for i := range logs {
			if k := c.Log(i); k == nil && logs[i].Origin.Host != "" {
				t.Fatalf("log %d has a host but no clock", i)
			}
		}
		for _, k := range c.All() {
			if k.Low > k.High {
				t.Fatalf("%+v", k)
			}
		}
		slices.Reverse(spans)
		slices.Reverse(logs)
		if !reflect.DeepEqual(c.All(), Estimate(spans, logs).All()) {
			t.Fatal("the order of the input matters")
		}
	})
}

// Evidence that contradicts itself everywhere must not take for ever.
func TestContradictionsEverywhere(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	spans := manyCalls(3000, 40, true)
	for i := range spans {
		spans[i].Start += rng.Int64N(10 * second)
	}
	begin := time.Now()
	c := Estimate(spans, nil)
	for _, k := range c.All() {
		if k.Low > k.High {
			t.Errorf("%+v", k)
		}
	}
	t.Logf("3,000 random spans of 40 clocks: %v", time.Since(begin))
}
