package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/triage"
)

// errorsOptions are the flags of otrace errors.
type errorsOptions struct {
	settings
	styleFlags
	windowFlags
	service    string
	operation  string
	baseline   time.Duration
	noBaseline bool
	groupBy    string
	maxTraces  int
	maxLogs    int
	output     string

	limit    int
	expected bool
	exitCode bool
	watch    time.Duration
}

func newErrorsCmd(a *app) *cobra.Command {
	var opts errorsOptions
	cmd := &cobra.Command{
		Use:   "errors",
		Short: "Show what is failing, since when, and from where",
		Long: `Errors turns the failing spans and the error logs of a window into the causes
behind them, the new ones first, each with a trace to open.

A cause is the span that failed first: its service, its operation, the class of
the error and what was said. Callers that failed with it, and logs that tell of
it, are counted with it and not apart. A caller that gave up on a slow callee is
counted for the callee. What retries or fallbacks made good is "absorbed" and
ranks lower; refusals that are the caller's own doing (4xx, NOT_FOUND,
CANCELLED) are counted apart.

NEW was not there in the 24 windows before, RISING is more than these explain;
"NEW?" says that they are not all known. Counts are of traces, not of spans:
retries do not make a cause look worse.`,
		Example: "  otrace errors\n" +
			"  otrace errors --since 15m --service payment\n" +
			"  otrace errors show 1\n" +
			"  otrace errors --since 1h -o json | jq '.groups[] | select(.flag==\"new\")'\n" +
			"  otrace errors --since 10m --watch",
		Args: func(cmd *cobra.Command, args []string) error {
			if opts.watch > 0 && len(args) == 1 {
				if _, err := parseDuration(args[0]); err == nil {
					return fmt.Errorf("--watch %s: write it as --watch=%s", args[0], args[0])
				}
			}
			return noSubcommand(cmd, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return a.errors(cmd.Context(), &opts) },
	}
	opts.addTriage(a, cmd)
	flags := cmd.Flags()
	flags.IntVar(&opts.limit, "limit", 20, "the most causes to list; 0 for all")
	flags.BoolVar(&opts.expected, "expected", false, "list what is expected, too: 4xx, NOT_FOUND, CANCELLED")
	flags.BoolVar(&opts.exitCode, "exit-code", false, "exit with 10 when there are causes")
	flags.VarPF(durationValue{&opts.watch}, "watch", "", "look again and again, every so often (every 10s)").NoOptDefVal = "10s"
	cmd.AddCommand(newErrorsShowCmd(a))
	return cmd
}

// addTriage registers the flags that otrace errors and otrace errors show
// share.
func (o *errorsOptions) addTriage(a *app, cmd *cobra.Command) {
	flags := cmd.Flags()
	o.addSettings(flags)
	o.addStyle(flags)
	o.addWindow(flags)
	o.addScope(flags)
	flags.StringVarP(&o.output, "output", "o", "table", "output `format`: "+strings.Join(causeFormatNames(), ", "))
	a.completeFlags(cmd, &o.settings, func() []string { return []string{o.service} })
	for name, values := range map[string][]string{"output": causeFormatNames(), "group-by": groupings()} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // fails for unknown flags only
	}
}

func (o *errorsOptions) addScope(flags *pflag.FlagSet) {
	flags.StringVar(&o.service, "service", "", "only what fails in, or through, this `service`")
	flags.StringVar(&o.operation, "operation", "", "only what fails in, or through, this `operation`")
	flags.StringVar(&o.groupBy, "group-by", "cause", "what a group has in `common`: "+strings.Join(groupings(), ", "))
	flags.Var(durationValue{&o.baseline}, "baseline", "compare with so much time before (default: 24 times the window)")
	flags.BoolVar(&o.noBaseline, "no-baseline", false, "compare with nothing")
	flags.IntVar(&o.maxTraces, "max-traces", 2000, "read about so many failing traces, and as many of the time before; 0 for all")
	flags.IntVar(&o.maxLogs, "max-logs", 5000, "read so many error logs; of more, read a sample and have all counted; 0 for all")
}

// groupings are the words of --group-by.
func groupings() []string {
	var names []string
	for by := triage.ByCause; by <= triage.ByEntry; by++ {
		names = append(names, by.String())
	}
	return names
}

// by reads --group-by.
func (o *errorsOptions) by() (triage.By, error) {
	i := slices.Index(groupings(), o.groupBy)
	if i < 0 {
		return 0, usageError{fmt.Errorf("--group-by %s: groups are by %s", o.groupBy, strings.Join(groupings(), ", "))}
	}
	return triage.By(i), nil
}

// check refuses what cannot be meant.
func (o *errorsOptions) check() error {
	for _, n := range []struct {
		flag  string
		value int
	}{{"limit", o.limit}, {"max-traces", o.maxTraces}, {"max-logs", o.maxLogs}} {
		if n.value < 0 {
			return usageError{fmt.Errorf("--%s %d: must not be negative", n.flag, n.value)}
		}
	}
	if o.noBaseline && o.baseline > 0 {
		return usageError{errors.New("--baseline and --no-baseline exclude each other")}
	}
	return nil
}

// A causeFormat is a way to write a triage, and one of its groups.
type causeFormat struct {
	name  string
	all   func(io.Writer, *triage.Report, render.Style) error
	group func(io.Writer, *render.GroupDetail, render.Style) error
	// machine says that it is read by programs.
	machine bool
}

var causeFormats = [...]causeFormat{
	{name: "table", all: render.Errors, group: render.ErrorGroup},
	{name: "json", machine: true, all: plainly(render.ErrorsJSON), group: plainly(render.ErrorGroupJSON)},
	{name: "ndjson", machine: true, all: plainly(render.ErrorsNDJSON), group: plainly(render.ErrorGroupJSON)},
	{name: "md", all: plainly(render.ErrorsMarkdown), group: plainly(render.ErrorGroupMarkdown)},
}

// plainly is a way to write that has no style.
func plainly[T any](write func(io.Writer, *T) error) func(io.Writer, *T, render.Style) error {
	return func(w io.Writer, it *T, _ render.Style) error { return write(w, it) }
}

func causeFormatNames() []string {
	var names []string
	for _, f := range causeFormats {
		names = append(names, f.name)
	}
	return names
}

func causeFormatOf(name string) (causeFormat, error) {
	i := slices.Index(causeFormatNames(), name)
	if i < 0 {
		return causeFormat{}, usageError{fmt.Errorf("-o %s: the formats are %s", name, strings.Join(causeFormatNames(), ", "))}
	}
	return causeFormats[i], nil
}

// A groupsError tells a script that there are causes; nothing is said of it.
type groupsError struct{ groups int }

// Error says how many.
func (e groupsError) Error() string { return fmt.Sprintf("%d causes", e.groups) }

// errors is the command: every check of the command line, then the triage.
func (a *app) errors(ctx context.Context, opts *errorsOptions) error {
	t, err := a.triaging(ctx, opts)
	if err != nil {
		return err
	}
	defer t.from.Close()
	if opts.watch > 0 {
		return a.watchErrors(ctx, t)
	}
	return a.errorsOnce(ctx, t)
}

// errorsOnce asks, shows, and remembers what it showed.
func (a *app) errorsOnce(ctx context.Context, t *triaging) error {
	r, err := a.triage(ctx, t)
	if r == nil {
		return err
	}
	a.keepListing(t, r)
	out, pages := a, (*pager)(nil)
	if !t.format.machine && t.watch == 0 {
		out, pages = a.paged()
	}
	t.limited(r)
	failed := output(t.format.all(out.out, r, t.style))
	pages.close()
	switch {
	case failed != nil:
		return failed
	case err != nil:
		return err
	case len(r.Gaps) > 0:
		return partial(r.Gaps)
	case t.exitCode && len(r.Groups)+r.Hidden > 0:
		return groupsError{len(r.Groups) + r.Hidden}
	}
	return nil
}

// limited leaves out what was not asked for, and counts it.
func (t *triaging) limited(r *triage.Report) {
	if t.limit > 0 && len(r.Groups) > t.limit {
		r.Hidden = len(r.Groups) - t.limit
		r.Groups = r.Groups[:t.limit]
	}
}
