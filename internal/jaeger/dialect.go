package jaeger

import (
	"context"
	"errors"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A dialect is one of Jaeger's ways to ask and to answer. Its errors wrap
// errNoDialect when the server does not speak it, and errCut when the answer
// broke off.
type dialect interface {
	name() string
	// trace adds a trace's spans to the answer; those before an error stay.
	// The window is where to look, all time when it is zero.
	trace(ctx context.Context, id trace.ID, at trace.Window, ans *answer) error
	// find hands over the spans of the traces that a search found, one trace
	// after another. None found is no error.
	find(ctx context.Context, s *search, take func([]trace.Span)) error
	services(ctx context.Context) ([]string, error)
	operations(ctx context.Context, service string) ([]string, error)
}

// streams reports whether a dialect sends trace by trace what others send whole.
func streams(d dialect) bool { return strings.HasPrefix(d.name(), "gRPC") }

// An answer is what came of a trace.
type answer struct {
	spans    []trace.Span
	warnings []string
}

// speak calls with one dialect after another until one is spoken, the one that
// answered last first, and says what all of them met when none is.
func (c *Client) speak(call func(dialect) error) error {
	var failed []error
	tried := c.remembered()
	if tried != nil {
		err := call(tried)
		if !elsewhere(err) {
			return err
		}
		failed = append(failed, err)
	}
	for _, s := range c.servers {
		for _, d := range s.dialects() {
			if tried != nil && d.name() == tried.name() {
				continue
			}
			err := call(d)
			if !elsewhere(err) {
				c.remember(d, err, failed)
				return err
			}
			failed = append(failed, err)
			if errors.Is(err, errUnreachable) {
				break // nor will its other dialects
			}
		}
	}
	return noDialect(failed)
}

// elsewhere reports an error after which another dialect or address may do.
func elsewhere(err error) bool {
	return errors.Is(err, errNoDialect) || errors.Is(err, errUnreachable)
}

// remembered is the dialect that answered last, in this process or in an
// earlier one.
func (c *Client) remembered() dialect {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil && c.memory != nil && !c.recalled {
		c.recalled = true
		name, _ := c.memory.Get(c.key)
		c.known = c.dialect(string(name))
	}
	return c.known
}

// dialect is the first of that name, nil when there is none.
func (c *Client) dialect(name string) dialect {
	for _, s := range c.servers {
		for _, d := range s.dialects() {
			if d.name() == name {
				return d
			}
		}
	}
	return nil
}

// remember keeps a dialect in which the server answered, if only that it has
// no such trace; not one that did for a single search. Later processes are
// told only when no better address was merely down.
func (c *Client) remember(d dialect, err error, failed []error) {
	before := errors.Join(failed...)
	if err != nil && !errors.Is(err, trace.ErrNotFound) || errors.Is(before, errBlind) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = d
	if c.memory != nil && !errors.Is(before, errUnreachable) {
		c.memory.Put(c.key, []byte(d.name()))
	}
}
