package logdoc

import (
	"strings"
	"testing"

	"github.com/otrace/otrace/internal/trace"
)

const javaStack = `java.net.SocketTimeoutException: Read timed out\n\tat com.shop.Pay.call(Pay.java:17)\n\tat com.shop.Main.main(Main.java:3)`

const pythonStack = `Traceback (most recent call last):\n  File \"/app/pay.py\", line 17, in pay\n    raise ValueError(x)\nValueError: no such order`

// errorDocs is one document for each way in which loggers write exceptions, and
// what it must be read as; stack is how the stack begins.
var errorDocs = []struct {
	name, doc           string
	kind, reason, stack string
	none                bool
}{
	{name: "ECS, nested", doc: `{"log":{"level":"ERROR"},"message":"m","error":{"type":"java.io.IOException","message":"pipe","stack_trace":"` + javaStack + `"}}`, kind: "java.io.IOException", reason: "pipe", stack: "java.net"},
	{name: "ECS, dotted", doc: `{"log.level":"ERROR","message":"m","error.type":"E","error.message":"pipe","error.stack_trace":"at x"}`, kind: "E", reason: "pipe", stack: "at x"},
	{name: "OTel attributes", doc: `{"severity_number":17,"body":{"text":"boom"},"attributes":{"exception.type":"IOError","exception.message":"disk","exception.stacktrace":"s"}}`, kind: "IOError", reason: "disk", stack: "s"},
	{name: "OTel, raw mode", doc: `{"SeverityText":"ERROR","Body":"boom","Attributes":{"exception":{"type":"IOError","message":"disk","stacktrace":"s"}}}`, kind: "IOError", reason: "disk", stack: "s"},
	{name: "OTel, ecs mode", doc: `{"log.level":"ERROR","message":"m","error.stacktrace":"` + javaStack + `"}`, kind: "java.net.SocketTimeoutException", reason: "Read timed out", stack: "java.net"},
	{name: "Logback", doc: `{"level":"ERROR","level_value":40000,"message":"m","stack_trace":"` + javaStack + `","throwable_class":"SocketTimeoutException"}`, kind: "SocketTimeoutException", reason: "Read timed out", stack: "java.net"},
	{name: "logstash layout", doc: `{"level":"ERROR","message":"m","exception":{"exception_class":"a.B","exception_message":"c","stacktrace":"a.B: c\n\tat d"}}`, kind: "a.B", reason: "c", stack: "a.B: c"},
	{name: "log4j, frames as text", doc: `{"level":"ERROR","message":"m","thrown":{"name":"a.B","message":"c","extendedStackTrace":"a.B: c\n\tat d"}}`, kind: "a.B", reason: "c", stack: "a.B: c"},
	{name: "log4j, frames as objects", doc: `{"level":"ERROR","message":"m","thrown":{"name":"a.B","message":"c","extendedStackTrace":[{"class":"a.C","method":"d","file":"C.java","line":7},{"class":"a.E","method":"f"}]}}`, kind: "a.B", reason: "c", stack: "\tat a.C.d(C.java:7)\n\tat a.E.f"},
	{name: "pino", doc: `{"level":50,"msg":"m","err":{"type":"TypeError","message":"x is undefined","stack":"TypeError: x is undefined\n    at pay (/app/a.js:1:2)"}}`, kind: "TypeError", reason: "x is undefined", stack: "TypeError:"},
	{name: "winston", doc: `{"level":"error","message":"m","stack":"RangeError: too far\n    at pay (/app/a.js:1:2)"}`, kind: "RangeError", reason: "too far", stack: "RangeError:"},
	{name: "bunyan", doc: `{"level":60,"msg":"m","err":{"name":"TypeError","message":"x","stack":"TypeError: x\n    at y"}}`, kind: "TypeError", reason: "x", stack: "TypeError: x"},
	{name: "python-json-logger", doc: `{"levelname":"ERROR","message":"m","exc_info":"` + pythonStack + `"}`, kind: "ValueError", reason: "no such order", stack: "Traceback"},
	{name: "structlog", doc: `{"level":"error","event":"m","exception":"` + pythonStack + `"}`, kind: "ValueError", reason: "no such order", stack: "Traceback"},
	{name: "loguru", doc: `{"text":"x","record":{"level":{"name":"ERROR"},"message":"m","exception":{"type":"ValueError","value":"no such order","traceback":true}}}`, kind: "ValueError", reason: "no such order"},
	{name: "Serilog compact", doc: `{"@t":"2024-05-01T10:00:00Z","@mt":"m","@l":"Error","@x":"System.TimeoutException: late\n   at Shop.Pay()"}`, kind: "System.TimeoutException", reason: "late", stack: "System.TimeoutException: late\n   at"},
	{name: "Serilog for Elasticsearch", doc: `{"level":"Error","message":"m","exceptions":[{"ClassName":"System.TimeoutException","Message":"late","StackTraceString":"   at Shop.Pay()"}]}`, kind: "System.TimeoutException", reason: "late", stack: "at Shop"},
	{name: ".NET without a newline", doc: `{"LogLevel":"Error","Message":"m","Exception":"System.TimeoutException: late"}`, kind: "System.TimeoutException", reason: "late"},
	{name: "logrus", doc: `{"level":"error","msg":"m","error":"dial tcp: refused"}`, reason: "dial tcp: refused"},
	{name: "zap", doc: `{"level":"error","msg":"m","error":"late","errorVerbose":"late\nmain.pay\n\t/app/pay.go:17","stacktrace":"main.main\n\t/app/main.go:3"}`, reason: "late", stack: "late\nmain.pay"},
	{name: "zerolog's frames", doc: `{"level":"error","message":"m","error":"late","stack":[{"func":"pay","line":"17","source":"pay.go"}]}`, reason: "late", stack: "\tat pay(pay.go:17)"},
	{name: "Monolog", doc: `{"level":400,"message":"m","context":{"exception":{"class":"Shop\\Late","message":"late","trace":["/app/a.php:1","/app/b.php:2"]}}}`, kind: `Shop\Late`, reason: "late", stack: "/app/a.php:1\n/app/b.php:2"},
	{name: "Ruby", doc: `{"level":"ERROR","message":"m","backtrace":"app.rb:3:in 'pay': late (Shop::Late)\n\tfrom app.rb:9:in 'main'"}`, kind: "Shop::Late", reason: "late", stack: "app.rb"},
	{name: "Go's panic, glued to its message", doc: `{"level":"error","message":"recovered\ngoroutine 7 [running]:\nmain.pay()\n\t/app/pay.go:17\npanic({0x1})"}`, kind: "panic", stack: "goroutine 7"},
	{name: "a whole panic in a line", doc: `{"log":"panic: runtime error: index out of range\n\ngoroutine 1 [running]:\nmain.main()\n","level":"fatal"}`, kind: "panic", reason: "runtime error: index out of range", stack: "panic:"},
	{name: "a stack glued behind the message", doc: `{"level":"ERROR","message":"cannot pay\n` + javaStack + `"}`, kind: "java.net.SocketTimeoutException", reason: "Read timed out", stack: "java.net"},
	{name: "several lines without a stack", doc: `{"level":"ERROR","message":"cannot pay:\norder 17\norder 18"}`},
	{name: "nested JSON", doc: `{"log":"{\"level\":\"error\",\"msg\":\"m\",\"err\":{\"type\":\"TypeError\",\"message\":\"x\",\"stack\":\"TypeError: x\\n    at y\"}}\n","stream":"stderr"}`, kind: "TypeError", reason: "x", stack: "TypeError: x"},
	{name: "JSON in a payload is none of the log's", doc: `{"level":"error","message":"m","payload":"{\"error\":{\"type\":\"T\",\"message\":\"x\"}}"}`},
	{name: "the team's own names", doc: `{"level":"error","message":"m","fehler":"kaputt","keller":"at x"}`, reason: "kaputt", stack: "at x"},
	{name: "no level, an exception", doc: `{"message":"m","exception":{"type":"T","message":"x"}}`, kind: "T", reason: "x"},
	{name: "no level, no error", doc: `{"message":"m","error":null,"err":"none","stack":"production"}`, none: true},
	{name: "no level, error is a number", doc: `{"message":"m","error":0}`, none: true},
	{name: "a warning with an exception", doc: `{"level":"WARN","message":"m","exception":{"type":"T","message":"x"}}`, none: true},
	{name: "an info line of a reporter", doc: `{"log":"2024-05-01 10:00:00 INFO o.s.X errors: none","stack_trace":"x"}`, none: true},
	{name: "klog", doc: `{"log":"E0501 10:00:00.000000 1 x.go:17] boom\n"}`},
	{name: "not JSON", doc: `ERROR boom`},
}

func TestErrorLogs(t *testing.T) {
	p := NewErrorParser("")
	p.Use(Fields{"error": {"fehler"}, "stack": {"keller"}})
	for _, c := range errorDocs {
		l, ok := p.Parse([]byte(c.doc), "idx", "1")
		if ok == c.none {
			t.Errorf("%s: taken %v", c.name, ok)
		}
		if !ok {
			continue
		}
		e := p.ErrorLog(l)
		if e.Type != c.kind || e.Reason != c.reason || !strings.HasPrefix(e.Stack, c.stack) || c.stack == "" && e.Stack != "" {
			t.Errorf("%s: %q, %q, %q", c.name, e.Type, e.Reason, e.Stack)
		}
		if want := Parse([]byte(c.doc), "idx", "1").Message; want != "kaputt" && e.Message != want {
			t.Errorf("%s: the message is %q, not %q", c.name, e.Message, want)
		}
	}
}

// TestErrorLogsOfProducers takes of all producers' logs those of error or worse,
// and finds the trace that each belongs to.
func TestErrorLogsOfProducers(t *testing.T) {
	p := NewErrorParser("")
	taken := 0
	for _, c := range producers {
		l, ok := p.Parse([]byte(c.doc), "", "")
		if c.notCarried {
			continue
		}
		if ok != (c.level >= trace.LevelError) {
			t.Errorf("%s: taken %v", c.name, ok)
		}
		if !ok {
			continue
		}
		taken++
		noKey := c.name == "rsyslog" // before the ID in its text
		if e := p.ErrorLog(l); e.TraceID.IsZero() != noKey || e.Message != c.message || e.Origin != c.origin {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
	if taken < 10 {
		t.Errorf("%d of the producers' logs are errors", taken)
	}
}

func TestErrorLogsOfAService(t *testing.T) {
	p := NewErrorParser("payment")
	for doc, want := range map[string]bool{
		`{"level":"error","service":"payment","message":"m"}`:                                           true,
		`{"level":"error","service":"order","message":"payment failed"}`:                                false,
		`{"level":"error","kubernetes":{"pod_name":"payment-5b67c48447-mv5hb"},"message":"m"}`:          true,
		`{"level":"info","service":"payment","message":"m"}`:                                            false,
		`{"service":"payment","message":"m","error":{"stack_trace":"x.Y: z\n\tat x","message":"late"}}`: true,
	} {
		if _, ok := p.Parse([]byte(doc), "", ""); ok != want {
			t.Errorf("%s: %v", doc, ok)
		}
	}
}

// TestTellsError knows the names of fields as the parser reads them.
func TestTellsError(t *testing.T) {
	f := Fields{"stack": {"my.keller"}}
	for name, want := range map[string]bool{
		"error.stack_trace": true, "attributes.exception.type": true, "labels.err.stack": true, "@x": true, "my.keller": true, "error": true,
		"message": false, "error_count": false, "game.error.type": false, "exc_info": true, "context.exception.class": true,
	} {
		if f.TellsError(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}

func BenchmarkErrorLogs(b *testing.B) {
	doc := []byte(`{"@timestamp":"2024-05-01T10:00:00.123Z","log.level":"ERROR","message":"cannot pay order 17","service.name":"payment","trace.id":"` + testID + `","error":{"type":"java.net.SocketTimeoutException","message":"Read timed out","stack_trace":"` + javaStack + `"}}`)
	p := NewErrorParser("")
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		l, ok := p.Parse(doc, "logs", "1")
		if !ok || p.ErrorLog(l).Type == "" {
			b.Fatal("no error")
		}
	}
}
