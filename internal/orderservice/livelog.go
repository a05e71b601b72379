package orderservice

import (
	"context"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/sirupsen/logrus"
	"go.opentelemetry.io/otel/trace"
	lumberjack "gopkg.in/natefinch/lumberjack.v2"
)

// serviceLoggers are what a service writes its logs with. Each is a logrus
// logger whose hooks take card numbers out, name the span, tell the time by the
// service's clock, and ship the line, in this order: one trace ID in a hundred
// looks as if it had a card number in it.
type serviceLoggers struct {
	app, audit *logrus.Logger
}

func newServiceLoggers(p *process, q *logQueue, file io.Writer) serviceLoggers {
	return serviceLoggers{app: newLogger(p, p.format, q, file), audit: newLogger(p, auditLog, q, file)}
}

func newLogger(p *process, f Format, q *logQueue, file io.Writer) *logrus.Logger {
	l := logrus.New()
	l.SetLevel(logrus.DebugLevel)
	l.SetOutput(file)
	l.SetFormatter(asShipped{})
	for _, h := range []logrus.Hook{redactHook{}, spanHook{}, clockHook{p.clock}, shipHook{p, f, q}} {
		l.AddHook(h)
	}
	return l
}

// rotatingFile is the file that logs are written to beside, if any.
func rotatingFile(name string) io.WriteCloser {
	if name == "" {
		return discard{io.Discard}
	}
	return &lumberjack.Logger{Filename: name, MaxSize: 10, MaxBackups: 3}
}

type discard struct{ io.Writer }

func (discard) Close() error { return nil }

// written is what a line's context knows of it: which line of the plan it is,
// and its document once that is made.
type written struct {
	step *step
	line *line
	at   time.Time // true
	doc  []byte
}

type writtenKey struct{}

// write writes one line of the plan.
func (l serviceLoggers) write(ctx context.Context, s *step, ln *line) {
	w := &written{step: s, line: ln, at: time.Now()}
	logger := l.app
	if ln.audit {
		logger = l.audit
	}
	e := logger.WithContext(context.WithValue(ctx, writtenKey{}, w)).WithTime(w.at).
		WithField("order_id", s.plan.order.id)
	for _, f := range ln.fields {
		e = e.WithField(f.key, f.value)
	}
	if ln.err != nil {
		e = e.WithError(ln.err)
	}
	levels := [...]logrus.Level{logrus.DebugLevel, logrus.InfoLevel, logrus.WarnLevel, logrus.ErrorLevel}
	e.Log(levels[ln.level], ln.message)
}

// everyLevel makes a hook fire at all levels.
type everyLevel struct{}

func (everyLevel) Levels() []logrus.Level { return logrus.AllLevels }

// A spanHook names the span that a line was written in, where there is one.
type spanHook struct{ everyLevel }

func (spanHook) Fire(e *logrus.Entry) error {
	if sc := trace.SpanContextFromContext(e.Context); sc.IsValid() {
		e.Data["trace_id"], e.Data["span_id"] = sc.TraceID().String(), sc.SpanID().String()
	}
	return nil
}

// A clockHook tells the time by the service's clock.
type clockHook struct{ clock clock }

func (clockHook) Levels() []logrus.Level { return logrus.AllLevels }

func (h clockHook) Fire(e *logrus.Entry) error {
	e.Time = h.clock.read(e.Time)
	return nil
}

// A redactHook takes card numbers out.
type redactHook struct{ everyLevel }

func (redactHook) Fire(e *logrus.Entry) error {
	e.Message = redact(e.Message)
	for k, v := range e.Data {
		switch v := v.(type) {
		case string:
			e.Data[k] = redact(v)
		case *exception:
			e.Data[k] = v.redacted()
		}
	}
	return nil
}

// A shipHook makes the line a document in the service's format and puts it in
// the queue.
type shipHook struct {
	process *process
	format  Format
	queue   *logQueue
}

func (shipHook) Levels() []logrus.Level { return logrus.AllLevels }

func (h shipHook) Fire(e *logrus.Entry) error {
	w := e.Context.Value(writtenKey{}).(*written)
	en := h.entry(e)
	w.doc = h.format.appendDoc(nil, &en)
	doc := LogDoc{Index: h.format.index(h.process.name, e.Time), ID: w.step.docID(w.line), Source: w.doc}
	h.queue.offer(doc, logTruth(w.step, h.process, h.format, w.at, doc))
	return nil
}

// entry is a logrus entry as the formats take it.
func (h shipHook) entry(e *logrus.Entry) entry {
	levels := map[logrus.Level]level{logrus.DebugLevel: debugLevel, logrus.InfoLevel: infoLevel, logrus.WarnLevel: warnLevel}
	en := entry{process: h.process, observed: e.Time, level: errorLevel, message: e.Message}
	if l, ok := levels[e.Level]; ok {
		en.level = l
	}
	for _, k := range slices.Sorted(maps.Keys(e.Data)) {
		switch v := e.Data[k]; k {
		case "trace_id":
			en.traceID = v.(string)
		case "span_id":
			en.spanID = v.(string)
		case "order_id":
			en.orderID = v.(string)
		case logrus.ErrorKey:
			en.err = v.(*exception)
		default:
			en.fields = append(en.fields, field{k, v})
		}
	}
	return en
}

// asShipped writes beside what was shipped, a line a document.
type asShipped struct{}

func (asShipped) Format(e *logrus.Entry) ([]byte, error) {
	w := e.Context.Value(writtenKey{}).(*written)
	return append(slices.Clip(w.doc), '\n'), nil
}
