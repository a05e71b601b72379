package main

import (
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/skew/accuracy/rival"
	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
	"github.com/otrace/otrace/internal/trace"
)

// A method is a way to correct clocks. It sees the spans and logs of a truth,
// and no more, but for the last one.
type method uint8

const (
	raw method = iota
	jaeger
	zipkin
	otrace
	perfect // what every method strives for: it knows the truth
	numMethods
)

func (m method) String() string {
	return [...]string{"raw", "Jaeger's", "Zipkin's", "otrace", "truth"}[m]
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
