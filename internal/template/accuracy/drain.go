package main

import (
	"strconv"
	"strings"
)

// Drain as its paper has it (He et al., ICWS 2017) with its parameter depth 4,
// which is the root, the number of words, the first words and the leaf: so one
// level of words below that of lengths. Messages are split at spaces and
// not masked, except that a word with a digit leads down no branch of its own.
const (
	drainWords      = 1   // levels of the tree that are words
	drainSimilarity = 0.4 // of a message and a template, to be one
	drainChildren   = 100 // of a node, the last of which is for all further words
)

// A drainNode is one of Drain's tree.
type drainNode struct {
	children map[string]*drainNode
	leaf     []*drainGroup
}

// A drainGroup is a template.
type drainGroup struct {
	id    int
	words []string
}

// drained groups by plain Drain, in the order of the messages.
func drained(messages []string) []int {
	root, found := &drainNode{}, 0
	groups := make([]int, len(messages))
	for i, s := range messages {
		words := strings.Fields(s)
		leaf := root.descend(words)
		g := leaf.nearest(words)
		if g == nil {
			g = &drainGroup{id: found, words: words}
			leaf.leaf = append(leaf.leaf, g)
			found++
		}
		g.take(words)
		groups[i] = g.id
	}
	return groups
}

// descend is the leaf for a message, which grows when it is not there.
func (n *drainNode) descend(words []string) *drainNode {
	n = n.child(strconv.Itoa(len(words)), len(words)+drainChildren+1)
	for _, w := range words[:min(drainWords, len(words))] {
		if strings.ContainsAny(w, "0123456789") {
			w = "<*>"
		}
		n = n.child(w, drainChildren)
	}
	return n
}

// child is the node for a word, or the one for all further words when there
// would be more than most.
func (n *drainNode) child(w string, most int) *drainNode {
	if n.children == nil {
		n.children = map[string]*drainNode{}
	}
	c := n.children[w]
	if c == nil && len(n.children) >= most-1 {
		w = "<*>"
		c = n.children[w]
	}
	if c == nil {
		c = &drainNode{}
		n.children[w] = c
	}
	return c
}

// nearest is the most similar template, nil when none is similar enough.
func (n *drainNode) nearest(words []string) *drainGroup {
	var best *drainGroup
	most, mostHoles := -1.0, -1
	for _, g := range n.leaf {
		same, holes := 0, 0
		for i, w := range g.words {
			switch w {
			case "<*>":
				holes++
			case words[i]:
				same++
			}
		}
		near := float64(same) / float64(max(len(words), 1))
		if near > most || near == most && holes > mostHoles {
			best, most, mostHoles = g, near, holes
		}
	}
	if most < drainSimilarity && len(words) > 0 {
		return nil
	}
	return best
}

// take makes the words that differ holes.
func (g *drainGroup) take(words []string) {
	own := make([]string, len(words))
	for i, w := range words {
		if own[i] = "<*>"; g.words[i] == w {
			own[i] = w
		}
	}
	g.words = own
}
