package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/safe"
)

// An app is what every command is given: the process's streams and environment.
type app struct {
	ctx    context.Context // ends when the process is told to
	in     io.Reader
	out    io.Writer
	err    io.Writer
	getenv func(string) string

	secrets []string // never shown, though a server may echo them
}

// run is the whole program except the process: it returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	a := &app{ctx: ctx, in: stdin, out: stdout, err: stderr, getenv: getenv}
	started := false
	root := newRootCmd(a)
	root.PersistentPreRun = func(*cobra.Command, []string) { started = true } // cobra has accepted the command line
	root.SetArgs(args)
	root.SetIn(stdin)
	out := &watchedOutput{w: stdout}
	root.SetOut(out)
	root.SetErr(stderr)
	addCompletion(root)
	cmd, err := root.ExecuteContextC(ctx)
	switch {
	case out.err != nil:
		err = output(out.err)
	case err != nil && !started:
		err = usageError{hintedError{err, "see " + cmd.CommandPath() + " --help"}}
	}
	return a.report(ctx, err)
}

func newRootCmd(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "otrace",
		Short: "Show a trace and its logs as one timeline",
		Long: `otrace asks Jaeger for a trace and Elasticsearch for the logs that carry its
ID, corrects the clocks that disagree, and shows both as one timeline.`,
		Example: "  otrace demo                        see it work, without any server\n" +
			"  otrace show 7a1c09e2f4b85d36       show a trace with its logs\n" +
			"  otrace tui 7a1c09e2f4b85d36        drill into it on the terminal\n" +
			"  otrace errors --since 1h           see what is failing, and since when\n" +
			"  otrace find order.id=ORD-17        find traces by business data\n" +
			"  otrace doctor                      see what can be reached, and as whom",
		Version:       describeBuild(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetVersionTemplate("otrace {{.Version}}\n")
	errorsCmd := newErrorsCmd(a)
	root.AddCommand(newShowCmd(a), newTUICmd(a), errorsCmd, newFindCmd(a), newConfigCmd(a), newDoctorCmd(a), newDemoCmd(a), newVersionCmd(a))
	root.AddCommand(topics()...)
	root.SetHelpCommand(newHelpCmd(root))
	if man := manual(root); man != nil {
		root.AddCommand(man)
	}
	for _, cmd := range append(root.Commands(), errorsCmd.Commands()...) {
		if cmd.Flags().Lookup("color") != nil {
			_ = cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]cobra.Completion{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp)) // likewise
		}
		if cmd.Flags().Lookup("context") != nil {
			_ = cmd.RegisterFlagCompletionFunc("context", a.completeContext) // fails for unknown flags only
		}
	}
	return root
}

// addCompletion adds cobra's own command, and lets it refuse a shell that it
// does not know. The output must be set before.
func addCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	if cmd, _, err := root.Find([]string{"completion"}); err == nil {
		cmd.Args, cmd.RunE = noSubcommand, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	}
}

// A watchedOutput keeps the first error of writing what cobra itself prints,
// the help and the completions: it does not tell.
type watchedOutput struct {
	w   io.Writer
	err error
}

func (o *watchedOutput) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// warn says on stderr what is wrong, though nothing is missing for it.
func (a *app) warn(text string) {
	fmt.Fprintf(a.err, "otrace: warning: %s\n", safe.Of(text))
}

// warnAll says what sources warned of when there is nothing to say it with.
func (a *app) warnAll(texts []string) {
	for _, text := range texts {
		a.warn(a.scrub(text))
	}
}

// noArgs refuses arguments in otrace's own words.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, and got %q", cmd.CommandPath(), args[0])
	}
	return nil
}
