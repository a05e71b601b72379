package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/timeline"
	"github.com/otrace/otrace/internal/trace"
)

// filterFlags are the flags that say which rows to show.
type filterFlags struct {
	errors      bool
	critical    bool
	noLogs      bool
	services    []string
	operations  []string
	minDuration time.Duration
	level       string
	grep        string
	depth       int
}

func (f *filterFlags) addFilter(a *app, cmd *cobra.Command, s *settings) {
	flags := cmd.Flags()
	flags.BoolVar(&f.errors, "errors", false, "only what failed, with all that the failed spans said, and what leads there")
	flags.Var(listValue{&f.services}, "service", "only spans and logs of these `services`; * stands for anything")
	flags.StringArrayVar(&f.operations, "operation", nil, "only spans of this `operation`; * stands for anything; repeatable")
	flags.Var(durationValue{&f.minDuration}, "min-duration", "only spans that took at least this long")
	flags.StringVar(&f.level, "level", "", "only logs of this `level` or a worse one: trace, debug, info, warn, error, fatal")
	flags.StringVar(&f.grep, "grep", "", "only rows in which this `pattern` stands: a regular expression; case matters where it has capitals")
	flags.Var(countValue{&f.depth}, "depth", "only so many `levels` of spans")
	flags.BoolVar(&f.critical, "critical", false, "only the critical path: what the root waited for")
	flags.BoolVar(&f.noLogs, "no-logs", false, "no logs")
	a.completeFlags(cmd, s, func() []string { return f.services })
}

var levels = []string{"trace", "debug", "info", "warn", "error", "fatal"}

// filter checks the flags.
func (f *filterFlags) filter() (timeline.Filter, error) {
	want := timeline.Filter{
		Errors: f.errors, Critical: f.critical, NoLogs: f.noLogs,
		MinDuration: int64(f.minDuration), Depth: f.depth,
		Services: patterns(f.services), Operations: patterns(f.operations),
	}
	if f.depth < 0 {
		return want, usageError{fmt.Errorf("--depth %d: must not be negative", f.depth)}
	}
	if f.level != "" {
		if want.Level = trace.ParseLevel(f.level); want.Level == trace.LevelUnknown {
			return want, usageError{hintedError{fmt.Errorf("--level %q is no level", f.level), "the levels are " + strings.Join(levels, ", ")}}
		}
	}
	var err error
	want.Text, err = f.text()
	return want, err
}

// text is what --grep looks for. Case matters where the pattern has capitals,
// other than those of \S and \W.
func (f *filterFlags) text() (*regexp.Regexp, error) {
	if f.grep == "" {
		return nil, nil
	}
	pattern, err := regexp.Compile(f.grep)
	if err != nil {
		_, why, _ := strings.Cut(err.Error(), "error parsing regexp: ")
		return nil, usageError{hintedError{fmt.Errorf("--grep %q: %s", f.grep, why), `a sign that means something to regular expressions is written with a backslash: \(`}}
	}
	letters := regexp.MustCompile(`\\[pP]\{[^}]*\}|\\[pP]?.`).ReplaceAllString(f.grep, "")
	if letters == strings.ToLower(letters) {
		pattern = regexp.MustCompile("(?i)" + f.grep)
	}
	return pattern, nil
}

func patterns(texts []string) []timeline.Pattern {
	var list []timeline.Pattern
	for _, text := range texts {
		list = append(list, timeline.NewPattern(text))
	}
	return list
}
