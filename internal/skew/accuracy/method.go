package main

import (
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/skew/accuracy/rival"
	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// A method is a way to correct clocks. It sees the spans and logs of a truth,
// and no more, but for the last two.
type method uint8

const (
	raw method = iota
	jaeger
	zipkin
	otrace
	provable // the limit of all who touch nothing without proof: it knows the truth of what can be proven
	perfect  // what every method strives for: it knows the truth
	numMethods
)

func (m method) String() string {
	return [...]string{"raw", "Jaeger's", "Zipkin's", "otrace", "provable", "truth"}[m]
}

// A correction is what a method adds to each record's time.
type correction struct {
	spans, logs []int64
	clocks      *skew.Clocks // of otrace alone
}

// correct lets a method correct a trace.
func (m method) correct(t *scenario.Truth) correction {
	switch m {
	case jaeger:
		return alongSpans(t, rival.Jaeger(t.Spans))
	case zipkin:
		return alongSpans(t, rival.Zipkin(t.Spans))
	case otrace:
		return byClock(t, skew.Estimate(t.Spans, t.Logs))
	case provable:
		return byProof(t, skew.Estimate(t.Spans, t.Logs))
	case perfect:
		return byTruth(t)
	}
	return correction{spans: make([]int64, len(t.Spans)), logs: make([]int64, len(t.Logs))}
}

// alongSpans moves every log with its span: these methods know of no logs, but
// a span's own events move with it.
func alongSpans(t *scenario.Truth, spans []int64) correction {
	c := correction{spans: spans, logs: make([]int64, len(t.Logs))}
	of := make(map[trace.SpanID]int64, len(spans))
	for i := range spans {
		of[t.Spans[i].ID] = spans[i]
	}
	for i := range t.Logs {
		c.logs[i] = of[t.Logs[i].Span]
	}
	return c
}

func byClock(t *scenario.Truth, clocks *skew.Clocks) correction {
	c := correction{spans: make([]int64, len(t.Spans)), logs: make([]int64, len(t.Logs)), clocks: clocks}
	for i := range t.Spans {
		c.spans[i] = clocks.Span(i).At(t.Spans[i].Start)
	}
	for i := range t.Logs {
		if k := clocks.Log(i); k != nil {
			c.logs[i] = k.At(t.Logs[i].Time)
		}
	}
	return c
}

// byProof moves a clock to where it truly was, relative to its reference, if it
// is proven that the clock was off: its bounds exclude 0, or do once others that
// may stay stay. What is left of the error cannot be known from the trace.
func byProof(t *scenario.Truth, clocks *skew.Clocks) correction {
	c := correction{spans: make([]int64, len(t.Spans)), logs: make([]int64, len(t.Logs))}
	reference := referenceHosts(t, clocks)
	truth := func(k *skew.Clock, host int, at int64) int64 {
		ref, ok := reference[k.Component]
		if !ok || k.Offset == 0 && k.Low <= 0 && k.High >= 0 {
			return 0
		}
		return t.Correction(host, at) - t.Correction(ref, at)
	}
	for i := range t.Spans {
		c.spans[i] = truth(clocks.Span(i), t.Host[i], t.Start[i])
	}
	for i := range t.Logs {
		if k := clocks.Log(i); k != nil {
			c.logs[i] = truth(k, t.LogHost[i], t.LogTime[i])
		}
	}
	return c
}

// referenceHosts returns the host of each component's reference.
func referenceHosts(t *scenario.Truth, clocks *skew.Clocks) map[int]int {
	hosts := make(map[int]int)
	for i := range t.Spans {
		k := clocks.Span(i)
		if _, ok := hosts[k.Component]; !ok && k.Status == skew.Reference {
			hosts[k.Component] = t.Host[i]
		}
	}
	return hosts
}

func byTruth(t *scenario.Truth) correction {
	c := correction{spans: make([]int64, len(t.Spans)), logs: make([]int64, len(t.Logs))}
	for i := range t.Spans {
		c.spans[i] = t.Start[i] - t.Spans[i].Start
	}
	for i := range t.Logs {
		c.logs[i] = t.LogTime[i] - t.Logs[i].Time
	}
	return c
}
