package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// status lists every server. A default server that is down makes it fail.
func (s *stack) status(ctx context.Context, w io.Writer) error {
	st, err := s.load()
	if err != nil {
		return err
	}
	table, err := processes()
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "SERVER\tVERSION\tSTATE\tPID\tADDRESSES")
	missing := false
	for _, srv := range catalogue {
		a := srv.about()
		r, known := st.Servers[a.name]
		standing := "down"
		if known {
			standing = condition(ctx, srv, r, table)
		}
		missing = missing || (standing != "up" && slices.Contains(defaultNames(), a.name))
		pid, urls := "-", "-"
		if known {
			pid, urls = fmt.Sprint(r.Leader.PID), strings.Join(r.URLs, ", ")
		}
		fmt.Fprintf(tw, "%s\t%s %s\t%s\t%s\t%s\n", a.name, a.product, a.version, standing, pid, urls)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if missing {
		fmt.Fprintln(w, "\nwithout them go test ./... leaves out every test that needs a real server;\ngo run ./internal/stack test runs them all")
		return errReported
	}
	return nil
}

// condition is a started server's state in one word.
func condition(ctx context.Context, srv server, r running, table processTable) string {
	switch {
	case !table.alive(r.Leader):
		return "died"
	case probe(ctx, srv, r.Ports) != nil:
		return "silent"
	}
	return "up"
}
