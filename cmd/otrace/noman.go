//go:build !manual

package main

import "github.com/spf13/cobra"

// manual is nil: see man.go.
func manual(*cobra.Command) *cobra.Command { return nil }
