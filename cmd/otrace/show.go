package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/redact"
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
	filterFlags
	keepFlags
	linked bool
	clocks bool
	all    bool
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
not decide.

On a terminal, rows that say the same are folded into one that counts them;
--all shows each. What filters hide is counted.`,
		Example: "  otrace show 7a1c09e2f4b85d36\n" +
			"  otrace show 7a1c09e2f4b85d36 --errors\n" +
			"  otrace show 7a1c09e2f4b85d36 --linked --clocks\n" +
			"  otrace show 7a1c09e2f4b85d36 -o json | jq '.rows[] | select(.level==\"error\")'\n" +
			"  otrace show 7a1c09e2f4b85d36 --save incident.tar.gz --redact\n" +
			"  otrace show --from incident.tar.gz -o md",
		ValidArgsFunction: a.completeRecent,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.show(cmd.Context(), args, &opts)
		},
	}
	opts.addSettings(cmd.Flags())
	opts.addStyle(cmd.Flags())
	opts.addWindow(cmd.Flags())
	opts.addSkew(cmd)
	opts.addFilter(a, cmd, &opts.settings)
	opts.addKeep(cmd.Flags())
	cmd.Flags().BoolVar(&opts.linked, "linked", false, "also gather the traces that it links to, that link to it, or that share its business IDs")
	cmd.Flags().BoolVar(&opts.clocks, "clocks", false, "show what is known of each clock, and how, instead of the timeline")
	cmd.Flags().BoolVar(&opts.all, "all", false, "fold nothing: every row, also on a terminal")
	cmd.Flags().StringVarP(&opts.output, "output", "o", "tree", "output `format`: "+strings.Join(formatNames(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp)) // fails for unknown flags only
	return cmd
}

// A showing is what the command line asks for each ID.
type showing struct {
	*showOptions
	format format
	style  render.Style
	mode   skew.Mode
	filter timeline.Filter
	fold   bool

	onTerminal bool
	src        gather.Sources
	from       *bundle.Bundle
	redact     *redact.Redactor
	saver      *bundle.Saver
	shown      bool
	cut        bool // somebody interrupted the gathering
}

// showing checks the command line; nothing is asked yet.
func (a *app) showing(opts *showOptions) (*showing, error) {
	s := &showing{showOptions: opts}
	var errs [6]error
	s.format, errs[0] = formatOf(opts.output)
	s.mode, errs[1] = opts.mode()
	s.style, errs[2] = opts.style(a)
	s.filter, errs[3] = opts.filter()
	s.redact, errs[4] = opts.redactor()
	if opts.clocks && errs[0] == nil {
		s.format, errs[5] = s.format.forClocks()
	}
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	_, s.onTerminal = terminal(a.out)
	s.fold = s.onTerminal && !opts.all && s.format.folds
	return s, nil
}

// show is the command: every check of the command line, then each ID.
func (a *app) show(ctx context.Context, args []string, opts *showOptions) error {
	s, err := a.showing(opts)
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
	if s.src, s.from, err = a.sources(&opts.settings); err != nil {
		return err
	}
	defer s.from.Close()
	if err := link(&s.style, opts.found, s.onTerminal); err != nil {
		return err
	}
	if s.from != nil && !opts.within.IsZero() {
		a.warn("--since and --until tell servers where to look; a bundle is read whole")
	}
	s.src.Window = opts.within
	ctx, cancel := context.WithTimeout(ctx, opts.timeout)
	defer cancel()
	if len(ids) == 0 {
		if ids, err = a.onlyIDs(ctx, s); err != nil || len(ids) == 0 {
			return err
		}
	}
	if s.saver, err = a.saver(opts, s.redact); err != nil {
		return err
	}
	defer s.saver.Discard()
	return a.showAll(ctx, ids, s)
}

// showAll shows each ID, on a terminal through a pager, and keeps what was to be
// kept.
func (a *app) showAll(ctx context.Context, ids []trace.ID, s *showing) error {
	out, pages := a, (*pager)(nil)
	if !s.format.machine {
		out, pages = a.paged()
		s.style.Links = s.style.Links && linksTo(&s.style) && pages.passesLinks(ctx)
	}
	var failed manyError
	for _, id := range ids {
		err := out.showOne(ctx, id, s)
		if err != nil {
			failed = append(failed, ofBundle(err, s.from))
		}
		if s.saver == nil && (pages.left() || errors.As(err, new(outputError))) {
			break // nobody reads on
		}
	}
	pages.close()
	if err := a.keep(s); err != nil {
		failed = append(slices.DeleteFunc(failed, isClosedPipe), err) // which would make it quiet
	}
	switch len(failed) {
	case 0:
		return nil
	case 1:
		return failed[0]
	}
	return failed
}

// showOne is the whole data path, one stage a line. A picture that follows
// another stands apart from it.
func (a *app) showOne(ctx context.Context, id trace.ID, s *showing) error {
	ev, err := a.gather(ctx, id, s)
	if err != nil {
		a.warnAll(ev.Warnings)
		return err
	}
	a.scrubEvidence(&ev)
	if s.redact != nil {
		redact.Evidence(&ev, s.redact)
	}
	if s.saver != nil {
		s.saver.Add(&ev)
	}
	s.cut = s.cut || a.ctx.Err() != nil
	clocks := s.mode.Estimate(ev.Spans, ev.Logs)
	tl := timeline.Build(&ev, clocks)
	a.keepRecent(id, tl)
	if !s.filter.IsZero() && !s.clocks {
		tl = tl.Filter(&s.filter)
	}
	if s.fold {
		tl = tl.Fold()
	}
	if s.shown && !s.format.machine {
		fmt.Fprintln(a.out)
	}
	s.shown = true
	if err := s.format.timeline(a.out, tl, s.style); err != nil {
		return output(err)
	}
	return partial(tl.Gaps)
}

// gather asks the sources. A bundle that was saved for the ID gives back what
// they said then, word for word.
func (a *app) gather(ctx context.Context, id trace.ID, s *showing) (trace.Evidence, error) {
	if s.from != nil {
		ev, ok, err := s.from.Saved(ctx, id)
		if err != nil || ok && (!s.linked || len(ev.Linked) > 0) {
			return ev, err
		}
	}
	ask := gather.All
	if s.linked {
		ask = gather.Linked
	}
	done := a.progress("asking " + sourceNames(s.src))
	defer done()
	return ask(ctx, id, s.src)
}

func sourceNames(src gather.Sources) string {
	if src.SpansName == src.LogsName {
		return src.SpansName
	}
	return src.SpansName + " and " + src.LogsName
}
