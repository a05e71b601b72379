package triage_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
	"github.com/otrace/otrace/internal/triage/accuracy/wild"
)

// plays is how often each world is played here; go run ./internal/triage/accuracy
// plays them more often.
const plays = 2

// strays is the part of a cause's traces that may lie outside its group, in the
// worlds where what tells them is lost. In all others there is none.
var strays = map[string]float64{"lost-spans": 0.15, "logs-only-words": 0.15}

// In every world each cause is one group: whole, by itself, in the right place
// and with the right root; and there is no group of nothing.
func TestWild(t *testing.T) {
	for _, w := range wild.All() {
		t.Run(w.Name, func(t *testing.T) {
			t.Parallel()
			var sum wild.Outcome
			for seed := range uint64(plays) {
				s := w.Play(seed)
				_, piles := s.Triage()
				sum.Add(s.Judge(piles))
			}
			if sum.Causes != plays*len(w.Causes) {
				t.Fatalf("%d causes played, want %d times %d", sum.Causes, plays, len(w.Causes))
			}
			if sum.Merged+sum.Missed+sum.WrongRoot+sum.Misplaced+sum.Invented > 0 {
				t.Errorf("%+v", sum)
			}
			if most, lossy := strays[w.Name]; float64(sum.Strays) > most*float64(sum.Seen) || !lossy && sum.Split > 0 {
				t.Errorf("%d of %d traces are strays: %+v", sum.Strays, sum.Seen, sum)
			}
			if sum.WrongFlag+sum.Unnamed > 1 { // by chance
				t.Errorf("wrong flags or nothing that stands out: %+v", sum)
			}
		})
	}
}

// The worlds are hard: who groups failed spans, all of them or the topmost, by
// service, operation and message finds few of the causes.
func TestWildIsHard(t *testing.T) {
	var every, topmost wild.Outcome
	for _, w := range wild.All() {
		s := w.Play(1)
		every.Add(s.Judge(s.EveryFailed()))
		topmost.Add(s.Judge(s.Topmost()))
	}
	if 4*every.Found > every.Causes || 4*topmost.Found > topmost.Causes {
		t.Errorf("of %d causes all failed spans show %d, the topmost %d", every.Causes, every.Found, topmost.Found)
	}
}

// Spans in another order, spans that came twice and traces that came twice
// change nothing.
func TestWildOrder(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 6))
	for i, w := range wild.All() {
		if i%3 != 0 {
			continue // a third of them tells as much
		}
		s := w.Play(9)
		want, _ := s.Triage()
		for i, spans := range s.Traces {
			spans = slices.Clone(spans)
			for range dice.IntN(3) {
				spans = append(spans, spans[dice.IntN(len(spans))])
			}
			dice.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
			s.Traces[i] = spans
		}
		s.Traces = append(s.Traces, s.Traces[:len(s.Traces)/2]...)
		dice.Shuffle(len(s.Traces), func(i, j int) { s.Traces[i], s.Traces[j] = s.Traces[j], s.Traces[i] })
		dice.Shuffle(len(s.Logs), func(i, j int) { s.Logs[i], s.Logs[j] = s.Logs[j], s.Logs[i] })
		got, _ := s.Triage()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got:\n%swant:\n%s", w.Name, sketch(got), sketch(want))
		}
	}
}

// A trace is taken whole: of one that is handed over in two parts the part that
// came first and failed counts, and nothing counts twice.
func TestTraceInParts(t *testing.T) {
	whole := spans(t, 1, paying)
	for cut := 1; cut < len(whole); cut++ {
		for _, parts := range [][2][]trace.Span{{whole[:cut], whole[cut:]}, {whole[cut:], whole[:cut]}} {
			tr := triage.Begin(hour(), triage.ByCause)
			tr.AddTrace(parts[0])
			tr.AddTrace(parts[1])
			r := tr.Report()
			if r.Failing != 1 || len(r.Groups) != 1 || r.Groups[0].Traces != 1 {
				t.Errorf("cut at %d: %s", cut, fmt.Sprint(r.Failing, "\n", sketch(r)))
			}
		}
	}
}
