package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/trace"
	"github.com/otrace/otrace/internal/tui"
)

// tuiOptions are the flags of otrace tui.
type tuiOptions struct {
	errorsOptions
	skewFlags
	redactFlags
}

func newTUICmd(a *app) *cobra.Command {
	var opts tuiOptions
	cmd := &cobra.Command{
		Use:   "tui [ID | KEY=VALUE...]",
		Short: "Drill from what fails into a trace and its logs, on the terminal",
		Long: `Tui begins with what fails, as errors lists it, and drills from there into a
cause, a trace, and a line of its log. With an ID it begins with that trace, with
KEY=VALUE with the traces that find lists. The first line tells where one is.

  enter, esc   deeper, and back
  j k g G      move, as in vi; the arrows do, too
  / n N        look for a text, the next one, the one before
  f F          filter as it is typed, keeping what leads there; no filter
  e E          the next error, the one before
  s            clocks corrected, or as observed
  y o x ^e     copy, open in Jaeger or Kibana, save, open in the editor
  r ^c         ask again; give up what is being waited for, then quit
  :            commands, such as :trace ID, :find KEY=VALUE and :context NAME
  ? q          all keys; quit

What is copied goes to the terminal by OSC 52, which works over SSH where the
terminal allows it; and to tmux, wl-copy, xclip, xsel, pbcopy or clip.exe, where
they are. How the screen was set up is kept for each context.

--redact takes secrets out of traces, logs and causes before they are shown.
What is asked for stays as it was typed, and so do the services and operations
that can be chosen from.

The exit code is 0 when you leave the screen, whatever was on it, 130 when a
signal ends it, and 1 when the terminal cannot be had or goes away.`,
		Example: "  otrace tui\n" +
			"  otrace tui 7a1c09e2f4b85d36\n" +
			"  otrace tui order.id=ORD-17\n" +
			"  otrace tui --since 15m --watch\n" +
			"  otrace tui --context demo",
		ValidArgsFunction: a.completeFirst,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.tui(cmd.Context(), args, &opts)
		},
	}
	flags := cmd.Flags()
	opts.addSettings(flags)
	opts.addWindow(flags)
	opts.addScope(flags)
	opts.addSkew(cmd)
	opts.addRedact(flags, "shown, copied or saved")
	flags.StringVar(&opts.color, "color", "auto", "`when` to use colours: auto, always or never")
	flags.BoolVar(&opts.ascii, "ascii", false, "draw with ASCII characters only")
	flags.VarPF(durationValue{&opts.watch}, "watch", "", "ask for the errors again and again, every so often (every 10s)").NoOptDefVal = "10s"
	a.completeFlags(cmd, &opts.settings, func() []string { return []string{opts.service} })
	_ = cmd.RegisterFlagCompletionFunc("group-by", cobra.FixedCompletions(groupings(), cobra.ShellCompDirectiveNoFileComp)) // fails for unknown flags only
	return cmd
}

// tui is the command: every check of the command line, then the screen. It
// succeeds when somebody leaves the screen, whatever that showed: what failed
// was told there, and could be asked for again.
func (a *app) tui(ctx context.Context, args []string, opts *tuiOptions) error {
	show, err := a.screen(ctx, args, opts)
	if err != nil {
		return err
	}
	places := &tuiPlaces{app: a, opts: opts}
	defer places.close()
	first, err := places.open(ctx, opts.settings)
	if err != nil {
		return err
	}
	if opts.watch > 0 && first.from != nil {
		return usageError{hintedError{errors.New("--watch: a bundle does not change"), "leave --watch out"}}
	}
	if err := link(&show.Style, first.settings.found, false); err != nil {
		return err
	}
	if first.warned != "" {
		fmt.Fprint(a.err, first.warned)
	}
	show.Source, show.Context, show.State = first, first.name(), a.tuiState(first.name())
	show.Keep = a.keepTUIState
	show.Use = func(ctx context.Context, name string) (*tui.Place, error) { return places.use(ctx, name, show.Style) }
	show.Save = places.save
	ctx, stop := untilHangUp(ctx)
	defer stop()
	err = tui.Run(ctx, show)
	if ctx.Err() != nil && a.ctx.Err() == nil {
		return errHungUp
	}
	return err
}

// screen checks the command line for all that is shown wherever it comes from.
func (a *app) screen(ctx context.Context, args []string, opts *tuiOptions) (tui.Options, error) {
	screen, onTerminal := terminal(a.out)
	if !onTerminal || a.getenv("TERM") == "dumb" {
		return tui.Options{}, usageError{hintedError{errors.New("tui needs a terminal that can be drawn on"), "otrace show writes the same anywhere"}}
	}
	show := tui.Options{
		Out: screen, Every: opts.watch, Contexts: a.tuiContexts(), Browse: a.browser(), Clip: a.clipboard(), Editor: a.editor(), Hint: hintFor,
		InScreen: a.getenv("STY") != "" && a.getenv("TMUX") == "", Alone: !canStop(),
		Scope: tui.Scope{Since: opts.since, Until: opts.until, Service: opts.service, Operation: opts.operation},
	}
	if in, ok := a.in.(*os.File); ok && !slices.Contains(args, "-") {
		show.In = in
	}
	var errs [7]error
	show.Style, errs[0] = opts.style(a)
	show.Mode, errs[1] = opts.mode()
	show.Scope.By, errs[2] = opts.by()
	errs[3] = opts.check()
	_, errs[4] = opts.at(time.Now())
	show.ID, show.Wants, errs[5] = a.openedFirst(ctx, args)
	r, err := opts.redactor()
	show.Redacted, errs[6] = r != nil, err
	show.SaveText = saveText
	show.Opened = a.keepOpened
	for _, err := range errs {
		if err != nil {
			return show, err
		}
	}
	return show, nil
}

// openedFirst reads the arguments: a trace's ID, or what to search for.
func (a *app) openedFirst(ctx context.Context, args []string) (trace.ID, []trace.Condition, error) {
	if len(args) > 0 && strings.Contains(args[0], "=") {
		wants, err := conditions(args)
		return trace.ID{}, wants, err
	}
	if len(args) > 1 {
		return trace.ID{}, nil, usageError{hintedError{fmt.Errorf("tui begins with one trace, and got %d", len(args)), "otrace show takes several"}}
	}
	ids, err := a.readIDs(ctx, args)
	if err != nil || len(ids) == 0 {
		return trace.ID{}, nil, err
	}
	return ids[0], nil, nil
}
