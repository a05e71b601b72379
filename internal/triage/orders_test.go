package triage_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/otrace/otrace/internal/logdoc"
	"github.com/otrace/otrace/internal/orderservice"
	"github.com/otrace/otrace/internal/otlp"
	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/triage"
)

// orders is a sink that keeps the order service's spans by trace, its error
// logs, and which scenario each trace plays.
type orders struct {
	traces   map[trace.ID][]trace.Span
	logs     []trace.ErrorLog
	parser   *logdoc.Parser
	scenario map[trace.ID]string
	wrote    map[string]string // by document: the scenario
}

func (o *orders) Spans(_ context.Context, list []*tracepb.ResourceSpans) error {
	data, err := proto.Marshal(&tracepb.TracesData{ResourceSpans: list})
	if err != nil {
		return err
	}
	spans, err := otlp.AppendProto(nil, data)
	for _, s := range spans {
		o.traces[s.Trace] = append(o.traces[s.Trace], s)
	}
	return err
}

func (o *orders) Logs(_ context.Context, docs []orderservice.LogDoc) error {
	for _, d := range docs {
		if l, ok := o.parser.Parse(bytes.Clone(d.Source), d.Index, d.ID); ok {
			o.logs = append(o.logs, o.parser.ErrorLog(l))
		}
	}
	return nil
}

func (o *orders) Truth(_ context.Context, lines []orderservice.Truth) error {
	for i := range lines {
		if lines[i].ID != "" {
			o.wrote[lines[i].ID] = lines[i].Scenario
		}
		raw, err := hex.DecodeString(lines[i].TraceID)
		if err != nil {
			return err
		}
		if id := trace.IDFromBytes(raw); !id.IsZero() {
			o.scenario[id] = lines[i].Scenario
		}
	}
	return nil
}

func (o *orders) Flush(context.Context) error { return nil }

// place plays orders within the hour that ends then.
func place(t testing.TB, end time.Time, cfg orderservice.Config) *orders {
	t.Helper()
	o := &orders{traces: make(map[trace.ID][]trace.Span), parser: logdoc.NewErrorParser(""), scenario: make(map[trace.ID]string), wrote: make(map[string]string)}
	cfg.End = end
	if _, err := orderservice.Simulate(t.Context(), cfg, o); err != nil {
		t.Fatal(err)
	}
	return o
}

func production(n int) orderservice.Config {
	cfg := orderservice.DefaultConfig()
	cfg.Orders, cfg.Mix = n, orderservice.ProductionMix()
	return cfg
}

// end is when the window of hour ends.
func end() time.Time { return time.Unix(0, epoch+60*minute-int64(time.Second)) }

func (o *orders) into(tr *triage.Triage) {
	for _, spans := range o.traces {
		tr.AddTrace(spans)
	}
	for i := range o.logs {
		tr.AddLog(&o.logs[i])
	}
}

// answered counts the traces of a scenario in which the payment provider
// answered with a code, and of these, those that the gateway answered well.
func (o *orders) answered(code int64) (all, helped int) {
	for _, spans := range o.traces {
		is := func(operation string, good func(int64) bool) bool {
			return slices.ContainsFunc(spans, func(s trace.Span) bool {
				v, _ := trace.Find(s.Attributes, "http.response.status_code")
				return s.Operation == operation && good(v.Int64())
			})
		}
		if !is("POST api.psp.example/v1/charges", func(c int64) bool { return c == code }) {
			continue
		}
		all++
		if !is("POST /api/orders", func(c int64) bool { return c == code }) {
			helped++
		}
	}
	return all, helped
}

func (o *orders) played(scenario string) int {
	n := 0
	for id := range o.traces {
		if o.scenario[id] == scenario && slices.ContainsFunc(o.traces[id], func(s trace.Span) bool { return s.Status == trace.StatusError }) {
			n++
		}
	}
	return n
}

// Every cause of the order service is one group, at the right place, none
// split and none merged; what does not fail makes none.
func TestOrderService(t *testing.T) {
	o := place(t, end(), production(3000))
	tr := triage.Begin(hour(), triage.ByCause)
	o.into(tr)
	r := tr.Report()
	got := make(map[string]*triage.Group)
	for i := range r.Groups {
		g := &r.Groups[i]
		got[fmt.Sprint(g.Kind, " ", g.Service, " ", g.Operation, " ", g.Class)] = g
	}
	for i := range r.Expected {
		g := &r.Expected[i]
		got[fmt.Sprint("expected ", g.Kind, " ", g.Service, " ", g.Operation, " ", g.Class)] = g
	}
	declined, _ := o.answered(402)
	busy, helped := o.answered(503)
	for name, want := range map[string]struct{ traces, absorbed int }{
		"expected unseen payment POST api.psp.example/v1/charges 402": {declined, 0},
		"unseen payment POST api.psp.example/v1/charges 503":          {busy, helped},
		"slow inventory POST /reservations slow":                      {o.played(orderservice.Timeout), 0},
		"failed payment processPayment runtime.errorString":           {o.played(orderservice.Panic), 0},
	} {
		g := got[name]
		if g == nil || want.traces == 0 {
			t.Errorf("no group %s, of %d traces", name, want.traces)
			continue
		}
		if g.Traces != want.traces || g.Absorbed != want.absorbed {
			t.Errorf("%s: %d traces, %d absorbed; want %d, %d", name, g.Traces, g.Absorbed, want.traces, want.absorbed)
		}
		if g.Traces > g.Absorbed && (len(g.Entries) != 1 || g.Entries[0] != (triage.Entry{Service: "gateway", Operation: "POST /api/orders", Traces: g.Traces - g.Absorbed})) {
			t.Errorf("%s: entries %v", name, g.Entries)
		}
	}
	if len(r.Groups) != 3 || len(r.Expected) != 1 {
		t.Errorf("%d and %d groups:\n%s", len(r.Groups), len(r.Expected), sketch(r))
	}
	if helped == 0 || helped == busy || o.played(orderservice.Declined) != declined {
		t.Errorf("%d of %d were helped, %d declined", helped, busy, declined)
	}
	checkLogs(t, r, o)
}

// checkLogs fails unless every error log is in the group of its trace.
func checkLogs(t *testing.T, r *triage.Report, o *orders) {
	t.Helper()
	sum := int64(0)
	for _, g := range slices.Concat(r.Groups, r.Expected) {
		sum += g.Logs
		if g.Untraced != 0 || g.Logs == 0 {
			t.Errorf("%s %s: %d logs, %d of them of no failing trace", g.Service, g.Operation, g.Logs, g.Untraced)
		}
	}
	if sum != int64(len(o.logs)) || r.ErrorLogs != sum {
		t.Errorf("%d logs in groups, %d in all, of %d", sum, r.ErrorLogs, len(o.logs))
	}
}

// Where seven in ten traces are sampled, the logs of the others follow those
// that say the same: each group has all the logs of its scenario.
func TestOrderServiceUnsampled(t *testing.T) {
	cfg := production(600)
	cfg.SampleRatio, cfg.Mix = 0.7, orderservice.DemoMix()
	o := place(t, end(), cfg)
	tr := triage.Begin(hour(), triage.ByCause)
	o.into(tr)
	r := tr.Report()
	if len(r.Groups) != 3 || len(r.Expected) != 1 {
		t.Fatalf("%d and %d groups:\n%s", len(r.Groups), len(r.Expected), sketch(r))
	}
	wrote := make(map[string]int64)
	for i := range o.logs {
		wrote[o.wrote[o.logs[i].DocID]]++
	}
	untraced := int64(0)
	for _, g := range slices.Concat(r.Groups, r.Expected) {
		untraced += g.Untraced
		scenario := map[string]string{"slow": orderservice.Timeout, "503": orderservice.RetryStorm, "402": orderservice.Declined, "runtime.errorString": orderservice.Panic}[g.Class]
		if g.Logs != wrote[scenario] || g.Untraced == 0 {
			t.Errorf("%s: %d logs, %d of them of no failing trace, and %s wrote %d", g.Class, g.Logs, g.Untraced, scenario, wrote[scenario])
		}
	}
	if untraced < r.ErrorLogs/5 || untraced > r.ErrorLogs/2 {
		t.Errorf("%d logs of %d are of no failing trace", untraced, r.ErrorLogs)
	}
}
