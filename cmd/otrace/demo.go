package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/orderservice"
)

// demoOptions are the flags of otrace demo.
type demoOptions struct {
	orders        int
	seed          uint64
	scenario      string
	skew, drift   []string
	formats       []string
	sample        float64
	simulate      bool
	end           string
	over          time.Duration
	out           string
	otlp          string
	elasticsearch []string
	logFile       string
	styleFlags
}

func newDemoCmd(a *app) *cobra.Command {
	var opts demoOptions
	cfg := orderservice.DefaultConfig()
	opts.over = cfg.Over
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Run an order service and show one of its traces; needs no server",
		Long: `Demo runs an instrumented order service in this process: a gateway, an order,
a payment, an inventory and a notification service and a pool of workers, with
real HTTP between them, clocks that are off, and logs in several formats. It
keeps their spans and logs as context "demo" and shows the trace that tells
most.

With --out the evidence becomes a bundle of yours; with --otlp and
--elasticsearch it feeds real servers. With --simulate hours of the same traffic
are made in seconds, ending at --end.

Scenarios, to be mixed by weight (--scenario ok=90,declined=10):
` + scenarioHelp(),
		Example: "  otrace demo\n" +
			"  otrace demo --scenario timeout --skew payment=+2s --out ./bundle\n" +
			"  otrace demo --simulate --orders 5000 --over 2h --otlp localhost:4317 --elasticsearch http://localhost:9200",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.demo(cmd.Context(), &opts)
		},
	}
	flags := cmd.Flags()
	opts.orders = cfg.Orders
	flags.Var(countValue{&opts.orders}, "orders", "place this `many` orders")
	flags.Uint64Var(&opts.seed, "seed", cfg.Seed, "equal seeds give equal IDs, shapes and outcomes")
	flags.StringVar(&opts.scenario, "scenario", "", "one scenario, or a `mix` of several by weight (default: each once)")
	flags.StringSliceVar(&opts.skew, "skew", nil, "how far a `service=offset`'s clock is ahead, as payment=+2s (default payment=-180ms,inventory=+95ms)")
	flags.StringSliceVar(&opts.drift, "drift", nil, "how much faster a `service=ppm`'s clock runs, in parts per million")
	flags.StringSliceVar(&opts.formats, "format", nil, "how a `service=format` writes its logs: "+strings.Join(orderservice.FormatNames(), ", "))
	flags.Float64Var(&opts.sample, "sample", cfg.SampleRatio, "sample this `share` of the traces")
	flags.BoolVar(&opts.simulate, "simulate", false, "do not run: write the same traffic at once, with made-up times")
	flags.StringVar(&opts.end, "end", "", "with --simulate: when the traffic ends: a `moment` such as 2h ago or 2006-01-02T15:04:05Z (default now)")
	flags.Var(durationValue{&opts.over}, "over", "with --simulate: over how long the orders are spread")
	flags.StringVar(&opts.out, "out", "", "write a bundle into this `folder`")
	flags.StringVar(&opts.otlp, "otlp", "", "send the spans to this OTLP `endpoint`: host:4317 or http://host:4318")
	flags.StringSliceVar(&opts.elasticsearch, "elasticsearch", nil, "send the logs to this Elasticsearch `URL`")
	flags.StringVar(&opts.logFile, "log-file", "", "write the services' logs into this rotating `file` as well")
	opts.addStyle(flags)
	return cmd
}

func scenarioHelp() string {
	var b strings.Builder
	for _, s := range orderservice.Scenarios() {
		fmt.Fprintf(&b, "  %-12s %s\n", s.Name, s.About)
	}
	return b.String()
}

// demo runs the order service into the user's folder or servers, and shows
// what came of it.
func (a *app) demo(ctx context.Context, opts *demoOptions) error {
	style, err := opts.style(a)
	if err != nil {
		return err
	}
	cfg, err := opts.config(time.Now)
	if err != nil {
		return usageError{err}
	}
	if err := a.checkLogFile(opts); err != nil {
		return err
	}
	if opts.otlp != "" || len(opts.elasticsearch) > 0 {
		return a.feed(ctx, cfg, opts)
	}
	dir := opts.out
	if dir == "" {
		if dir, err = config.DemoDir(a.getenv); err != nil {
			return hintedError{err, "give it a folder with --out"}
		}
	}
	sum, err := a.writeBundle(ctx, dir, cfg, opts.simulate)
	if err != nil {
		return hintedError{err, "give it another folder with --out"}
	}
	show := showOptions{styleFlags: opts.styleFlags, output: "tree"}
	show.From = []string{dir}
	show.timeout = time.Minute
	if err := a.show(ctx, []string{sum.Telling.TraceID}, &show); err != nil {
		return err
	}
	where := "--context " + config.DemoContext
	if opts.out != "" {
		where = "--from " + opts.out
	}
	a.whatNext(sum, where, style.ASCII)
	return nil
}

// checkLogFile fails for a log file that cannot be written, before anything runs.
// Whatever else stands there must stay: rotating would move a folder away.
func (a *app) checkLogFile(opts *demoOptions) error {
	if opts.logFile == "" {
		return nil
	}
	if opts.simulate {
		a.warn("--log-file is for services that run; --simulate writes none")
		return nil
	}
	const hint = "give it a file in a folder that you can write to"
	if info, err := os.Stat(opts.logFile); err == nil && !info.Mode().IsRegular() {
		return usageError{hintedError{fmt.Errorf("--log-file: %s is no file", opts.logFile), hint}}
	}
	f, err := os.OpenFile(opts.logFile, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return usageError{hintedError{fmt.Errorf("--log-file: %w", err), hint}}
	}
	return f.Close()
}

// writeBundle runs the order service into a bundle folder.
func (a *app) writeBundle(ctx context.Context, dir string, cfg orderservice.Config, simulate bool) (orderservice.Summary, error) {
	b, err := orderservice.NewBundle(dir, cfg)
	if err != nil {
		return orderservice.Summary{}, err
	}
	sum, err := a.play(ctx, cfg, b, simulate)
	if err != nil {
		b.Discard()
		return sum, err
	}
	return sum, b.Close()
}

// play runs the order service, live or simulated.
func (a *app) play(ctx context.Context, cfg orderservice.Config, sink orderservice.Sink, simulate bool) (orderservice.Summary, error) {
	defer a.progress(fmt.Sprintf("placing %d orders", cfg.Orders))()
	if simulate {
		return orderservice.Simulate(ctx, cfg, sink)
	}
	return orderservice.Live(ctx, cfg, sink)
}

// feed runs the order service into real servers, and a bundle beside them
// where one is asked for.
func (a *app) feed(ctx context.Context, cfg orderservice.Config, opts *demoOptions) error {
	a.keepSecret(&config.Settings{
		Elasticsearch: opts.elasticsearch, Username: a.getenv("OTRACE_ELASTICSEARCH_USERNAME"),
		Password: a.getenv("OTRACE_ELASTICSEARCH_PASSWORD"), APIKey: a.getenv("OTRACE_ELASTICSEARCH_API_KEY"),
	})
	servers, err := orderservice.NewServers(ctx, orderservice.Endpoints{
		OTLP: opts.otlp, Elasticsearch: opts.elasticsearch,
		Username: a.getenv("OTRACE_ELASTICSEARCH_USERNAME"), Password: a.getenv("OTRACE_ELASTICSEARCH_PASSWORD"),
		APIKey: a.getenv("OTRACE_ELASTICSEARCH_API_KEY"),
	})
	if err != nil {
		return usageError{err}
	}
	defer servers.Close()
	sink := orderservice.Sink(servers)
	var b *orderservice.Bundle
	if opts.out != "" {
		if b, err = orderservice.NewBundle(opts.out, cfg); err != nil {
			return err
		}
		sink = orderservice.Tee(servers, b)
	}
	sum, err := a.play(ctx, cfg, sink, opts.simulate)
	if b != nil {
		if err != nil {
			b.Discard()
		} else {
			err = b.Close()
		}
	}
	if err != nil {
		return hintedError{err, "check --otlp and --elasticsearch"}
	}
	return a.listScenarios(sum)
}

// listScenarios tells what was written, with an example of each scenario.
func (a *app) listScenarios(sum orderservice.Summary) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%d orders: %d spans, %d logs", sum.Orders, sum.Spans, sum.Logs)
	if sum.LostSpans > 0 {
		fmt.Fprintf(&b, "; %d spans lost on purpose", sum.LostSpans)
	}
	if sum.DroppedLogs > 0 {
		fmt.Fprintf(&b, "; %d logs dropped by the full queue", sum.DroppedLogs)
	}
	fmt.Fprintln(&b)
	for _, e := range sum.Examples {
		fmt.Fprintf(&b, "  otrace show %s  # %s, order %s\n", e.TraceID, e.Scenario, e.OrderID)
	}
	_, err := io.WriteString(a.out, b.String())
	return output(err)
}

// whatNext tells the newcomer which commands to try, among those there are.
func (a *app) whatNext(sum orderservice.Summary, where string, ascii bool) {
	other := sum.Telling
	for _, e := range sum.Examples {
		if e.Scenario == orderservice.Timeout && e.TraceID != other.TraceID {
			other = e
		}
	}
	lead := "↳"
	if ascii {
		lead = ">"
	}
	fmt.Fprintf(a.err, "\nkept as %q; next:\n", strings.TrimPrefix(strings.TrimPrefix(where, "--context "), "--from "))
	for _, next := range []struct{ command, why string }{
		{"otrace show " + other.TraceID + " " + where, "a call that timed out, and what went on after it"},
		{"otrace errors " + where, "the causes behind all that failed in these orders"},
		{"otrace tui " + where, "the same to drill into by keys, from a cause to a line of its log"},
		{"otrace find order.id=" + sum.Telling.OrderID + " " + where, "the order's traces, from its number alone"},
	} {
		fmt.Fprintf(a.err, "  %s %s\n      %s\n", lead, next.command, next.why)
	}
}

// config turns the flags into what the order service is to do.
func (o *demoOptions) config(now func() time.Time) (orderservice.Config, error) {
	cfg := orderservice.DefaultConfig()
	cfg.Seed, cfg.Orders, cfg.SampleRatio, cfg.LogFile, cfg.Over = o.seed, o.orders, o.sample, o.logFile, o.over
	var first error
	keep := func(err error) {
		if first == nil {
			first = err
		}
	}
	if o.scenario != "" {
		mix, err := orderservice.ParseMix(o.scenario)
		cfg.Mix = mix
		keep(err)
	}
	if o.skew != nil {
		cfg.Skew = map[string]time.Duration{}
		keep(pairs("skew", o.skew, func(service, value string) (err error) {
			cfg.Skew[service], err = parseDuration(strings.TrimPrefix(value, "+"))
			return err
		}))
	}
	cfg.DriftPPM = map[string]float64{}
	keep(pairs("drift", o.drift, func(service, value string) (err error) {
		cfg.DriftPPM[service], err = strconv.ParseFloat(value, 64)
		return err
	}))
	cfg.Formats = map[string]orderservice.Format{}
	keep(pairs("format", o.formats, func(service, value string) error {
		cfg.Formats[service] = orderservice.Format(value)
		return nil
	}))
	keep(o.setEnd(&cfg, now))
	keep(cfg.Check())
	return cfg, first
}

// setEnd sets the end of simulated traffic; live traffic ends when it ends.
func (o *demoOptions) setEnd(cfg *orderservice.Config, now func() time.Time) error {
	switch {
	case o.simulate && o.end == "":
		cfg.End = now()
	case o.simulate:
		end, err := parseMoment("--end", o.end, now())
		cfg.End = time.Unix(0, end)
		return err
	case o.end != "":
		return errors.New("--end goes with --simulate: live traffic ends when it ends")
	}
	return nil
}

// pairs takes flags of the form service=value apart.
func pairs(flag string, values []string, set func(service, value string) error) error {
	for _, v := range values {
		service, value, ok := strings.Cut(v, "=")
		if !ok {
			return fmt.Errorf("--%s %q: must be service=value", flag, v)
		}
		if err := set(service, value); err != nil {
			return fmt.Errorf("--%s %q: %w", flag, v, err)
		}
	}
	return nil
}
