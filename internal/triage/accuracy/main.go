// Accuracy measures how well failing traces and error logs become the few
// causes behind them, in worlds of which the truth is known: services of many
// kinds, each with its own conventions, languages and faults. Beside otrace two
// naive ways are held to the same truth: every failed span, and every topmost
// one, by its service, operation and status message without digits.
//
//	go run ./internal/triage/accuracy
//	go run ./internal/triage/accuracy -seeds 100 -only grpc,pools
//	go run ./internal/triage/accuracy -only pools -show
//
// The figures depend on the flags alone.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/triage/accuracy/wild"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// options are the command's flags.
type options struct {
	seeds int
	seed  uint64
	only  string
	show  bool
}

// run is the whole program except the process: it returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("accuracy", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.seeds, "seeds", 20, "times that each world is played")
	flags.Uint64Var(&o.seed, "seed", 1, "the first seed")
	flags.StringVar(&o.only, "only", "", "these worlds alone, as in grpc,pools")
	flags.BoolVar(&o.show, "show", false, "list the groups of the first seed, too")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if o.seeds < 1 || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "accuracy: wants at least one seed and no arguments")
		return 2
	}
	chosen, unknown := choose(o.only)
	if unknown != "" {
		fmt.Fprintf(stderr, "accuracy: no world %q\n", unknown)
		return 2
	}
	printAll(stdout, &o, chosen)
	return 0
}

// choose returns the worlds of these names, all when there are none, or a name
// that no world has.
func choose(names string) (chosen []wild.World, unknown string) {
	all := wild.All()
	if names == "" {
		return all, ""
	}
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(w wild.World) bool { return strings.EqualFold(w.Name, name) })
		if i < 0 {
			return nil, name
		}
		chosen = append(chosen, all[i])
	}
	return chosen, ""
}
