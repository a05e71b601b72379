package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/skew"
	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// showOptions are the flags of otrace show.
type showOptions struct {
	settings
	styleFlags
	windowFlags
	skewFlags
	linked bool
	clocks bool
	output string
}

func newShowCmd(a *app) *cobra.Command {
	var opts showOptions
	cmd := &cobra.Command{
		Use:   "show ID...",
		Short: "Show a trace and its logs as one timeline",
		Long: `Show gathers a trace's spans from Jaeger and every log that carries its ID from
Elasticsearch, side by side, and draws them as one timeline.

An ID is a trace ID in any form (hex digits, a UUID, a traceparent, an
uber-trace-id, the address of a trace in Jaeger) or any other correlation ID,
which has logs only. "-" reads IDs from standard input, one a line.

A row marked ~ stands at a corrected time: the header tells by how much its
clock was off, and between which bounds that must lie; --clocks tells what these
rest on. A row marked ≈ may be earlier than its neighbour above: their clocks do
not decide.`,
		Example: "  otrace show 7a1c09e2f4b85d36\n" +
			"  otrace show 7a1c09e2f4b85d36 --linked\n" +
			"  otrace show 7a1c09e2f4b85d36 --clocks\n" +
			"  otrace show 7a1c09e2f4b85d36 -o json | jq '.rows[] | select(.level==\"error\")'\n" +
			"  otrace show --from ./incident-42",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.show(cmd.Context(), args, &opts)
		},
	}
	opts.addSettings(cmd.Flags())
	opts.addStyle(cmd.Flags())
	opts.addWindow(cmd.Flags())
	cmd.Flags().BoolVar(&opts.linked, "linked", false, "also gather the traces that it links to, that link to it, or that share its business IDs")
	cmd.Flags().BoolVar(&opts.clocks, "clocks", false, "show what is known of each clock, and how, instead of the timeline")
	opts.addSkew(cmd)
	cmd.Flags().StringVarP(&opts.output, "output", "o", "tree", "output `format`: "+strings.Join(formatNames, ", "))
	return cmd
}

// show is the command: every check of the command line, then each ID.
func (a *app) show(ctx context.Context, args []string, opts *showOptions) error {
	draw, err := drawingOf(opts.output, opts.clocks)
	if err != nil {
		return err
	}
	mode, err := opts.mode()
	if err != nil {
		return err
	}
	style, err := opts.style(a)
	if err != nil {
		return err
	}
	ids, err := a.readIDs(ctx, args)
	if err != nil {
		return err
	}
	if opts.within, err = opts.window(ctx, nil); err != nil {
		return err
	}
	src, b, err := a.sources(&opts.settings)
	if err != nil {
		return err
	}
	if b != nil && !opts.within.IsZero() {
		a.warn("--since and --until tell servers where to look; a bundle is read whole")
	}
	src.Window = opts.within
	ctx, cancel := context.WithTimeout(ctx, opts.timeout)
	defer cancel()
	if len(ids) == 0 {
		only, err := a.onlyTrace(ctx, b, opts.output, style)
		if err != nil || only.IsZero() {
			return err
		}
		ids = []trace.ID{only}
	}
	var failed manyError
	shown := false
	for _, id := range ids {
		if err := a.showOne(ctx, id, src, draw, mode, style, opts, &shown); err != nil {
			failed = append(failed, ofBundle(err, b))
		}
	}
	switch len(failed) {
	case 0:
		return nil
	case 1:
		return failed[0]
	}
	return failed
}

// showOne is the whole data path, one stage a line. A tree that follows another
// stands apart from it.
func (a *app) showOne(ctx context.Context, id trace.ID, src gather.Sources, draw drawing, mode skew.Mode, style render.Style, opts *showOptions, shown *bool) error {
	ask := gather.All
	if opts.linked {
		ask = gather.Linked
	}
	done := a.progress("asking " + sourceNames(src))
	ev, err := ask(ctx, id, src)
	done()
	if err != nil {
		a.warnAll(ev.Warnings)
		return err
	}
	a.scrubEvidence(&ev)
	clocks := mode.Estimate(ev.Spans, ev.Logs)
	tl := timeline.Build(&ev, clocks)
	if *shown && opts.output == "tree" {
		fmt.Fprintln(a.out)
	}
	*shown = true
	if err := draw(a.out, tl, mode, style); err != nil {
		return output(err)
	}
	return partial(tl.Gaps)
}

func sourceNames(src gather.Sources) string {
	if src.SpansName == src.LogsName {
		return src.SpansName
	}
	return src.SpansName + " and " + src.LogsName
}

// readIDs parses the arguments; "-" stands for the lines of standard input.
func (a *app) readIDs(ctx context.Context, args []string) ([]trace.ID, error) {
	var ids []trace.ID
	for _, arg := range args {
		texts := []string{arg}
		if arg == "-" {
			var err error
			if texts, err = readLines(ctx, a.in); err != nil {
				return nil, fmt.Errorf("standard input: %w", err)
			}
			if len(texts) == 0 {
				return nil, usageError{errors.New("no ID on standard input")}
			}
		}
		for _, text := range texts {
			id, err := parseID(text)
			if err != nil {
				return nil, err
			}
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// parseID reads an ID that was typed.
func parseID(text string) (trace.ID, error) {
	text = strings.TrimSpace(text)
	if text != "" && strings.Trim(text, "0-") == "" {
		return trace.ID{}, usageError{hintedError{fmt.Errorf("%q is all zeros", text), "that is how a trace ID is written where there is no trace"}}
	}
	id, err := trace.ParseID(text)
	if err != nil {
		return id, usageError{err}
	}
	return id, nil
}

// readLines returns the lines that are not blank. It does not wait for them
// beyond the context's end.
func readLines(ctx context.Context, r io.Reader) ([]string, error) {
	type result struct {
		lines []string
		err   error
	}
	done := make(chan result, 1)
	go func() {
		var lines []string
		scan := bufio.NewScanner(r)
		for scan.Scan() {
			if line := strings.TrimSpace(scan.Text()); line != "" {
				lines = append(lines, line)
			}
		}
		done <- result{lines, scan.Err()}
	}()
	select {
	case r := <-done:
		return r.lines, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// onlyTrace returns the one trace of a bundle. Where there are several it
// lists them and returns the zero ID.
func (a *app) onlyTrace(ctx context.Context, b *bundle.Bundle, format string, style render.Style) (trace.ID, error) {
	if b == nil {
		return trace.ID{}, usageError{errors.New("show needs an ID")}
	}
	traces, err := b.Traces(ctx)
	switch {
	case err != nil:
		return trace.ID{}, err
	case len(traces) == 0:
		return trace.ID{}, hintedError{fmt.Errorf("bundle: a trace was %w in it", trace.ErrNotFound), "name an ID to look for in its logs"}
	case len(traces) == 1:
		return traces[0].ID, nil
	}
	return trace.ID{}, a.listTraces(traces, format, style)
}
