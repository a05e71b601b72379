package orderservice

import (
	"time"
)

// A Format is a way of writing a log line as a document.
type Format string

// The formats.
const (
	Logrus   Format = "logrus"   // timestamp, severity, trace_id, span_id
	ECS      Format = "ecs"      // @timestamp, log.level, trace.id, span.id
	Logback  Format = "logback"  // logstash-logback-encoder: level, traceId, spanId of the MDC
	Winston  Format = "winston"  // level, correlationId; no span ID
	Fluentd  Format = "fluentd"  // on Kubernetes: the whole line as JSON inside log
	auditLog Format = "auditlog" // logrus, with the audit fields, in an index of its own
)

// FormatNames lists the formats that a service can be given.
func FormatNames() []string {
	return []string{string(Logrus), string(ECS), string(Logback), string(Winston), string(Fluentd)}
}

// defaultFormat is how the service writes its logs unless told otherwise.
func defaultFormat(s service) Format {
	switch s {
	case gateway:
		return ECS
	case inventory:
		return Logback
	case worker:
		return Fluentd
	case notification:
		return Winston
	}
	return Logrus
}

// precision is what the format cuts its times to.
func (f Format) precision() time.Duration {
	switch f {
	case ECS:
		return time.Microsecond
	case Logback, Winston:
		return time.Millisecond
	}
	return time.Nanosecond
}

// index names the daily index of the format's documents. Formats have indices
// of their own, because their mappings would not go together in one.
func (f Format) index(service string, observed time.Time) string {
	name := service + "-logs-"
	switch f {
	case Logrus:
		name = "order-processing-logs-"
	case Fluentd:
		name = "kubernetes-logs-"
	case auditLog:
		name = "order-audit-"
	}
	return string(observed.UTC().AppendFormat([]byte(name), "2006.01.02"))
}

// A level is how bad a line is.
type level uint8

const (
	debugLevel level = iota
	infoLevel
	warnLevel
	errorLevel
)

// spelled is the level as the format spells it.
func (f Format) spelled(l level) string {
	switch f {
	case Logrus, auditLog:
		return [...]string{"debug", "info", "warning", "error"}[l]
	case Logback, Fluentd:
		return [...]string{"DEBUG", "INFO", "WARN", "ERROR"}[l]
	}
	return [...]string{"debug", "info", "warn", "error"}[l]
}

// An entry is a log line that is about to be written. IDs are hex, or empty
// where the service has no tracing.
type entry struct {
	process  *process
	observed time.Time
	level    level
	message  string
	traceID  string
	spanID   string
	orderID  string
	fields   []field
	err      *exception
}

const (
	nanoseconds  = "2006-01-02T15:04:05.000000000Z07:00"
	microseconds = "2006-01-02T15:04:05.000000Z07:00"
	milliseconds = "2006-01-02T15:04:05.000Z07:00"
)

// appendDoc appends the entry as a document of the format.
func (f Format) appendDoc(b []byte, e *entry) []byte {
	o := &object{buf: b}
	o.open()
	switch f {
	case ECS:
		e.ecs(o)
	case Logback:
		e.logback(o)
	case Winston:
		e.winston(o)
	case Fluentd:
		e.fluentd(o)
	default:
		e.logrus(o, f)
	}
	o.close()
	return o.buf
}

func (e *entry) logrus(o *object, f Format) {
	o.time("timestamp", e.observed, nanoseconds)
	o.time("@timestamp", e.observed, nanoseconds)
	o.str("severity", f.spelled(e.level))
	o.str("message", e.message)
	o.str("service", e.process.name)
	o.str("host", e.process.host)
	e.ids(o, "trace_id", "span_id")
	e.rest(o, "")
	if e.err != nil {
		o.str("error", e.err.message)
		o.str("stack", e.err.stack)
	}
}

func (e *entry) ecs(o *object) {
	o.time("@timestamp", e.observed, microseconds)
	o.str("log.level", ECS.spelled(e.level))
	o.str("message", e.message)
	o.str("ecs.version", "8.11.0")
	o.str("service.name", e.process.name)
	o.str("service.version", e.process.version)
	o.str("host.name", e.process.host)
	e.ids(o, "trace.id", "span.id")
	e.rest(o, "labels.")
	if e.err != nil {
		o.str("error.type", e.err.class)
		o.str("error.message", e.err.message)
		o.str("error.stack_trace", e.err.stack)
	}
}

func (e *entry) logback(o *object) {
	o.time("@timestamp", e.observed, milliseconds)
	o.str("@version", "1")
	o.str("message", e.message)
	o.str("logger_name", "shop."+e.process.name+".Handler")
	o.str("thread_name", "http-nio-8080-exec-4")
	o.str("level", Logback.spelled(e.level))
	o.num("level_value", int64(e.level+1)*10000)
	o.str("app", e.process.name)
	o.str("host", e.process.host)
	e.ids(o, "traceId", "spanId")
	e.rest(o, "")
	if e.err != nil {
		o.str("stack_trace", e.err.class+": "+e.err.message+"\n"+e.err.stack)
	}
}

func (e *entry) winston(o *object) {
	o.str("level", Winston.spelled(e.level))
	o.str("message", e.message)
	o.str("service", e.process.name)
	o.str("hostname", e.process.host)
	o.time("timestamp", e.observed, milliseconds)
	o.some("correlationId", e.traceID)
	o.str("order_id", e.orderID)
	e.rest(o, "")
	if e.err != nil {
		o.str("stack", e.err.class+": "+e.err.message+"\n"+e.err.stack)
	}
}

// fluentd wraps what the container printed, a line of JSON, in what the
// shipper knows about the container.
func (e *entry) fluentd(o *object) {
	in := &object{buf: make([]byte, 0, 512)}
	in.open()
	in.time("time", e.observed, nanoseconds)
	in.str("level", Fluentd.spelled(e.level))
	in.str("msg", e.message)
	in.str("service", e.process.name)
	e.ids(in, "trace_id", "span_id")
	e.rest(in, "")
	if e.err != nil {
		in.str("error", e.err.message)
		in.str("stack", e.err.stack)
	}
	in.close()
	in.buf = append(in.buf, '\n')

	o.time("@timestamp", e.observed, nanoseconds)
	o.str("stream", "stdout")
	o.str("log", string(in.buf))
	o.key("kubernetes")
	o.open()
	o.str("pod_name", e.process.pod)
	o.str("namespace_name", "shop")
	o.str("container_name", e.process.name)
	o.str("host", e.process.host)
	o.key("labels")
	o.open()
	o.str("app", e.process.name)
	o.close()
	o.close()
}

// ids writes the IDs that the entry has under the format's names for them.
func (e *entry) ids(o *object, traceKey, spanKey string) {
	o.some(traceKey, e.traceID)
	o.some(spanKey, e.spanID)
	o.str("order_id", e.orderID)
}

func (e *entry) rest(o *object, prefix string) {
	for _, f := range e.fields {
		o.value(prefix+f.key, f.value)
	}
}
