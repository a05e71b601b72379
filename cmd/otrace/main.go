// Command otrace shows a trace and its logs as one timeline.
package main

import (
	"context"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/otrace/otrace/internal/tui/unasked"
)

func main() {
	unasked.Restore()
	log.SetOutput(io.Discard) // net/http would print there what a server sends unasked
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)                            // a second Ctrl-C ends the process at once
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE) // a closed pipe does not: what was begun is ended in order
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv))
}
