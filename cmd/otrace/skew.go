package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/otrace/otrace/internal/skew"
)

// skewFlags are the flags that say how clocks are put.
type skewFlags struct {
	skew    skewValue
	rawTime bool
}

func (f *skewFlags) addSkew(cmd *cobra.Command) {
	cmd.Flags().Var(&f.skew, "skew", "where within its bounds a clock is put: auto (as it is, if it may be right), mid, or off (correct nothing)")
	cmd.Flags().BoolVar(&f.rawTime, "raw-time", false, "trust every clock: the same as --skew off")
	_ = cmd.RegisterFlagCompletionFunc("skew", cobra.FixedCompletions([]cobra.Completion{ // fails for unknown flags only
		cobra.CompletionWithDesc(skew.Auto.String(), "clocks that may be right stay as they are"),
		cobra.CompletionWithDesc(skew.Mid.String(), "every clock in the middle of its bounds"),
		cobra.CompletionWithDesc(skew.Off.String(), "every clock as observed"),
	}, cobra.ShellCompDirectiveNoFileComp))
}

// mode is what the flags agree on.
func (f *skewFlags) mode() (skew.Mode, error) {
	switch {
	case !f.rawTime:
		return f.skew.mode, nil
	case f.skew.said && f.skew.mode != skew.Off:
		return skew.Auto, usageError{hintedError{fmt.Errorf("--raw-time and --skew %s contradict each other", f.skew.mode), "--raw-time is the same as --skew off: give one of them"}}
	}
	return skew.Off, nil
}

// A skewValue is the value of --skew, and whether it was given.
type skewValue struct {
	mode skew.Mode
	said bool
}

// String names the mode, which is the default in the help.
func (v *skewValue) String() string { return v.mode.String() }

// Type names the flag's value in the help.
func (v *skewValue) Type() string { return "mode" }

// Set reads a mode.
func (v *skewValue) Set(s string) error {
	mode, err := skew.ParseMode(s)
	if err != nil {
		return err
	}
	v.mode, v.said = mode, true
	return nil
}
