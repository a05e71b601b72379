package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

func newUpCmd(at func() *stack) *cobra.Command {
	var install bool
	cmd := &cobra.Command{
		Use:       "up [SERVER...]",
		Short:     "Start the servers and print their addresses as shell lines",
		Long:      "Start the servers and print their addresses as shell lines on stdout.\n\n" + serverHelp(),
		Example:   "  eval \"$(go run ./internal/stack up)\"\n  go run ./internal/stack up opensearch",
		ValidArgs: allNames(),
		RunE: func(cmd *cobra.Command, args []string) error {
			s := at()
			s.install = install
			names, err := pick(args, defaultNames())
			if err != nil {
				return err
			}
			st, err := s.up(cmd.Context(), names, false)
			if err != nil {
				return err
			}
			return printEnv(cmd.OutOrStdout(), st, names)
		},
	}
	cmd.Flags().BoolVar(&install, "install", false, "install what is missing, as root on Debian")
	return cmd
}

// printEnv writes the addresses of the named servers as lines for a shell.
func printEnv(w io.Writer, st state, names []string) error {
	for _, v := range environment(st, names) {
		if _, err := fmt.Fprintf(w, "export %s\n", v); err != nil {
			return err
		}
	}
	return nil
}

func newDownCmd(at func() *stack) *cobra.Command {
	return &cobra.Command{
		Use:       "down [SERVER...]",
		Short:     "Stop the servers that up started, and nothing else",
		ValidArgs: allNames(),
		RunE: func(cmd *cobra.Command, args []string) error {
			names, err := pick(args, allNames())
			if err != nil {
				return err
			}
			return at().down(cmd.Context(), names)
		},
	}
}

func newStatusCmd(at func() *stack) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say what runs; exit 0 only when the default servers are all up",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return at().status(cmd.Context(), cmd.OutOrStdout())
		},
	}
}

// testOptions are the flags of stack test.
type testOptions struct {
	install  bool
	keep     bool
	noChecks bool
	args     []string // for go test
}

func newTestCmd(at func() *stack) *cobra.Command {
	var opts testOptions
	cmd := &cobra.Command{
		Use:   "test [-- GO TEST ARGUMENTS]",
		Short: "Run the linter, the builds and every test against the real servers",
		Long: "Run the linter, its own check, the release builds, and every test against the real\n" +
			"servers, with the race detector but for packages that only compute. Servers that it\n" +
			"had to start are stopped afterwards. A test that misses its server fails.",
		Example: "  go run ./internal/stack test --install\n" +
			"  go run ./internal/stack test --keep --no-checks -- -run TestShow ./cmd/otrace",
		RunE: func(cmd *cobra.Command, args []string) error {
			s := at()
			s.install = opts.install
			opts.args = args
			return s.test(cmd.Context(), cmd.OutOrStdout(), opts)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&opts.install, "install", false, "install what is missing, as root on Debian")
	f.BoolVar(&opts.keep, "keep", false, "leave the servers running")
	f.BoolVar(&opts.noChecks, "no-checks", false, "only the tests: no linter, no builds")
	return cmd
}

// pick checks server names, or takes fallback when there are none.
func pick(args, fallback []string) ([]string, error) {
	for _, name := range args {
		if find(name) == nil {
			return nil, usageError{fmt.Errorf("no server is called %q (there are %s)", name, strings.Join(allNames(), ", "))}
		}
	}
	if len(args) == 0 {
		return fallback, nil
	}
	return args, nil
}

// environment is what tests need to find the named servers, as NAME=value.
func environment(st state, names []string) []string {
	var vars []string
	for _, srv := range withNeeds(names) {
		if r, ok := st.Servers[srv.about().name]; ok {
			vars = append(vars, srv.env(r.Ports)...)
		}
	}
	return vars
}

func serverHelp() string {
	var b strings.Builder
	b.WriteString("Servers:")
	for _, srv := range catalogue {
		a := srv.about()
		note := ""
		if a.onRequest {
			note = " (only when named)"
		}
		fmt.Fprintf(&b, "\n  %-11s %s %s%s", a.name, a.product, a.version, note)
	}
	return b.String()
}

// interrupted is ctx's error when the user stopped the run, else err.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
