package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/otrace/otrace/internal/safe"
	"github.com/otrace/otrace/internal/trace"
)

// listTraces tells what a bundle holds, one trace a line, so that one can be
// chosen.
func (a *app) listTraces(traces []trace.Summary) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%-32s  %-23s  %5s  %5s  %6s  %s\n", "TRACE", "START (UTC)", "SPANS", "LOGS", "FAILED", "ROOT")
	for _, t := range traces {
		start := "-"
		if t.Start != trace.NoTime {
			start = time.Unix(0, t.Start).UTC().Format("2006-01-02 15:04:05.000")
		}
		root := strings.TrimSpace(t.Service + " " + t.Operation)
		fmt.Fprintf(&b, "%s  %-23s  %5d  %5d  %6d  %s\n", safe.Of(t.ID.String()), start, t.Spans, t.Logs, t.Failed, safe.Of(root))
	}
	_, err := io.WriteString(a.out, b.String())
	return output(err)
}
