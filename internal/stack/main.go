// Command stack gets, starts and stops the real servers that otrace is tested
// and measured against.
//
//	go run ./internal/stack up      start them, print their addresses as shell lines
//	go run ./internal/stack status  say what runs
//	go run ./internal/stack test    run the checks and every test against them
//	go run ./internal/stack down    stop them
//
// Nothing needs a container engine: Jaeger is built from its own module, the
// search servers are unpacked from archives whose SHA-512 is pinned here. All
// of it is kept in one folder, whole or not at all: what is fetched, unpacked
// or built takes its final name only when it is complete, so an interrupted run
// leaves nothing to repair by hand. Every server listens on loopback only, and
// only processes that this program started, and that still are these
// processes, are ever stopped.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(code)
}

// Exit codes.
const (
	exitOK          = 0
	exitFailed      = 1 // also: status, when a default server is down
	exitUsage       = 2
	exitInterrupted = 130
)

// run is the whole program except the process: it returns the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, getenv func(string) string) int {
	root := &cobra.Command{
		Use:           "stack",
		Short:         "Real servers for otrace's tests and benchmarks",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	started := false
	var s *stack
	root.PersistentPreRunE = func(*cobra.Command, []string) (err error) {
		started = true // cobra has accepted the command line
		s, err = open(getenv, stderr)
		return err
	}
	root.CompletionOptions.DisableDefaultCmd = true
	at := func() *stack { return s }
	root.AddCommand(newUpCmd(at), newDownCmd(at), newStatusCmd(at), newTestCmd(at))
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && !started {
		err = usageError{err}
	}
	return report(stderr, err)
}

// A usageError is the caller's mistake.
type usageError struct{ error }

// errReported ends the program with exit code 1; what is wrong is already said.
var errReported = errors.New("already reported")

// A hintedError is a fact with what to do about it.
type hintedError struct {
	error
	hint string
}

func (e hintedError) Unwrap() error { return e.error }

// hinted is an error that tells what to do about it.
func hinted(hint, format string, args ...any) error {
	return hintedError{fmt.Errorf(format, args...), hint}
}

// report is the only place that prints an error or chooses an exit code.
func report(w io.Writer, err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errReported):
		return exitFailed
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "stack: interrupted")
		return exitInterrupted
	}
	fmt.Fprintf(w, "stack: %v\n", err)
	if errors.As(err, new(usageError)) {
		fmt.Fprintln(w, "hint: see go run ./internal/stack --help")
		return exitUsage
	}
	if hint, ok := errors.AsType[hintedError](err); ok {
		fmt.Fprintf(w, "hint: %s\n", hint.hint)
	}
	return exitFailed
}
