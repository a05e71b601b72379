package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// findOptions are the flags of otrace find.
type findOptions struct {
	settings
	styleFlags
	windowFlags
	service     string
	operation   string
	minDuration time.Duration
	maxDuration time.Duration
	limit       int
	output      string
	show        bool
}

func newFindCmd(a *app) *cobra.Command {
	var opts findOptions
	cmd := &cobra.Command{
		Use:   "find [KEY=VALUE...]",
		Short: "Find traces by business data: an order number, a status code",
		Long: `Find asks for KEY=VALUE in the attributes of spans in Jaeger and in the fields of
logs in Elasticsearch, side by side, and lists the traces that match, the newest
first. All conditions must hold for one span, or for one log.

Keys are one however they are spelled: order.id, order_id and orderId. In the
logs, a value also counts inside the message (order_id=ORD-17, "order ORD-17").
error=true finds what failed, whatever the storage calls it.`,
		Example: "  otrace find order.id=ORD-17\n" +
			"  otrace find order.id=ORD-17 --show\n" +
			"  otrace find http.response.status_code=503 --service payment --since 1h\n" +
			"  otrace find --service checkout --min-duration 2s --since 15m -o json",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.find(cmd.Context(), args, &opts)
		},
	}
	opts.addSettings(cmd.Flags())
	opts.addStyle(cmd.Flags())
	opts.addWindow(cmd.Flags())
	flags := cmd.Flags()
	flags.StringVar(&opts.service, "service", "", "only spans and logs of this `service`")
	flags.StringVar(&opts.operation, "operation", "", "only spans of this `operation`")
	flags.Var(durationValue{&opts.minDuration}, "min-duration", "only spans that took at least this long")
	flags.Var(durationValue{&opts.maxDuration}, "max-duration", "only spans that took at most this long")
	opts.limit = 20
	flags.Var(countValue{&opts.limit}, "limit", "the most traces to list, the newest; 0 for all")
	flags.BoolVar(&opts.show, "show", false, "show the trace at once when there is just one")
	a.completeFlags(cmd, &opts.settings, func() []string { return []string{opts.service} })
	flags.StringVarP(&opts.output, "output", "o", "table", "output `format`: table, json, ndjson")
	return cmd
}

// A listing writes what was found in one format.
type listing func(io.Writer, *render.Search, render.Style) error

func listingOf(name string) (listing, error) {
	switch name {
	case "table":
		return render.FoundTable, nil
	case "json":
		return func(w io.Writer, s *render.Search, _ render.Style) error { return render.FoundJSON(w, s) }, nil
	case "ndjson":
		return func(w io.Writer, s *render.Search, _ render.Style) error { return render.FoundNDJSON(w, s) }, nil
	}
	return nil, usageError{fmt.Errorf("-o %s: the formats are table, json, ndjson", name)}
}

// query checks what was typed.
func (o *findOptions) query(args []string) (trace.Query, error) {
	q := trace.Query{
		Service: o.service, Operation: o.operation, Limit: o.limit,
		MinDuration: int64(o.minDuration), MaxDuration: int64(o.maxDuration),
	}
	var err error
	if q.Conditions, err = conditions(args); err != nil {
		return q, err
	}
	switch {
	case o.limit < 0:
		return q, usageError{fmt.Errorf("--limit %d: must not be negative", o.limit)}
	case o.maxDuration > 0 && o.maxDuration < o.minDuration:
		return q, usageError{fmt.Errorf("--max-duration %s is less than --min-duration %s", o.maxDuration, o.minDuration)}
	case len(q.Conditions) == 0 && q.Service == "" && q.Operation == "" && q.MinDuration == 0 && q.MaxDuration == 0 && o.since == "" && o.until == "":
		return q, usageError{hintedError{errors.New("find needs something to look for"), "as in: otrace find order.id=ORD-17, or otrace find --service payment --since 15m"}}
	}
	return q, nil
}

// conditions reads KEY=VALUE.
func conditions(args []string) ([]trace.Condition, error) {
	var list []trace.Condition
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if key = strings.TrimSpace(key); !ok || key == "" || value == "" {
			return nil, usageError{hintedError{fmt.Errorf("%q is no condition", arg), "write KEY=VALUE, as in order.id=ORD-17; to show a trace by its ID: otrace show " + arg}}
		}
		list = append(list, trace.Condition{Key: key, Value: value})
	}
	return list, nil
}

// find is the command: every check of the command line, then the search.
func (a *app) find(ctx context.Context, args []string, opts *findOptions) error {
	list, err := listingOf(opts.output)
	if err != nil {
		return err
	}
	style, err := opts.style(a)
	if err != nil {
		return err
	}
	q, err := opts.query(args)
	if err != nil {
		return err
	}
	src, b, err := a.sources(&opts.settings)
	if err != nil {
		return err
	}
	defer b.Close()
	ctx, cancel := context.WithTimeout(ctx, opts.timeout)
	defer cancel()
	if q.Window, err = opts.window(ctx, b); err != nil {
		return err
	}
	done := a.progress("searching " + sourceNames(src))
	found, err := gather.Find(ctx, q, src)
	done()
	if err != nil {
		a.warnAll(found.Warnings)
		return ofBundle(err, b)
	}
	a.scrubFound(&found)
	if opts.output == "table" {
		paged, pages := a.paged()
		defer pages.close()
		a = paged
	}
	if opts.show && len(found.Traces) == 1 {
		return ofBundle(a.showFound(ctx, &found, src, opts, style), b)
	}
	if err := list(a.out, &render.Search{Query: q, Found: found}, style); err != nil {
		return output(err)
	}
	return partial(found.Gaps)
}

// showFound shows the only trace that was found. What the search itself could
// not do is told with it.
func (a *app) showFound(ctx context.Context, found *trace.Found, src gather.Sources, opts *findOptions, style render.Style) error {
	name := opts.output
	if name == "table" {
		name = "tree"
	}
	f, err := formatOf(name)
	if err != nil {
		return err
	}
	done := a.progress("asking " + sourceNames(src))
	ev, err := gather.All(ctx, found.Traces[0].ID, src)
	done()
	if err != nil {
		return err
	}
	for _, g := range found.Gaps {
		g.Reason = "searching: " + g.Reason
		ev.Gaps = append(ev.Gaps, g)
	}
	a.scrubEvidence(&ev)
	tl := timeline.Build(&ev, skew.Estimate(ev.Spans, ev.Logs))
	if err := f.timeline(a.out, tl, style); err != nil {
		return output(err)
	}
	return partial(tl.Gaps)
}

// scrubFound takes the secrets out of what sources said about themselves.
func (a *app) scrubFound(f *trace.Found) {
	for i := range f.Gaps {
		f.Gaps[i].Reason = a.scrub(f.Gaps[i].Reason)
	}
	for i := range f.Warnings {
		f.Warnings[i] = a.scrub(f.Warnings[i])
	}
}
