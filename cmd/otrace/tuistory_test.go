package main

import (
	"context"
	"io"
	"net"
	"net/url"
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/term"

	"github.com/otrace/otrace/internal/orderservice"
	"github.com/otrace/otrace/internal/stack/stacktest"
)

// A relay stands before a server, so that one test can have it stopped while
// others use it: what asks it then is cut off and refused, as by a server that
// is no longer there.
type relay struct {
	t    *testing.T
	addr string // of its own
	to   string

	mu     sync.Mutex
	listen net.Listener
	conns  []net.Conn
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	r := &relay{t: t, addr: "127.0.0.1:0", to: to}
	r.start()
	t.Cleanup(r.stop)
	return r
}

// start lets the server be there, at the address that it had before.
func (r *relay) start() {
	var any net.ListenConfig
	l, err := any.Listen(r.t.Context(), "tcp", r.addr)
	if err != nil {
		r.t.Error(err)
		return
	}
	r.mu.Lock()
	r.listen, r.addr = l, l.Addr().String()
	r.mu.Unlock()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go r.join(conn)
		}
	}()
}

func (r *relay) join(conn net.Conn) {
	var any net.Dialer
	server, err := any.DialContext(context.Background(), "tcp", r.to)
	if err != nil {
		_ = conn.Close()
		return
	}
	r.mu.Lock()
	r.conns = append(r.conns, conn, server)
	r.mu.Unlock()
	go func() {
		_, _ = io.Copy(server, conn)
		_ = server.Close()
	}()
	_, _ = io.Copy(conn, server)
	_ = conn.Close()
}

// stop cuts all off.
func (r *relay) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	_ = r.listen.Close()
	for _, c := range r.conns {
		_ = c.Close()
	}
	r.conns = nil
}

// hostOf is the host and port of an address.
func hostOf(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// A pair is the two that a story asks, each behind a relay.
type pair struct {
	name         string
	spans, logs  *relay
	jaegerScheme string
}

func (s *pair) args() []string {
	return []string{"--jaeger", s.jaegerScheme + "://" + s.spans.addr, "--elasticsearch", "http://" + s.logs.addr}
}

// relayed puts relays before the real ones, in each pair of dialect and version.
func relayed(t *testing.T) []*pair {
	t.Helper()
	jaeger := stacktest.Jaeger(t)
	var list []*pair
	for _, es := range stacktest.Elasticsearch(t) {
		list = append(list,
			&pair{"grpc+" + es.Name, newRelay(t, jaeger.GRPC), newRelay(t, hostOf(t, es.URL)), "grpc"},
			&pair{"http+" + es.Name, newRelay(t, hostOf(t, jaeger.HTTP)), newRelay(t, hostOf(t, es.URL)), "http"})
	}
	return list
}

// play runs otrace on a pseudo-terminal of so many rows and columns, types what
// a story says, and returns all that was written. It fails the test when the
// story does not come to its end.
func play(t *testing.T, rows, cols uint16, story []keystroke, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	path, err := exec.LookPath("otrace")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = []string{"TERM=xterm-256color", "HOME=" + t.TempDir()}
	tty, before, err := startOn(cmd, rows, cols)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	who := typist{rows: rows, cols: cols, keys: story, tty: tty, process: cmd.Process}
	_, _ = io.Copy(&who, tty) // ends with an error when the other side is closed
	err = cmd.Wait()
	after, _ := term.GetState(int(tty.Fd()))
	switch {
	case len(who.keys) > 0:
		t.Fatalf("it never wrote %s; it wrote:\n%s", who.keys[0].on, strings.ReplaceAll(who.all.String(), "\x1b", "␛"))
	case before != nil && after != nil && !reflect.DeepEqual(before, after):
		t.Fatal("it left the terminal in another mode")
	case err != nil:
		t.Fatalf("it ended with %v; it wrote:\n%s", err, strings.ReplaceAll(who.all.String(), "\x1b", "␛"))
	}
	return who.all.String()
}

// ordersOfAnHour feeds the servers an hour of orders that is no other test's,
// and returns the flags that look at it.
func ordersOfAnHour(t *testing.T) []string {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	cfg := orderservice.DefaultConfig()
	cfg.Seed, cfg.Orders, cfg.Over = seed, 60, time.Hour-time.Second
	cfg.End = time.Now().Add(-time.Duration(20+seed%60) * 27 * time.Hour).Truncate(time.Minute)
	cfg.Skew = map[string]time.Duration{"payment": 180 * time.Millisecond, "inventory": -95 * time.Millisecond}
	feedServers(t, cfg, t.TempDir())
	in := incident{end: cfg.End}
	return in.window()
}

// on is a step of a story: what is waited for, and the keys that are typed then.
func on(pattern, keys string) keystroke {
	return keystroke{on: regexp.MustCompile(pattern), keys: keys}
}

// after is a step before whose keys something else happens.
func after(pattern string, do func(), keys string) keystroke {
	return keystroke{on: regexp.MustCompile(pattern), keys: keys, do: do}
}

// TestTUIStory goes from what fails to the one log line and back, on the real
// servers.
func TestTUIStory(t *testing.T) {
	window := ordersOfAnHour(t)
	for _, p := range relayed(t) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			text := play(t, 40, 140, []keystroke{
				on(`as of `, "fprocessPayment\r"),
				on(`filter: processPayment`, "\r"),
				on(`what its logs say`, "\r"),
				on(`\[1 Timeline\]`, "e"),
				on(`error \d+ of`, "/panic recovered\r"),
				on(`panic recovered: \d+ of`, "s"),
				on(`every clock as observed`, "y"),
				on(`copied the message, \d+ bytes, by OSC 52`, "\x1b"),
				on(`no longer looked for`, "\x1b"),
				on(`what its logs say`, "\x1b"),
				on(`filter: processPayment`, "\x1b"),
				on(`causes`, "q"),
			}, append(append([]string{"tui"}, p.args()...), window...)...)
			for _, want := range []string{"goroutine", "\x1b]52;c;", "\x1b[?1049h", "\x1b[?1049l", "\x1b[?25h"} {
				if !strings.Contains(text, want) {
					t.Errorf("%q was never written", want)
				}
			}
		})
	}
}

// TestTUIServersStopMidway has one server stop after the errors were listed:
// what the other has is shown, what is missing is named, and r has it all once
// the server is back.
func TestTUIServersStopMidway(t *testing.T) {
	window := ordersOfAnHour(t)
	for _, p := range relayed(t) {
		for name, stopped := range map[string]*relay{"jaeger": p.spans, "elasticsearch": p.logs} {
			t.Run(p.name+" without "+name, func(t *testing.T) {
				play(t, 40, 140, []keystroke{
					on(`as of `, "fprocessPayment\r"),
					after(`filter: processPayment`, stopped.stop, "\r"),
					on(name+` is (missing|incomplete)`, "\r"),
					after(`\[1 Timeline\](?s:.*)`+name+` is missing: [^\x1b]*refused`, stopped.start, "r"),
					on(name+`\x1b\[0m \x1b\[[0-9;]*m✓`, "q"),
				}, append(append([]string{"tui"}, p.args()...), window...)...)
			})
		}
	}
}
