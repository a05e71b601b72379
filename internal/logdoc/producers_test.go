package logdoc

import (
	"testing"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

const (
	testID   = "7a1c09e2f4b85d36a0b1c2d3e4f56789"
	testSpan = "00f067aa0ba902b7"
)

func ns(t testing.TB, s string) int64 {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.UnixNano()
}

// producers is one document for each way in which logs are written in the
// wild, and what it must be read as.
var producers = []struct {
	name, doc  string
	time       string
	level      trace.Level
	raw        string
	message    string
	span       string
	origin     trace.Origin
	template   string
	match      trace.Match
	notCarried bool
}{
	{
		name: "order service",
		doc: `{"timestamp":"2024-05-01T10:00:00.123456789Z","@timestamp":"2024-05-01T10:00:00.123Z","severity":"error","message":"payment declined",` +
			`"service":"payment","trace_id":"` + testID + `","span_id":"` + testSpan + `","order_id":"ORD-1"}`,
		time: "2024-05-01T10:00:00.123456789Z", level: trace.LevelError, raw: "error", message: "payment declined", span: testSpan,
		origin: trace.Origin{Service: "payment"},
	},
	{
		name: "ECS nested",
		doc: `{"@timestamp":"2024-05-01T10:00:00.123Z","log":{"level":"WARN","logger":"x"},"message":"slow","service":{"name":"order","node":{"name":"order-7"}},` +
			`"trace":{"id":"` + testID + `"},"span":{"id":"` + testSpan + `"},"transaction":{"id":"1111111111111111"},"host":{"name":"web-1","id":"ab"},"kubernetes":{"pod":{"name":"order-5b67c48447-mv5hb"}}}`,
		time: "2024-05-01T10:00:00.123Z", level: trace.LevelWarn, raw: "WARN", message: "slow", span: testSpan,
		origin: trace.Origin{Service: "order", Process: "order-7", Pod: "order-5b67c48447-mv5hb", Host: "ab"},
	},
	{
		name: "ECS dotted, transaction only",
		doc:  `{"@timestamp":"2024-05-01T10:00:00.123Z","log.level":"info","message":"m","service.name":"order","trace.id":"` + testID + `","transaction.id":"` + testSpan + `","host.hostname":"web-1"}`,
		time: "2024-05-01T10:00:00.123Z", level: trace.LevelInfo, raw: "info", message: "m", span: testSpan,
		origin: trace.Origin{Service: "order", Host: "web-1"},
	},
	{
		name: "OTel exporter, otel mode",
		doc: `{"@timestamp":"1714557600123.45","observed_timestamp":"1714557600999.0","trace_id":"` + testID + `","span_id":"` + testSpan + `","severity_text":"Error","severity_number":17,` +
			`"body":{"text":"boom"},"attributes":{"exception.message":"not this"},"resource":{"attributes":{"service.name":"cart","host.name":"n1","k8s.pod.name":"cart-0","service.instance.id":"i-1"}}}`,
		time: "2024-05-01T10:00:00.123000045Z", level: trace.LevelError, raw: "Error", message: "boom", span: testSpan,
		origin: trace.Origin{Service: "cart", Host: "n1", Pod: "cart-0", Process: "i-1"},
	},
	{
		name: "OTel exporter, number only",
		doc:  `{"@timestamp":"2024-05-01T10:00:00.000000001Z","trace_id":"` + testID + `","severity_number":13,"body_text":"old","event_name":"order.slow"}`,
		time: "2024-05-01T10:00:00.000000001Z", level: trace.LevelWarn, raw: "13", message: "old", template: "order.slow",
	},
	{
		name: "OTel exporter, structured body",
		doc:  `{"@timestamp":"2024-05-01T10:00:00Z","trace_id":"` + testID + `","severity_number":9,"body":{"structured":{"message":"deep","n":1}}}`,
		time: "2024-05-01T10:00:00Z", level: trace.LevelInfo, raw: "9", message: "deep",
	},
	{
		name: "OTel exporter, raw mode",
		doc:  `{"@timestamp":"2024-05-01T10:00:00.5Z","TraceId":"` + testID + `","SpanId":"` + testSpan + `","SeverityText":"INFO","SeverityNumber":9,"Body":"hello","Resource":{"service.name":"ad"},"Attributes":{}}`,
		time: "2024-05-01T10:00:00.5Z", level: trace.LevelInfo, raw: "INFO", message: "hello", span: testSpan,
		origin: trace.Origin{Service: "ad"},
	},
	{
		name: "OTel Python",
		doc:  `{"asctime":"2024-05-01 10:00:00,123","levelname":"CRITICAL","levelno":50,"message":"m","otelTraceID":"` + testID + `","otelSpanID":"` + testSpan + `","otelServiceName":"rec"}`,
		time: "2024-05-01T10:00:00.123Z", level: trace.LevelFatal, raw: "CRITICAL", message: "m", span: testSpan,
		origin: trace.Origin{Service: "rec"},
	},
	{
		name: "Logback MDC under mdc",
		doc:  `{"@timestamp":"2024-05-01T12:00:00.123+02:00","level":"ERROR","level_value":40000,"message":"m","logger_name":"x","mdc":{"traceId":"` + testID + `","spanId":"` + testSpan + `"},"HOSTNAME":"h1"}`,
		time: "2024-05-01T10:00:00.123Z", level: trace.LevelError, raw: "ERROR", message: "m", span: testSpan,
		origin: trace.Origin{Host: "h1"},
	},
	{
		name: "Sleuth, old B3 names",
		doc:  `{"@timestamp":"2024-05-01T12:00:00.123+0200","level_value":30000,"message":"m","X-B3-TraceId":"` + testID + `","X-B3-SpanId":"` + testSpan + `"}`,
		time: "2024-05-01T10:00:00.123Z", level: trace.LevelWarn, raw: "30000", message: "m", span: testSpan,
	},
	{
		name: "Sleuth plain text",
		doc:  `{"@timestamp":"2024-05-01T10:00:00Z","message":"2024-05-01 10:00:00.001  WARN [order,` + testID + `,` + testSpan + `] 1 --- [nio] c.e.X : slow"}`,
		time: "2024-05-01T10:00:00Z", level: trace.LevelWarn, raw: "WARN", span: testSpan, match: trace.MatchText,
		message: "2024-05-01 10:00:00.001  WARN [order," + testID + "," + testSpan + "] 1 --- [nio] c.e.X : slow",
	},
	{
		name: "zap",
		doc:  `{"level":"dpanic","ts":1714557600.123456789,"msg":"m","traceID":"` + testID + `"}`,
		time: "2024-05-01T10:00:00.123456789Z", level: trace.LevelFatal, raw: "dpanic", message: "m",
	},
	{
		name: "pino",
		doc:  `{"level":50,"time":1714557600123,"pid":1,"hostname":"h","name":"api","msg":"m","trace_id":"` + testID + `","req":{"id":"r-1"}}`,
		time: "2024-05-01T10:00:00.123Z", level: trace.LevelError, raw: "50", message: "m",
		origin: trace.Origin{Service: "api", Host: "h"},
	},
	{
		name: "winston correlationId",
		doc:  `{"timestamp":"2024-05-01T10:00:00.123Z","level":"warn","message":"m","correlationId":"` + testID + `"}`,
		time: "2024-05-01T10:00:00.123Z", level: trace.LevelWarn, raw: "warn", message: "m",
	},
	{
		name: "Serilog compact",
		doc:  `{"@t":"2024-05-01T10:00:00.1234567Z","@mt":"Order {Id} shipped","@tr":"` + testID + `","@sp":"` + testSpan + `","Id":7}`,
		time: "2024-05-01T10:00:00.1234567Z", level: trace.LevelInfo, message: "Order {Id} shipped", span: testSpan, template: "Order {Id} shipped",
	},
	{
		name: "Serilog compact, rendered",
		doc:  `{"@t":"2024-05-01T10:00:00Z","@m":"Order 7","@mt":"Order {Id}","@l":"Warning","ElasticApmTraceId":"` + testID + `"}`,
		time: "2024-05-01T10:00:00Z", level: trace.LevelWarn, raw: "Warning", message: "Order 7", template: "Order {Id}",
	},
	{
		name: "Fluentd, nested JSON",
		doc: `{"log":"{\"timestamp\": \"2022-08-22T05:18:42.908318Z\", \"severity\": \"INFO\", \"name\": \"rec-server\", \"message\": \"TraceID: ` + testID + ` SpanID: ` + testSpan + ` List\"}\n",` +
			`"stream":"stdout","time":"2022-08-22T05:18:42.90847299Z","kubernetes":{"pod_name":"recommendationservice-6cfdd55578-gfj6q","container_name":"server","host":"node-3"}}`,
		time: "2022-08-22T05:18:42.908318Z", level: trace.LevelInfo, raw: "INFO", span: testSpan, match: trace.MatchText,
		message: "TraceID: " + testID + " SpanID: " + testSpan + " List",
		origin:  trace.Origin{Service: "recommendationservice", Pod: "recommendationservice-6cfdd55578-gfj6q", Host: "node-3"},
	},
	{
		name: "Fluentd, doubly nested, field inside",
		doc:  `{"@timestamp":"2024-05-01T10:00:09Z","log":"{\"log\":\"{\\\"ts\\\":1714557600.5,\\\"level\\\":\\\"error\\\",\\\"msg\\\":\\\"deep\\\",\\\"traceId\\\":\\\"` + testID + `\\\"}\",\"level\":\"info\"}","kubernetes":{"labels":{"app":"api"}}}`,
		time: "2024-05-01T10:00:00.5Z", level: trace.LevelError, raw: "error", message: "deep", origin: trace.Origin{Service: "api"},
	},
	{
		name: "Fluentd, plain line",
		doc:  `{"log":"17:33:16.822 INFO  o.s.Impl#384 TraceID: ` + testID + ` SpanID: ` + testSpan + ` [x][error: none]\n","time":"2024-05-01T09:33:16.822123456Z"}`,
		time: "2024-05-01T09:33:16.822123456Z", level: trace.LevelInfo, raw: "INFO", span: testSpan, match: trace.MatchText,
		message: "17:33:16.822 INFO  o.s.Impl#384 TraceID: " + testID + " SpanID: " + testSpan + " [x][error: none]",
	},
	{
		name: "Fluent Bit, merged log",
		doc:  `{"@timestamp":"2024-05-01T10:00:00Z","log":"raw","log_processed":{"trace_id":"` + testID + `","level":"error","msg":"inner","span_id":"` + testSpan + `"},"kubernetes":{"labels":{"app.kubernetes.io/name":"shop"}}}`,
		time: "2024-05-01T10:00:00Z", level: trace.LevelError, raw: "error", message: "inner", span: testSpan, origin: trace.Origin{Service: "shop"},
	},
	{
		name: "Datadog, decimal",
		doc:  `{"@timestamp":"2024-05-01T10:00:00Z","message":"m","dd":{"trace_id":"11579250332281431945","span_id":"1234567890123456789","service":"dog"}}`,
		time: "2024-05-01T10:00:00Z", message: "m", span: "112210f47de98115", origin: trace.Origin{Service: "dog"},
	},
	{
		name: "Dynatrace in text",
		doc:  `{"@timestamp":"2024-05-01T10:00:00Z","message":"[!dt dt.trace_id=` + testID + `,dt.span_id=` + testSpan + `,dt.trace_sampled=true] hi"}`,
		time: "2024-05-01T10:00:00Z", span: testSpan, match: trace.MatchText,
		message: "[!dt dt.trace_id=" + testID + ",dt.span_id=" + testSpan + ",dt.trace_sampled=true] hi",
	},
	{
		name: "gateway, traceparent",
		doc:  `{"@timestamp":"2024-05-01T10:00:00Z","message":"GET /","traceparent":"00-` + testID + `-` + testSpan + `-01"}`,
		time: "2024-05-01T10:00:00Z", message: "GET /", span: testSpan,
	},
	{
		name: "Jaeger header, upper case",
		doc:  `{"@timestamp":"2024-05-01T10:00:00Z","message":"m","uber-trace-id":"7A1C09E2F4B85D36A0B1C2D3E4F56789:00F067AA0BA902B7:0:1"}`,
		time: "2024-05-01T10:00:00Z", message: "m", span: testSpan,
	},
	{
		name: "UUID in an array", doc: `{"time":1714557600,"msg":"m","trace_id":["7a1c09e2-f4b8-5d36-a0b1-c2d3e4f56789"]}`,
		time: "2024-05-01T10:00:00Z", message: "m",
	},
	{
		name: "journald and X-Ray", doc: `{"MESSAGE":"m","PRIORITY":"3","_SOURCE_REALTIME_TIMESTAMP":"1714557600123456","x-amzn-trace-id":"Root=1-7a1c09e2-f4b85d36a0b1c2d3e4f56789;Sampled=1"}`,
		time: "2024-05-01T10:00:00.123456Z", level: trace.LevelError, raw: "3", message: "m",
	},
	{
		name: "log4j instant", doc: `{"instant":{"epochSecond":1714557600,"nanoOfSecond":123456789},"level":"INFO","message":"m","contextMap":{"trace_id":"` + testID + `","span_id":"` + testSpan + `"}}`,
		time: "2024-05-01T10:00:00.123456789Z", level: trace.LevelInfo, raw: "INFO", message: "m", span: testSpan,
	},
	{
		name: "logfmt", doc: `{"time":"2024-05-01T10:00:00Z","log":"ts=x level=error trace_id=` + testID + ` span_id=` + testSpan + ` msg=\"a b\""}`,
		time: "2024-05-01T10:00:00Z", level: trace.LevelError, raw: "error", message: `ts=x level=error trace_id=` + testID + ` span_id=` + testSpan + ` msg="a b"`, span: testSpan, match: trace.MatchText,
	},
	{
		name: "OTLP's own names", doc: `{"timeUnixNano":"1714557600123456789","severityText":"WARN","body":{"stringValue":"m"},"traceId":"` + testID + `","spanId":"` + testSpan + `"}`,
		time: "2024-05-01T10:00:00.123456789Z", level: trace.LevelWarn, raw: "WARN", message: "m", span: testSpan,
	},
	{
		name: "Datadog's status", doc: `{"timestamp":"2024-05-01T10:00:00Z","status":"error","message":"m","dd":{"trace_id":"11579250332281431945"}}`,
		time: "2024-05-01T10:00:00Z", level: trace.LevelError, raw: "error", message: "m",
	},
	{
		name: "access log without a message", doc: `{"start_time":"2024-05-01T10:00:00.123Z","method":"GET","path":"/orders","status":200,"request_id":"` + testID + `"}`,
		time: "2024-05-01T10:00:00.123Z", message: "GET /orders 200",
	},
	{
		name: "nginx JSON", doc: `{"time_iso8601":"2024-05-01T12:00:00+02:00","msec":"1714557600.123","request":"GET / HTTP/1.1","status":"500","request_id":"` + testID + `"}`,
		time: "2024-05-01T10:00:00.123Z", message: "GET / HTTP/1.1",
	},
	{
		name: "App Insights", doc: `{"time":"2024-05-01T10:00:00Z","operation_Id":"` + testID + `","operation_ParentId":"` + testSpan + `","severityLevel":3,"message":"m","cloud_RoleName":"shop"}`,
		time: "2024-05-01T10:00:00Z", level: trace.LevelError, raw: "3", message: "m", span: testSpan, origin: trace.Origin{Service: "shop"},
	},
	{
		name: "header in an ID field", doc: `{"time":"2024-05-01T10:00:00Z","msg":"m","traceId":"7a1c09e2f4b85d36a0b1c2d3e4f56789%3A00f067aa0ba902b7%3A0%3A1"}`,
		time: "2024-05-01T10:00:00Z", message: "m", span: testSpan,
	},
	{
		name: "another's header", doc: `{"time":"2024-05-01T10:00:00Z","msg":"m","trace_id":"` + testID + `","links":[{"traceparent":"00-` + testID + `-1111111111111111-01"}]}`,
		time: "2024-05-01T10:00:00Z", message: "m",
	},
	{
		name: ".NET's console", doc: `{"Timestamp":"2024-05-01T10:00:00.1234567Z","LogLevel":"Error","Message":"m","Scopes":[{"SpanId":"` + testSpan + `","TraceId":"` + testID + `"}]}`,
		time: "2024-05-01T10:00:00.1234567Z", level: trace.LevelError, raw: "Error", message: "m", span: testSpan,
	},
	{
		name: "structlog", doc: `{"timestamp":"2024-05-01T10:00:00Z","event":"m","level":"warning","trace_id":"` + testID + `"}`,
		time: "2024-05-01T10:00:00Z", level: trace.LevelWarn, raw: "warning", message: "m",
	},
	{
		name: "loguru", doc: `{"text":"x","record":{"extra":{"trace_id":"` + testID + `","span_id":"` + testSpan + `"},"level":{"name":"ERROR","no":40},"message":"m","time":{"repr":"2024-05-01 12:00:00.123456+02:00","timestamp":1714557600.123456}}}`,
		time: "2024-05-01T10:00:00.123456Z", level: trace.LevelError, raw: "ERROR", message: "m", span: testSpan,
	},
	{
		name: "containerd's line", doc: `{"@timestamp":"2024-05-01T10:00:09Z","log":"2024-05-01T10:00:08.5Z stderr F {\"time\":\"2024-05-01T10:00:00.5Z\",\"level\":\"error\",\"msg\":\"m\",\"trace_id\":\"` + testID + `\"}"}`,
		time: "2024-05-01T10:00:00.5Z", level: trace.LevelError, raw: "error", message: "m",
	},
	{
		name: "a record that was taken apart", doc: `{"@timestamp":"2024-05-01T10:00:09Z","json":{"time":"2024-05-01T10:00:00.5Z","level":"error","message":"m","traceId":"` + testID + `"},"log":{"level":"info"}}`,
		time: "2024-05-01T10:00:00.5Z", level: trace.LevelError, raw: "error", message: "m",
	},
	{
		name: "line in event.original", doc: `{"@timestamp":"2024-05-01T10:00:00Z","message":"m","event":{"original":"trace=` + testID + ` span_id=` + testSpan + ` m"}}`,
		time: "2024-05-01T10:00:00Z", message: "m", span: testSpan, match: trace.MatchText,
	},
	{
		name: "rsyslog", doc: `{"@timestamp":"2024-05-01T10:00:00Z","host":"h","severity":"err","programname":"shop","syslog":{"priority":3},"message":" m [` + testID + `]"}`,
		time: "2024-05-01T10:00:00Z", level: trace.LevelError, raw: "err", message: "m [" + testID + "]", origin: trace.Origin{Service: "shop", Host: "h"}, match: trace.MatchText,
	},
	{name: "another trace", doc: `{"message":"m","trace_id":"7a1c09e2f4b85d36a0b1c2d3e4f56780"}`, notCarried: true},
	{name: "longer by a digit", doc: `{"message":"m ` + testID + `0"}`, notCarried: true},
	{name: "a UUID sharing its last group", doc: `{"message":"m 00000000-0000-0000-0000-c2d3e4f56789"}`, notCarried: true},
}

func TestProducers(t *testing.T) {
	id, err := trace.ParseID(testID)
	if err != nil {
		t.Fatal(err)
	}
	p := NewParser(NewMatcher(id))
	for _, c := range producers {
		t.Run(c.name, func(t *testing.T) {
			got, ok := p.Parse([]byte(c.doc), "idx", "doc")
			if ok == c.notCarried {
				t.Fatalf("carried = %v", ok)
			}
			if c.notCarried {
				return
			}
			if want := ns(t, c.time); got.Time != want {
				t.Errorf("time %s, want %s", time.Unix(0, got.Time).UTC().Format(time.RFC3339Nano), c.time)
			}
			if got.Level != c.level || got.LevelRaw != c.raw {
				t.Errorf("level %v %q, want %v %q", got.Level, got.LevelRaw, c.level, c.raw)
			}
			if got.Message != c.message {
				t.Errorf("message %q, want %q", got.Message, c.message)
			}
			if got.Span.String() != c.span {
				t.Errorf("span %q, want %q", got.Span, c.span)
			}
			if got.Origin != c.origin {
				t.Errorf("origin %+v, want %+v", got.Origin, c.origin)
			}
			if got.Template != c.template {
				t.Errorf("template %q, want %q", got.Template, c.template)
			}
			if got.Match != c.match {
				t.Errorf("match %v, want %v", got.Match, c.match)
			}
			if string(got.Document) != c.doc || got.Index != "idx" || got.DocID != "doc" || got.Damaged {
				t.Errorf("document, index or ID changed: %+v", got)
			}
		})
	}
}
