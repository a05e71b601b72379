package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// stopPatience is how long a server may take to end by itself.
const stopPatience = 10 * time.Second

// down stops the named servers and those that need them, as far as up started
// them.
func (s *stack) down(ctx context.Context, names []string) error {
	if _, err := os.Stat(s.dir); errors.Is(err, os.ErrNotExist) {
		s.out.say("stack", "nothing was started")
		return nil
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	st, err := s.load()
	if err != nil {
		return err
	}
	servers := withDependents(names)
	if !anyStarted(st, servers) {
		s.out.say("stack", "nothing was started")
		return nil
	}
	return s.stopStarted(servers)
}

func anyStarted(st state, servers []server) bool {
	for _, srv := range servers {
		if _, ok := st.Servers[srv.about().name]; ok {
			return true
		}
	}
	return false
}

// stopStarted stops those of the servers that are known to have been started.
func (s *stack) stopStarted(servers []server) error {
	st, err := s.load()
	if err != nil {
		return err
	}
	errs := make([]error, len(servers))
	var wg sync.WaitGroup
	for i, srv := range servers {
		name := srv.about().name
		if r, ok := st.Servers[name]; ok {
			wg.Go(func() { errs[i] = s.stopServer(name, r) })
		}
	}
	wg.Wait()
	return errors.Join(errs...)
}

// stopServer stops one server and forgets it, with the data that it had.
func (s *stack) stopServer(name string, r running) error {
	begin := time.Now()
	if err := stop(r, stopPatience); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := s.update(func(st *state) { delete(st.Servers, name) }); err != nil {
		return err
	}
	s.out.say(name, "stopped after %.1f s", time.Since(begin).Seconds())
	return os.RemoveAll(s.path("run", name))
}

// stopTemporary stops the servers that test runs started, unless another test
// run is under way: then that one will.
func (s *stack) stopTemporary(ctx context.Context) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	release, err := tryLock(s.path("testing"), exclusive)
	if errors.Is(err, errLocked) {
		s.out.say("stack", "another test run uses the servers, and will stop them")
		return nil
	}
	if err != nil {
		return err
	}
	defer release()
	st, err := s.load()
	if err != nil {
		return err
	}
	var names []string
	for name, r := range st.Servers {
		if r.Temporary {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return s.stopStarted(withDependents(names))
}
