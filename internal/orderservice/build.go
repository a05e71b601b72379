package orderservice

import (
	"fmt"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// A builder writes the plan of one order. It draws from dice of its own in a
// fixed sequence, so the plan depends on the seed, the ordinal and the scenario
// alone.
type builder struct {
	*plan
	dice *rand.Rand
	fate fate
}

// buildPlan decides everything about order number ordinal.
func buildPlan(seed uint64, ordinal int, scenario string) *plan {
	h := newHash(seed).text("order").num(uint64(ordinal))
	b := &builder{plan: &plan{ordinal: ordinal, scenario: scenario, hash: h}, dice: h.dice()}
	b.traces = []trace.TraceID{h.text("trace").traceID()}
	b.order = b.purchase(seed)
	b.fate = b.draw()
	b.placeOrder()
	b.lose()
	return b.plan
}

// lose picks the span that the scenario loses in export.
func (b *builder) lose() {
	switch b.scenario {
	case LostParent:
		b.steps[0].lost = true
	case LostSpan:
		var middle []*step
		for _, s := range b.steps {
			if s.cause != nil && s.kind != trace.SpanKindConsumer && b.hasChild(s) {
				middle = append(middle, s)
			}
		}
		middle[b.dice.IntN(len(middle))].lost = true
	}
}

func (b *builder) hasChild(s *step) bool {
	for _, c := range b.steps {
		if c.cause == s {
			return true
		}
	}
	return false
}

// newStep appends a step to the plan. Its cause's trace is its own.
func (b *builder) newStep(cause *step, s service, kind trace.SpanKind, name string) *step {
	st := &step{plan: b.plan, index: len(b.steps), service: s, name: name, kind: kind, cause: cause}
	if cause != nil {
		st.trace = cause.trace
	}
	st.spanID = b.hash.text(name).num(uint64(st.index)).spanID()
	st.untraced = s == inventory && b.scenario == Untraced
	b.steps = append(b.steps, st)
	return st
}

// newTrace lets the step start a trace of its own.
func (b *builder) newTrace(s *step) {
	s.root, s.trace = true, len(b.traces)
	b.traces = append(b.traces, b.hash.text("trace").num(uint64(s.index)).traceID())
}

// span is a step within from's own service, done before from goes on.
func (b *builder) span(from *step, name string) *step {
	s := b.newStep(from, from.service, trace.SpanKindInternal, name)
	s.attrs = append(s.attrs, b.order.attrs()...)
	from.do = append(from.do, call{s})
	return s
}

// external is a client step to something that is not ours: a database, the
// payment provider.
func (b *builder) external(from *step, name string, d time.Duration, attrs ...attribute.KeyValue) *step {
	s := b.newStep(from, from.service, trace.SpanKindClient, name)
	s.attrs = append(s.attrs, attrs...)
	s.work(d)
	from.do = append(from.do, call{s})
	return s
}

// post is a client step in from's service that calls a server step of another
// service over HTTP. It returns the server step.
func (b *builder) post(from *step, to service, path string) *step {
	c := b.newStep(from, from.service, trace.SpanKindClient, "POST "+path)
	c.method, c.path = "POST", path
	c.attrs = append(c.attrs, attribute.String("peer.service", to.String()))
	c.there, c.back = b.wire(), b.wire()
	from.do = append(from.do, call{c})
	c.remote = b.serve(c, to, path)
	return c.remote
}

// serve is a server step.
func (b *builder) serve(cause *step, s service, path string) *step {
	st := b.newStep(cause, s, trace.SpanKindServer, "POST "+path)
	st.method, st.path, st.code = "POST", path, 200
	if cause != nil && cause.untraced {
		b.newTrace(st)
	}
	return st
}

// answer ends a server step with an HTTP status code. As otelhttp sees it, 4xx
// is an error of the client's alone.
func (s *step) answer(code int) {
	s.code = code
	s.failed = code >= 500
	if c := s.cause; c != nil && c.timeout == 0 {
		c.failed = code >= 400
	}
}

// publish hands a job to the worker pool, in a producer step, and returns the
// consumer step that will do it.
func (b *builder) publish(from *step, topic string, delay time.Duration, linked bool) *step {
	attrs := []attribute.KeyValue{
		attribute.String("messaging.system", "inprocess"),
		attribute.String("messaging.destination.name", topic),
	}
	p := b.newStep(from, from.service, trace.SpanKindProducer, topic+" publish")
	p.attrs = append(append(p.attrs, attrs...), attribute.String("messaging.operation.type", "send"))
	p.work(b.us(20, 90))
	from.do = append(from.do, call{p})
	c := b.newStep(p, worker, trace.SpanKindConsumer, topic+" process")
	c.attrs = append(append(c.attrs, attrs...), attribute.String("messaging.operation.type", "process"))
	c.attrs = append(c.attrs, b.order.attrs()...)
	c.link = true
	if linked {
		b.newTrace(c)
	}
	p.do = append(p.do, spawn{c, delay})
	return c
}

// wire is a one-way latency between two machines: 75 to 225 µs, and now and
// then a tail of milliseconds.
func (b *builder) wire() time.Duration {
	d := b.us(75, 225)
	if b.chance(0.03) {
		d += time.Duration(b.dice.ExpFloat64() * float64(2*time.Millisecond))
	}
	return d
}

// us and ms draw a duration between bounds of that unit, to the nanosecond.
func (b *builder) us(low, high int) time.Duration { return b.between(low, high, time.Microsecond) }
func (b *builder) ms(low, high int) time.Duration { return b.between(low, high, time.Millisecond) }

func (b *builder) between(low, high int, unit time.Duration) time.Duration {
	return time.Duration(low)*unit + time.Duration(b.dice.Int64N(int64(high-low)*int64(unit)))
}

func (b *builder) chance(p float64) bool { return b.dice.Float64() < p }

// A purchase is what an order is about.
type purchase struct {
	id     string
	user   string
	items  int
	total  float64
	method string
	card   string // the whole card number; it must never leave
	sku    string
}

func (b *builder) purchase(seed uint64) purchase {
	methods := []string{"credit_card", "credit_card", "debit_card", "apple_pay"}
	return purchase{
		// The seed leads the number, so that runs into the same servers differ.
		id:     fmt.Sprintf("ORD-%d", (1000+uint64(newHash(seed))%9000)*1_000_000+uint64(b.ordinal)+1),
		user:   fmt.Sprintf("u-%05d", b.dice.IntN(100_000)),
		items:  1 + b.dice.IntN(5),
		total:  float64(500+b.dice.IntN(40_000)) / 100,
		method: methods[b.dice.IntN(len(methods))],
		card:   cardNumber(b.dice),
		sku:    fmt.Sprintf("SKU-%04d", b.dice.IntN(10_000)),
	}
}

// lastFour is all of the card number that may be said.
func (p purchase) lastFour() string { return p.card[len(p.card)-4:] }

func (p purchase) attrs() []attribute.KeyValue {
	return []attribute.KeyValue{
		attribute.String("order.id", p.id),
		attribute.Float64("order.total", p.total),
		attribute.String("payment.method", p.method),
	}
}

// cardNumber makes a number with a right check digit.
func cardNumber(dice *rand.Rand) string {
	n := []byte("4000000000000000")
	n[0] = "4455"[dice.IntN(4)]
	for i := 1; i < len(n)-1; i++ {
		n[i] = '0' + byte(dice.IntN(10))
	}
	for d := byte('0'); d <= '9'; d++ {
		n[len(n)-1] = d
		if luhn(n) {
			break
		}
	}
	return string(n)
}
