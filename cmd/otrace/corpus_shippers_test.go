package main

import "time"

// shipperProducers are what collectors make of a program's lines, and proxies
// that write about requests.
var shipperProducers = []producer{
	// Kubernetes
	{
		name: "Fluent Bit, JSON in log", mapping: "logstash", cut: time.Microsecond, level: "info", service: "shop",
		doc: `{"@timestamp":"<late>","log":"{\"timestamp\": \"<us>\", \"severity\": \"INFO\", \"name\": \"shop-server\", \"message\": \"<text>\", \"trace_id\": \"<id>\", \"span_id\": \"<span>\"}\n","stream":"stdout","kubernetes":{"pod_name":"shop-6cfdd55578-gfj6q","namespace_name":"default","container_name":"server","host":"node-3"}}`,
	},
	{
		name: "Fluent Bit, log_processed", mapping: "dynamic", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<late>","log":"{\"time\":\"<ms>\",\"level\":\"error\",\"msg\":\"<text>\",\"trace_id\":\"<id>\",\"span_id\":\"<span>\"}","log_processed":{"time":"<ms>","level":"error","msg":"<text>","trace_id":"<id>","span_id":"<span>"},"kubernetes":{"labels":{"app":"shop"},"host":"node-3"}}`,
	},
	{
		name: "Fluent Bit, log_processed alone", mapping: "dynamic", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<late>","log_processed":{"time":"<ms>","level":"error","msg":"<text>","traceId":"<id>","spanId":"<span>"},"kubernetes":{"labels":{"app.kubernetes.io/name":"shop"}}}`,
	},
	{
		name: "Fluentd, JSON in JSON", mapping: "dynamic", cut: time.Microsecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<late>","log":"{\"log\":\"{\\\"ts\\\":<epoch s,us>,\\\"level\\\":\\\"error\\\",\\\"msg\\\":\\\"<text>\\\",\\\"traceId\\\":\\\"<id>\\\",\\\"spanId\\\":\\\"<span>\\\"}\\n\",\"stream\":\"stderr\"}","kubernetes":{"labels":{"app":"shop"}}}`,
	},
	{
		name: "Fluentd, ID in JSON's message", mapping: "dynamic", inText: true, cut: time.Microsecond, level: "info", service: "shop",
		doc:     `{"log":"{\"timestamp\": \"<us>\", \"severity\": \"INFO\", \"message\": \"TraceID: <id> SpanID: <span> <text>\"}\n","time":"<late>","kubernetes":{"pod_name":"shop-6cfdd55578-gfj6q","container_name":"server"}}`,
		message: "TraceID: <id> SpanID: <span> <text>",
	},
	{
		name: "Fluentd, plain line", mapping: "text", inText: true, level: "info", service: "shop",
		doc:     `{"log":"17:33:16.822 INFO  o.s.Impl#384 TraceID: <id> SpanID: <span> <text>\n","time":"<ns>","stream":"stdout","kubernetes":{"pod_name":"shop-0"}}`,
		message: "17:33:16.822 INFO  o.s.Impl#384 TraceID: <id> SpanID: <span> <text>",
	},
	{
		name: "Fluentd, logfmt", mapping: "dynamic", inText: true, level: "warn",
		doc:     `{"log":"ts=<ms> caller=x.go:17 level=warn msg=\"<text>\" traceID=<id> spanID=<span>\n","time":"<ns>"}`,
		message: `ts=<ms> caller=x.go:17 level=warn msg="<text>" traceID=<id> spanID=<span>`,
	},
	{
		name: "Fluentd, JSON at the root", mapping: "logstash", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"level":"error","msg":"<text>","trace_id":"<id>","span_id":"<span>","@timestamp":"<ms>","stream":"stderr","docker":{"container_id":"4a5b"},"kubernetes":{"container_name":"server","pod_name":"shop-6cfdd55578-gfj6q","labels":{"k8s-app":"shop"}},"tag":"kubernetes.var.log"}`,
	},
	{
		name: "containerd's line, JSON", mapping: "dynamic", cut: time.Microsecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<late>","log":"<ns> stderr F {\"time\":\"<us>\",\"level\":\"error\",\"msg\":\"<text>\",\"trace_id\":\"<id>\",\"span_id\":\"<span>\"}","kubernetes":{"labels":{"app":"shop"}}}`,
	},
	{
		name: "Vector", mapping: "dynamic", cut: time.Millisecond, level: "warn", service: "shop",
		doc: `{"file":"/var/log/pods/x","kubernetes":{"container_name":"server","pod_name":"shop-0","pod_labels":{"app":"shop"}},"message":"{\"ts\":\"<ms>\",\"level\":\"warn\",\"msg\":\"<text>\",\"trace_id\":\"<id>\",\"span_id\":\"<span>\"}","source_type":"kubernetes_logs","stream":"stdout","timestamp":"<late>"}`,
	},
	{
		name: "Filebeat, JSON in message", mapping: "ecs", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<late>","agent":{"type":"filebeat","name":"node-3"},"input":{"type":"container"},"log":{"file":{"path":"/var/log/containers/x.log"},"offset":17},"message":"{\"@timestamp\":\"<ms>\",\"log.level\":\"ERROR\",\"message\":\"<text>\",\"service.name\":\"shop\",\"trace.id\":\"<id>\",\"span.id\":\"<span>\"}","container":{"name":"server"},"kubernetes":{"pod":{"name":"shop-0"},"node":{"name":"node-3"}},"host":{"name":"node-3"}}`,
	},
	{
		name: "Filebeat, decoded under json", mapping: "dynamic", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<late>","agent":{"type":"filebeat"},"log":{"offset":17},"json":{"time":"<ms>","level":"error","message":"<text>","service":"shop","traceId":"<id>","spanId":"<span>"},"host":{"name":"node-3"}}`,
	},
	{
		name: "Filebeat, plain line", mapping: "ecs", inText: true, cut: time.Millisecond, level: "error", service: "shop",
		doc:     `{"@timestamp":"<ms>","agent":{"type":"filebeat"},"log":{"offset":17},"message":"[ERROR] <text> trace_id=<id> span_id=<span>","fields":{"service":"shop"},"host":{"name":"node-3"}}`,
		message: "[ERROR] <text> trace_id=<id> span_id=<span>",
	},
	{
		name: "Logstash, json filter", mapping: "logstash", cut: time.Millisecond, level: "error", service: "shop",
		doc: `{"@timestamp":"<ms>","@version":"1","host":"web-1","path":"/var/log/shop.log","type":"shop","parsed":{"level":"error","message":"<text>","traceId":"<id>","service":"shop"}}`,
	},
	{
		name: "OTel collector, filelog", mapping: "otel", level: "warn", service: "shop",
		doc:     `{"@timestamp":"<epoch ms,ns>","severity_text":"warn","body":{"text":"level=warn trace_id=<id> span_id=<span> <text>"},"attributes":{"log.file.name":"0.log"},"resource":{"attributes":{"k8s.pod.name":"shop-0","k8s.container.name":"server"}}}`,
		message: "level=warn trace_id=<id> span_id=<span> <text>", inText: true,
	},

	// Machines
	{
		name: "journald", mapping: "dynamic", cut: time.Microsecond, level: "error", service: "shop",
		doc: `{"MESSAGE":"<text>","PRIORITY":"3","_HOSTNAME":"web-1","SYSLOG_IDENTIFIER":"shop","_SYSTEMD_UNIT":"shop.service","_SOURCE_REALTIME_TIMESTAMP":"<epoch us>","__REALTIME_TIMESTAMP":"<epoch us>","TRACE_ID":"<id>","SPAN_ID":"<span>"}`,
	},
	{
		name: "journald, ID in MESSAGE", mapping: "text", inText: true, cut: time.Microsecond, level: "warn", service: "shop",
		doc:     `{"MESSAGE":"<text> trace_id=<id>","PRIORITY":"4","_HOSTNAME":"web-1","SYSLOG_IDENTIFIER":"shop","_SOURCE_REALTIME_TIMESTAMP":"<epoch us>"}`,
		message: "<text> trace_id=<id>",
	},
	{
		name: "journald through Filebeat", mapping: "ecs", inText: true, cut: time.Millisecond, level: "error", service: "shop",
		doc:     `{"@timestamp":"<ms>","message":"<text> trace_id=<id> span_id=<span>","event":{"kind":"event"},"journald":{"pid":1},"log":{"syslog":{"priority":27,"appname":"shop"}},"syslog":{"identifier":"shop","priority":3},"systemd":{"unit":"shop.service"},"host":{"name":"web-1"}}`,
		message: "<text> trace_id=<id> span_id=<span>",
	},
	{
		name: "rsyslog", mapping: "logstash", inText: true, cut: time.Microsecond, level: "error", service: "shop",
		doc:     `{"@timestamp":"<us+02>","host":"web-1","severity":"err","facility":"daemon","programname":"shop","syslogtag":"shop[12]:","message":" <text> [trace=<id>]"}`,
		message: "<text> [trace=<id>]",
	},

	// Proxies and gateways
	{
		name: "linkerd", mapping: "dynamic", cut: time.Millisecond, level: "info",
		doc: `{"@timestamp":"<ms>","level":"INFO","message":"<text>","l5d-ctx-trace":"<id>"}`,
	},
	{
		name: "gateway, x-traceId-header", mapping: "keyword", cut: time.Millisecond, level: "info", service: "gateway",
		doc: `{"@timestamp":"<ms>","level":"INFO","message":"<text>","service":"gateway","x-traceId-header":"<id>"}`,
	},
	{
		name: "gateway, x-request-id", mapping: "dynamic", cut: time.Millisecond, level: "info", service: "gateway",
		doc: `{"@timestamp":"<ms>","level":"INFO","message":"<text>","service":"gateway","x-request-id":"<id>"}`,
	},
	{
		name: "gateway, x-correlation-id", mapping: "text", cut: time.Millisecond, level: "info", service: "gateway",
		doc: `{"@timestamp":"<ms>","level":"INFO","message":"<text>","service":"gateway","headers":{"X-Correlation-ID":["<id>"]}}`,
	},
	{
		name: "gateway, traceparent", mapping: "keyword", cut: time.Millisecond, level: "info", service: "gateway", forms: []string{"traceparent"},
		doc: `{"@timestamp":"<ms>","level":"INFO","message":"<text>","service":"gateway","headers":{"traceparent":"<id>"}}`,
	},
	{
		name: "gateway, uber-trace-id", mapping: "keyword", cut: time.Millisecond, level: "info", service: "gateway", forms: []string{"uber", "uber full"},
		doc: `{"@timestamp":"<ms>","level":"INFO","message":"<text>","service":"gateway","uber-trace-id":"<id>"}`,
	},
	{
		name: "gateway, b3", mapping: "keyword", cut: time.Millisecond, level: "info", service: "gateway", forms: []string{"hex", "low"},
		doc: `{"@timestamp":"<ms>","level":"INFO","message":"<text>","service":"gateway","b3":"<id>-<span>-1"}`,
	},
	{
		name: "Kong", mapping: "dynamic", cut: time.Millisecond, message: "GET /orders 200", service: "shop",
		doc: `{"service":{"name":"shop","host":"shop.svc"},"route":{"name":"orders"},"request":{"method":"GET","uri":"/orders","headers":{"x-request-id":"<id>","host":"shop.example"}},"response":{"status":200},"latencies":{"request":12},"client_ip":"10.0.0.1","started_at":<epoch ms>}`,
	},
	{
		name: "Traefik", mapping: "dynamic", cut: time.Second, level: "info", message: "GET /orders 200", service: "shop@docker",
		doc: `{"ClientAddr":"10.0.0.1:4","DownstreamStatus":200,"Duration":1200000,"RequestMethod":"GET","RequestPath":"/orders","ServiceName":"shop@docker","request_X-Request-Id":"<id>","level":"info","msg":"","time":"<s>"}`,
	},
	{
		name: "Envoy, line", mapping: "dynamic", inText: true, cut: time.Millisecond,
		doc:     `{"@timestamp":"<ms>","message":"[<ms>] \"GET /orders HTTP/1.1\" 200 - 0 135 12 11 \"10.0.0.1\" \"curl/8.5\" \"<id>\" \"shop\" \"10.0.0.9:8080\""}`,
		message: `[<ms>] "GET /orders HTTP/1.1" 200 - 0 135 12 11 "10.0.0.1" "curl/8.5" "<id>" "shop" "10.0.0.9:8080"`,
	},
	{
		name: "Envoy, JSON (Istio)", mapping: "dynamic", cut: time.Millisecond, message: "GET /orders 200",
		doc: `{"start_time":"<ms>","method":"GET","path":"/orders","protocol":"HTTP/1.1","response_code":200,"response_flags":"-","bytes_sent":135,"duration":12,"request_id":"<id>","authority":"shop","upstream_host":"10.0.0.9:8080","upstream_cluster":"outbound|80||shop"}`,
	},
	{
		name: "nginx, line", mapping: "dynamic", inText: true, cut: time.Millisecond,
		doc:     `{"@timestamp":"<ms>","message":"10.0.0.1 - - [<clf>] \"GET /orders?q=a%2Cb HTTP/1.1\" 200 612 \"-\" \"curl/8.5\" 0.012 <id>"}`,
		message: `10.0.0.1 - - [<clf>] "GET /orders?q=a%2Cb HTTP/1.1" 200 612 "-" "curl/8.5" 0.012 <id>`,
	},
	{
		name: "nginx, JSON", mapping: "dynamic", cut: time.Millisecond, message: "GET /orders HTTP/1.1",
		doc: `{"time_iso8601":"<s+02>","msec":"<epoch s,ms>","remote_addr":"10.0.0.1","request":"GET /orders HTTP/1.1","status":"200","request_time":"0.012","request_id":"<id>","http_user_agent":"curl/8.5"}`,
	},
	{
		name: "HAProxy, line", mapping: "text", inText: true, cut: time.Millisecond,
		doc:     `{"@timestamp":"<ms>","message":"10.0.0.1:4 [01/May/2024:10:00:00.123] web shop/s1 0/0/1/12/13 200 612 - - ---- 1/1/0/0/0 0/0 {<id>|curl} \"GET /orders HTTP/1.1\""}`,
		message: `10.0.0.1:4 [01/May/2024:10:00:00.123] web shop/s1 0/0/1/12/13 200 612 - - ---- 1/1/0/0/0 0/0 {<id>|curl} "GET /orders HTTP/1.1"`,
	},
	{
		name: "ALB, line", mapping: "dynamic", inText: true, cut: time.Millisecond,
		doc:     `{"@timestamp":"<ms>","message":"h2 <us> app/shop/50dc 10.0.0.1:2817 10.0.0.9:80 0.000 0.048 0.000 200 200 34 366 \"GET https://shop.example:443/orders HTTP/2.0\" \"curl/8.5\" - - - \"Root=<id>\" \"-\" \"-\" 0"}`,
		message: `h2 <us> app/shop/50dc 10.0.0.1:2817 10.0.0.9:80 0.000 0.048 0.000 200 200 34 366 "GET https://shop.example:443/orders HTTP/2.0" "curl/8.5" - - - "Root=<id>" "-" "-" 0`,
	},
	{
		name: "a query's text", mapping: "dynamic", inText: true, cut: time.Millisecond,
		doc:     `{"@timestamp":"<ms>","message":"GET /callback?trace=<id>&state=1 took 12 ms"}`,
		message: "GET /callback?trace=<id>&state=1 took 12 ms",
	},
}
