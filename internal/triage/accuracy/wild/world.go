// Package wild plays services that fail in known ways: many small worlds, each
// with its own conventions, languages and faults, in which it is known where
// every failure began. Judge tells how near a report comes to that.
package wild

import (
	"slices"
	"time"

	"github.com/otrace/otrace/internal/triage"
)

// A World is a few services, what goes wrong in them, and what of it is seen.
type World struct {
	Name, What string
	Causes     []Cause
	Scenes     []Scene

	Lose      float64       // chance that a span is lost on its way
	Headless  float64       // chance that a trace's first span is
	LoseLogs  float64       // chance that a log line is
	Unsampled float64       // chance that a trace has logs and no spans
	Dark      []string      // services that leave no spans
	Skew      time.Duration // hosts' clocks are off by as much, either way
	NoFlags   bool          // times are so far off that no flag can be judged
	Beyond    string        // what the evidence does not tell, where a cause cannot be found whole
}

// A Cause is something that goes wrong, and where a report is to show it.
type Cause struct {
	Name               string
	Service, Operation string
	Expected           bool
	Absorbed           bool
	Torn               bool // absorbed in some traces, which the evidence does not tell of others
	LogOnly            bool
	Stands             string // what stands out, as in service.version=7
}

// A Scene is a kind of request, drawn as a picture (see parse), and how often
// it comes: steadily, more and more, or since now.
type Scene struct {
	Flag    triage.Flag
	Picture string
}

// rates are how often a scene is played in a slice of the baseline, on average,
// and in the window.
func (s *Scene) rates() (before float64, now int) {
	switch s.Flag {
	case triage.New:
		return 0, 9
	case triage.Rising:
		return 2, 16
	}
	return 7, 7
}

// All are all worlds.
func All() []World {
	return slices.Concat(protocols(), stacked(), spoken(), waiting(), queues(), stores(), partial(), shapes(), lines(), odd())
}

// cause finds a cause by name.
func (w *World) cause(name string) int {
	return slices.IndexFunc(w.Causes, func(c Cause) bool { return c.Name == name })
}

// at is a cause that begins at an operation of a service.
func at(name, service, operation string) Cause {
	return Cause{Name: name, Service: service, Operation: operation}
}

func (c Cause) expected() Cause {
	c.Expected = true
	return c
}

func (c Cause) absorbed() Cause {
	c.Absorbed = true
	return c
}

func (c Cause) torn() Cause {
	c.Torn = true
	return c
}

func (c Cause) logOnly() Cause {
	c.LogOnly = true
	return c
}

func (c Cause) stands(out string) Cause {
	c.Stands = out
	return c
}

func steady(picture string) Scene { return Scene{triage.Steady, picture} }
func rising(picture string) Scene { return Scene{triage.Rising, picture} }
func since(picture string) Scene  { return Scene{triage.New, picture} }
