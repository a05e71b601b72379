package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// A progress tells what is going on, one line each, with the seconds since the
// program began. It is safe for concurrent use.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	begin time.Time
	again time.Duration // when a long step is mentioned again; then after twice that
}

func newProgress(w io.Writer) *progress {
	return &progress{w: w, begin: time.Now(), again: 20 * time.Second}
}

// say prints one line about what, which is a server or a tool.
func (p *progress) say(what, format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	elapsed := time.Since(p.begin).Seconds()
	fmt.Fprintf(p.w, "%5.0fs %s: %s\n", elapsed, what, fmt.Sprintf(format, args...))
}

// during says what is being done, and says it again while it lasts.
func (p *progress) during(what, doing string, do func() error) error {
	p.say(what, "%s", doing)
	begin := time.Now()
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for wait := p.again; ; wait *= 2 {
			select {
			case <-done:
				return
			case <-time.After(wait):
				p.say(what, "still %s (%.0f s)", doing, time.Since(begin).Seconds())
			}
		}
	})
	err := do()
	close(done)
	wg.Wait()
	return err
}

// tail is the last n lines of text, indented.
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return "  " + strings.Join(lines, "\n  ")
}
