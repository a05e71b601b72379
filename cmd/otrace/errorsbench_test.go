package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/otrace/otrace/internal/orderservice"
	"github.com/otrace/otrace/internal/stack/stacktest"
)

// BenchmarkErrors runs otrace errors as a process on a terminal, on each of
// Jaeger's storages and over either protocol, and tells when the first causes
// stood there and when it had ended. The hour has as many orders as the name
// says, a tenth of which fail; the day before has as many together.
func BenchmarkErrors(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "otrace")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	es := stacktest.Elasticsearch(b)[0]
	for _, orders := range []int{2_000, 20_000} {
		for i, storage := range []string{"memory", "elasticsearch"} {
			at := stacktest.Jaeger(b)
			if i > 0 {
				at = stacktest.JaegerOnElasticsearch(b)
			}
			var window []string
			for _, url := range []string{"grpc://" + at.GRPC, at.HTTP} {
				b.Run(fmt.Sprintf("%d orders/%s/%.4s", orders, storage, url), func(b *testing.B) {
					if window == nil { // fed once for both
						window = feedErrors(b, orders, at.OTLP, es.URL)
					}
					benchErrors(b, bin, append(window, "--jaeger", url, "--elasticsearch", es.URL))
				})
			}
		}
	}
}

// feedErrors simulates an hour and the day before it, ended no longer ago than
// Elasticsearch storage lists services for, and returns the flags that ask for
// it.
func feedErrors(b *testing.B, orders int, otlp, es string) []string {
	b.Helper()
	end := time.Now().Add(-time.Duration(10+time.Now().Unix()%30) * time.Hour).Truncate(time.Minute)
	mix := orderservice.Mix{orderservice.OK: 90, orderservice.Declined: 2, orderservice.RetryStorm: 3, orderservice.Timeout: 3, orderservice.Panic: 1, orderservice.SlowDB: 1}
	servers, err := orderservice.NewServers(b.Context(), orderservice.Endpoints{OTLP: otlp, Elasticsearch: []string{es}})
	if err != nil {
		b.Fatal(err)
	}
	defer servers.Close()
	for i, over := range []time.Duration{time.Hour, 24 * time.Hour} {
		cfg := orderservice.DefaultConfig()
		cfg.Seed, cfg.Orders, cfg.Mix = uint64(time.Now().UnixNano()), orders, mix
		cfg.End, cfg.Over = end.Add(-time.Duration(i)*time.Hour), over
		if _, err := orderservice.Simulate(b.Context(), cfg, servers); err != nil {
			b.Fatal(err)
		}
	}
	const layout = "2006-01-02T15:04:05.000Z"
	return []string{"--since", end.Add(-time.Hour).UTC().Format(layout), "--until", end.UTC().Format(layout)}
}

// aCause is a line of the list.
var aCause = regexp.MustCompile(`(payment|inventory|order)[^\n]*\n`)

func benchErrors(b *testing.B, bin string, flags []string) {
	b.Helper()
	home := b.TempDir()
	var first, last time.Duration
	onScreen(b, bin, home, flags) // until the servers have settled, and are known
	for b.Loop() {
		one, all := onScreen(b, bin, home, flags)
		first, last = first+one, last+all
	}
	b.ReportMetric(first.Seconds()/float64(b.N), "s-to-first")
	b.ReportMetric(last.Seconds()/float64(b.N), "s-to-last")
}

// onScreen runs it once.
func onScreen(b *testing.B, bin, home string, flags []string) (first, last time.Duration) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, bin, append([]string{"errors"}, flags...)...)
	cmd.Env = []string{"TERM=xterm-256color", "HOME=" + home, "PATH=" + os.Getenv("PATH"), "NO_COLOR=1", "OTRACE_PAGER=cat"}
	begin := time.Now()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 120})
	if err != nil {
		b.Fatal(err)
	}
	defer tty.Close()
	var all bytes.Buffer
	page := make([]byte, 1<<16)
	for {
		n, err := tty.Read(page)
		all.Write(page[:n])
		if first == 0 && aCause.Match(all.Bytes()) {
			first = time.Since(begin)
		}
		if err != nil { // io.EOF, or another where the other side is closed
			break
		}
	}
	if err := cmd.Wait(); err != nil || first == 0 {
		b.Fatalf("%v: %s", err, all.Bytes())
	}
	return first, time.Since(begin)
}
