package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"github.com/otrace/otrace/internal/bundle"
	"github.com/otrace/otrace/internal/redact"
	"github.com/otrace/otrace/internal/safe"
)

// keepFlags are the flags that say what to keep of what was gathered, and what
// to take out of it.
type keepFlags struct {
	redactFlags
	save string
}

// redactFlags are the flags that say what to take out of what was gathered.
type redactFlags struct {
	redact   bool
	patterns []string
}

func (f *keepFlags) addKeep(flags *pflag.FlagSet) {
	flags.Var(pathValue{&f.save}, "save", "also keep what was gathered as this `bundle`: a folder, or an archive where it ends in .tar.gz or .zip")
	f.addRedact(flags, "shown or saved")
}

func (f *redactFlags) addRedact(flags *pflag.FlagSet, before string) {
	flags.BoolVar(&f.redact, "redact", false, "take out card numbers, tokens, passwords, keys and mail addresses before anything is "+before)
	flags.StringArrayVar(&f.patterns, "redact-pattern", nil, "also take out what this `pattern` finds, a regular expression; repeatable")
}

// A pathValue is a flag for a path. An empty one, as of a variable that is not
// set, must not pass for none: nothing would be kept.
type pathValue struct{ path *string }

// String returns nothing, so that pflag prints no default.
func (v pathValue) String() string { return "" }

// Type names the flag's value in the help.
func (v pathValue) Type() string { return "path" }

// Set takes the path.
func (v pathValue) Set(s string) error {
	if s == "" {
		return errors.New("must not be empty")
	}
	*v.path = s
	return nil
}

// redactor returns nil where nothing is to be taken out.
func (f *redactFlags) redactor() (*redact.Redactor, error) {
	if !f.redact && len(f.patterns) == 0 {
		return nil, nil
	}
	r, err := redact.New(redact.Options{Patterns: f.patterns})
	if err != nil {
		return nil, usageError{fmt.Errorf("--redact-pattern: %w", err)}
	}
	return r, nil
}

// saver begins a bundle before anything is asked, so that a path that cannot be
// had is told at once; nil where none is wanted.
func (a *app) saver(opts *showOptions, r *redact.Redactor) (*bundle.Saver, error) {
	if opts.save == "" {
		return nil, nil
	}
	saved := bundle.SaveOptions{Now: time.Now(), By: "otrace " + describeBuild(), Window: opts.within}
	if r != nil {
		saved.Redacted = r.Counts()
	}
	s, err := bundle.Create(opts.save, saved)
	switch {
	case errors.Is(err, bundle.ErrExists):
		return nil, usageError{hintedError{fmt.Errorf("--save: %w", err), "a bundle is evidence: give another name, or remove it yourself"}}
	case err != nil:
		return nil, usageError{hintedError{fmt.Errorf("--save: %w", err), "give it a name in a folder that you can write to"}}
	}
	return s, nil
}

// keep saves the bundle, if there is anything to save, and says on stderr what
// was taken out and where the rest is.
func (a *app) keep(s *showing) error {
	if s.redact != nil && s.shown {
		fmt.Fprintf(a.err, "otrace: redacted: %s\n", s.redact.Counts())
	}
	if s.saver == nil || !s.shown || s.cut {
		return nil
	}
	if err := s.saver.Commit(); err != nil {
		return hintedError{fmt.Errorf("--save: %w", err), "nothing was left behind"}
	}
	fmt.Fprintf(a.err, "otrace: saved as %s\n", safe.Of(s.save))
	return nil
}
