package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
)

// A mix is messages of one group and of one event.
type mix struct {
	group, event int
	count        int
	example      string
}

// printWrong prints the events that were split and the groups that hold several
// events, the largest first, with an example of what each holds.
func printWrong(w io.Writer, s set, groups []int, most int) {
	mixes := map[[2]int]*mix{}
	for i, g := range groups {
		m := mixes[[2]int{g, s.truth[i]}]
		if m == nil {
			m = &mix{group: g, event: s.truth[i], example: s.messages[i]}
			mixes[[2]int{g, s.truth[i]}] = m
		}
		m.count++
	}
	list := slices.SortedFunc(maps.Values(mixes), func(a, b *mix) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.example, b.example))
	})
	most = printShared(w, "split ", list, most, func(m *mix) int { return m.event })
	printShared(w, "merged", list, most, func(m *mix) int { return m.group })
}

// printShared prints those that share what by tells, and returns how many more
// may be printed.
func printShared(w io.Writer, what string, list []*mix, most int, by func(*mix) int) int {
	shared := map[int][]*mix{}
	var order []int
	for _, m := range list {
		if shared[by(m)] == nil {
			order = append(order, by(m))
		}
		shared[by(m)] = append(shared[by(m)], m)
	}
	for _, key := range order {
		if len(shared[key]) < 2 || most <= 0 {
			continue
		}
		most--
		fmt.Fprintf(w, "  %s %d\n", what, len(shared[key]))
		for _, m := range shared[key][:min(4, len(shared[key]))] {
			fmt.Fprintf(w, "    %5d  %.160q\n", m.count, m.example)
		}
	}
	return most
}
