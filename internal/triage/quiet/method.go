package main

import "github.com/otrace/otrace/internal/triage"

// A method is a way to tell what is new and what is rising.
type method uint8

const (
	lastHour method = iota // twice as much as in the hour before
	daysMean               // twice as much as in the baseline's mean
	otrace
	byTraffic // otrace, which is told how much traffic there was
	numMethods
)

func (m method) String() string {
	return [...]string{"last hour", "day's mean", "otrace", "+ traffic"}[m]
}

// flags lets a method judge all groups of an hour.
func (m method) flags(series []triage.Series) []triage.Flag {
	switch m {
	case otrace:
		blind := make([]triage.Series, len(series))
		for i, s := range series {
			s.Traffic = nil
			blind[i] = s
		}
		return triage.Flags(blind)
	case byTraffic:
		return triage.Flags(series)
	}
	flags := make([]triage.Flag, len(series))
	for i := range series {
		before := series[i].Baseline
		if m == lastHour {
			before = before[len(before)-1:]
		}
		flags[i] = naive(before, series[i].Window)
	}
	return flags
}

// naive has the same least counts as otrace, and the same least ratio.
func naive(before []float64, now float64) triage.Flag {
	sum := 0.0
	for _, n := range before {
		sum += n
	}
	switch {
	case sum == 0 && now >= 3:
		return triage.New
	case sum > 0 && now >= 5 && now >= 2*sum/float64(len(before)):
		return triage.Rising
	}
	return triage.Steady
}
