package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

// startAll starts the servers side by side, each when those that it needs
// answer. When one fails, all are stopped.
func (s *stack) startAll(ctx context.Context, servers []server, temporary bool) (err error) {
	if s.account, err = s.runAs(ctx); err != nil {
		return err
	}
	if s.account != nil {
		if err := reachable(s.dir); err != nil {
			return err
		}
	}
	if err := s.require(ctx, s.toolsFor(servers)...); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answered := map[string]chan struct{}{}
	for _, srv := range servers {
		answered[srv.about().name] = make(chan struct{})
	}
	errs := make([]error, len(servers))
	var wg sync.WaitGroup
	for i, srv := range servers {
		wg.Go(func() {
			a := srv.about()
			if errs[i] = s.start(ctx, srv, answered, temporary); errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", a.name, errs[i])
				cancel(errs[i]) // no use in waiting for the others
				return
			}
			close(answered[a.name])
		})
	}
	wg.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return errors.Join(cause, s.stopStarted(servers))
	}
	return nil
}

// toolsFor is what the machine must have to get and run the servers.
func (s *stack) toolsFor(servers []server) []tool {
	var java, maven bool
	for _, srv := range servers {
		if e, ok := srv.(search); ok {
			java = true
			maven = maven || !s.cached(e.archive)
		}
	}
	switch {
	case maven:
		return []tool{javaTool, mvnTool}
	case java:
		return []tool{javaTool}
	}
	return nil
}

// start brings one server from nothing to answering.
func (s *stack) start(ctx context.Context, srv server, answered map[string]chan struct{}, temporary bool) error {
	a := srv.about()
	if err := srv.prepare(ctx, s); err != nil {
		return err
	}
	for _, need := range a.needs {
		if ready, ok := answered[need]; ok {
			select {
			case <-ready:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	r, died, err := s.spawnServer(ctx, srv, temporary)
	if err != nil {
		return err
	}
	begin := time.Now()
	err = s.out.during(a.name, "starting "+a.product+" "+a.version, func() error {
		return await(ctx, srv, r.Ports, s.logPath(a.name), startLimit, died)
	})
	if err != nil {
		return err
	}
	s.out.say(a.name, "up after %.1f s: %s", time.Since(begin).Seconds(), strings.Join(r.URLs, ", "))
	return s.rememberGroup(a.name)
}

func (s *stack) logPath(name string) string { return s.path("logs", name+".log") }

// spawnServer starts the server's process with new settings and no data, and
// remembers it.
func (s *stack) spawnServer(ctx context.Context, srv server, temporary bool) (running, <-chan error, error) {
	a := srv.about()
	peers, err := s.peers(a.needs)
	if err != nil {
		return running{}, nil, err
	}
	at, err := s.choosePorts(ctx, a.usual)
	if err != nil {
		return running{}, nil, err
	}
	run := s.path("run", a.name)
	if err := os.RemoveAll(run); err != nil {
		return running{}, nil, err
	}
	if err := os.MkdirAll(run, 0o755); err != nil {
		return running{}, nil, err
	}
	l, err := srv.configure(s, run, at, peers)
	if err != nil {
		return running{}, nil, err
	}
	if temporary {
		l.env = append(l.env, briefJava...)
	}
	if err := give(run, s.account); err != nil {
		return running{}, nil, err
	}
	leader, died, err := spawn(l, run, s.logPath(a.name), s.account)
	if err != nil {
		return running{}, nil, err
	}
	r := running{Version: a.version, Leader: leader, Ports: at, URLs: srv.urls(at), Since: time.Now().UTC(), Temporary: temporary}
	if err := s.update(func(st *state) { st.Servers[a.name] = r }); err != nil {
		return r, died, errors.Join(err, stop(r, stopPatience))
	}
	return r, died, nil
}

// briefJava keeps Java from compiling a second time, harder: servers of a test run
// end before that has paid, and use half of the processor without it. Those that
// benchmarks measure are left as they are shipped.
var briefJava = []string{"ES_JAVA_OPTS=-XX:TieredStopAtLevel=1", "OPENSEARCH_JAVA_OPTS=-XX:TieredStopAtLevel=1"}

// peers is the ports of running servers.
func (s *stack) peers(names []string) (map[string]ports, error) {
	st, err := s.load()
	peers := map[string]ports{}
	for _, name := range names {
		peers[name] = st.Servers[name].Ports
	}
	return peers, err
}

// rememberGroup notes the processes that a server came to consist of, so that
// they are found when the first of them is gone.
func (s *stack) rememberGroup(name string) error {
	table, err := processes()
	if err != nil {
		return err
	}
	return s.update(func(st *state) {
		r := st.Servers[name]
		r.Processes = table.group(r.Leader)
		st.Servers[name] = r
	})
}
