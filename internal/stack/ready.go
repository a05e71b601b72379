package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

const (
	startLimit = 180 * time.Second // a server that does not answer by then has failed
	probeLimit = 3 * time.Second   // for one question to it
)

// client speaks to loopback only, so to no proxy, and keeps no connection.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// answers asks the URL once, and wants a 200.
func answers(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, resp.Status)
	}
	return nil
}

// listens connects once.
func listens(ctx context.Context, addr string) error {
	c, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	return c.Close()
}

// probe asks a server once whether it is ready.
func probe(ctx context.Context, srv server, at ports) error {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	return srv.ready(ctx, at)
}

// await returns when the server answers. It fails when its process ends first,
// which died tells, or when it takes longer than limit; the error then has the
// end of the server's log.
func await(ctx context.Context, srv server, at ports, log string, limit time.Duration, died <-chan error) error {
	begin := time.Now()
	var last error
	for {
		if last = probe(ctx, srv, at); last == nil {
			return nil
		}
		if time.Since(begin) > limit {
			return fmt.Errorf("it does not answer after %.0f s: %w\n%s", limit.Seconds(), last, logTail(log))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-died:
			return fmt.Errorf("it ended before it answered: %w\n%s", err, logTail(log))
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// logTail is the end of a log, and where to read all of it.
func logTail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return "  " + err.Error()
	}
	return tail(string(text), 15) + "\n  all of it: " + path
}
