package jaeger

import (
	"context"
	"errors"
	"time"
)

const (
	// feelDepth is how many traces a search of little patience asks for at once
	// until it knows how long the storage takes for one.
	feelDepth = 20
	// leastDepth is how many are asked for at once however long they take.
	leastDepth = 5
)

// errOver is the end of a question that outlasted the search's patience.
var errOver = errors.New("patience is over")

// remains is how long the search may still ask; false where it may for ever.
func (f *finder) remains() (time.Duration, bool) {
	return f.q.Patience - f.c.now().Sub(f.began), f.q.Patience > 0
}

func (f *finder) hurries() bool { return f.q.Patience > 0 }

// over reports whether the search is to be content with what it has.
func (f *finder) over() bool {
	left, limited := f.remains()
	return limited && left <= 0
}

// hurried is a context that ends soon after the patience does.
func (f *finder) hurried(ctx context.Context) (context.Context, context.CancelFunc) {
	left, limited := f.remains()
	if !limited {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, max(left, 0)+f.q.Patience/4)
}

// affordable is how many of so many traces can be had in half of the time that
// remains, or of what of it is due to one of those that were not heard yet.
func (f *finder) affordable(depth int) int {
	pace := f.c.knownPace()
	switch {
	case !f.hurries():
		return depth
	case pace == 0:
		return min(depth, feelDepth)
	}
	left, _ := f.remains()
	turns := max(f.unheard.Load(), 1)
	return min(depth, max(leastDepth, int(left/2/pace)/int(turns)))
}

func (c *Client) knownPace() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pace
}

// learnPace notes how long an answer of so many traces took; the last answers
// count most.
func (c *Client) learnPace(took time.Duration, traces int) {
	if traces == 0 {
		return
	}
	pace := max(took/time.Duration(traces), 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pace > 0 {
		pace = (c.pace + pace) / 2
	}
	c.pace = pace
}
