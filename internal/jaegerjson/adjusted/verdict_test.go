package adjusted

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// A served span is one as a server has it: it may end before it begins.
type served struct {
	host       int
	start, end int64
	events     []int64
	parent     int // -1 for none
	children   []int
	warnings   []string
}

// An adjuster is Jaeger's, as its documentation describes it: it goes down from
// the root, a span of another host than its parent's is put into its parent,
// and one of the same host is moved with it.
type adjuster struct {
	spans []served
	alone bool // it moves starts without ends: servers from 2.2 to 2.16
}

func (a *adjuster) adjust(i int, by int64) {
	s := &a.spans[i]
	if s.parent >= 0 && (s.host != a.spans[s.parent].host || s.host == 0) {
		by = skew(&a.spans[s.parent], s)
	}
	if by != 0 {
		s.start += by
		if !a.alone {
			s.end += by
		}
		for i := range s.events {
			s.events[i] += by
		}
		s.warnings = append(s.warnings, fmt.Sprint(moved, time.Duration(by)))
	}
	for _, c := range s.children {
		a.adjust(c, by)
	}
}

func skew(parent, s *served) int64 {
	room := (parent.end - parent.start) - (s.end - s.start)
	switch {
	case room < 0:
		return max(0, parent.start-s.start)
	case s.start >= parent.start && s.end <= parent.end:
		return 0
	}
	return parent.start + room/2 - s.start
}

// randomServed is a trace of up to 40 spans on hosts whose clocks are off by up
// to that much; the first host's is right, and those of host 0 are told apart.
func randomServed(rnd *rand.Rand, off int64, grain int64) []served {
	clocks := make([]int64, 6)
	for i := 2; i < len(clocks); i++ {
		clocks[i] = rnd.Int64N(2*off) - off
	}
	const begin = int64(1_770_000_000_000_000_000)
	spans := []served{{host: 1, start: begin, end: begin + 50_000_000 + rnd.Int64N(450_000_000), parent: -1}}
	for n := 2 + rnd.IntN(39); len(spans) < n; {
		parent := rnd.IntN(len(spans))
		p := &spans[parent]
		at := p.start + rnd.Int64N(max(1, (p.end-p.start)/2))
		took := rnd.Int64N(max(1, (p.end-at)*9/10))
		if rnd.IntN(8) == 0 {
			took = rnd.Int64N(600_000_000) // asynchronous
		}
		c := served{host: rnd.IntN(len(clocks)), start: at, end: at + took, parent: parent}
		if rnd.IntN(3) == 0 {
			c.events = []int64{at + took/2}
		}
		p.children = append(p.children, len(spans))
		spans = append(spans, c)
	}
	for i := range spans {
		s := &spans[i]
		by := clocks[s.host]
		if s.host == 0 {
			by = rnd.Int64N(2*off) - off
		}
		s.start, s.end = floor(s.start+by, grain), floor(s.end+by, grain)
		for j := range s.events {
			s.events[j] = floor(s.events[j]+by, grain)
		}
	}
	return spans
}

func floor(t, grain int64) int64 { return t - t%grain }

// decoded is the trace as a decoder hands it on. An answer in microseconds cuts
// off starts and lengths.
func decoded(spans []served, grain int64) []trace.Span {
	list := make([]trace.Span, len(spans))
	for i := range spans {
		s, d := &spans[i], &list[i]
		d.Trace, d.ID, d.Warnings = trace.ID{Lo: 7}, trace.SpanID(i+1), append([]string(nil), s.warnings...)
		d.Parent = trace.SpanID(s.parent + 1)
		start, length := floor(s.start, grain), s.end-s.start
		SetTimes(d, start, start+length-length%grain)
		for _, at := range s.events {
			d.Events = append(d.Events, trace.Event{Time: floor(at, grain)})
		}
	}
	return list
}

// What a server of either kind adjusted, once or twice, is undone to the
// nanosecond, in an answer that has nanoseconds; and one in microseconds gives
// the same microseconds where clocks give no more. Where nothing in the answer
// tells which kind it was, the lengths are those that came.
func TestUndoWholeTraces(t *testing.T) {
	for _, tt := range []struct {
		clock, answer int64 // grains
		near          int64 // to which lengths are right
	}{
		{1, 1, 0},
		{1000, 1, 0},
		{1000, 1000, 1000},
		{1_000_000, 1000, 1000},
	} {
		for _, off := range []int64{2_000_000, 100_000_000, 5_000_000_000} {
			for _, alone := range []bool{false, true} {
				undone, unsure := 0, 0
				for seed := range uint64(100) {
					raw := randomServed(rand.New(rand.NewPCG(seed, 1)), off, tt.clock)
					a := adjuster{randomServed(rand.New(rand.NewPCG(seed, 1)), off, tt.clock), alone}
					for range 1 + seed%2 {
						a.adjust(0, 0)
					}
					got := decoded(a.spans, tt.answer)
					o := Undo(got)
					undone, unsure = undone+o.Undone, unsure+o.Unsure
					for i, want := range decoded(raw, 1) {
						sameTimes(t, fmt.Sprint(tt, " ", off, " ", alone, " ", seed, " ", i), got[i], want, o.Unsure == 0, tt.near)
					}
				}
				t.Logf("clocks of %d ns, answers of %d ns, off by %v, starts alone %v: %d undone, %d unsure", tt.clock, tt.answer, time.Duration(off), alone, undone, unsure)
				if undone < 200 || unsure*20 > undone {
					t.Errorf("%+v, off by %d, starts alone %v: %d undone, %d unsure", tt, off, alone, undone, unsure)
				}
			}
		}
	}
}

func sameTimes(t *testing.T, what string, got, want trace.Span, sure bool, near int64) {
	t.Helper()
	if got.Start != want.Start || len(got.Warnings) > 0 || got.Clamped || got.Adjusted {
		t.Errorf("%s: got %+v\nwant %+v", what, got, want)
	}
	if by := got.Duration - want.Duration; sure && max(by, -by) > near {
		t.Errorf("%s: took %d, want %d", what, got.Duration, want.Duration)
	}
	for i := range want.Events {
		if got.Events[i].Time != want.Events[i].Time {
			t.Errorf("%s: event at %d, want %d", what, got.Events[i].Time, want.Events[i].Time)
		}
	}
}

// A span that ended before it began from the first says nothing against the
// others: they show that whole spans were moved, and it stays without a length.
func TestEndedBeforeItBegan(t *testing.T) {
	const by = 3_000_000
	said := []string{fmt.Sprint(moved, time.Duration(by))}
	spans := []trace.Span{{ID: 1, Start: 1e9, Duration: 10e6}}
	for i := range trace.SpanID(4) {
		s := trace.Span{ID: 2 + i, Parent: 1, Warnings: said}
		if i < 3 {
			SetTimes(&s, 1e9+2e6, 1e9+8e6) // in the middle of its parent
		} else {
			SetTimes(&s, 1e9+2e6, 1e9+2e6-5000)
		}
		spans = append(spans, s)
	}
	if o := Undo(spans); o != (Outcome{Undone: 4}) {
		t.Errorf("%+v", o)
	}
	for i, s := range spans[1:] {
		took := int64(6e6)
		if i == 3 {
			took = 0
		}
		if s.Start != 1e9+2e6-by || s.Duration != took || s.Clamped != (i == 3) {
			t.Errorf("%+v", s)
		}
	}
}

// A place that two spans of the same ID could have, a parent that is not there
// and a span that was moved with its parent tell nothing.
func TestNothingTells(t *testing.T) {
	const by = 3_000_000
	said := []string{fmt.Sprint(moved, time.Duration(by))}
	root := trace.Span{ID: 1, Start: 1e9, Duration: 10e6}
	other, movedToo := root, root
	other.Duration++
	movedToo.Parent, movedToo.Warnings = 9, said
	middle := trace.Span{ID: 2, Parent: 1, Start: 1e9 + 2e6, Duration: 6e6, Warnings: said}
	for name, tt := range map[string]struct {
		spans  []trace.Span
		unsure int
	}{
		"in its parent":          {[]trace.Span{root, middle}, 0},
		"in a parent come twice": {[]trace.Span{root, middle, root}, 0},
		"in one of two parents":  {[]trace.Span{root, middle, other}, 1},
		"without its parent":     {[]trace.Span{middle}, 1},
		"moved with its parent":  {[]trace.Span{movedToo, middle}, 2},
	} {
		if o := Undo(tt.spans); o.Unsure != tt.unsure {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

// Whatever comes, a span stays possible.
func FuzzUndo(f *testing.F) {
	f.Add(int64(5000), int64(4000), int64(1), "3µs", "-1ns")
	f.Add(int64(math.MaxInt64), int64(math.MinInt64+1), int64(-7), "-2562047h", "2562047h")
	f.Add(int64(-9_000_000_000_000), int64(1_000_000), int64(1000), "1ns", "0s")
	f.Fuzz(func(t *testing.T, start, end, parent int64, first, second string) {
		spans := []trace.Span{{ID: 1}, {ID: 2, Parent: 1, Warnings: []string{moved + first, "x", moved + second}}}
		SetTimes(&spans[0], parent, parent|1<<40)
		SetTimes(&spans[1], start, end)
		spans[1].Events = []trace.Event{{Time: end}}
		o := Undo(spans)
		s := &spans[1]
		if s.Duration < 0 || s.Start > 0 && s.Duration > math.MaxInt64-s.Start || o.Undone+o.Left != 1 || s.Adjusted != (o.Left == 1) {
			t.Errorf("%+v, %+v", o, s)
		}
	})
}
