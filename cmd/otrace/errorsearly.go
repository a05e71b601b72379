package main

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/charmbracelet/x/ansi"
	"golang.org/x/term"

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
	lines int    // that stand on the screen
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
func (e *early) show() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended {
		return
	}
	e.done()
	e.done = e.app.progress("comparing with what was before")
	if e.screen != nil {
		e.wait = time.AfterFunc(earlyAfter, e.draw)
	}
}

// draw shows the causes that there are so far, as far as they fit on the
// screen.
func (e *early) draw() {
	r := e.analysis.Report().Before()
	e.mu.Lock()
	defer e.mu.Unlock()
	width, height, err := term.GetSize(int(e.screen.Fd()))
	if e.ended || err != nil {
		return
	}
	e.t.limited(r)
	text, lines := preview(r, e.t.style, width, height-3)
	if text == nil {
		return
	}
	e.done()
	e.lines = lines
	_, _ = e.screen.Write(text)
	e.done = e.app.progress("comparing with what was before")
}

// preview is the report as it stands on a screen, nil when nothing fails.
func preview(r *triage.Report, style render.Style, width, room int) (text []byte, lines int) {
	var b bytes.Buffer
	if len(r.Groups) == 0 || render.Errors(&b, r, style) != nil {
		return nil, 0
	}
	for line := range bytes.Lines(b.Bytes()) {
		rows := max(1, (ansi.StringWidth(string(line))+width-1)/max(width, 1))
		if lines+rows > room {
			break
		}
		lines += rows
		text = append(text, line...)
	}
	return text, lines
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
	if e.lines > 0 {
		fmt.Fprintf(e.screen, "\x1b[%dA\r\x1b[J", e.lines)
	}
}
