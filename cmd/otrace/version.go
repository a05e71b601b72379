package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Set by the release build.
var version, commit, date string

func newVersionCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Tell which otrace this is",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(a.out, "otrace %s\n", describeBuild())
			return output(err)
		},
	}
}

// describeBuild tells version, commit and toolchain, as far as the binary
// knows them.
func describeBuild() string {
	v, c, d := version, commit, date
	if info, ok := debug.ReadBuildInfo(); ok && v == "" {
		v = info.Main.Version
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				c = s.Value
			case "vcs.time":
				d = s.Value
			}
		}
	}
	if v == "" || v == "(devel)" {
		v = "development"
	}
	text := v
	if c != "" {
		text += fmt.Sprintf(" (commit %.12s, %s)", c, d)
	}
	return text + fmt.Sprintf(" %s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
