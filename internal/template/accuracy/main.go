// Accuracy measures how well templates are found: by this repository's miner,
// by its masks alone and by plain Drain, over messages of which the truth is
// known.
//
//	go run ./internal/template/accuracy
//	go run ./internal/template/accuracy -dir FOLDER
//	go run ./internal/template/accuracy -dir FOLDER -only Apache,HDFS -wrong 20
//
// The folder holds files as LogHub and LogHub-2.0 have them: CSV with the
// columns Content and EventId (…structured.csv, …_full.csv). Without one, the
// labelled service errors of the repository are measured. All methods have one
// configuration for all files.
//
// The miner was designed on the service errors and on every second file of
// LogHub-2k (Android, BGL, HPC, HealthApp, Mac, OpenStack, Spark, Windows), so
// the other eight tell more about files that it does not know, as do service
// errors of another seed (internal/template/testdata/errors).
//
// GA is the share of messages whose group holds exactly the messages of one
// event; FGA is the harmonic mean of the share of groups that do (precision)
// and of the share of events that have such a group (recall).
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// options are the command's flags.
type options struct {
	dir, only string
	wrong     int
}

// run is the whole program except the process: it returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("accuracy", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.dir, "dir", "internal/template/testdata", "the `FOLDER` of the labelled files")
	flags.StringVar(&o.only, "only", "", "files with these in their names alone, as in Apache,HDFS")
	flags.IntVar(&o.wrong, "wrong", 0, "show the `NUMBER` largest errors of each file")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintln(stderr, "accuracy: wants no arguments")
		return 2
	}
	files, err := labelled(o.dir, o.only)
	if err == nil {
		err = printAll(stdout, files, o.wrong)
	}
	if err != nil {
		fmt.Fprintf(stderr, "accuracy: %v\n", err)
		return 1
	}
	return 0
}

// labelled returns the CSV files in a folder and the folders below it.
func labelled(dir, only string) ([]string, error) {
	var files []string
	for _, pattern := range []string{"*.csv", "*/*.csv"} {
		found, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		files = append(files, found...)
	}
	files = slices.DeleteFunc(files, func(f string) bool {
		return !wanted(filepath.Base(f), only) || strings.HasSuffix(f, "_templates.csv")
	})
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no labelled files", dir)
	}
	return files, nil
}

// wanted reports whether a file was asked for.
func wanted(file, only string) bool {
	return slices.ContainsFunc(strings.Split(only, ","), func(name string) bool { return strings.Contains(file, name) })
}
