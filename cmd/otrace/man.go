//go:build manual

package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manual is the command that writes the manual pages: go run -tags manual
// ./cmd/otrace man DIR. A build for users has none, because what writes them
// costs every start of the program half a millisecond.
func manual(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Write the manual pages into a folder",
		Args:   names("DIR"),
		Hidden: true,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fmt.Errorf("man: %w", err)
			}
			root.DisableAutoGenTag = true
			built := buildTime()
			return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Source: "otrace " + version, Manual: "otrace", Date: &built}, args[0])
		},
	}
}

// buildTime is the commit's, so that the same commit makes the same bytes.
func buildTime() time.Time {
	t, err := time.Parse(time.RFC3339, date)
	if err != nil {
		return time.Unix(0, 0).UTC()
	}
	return t
}
