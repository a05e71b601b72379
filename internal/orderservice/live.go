package orderservice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"go.opentelemetry.io/otel/propagation"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// workers is how many jobs the worker pool does at once.
const workers = 4

// Live runs the services on loopback ports of its own and places cfg.Orders
// orders with them, cfg.Concurrency at a time, in real time. When the last
// order is answered it waits for the workers and for what outlives its caller,
// and flushes the sink. When ctx ends, or the sink fails, it stops waiting for
// anything, hands over what was recorded, and returns why.
func Live(ctx context.Context, cfg Config, sink Sink) (Summary, error) {
	if err := cfg.Check(); err != nil {
		return Summary{}, err
	}
	cfg = cfg.filled()
	runCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	l := newLive(runCtx, cancel, cfg, &serialSink{sink: sink})
	if err := l.start(); err != nil {
		l.stop()
		l.drain(runCtx)
		return Summary{}, err
	}
	l.placeOrders()
	l.stop()
	// What was recorded is worth having, also when the run was cut short.
	flushCtx, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	l.drain(flushCtx)
	err := context.Cause(runCtx)
	if flushErr := sink.Flush(flushCtx); err == nil {
		err = flushErr
	}
	return l.collector.sum(l.plans, l.logs), err
}

// A live run: the services, what they record, and the plans that they follow.
type live struct {
	ctx   context.Context // ends when the run is to stop
	fail  context.CancelCauseFunc
	cfg   Config
	plans []*plan

	procs      []*process
	services   []*runningService
	propagator propagation.TextMapPropagator
	collector  *collector
	logs       *logQueue
	file       io.WriteCloser
	plain      *http.Client // knows nothing of tracing

	jobs    chan job
	pending sync.WaitGroup // jobs that were handed over and are not yet done
	pool    sync.WaitGroup // the workers
}

// A runningService is one service's own tracing, logging and HTTP.
type runningService struct {
	*process
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	loggers  serviceLoggers
	wire     *http.Transport
	client   *http.Client // wire with otelhttp
	server   *http.Server
	url      string
}

func newLive(ctx context.Context, fail context.CancelCauseFunc, cfg Config, sink Sink) *live {
	l := &live{
		ctx: ctx, fail: fail, cfg: cfg,
		procs: deployment(cfg, time.Now()),
		propagator: propagation.NewCompositeTextMapPropagator(
			propagation.TraceContext{}, propagation.Baggage{}),
		plain: &http.Client{Transport: newTransport()},
		jobs:  make(chan job),
		file:  rotatingFile(cfg.LogFile),
	}
	pick := newPicker(cfg.Mix)
	for i := range cfg.Orders {
		l.plans = append(l.plans, buildPlan(cfg.Seed, i, pick.next()))
	}
	l.collector = newCollector(l.plans, sink, fail)
	l.logs = newLogQueue(cfg.QueueSize, sink, fail)
	return l
}

// start brings every service up.
func (l *live) start() error {
	for _, p := range l.procs {
		s := &runningService{process: p, loggers: newServiceLoggers(p, l.logs, l.file), wire: newTransport()}
		s.provider = l.collector.provider(p, l.cfg.SampleRatio)
		s.tracer = s.provider.Tracer(scopeName)
		s.client = l.tracedClient(s.wire, s.provider)
		l.services = append(l.services, s)
	}
	for _, s := range l.services {
		if err := l.listen(s); err != nil {
			return fmt.Errorf("starting the %s service: %w", s.name, err)
		}
	}
	for range workers {
		l.pool.Go(l.work)
	}
	l.logs.start()
	return nil
}

// placeOrders places every order, some at once, and returns when all are
// answered.
func (l *live) placeOrders() {
	next := make(chan *plan)
	var buyers sync.WaitGroup
	for range l.cfg.Concurrency {
		buyers.Go(func() {
			for p := range next {
				if err := l.placeOrder(p); err != nil && l.ctx.Err() == nil {
					l.fail(fmt.Errorf("placing order %s: %w", p.order.id, err))
				}
			}
		})
	}
	for _, p := range l.plans {
		if l.ctx.Err() != nil {
			break
		}
		next <- p
	}
	close(next)
	buyers.Wait()
	l.pending.Wait()
}

// stop ends the workers and the services, which first finish what outlived its
// caller.
func (l *live) stop() {
	close(l.jobs)
	l.pool.Wait()
	l.plain.CloseIdleConnections()
	for _, s := range l.services {
		// Not the client's: otelhttp does not pass that on. A connection that was
		// dialled and never used holds Shutdown up for five seconds.
		s.wire.CloseIdleConnections()
	}
	var down sync.WaitGroup
	for _, s := range l.services {
		if s.server != nil {
			down.Go(func() {
				// A handler waits for nothing once the run has ended, so this
				// does not take long.
				if err := s.server.Shutdown(context.WithoutCancel(l.ctx)); err != nil {
					l.fail(err)
				}
			})
		}
	}
	down.Wait()
}

// drain hands over the spans and logs that are still under way.
func (l *live) drain(ctx context.Context) {
	var errs []error
	for _, s := range l.services {
		errs = append(errs, s.provider.Shutdown(ctx))
	}
	l.logs.close()
	errs = append(errs, l.collector.flush(ctx), l.file.Close())
	if err := errors.Join(errs...); err != nil {
		l.fail(err)
	}
}

// wait takes time, unless the run has ended.
func (l *live) wait(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.ctx.Done():
	}
}
