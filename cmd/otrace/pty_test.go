package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
)

// onTerminal runs a command on a pseudo-terminal of 100 columns that answers
// nothing, and keeps what it wrote as the file "terminal":
//
//	terminal command [argument...]
func onTerminal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: terminal command [argument...]")
	}
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	cmd := exec.CommandContext(context.Background(), path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "NO_COLOR", "OTRACE_JAEGER_URL", "OTRACE_ELASTICSEARCH_URL"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	cmd.Env = append(cmd.Env, "TERM=xterm-256color")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 100})
	ts.Check(err)
	defer tty.Close()
	var out bytes.Buffer
	_, _ = io.Copy(&out, tty) // ends with an error when the other side is closed
	_ = cmd.Wait()            // what it wrote is the test
	ts.Check(os.WriteFile(ts.MkAbs("terminal"), out.Bytes(), 0o600))
}
