package main

import (
	"fmt"
	"io"

	"github.com/otrace/otrace/internal/triage"
	"github.com/otrace/otrace/internal/triage/accuracy/wild"
)

// A method is a way to make groups of a story.
type method uint8

const (
	otrace method = iota
	everyFailed
	topmost
	numMethods
)

func (m method) String() string { return [...]string{"otrace", "every failed", "topmost"}[m] }

func (m method) judge(s *wild.Story) wild.Outcome {
	switch m {
	case everyFailed:
		return s.Judge(s.EveryFailed())
	case topmost:
		return s.Judge(s.Topmost())
	}
	_, piles := s.Triage()
	return s.Judge(piles)
}

const columns = "                 causes  found  split  merged  missed  wrong root  misplaced  wrong flag  unnamed  invented  strays\n"

// printAll measures and prints one world after the other, and the sum.
func printAll(w io.Writer, o *options, chosen []wild.World) {
	fmt.Fprintf(w, "%d worlds, each played %d times, seeds from %d: an hour after a day\n", len(chosen), o.seeds, o.seed)
	var sum [numMethods]wild.Outcome
	for i := range chosen {
		of := measure(&chosen[i], o)
		fmt.Fprintf(w, "\n%s: %s\n", chosen[i].Name, chosen[i].What)
		if chosen[i].Beyond != "" {
			fmt.Fprintf(w, "  (%s)\n", chosen[i].Beyond)
		}
		printOutcomes(w, &of)
		for m := range numMethods {
			sum[m].Add(of[m])
		}
		if o.show {
			printGroups(w, &chosen[i], o.seed)
		}
	}
	fmt.Fprint(w, "\nall worlds\n")
	printOutcomes(w, &sum)
}

func measure(world *wild.World, o *options) (of [numMethods]wild.Outcome) {
	for n := range o.seeds {
		s := world.Play(o.seed + uint64(n))
		for m := range numMethods {
			of[m].Add(m.judge(s))
		}
	}
	return of
}

func printOutcomes(w io.Writer, of *[numMethods]wild.Outcome) {
	fmt.Fprint(w, columns)
	for m := range numMethods {
		x := &of[m]
		fmt.Fprintf(w, "  %-14s %6d %6d %6d %7d %7d %11d %10d %11d %8d %9d %6.2f%%\n", m, x.Causes, x.Found, x.Split, x.Merged,
			x.Missed, x.WrongRoot, x.Misplaced, x.WrongFlag, x.Unnamed, x.Invented, 100*float64(x.Strays)/float64(max(x.Seen, 1)))
	}
}

// printGroups lists what otrace makes of a world.
func printGroups(w io.Writer, world *wild.World, seed uint64) {
	r, _ := world.Play(seed).Triage()
	for _, list := range []struct {
		name   string
		groups []triage.Group
	}{{"", r.Groups}, {"expected ", r.Expected}} {
		for i := range list.groups {
			g := &list.groups[i]
			fmt.Fprintf(w, "    %s%s %s: %s %q %q, %q callee %q: %d traces, %d absorbed, %d logs, before %d %q\n", list.name, g.Flag, g.Kind,
				g.Service, g.Operation, g.Class, g.Detail, g.Callee, g.Traces, g.Absorbed, g.Logs, g.BaselineTraces, g.Frames)
		}
	}
}
