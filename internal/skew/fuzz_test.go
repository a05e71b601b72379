package skew

import (
	"math/rand/v2"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

// Whatever comes, in whatever mode, of however many traces: every record of
// each part finds its clock, zones are zones, and no two moments of two clocks
// are decided both ways unless they may be one.
func FuzzPooled(f *testing.F) {
	f.Add([]byte{}, uint8(0))
	rng := rand.New(rand.NewPCG(7, 9))
	for n := range 40 {
		data := make([]byte, rng.IntN(900))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		f.Add(data, uint8(n))
	}
	f.Fuzz(func(t *testing.T, data []byte, n uint8) {
		spans, logs := spansFromBytes(data)
		for i := range logs { // whole hours off, some of them
			if logs[i].Time > 0 && i%3 == int(n)%3 {
				logs[i].Time = addSaturating(logs[i].Time, int64(int8(n))*zoneStep)
			}
		}
		parts := 1 + int(n)%4
		var traces []*trace.Evidence
		for p := range parts {
			ev := &trace.Evidence{ID: trace.ID{Lo: uint64(p + 1)}}
			ev.Spans = append(ev.Spans, spans[p*len(spans)/parts:(p+1)*len(spans)/parts]...)
			ev.Logs = append(ev.Logs, logs[p*len(logs)/parts:(p+1)*len(logs)/parts]...)
			for i := range ev.Spans {
				ev.Spans[i].Trace = ev.ID
			}
			traces = append(traces, ev)
		}
		for p, c := range Mode(n % 3).Pooled(traces) {
			checkPart(t, c, traces[p])
		}
	})
}

func checkPart(t *testing.T, c *Clocks, ev *trace.Evidence) {
	t.Helper()
	for i := range ev.Logs {
		if k := c.Log(i); k == nil && ev.Logs[i].Origin.Host != "" {
			t.Fatalf("log %d has a host but no clock", i)
		}
		add := c.Zone(i)
		if at := ev.Logs[i].Time; add%zoneStep != 0 || add < -mostZone || add > mostZone || add != 0 && at <= 0 {
			t.Fatalf("log %d, at %d, gets %d", i, at, add)
		}
	}
	for _, k := range c.All() {
		if k.Low > k.High || k.Status == Unknown && k.Offset != 0 {
			t.Fatalf("%+v", k)
		}
	}
	for i := 1; i < len(ev.Spans); i++ {
		a, b, at, bt := c.Span(i-1), c.Span(i), ev.Spans[i-1].Start, ev.Spans[i].Start
		if a.number == b.number || a.At(at) != a.Offset || b.At(bt) != b.Offset {
			continue
		}
		x, y := addSaturating(at, a.Offset), addSaturating(bt, b.Offset)
		if c.Ordered(a, at, b, bt) && x > y || c.Ordered(b, bt, a, at) && y > x {
			t.Fatalf("%d by %+v and %d by %+v are decided against how they are shown", at, a, bt, b)
		}
	}
}
