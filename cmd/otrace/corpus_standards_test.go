package main

import "time"

// standardProducers write the schemas that several products share: ECS,
// OpenTelemetry's, GELF, and those of the clouds and of monitoring products.
var standardProducers = []producer{
	{
		name: "ECS, nested", mapping: "ecs", cut: time.Millisecond, level: "warn", service: "shop",
		doc: `{"@timestamp":"<ms>","log":{"level":"WARN","logger":"shop.orders"},"message":"<text>","service":{"name":"shop"},"trace":{"id":"<id>"},"transaction":{"id":"1111111111111111"},"span":{"id":"<span>"},"ecs":{"version":"8.11.0"}}`,
	},
	{
		name: "ECS, dotted (ecs-logging)", mapping: "dynamic", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<ms>","log.level":"ERROR","message":"<text>","ecs.version":"1.2.0","service.name":"shop","event.dataset":"shop","process.thread.name":"http-1","log.logger":"shop.orders","trace.id":"<id>","span.id":"<span>","error.type":"java.io.IOException","error.message":"broken pipe","error.stack_trace":"java.io.IOException: broken pipe\n\tat x"}`,
	},
	{
		name: "ECS, transaction only (APM Node)", mapping: "ecs", cut: time.Millisecond, level: "info", service: "shop",
		doc: `{"@timestamp":"<ms>","log.level":"info","message":"<text>","service.name":"shop","trace.id":"<id>","transaction.id":"<span>"}`,
	},
	{
		name: "ECS, line in event.original", mapping: "logstash", inText: true, cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<ms>","log":{"level":"error"},"message":"<text>","service":{"name":"shop"},"event":{"original":"10:00:00 ERROR trace=<id> span_id=<span> <text>"}}`,
	},
	{
		name: "OTel exporter, otel", mapping: "otel", level: "error", service: "shop",
		doc: `{"@timestamp":"<epoch ms,ns>","observed_timestamp":"<epoch ms,ns>","trace_id":"<id>","span_id":"<span>","severity_text":"Error","severity_number":17,"body":{"text":"<text>"},"attributes":{"exception.type":"IOException","exception.message":"broken pipe"},"resource":{"attributes":{"service.name":"shop","host.name":"node-1"}},"scope":{"name":"shop.orders"},"data_stream":{"type":"logs","dataset":"generic.otel","namespace":"default"}}`,
	},
	{
		name: "OTel exporter, otel, structured", mapping: "otel", level: "warn", service: "shop",
		doc: `{"@timestamp":"<epoch ms,ns>","trace_id":"<id>","span_id":"<span>","severity_number":13,"body":{"structured":{"message":"<text>","attempt":2}},"resource":{"attributes":{"service.name":"shop"}}}`,
	},
	{
		name: "OTel exporter, otel, older", mapping: "dynamic", level: "info", service: "shop",
		doc: `{"@timestamp":"<ns>","trace_id":"<id>","span_id":"<span>","severity_text":"INFO","severity_number":9,"body_text":"<text>","attributes":{"code.function":"pay"},"resource":{"attributes":{"service.name":"shop"}}}`,
	},
	{
		name: "OTel exporter, ecs", mapping: "ecs", level: "error", service: "shop",
		doc: `{"@timestamp":"<ns>","trace.id":"<id>","span.id":"<span>","log.level":"ERROR","event.severity":17,"message":"<text>","service.name":"shop","error.stacktrace":"x","agent.name":"otlp/go"}`,
	},
	{
		name: "OTel exporter, none", mapping: "dynamic", level: "error", service: "shop",
		doc: `{"@timestamp":"<ns>","TraceId":"<id>","SpanId":"<span>","TraceFlags":1,"SeverityText":"ERROR","SeverityNumber":17,"Body":"<text>","Attributes":{"http":{"method":"GET"}},"Resource":{"service":{"name":"shop"}},"Scope":{"name":"x"}}`,
	},
	{
		name: "OTel exporter, raw", mapping: "keyword", level: "debug", service: "shop",
		doc: `{"@timestamp":"<ns>","TraceId":"<id>","SpanId":"<span>","SeverityText":"Debug","SeverityNumber":5,"Body":"<text>","http.method":"GET","Resource.service.name":"shop"}`,
	},
	{
		name: "OTel, OTLP JSON names", mapping: "text", level: "fatal", service: "shop",
		doc: `{"timeUnixNano":"<epoch ns>","observedTimeUnixNano":"<epoch ns>","traceId":"<id>","spanId":"<span>","severityText":"FATAL","severityNumber":21,"body":{"stringValue":"<text>"},"resource":{"service.name":"shop"}}`,
	},
	{
		name: "GELF", mapping: "dynamic", cut: time.Millisecond, level: "error",
		doc: `{"version":"1.1","host":"web-1","short_message":"<text>","full_message":"<text>\nat x","timestamp":<epoch s,ms>,"level":3,"_traceId":"<id>","_spanId":"<span>"}`,
	},
	{
		name: "Datadog, fields", mapping: "dynamic", cut: time.Millisecond, level: "warn", service: "shop",
		doc: `{"timestamp":"<ms>","status":"warn","message":"<text>","service":"shop","hostname":"web-1","dd":{"trace_id":"<id>","span_id":"<span decimal>","env":"prod"}}`,
	},
	{
		name: "Datadog, dotted keywords", mapping: "keyword", cut: time.Millisecond, level: "info", service: "shop",
		doc: `{"@timestamp":"<ms>","level":"info","message":"<text>","dd.trace_id":"<id>","dd.span_id":"<span decimal>","dd.service":"shop"}`,
	},
	{
		name: "Datadog, numbers", mapping: "keyword", cut: time.Millisecond, level: "info", service: "shop", forms: []string{"decimal"},
		doc: `{"@timestamp":"<ms>","level":"info","message":"<text>","dd":{"trace_id":<id>,"span_id":<span decimal>,"service":"shop"}}`,
	},
	{
		name: "Datadog, in text", mapping: "dynamic", inText: true, cut: time.Millisecond, level: "error",
		doc:     `{"@timestamp":"<ms>","message":"<ms comma> ERROR [orders] [api.py:42] [dd.service=shop dd.env=prod dd.version=1 dd.trace_id=<id> dd.span_id=<span decimal>] - <text>"}`,
		message: "<ms comma> ERROR [orders] [api.py:42] [dd.service=shop dd.env=prod dd.version=1 dd.trace_id=<id> dd.span_id=<span decimal>] - <text>",
	},
	{
		name: "Dynatrace, fields", mapping: "keyword", cut: time.Millisecond, level: "warn", service: "shop",
		doc: `{"timestamp":"<ms>","loglevel":"WARN","content":"<text>","dt.trace_id":"<id>","dt.span_id":"<span>","service.name":"shop"}`,
	},
	{
		name: "Dynatrace, in text", mapping: "logstash", inText: true, cut: time.Millisecond, level: "error",
		doc:     `{"@timestamp":"<ms>","message":"<ms comma> ERROR [!dt dt.trace_id=<id>,dt.span_id=<span>,dt.trace_sampled=true] <text>"}`,
		message: "<ms comma> ERROR [!dt dt.trace_id=<id>,dt.span_id=<span>,dt.trace_sampled=true] <text>",
	},
	{
		name: "New Relic, logs in context", mapping: "dynamic", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"timestamp":<epoch ms>,"log.level":"ERROR","message":"<text>","trace.id":"<id>","span.id":"<span>","entity.name":"shop","service.name":"shop","hostname":"web-1"}`,
	},
	{
		name: "GCP, trace resource name", mapping: "dynamic", level: "error",
		doc: `{"time":"<ns>","severity":"ERROR","message":"<text>","logging.googleapis.com/trace":"projects/shop-prod/traces/<id>","logging.googleapis.com/spanId":"<span>","logging.googleapis.com/trace_sampled":true}`,
	},
	{
		name: "GCP, LogEntry", mapping: "dynamic", level: "fatal", service: "shop",
		doc: `{"insertId":"1x","jsonPayload":{"message":"<text>","attempt":2},"resource":{"type":"k8s_container","labels":{"container_name":"server","pod_name":"shop-5b67c48447-mv5hb"}},"timestamp":"<ns>","receiveTimestamp":"<late>","severity":"CRITICAL","trace":"projects/shop-prod/traces/<id>","spanId":"<span>"}`,
	},
	{
		name: "Azure, App Insights", mapping: "dynamic", level: "error", cut: 100, service: "shop",
		doc: `{"time":"<100ns>","operation_Id":"<id>","operation_ParentId":"<span>","severityLevel":3,"message":"<text>","cloud_RoleName":"shop","itemType":"trace"}`,
	},
	{
		name: "AWS, X-Ray header", mapping: "dynamic", cut: time.Millisecond, level: "info", service: "shop",
		doc: `{"@timestamp":"<ms>","level":"INFO","message":"<text>","service":"shop","x-amzn-trace-id":"Root=<id>;Parent=53995c3f42cd8ad8;Sampled=1"}`,
	},
	{
		name: "AWS, X-Ray header as keyword", mapping: "keyword", cut: time.Millisecond, level: "info", service: "shop", forms: []string{"xray"},
		doc: `{"@timestamp":"<ms>","level":"INFO","message":"<text>","service":"shop","x-amzn-trace-id":"Root=<id>;Parent=53995c3f42cd8ad8;Sampled=1"}`,
	},
	{
		name: "AWS, Lambda Powertools", mapping: "dynamic", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"level":"ERROR","location":"handler:17","message":"<text>","timestamp":"<ms comma+0200>","service":"shop","cold_start":true,"function_request_id":"c6af9ac6-7b61-11e6-9a41-93e8deadbeef","xray_trace_id":"<id>"}`,
	},
	{
		name: "AWS, Lambda line in CloudWatch", mapping: "dynamic", inText: true, cut: time.Millisecond, level: "error",
		doc:     `{"@id":"37","@timestamp":"<ms>","@message":"<ms>\t<id>\tERROR\t<text>\n","@owner":"123456789012","@log_group":"/aws/lambda/shop","@log_stream":"2024/05/01/[$LATEST]9f"}`,
		message: "<ms>\t<id>\tERROR\t<text>",
	},
	{
		name: "AWS, Lambda's start and report", mapping: "text", inText: true, cut: time.Millisecond,
		doc:     `{"@id":"37","@timestamp":"<ms>","@message":"REPORT RequestId: <id>\tDuration: 102.25 ms\tBilled Duration: 103 ms\tMemory Size: 128 MB\n","@log_group":"/aws/lambda/shop"}`,
		message: "REPORT RequestId: <id>\tDuration: 102.25 ms\tBilled Duration: 103 ms\tMemory Size: 128 MB",
	},
	{
		name: "AWS, CloudWatch's JSON fields", mapping: "dynamic", cut: time.Millisecond, level: "warn",
		doc: `{"@timestamp":"<ms blank>","@logStream":"shop/1","@requestId":"<id>","level":"WARN","message":"<text>"}`,
	},
	{
		name: "AWS, API Gateway", mapping: "dynamic", cut: time.Second, message: "GET /orders 200",
		doc: `{"requestId":"<id>","ip":"10.0.0.1","requestTime":"<clf>","httpMethod":"GET","path":"/orders","status":"200","protocol":"HTTP/1.1","responseLength":"58"}`,
	},
}
