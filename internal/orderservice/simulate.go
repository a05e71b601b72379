package orderservice

import (
	"context"
	"errors"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// batchSpans is about how many spans go to the sink at once.
const batchSpans = 400

// Simulate plays cfg.Orders orders on a virtual clock, so that everything
// happens between cfg.End − cfg.Over and cfg.End in true time (an order that
// takes longer than cfg.Over begins earlier). What the sink is
// given depends on cfg alone. It holds one batch in memory at a time, stops at
// the sink's first error or when ctx ends, and flushes the sink.
func Simulate(ctx context.Context, cfg Config, sink Sink) (Summary, error) {
	if err := cfg.Check(); err != nil {
		return Summary{}, err
	}
	if cfg.End.IsZero() {
		return Summary{}, errors.New("simulated traffic needs a time at which it ends")
	}
	cfg = cfg.filled()
	start := cfg.End.Add(-cfg.Over)
	e := newEmitter(cfg, deployment(cfg, start))
	pick := newPicker(cfg.Mix)
	for i := range cfg.Orders {
		p := buildPlan(cfg.Seed, i, pick.next())
		r := play(p)
		e.add(r, start.Add(r.slot(cfg, i)))
		if e.spans < batchSpans && len(e.docs) < 4*batchSpans {
			continue
		}
		if err := e.send(ctx, sink); err != nil {
			return e.summary, err
		}
	}
	if err := e.send(ctx, sink); err != nil {
		return e.summary, err
	}
	return e.summary, sink.Flush(ctx)
}

// A recording is what a plan's steps did on the virtual clock, in nanoseconds
// from the order's beginning.
type recording struct {
	plan  *plan
	spans []spanRecord // by step index
	logs  []logRecord  // in the order in which they were written by each step
	end   int64        // when the last thing happened
}

type spanRecord struct {
	step       *step
	start, end int64
	events     []eventRecord
}

type eventRecord struct {
	at int64
	event
}

type logRecord struct {
	step *step
	at   int64
	line *line
}

// play executes the plan.
func play(p *plan) *recording {
	r := &recording{plan: p, spans: make([]spanRecord, len(p.steps)), logs: make([]logRecord, 0, 2*len(p.steps))}
	r.step(p.steps[0], 0)
	return r
}

// slot is when order i of cfg begins, counted from the window's start: the
// orders spread evenly, each at random within its share, and all end within.
// One that is longer than the window begins before it.
func (r *recording) slot(cfg Config, i int) time.Duration {
	room := float64(int64(cfg.Over) - r.end)
	if room < 0 {
		return time.Duration(room)
	}
	at := (float64(i) + r.plan.hash.text("slot").dice().Float64()) / float64(cfg.Orders)
	return time.Duration(room * at)
}

// What the actions that only tell something cost.
const (
	logCost   = int64(3 * time.Microsecond)
	eventCost = int64(time.Microsecond)
)

// step executes one step from at on, and returns when it ended and whether it
// crashed into its cause.
func (r *recording) step(s *step, at int64) (end int64, crashed bool) {
	rec := &r.spans[s.index]
	rec.step, rec.start = s, at
	if s.remote != nil {
		end = r.request(s, at)
	} else {
		end, crashed = r.actions(rec, at)
	}
	rec.end = end
	r.end = max(r.end, end)
	return end, crashed
}

// request is a client step: the call takes its way there and back, unless the
// client has stopped waiting by then.
func (r *recording) request(s *step, at int64) int64 {
	done, _ := r.step(s.remote, at+int64(s.there))
	end := done + int64(s.back)
	if s.timeout > 0 {
		end = min(end, at+int64(s.timeout))
	}
	return end
}

func (r *recording) actions(rec *spanRecord, t int64) (end int64, crashed bool) {
	s := rec.step
	for _, a := range s.do {
		switch a := a.(type) {
		case work:
			t += int64(a)
		case *line:
			t += logCost
			r.logs = append(r.logs, logRecord{s, t, a})
		case event:
			t += eventCost
			rec.events = append(rec.events, eventRecord{t, a})
		case record:
			t += eventCost
			rec.events = append(rec.events, eventRecord{t, a.event()})
		case call:
			t += eventCost
			t, crashed = r.step(a.step, t)
			if crashed && s.kind != trace.SpanKindServer {
				return t, true
			}
		case spawn:
			t += eventCost
			r.step(a.step, t+int64(a.delay))
		case crash:
			return t, true
		}
	}
	return t + eventCost, false
}
