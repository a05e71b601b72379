package es

import (
	"context"
	"reflect"
	"time"
)

// checkedFor is how long fields are taken to be those of now without asking.
const checkedFor = 10 * time.Second

// A recheck asks anew which fields there are while a kept plan is in use: one
// request, side by side with the search, so that it costs no time. It is what
// finds the index, or the field, that has come since the plan was made.
type recheck struct {
	caps fieldCaps
	err  error
	done chan struct{}
}

// recheck begins, and is nil for a plan that needs none.
func (c *Client) recheck(ctx context.Context, plan *fieldPlan) *recheck {
	last := plan.facts.At
	if plan.facts.Checked.After(last) {
		last = plan.facts.Checked
	}
	if !plan.kept || c.now().Sub(last) < checkedFor {
		return nil
	}
	k := &recheck{done: make(chan struct{})}
	go func() {
		defer close(k.done)
		k.err = c.fieldCaps(ctx, plan.patterns, c.idNames(), false, &k.caps)
	}()
	return k
}

// outdated waits for the answer and reports whether the plan is not of now. What
// could not be asked is left to the search, which will say so.
func (c *Client) outdated(k *recheck, plan *fieldPlan) bool {
	if k == nil {
		return false
	}
	<-k.done
	if k.err != nil {
		return false
	}
	if !reflect.DeepEqual(k.caps, plan.facts.Caps) {
		return true
	}
	f := plan.facts
	f.Checked = c.now()
	c.mu.Lock()
	c.known[c.memoryKey(plan.patterns)] = f
	c.mu.Unlock()
	return false
}
