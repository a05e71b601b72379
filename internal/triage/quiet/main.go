// Quiet measures how often groups of errors are called new or rising in hours in
// which nothing has changed, and how often what did change is found: by a
// comparison with the hour before, with the day's mean, and by otrace, which
// takes into account how much each group varies by itself, without and with
// knowing how much traffic there was.
//
//	go run ./internal/triage/quiet
//	go run ./internal/triage/quiet -runs 20 -only bursty8,daily
//	go run ./internal/triage/quiet -slices 6
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
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// options are the command's flags.
type options struct {
	plan
	runs int
	seed uint64
	only string
}

// run is the whole program except the process: it returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("quiet", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.hours, "hours", 200, "quiet hours in a row")
	flags.IntVar(&o.groups, "groups", 40, "groups of errors")
	flags.IntVar(&o.slices, "slices", 24, "hours of the baseline")
	flags.IntVar(&o.runs, "runs", 10, "times that each world is made anew")
	flags.Uint64Var(&o.seed, "seed", 1, "the worlds' seed")
	flags.StringVar(&o.only, "only", "", "these worlds alone, as in bursty8,daily")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if min(o.hours, o.groups, o.slices, o.runs) < 1 || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "quiet: wants at least one of hours, groups, slices and runs, and no arguments")
		return 2
	}
	chosen, unknown := choose(o.only)
	if unknown != "" {
		fmt.Fprintf(stderr, "quiet: no world %q\n", unknown)
		return 2
	}
	printAll(stdout, &o, chosen)
	return 0
}

// choose returns the worlds of these names, all when there are none, or a name
// that no world has.
func choose(names string) (chosen []world, unknown string) {
	if names == "" {
		return worlds(), ""
	}
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(worlds(), func(w world) bool { return strings.EqualFold(w.name, name) })
		if i < 0 {
			return nil, name
		}
		chosen = append(chosen, worlds()[i])
	}
	return chosen, ""
}

// printAll measures and prints one world after the other.
func printAll(w io.Writer, o *options, chosen []world) {
	fmt.Fprintf(w, "%d × %d hours × %d groups a world, %d hours before as the baseline, seed %d\n",
		o.runs, o.hours, o.groups, o.slices, o.seed)
	for i := range chosen {
		var r result
		for n := range o.runs {
			r.join(measure(&chosen[i], o.plan, o.seed<<32+uint64(n)))
		}
		r.print(w, &chosen[i])
	}
	fmt.Fprint(w, legend)
}
