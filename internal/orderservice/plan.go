package orderservice

import (
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// A plan is all that will happen to one order, decided before it happens. It
// is never changed once built, so both modes and any number of goroutines can
// read it.
type plan struct {
	ordinal  int // which order of the run
	scenario string
	order    purchase
	steps    []*step         // by index; the first is the entry
	traces   []trace.TraceID // the order's own, then those that it starts beside
	hash     hash
}

// A step is one operation of one service: a span, where the service traces.
type step struct {
	plan    *plan
	index   int
	service service
	name    string
	kind    trace.SpanKind
	cause   *step // what made it happen; nil for the entry
	trace   int   // which of the plan's traces it belongs to
	spanID  trace.SpanID

	root     bool // starts its trace, whatever its cause
	link     bool // links to its cause
	untraced bool // its service has no tracing here: no span, no propagation
	lost     bool // its span never gets out of the process

	attrs  []attribute.KeyValue
	do     []action
	failed bool   // ends with error status
	reason string // and says so

	// HTTP: a client step has the server step that it calls, how long its
	// request and its answer are under way, and how long it waits at most (0:
	// for ever); a server step has its method, path and status code.
	remote       *step
	there, back  time.Duration
	timeout      time.Duration
	method, path string
	code         int
}

func (s *step) traceID() trace.TraceID { return s.plan.traces[s.trace] }

// parent is the step whose span the step's span names as its parent: the
// nearest cause that is traced, unless the step starts a trace.
func (s *step) parent() *step {
	if s.root {
		return nil
	}
	return s.tracedCause()
}

// tracedCause is the nearest cause that has a span, in whatever trace.
func (s *step) tracedCause() *step {
	c := s.cause
	for c != nil && c.untraced {
		c = c.cause
	}
	return c
}

// carriesBaggage reports whether the step knows the user: baggage does not get
// past a service without tracing.
func (s *step) carriesBaggage() bool {
	for c := s; c != nil; c = c.cause {
		if c.untraced {
			return false
		}
	}
	return true
}

// An action is one thing that a step does, in its order.
type action interface{ isAction() }

// work takes time.
type work time.Duration

// A line is a log line.
type line struct {
	ordinal int // within the step
	level   level
	message string
	fields  []field
	err     *exception
	audit   bool // goes to the audit log, not to the service's own
}

// An event is a span event.
type event struct {
	name  string
	attrs []attribute.KeyValue
}

// An exception is an error as its service records it.
type exception struct {
	class, message, stack string
}

// Error makes an exception what RecordError takes.
func (e *exception) Error() string { return e.message }

// record is RecordError: the exception becomes a span event.
type record struct{ *exception }

// call runs a step and waits for it.
type call struct{ *step }

// spawn hands a step to the worker pool, which gets to it after the delay.
type spawn struct {
	*step
	delay time.Duration
}

// crash is a panic. It ends the step and its causes up to the server step,
// which recovers and goes on with what it has left to do.
type crash struct{ *exception }

func (work) isAction()   {}
func (*line) isAction()  {}
func (event) isAction()  {}
func (record) isAction() {}
func (call) isAction()   {}
func (spawn) isAction()  {}
func (crash) isAction()  {}

// A field is one more fact in a log line. Its value is a string, an int or a
// float64.
type field struct {
	key   string
	value any
}

// The steps' own words, for builders.

func (s *step) work(d time.Duration) { s.do = append(s.do, work(d)) }

func (s *step) event(name string, attrs ...attribute.KeyValue) {
	s.do = append(s.do, event{name, attrs})
}

func (s *step) say(l level, message string, fields ...field) *line {
	ln := &line{ordinal: s.lines(), level: l, message: message, fields: fields}
	s.do = append(s.do, ln)
	return ln
}

func (s *step) debug(message string, fields ...field) { s.say(debugLevel, message, fields...) }
func (s *step) info(message string, fields ...field)  { s.say(infoLevel, message, fields...) }
func (s *step) warn(message string, fields ...field)  { s.say(warnLevel, message, fields...) }

// complain writes an error line with its exception.
func (s *step) complain(message string, e *exception, fields ...field) {
	s.say(errorLevel, message, fields...).err = e
}

// audit writes a line to the audit log.
func (s *step) audit(message string, fields ...field) {
	s.say(infoLevel, message, fields...).audit = true
}

// fail records the exception and ends the step with error status.
func (s *step) fail(e *exception) {
	s.do = append(s.do, record{e})
	s.failed, s.reason = true, e.message
}

func (s *step) lines() int {
	n := 0
	for _, a := range s.do {
		if _, ok := a.(*line); ok {
			n++
		}
	}
	return n
}
