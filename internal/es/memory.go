package es

import (
	"encoding/json"
	"slices"
	"strings"
)

// A Memory keeps what was learnt about a cluster from one run to the next.
// What it is given holds names of indices and fields, and no secret.
type Memory interface {
	Get(key string) ([]byte, bool)
	Put(key string, value []byte)
}

// remembered is what this client learnt about the indices, or an earlier one,
// when that is not too long ago.
func (c *Client) remembered(patterns []string) (facts, bool) {
	key := c.memoryKey(patterns)
	c.mu.Lock()
	f, ok := c.known[key]
	c.mu.Unlock()
	if !ok && c.memory != nil {
		stored, found := c.memory.Get(key)
		ok = found && json.Unmarshal(stored, &f) == nil && f.Caps.Fields != nil
	}
	age := c.now().Sub(f.At)
	return f, ok && age >= 0 && age < plansKeptFor
}

func (c *Client) remember(patterns []string, f facts) {
	key := c.memoryKey(patterns)
	c.mu.Lock()
	c.known[key] = f
	c.mu.Unlock()
	if c.memory == nil {
		return
	}
	if stored, err := json.Marshal(f); err == nil {
		c.memory.Put(key, stored)
	}
}

// memoryKey names the cluster, who asks, and what was asked about.
func (c *Client) memoryKey(patterns []string) string {
	at := c.net.nodes[0]
	return strings.Join(slices.Concat([]string{"elasticsearch fields 2", at.base.String(), at.user}, patterns, []string{"+"}, c.idNames()[len(idPatterns)+len(otherIDs)+len(textPatterns)+len(rootPatterns):]), " ")
}
