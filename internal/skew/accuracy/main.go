// Accuracy measures how well clocks are corrected: by nothing, by Jaeger's
// algorithm, by Zipkin's and by ours, on the same traces, of which the truth is
// known. Beside them stands what is provable: the truth of the clocks that the
// trace proves to be off, relative to our reference, and all others unmoved. Where
// clocks do not drift, no one who moves nothing without proof does better in that
// frame.
//
//	go run ./internal/skew/accuracy
//	go run ./internal/skew/accuracy -traces 200 -only C,K
//	go run ./internal/skew/accuracy -traces 200 -only wild
//
// The figures depend on the seed and the number of traces alone. Recorded
// traces are measured too, where they are: OTRACE_NEZHA_DIR names their folder.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/otrace/otrace/internal/skew/accuracy/scenario"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr, os.Getenv))
}

// options are the command's flags.
type options struct {
	traces  int
	seed    uint64
	only    string
	workers int
}

// run is the whole program except the process: it returns the exit code.
func run(args []string, stdout, stderr io.Writer, getenv func(string) string) int {
	o := options{workers: runtime.GOMAXPROCS(0)}
	flags := flag.NewFlagSet("accuracy", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&o.traces, "traces", 2000, "traces per scenario")
	flags.Uint64Var(&o.seed, "seed", 1, "the traces' seed")
	flags.StringVar(&o.only, "only", "", "these scenarios alone, as in A,drift,wild,nezha")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if o.traces < 1 || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "accuracy: wants at least one trace and no arguments")
		return 2
	}
	if name := o.unknown(); name != "" {
		fmt.Fprintf(stderr, "accuracy: no scenario %q\n", name)
		return 2
	}
	if err := printAll(stdout, o, cmp.Or(getenv("OTRACE_NEZHA_DIR"), "../shared/data/nezha")); err != nil {
		fmt.Fprintf(stderr, "accuracy: %v\n", err)
		return 1
	}
	return 0
}

// printAll measures and prints one scenario after the other.
func printAll(w io.Writer, o options, recorded string) error {
	fmt.Fprintf(w, "%d traces a scenario, seed %d; mean ± standard error\n", o.traces, o.seed)
	for _, s := range o.scenarios() {
		r := measure(o.traces, o.workers, func(i int) scenario.Truth { return s.Generate(o.seed<<32 + uint64(i)) })
		r.print(w, s.Name+": "+s.What, s.Aims)
	}
	if o.wants("nezha") {
		return printReal(w, recorded, o)
	}
	return nil
}

// scenarios returns those that were asked for, by name or as the group of the
// wild ones.
func (o *options) scenarios() []scenario.Scenario {
	var list []scenario.Scenario
	for _, s := range scenario.All() {
		if o.wants(s.Name) {
			list = append(list, s)
		}
	}
	for _, s := range scenario.Wild() {
		if o.wants(s.Name) || o.wants("wild") {
			list = append(list, s)
		}
	}
	return list
}

// wants reports whether a scenario was asked for.
func (o *options) wants(name string) bool {
	return o.only == "" || slices.ContainsFunc(strings.Split(o.only, ","), func(n string) bool { return strings.EqualFold(n, name) })
}

// unknown returns a name that was asked for and is none.
func (o *options) unknown() string {
	known := []string{"", "nezha", "wild"}
	for _, s := range slices.Concat(scenario.All(), scenario.Wild()) {
		known = append(known, strings.ToLower(s.Name))
	}
	for name := range strings.SplitSeq(o.only, ",") {
		if !slices.Contains(known, strings.ToLower(name)) {
			return name
		}
	}
	return ""
}
