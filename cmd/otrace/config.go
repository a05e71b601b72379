package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/config"
	"github.com/otrace/otrace/internal/safe"
)

func newConfigCmd(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Name the places to look at: contexts, as in kubectl",
		Long: `Config shows and changes the configuration file, which names contexts: each a
Jaeger, an Elasticsearch and how to be let in there. A flag comes before the
environment, which comes before the context.

What it does not change it leaves as it is written, comments included.`,
		Example: "  otrace config set-context prod --jaeger grpcs://jaeger.example:16685 --elasticsearch https://logs.example:9200 --api-key-env LOGS_KEY\n" +
			"  otrace config use-context prod\n" +
			"  otrace config get-contexts",
		Args: noSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newViewCmd(a), newGetContextsCmd(a), newCurrentContextCmd(a), newUseContextCmd(a),
		newSetContextCmd(a), newDeleteContextCmd(a), newRenameContextCmd(a))
	return cmd
}

// noSubcommand refuses a subcommand that there is not.
func noSubcommand(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("unknown command %q for %q", args[0], cmd.CommandPath())
	}
	return nil
}

func newCurrentContextCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "current-context",
		Short: "Tell the current context",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			file, err := a.loadConfig()
			if err != nil {
				return err
			}
			name := a.currentContext(&file)
			if name == "" {
				return noCurrent()
			}
			return a.say("%s\n", name)
		},
	}
}

func noCurrent() error {
	return hintedError{errors.New("current-context is not set"), "set it with otrace config use-context"}
}

// currentContext is the context that the other commands use by default.
func (a *app) currentContext(file *config.File) string {
	if name := a.getenv("OTRACE_CONTEXT"); name != "" {
		return name
	}
	return file.CurrentContext
}

func newUseContextCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "use-context NAME",
		Aliases:           []string{"use"},
		Short:             "Make a context the current one",
		Args:              names("NAME"),
		ValidArgsFunction: a.completeContexts,
		RunE: func(_ *cobra.Command, args []string) error {
			err := a.edit(func(e *config.Editor) error { return e.Use(args[0]) })
			if err != nil {
				return err
			}
			if other := a.getenv("OTRACE_CONTEXT"); other != "" && other != args[0] {
				a.warn(fmt.Sprintf("OTRACE_CONTEXT is set and comes first: it says %q", other))
			}
			return a.say("Switched to context %q.\n", args[0])
		},
	}
}

func newDeleteContextCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "delete-context NAME",
		Short:             "Delete a context",
		Args:              names("NAME"),
		ValidArgsFunction: a.completeContexts,
		RunE: func(_ *cobra.Command, args []string) error {
			var path string
			err := a.edit(func(e *config.Editor) error {
				wasCurrent, err := e.Delete(args[0])
				if path = e.Path(); err == nil && wasCurrent {
					a.warn("this removed your active context, use \"otrace config use-context\" to select a different one")
				}
				return err
			})
			if err != nil {
				return err
			}
			return a.say("deleted context %s from %s\n", args[0], path)
		},
	}
}

func newRenameContextCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:               "rename-context NAME NEW-NAME",
		Short:             "Give a context another name",
		Args:              names("NAME", "NEW-NAME"),
		ValidArgsFunction: a.completeContexts,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := a.edit(func(e *config.Editor) error { return e.Rename(args[0], args[1]) }); err != nil {
				return err
			}
			return a.say("Context %q renamed to %q.\n", args[0], args[1])
		},
	}
}

// names wants as many arguments as are named.
func names(wanted ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != len(wanted) {
			return fmt.Errorf("%s needs %s, and got %d arguments", cmd.CommandPath(), strings.Join(wanted, " and "), len(args))
		}
		return nil
	}
}

// completeContexts tells the shell which contexts there are, for a command's
// first argument.
func (a *app) completeContexts(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.completeContext(cmd, args, typed)
}

// completeContext does the same for a flag.
func (a *app) completeContext(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	file, err := config.Load(a.getenv)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return file.Names(), cobra.ShellCompDirectiveNoFileComp
}

// loadConfig reads the configuration file. What is wrong with it is no
// server's fault.
func (a *app) loadConfig() (config.File, error) {
	file, err := config.Load(a.getenv)
	if err != nil {
		return file, usageError{hintedError{err, ""}}
	}
	return file, nil
}

// edit changes the configuration file, and says what else that changed.
func (a *app) edit(change func(*config.Editor) error) error {
	e, err := config.Edit(a.getenv)
	if err != nil {
		return usageError{hintedError{err, ""}}
	}
	if err := change(e); err != nil {
		return refusal(err)
	}
	notes, err := e.Save()
	if err != nil {
		return hintedError{err, ""}
	}
	for _, note := range notes {
		a.warn(note)
	}
	return nil
}

// refusal is an error of changing what cannot be changed: the caller's mistake.
func refusal(err error) error {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return usageError{err}
	}
	return usageError{hintedError{err, ""}}
}

// say prints what was done, with arguments made harmless.
func (a *app) say(format string, args ...string) error {
	clean := make([]any, len(args))
	for i, arg := range args {
		clean[i] = safe.Of(arg).String()
	}
	_, err := fmt.Fprintf(a.out, format, clean...)
	return output(err)
}

// writeJSON writes a value on one line, as every JSON of otrace's.
func (a *app) writeJSON(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := a.out.Write(append(safe.AppendRawJSON(nil, bytes.TrimSpace(b.Bytes())), '\n'))
	return output(err)
}

// writeLines writes text that came from a file, each line made harmless.
func (a *app) writeLines(text string) error {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(safe.Of(strings.TrimSuffix(line, "\n")).String())
		b.WriteByte('\n')
	}
	_, err := io.WriteString(a.out, b.String())
	return output(err)
}
