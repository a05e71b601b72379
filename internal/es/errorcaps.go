package es

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// easyNames is how many names are asked for at once: Elasticsearch 8 makes
	// one automaton of all of them, whose cost grows faster than their number.
	// It refuses more than a few that have wildcards on both sides, after it has
	// spent a second trying.
	easyNames = 32
	hardNames = 4
)

// A keptCaps is fields as they were at a moment.
type keptCaps struct {
	at   time.Time
	caps fieldCaps
}

// errorCaps is the fields of these names; those of a moment ago, where they
// were asked for then: one look at errors asks many questions.
func (c *Client) errorCaps(ctx context.Context, patterns, names []string) (fieldCaps, error) {
	key := strings.Join(patterns, " ")
	c.mu.Lock()
	kept, ok := c.errors[key]
	c.mu.Unlock()
	if ok && c.now().Sub(kept.at) < checkedFor {
		return kept.caps, nil
	}
	at := c.now()
	caps, err := c.capsSideBySide(ctx, patterns, easily(names))
	if err == nil {
		c.mu.Lock()
		c.errors[key] = keptCaps{at, caps}
		c.mu.Unlock()
	}
	return caps, err
}

// capsSideBySide asks for several lists of names at once.
func (c *Client) capsSideBySide(ctx context.Context, patterns []string, lists [][]string) (fieldCaps, error) {
	answers, errs := make([]fieldCaps, len(lists)), make([]error, len(lists))
	var wg sync.WaitGroup
	for i, names := range lists {
		wg.Go(func() { answers[i], errs[i] = c.capsOf(ctx, patterns, names) })
	}
	wg.Wait()
	all := fieldCaps{Fields: make(map[string]fieldTypes)}
	for _, one := range answers {
		all.Indices = union(all.Indices, one.Indices)
		maps.Copy(all.Fields, one.Fields)
	}
	return all, joinFailures(errs)
}

// easily shares names out among requests that are no effort for the server.
func easily(names []string) [][]string {
	isHard := func(name string) bool { return strings.Count(name, "*") > 1 }
	hard := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !isHard(name) })
	rest := slices.DeleteFunc(slices.Clone(names), isHard)
	return slices.Concat(slices.Collect(slices.Chunk(rest, easyNames)), slices.Collect(slices.Chunk(hard, hardNames)))
}
