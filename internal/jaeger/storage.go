package jaeger

import (
	"context"
	"errors"
	"math"

	"github.com/otrace/otrace/internal/trace"
)

// A storage is what is known of where Jaeger keeps its spans.
type storage int

const (
	storageUnknown storage = iota
	storageMemory
	storageOther
)

// inMemory reports whether Jaeger keeps its spans in its own memory, if that
// matters. No dialect tells; but only memory turns a search away that asks for
// no trace at all. The question is about 1970, so that no other storage has
// anything to do.
func (c *Client) inMemory(ctx context.Context, d dialect, matters bool) (bool, error) {
	if known := c.knownStorage(); known != storageUnknown || !matters {
		return known == storageMemory, nil
	}
	probe := search{service: "otrace.probe", window: trace.Window{From: int64(day), Until: int64(day) + 1_000_000}}
	err := c.patiently(ctx, func() error { return d.find(ctx, &probe, func([]trace.Span) {}) })
	switch {
	case errors.Is(err, errDepth):
		c.learn(storageMemory)
		return true, nil
	case err == nil:
		c.learn(storageOther)
	case elsewhere(err), errors.Is(err, trace.ErrRefused), ctx.Err() != nil:
		return false, err
	}
	return false, nil // another error is the search's own to meet
}

func (c *Client) knownStorage() storage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.storage
}

func (c *Client) learn(s storage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.storage = s
}

// An order is which traces a storage returns when it was asked for fewer than
// it has.
type order int

const (
	orderUnknown order = iota
	orderNewest
	orderNone // that could be relied upon
)

func (c *Client) knownOrder() order {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.storage == storageMemory {
		return orderNone
	}
	return c.order
}

func (c *Client) learnOrder(newest bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order = orderNone
	if newest {
		c.order = orderNewest
	}
}

func (c *Client) knownStride() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stride == 0 {
		return math.MaxInt64
	}
	return c.stride
}

func (c *Client) learnStride(width int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stride = width
}

func (c *Client) knowsOneName() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.oneName
}

func (c *Client) learnOneName() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.oneName = true
}
