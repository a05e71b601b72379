package orderservice

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// A logQueue ships documents in the background, so that no service ever waits
// for its logs. It holds so many; what does not fit is dropped, and counted.
type logQueue struct {
	sink    Sink
	fail    context.CancelCauseFunc
	waiting chan queued
	dropped atomic.Int64
	done    sync.WaitGroup

	mu      sync.Mutex
	refused []Truth // about what was dropped

	// Read them after close.
	shipped int
	byOrder map[string]int
}

type queued struct {
	doc   LogDoc
	truth Truth
}

func newLogQueue(size int, sink Sink, fail context.CancelCauseFunc) *logQueue {
	return &logQueue{sink: sink, fail: fail, waiting: make(chan queued, size), byOrder: make(map[string]int)}
}

// offer takes the document, or drops it when the queue is full. It never
// waits.
func (q *logQueue) offer(doc LogDoc, truth Truth) {
	select {
	case q.waiting <- queued{doc, truth}:
	default:
		q.dropped.Add(1)
		truth.Lost, truth.Reason = true, lostInQueue
		q.mu.Lock()
		q.refused = append(q.refused, truth)
		q.mu.Unlock()
	}
}

func (q *logQueue) start() { q.done.Go(q.ship) }

// close ships what is waiting. Nothing may be offered any more.
func (q *logQueue) close() {
	close(q.waiting)
	q.done.Wait()
}

// ship hands batches to the sink: full ones at once, others every 100 ms.
func (q *logQueue) ship() {
	const full = 500
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	var docs []LogDoc
	var truth []Truth
	send := func() {
		q.send(docs, truth)
		docs, truth = docs[:0], truth[:0]
	}
	for {
		select {
		case next, open := <-q.waiting:
			if !open {
				send()
				q.send(nil, q.refused)
				return
			}
			docs, truth = append(docs, next.doc), append(truth, next.truth)
			if len(docs) == full {
				send()
			}
		case <-tick.C:
			send()
		}
	}
}

// send gives a batch to the sink. A run that cannot ship its logs ends; what
// is still queued is tried all the same, for the sink to have what it can.
func (q *logQueue) send(docs []LogDoc, truth []Truth) {
	if len(truth) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := q.sink.Logs(ctx, docs); err != nil {
		q.fail(err)
		return
	}
	q.shipped += len(docs)
	for _, t := range truth {
		q.byOrder[t.OrderID] += btoi(!t.Lost)
	}
	if err := q.sink.Truth(ctx, truth); err != nil {
		q.fail(err)
	}
}

// A serialSink lets one call through at a time.
type serialSink struct {
	mu   sync.Mutex
	sink Sink
}

func (s *serialSink) Spans(ctx context.Context, spans []*tracepb.ResourceSpans) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sink.Spans(ctx, spans)
}

func (s *serialSink) Logs(ctx context.Context, docs []LogDoc) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sink.Logs(ctx, docs)
}

func (s *serialSink) Truth(ctx context.Context, lines []Truth) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sink.Truth(ctx, lines)
}

func (s *serialSink) Flush(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sink.Flush(ctx)
}
