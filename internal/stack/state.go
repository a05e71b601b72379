package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"time"
)

// A state is what was started and not yet stopped, by the server's name. It is
// written before a server is waited for, so that no run leaves a server behind
// that the next one does not know of.
type state struct {
	Servers map[string]running `json:"servers"`
}

// A running is one started server.
type running struct {
	Version   string    `json:"version"`
	Leader    process   `json:"leader"`    // the process that was started
	Processes []process `json:"processes"` // all of its group, once it answered
	Ports     ports     `json:"ports"`
	URLs      []string  `json:"urls"`
	Since     time.Time `json:"since"`
	// Temporary servers belong to test runs; the last of these stops them.
	Temporary bool `json:"temporary,omitempty"`
}

// A process is known by its ID and its start: IDs come again, the pair does not.
type process struct {
	PID   int    `json:"pid"`
	Start string `json:"start"` // as the system tells it, opaque
}

func (s *stack) load() (state, error) {
	st := state{Servers: map[string]running{}}
	text, err := os.ReadFile(s.path("state.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return st, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &st)
	}
	if err != nil {
		return st, hinted("stop what still runs by hand, and remove "+s.path("state.json"), "what was started is not known: %w", err)
	}
	if st.Servers == nil {
		st.Servers = map[string]running{}
	}
	maps.DeleteFunc(st.Servers, func(name string, _ running) bool { return find(name) == nil })
	return st, nil
}

// update changes the state on disk; it is never seen half-written. The stack's
// lock must be held.
func (s *stack) update(change func(*state)) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	st, err := s.load()
	if err != nil {
		return err
	}
	change(&st)
	text, err := json.MarshalIndent(st, "", "\t")
	if err != nil {
		return err
	}
	tmp, err := partial(s.path("state.json"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(tmp, append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, s.path("state.json"))
}

// lock lets one command at a time change the stack.
func (s *stack) lock(ctx context.Context) (unlock func(), err error) {
	if err := s.makeDirs(); err != nil {
		return nil, err
	}
	path := s.path("lock")
	unlock, err = tryLock(path, exclusive)
	for said := false; errors.Is(err, errLocked); unlock, err = tryLock(path, exclusive) {
		if !said {
			s.out.say("stack", "waiting for another run of this command")
			said = true
		}
		if err := sleep(ctx, 200*time.Millisecond); err != nil {
			return nil, err
		}
	}
	if err != nil {
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return unlock, nil
}

// errLocked says that another process holds the lock.
var errLocked = errors.New("locked by another process")

// sleep waits, or returns ctx's error when that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
