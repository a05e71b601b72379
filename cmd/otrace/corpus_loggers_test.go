package main

import "time"

// loggerProducers are the loggers of each language, as they write by default
// or as their documentation shows.
var loggerProducers = []producer{
	{
		name: "the order service", mapping: "dynamic", level: "error", service: "shop",
		doc: `{"timestamp":"<ns>","@timestamp":"<ms>","severity":"error","message":"<text>","service":"shop","trace_id":"<id>","span_id":"<span>","order_id":"ORD-17"}`,
	},

	// Java
	{
		name: "OTel Java agent, MDC", mapping: "dynamic", cut: time.Millisecond, level: "info",
		doc: `{"timestamp":"<epoch ms>","level":"INFO","thread":"main","mdc":{"trace_id":"<id>","span_id":"<span>","trace_flags":"01"},"logger":"shop.Orders","message":"<text>"}`,
	},
	{
		name: "Sleuth", mapping: "keyword", cut: time.Millisecond, level: "warn", service: "shop",
		doc: `{"@timestamp":"<ms>","level":"WARN","service":"shop","traceId":"<id>","spanId":"<span>","parentId":"1111111111111111","exportable":"true","message":"<text>","class":"s.Orders"}`,
	},
	{
		name: "Sleuth, B3 names", mapping: "dynamic", cut: time.Millisecond, level: "warn", service: "shop",
		doc: `{"@timestamp":"<ms+0200>","severity":"WARN","service":"shop","X-B3-TraceId":"<id>","X-B3-SpanId":"<span>","X-Span-Export":"true","message":"<text>"}`,
	},
	{
		name: "Micrometer", mapping: "dynamic", cut: time.Microsecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<us+02>","@version":"1","level":"ERROR","message":"<text>","spring.application.name":"shop","traceId":"<id>","spanId":"<span>"}`,
	},
	{
		name: "Sleuth, [app,T,S]", mapping: "dynamic", inText: true, cut: time.Millisecond, level: "warn",
		doc:     `{"@timestamp":"<ms>","message":"<ms blank>  WARN [shop,<id>,<span>] 1 --- [nio-8080-exec-1] s.Orders : <text>"}`,
		message: "<ms blank>  WARN [shop,<id>,<span>] 1 --- [nio-8080-exec-1] s.Orders : <text>",
	},
	{
		name: "Sleuth, [app,T,S,true]", mapping: "text", inText: true, cut: time.Millisecond, level: "info",
		doc:     `{"@timestamp":"<ms>","message":"<ms blank>  INFO [shop,<id>,<span>,true] 1 --- [nio-8080-exec-1] s.Orders : <text>"}`,
		message: "<ms blank>  INFO [shop,<id>,<span>,true] 1 --- [nio-8080-exec-1] s.Orders : <text>",
	},
	{
		name: "Spring Boot 3, [T-S]", mapping: "logstash", inText: true, forms: hexForms, cut: time.Millisecond, level: "error",
		doc:     `{"@timestamp":"<ms>","message":"<ms+02> ERROR 1 --- [shop] [nio-8080-exec-1] [<id>-<span>] s.Orders : <text>"}`,
		message: "<ms+02> ERROR 1 --- [shop] [nio-8080-exec-1] [<id>-<span>] s.Orders : <text>",
	},
	{
		name: "Logback, traceId=… in a line", mapping: "dynamic", inText: true, cut: time.Millisecond, level: "error",
		doc:     `{"@timestamp":"<ms>","message":"<ms comma> [http-1] ERROR s.Orders traceId=<id>, spanId=<span> - <text>\njava.io.IOException: broken pipe\n\tat s.Orders.pay(Orders.java:17)"}`,
		message: "<ms comma> [http-1] ERROR s.Orders traceId=<id>, spanId=<span> - <text>\njava.io.IOException: broken pipe\n\tat s.Orders.pay(Orders.java:17)",
	},
	{
		name: "logstash-logback-encoder", mapping: "logstash", level: "error",
		doc: `{"@timestamp":"<ns+02>","@version":"1","message":"<text>","logger_name":"s.Orders","thread_name":"http-1","level":"ERROR","level_value":40000,"stack_trace":"x","trace_id":"<id>","span_id":"<span>","HOSTNAME":"web-1"}`,
	},
	{
		name: "logstash-logback-encoder, mdc.", mapping: "keyword", cut: time.Millisecond, level: "debug", service: "shop",
		doc: `{"@timestamp":"<ms+02>","message":"<text>","logger_name":"s.Orders","level":"DEBUG","level_value":10000,"mdc":{"traceId":"<id>","spanId":"<span>"},"appname":"shop"}`,
	},
	{
		name: "log4j2, JsonLayout", mapping: "dynamic", level: "info",
		doc: `{"instant":{"epochSecond":<epoch s>,"nanoOfSecond":<nano>},"thread":"main","level":"INFO","loggerName":"s.Orders","message":"<text>","endOfBatch":false,"contextMap":{"trace_id":"<id>","span_id":"<span>","trace_flags":"01"},"threadId":1,"threadPriority":5}`,
	},
	{
		name: "log4j2, older JsonLayout", mapping: "dynamic", cut: time.Millisecond, level: "fatal",
		doc: `{"timeMillis":<epoch ms>,"thread":"main","level":"FATAL","loggerName":"s.Orders","message":"<text>","contextMap":{"traceId":"<id>","spanId":"<span>"}}`,
	},
	{
		name: "Quarkus", mapping: "dynamic", level: "warn", cut: time.Microsecond,
		doc: `{"timestamp":"<us+02>","sequence":42,"loggerClassName":"org.jboss.logging.Logger","loggerName":"s.Orders","level":"WARN","message":"<text>","threadName":"executor-1","mdc":{"traceId":"<id>","spanId":"<span>","sampled":"true"},"hostName":"web-1"}`,
	},

	// Go
	{
		name: "logrus, trace_id", mapping: "dynamic", cut: time.Second, level: "warn", service: "shop",
		doc: `{"level":"warning","msg":"<text>","time":"<s+02>","service":"shop","trace_id":"<id>","span_id":"<span>"}`,
	},
	{
		name: "logrus, traceID", mapping: "keyword", cut: time.Second, level: "fatal", service: "shop",
		doc: `{"error":"EOF","level":"panic","msg":"<text>","time":"<s>","service":"shop","traceID":"<id>","spanID":"<span>"}`,
	},
	{
		name: "slog, trace_id", mapping: "nanos", level: "error", service: "shop",
		doc: `{"time":"<ns+02>","level":"ERROR+2","source":{"function":"main.pay","file":"/x.go","line":17},"msg":"<text>","service":"shop","trace_id":"<id>","span_id":"<span>"}`,
	},
	{
		name: "slog, traceID", mapping: "dynamic", level: "debug", service: "shop",
		doc: `{"time":"<ns>","level":"DEBUG","msg":"<text>","service":"shop","traceID":"<id>"}`,
	},
	{
		name: "slog, text", mapping: "dynamic", inText: true, cut: time.Millisecond, level: "warn",
		doc:     `{"@timestamp":"<ms>","message":"time=<ms+02> level=WARN msg=\"<text>\" service=shop trace_id=<id> span_id=<span>"}`,
		message: `time=<ms+02> level=WARN msg="<text>" service=shop trace_id=<id> span_id=<span>`,
	},
	{
		name: "zap, trace_id", mapping: "dynamic", cut: time.Microsecond, level: "fatal", service: "shop",
		doc: `{"level":"dpanic","ts":<epoch s,us>,"caller":"x.go:17","msg":"<text>","service":"shop","trace_id":"<id>","span_id":"<span>","stacktrace":"main.pay"}`,
	},
	{
		name: "zap, traceID, ISO 8601", mapping: "logstash", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"level":"ERROR","ts":"<ms+0200>","logger":"orders","caller":"x.go:17","msg":"<text>","service":"shop","traceID":"<id>","spanID":"<span>"}`,
	},
	{
		name: "zerolog, trace_id", mapping: "dynamic", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"level":"error","service":"shop","trace_id":"<id>","span_id":"<span>","error":"EOF","time":<epoch ms>,"message":"<text>"}`,
	},
	{
		name: "zerolog, traceID", mapping: "text", cut: time.Second, level: "trace", service: "shop",
		doc: `{"level":"trace","service":"shop","traceID":"<id>","time":<epoch s>,"message":"<text>"}`,
	},
	{
		name: "klog", mapping: "dynamic", inText: true, cut: time.Millisecond, level: "error",
		doc:     `{"@timestamp":"<ms>","log":"E<klog>       1 server.go:42] \"Refused\" traceID=\"<id>\" spanID=\"<span>\" err=\"EOF\"\n"}`,
		message: `E<klog>       1 server.go:42] "Refused" traceID="<id>" spanID="<span>" err="EOF"`,
	},
	{
		name: "klog, JSON", mapping: "dynamic", cut: time.Microsecond, level: "info",
		doc: `{"ts":<epoch ms,us>,"caller":"server.go:42","msg":"<text>","v":0,"level":"info","trace_id":"<id>","span_id":"<span>"}`,
	},
	{
		name: "Go's log", mapping: "dynamic", inText: true, cut: time.Millisecond,
		doc:     `{"@timestamp":"<ms>","message":"<go> orders.go:17: <text> (trace <id>)"}`,
		message: "<go> orders.go:17: <text> (trace <id>)",
	},

	// Node
	{
		name: "pino, trace_id", mapping: "dynamic", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"level":50,"time":<epoch ms>,"pid":1,"hostname":"web-1","name":"shop","trace_id":"<id>","span_id":"<span>","trace_flags":"01","err":{"type":"Error","message":"EOF","stack":"Error: EOF\n    at x"},"msg":"<text>"}`,
	},
	{
		name: "pino, traceId", mapping: "text", cut: time.Millisecond, level: "warn", service: "shop",
		doc: `{"level":40,"time":<epoch ms>,"hostname":"web-1","name":"shop","traceId":"<id>","msg":"<text>"}`,
	},
	{
		name: "pino, req.id", mapping: "keyword", cut: time.Millisecond, level: "info", service: "shop",
		doc: `{"level":30,"time":<epoch ms>,"hostname":"web-1","name":"shop","req":{"id":"<id>","method":"GET","url":"/orders"},"res":{"statusCode":200},"responseTime":12,"msg":"<text>"}`,
	},
	{
		name: "fastify, reqId", mapping: "dynamic", cut: time.Millisecond, level: "fatal", service: "shop",
		doc: `{"level":60,"time":<epoch ms>,"hostname":"web-1","name":"shop","reqId":"<id>","msg":"<text>"}`,
	},
	{
		name: "bunyan, req_id", mapping: "dynamic", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"name":"shop","hostname":"web-1","pid":1,"level":50,"req_id":"<id>","msg":"<text>","time":"<ms>","v":0}`,
	},
	{
		name: "winston, trace_id", mapping: "dynamic", cut: time.Millisecond, level: "warn", service: "shop",
		doc: `{"level":"warn","message":"<text>","service":"shop","timestamp":"<ms>","trace_id":"<id>","span_id":"<span>"}`,
	},
	{
		name: "winston, correlationId", mapping: "logstash", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"level":"error","message":"<text>","service":"shop","timestamp":"<ms>","correlationId":"<id>"}`,
	},
	{
		name: "winston-elasticsearch", mapping: "dynamic", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<ms>","severity":"error","message":"<text>","fields":{"service":"shop","traceId":"<id>","spanId":"<span>"}}`,
	},

	// .NET
	{
		name: "Serilog, compact", mapping: "dynamic", cut: 100, level: "info",
		doc:     `{"@t":"<100ns>","@mt":"order {Id} was refused","@tr":"<id>","@sp":"<span>","Id":7,"SourceContext":"Shop.Orders"}`,
		message: "order {Id} was refused",
	},
	{
		name: "Serilog, compact, rendered", mapping: "keyword", cut: 100, level: "error", service: "shop",
		doc: `{"@t":"<100ns>","@m":"<text>","@i":"b2a5c7f1","@l":"Error","@x":"System.IO.IOException: EOF","@tr":"<id>","@sp":"<span>","Application":"shop"}`,
	},
	{
		name: "Serilog, TraceId property", mapping: "text", cut: 100, level: "warn", service: "shop",
		doc: `{"@t":"<100ns+02>","@m":"<text>","@l":"Warning","TraceId":"<id>","SpanId":"<span>","Application":"shop"}`,
	},
	{
		name: "Serilog, full", mapping: "dynamic", cut: 100, level: "fatal", service: "shop",
		doc: `{"Timestamp":"<100ns+02>","Level":"Fatal","MessageTemplate":"order {Id} was refused","TraceId":"<id>","SpanId":"<span>","RenderedMessage":"<text>","Properties":{"Id":7,"Application":"shop"}}`,
	},
	{
		name: "Serilog, full, in Properties", mapping: "dynamic", cut: 100, level: "trace", service: "shop",
		doc: `{"Timestamp":"<100ns+02>","Level":"Verbose","MessageTemplate":"order {Id} was refused","RenderedMessage":"<text>","Properties":{"Id":7,"Application":"shop","TraceId":"<id>","SpanId":"<span>"}}`,
	},
	{
		name: "Serilog, Elasticsearch sink", mapping: "logstash", cut: 100, level: "error",
		doc: `{"@timestamp":"<100ns+02>","level":"Error","messageTemplate":"order {Id} was refused","message":"<text>","fields":{"Id":7,"ElasticApmTraceId":"<id>","ElasticApmTransactionId":"<span>","SourceContext":"Shop.Orders"}}`,
	},
	{
		name: "Serilog, ElasticApmTraceId", mapping: "dynamic", cut: 100, level: "info",
		doc: `{"@t":"<100ns>","@m":"<text>","@mt":"order {Id} was refused","ElasticApmTraceId":"<id>","ElasticApmTransactionId":"1111111111111111","ElasticApmSpanId":"<span>"}`,
	},
	{
		name: ".NET console, JSON", mapping: "dynamic", cut: 100, level: "error",
		doc: `{"EventId":17,"Timestamp":"<100ns>","LogLevel":"Error","Category":"Shop.Orders","Message":"<text>","State":{"Message":"<text>","Id":7,"{OriginalFormat}":"order {Id} was refused"},"Scopes":[{"Message":"SpanId:<span>, TraceId:<id>, ParentId:0000000000000000","SpanId":"<span>","TraceId":"<id>","ParentId":"0000000000000000"}]}`,
	},
	{
		name: ".NET console, line", mapping: "dynamic", inText: true, cut: time.Millisecond, level: "error",
		doc:     `{"@timestamp":"<ms>","message":"fail: Shop.Orders[17] => SpanId:<span>, TraceId:<id>, ParentId:0000000000000000 => <text>"}`,
		message: "fail: Shop.Orders[17] => SpanId:<span>, TraceId:<id>, ParentId:0000000000000000 => <text>",
	},
	{
		name: "NLog", mapping: "dynamic", cut: 100 * time.Microsecond, level: "warn", service: "shop",
		doc: `{"time":"<100us blank>","level":"WARN","logger":"Shop.Orders","message":"<text>","application":"shop","traceId":"<id>","spanId":"<span>"}`,
	},

	// Python
	{
		name: "OTel Python", mapping: "dynamic", cut: time.Millisecond, level: "fatal", service: "shop",
		doc: `{"asctime":"<ms comma>","levelname":"CRITICAL","levelno":50,"name":"shop.orders","message":"<text>","otelTraceID":"<id>","otelSpanID":"<span>","otelTraceSampled":true,"otelServiceName":"shop"}`,
	},
	{
		name: "OTel Python, line", mapping: "dynamic", inText: true, cut: time.Millisecond, level: "error",
		doc:     `{"@timestamp":"<ms>","message":"<ms comma> ERROR [shop.orders] [orders.py:42] [trace_id=<id> span_id=<span> resource.service.name=shop trace_sampled=True] - <text>"}`,
		message: "<ms comma> ERROR [shop.orders] [orders.py:42] [trace_id=<id> span_id=<span> resource.service.name=shop trace_sampled=True] - <text>",
	},
	{
		name: "structlog", mapping: "dynamic", cut: time.Microsecond, level: "warn",
		doc: `{"trace_id":"<id>","span_id":"<span>","event":"<text>","logger":"shop.orders","level":"warning","timestamp":"<us>"}`,
	},
	{
		name: "python-json-logger", mapping: "logstash", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"asctime":"<ms comma>","name":"shop.orders","levelname":"ERROR","message":"<text>","service":"shop","correlation_id":"<id>","exc_info":"Traceback (most recent call last):\n"}`,
	},
	{
		name: "loguru", mapping: "dynamic", cut: time.Microsecond, level: "error", service: "shop",
		doc: `{"text":"<us blank> | ERROR    | shop:pay:17 - <text>\n","record":{"elapsed":{"repr":"0:00:01","seconds":1.0},"exception":null,"extra":{"trace_id":"<id>","span_id":"<span>"},"file":{"name":"shop.py","path":"/shop.py"},"function":"pay","level":{"icon":"x","name":"ERROR","no":40},"line":17,"message":"<text>","module":"shop","name":"shop","process":{"id":1,"name":"MainProcess"},"thread":{"id":1,"name":"MainThread"},"time":{"repr":"<us blank+02>","timestamp":<epoch s,us>}}}`,
	},

	// Ruby, PHP, Rust, Elixir
	{
		name: "Rails, lograge", mapping: "dynamic", cut: time.Millisecond,
		doc:     `{"method":"GET","path":"/orders","format":"json","controller":"OrdersController","action":"index","status":200,"duration":12.3,"view":4.1,"request_id":"<id>","@timestamp":"<ms>","@version":"1","message":"[200] GET /orders (OrdersController#index)"}`,
		message: "[200] GET /orders (OrdersController#index)",
	},
	{
		name: "Rails, lograge, key=value", mapping: "logstash", inText: true, cut: time.Millisecond,
		doc:     `{"@timestamp":"<ms>","message":"method=GET path=/orders format=json controller=OrdersController action=index status=200 duration=12.30 request_id=<id>"}`,
		message: "method=GET path=/orders format=json controller=OrdersController action=index status=200 duration=12.30 request_id=<id>",
	},
	{
		name: "Rails, tagged", mapping: "text", inText: true, cut: time.Millisecond, level: "warn",
		doc:     `{"@timestamp":"<ms>","message":"W, [2024-05-01T10:00:00.123456 #42]  WARN -- : [<id>] <text>"}`,
		message: "W, [2024-05-01T10:00:00.123456 #42]  WARN -- : [<id>] <text>",
	},
	{
		name: "Semantic Logger", mapping: "dynamic", cut: time.Microsecond, level: "error", service: "shop",
		doc: `{"host":"web-1","application":"shop","environment":"production","timestamp":"<us>","level":"error","level_index":4,"pid":1,"thread":"puma 1","name":"OrdersController","message":"<text>","named_tags":{"request_id":"<id>"}}`,
	},
	{
		name: "Monolog", mapping: "dynamic", cut: time.Microsecond, level: "error",
		doc: `{"message":"<text>","context":{"id":7},"level":400,"level_name":"ERROR","channel":"orders","datetime":"<us+02>","extra":{"trace_id":"<id>","span_id":"<span>"}}`,
	},
	{
		name: "Rust, tracing", mapping: "dynamic", cut: time.Microsecond, level: "warn",
		doc: `{"timestamp":"<us>","level":"WARN","fields":{"message":"<text>","trace_id":"<id>","attempt":2},"target":"shop::orders","span":{"name":"pay"},"spans":[{"name":"http"},{"name":"pay"}]}`,
	},
	{
		name: "Elixir, LoggerJSON", mapping: "dynamic", cut: time.Microsecond, level: "error",
		doc: `{"time":"<us>","severity":"error","message":"<text>","metadata":{"trace_id":"<id>","span_id":"<span>","request_id":"F1x"}}`,
	},
}
