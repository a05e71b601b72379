package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
)

// printAll measures every method over every file and prints a row each, and
// the means of all files.
func printAll(w io.Writer, files []string, wrong int) error {
	list := methods()
	fmt.Fprintf(w, "%-14s %9s %6s", "", "messages", "events")
	for _, m := range list {
		fmt.Fprintf(w, "   %-30s", m.name)
	}
	fmt.Fprintf(w, "\n%31s%s\n", "", strings.Repeat(fmt.Sprintf("   %5s %5s %6s %10s ", "GA", "FGA", "found", "a second"), len(list)))
	sums := make([]score, len(list))
	for _, file := range files {
		set, err := read(file)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-14s %9d %6d", title(file), len(set.messages), set.events)
		for i, m := range list {
			began := time.Now()
			groups := m.group(set.messages)
			rate := float64(len(groups)) / max(time.Since(began), 1).Seconds()
			s := grade(groups, set.truth)
			sums[i].add(s)
			fmt.Fprintf(w, "   %5.3f %5.3f %6d %10.0f ", s.ga, s.fga, s.found, rate)
		}
		fmt.Fprintln(w)
		if wrong > 0 {
			printWrong(w, set, list[0].group(set.messages), wrong)
		}
	}
	fmt.Fprintf(w, "%-31s", fmt.Sprintf("mean of %d", len(files)))
	for _, s := range sums {
		n := float64(len(files))
		fmt.Fprintf(w, "   %5.3f %5.3f %6.0f %10s ", s.ga/n, s.fga/n, float64(s.found)/n, "")
	}
	fmt.Fprintln(w)
	return nil
}

// title is the name of a file's system.
func title(file string) string {
	name := strings.TrimSuffix(filepath.Base(file), ".csv")
	for _, end := range []string{"_structured", ".log", "_full", "_2k"} {
		name = strings.TrimSuffix(name, end)
	}
	return name
}
