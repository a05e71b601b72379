package orderservice

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFormats(t *testing.T) {
	cfg := DefaultConfig()
	p := deployment(cfg, endOfTest())[payment]
	at := time.Date(2025, 11, 22, 5, 4, 3, 123456789, time.UTC)
	e := entry{
		process: p, observed: at, level: warnLevel, message: "quoted \"so\"\n",
		traceID: "0af7651916cd43dd8448eb211c80319c", spanID: "b7ad6b7169203331", orderID: "ORD-17",
		fields: []field{{"attempt", 2}, {"amount", 9.5}, {"reason", "x"}},
		err:    &exception{"*psp.Error", "psp answered 503", "at x"},
	}
	const trace, span, order = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "ORD-17"
	for f, want := range map[Format]map[string]any{
		Logrus: {
			"timestamp": "2025-11-22T05:04:03.123456789Z", "@timestamp": "2025-11-22T05:04:03.123456789Z",
			"severity": "warning", "message": e.message, "service": "payment", "host": "pay-1",
			"trace_id": trace, "span_id": span, "order_id": order, "attempt": 2.0, "amount": 9.5, "reason": "x",
			"error": "psp answered 503", "stack": "at x",
		},
		ECS: {
			"@timestamp": "2025-11-22T05:04:03.123456Z", "log.level": "warn", "message": e.message, "ecs.version": "8.11.0",
			"service.name": "payment", "service.version": "2.7.1", "host.name": "pay-1",
			"trace.id": trace, "span.id": span, "order_id": order, "labels.attempt": 2.0, "labels.amount": 9.5, "labels.reason": "x",
			"error.type": "*psp.Error", "error.message": "psp answered 503", "error.stack_trace": "at x",
		},
		Logback: {
			"@timestamp": "2025-11-22T05:04:03.123Z", "@version": "1", "level": "WARN", "level_value": 30000.0, "message": e.message,
			"logger_name": "shop.payment.Handler", "thread_name": "http-nio-8080-exec-4", "app": "payment", "host": "pay-1",
			"traceId": trace, "spanId": span, "order_id": order, "attempt": 2.0, "amount": 9.5, "reason": "x",
			"stack_trace": "*psp.Error: psp answered 503\nat x",
		},
		Winston: {
			"timestamp": "2025-11-22T05:04:03.123Z", "level": "warn", "message": e.message, "service": "payment", "hostname": "pay-1",
			"correlationId": trace, "order_id": order, "attempt": 2.0, "amount": 9.5, "reason": "x",
			"stack": "*psp.Error: psp answered 503\nat x",
		},
		Fluentd: {
			"@timestamp": "2025-11-22T05:04:03.123456789Z", "stream": "stdout",
			"log": `{"time":"2025-11-22T05:04:03.123456789Z","level":"WARN","msg":"quoted \"so\"\n","service":"payment",` +
				`"trace_id":"` + trace + `","span_id":"` + span + `","order_id":"ORD-17","attempt":2,"amount":9.50,"reason":"x",` +
				`"error":"psp answered 503","stack":"at x"}` + "\n",
			"kubernetes": map[string]any{
				"pod_name": p.pod, "namespace_name": "shop", "container_name": "payment", "host": "pay-1",
				"labels": map[string]any{"app": "payment"},
			},
		},
	} {
		var got map[string]any
		doc := f.appendDoc(nil, &e)
		if err := json.Unmarshal(doc, &got); err != nil {
			t.Fatalf("%s: %v\n%s", f, err, doc)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", f, d)
		}
	}
}

// Formats have indices of their own; the day is the one that the clock shows.
func TestIndices(t *testing.T) {
	night := time.Date(2025, 11, 22, 23, 59, 59, 0, time.UTC)
	for f, want := range map[Format]string{
		Logrus:   "order-processing-logs-2025.11.22",
		ECS:      "payment-logs-2025.11.22",
		Fluentd:  "kubernetes-logs-2025.11.22",
		auditLog: "order-audit-2025.11.22",
	} {
		if got := f.index("payment", night); got != want {
			t.Errorf("%s: %s, want %s", f, got, want)
		}
	}
	if got := Logrus.index("payment", night.Add(2*time.Second)); got != "order-processing-logs-2025.11.23" {
		t.Errorf("after midnight: %s", got)
	}
}

func TestAnyServiceCanWriteAnyFormat(t *testing.T) {
	for _, f := range FormatNames() {
		cfg := testConfig(3, 22)
		cfg.Formats = make(map[string]Format)
		for _, s := range ServiceNames() {
			cfg.Formats[s] = Format(f)
		}
		m, _ := simulated(t, cfg)
		checkTruth(t, m)
	}
}
