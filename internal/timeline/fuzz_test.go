package timeline_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// A dice throws what a fuzzer's bytes say, and zeros when they are used up.
type dice struct{ bytes []byte }

func (d *dice) under(n int) int {
	if len(d.bytes) == 0 {
		return 0
	}
	b := d.bytes[0]
	d.bytes = d.bytes[1:]
	return int(b) % n
}

// time is a moment, ordinary or wild.
func (d *dice) time() int64 {
	wild := [...]int64{epoch, epoch, epoch, epoch + 3600*1000*ms, epoch - 2*3600*1000*ms, 0, 1, -1, math.MaxInt64, math.MaxInt64 / 2, math.MinInt64 + 1, trace.NoTime}
	t := wild[d.under(len(wild))]
	if add := int64(d.under(256)) * ms / 2; t > trace.NoTime && t < math.MaxInt64-add {
		t += add
	}
	return t
}

// evidence is whatever the bytes say: IDs that collide, dangle and form cycles,
// times that no clock shows, several traces.
func (d *dice) evidence() *trace.Evidence {
	own, other := trace.ID{Lo: 1}, trace.ID{Lo: 2}
	ev := &trace.Evidence{ID: own}
	ids := []trace.ID{own}
	if d.under(2) == 1 {
		ids = append(ids, other)
		ev.Linked = []trace.LinkedTrace{{ID: other}}
	}
	var resources []*trace.Resource
	for i := range 6 {
		o := trace.Origin{Service: []string{"", "a", "b"}[i%3], Host: []string{"", "x", "y", "z"}[i%4], Pod: []string{"", fmt.Sprint("p", i)}[i%2]}
		resources = append(resources, &trace.Resource{Origin: o, Attributes: []trace.Attribute{{Key: "n", Value: trace.Int(int64(i))}}})
	}
	words := []string{"", "exception", "said", "it failed badly"}
	for len(d.bytes) > 0 {
		s := trace.Span{
			Trace: ids[d.under(len(ids))], ID: trace.SpanID(d.under(24)), Parent: trace.SpanID(d.under(28)), Kind: trace.Kind(d.under(6)),
			Status: trace.Status(d.under(3)), Operation: words[d.under(4)], Resource: resources[d.under(6)],
		}
		s.SetTimes(d.time(), d.time())
		s.Adjusted = s.ID%7 == 3
		for range d.under(3) {
			e := trace.Event{Name: words[d.under(4)], Time: d.time()}
			if d.under(2) == 1 {
				e.Attributes = []trace.Attribute{{Key: "exception.message", Value: trace.String(words[d.under(4)])}, {Key: "exception.type", Value: trace.String("x.Bad")}}
			}
			s.Events = append(s.Events, e)
		}
		if d.under(4) == 1 {
			s.Links = []trace.Link{{Trace: ids[d.under(len(ids))], Span: trace.SpanID(d.under(28))}}
		}
		if d.under(8) != 7 {
			ev.Spans = append(ev.Spans, s)
		}
		for range d.under(4) {
			l := trace.Log{
				Time: d.time(), Span: trace.SpanID(d.under(28)), Origin: resources[d.under(6)].Origin, Message: words[d.under(4)],
				Document: []byte("Bad: " + words[d.under(4)]), Damaged: d.under(9) == 1, Level: trace.Level(d.under(4)),
			}
			if d.under(3) > 0 {
				l.Trace = &ids[d.under(len(ids))]
			}
			ev.Logs = append(ev.Logs, l)
		}
	}
	return ev
}

// crowded reports whether more spans share an ID than are compared with each
// other.
func crowded(ev *trace.Evidence) bool {
	n := make(map[trace.SpanID]int)
	for i := range ev.Spans {
		if n[ev.Spans[i].ID]++; n[ev.Spans[i].ID] > 60 {
			return true
		}
	}
	return false
}

// Whatever comes, Build ends, drops nothing, and says the same in any order.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{})
	rng := rand.New(rand.NewPCG(11, 12))
	for range 80 {
		data := make([]byte, rng.IntN(1500))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ev := (&dice{data}).evidence()
		for _, m := range []skew.Mode{skew.Auto, skew.Mid, skew.Off} {
			tl := timeline.Build(ev, m.Estimate(ev.Spans, ev.Logs))
			checkTimeline(t, ev, tl)
			if !crowded(ev) {
				checkShuffled(t, ev, m, tl)
			}
			for i := range tl.Rows {
				if r := &tl.Rows[i]; m == skew.Off && r.Offset != 0 {
					t.Fatalf("row %d is moved by %d", i, r.Offset)
				}
			}
		}
	})
}
