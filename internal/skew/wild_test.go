package skew

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// inTheWild runs a property over some traces of every world beyond the table.
func inTheWild(t *testing.T, property func(t *testing.T, tr scenario.Truth)) {
	for _, s := range scenario.Wild() {
		if s.Size > 500 {
			continue // its traces are large, not strange
		}
		t.Run(s.Name, func(t *testing.T) {
			for seed := range uint64(4) {
				property(t, s.Generate(seed))
			}
		})
	}
}

func TestWildOrderIsIrrelevant(t *testing.T) {
	inTheWild(t, func(t *testing.T, tr scenario.Truth) {
		want := Estimate(tr.Spans, tr.Logs).All()
		rng := rand.New(rand.NewPCG(7, 8))
		rng.Shuffle(len(tr.Spans), func(i, j int) { tr.Spans[i], tr.Spans[j] = tr.Spans[j], tr.Spans[i] })
		rng.Shuffle(len(tr.Logs), func(i, j int) { tr.Logs[i], tr.Logs[j] = tr.Logs[j], tr.Logs[i] })
		if got := Estimate(tr.Spans, tr.Logs).All(); !reflect.DeepEqual(got, want) {
			t.Fatalf("shuffled: %+v\nin order: %+v", got, want)
		}
	})
}

// No clock is moved further than any two records of the trace are apart, and
// none out of its own bounds.
func TestWildOffsetsAreNotAbsurd(t *testing.T) {
	inTheWild(t, func(t *testing.T, tr scenario.Truth) {
		first, last := tr.Spans[0].Start, tr.Spans[0].Start
		for i := range tr.Spans {
			first, last = min(first, tr.Spans[i].Start), max(last, tr.Spans[i].Start)
		}
		for i := range tr.Logs {
			first, last = min(first, tr.Logs[i].Time), max(last, tr.Logs[i].Time)
		}
		for _, c := range Estimate(tr.Spans, tr.Logs).All() {
			if most := last - first + second; c.Offset > most || c.Offset < -most {
				t.Errorf("moved by more than the trace is long: %+v", c)
			}
			if c.Low > c.High || c.HardLow > c.Low || c.HardHigh < c.High || c.DriftPPM == 0 && (c.Offset < c.Low || c.Offset > c.High) {
				t.Errorf("out of its bounds: %+v", c)
			}
		}
	})
}

// Where every clock is right, none moves, whatever the calls are like.
func TestWildCallsAreNoSkew(t *testing.T) {
	for _, s := range scenario.Wild() {
		switch s.Name {
		case "star", "fanout", "chain", "mesh", "databases", "queue", "queue-h", "batches", "jobs", "jobs-h", "streams",
			"hasty", "unmarked", "kindless", "servers", "clients", "container", "equal", "functions", "bare", "golden", "tail":
		default:
			continue
		}
		s.Skew = 0
		t.Run(s.Name, func(t *testing.T) {
			for seed := range uint64(20) {
				tr := s.Generate(seed)
				for _, c := range Estimate(tr.Spans, tr.Logs).All() {
					if c.Offset != 0 {
						t.Fatalf("seed %d moved %+v", seed, c)
					}
				}
			}
		})
	}
}

// Ten thousand children of one span, or a thousand clocks in a row, are a trace
// like any other: the clock in the middle that is off is found.
func TestWildSizes(t *testing.T) {
	const off = 100 * millisecond
	host := func(n int) *trace.Resource {
		name := "host" + string(rune('a'+n%26)) + string(rune('a'+n/26%26)) + string(rune('a'+n/676))
		return &trace.Resource{Origin: trace.Origin{Service: name, Host: name}}
	}
	wide := []trace.Span{{ID: 1, Kind: trace.KindServer, Start: epoch + 1001, Duration: second, Resource: host(0)}}
	deep := []trace.Span{{ID: 1, Kind: trace.KindClient, Start: epoch + 1001, Duration: 5 * second, Resource: host(0)}}
	for i := range int64(10_000) {
		at, to := epoch+i*90*microsecond, int(1+i%50)
		client := trace.SpanID(2*i + 2)
		server := at + 150*microsecond
		if to == 25 {
			server += off
		}
		wide = append(wide,
			trace.Span{ID: client, Parent: 1, Kind: trace.KindClient, Start: at + 1, Duration: 400 * microsecond, Resource: wide[0].Resource},
			trace.Span{ID: client + 1, Parent: client, Kind: trace.KindServer, Start: server + 1, Duration: 100 * microsecond, Resource: host(to)})
	}
	for i := range int64(1000) {
		at := epoch + (i+1)*millisecond
		if i == 500 {
			at += off
		}
		server := trace.SpanID(2*i + 2)
		deep = append(deep,
			trace.Span{ID: server, Parent: server - 1, Kind: trace.KindServer, Start: at + 1, Duration: 5*second - (2*i+2)*millisecond, Resource: host(int(i + 1))},
			trace.Span{ID: server + 1, Parent: server, Kind: trace.KindClient, Start: at + 500*microsecond, Duration: 5*second - (2*i+2)*millisecond - 700*microsecond, Resource: host(int(i + 1))})
	}
	for name, spans := range map[string][]trace.Span{"wide": wide, "deep": deep} {
		moved := 0
		for _, c := range Estimate(spans, nil).All() {
			if c.Offset == 0 {
				continue
			}
			if moved++; c.Offset > -off+2*millisecond || c.Offset < -off-2*millisecond {
				t.Errorf("%s: moved %+v", name, c)
			}
		}
		if moved != 1 {
			t.Errorf("%s: %d clocks moved, want one", name, moved)
		}
	}
}
