package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/term"
)

// A pager shows on a terminal what does not fit on it. Until more was written
// than the screen has lines it is not started, and what was written goes to the
// terminal itself.
//
// It is not told when otrace is interrupted: it has the terminal, and puts that
// in order when its user leaves it. A nil pager is none.
type pager struct {
	screen *os.File
	app    *app     // without the pager
	line   []string // the command
	env    []string
	room   int            // lines left
	held   []byte         // what may have been seen by nobody
	pipe   io.WriteCloser // into the pager that runs
	cmd    *exec.Cmd
	keys   chan os.Signal // the interrupts that are meant for the pager
	closed bool           // it does not read any more
	direct bool           // there is no pager to be had
}

// A pipe holds at most so many bytes that nobody has read.
const pipeHolds = 1 << 20

// paged returns the app with its output through a pager, where that makes
// sense. The pager is to be closed.
func (a *app) paged() (*app, *pager) {
	screen, ok := terminal(a.out)
	line := pagerLine(a.getenv)
	if !ok || line == nil || a.getenv("TERM") == "dumb" {
		return a, nil
	}
	_, height, err := term.GetSize(int(screen.Fd()))
	if err != nil || height < 2 {
		return a, nil
	}
	p := &pager{screen: screen, app: a, line: line, room: height - 1}
	for name, value := range map[string]string{"LESS": "FRX", "LV": "-c"} {
		if a.getenv(name) == "" {
			p.env = append(p.env, name+"="+value)
		}
	}
	with := *a
	with.out = p
	return &with, p
}

// pagerLine returns the pager's command: OTRACE_PAGER, else PAGER, else less;
// nil where that is cat, or none is there.
func pagerLine(getenv func(string) string) []string {
	text := strings.TrimSpace(getenv("OTRACE_PAGER"))
	if text == "" {
		text = strings.TrimSpace(getenv("PAGER"))
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

// leastLess is the first less that passes hyperlinks on; those before it show
// what they are made of.
const leastLess = 566

// passesLinks reports whether hyperlinks get through to the terminal: where there
// is no pager, and through a less that knows them. Other pagers may show them as
// garbage.
func (p *pager) passesLinks(ctx context.Context) bool {
	if p == nil {
		return true
	}
	name := p.line[0]
	if len(p.line) > 1 { // in a shell's words
		name, _, _ = strings.Cut(p.line[len(p.line)-1], " ")
	}
	if filepath.Base(name) != "less" {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	says, err := exec.CommandContext(ctx, name, "--version").Output()
	var version int
	_, scanErr := fmt.Sscanf(string(says), "less %d", &version)
	return err == nil && scanErr == nil && version >= leastLess
}

// Write shows, or keeps what still fits on the screen.
func (p *pager) Write(b []byte) (int, error) {
	if p.direct {
		return p.screen.Write(b)
	}
	if p.pipe != nil {
		p.feed(b)
		return len(b), nil
	}
	p.held = append(p.held, b...)
	p.room -= bytes.Count(b, []byte{'\n'})
	if p.room > 0 {
		return len(b), nil
	}
	first := p.held
	p.held = nil
	if p.direct = !p.start(); p.direct {
		_, err := p.screen.Write(first)
		return len(b), err
	}
	p.feed(first)
	return len(b), nil
}

// feed gives the pager more, until its user has seen enough.
func (p *pager) feed(b []byte) {
	if p.held = append(p.held, b...); len(p.held) > pipeHolds && !p.closed {
		p.held = nil // it runs and reads
	}
	if !p.closed {
		_, err := p.pipe.Write(b)
		p.closed = err != nil
	}
}

func (p *pager) start() bool {
	cmd := exec.Command(p.line[0], p.line[1:]...) //nolint:noctx // it has the terminal, and ends when its user says so
	cmd.Stdout, cmd.Stderr, cmd.Env = p.screen, p.app.err, append(os.Environ(), p.env...)
	pipe, err := cmd.StdinPipe()
	if err != nil || cmd.Start() != nil {
		return false
	}
	p.cmd, p.pipe, p.keys = cmd, pipe, make(chan os.Signal, 1)
	signal.Notify(p.keys, os.Interrupt) // also the second one: the terminal would be left as the pager has it
	return true
}

// runs reports whether the pager has the terminal.
func (p *pager) runs() bool { return p != nil && p.pipe != nil }

// left reports whether the pager's user has seen enough.
func (p *pager) left() bool { return p != nil && p.closed }

// close shows what was kept, or waits until the pager's user has seen enough.
// What the pager itself has to say it says on stderr.
func (p *pager) close() {
	if p == nil {
		return
	}
	if !p.runs() {
		_, _ = p.screen.Write(p.held)
		return
	}
	_ = p.pipe.Close()
	err := p.cmd.Wait()
	signal.Stop(p.keys)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && (exit.ExitCode() == notThere || exit.ExitCode() == notToRun) {
		_, _ = p.screen.Write(p.held)
		p.app.warn("the pager cannot be run: check OTRACE_PAGER and PAGER")
	}
}

// What a shell exits with instead of a command that it cannot run.
const (
	notToRun = 126
	notThere = 127
)
