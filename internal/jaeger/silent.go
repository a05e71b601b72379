package jaeger

import (
	"fmt"
	"time"

	"github.com/otrace/otrace/internal/trace"
)

// silentFor is how long a window in which a search found nothing is taken to
// hold nothing.
const silentFor = 15 * time.Second

// A silence is a window in which a sweep found nothing, a moment ago.
type silence struct {
	trace.Window
	at time.Time
}

// key is what a search asks for, but for when.
func (s *search) key() string {
	return fmt.Sprintf("%q %q %q %d %d", s.service, s.operation, s.tags, s.min, s.max)
}

// silent reports whether nothing that a search asks for was in its window a
// moment ago: whoever looks closer at a part of a window need not ask for all
// services again.
func (c *Client) silent(s *search, in trace.Window) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	had, ok := c.silences[s.key()]
	return ok && in.From >= had.From && in.Until <= had.Until && c.now().Sub(had.at) < silentFor
}

func (c *Client) learnSilence(s *search, in trace.Window) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.silences == nil {
		c.silences = map[string]silence{}
	}
	c.silences[s.key()] = silence{in, c.now()}
}
