//go:build !windows

package config

import (
	"context"
	"os/exec"
)

// shell is a command that the system's shell reads.
func shell(ctx context.Context, command string) *exec.Cmd {
	return exec.CommandContext(ctx, "/bin/sh", "-c", command)
}

// modesTell reports whether a file's mode tells who can read it.
func modesTell() bool { return true }
