package main

import (
	"context"
	"slices"
	"strings"
)

// A suite is the tests that one call of go test runs.
type suite struct {
	name     string
	flags    []string
	packages []string // folders
}

// pure are the packages that only compute. The race detector makes that six
// times as slow and finds nothing where no goroutine is: they are tested without,
// and it watches what they do side by side in tests of that name.
var pure = []string{
	"internal/jscan", "internal/jaegerjson", "internal/jaegerjson/adjusted", "internal/logdoc", "internal/redact", "internal/render", "internal/safe",
	"internal/skew", "internal/skew/accuracy", "internal/skew/accuracy/nezha", "internal/skew/accuracy/rival", "internal/skew/accuracy/scenario",
	"internal/template", "internal/template/accuracy", "internal/timeline", "internal/trace",
	"internal/triage", "internal/triage/accuracy", "internal/triage/accuracy/wild", "internal/triage/quiet",
}

// sideBySide are those of the pure packages that start goroutines or lock.
var sideBySide = []string{"internal/skew", "internal/skew/accuracy", "internal/timeline", "internal/triage"}

// onServers are the packages whose tests ask the real servers.
var onServers = []string{"cmd/otrace", "internal/es", "internal/jaeger"}

// suites are all tests, unless the arguments name packages. Those on the servers
// run a package at a time: some search all indices while others make and remove
// theirs. The linter vets everything, so go test does not again.
func suites(args, all []string) []suite {
	race := func(flags ...string) []string { return append([]string{"-race", "-timeout", "20m"}, flags...) } // twice what go test allows: machines may be slow
	if slices.ContainsFunc(args, namesPackage) {
		return []suite{{"tests", race("-p", "1"), nil}}
	}
	rest := slices.DeleteFunc(slices.Clone(all), func(dir string) bool {
		return slices.Contains(pure, dir) || slices.Contains(onServers, dir)
	})
	return []suite{
		{"pure tests", []string{"-vet=off"}, pure},
		{"side by side", race("-vet=off", "-run", "SideBySide"), sideBySide},
		{"tests", race("-vet=off"), rest},
		{"tests on servers", race("-vet=off", "-p", "1"), onServers},
	}
}

func namesPackage(arg string) bool {
	return arg == "." || strings.HasPrefix(arg, "./") || strings.HasPrefix(arg, modulePath)
}

// line is the suite's whole command line for go test.
func (t suite) line(args []string) []string {
	line := slices.Concat([]string{"test"}, t.flags, args)
	for _, dir := range t.packages {
		line = append(line, "./"+dir)
	}
	return line
}

// packagesBelow are the folders of all packages below root.
func packagesBelow(ctx context.Context, root string) ([]string, error) {
	out, err := goCommand(ctx, root, "list", "./...").Output()
	if err != nil {
		return nil, err
	}
	var dirs []string
	for path := range strings.FieldsSeq(string(out)) {
		dirs = append(dirs, strings.TrimPrefix(path, modulePath+"/"))
	}
	return dirs, nil
}
