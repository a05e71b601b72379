package main

import "github.com/otrace/otrace/internal/template"

// A method puts messages into groups.
type method struct {
	name  string
	group func(messages []string) []int
}

// methods are those that are compared, ours first.
func methods() []method {
	return []method{
		{"otrace", mined},
		{"masks alone", masked},
		{"plain Drain, depth 4, .4", drained},
	}
}

// mined groups by the templates of the miner.
func mined(messages []string) []int {
	var m template.Miner
	groups := make([]int, len(messages))
	for i, s := range messages {
		groups[i] = int(m.Add(s))
	}
	t := m.Templates()
	for i, f := range groups {
		groups[i] = t.Of(template.Form(f))
	}
	return groups
}

// masked groups by the miner's forms, before any are merged.
func masked(messages []string) []int {
	var m template.Miner
	groups := make([]int, len(messages))
	for i, s := range messages {
		groups[i] = int(m.Add(s))
	}
	return groups
}
