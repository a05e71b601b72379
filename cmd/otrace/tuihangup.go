package main

import (
	"context"
	"errors"
	"os/signal"
	"syscall"
)

// errHungUp is why a screen ended whose terminal went away.
var errHungUp = errors.New("the terminal hung up")

// untilHangUp is a context that also ends when the terminal goes away, so that
// the screen is left in order. Who was told to outlive the terminal does.
func untilHangUp(ctx context.Context) (context.Context, context.CancelFunc) {
	if signal.Ignored(syscall.SIGHUP) {
		return context.WithCancel(ctx)
	}
	return signal.NotifyContext(ctx, syscall.SIGHUP)
}
