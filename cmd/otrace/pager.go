package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/term"
)

// A pager shows on a terminal what does not fit on it. Until more was written
// than the screen has lines it is not started, and what was written goes to the
// terminal itself.
//
// It is not told when otrace is interrupted: it has the terminal, and puts that
// in order when its user leaves it.
type pager struct {
	screen *os.File
	stderr io.Writer
	line   []string // the command
	env    []string
	room   int // lines left
	held   []byte
	pipe   io.WriteCloser // into the pager that runs
	cmd    *exec.Cmd
	direct bool // there is no pager to be had
}

// paged returns the app with its output through a pager, where that makes
// sense, and what to call at the end.
func (a *app) paged() (*app, func()) {
	screen, ok := terminal(a.out)
	line := pagerLine(a.getenv)
	if !ok || line == nil || a.getenv("TERM") == "dumb" {
		return a, func() {}
	}
	_, height, err := term.GetSize(int(screen.Fd()))
	if err != nil || height < 2 {
		return a, func() {}
	}
	p := &pager{screen: screen, stderr: a.err, line: line, room: height - 1}
	for name, value := range map[string]string{"LESS": "FRX", "LV": "-c"} {
		if a.getenv(name) == "" {
			p.env = append(p.env, name+"="+value)
		}
	}
	with := *a
	with.out = p
	return &with, p.close
}

// pagerLine returns the pager's command: OTRACE_PAGER, else PAGER, else less;
// nil where that is cat, or none is there.
func pagerLine(getenv func(string) string) []string {
	text := getenv("OTRACE_PAGER")
	if text == "" {
		text = getenv("PAGER")
	}
	switch text {
	case "cat":
		return nil
	case "":
		path, err := exec.LookPath("less")
		if err != nil {
			return nil
		}
		return []string{path}
	}
	if runtime.GOOS == "windows" {
		return strings.Fields(text)
	}
	return []string{"/bin/sh", "-c", text}
}

// Write shows, or keeps what still fits on the screen.
func (p *pager) Write(b []byte) (int, error) {
	switch {
	case p.direct:
		return p.screen.Write(b)
	case p.pipe != nil:
		return p.pipe.Write(b)
	}
	p.held = append(p.held, b...)
	p.room -= bytes.Count(b, []byte{'\n'})
	if p.room > 0 {
		return len(b), nil
	}
	if !p.start() {
		p.direct = true
	}
	held := p.held
	p.held = nil
	if _, err := p.Write(held); err != nil {
		return 0, err
	}
	return len(b), nil
}

func (p *pager) start() bool {
	cmd := exec.Command(p.line[0], p.line[1:]...) //nolint:noctx // it has the terminal, and ends when its user says so
	cmd.Stdout, cmd.Stderr, cmd.Env = p.screen, p.stderr, append(os.Environ(), p.env...)
	pipe, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		return false
	}
	p.cmd, p.pipe = cmd, pipe
	return true
}

// close shows what was kept, or waits until the pager's user has seen enough.
// What the pager itself has to say it says on stderr.
func (p *pager) close() {
	if p.pipe != nil {
		_ = p.pipe.Close()
		_ = p.cmd.Wait()
		return
	}
	_, _ = p.screen.Write(p.held)
}
