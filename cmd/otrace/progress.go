package main

import (
	"fmt"
	"time"
)

// When progress appears, and how often it changes.
const (
	progressAfter = 150 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

// progress says on a terminal's stderr what is being waited for, once it takes
// long enough to be noticed. The caller calls the returned function when the
// wait is over; it erases the line.
func (a *app) progress(what string) (done func()) {
	pages, _ := a.out.(*pager)
	if _, ok := terminal(a.err); !ok || pages.runs() {
		return func() {}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		start := time.Now()
		select {
		case <-stop:
			return
		case <-time.After(progressAfter):
		}
		tick := time.NewTicker(progressEvery)
		defer tick.Stop()
		for {
			fmt.Fprintf(a.err, "\r%s… %.1fs", what, time.Since(start).Seconds())
			select {
			case <-stop:
				fmt.Fprint(a.err, "\r\x1b[K")
				return
			case <-tick.C:
			}
		}
	}()
	return func() { close(stop); <-stopped }
}
