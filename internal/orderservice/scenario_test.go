package orderservice

import (
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
)

// An outcome is what one order left behind.
type outcome struct {
	m     *memory
	spans map[string]seenSpan // all, by ID
	truth map[string]Truth    // of spans, by ID
	logs  map[string]Truth
	info  TraceInfo
}

// named are the spans of a service with a name.
func (o outcome) named(service, name string) []seenSpan {
	var out []seenSpan
	for _, id := range slices.Sorted(maps.Keys(o.spans)) {
		if s := o.spans[id]; s.service == service && s.GetName() == name {
			out = append(out, s)
		}
	}
	return out
}

func (o outcome) truthOf(s seenSpan) Truth { return o.truth[hex.EncodeToString(s.GetSpanId())] }

func (o outcome) says(what string) bool {
	return slices.ContainsFunc(o.m.docs, func(d LogDoc) bool { return strings.Contains(string(d.Source), what) })
}

func failed(s seenSpan) bool { return s.GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR }

// orphans counts the spans whose parent was not delivered.
func (o outcome) orphans() int {
	n := 0
	for _, s := range o.spans {
		if _, ok := o.spans[hex.EncodeToString(s.GetParentSpanId())]; !ok && len(s.GetParentSpanId()) > 0 {
			n++
		}
	}
	return n
}

// Every scenario has the traits that it promises, whatever the seed.
func TestScenariosKeepTheirPromises(t *testing.T) {
	promises := map[string]func(*testing.T, outcome){
		OK: func(t *testing.T, o outcome) {
			for _, name := range []string{"CreateOrder", "validateOrder"} {
				is(t, len(o.named("order", name)) == 1, "one "+name)
			}
			p := o.named("payment", "processPayment")
			is(t, len(p) == 1 && slices.Equal(eventNames(p[0]), []string{"PaymentProcessed"}), "processed payment")
			is(t, len(o.named("inventory", "updateInventory")) == 1, "updated inventory")
			is(t, o.info.Errors == 0, "no errors")
			for _, key := range []string{"order.id", "order.total", "payment.method", "user.id", "log.index"} {
				is(t, text(p[0].GetAttributes(), key) != "", "attribute "+key)
			}
			c := o.named("worker", "order.created process")
			is(t, len(c) == 1 && len(c[0].GetLinks()) == 1, "a worker linked to its cause")
		},
		Declined: func(t *testing.T, o outcome) {
			p := o.named("payment", "processPayment")
			last := slices.IndexFunc(p, func(s seenSpan) bool { return !strings.Contains(s.GetStatus().GetMessage(), "503") })
			is(t, last >= 0 && failed(p[last]), "a failed payment")
			is(t, slices.Equal(eventNames(p[last]), []string{"PaymentFailed", "exception"}), "its events")
			is(t, o.says("card declined: ") && o.says("order.failed"), "its logs")
			for _, s := range o.named("gateway", "POST /orders") {
				is(t, failed(s), "402 is an error of the client")
			}
			for _, s := range o.named("gateway", "POST /api/orders") {
				is(t, !failed(s), "402 is no error of the server")
			}
		},
		Timeout: func(t *testing.T, o outcome) {
			client, server := o.named("order", "POST /reservations"), o.named("inventory", "POST /reservations")
			is(t, len(client) == 1 && len(server) == 1, "a call and its server")
			is(t, client[0].GetStatus().GetMessage() == "context deadline exceeded", "the client's deadline")
			is(t, o.truthOf(server[0]).TrueEnd > o.truthOf(client[0]).TrueEnd, "the child outlives its parent")
			is(t, !failed(server[0]), "the server noticed nothing")
			is(t, o.says("client went away"), "the inventory's warning")
		},
		RetryStorm: func(t *testing.T, o outcome) {
			n := len(o.named("payment", "processPayment"))
			is(t, n >= 6 && n <= 31, "6 to 31 attempts")
			is(t, o.says("retry 5/") && o.says("psp answered 503"), "its logs")
		},
		SlowDB: func(t *testing.T, o outcome) {
			db := o.truthOf(o.named("inventory", "UPDATE shop.stock")[0])
			root := o.truthOf(o.named("gateway", "POST /api/orders")[0])
			is(t, 2*(db.TrueEnd-db.TrueTime) > root.TrueEnd-root.TrueTime, "most of the time")
			is(t, o.says("slow query") && o.info.Errors == 0, "its warning, and no error")
		},
		Panic: func(t *testing.T, o outcome) {
			p := o.named("payment", "processPayment")[0]
			is(t, failed(p) && strings.Contains(text(p.GetEvents()[0].GetAttributes(), "exception.stacktrace"), "goroutine"), "an exception with its stack")
			is(t, failed(o.named("payment", "POST /payments")[0]), "500 is an error of the server")
			is(t, o.says("panic recovered"), "its log")
		},
		Async: func(t *testing.T, o outcome) {
			root := o.truthOf(o.named("gateway", "POST /api/orders")[0])
			same, own := o.named("worker", "order.created process")[0], o.named("worker", "order.analytics process")[0]
			is(t, o.truthOf(same).TrueTime > root.TrueEnd, "work after the order was answered")
			is(t, o.truthOf(same).TraceID == o.info.TraceID, "in the same trace")
			is(t, o.truthOf(own).TraceID == o.info.Linked[0] && len(own.GetParentSpanId()) == 0, "a trace of its own")
			is(t, hex.EncodeToString(own.GetLinks()[0].GetTraceId()) == o.info.TraceID, "linked to its cause")
			is(t, hex.EncodeToString(own.GetLinks()[0].GetSpanId()) == o.truthOf(own).TrueParentID, "which is its true parent")
		},
		LostSpan: func(t *testing.T, o outcome) {
			is(t, len(o.truth) == len(o.spans)+1, "one span lost")
			is(t, o.orphans() > 0, "orphans")
			is(t, len(o.named("gateway", "POST /api/orders")) == 1, "the root is there")
		},
		LostParent: func(t *testing.T, o outcome) {
			is(t, len(o.truth) == len(o.spans)+1 && o.orphans() == 1, "one span lost, and one orphan")
			is(t, len(o.named("gateway", "POST /api/orders")) == 0, "the root is missing")
		},
		Unsampled: func(t *testing.T, o outcome) {
			is(t, len(o.spans) == 0 && len(o.truth) == 0, "no spans")
			is(t, len(o.logs) > 10 && o.says(o.info.TraceID), "logs with the trace's ID")
		},
		Untraced: func(t *testing.T, o outcome) {
			silent := 0
			for _, tr := range o.logs {
				if tr.Service == "inventory" {
					silent++
					is(t, tr.TraceID == "" && tr.SpanID == "", "no IDs in its logs")
					is(t, tr.TrueTraceID == o.info.TraceID, "the truth knows")
				}
			}
			is(t, silent > 0, "it logs")
			is(t, len(o.named("inventory", "POST /reservations")) == 0, "no spans")
			alert := o.named("notification", "POST /alerts")
			is(t, len(alert) == 1 && len(alert[0].GetParentSpanId()) == 0, "the trace breaks there")
			is(t, text(alert[0].GetAttributes(), "user.id") == "", "and the baggage is gone")
			is(t, o.truthOf(alert[0]).TrueTraceID == o.info.TraceID, "the truth knows the cause")
		},
	}
	for _, s := range Scenarios() {
		t.Run(s.Name, func(t *testing.T) {
			for seed := range uint64(25) {
				m, sum := simulated(t, only(s.Name, seed, 1))
				o := outcome{m: m, spans: m.all(t), info: sum.Telling}
				o.truth, o.logs = m.truthOf(t)
				promises[s.Name](t, o)
				if t.Failed() {
					t.Fatalf("with seed %d", seed)
				}
			}
		})
	}
}

func is(t *testing.T, ok bool, what string) {
	t.Helper()
	if !ok {
		t.Errorf("not so: %s", what)
	}
}

func TestParseMix(t *testing.T) {
	for text, want := range map[string]Mix{
		"declined":                  {Declined: 1},
		"ok=90, declined=5,timeout": {OK: 90, Declined: 5, Timeout: 1},
		"ok=0,panic=0.5":            {OK: 0, Panic: 0.5},
	} {
		got, err := ParseMix(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
	for text, want := range map[string]string{
		"oops":      `unknown scenario "oops": it is one of ok, declined, timeout, retry-storm`,
		"":          `unknown scenario ""`,
		"ok=x":      `the weight "x" of scenario ok is not a number`,
		"ok=-1":     "the weight of scenario ok is -1",
		"ok=0":      "add up to 0",
		"ok=NaN":    "not a number from 0",
		"ok=1,ok=2": "scenario ok is named twice",
	} {
		if _, err := ParseMix(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestPickerKeepsTheProportions(t *testing.T) {
	p := newPicker(DemoMix())
	dealt := make(map[string]int)
	for range 12 {
		dealt[p.next()]++
	}
	if len(dealt) != len(Scenarios()) || dealt[Declined] != 2 {
		t.Errorf("twelve orders are %v", dealt)
	}
	p = newPicker(Mix{OK: 97, Panic: 3})
	clear(dealt)
	for range 1000 {
		dealt[p.next()]++
	}
	if dealt[Panic] != 30 {
		t.Errorf("a thousand orders are %v", dealt)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for want, spoil := range map[string]func(*Config){
		"0 orders":                    func(c *Config) { c.Orders = 0 },
		"a sample ratio of 2":         func(c *Config) { c.SampleRatio = 2 },
		`unknown service "paymnet"`:   func(c *Config) { c.Skew["paymnet"] = 1 },
		`unknown service "db"`:        func(c *Config) { c.DriftPPM = map[string]float64{"db": 1} },
		`unknown log format "syslog"`: func(c *Config) { c.Formats = map[string]Format{"order": "syslog"} },
		"unknown scenario":            func(c *Config) { c.Mix = Mix{"x": 1} },
		"payment drifts by":           func(c *Config) { c.DriftPPM = map[string]float64{"payment": 1e6} },
		"a negative window":           func(c *Config) { c.Over = -1 },
	} {
		cfg := DefaultConfig()
		spoil(&cfg)
		if err := cfg.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if err := DefaultConfig().Check(); err != nil {
		t.Errorf("the default: %v", err)
	}
}
