package triage_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/otrace/otrace/internal/orderservice"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// randomTrace makes a trace of spans that call, fail and repeat in any way,
// some of which are lost, and some of which call each other in circles.
func randomTrace(dice *rand.Rand, id uint64) []trace.Span {
	services := []*trace.Resource{}
	for _, name := range []string{"a", "b", "c", "d"} {
		services = append(services, trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String(name)}}))
	}
	classes := []string{"", "timeout", "404", "503", "CANCELLED", "E"}
	n := 1 + dice.IntN(30)
	list := make([]trace.Span, 0, n)
	for i := range n {
		s := trace.Span{
			Trace: trace.ID{Lo: id}, ID: trace.SpanID(i + 1), Operation: fmt.Sprint("op", dice.IntN(4)), Kind: trace.Kind(dice.IntN(6)),
			Resource: services[dice.IntN(len(services))], Status: trace.Status(dice.IntN(3)),
			Start: epoch + int64(dice.IntN(100))*ms - int64(dice.IntN(3)/2)*60*minute, Duration: int64(dice.IntN(100)) * ms,
		}
		if i > 0 {
			s.Parent = trace.SpanID(1 + dice.IntN(i))
		}
		if dice.IntN(20) == 0 {
			s.Parent = trace.SpanID(1 + dice.IntN(n+3)) // lost, or a circle
		}
		if dice.IntN(15) == 0 {
			s.ID = trace.SpanID(1 + dice.IntN(n)) // as if both sides of a call had one ID
		}
		if c := classes[dice.IntN(len(classes))]; c != "" {
			s.Attributes = append(s.Attributes, trace.Attribute{Key: "error.type", Value: trace.String(c)})
		}
		if dice.IntN(3) == 0 {
			s.Attributes = append(s.Attributes, trace.Attribute{Key: "peer.service", Value: trace.String(string(rune('a' + dice.IntN(4))))})
		}
		if dice.IntN(3) == 0 {
			s.StatusMessage = fmt.Sprintf("order %d failed", dice.IntN(1000))
		}
		if dice.IntN(4) == 0 {
			s.Attributes = append(s.Attributes, trace.Attribute{Key: "http.response.status_code", Value: trace.Int(int64(200 + 100*dice.IntN(4)))})
		}
		list = append(list, s)
	}
	return list
}

// randomLog makes an error log, most of the traces up to that ID.
func randomLog(dice *rand.Rand, n int, traces uint64) trace.ErrorLog {
	l := trace.ErrorLog{}
	l.DocID, l.Index = fmt.Sprint(n), "logs"
	l.Origin.Service = string(rune('a' + dice.IntN(5)))
	l.Message = fmt.Sprintf("%s %d failed", []string{"order", "card", "stock"}[dice.IntN(3)], dice.IntN(100))
	l.Time = epoch + int64(dice.IntN(100))*ms - int64(dice.IntN(3)/2)*60*minute
	if dice.IntN(4) > 0 {
		l.TraceID = trace.ID{Lo: 1 + dice.Uint64N(traces+5)}
		l.Span = trace.SpanID(dice.IntN(30))
	}
	if dice.IntN(4) == 0 {
		l.Type, l.Stack = "E", stackOf(fmt.Sprint("Shop.m", string(rune('a'+dice.IntN(3)))))
	}
	return l
}

func randomInput(dice *rand.Rand) (traces [][]trace.Span, logs []trace.ErrorLog) {
	n := 1 + dice.Uint64N(40)
	for id := range n {
		traces = append(traces, randomTrace(dice, id+1))
	}
	for i := range dice.IntN(100) {
		logs = append(logs, randomLog(dice, i, n))
	}
	return traces, logs
}

// What came in which order makes no difference, and neither does what came
// twice.
func TestOrderOfArrival(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for round := range 120 {
		traces, logs := randomInput(dice)
		by := triage.By(round % 5)
		first, second := triage.Begin(hour(), by), triage.Begin(hour(), by)
		for _, tr := range []*triage.Triage{first, second} {
			for _, spans := range traces {
				tr.AddTrace(spans)
			}
			for i := range logs {
				tr.AddLog(&logs[i])
			}
			if round%3 == 0 {
				patterns := first.Patterns()
				tr.SetCounts(patterns, someCounts(len(patterns), 12))
			}
			dice.Shuffle(len(traces), func(i, j int) { traces[i], traces[j] = traces[j], traces[i] })
			dice.Shuffle(len(logs), func(i, j int) { logs[i], logs[j] = logs[j], logs[i] })
			traces, logs = append(traces, traces[0]), append(logs, logs...)
			for _, spans := range traces {
				dice.Shuffle(len(spans), func(i, j int) { spans[i], spans[j] = spans[j], spans[i] })
			}
		}
		a, b := first.Report(), second.Report()
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("round %d, by %s:\n%s\n%s", round, by, sketch(a), sketch(b))
		}
		if again := first.Report(); !reflect.DeepEqual(a, again) {
			t.Fatalf("round %d: a report changes what is reported", round)
		}
	}
}

// someCounts are counts for that many patterns.
func someCounts(patterns, slots int) trace.ErrorCounts {
	c := trace.ErrorCounts{Errors: make([]int64, slots), All: make([]int64, slots)}
	for i := range patterns {
		c.Of = append(c.Of, make([]int64, slots))
		for k := range slots {
			c.Of[i][k] = int64(7*i + 3*k)
			c.Errors[k] += c.Of[i][k]
			c.All[k] += 2 * c.Of[i][k]
		}
	}
	return c
}

// Nothing is lost and nothing is counted twice: each failing trace of the
// window is in a group, by whatever they are grouped; counts are within their
// bounds; and every log is somewhere.
func TestNothingLost(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 4))
	for round := range 200 {
		traces, logs := randomInput(dice)
		tr := triage.Begin(hour(), triage.By(round%5))
		failed := 0
		for _, spans := range traces {
			tr.AddTrace(spans)
			if slices.ContainsFunc(spans, func(s trace.Span) bool { return s.Status == trace.StatusError }) {
				failed++
			}
		}
		for i := range logs {
			tr.AddLog(&logs[i])
		}
		r := tr.Report()
		in := make(map[trace.ID]bool)
		sum := int64(0)
		for _, g := range slices.Concat(r.Groups, r.Expected) {
			checkGroup(t, &g)
			if g.Kind != triage.LogOnly {
				for _, e := range g.Examples {
					in[e.Trace] = true
				}
			}
			sum += g.Logs
		}
		// Few enough traces that nearly every one is an example.
		if len(in) > r.Failing || r.Failing > failed {
			t.Fatalf("round %d: %d of %d failing traces are in groups, of %d", round, len(in), r.Failing, failed)
		}
		if want := r.Failing; len(in) < want && !crowded(r) {
			t.Fatalf("round %d: %d of %d failing traces are in groups:\n%s", round, len(in), want, sketch(r))
		}
		if sum != r.ErrorLogs {
			t.Fatalf("round %d: %d of %d logs are in groups", round, sum, r.ErrorLogs)
		}
	}
}

// crowded reports whether a group has more traces than it shows.
func crowded(r *triage.Report) bool {
	return slices.ContainsFunc(slices.Concat(r.Groups, r.Expected), func(g triage.Group) bool { return g.Traces > len(g.Examples) })
}

func checkGroup(t *testing.T, g *triage.Group) {
	t.Helper()
	trend, entries := 0, 0
	for _, n := range g.Trend {
		trend += n
	}
	for _, e := range g.Entries {
		entries = max(entries, e.Traces)
	}
	want := g.Traces
	if g.Kind == triage.LogOnly {
		want = int(g.Logs)
	}
	if trend != want || g.Absorbed > g.Traces || g.Spans < g.Traces || entries > g.Traces-g.Absorbed || g.Untraced > g.Logs || len(g.Instances()) > g.Traces {
		t.Fatalf("%d in the trend, most from one entry %d, %d instances: %+v", trend, entries, len(g.Instances()), g)
	}
	if g.First > g.Last || g.Traces+int(g.Logs) == 0 || len(g.ID) != 8 {
		t.Fatalf("%+v", g)
	}
}

// The failing traces that are counted are those of the order service, and each
// is in the groups of its roots.
func TestTracesOfGroups(t *testing.T) {
	o := place(t, end(), production(600))
	tr := triage.Begin(hour(), triage.ByService)
	o.into(tr)
	r := tr.Report()
	failing := make(map[trace.ID]bool)
	for id, spans := range o.traces {
		for i := range spans {
			if spans[i].Status == trace.StatusError {
				failing[id] = true
			}
		}
	}
	if r.Failing != len(failing) || r.FailedSpans == 0 {
		t.Errorf("%d failing traces, want %d", r.Failing, len(failing))
	}
	var services []string
	for _, g := range slices.Concat(r.Groups, r.Expected) {
		services = append(services, g.Service)
		for _, e := range g.Examples {
			if !failing[e.Trace] {
				t.Errorf("trace %s did not fail", e.Trace)
			}
		}
	}
	if slices.Sort(services); !slices.Equal(services, []string{"inventory", "payment", "payment"}) {
		t.Errorf("services %v", services)
	}
}

// What came may be asked for while more comes.
func TestSideBySide(t *testing.T) {
	cfg := production(300)
	cfg.Mix = orderservice.DemoMix()
	o := place(t, end(), cfg)
	tr := triage.Begin(hour(), triage.ByCause)
	var wg sync.WaitGroup
	wg.Go(func() {
		for _, id := range slices.SortedFunc(maps.Keys(o.traces), func(a, b trace.ID) int { return int(a.Lo>>33) - int(b.Lo>>33) }) {
			tr.AddTrace(o.traces[id])
		}
	})
	wg.Go(func() {
		for i := range o.logs {
			tr.AddLog(&o.logs[i])
		}
	})
	wg.Go(func() {
		for range 20 {
			tr.Report()
			tr.Patterns()
		}
	})
	wg.Wait()
	alone := triage.Begin(hour(), triage.ByCause)
	o.into(alone)
	if a, b := tr.Report(), alone.Report(); !reflect.DeepEqual(a, b) {
		t.Errorf("got:\n%swant:\n%s", sketch(a), sketch(b))
	}
}
