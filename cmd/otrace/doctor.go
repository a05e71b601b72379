package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/es"
	"github.com/otrace/otrace/internal/jaeger"
	"github.com/otrace/otrace/internal/trace"
)

// doctorOptions are the flags of otrace doctor.
type doctorOptions struct {
	settings
	styleFlags
	sample string
	output string
}

func newDoctorCmd(a *app) *cobra.Command {
	var opts doctorOptions
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check the settings, the servers, and that spans and logs meet",
		Long: `Doctor tells where every setting comes from; whether Jaeger and Elasticsearch
can be reached, as whom, and what they hold; which log fields it found; and
whether a trace's spans and logs come together: the newest trace that the logs
name, or Jaeger's newest, or the one of --sample.

It exits with 0 when all is well, with 5 when a server turned the credentials
down, and else with 1.`,
		Example: "  otrace doctor\n  otrace doctor --context prod --sample 7a1c09e2f4b85d36\n  otrace doctor -o json | jq .healthy",
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.doctor(cmd.Context(), &opts) },
	}
	opts.addSettings(cmd.Flags())
	opts.addStyle(cmd.Flags())
	cmd.Flags().StringVar(&opts.sample, "sample", "", "join this trace (`ID`) instead of the newest")
	cmd.Flags().StringVarP(&opts.output, "output", "o", "text", "output `format`: text, json")
	return cmd
}

// doctor is the command: the settings, then each source, then both together.
func (a *app) doctor(ctx context.Context, opts *doctorOptions) error {
	if opts.output != "text" && opts.output != "json" {
		return usageError{fmt.Errorf("-o %s: the formats are text, json", opts.output)}
	}
	style, err := opts.style(a)
	if err != nil {
		return err
	}
	x := examination{app: a, opts: opts}
	if x.wanted, err = parseSample(opts.sample); err != nil {
		return err
	}
	if x.r, err = a.resolve(&opts.settings); err != nil {
		return err
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, opts.timeout)
	defer cancel()
	x.run(ctx)
	x.report.Healthy = len(x.report.failed()) == 0
	x.report.TookMS = time.Since(start).Milliseconds()
	if opts.output == "json" {
		err = a.writeJSON(&x.report)
	} else {
		err = a.writeReport(&x.report, style)
	}
	if err != nil {
		return err
	}
	return x.verdict()
}

// parseSample reads the ID to join, zero when none is named.
func parseSample(text string) (trace.ID, error) {
	if text == "" {
		return trace.ID{}, nil
	}
	return parseID(text)
}

// An examination is one run of otrace doctor.
type examination struct {
	*app
	opts   *doctorOptions
	r      *config.Resolved
	wanted trace.ID // zero: any will do
	report report

	mu     sync.Mutex     // of the report, while the sources are asked side by side
	traces *jaeger.Client // nil where it cannot be asked
	logs   *es.Client
}

// run examines everything that there is.
func (x *examination) run(ctx context.Context) {
	x.report.Schema = "otrace.doctor/v1"
	if len(x.r.From) > 0 {
		x.settings(nil)
		x.bundle(ctx)
		return
	}
	timeout := x.opts.timeout // of which revealing takes a part
	err := x.reveal(&x.opts.settings, x.r)
	x.opts.timeout = timeout
	x.settings(err)
	done := x.progress("asking jaeger and elasticsearch")
	defer done()
	var traces, logs section
	var wg sync.WaitGroup
	wg.Go(func() { traces = x.examineJaeger(ctx) })
	wg.Go(func() { logs = x.examineElasticsearch(ctx) })
	wg.Wait()
	x.report.Sections = append(x.report.Sections, traces, logs)
	x.report.Sections = append(x.report.Sections, x.join(ctx))
}

// settings tells where each comes from, and which secret cannot be had.
func (x *examination) settings(err error) {
	x.report.Settings = append(x.r.List(), config.Setting{
		Key: timeoutKey, Value: x.opts.timeout.Round(time.Second).String(), Origin: x.r.Origin[timeoutKey],
	})
	if err == nil {
		return
	}
	s := section{Name: "secrets"}
	s.fail("secret", x.words(err), hintOf(err))
	x.report.Sections = append(x.report.Sections, s)
}

// words are an error's, without secrets and without the name of its source,
// which the section has.
func (x *examination) words(err error) string {
	text := x.scrub(err.Error())
	for _, prefix := range []string{"jaeger: ", "elasticsearch: ", "bundle: ", "config: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return text
}

// verdict is the error of an examination that found something wrong.
func (x *examination) verdict() error {
	failed := x.report.failed()
	if len(failed) == 0 {
		return nil
	}
	for i, section := range failed {
		if section == "together" {
			failed[i] = "spans and logs do not come together"
		}
	}
	err := fmt.Errorf("not healthy: %s", strings.Join(failed, ", "))
	if x.report.refused {
		err = fmt.Errorf("%w: credentials %w", err, trace.ErrRefused)
	}
	return hintedError{err, ""} // each finding has its own
}

// hintOf says what to do about an error, where that is known.
func hintOf(err error) string {
	var own interface{ Hint() string }
	switch {
	case errors.As(err, &own):
		return own.Hint()
	case errors.Is(err, trace.ErrRefused), errors.Is(err, context.DeadlineExceeded), errors.Is(err, trace.ErrNotFound), errors.Is(err, bundle.ErrNoBundle):
		return hintFor(err)
	}
	return ""
}

// bundle tells what the bundle holds in place of servers.
func (x *examination) bundle(ctx context.Context) {
	s := section{Name: "bundle"}
	defer func() { x.report.Sections = append(x.report.Sections, s) }()
	src, b, err := x.bundled(x.r)
	if err != nil {
		s.fail("open", x.words(err), hintOf(err))
		return
	}
	s.ok("open", strings.Join(x.r.From, ", "))
	counts, ids, err := countBundle(ctx, b)
	if err != nil {
		s.fail("read", x.words(err), hintOf(err))
		return
	}
	s.ok("spans", fmt.Sprintf("%s of %s, %d failed", plural(counts.spans, "span"), plural(counts.withSpans, "trace"), counts.failed))
	s.ok("logs", fmt.Sprintf("%s of %s", plural(counts.logs, "log"), plural(counts.withLogs, "trace")))
	x.report.Bundle = &bundleFacts{counts.spans, counts.logs, counts.withSpans, counts.withLogs, counts.both}
	if counts.both > 0 {
		s.ok("both", plural(counts.both, "trace")+" with spans and logs")
	} else {
		s.warn("both", "no trace has spans and logs", "the spans and the logs may be of different times")
	}
	if x.wanted.IsZero() && len(ids) > 0 {
		x.sampleOf(ctx, &s, ids[0], "newest in the bundle", src)
	} else if !x.wanted.IsZero() {
		x.sampleOf(ctx, &s, x.wanted, "--sample", src)
	}
}

// A bundleCount is how much of what a bundle holds.
type bundleCount struct{ spans, logs, failed, withSpans, withLogs, both int }

// countBundle counts, and returns the traces that have most sides first.
func countBundle(ctx context.Context, b *bundle.Bundle) (n bundleCount, ids []trace.ID, err error) {
	traces, err := b.Traces(ctx)
	if err != nil {
		return n, nil, err
	}
	var half []trace.ID
	for _, t := range traces {
		n.spans, n.logs, n.failed = n.spans+t.Spans, n.logs+t.Logs, n.failed+t.Failed
		if t.Spans > 0 {
			n.withSpans++
		}
		if t.Logs > 0 {
			n.withLogs++
		}
		if t.Spans > 0 && t.Logs > 0 {
			n.both++
			ids = append(ids, t.ID)
		} else {
			half = append(half, t.ID)
		}
	}
	return n, append(ids, half...), nil
}

// plural counts things.
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
