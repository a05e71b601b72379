//go:build linux || darwin

package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain is also the fake server: this program, started with an address.
func TestMain(m *testing.M) {
	switch addr := os.Getenv("FAKE_SERVER"); addr {
	case "":
		os.Exit(m.Run())
	case "dies":
		fmt.Println("cannot go on: the disk is full")
		os.Exit(9)
	default:
		_ = http.ListenAndServe(addr, http.NewServeMux()) //nolint:gosec // a fake
	}
}

// A fake is a server that answers at once, or dies.
type fake struct {
	name  string
	port  int
	dies  bool
	needs []string
}

func (f fake) about() about {
	return about{name: f.name, product: "Fake", version: "1", usual: ports{"http": f.port}, needs: f.needs}
}

func (f fake) prepare(context.Context, *stack) error { return nil }

func (f fake) configure(_ *stack, _ string, at ports, _ map[string]ports) (launch, error) {
	self, err := os.Executable()
	fate := at.addr("http")
	if f.dies {
		fate = "dies"
	}
	return launch{path: self, env: []string{"FAKE_SERVER=" + fate}}, err
}

func (f fake) ready(ctx context.Context, at ports) error { return listens(ctx, at.addr("http")) }
func (f fake) urls(at ports) []string                    { return []string{at.url("http")} }
func (f fake) env(at ports) []string                     { return []string{"FAKE_" + f.name + "=" + at.url("http")} }

// withServers replaces the catalogue until the test ends, and stops what is
// left of the servers then.
func withServers(t *testing.T, s *stack, servers ...server) {
	t.Helper()
	real := catalogue
	catalogue = servers
	t.Cleanup(func() {
		if err := s.stopStarted(servers); err != nil {
			t.Error(err)
		}
		catalogue = real
	})
}

func TestUpAndDown(t *testing.T) {
	s := testStack(t)
	withServers(t, s,
		fake{name: "a", port: freePort(t)},
		fake{name: "b", port: freePort(t)},
		fake{name: "c", port: freePort(t), needs: []string{"b"}})
	first, err := s.up(t.Context(), []string{"a", "c"}, false)
	if err != nil || len(first.Servers) != 3 {
		t.Fatalf("up: %v, %v", first, err)
	}

	again, err := s.up(t.Context(), []string{"a", "c"}, false)
	if err != nil {
		t.Fatal(err)
	}
	for name := range first.Servers {
		if first.Servers[name].Leader != again.Servers[name].Leader {
			t.Errorf("%s was started again", name)
		}
	}
	var out strings.Builder
	if err := s.status(t.Context(), &out); err != nil {
		t.Errorf("status: %v\n%s", err, out.String())
	}

	// b dies: c, whose storage it was, is started again with it, and a is left alone.
	if err := stop(again.Servers["b"], time.Second); err != nil {
		t.Fatal(err)
	}
	healed, err := s.up(t.Context(), []string{"a", "b"}, false)
	if err != nil {
		t.Fatal(err)
	}
	for name, same := range map[string]bool{"a": true, "b": false, "c": false} {
		if got := healed.Servers[name].Leader == again.Servers[name].Leader; got != same {
			t.Errorf("%s is the same process: %v, want %v", name, got, same)
		}
	}

	if err := s.down(t.Context(), []string{"b"}); err != nil {
		t.Fatal(err)
	}
	left, err := s.load()
	if err != nil || len(left.Servers) != 1 || left.Servers["a"].Leader != first.Servers["a"].Leader {
		t.Errorf("after b went down: %v, %v", left, err)
	}
	out.Reset()
	if err := s.status(t.Context(), &out); err == nil || !strings.Contains(out.String(), "leaves out every test") {
		t.Errorf("status: %v\n%s", err, out.String())
	}
}

func TestUpAllOrNothing(t *testing.T) {
	s := testStack(t)
	withServers(t, s, fake{name: "a", port: freePort(t)}, fake{name: "bad", port: freePort(t), dies: true})
	if _, err := s.up(t.Context(), []string{"a"}, false); err != nil {
		t.Fatal(err)
	}
	catalogue = append(catalogue, fake{name: "c", port: freePort(t)})
	_, err := s.up(t.Context(), []string{"a", "bad", "c"}, false)
	if err == nil || !strings.Contains(err.Error(), "bad: it ended before it answered: exit status 9") ||
		!strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("error %v", err)
	}
	st, err := s.load()
	if _, ok := st.Servers["a"]; err != nil || len(st.Servers) != 1 || !ok {
		t.Errorf("what was up before must be all that is up: %v, %v", st, err)
	}
}

func TestUpInterrupted(t *testing.T) {
	s := testStack(t)
	a := fake{name: "a", port: freePort(t)}
	withServers(t, s, a, deaf{fake{name: "deaf", port: freePort(t)}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for listens(ctx, fmt.Sprintf("127.0.0.1:%d", a.port)) != nil {
			<-tick.C
		}
		cancel()
	}()
	if _, err := s.up(ctx, []string{"a", "deaf"}, false); report(&strings.Builder{}, err) != exitInterrupted {
		t.Errorf("error %v", err)
	}
	if st, err := s.load(); err != nil || len(st.Servers) != 0 || taken(t.Context(), a.port) {
		t.Errorf("left running: %v, %v", st, err)
	}
}

// A deaf server runs, and never answers.
type deaf struct{ fake }

func (deaf) ready(context.Context, ports) error { return fmt.Errorf("no answer") }

func TestAwaitGivesUp(t *testing.T) {
	log := t.TempDir() + "/log"
	write(t, log, "one\ntwo\n")
	err := await(t.Context(), deaf{}, nil, log, 0, nil)
	if err == nil || !strings.Contains(err.Error(), "it does not answer after 0 s: no answer\n  one\n  two\n  all of it: "+log) {
		t.Errorf("error %v", err)
	}
}

// Servers of a test run are stopped by the last test run, unless somebody asked
// for them meanwhile.
func TestTemporaryServers(t *testing.T) {
	s := testStack(t)
	withServers(t, s, fake{name: "a", port: freePort(t)}, fake{name: "b", port: freePort(t)})
	release, err := s.beginTesting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.up(t.Context(), []string{"a", "b"}, true); err != nil {
		t.Fatal(err)
	}
	if err := s.stopTemporary(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st, err := s.load(); err != nil || len(st.Servers) != 2 {
		t.Errorf("stopped under another test run: %v, %v", st, err)
	}
	if _, err := s.up(t.Context(), []string{"b"}, false); err != nil {
		t.Fatal(err)
	}
	release()
	if err := s.stopTemporary(t.Context()); err != nil {
		t.Fatal(err)
	}
	st, err := s.load()
	if _, ok := st.Servers["b"]; err != nil || len(st.Servers) != 1 || !ok {
		t.Errorf("left: %v, %v; want only b", st, err)
	}
}
