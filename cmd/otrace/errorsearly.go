package main

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

	"github.com/otrace/otrace/internal/gather"
	"github.com/otrace/otrace/internal/render"
	"github.com/otrace/otrace/internal/triage"
)

// earlyAfter is how long the baseline may take before the window's causes are
// shown without it.
const earlyAfter = 200 * time.Millisecond

// An early shows on a terminal what the window holds while what was before it
// is still being asked for, and takes it off again.
type early struct {
	app      *app
	t        *triaging
	analysis *triage.Triage
	screen   *os.File // nil where nothing is shown early

	mu    sync.Mutex
	wait  *time.Timer
	done  func() // ends the progress
	found gather.Errors
	text  []byte // that stands on the screen
	ended bool
}

// early begins to tell of progress.
func (a *app) early(t *triaging, analysis *triage.Triage) *early {
	e := &early{app: a, t: t, analysis: analysis}
	if screen, ok := terminal(a.out); ok && !t.format.machine && t.watch == 0 {
		e.screen = screen
	}
	e.done = a.progress("asking " + sourceNames(t.src))
	return e
}

// show is told that the window is read.
func (e *early) show(found gather.Errors) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended {
		return
	}
	e.found = found
	e.done()
	e.done = e.app.progress("comparing with what was before")
	if e.screen != nil {
		e.wait = time.AfterFunc(earlyAfter, e.draw)
	}
}

// draw shows the causes that there are so far, as far as they fit on the
// screen.
func (e *early) draw() {
	r := e.analysis.Report()
	e.app.complete(r, &e.found, e.t)
	r.Before()
	e.mu.Lock()
	defer e.mu.Unlock()
	width, height, err := term.GetSize(int(e.screen.Fd()))
	if e.ended || err != nil {
		return
	}
	e.t.limited(r)
	if e.text = preview(r, e.t.style, width, height-3); e.text == nil {
		return
	}
	e.done()
	_, _ = e.screen.Write(e.text)
	e.done = e.app.progress("comparing with what was before")
}

// preview is the report as it stands on a screen, nil when nothing fails.
func preview(r *triage.Report, style render.Style, width, room int) []byte {
	var b bytes.Buffer
	if len(r.Groups) == 0 || render.Errors(&b, r, style) != nil {
		return nil
	}
	text, _ := top(b.Bytes(), width, room)
	return text
}

// top is what of a text fits in so many rows of a screen, in whole lines, and
// how many lines do not.
func top(text []byte, width, room int) (fits []byte, left int) {
	end := 0
	for line := range bytes.Lines(text) {
		room -= rows(line, width)
		if left > 0 || room < 0 {
			left++
			continue
		}
		end += len(line)
	}
	return text[:end], left
}

// rows is how many rows of a screen a text takes.
func rows(text []byte, width int) int {
	n := 0
	for line := range bytes.Lines(text) {
		n += max(1, (ansi.StringWidth(string(line))+width-1)/max(width, 1))
	}
	return n
}

// over ends the progress, and clears the screen of what was shown early.
func (e *early) over() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.wait != nil {
		e.wait.Stop()
	}
	e.ended = true
	e.done()
	if len(e.text) == 0 {
		return
	}
	// The terminal may have another size by now; most break lines anew then.
	if width, height, err := term.GetSize(int(e.screen.Fd())); err == nil {
		fmt.Fprintf(e.screen, "\x1b[%dA\r\x1b[J", max(1, min(rows(e.text, width), height-1)))
	}
}
