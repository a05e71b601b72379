package main

import (
	"context"
	"strings"
)

// up makes sure that the named servers, and those that they need, answer. On
// any failure what this call started is stopped again. Temporary servers are
// those of a test run.
func (s *stack) up(ctx context.Context, names []string, temporary bool) (state, error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return state{}, err
	}
	defer unlock()
	st, err := s.load()
	if err != nil {
		return state{}, err
	}
	wanted := withNeeds(names)
	start, err := s.toStart(ctx, st, wanted)
	if err != nil {
		return state{}, err
	}
	if err := s.reuse(st, wanted, start, temporary); err != nil {
		return state{}, err
	}
	if len(start) > 0 {
		if err := s.startAll(ctx, start, temporary); err != nil {
			return state{}, err
		}
	}
	return s.load()
}

// toStart is the wanted servers that do not answer, and those running that need
// one of these: their storage starts empty. A server that is there but does not
// answer is stopped.
func (s *stack) toStart(ctx context.Context, st state, wanted []server) ([]server, error) {
	var down []string
	for _, srv := range wanted {
		if !s.healthy(ctx, st, srv) {
			down = append(down, srv.about().name)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	var start []server
	for _, srv := range withDependents(down) {
		name := srv.about().name
		r, known := st.Servers[name]
		if known {
			s.out.say(name, "does not answer, or lost its storage: starting it again")
			if err := s.stopServer(name, r); err != nil {
				return nil, err
			}
		}
		if known || contains(wanted, name) {
			start = append(start, srv)
		}
	}
	return start, nil
}

// healthy reports whether the server that was started runs and answers.
func (s *stack) healthy(ctx context.Context, st state, srv server) bool {
	r, ok := st.Servers[srv.about().name]
	if !ok {
		return false
	}
	table, err := processes()
	return err == nil && table.alive(r.Leader) && probe(ctx, srv, r.Ports) == nil
}

// reuse says which servers answer already. One that is wanted for good is no
// longer a test run's to stop.
func (s *stack) reuse(st state, wanted, start []server, temporary bool) error {
	var kept []string
	for _, srv := range wanted {
		name := srv.about().name
		if contains(start, name) {
			continue
		}
		s.out.say(name, "already up: %s", strings.Join(srv.urls(st.Servers[name].Ports), ", "))
		if st.Servers[name].Temporary && !temporary {
			kept = append(kept, name)
		}
	}
	if len(kept) == 0 {
		return nil
	}
	return s.update(func(st *state) {
		for _, name := range kept {
			r := st.Servers[name]
			r.Temporary = false
			st.Servers[name] = r
		}
	})
}

func contains(servers []server, name string) bool {
	for _, srv := range servers {
		if srv.about().name == name {
			return true
		}
	}
	return false
}
