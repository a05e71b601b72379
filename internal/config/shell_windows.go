package config

import (
	"context"
	"os/exec"
	"syscall"
)

// shell is a command that the system's shell reads. cmd has quoting rules of
// its own: it takes all that stands between the outermost quotes.
func shell(ctx context.Context, command string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd.exe")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd.exe /d /s /c "` + command + `"`, HideWindow: true}
	return cmd
}

// modesTell reports whether a file's mode tells who can read it.
func modesTell() bool { return false }
