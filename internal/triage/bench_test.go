package triage_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// storm is a trace in which one call fails over and over.
func storm(retries int) []trace.Span {
	order := trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String("order")}})
	pay := trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String("payment")}})
	list := []trace.Span{{Trace: trace.ID{Lo: 9}, ID: 1, Operation: "/orders", Kind: trace.KindServer, Status: trace.StatusError, Start: epoch, Duration: minute, Resource: order}}
	for i := range retries {
		id := trace.SpanID(2 + 2*i)
		at := epoch + int64(i)*1000
		list = append(list,
			trace.Span{
				Trace: trace.ID{Lo: 9}, ID: id, Parent: 1, Operation: "POST /pay", Kind: trace.KindClient, Status: trace.StatusError, Start: at, Duration: 900, Resource: order,
				Attributes: []trace.Attribute{{Key: "error.type", Value: trace.String("503")}, {Key: "peer.service", Value: trace.String("payment")}},
			},
			trace.Span{
				Trace: trace.ID{Lo: 9}, ID: id + 1, Parent: id, Operation: "POST /pay", Kind: trace.KindServer, Status: trace.StatusError, Start: at, Duration: 800, Resource: pay,
				StatusMessage: fmt.Sprintf("attempt %d failed", i),
			})
	}
	return list
}

// chain is a trace in which each span calls the next, and the last one fails.
func chain(n int) []trace.Span {
	r := trace.NewResource([]trace.Attribute{{Key: "service.name", Value: trace.String("deep")}})
	list := make([]trace.Span, n)
	for i := range list {
		list[i] = trace.Span{Trace: trace.ID{Lo: 8}, ID: trace.SpanID(i + 1), Parent: trace.SpanID(i), Operation: "call", Kind: trace.KindInternal, Status: trace.StatusError, Start: epoch, Duration: minute, Resource: r}
	}
	return list
}

// fan is a trace in which many calls of which each is another fail beneath a
// long chain.
func fan(n int) []trace.Span {
	list := chain(n)
	for i := range n {
		s := list[0]
		s.ID, s.Parent, s.Operation, s.StatusMessage = trace.SpanID(n+1+i), trace.SpanID(n), fmt.Sprint("call", i), fmt.Sprint("said", i)
		list = append(list, s)
	}
	return list
}

// Large traces take no more than in proportion to their size.
func TestLargeTraces(t *testing.T) {
	for name, tt := range map[string]struct {
		spans  []trace.Span
		groups int
		failed int
	}{
		"storm":   {storm(50_000), 1, 100_001},
		"chain":   {chain(70_000), 1, 70_000},
		"fan":     {fan(20_000), 20_000, 40_000},
		"one ID":  {sameID(50_000), 1, 50_000},
		"circles": {circles(50_000), 1, 50_000},
	} {
		t.Run(name, func(t *testing.T) {
			tr := triage.Begin(hour(), triage.ByCause)
			tr.AddTrace(tt.spans)
			r := tr.Report()
			if len(r.Groups) != tt.groups || r.Failing != 1 || r.FailedSpans != tt.failed {
				t.Errorf("%d groups, %d failing, %d failed spans", len(r.Groups), r.Failing, r.FailedSpans)
			}
		})
	}
}

// sameID is what an exporter makes that gives all spans one ID.
func sameID(n int) []trace.Span {
	list := chain(n)
	for i := range list {
		list[i].ID, list[i].Parent, list[i].Start = 5, 5, epoch+int64(i)
	}
	return list
}

// circles are spans that call each other, two by two.
func circles(n int) []trace.Span {
	list := chain(n)
	for i := range list {
		list[i].Parent = trace.SpanID((i ^ 1) + 1)
	}
	return list
}

func BenchmarkAddTrace(b *testing.B) {
	order := declined(b)
	b.Run(fmt.Sprintf("%d spans", len(order)), func(b *testing.B) {
		b.ReportAllocs()
		tr := triage.Begin(hour(), triage.ByCause)
		id := uint64(0)
		for b.Loop() {
			id++
			for i := range order {
				order[i].Trace = trace.ID{Hi: 1, Lo: id}
			}
			tr.AddTrace(order)
		}
	})
	for name, list := range map[string][]trace.Span{"storm": storm(50_000), "chain": chain(70_000)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			tr := triage.Begin(hour(), triage.ByCause)
			id := uint64(0)
			for b.Loop() {
				id++
				list[0].Trace = trace.ID{Hi: 1, Lo: id}
				tr.AddTrace(list)
			}
		})
	}
}

// declined is a failing trace of the order service.
func declined(b *testing.B) []trace.Span {
	o := place(b, end(), production(200))
	var found []trace.Span
	for id, spans := range o.traces {
		if o.scenario[id] == "declined" && (found == nil || len(spans) < len(found)) {
			found = spans
		}
	}
	return found
}

func BenchmarkAddLog(b *testing.B) {
	l := withStack(errorLog(1, "order", "cannot save order 17 of customer 4711: no disk", 1, 4), "Db.save")
	b.ReportAllocs()
	tr := triage.Begin(hour(), triage.ByCause)
	id := uint64(0)
	for b.Loop() {
		id++
		l.DocID, l.TraceID = fmt.Sprint(id), trace.ID{Lo: id}
		tr.AddLog(&l)
	}
}

// BenchmarkReport is that of 5,000 failing traces and 100,000 error logs.
func BenchmarkReport(b *testing.B) {
	o := place(b, end(), production(2000))
	tr := triage.Begin(hour(), triage.ByCause)
	n := uint64(0)
	for n < 5000 {
		for _, spans := range o.traces {
			n++
			for i := range spans {
				spans[i].Trace = trace.ID{Hi: 1, Lo: n}
			}
			tr.AddTrace(spans)
		}
	}
	for i := range 100_000 {
		l := o.logs[i%len(o.logs)]
		l.DocID, l.TraceID = fmt.Sprint(i), trace.ID{Hi: 1, Lo: uint64(i)%n + 1}
		tr.AddLog(&l)
	}
	b.ReportAllocs()
	for b.Loop() {
		tr.Report()
	}
}

// BenchmarkMemory tells what is kept of 5,000 failing traces and 100,000 error
// logs, each of a trace of its own.
func BenchmarkMemory(b *testing.B) {
	order := declined(b)
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		tr := triage.Begin(hour(), triage.ByCause)
		for id := range uint64(5000) {
			for i := range order {
				order[i].Trace = trace.ID{Hi: 1, Lo: id + 1}
			}
			tr.AddTrace(order)
		}
		for i := range 100_000 {
			l := withStack(errorLog(i, "order", fmt.Sprintf("cannot save order %d: no disk", i), uint64(i)+1, 4), "Db.save")
			tr.AddLog(&l)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB-kept")
		runtime.KeepAlive(tr)
	}
}
