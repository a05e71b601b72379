package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/term"
)

// onTerminal runs a command on a pseudo-terminal that answers nothing, and
// keeps what it wrote as the file "terminal". Afterwards the terminal must be
// as it was before:
//
//	terminal [-exit CODE] [-size ROWSxCOLUMNS] [-on PATTERN KEYS]... command [argument...]
//
// It has 40 rows of 100 columns unless another size is given. Each -on waits
// until the pattern stands in what was written since the last one, and then
// types the keys, in which \x03 and the like are read; "resize" makes the
// terminal half as wide instead, "hangup" takes it away, "TERM", "INT" and "HUP"
// send such a signal, and "mend" writes the file that servers wait for. Without
// -exit the exit code does not matter.
func onTerminal(ts *testscript.TestScript, neg bool, args []string) {
	t := typist{rows: 40, cols: 100, exit: -1}
	args = t.options(ts, args)
	if neg || len(args) == 0 {
		ts.Fatalf("usage: terminal [-exit code] [-size ROWSxCOLUMNS] [-on pattern keys]... command [argument...]")
	}
	path, err := exec.LookPath(args[0])
	ts.Check(err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"TERM=xterm-256color"}
	for _, name := range []string{"PATH", "HOME", "NO_COLOR", "TERM", "PAGER", "LESS", "LC_ALL", "OTRACE_PAGER", "OTRACE_JAEGER_URL", "OTRACE_ELASTICSEARCH_URL", "GORACE", "OTRACE_CONFIG", "OTRACE_JAEGER_TOKEN", "OTRACE_ELASTICSEARCH_API_KEY", "PS1", "STY", "DISPLAY", "EDITOR"} {
		if value := ts.Getenv(name); value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	tty, before, err := startOn(cmd, t.rows, t.cols)
	ts.Check(err)
	defer tty.Close()
	t.tty, t.process, t.mended = tty, cmd.Process, ts.MkAbs("mended")
	_, _ = io.Copy(&t, tty) // ends with an error when the other side is closed
	_ = cmd.Wait()          // its code is looked at below
	if !t.hungUp.IsZero() && time.Since(t.hungUp) > soon {
		ts.Fatalf("it went on for %s without a terminal", time.Since(t.hungUp))
	}
	ts.Check(os.WriteFile(ts.MkAbs("terminal"), t.all.Bytes(), 0o600))
	after, _ := term.GetState(int(tty.Fd()))
	switch {
	case ctx.Err() != nil:
		ts.Fatalf("it did not end by itself; it wrote:\n%q", t.all.String())
	case before != nil && after != nil && !reflect.DeepEqual(before, after):
		ts.Fatalf("it left the terminal in another mode")
	case len(t.keys) > 0:
		ts.Fatalf("it never wrote %s; it wrote:\n%q", t.keys[0].on, t.all.String())
	case t.exit >= 0 && cmd.ProcessState.ExitCode() != t.exit:
		ts.Fatalf("it exited with %d, want %d; it wrote:\n%q", cmd.ProcessState.ExitCode(), t.exit, t.all.String())
	}
}

// startOn starts a command on a pseudo-terminal, and returns the terminal's mode
// before it did; nil where the system does not tell. The command hears of a
// terminal that hangs up even where these tests were told to outlive theirs.
func startOn(cmd *exec.Cmd, rows, cols uint16) (*os.File, *term.State, error) {
	keyboard, screen, err := pty.Open()
	if err != nil {
		return nil, nil, err
	}
	defer screen.Close()
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP) // what is caught here is not ignored there
	defer signal.Stop(heard)
	err = pty.Setsize(keyboard, &pty.Winsize{Rows: rows, Cols: cols})
	before, _ := term.GetState(int(keyboard.Fd()))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err = errors.Join(err, cmd.Start()); err != nil {
		_ = keyboard.Close()
		return nil, nil, err
	}
	return keyboard, before, nil
}

// A typist watches a terminal, and types when it is time to.
type typist struct {
	rows, cols uint16
	exit       int
	keys       []keystroke
	tty        *os.File
	all        bytes.Buffer
	seen       int // bytes before the last keys
	process    *os.Process
	mended     string    // a file
	hungUp     time.Time // when the terminal was taken away
}

// soon is when a process must have noticed that its terminal is gone.
const soon = 3 * time.Second

type keystroke struct {
	on   *regexp.Regexp
	keys string
	do   func() // before the keys are typed; nil for nothing
}

// options reads the options and returns the arguments after them.
func (t *typist) options(ts *testscript.TestScript, args []string) []string {
	for len(args) > 1 {
		var err error
		switch args[0] {
		case "-exit":
			t.exit, err = strconv.Atoi(args[1])
		case "-size":
			rows, cols, _ := strings.Cut(args[1], "x")
			r, err1 := strconv.ParseUint(rows, 10, 16)
			c, err2 := strconv.ParseUint(cols, 10, 16)
			t.rows, t.cols, err = uint16(r), uint16(c), errors.Join(err1, err2)
		case "-on":
			var k keystroke
			if k.on, err = regexp.Compile(args[1]); err == nil {
				k.keys, err = strconv.Unquote(`"` + args[2] + `"`)
			}
			t.keys, args = append(t.keys, k), args[1:]
		default:
			return args
		}
		ts.Check(err)
		args = args[2:]
	}
	return args
}

// Write is told what the terminal shows.
func (t *typist) Write(b []byte) (int, error) {
	t.all.Write(b)
	for len(t.keys) > 0 && t.keys[0].on.Match(t.all.Bytes()[t.seen:]) {
		if do := t.keys[0].do; do != nil {
			do()
		}
		t.act(t.keys[0].keys)
		t.seen, t.keys = t.all.Len(), t.keys[1:]
	}
	return len(b), nil
}

// act types keys, or does what no key does.
func (t *typist) act(keys string) {
	switch keys {
	case "resize":
		_ = pty.Setsize(t.tty, &pty.Winsize{Rows: t.rows, Cols: t.cols / 2})
	case "hangup":
		t.hungUp = time.Now()
		_ = t.tty.Close()
	case "TERM":
		_ = t.process.Signal(syscall.SIGTERM)
	case "INT":
		_ = t.process.Signal(syscall.SIGINT)
	case "HUP":
		_ = t.process.Signal(syscall.SIGHUP)
	case "mend":
		_ = os.WriteFile(t.mended, nil, 0o600) // what waits for it would not go on
	default:
		_, _ = t.tty.WriteString(keys)
	}
}
