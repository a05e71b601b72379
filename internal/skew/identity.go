package skew

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/otrace/otrace/internal/trace"
)

// A claim is what an origin says its clock is: a machine, or a smaller thing
// that certainly has only one clock. Origins with equal claims are believed to
// share a clock until evidence refutes it, because cloned host IDs are common.
type claim struct {
	level claimLevel
	name  string
	set   string // when its clock was set, or "" before that
}

type claimLevel uint8

const (
	byHost claimLevel = iota
	byPod
	byProcess
	byService
)

// claimOf returns the origin's claim; learned is the host that other records
// name for it, if any.
func claimOf(o *trace.Origin, learned string) claim {
	switch {
	case learned != "" && (o.Host == "" || o.Host == o.Pod):
		return claim{level: byHost, name: learned}
	case o.Host != "":
		return claim{level: byHost, name: o.Host}
	case o.Pod != "":
		return claim{level: byPod, name: o.Pod}
	case o.Process != "":
		return claim{level: byProcess, name: o.Process}
	}
	return claim{level: byService, name: o.Service}
}

func compareClaims(a, b claim) int {
	return cmp.Or(cmp.Compare(a.level, b.level), strings.Compare(a.name, b.name), strings.Compare(a.set, b.set))
}

// A census tells which processes claim to share a clock.
type census struct {
	claims []claim // of each process
	group  []int32 // of each process
	groups [][]int32
}

// takeCensus groups processes by claim. Groups are in the claims' order.
func takeCensus(claims []claim) *census {
	c := &census{claims: claims, group: make([]int32, len(claims))}
	order := make([]int32, len(claims))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return compareClaims(claims[a], claims[b]) })
	for i, p := range order {
		if i == 0 || claims[order[i-1]] != claims[p] {
			c.groups = append(c.groups, nil)
		}
		last := len(c.groups) - 1
		c.groups[last] = append(c.groups[last], p)
		c.group[p] = int32(last)
	}
	return c
}

// tie adds the claims that can still be refuted to the solver: one node for
// every machine that several processes claim.
func (c *census) tie(s *solver, refuted []bool) {
	machine := int32(len(c.claims))
	for g, members := range c.groups {
		if len(members) < 2 || refuted[g] {
			continue
		}
		for _, p := range members {
			s.claim(p, machine, g)
		}
		machine++
	}
}

// machines counts the nodes that tie needs beside the processes.
func (c *census) machines() int {
	n := 0
	for _, members := range c.groups {
		if len(members) > 1 {
			n++
		}
	}
	return n
}

// An identity tells which clock each process has, refuted claims being split.
type identity struct {
	of    []int32 // each process's clock
	claim []int32 // each clock's claim
	first []int32 // the process that each clock is named after
	split []bool  // whether the clock's claim was refuted
	plain bool    // every process has the clock of its own number
}

// clocks numbers the clocks that remain when refuted claims are split.
func (c *census) clocks(refuted []bool) *identity {
	ids := &identity{of: make([]int32, len(c.claims))}
	if c.machines() == 0 {
		ids.claim, ids.split, ids.plain = c.group, make([]bool, len(c.claims)), true
		for p := range ids.of {
			ids.of[p] = int32(p)
		}
		ids.first = ids.of
		return ids
	}
	for g, members := range c.groups {
		for i, p := range members {
			if i == 0 || refuted[g] {
				ids.claim = append(ids.claim, int32(g))
				ids.first = append(ids.first, p)
				ids.split = append(ids.split, refuted[g])
			}
			ids.of[p] = int32(len(ids.claim) - 1)
		}
	}
	return ids
}

// weigh sums the processes' weights by clock.
func (ids *identity) weigh(weight []int) []int {
	sum := make([]int, len(ids.claim))
	for p, n := range weight {
		sum[ids.of[p]] += n
	}
	return sum
}

// name names a clock by its claim, or, when that was refuted, by what tells
// its process apart.
func (ids *identity) name(clock int32, processes []trace.Origin, c *census) string {
	o := &processes[ids.first[clock]]
	claim := &c.claims[ids.first[clock]]
	claimed, set := claim.name, claim.set
	if !ids.split[clock] {
		return claimed + set
	}
	for _, name := range [...]string{o.Pod, o.Process} {
		if name != "" && name != claimed {
			return name + set
		}
	}
	if o.Service == "" || o.Service == claimed {
		return claimed + set
	}
	return o.Service + "@" + claimed + set
}

// distinguish numbers clocks of the same name: a service may be called like
// another's host.
func distinguish(clocks []Clock) {
	taken := make(map[string]int, len(clocks))
	for i := range clocks {
		taken[clocks[i].Name]++
	}
	seen := make(map[string]int)
	for i := range clocks {
		name := clocks[i].Name
		if taken[name] < 2 {
			continue
		}
		if seen[name]++; seen[name] == 1 {
			continue
		}
		unique := name
		for n := seen[name]; taken[unique] > 0; n++ {
			unique = name + "#" + strconv.Itoa(n)
		}
		taken[unique]++
		clocks[i].Name = unique
	}
}

func compareNames(a, b *Clock) int { return strings.Compare(a.Name, b.Name) }
