package orderservice

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The scenarios by name.
const (
	OK         = "ok"
	Declined   = "declined"
	Timeout    = "timeout"
	RetryStorm = "retry-storm"
	SlowDB     = "slow-db"
	Panic      = "panic"
	Async      = "async"
	LostSpan   = "lost-span"
	LostParent = "lost-parent"
	Unsampled  = "unsampled"
	Untraced   = "untraced"
)

// A Scenario is one way an order can go.
type Scenario struct {
	Name  string
	About string // one line, for help texts
}

// Scenarios lists every scenario, the plain one first.
func Scenarios() []Scenario {
	return []Scenario{
		{OK, "the order goes through"},
		{Declined, "the payment is declined, at times after a retry"},
		{Timeout, "the order service gives up waiting; the inventory's work outlives its caller"},
		{RetryStorm, "the payment provider answers 503 for 6 to 30 attempts"},
		{SlowDB, "one database statement takes nearly all the time"},
		{Panic, "the payment service panics and recovers in its handler"},
		{Async, "workers go on after the order was answered, in its trace and in a linked one"},
		{LostSpan, "a span in the middle is lost in export; its children are orphans"},
		{LostParent, "the entry span is lost in export; the trace has no root"},
		{Unsampled, "the trace is not sampled: logs without spans"},
		{Untraced, "the inventory has no tracing: no spans, no IDs in its logs, and a trace breaks there"},
	}
}

// scenarioRank is the position of a scenario in Scenarios.
func scenarioRank(name string) int {
	return slices.IndexFunc(Scenarios(), func(s Scenario) bool { return s.Name == name })
}

// A Mix gives each scenario a weight. What is absent has weight 0.
type Mix map[string]float64

// DemoMix plays every scenario in twelve orders, the most telling one twice.
func DemoMix() Mix {
	m := make(Mix)
	for _, s := range Scenarios() {
		m[s.Name] = 1
	}
	m[Declined] = 2
	return m
}

// ProductionMix is a service on an ordinary bad day: nine orders in ten go
// through.
func ProductionMix() Mix {
	return Mix{
		OK: 900, Declined: 40, Timeout: 8, RetryStorm: 4, SlowDB: 12, Panic: 2, Async: 20,
		LostSpan: 4, LostParent: 3, Unsampled: 4, Untraced: 3,
	}
}

// ParseMix reads "declined" or "ok=90,declined=5,timeout=5".
func ParseMix(text string) (Mix, error) {
	m := make(Mix)
	for part := range strings.SplitSeq(text, ",") {
		name, weight, given := strings.Cut(strings.TrimSpace(part), "=")
		w := 1.0
		if given {
			var err error
			if w, err = strconv.ParseFloat(weight, 64); err != nil {
				return nil, fmt.Errorf("the weight %q of scenario %s is not a number", weight, name)
			}
		}
		if _, twice := m[name]; twice {
			return nil, fmt.Errorf("scenario %s is named twice", name)
		}
		m[name] = w
	}
	return m, m.check()
}

// check refuses unknown names, impossible weights, and a mix of nothing.
func (m Mix) check() error {
	var total float64
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if scenarioRank(name) < 0 {
			return unknown("scenario", name, scenarioNames())
		}
		if w := m[name]; w < 0 || math.IsNaN(w) || math.IsInf(w, 0) {
			return fmt.Errorf("the weight of scenario %s is %v, not a number from 0", name, w)
		}
		total += m[name]
	}
	if total == 0 || math.IsInf(total, 0) {
		return fmt.Errorf("the weights of the scenarios add up to %v", total)
	}
	return nil
}

func scenarioNames() []string {
	var names []string
	for _, s := range Scenarios() {
		names = append(names, s.Name)
	}
	return names
}

func unknown(what, name string, valid []string) error {
	return fmt.Errorf("unknown %s %q: it is one of %s", what, name, strings.Join(valid, ", "))
}

// A picker deals scenarios so that any run of orders holds each in proportion
// to its weight (smooth weighted round-robin): twelve orders of an even mix
// show them all, which independent draws would not.
type picker struct {
	names   []string
	weights []float64
	credit  []float64
	total   float64
}

func newPicker(m Mix) *picker {
	p := &picker{}
	for _, s := range Scenarios() {
		if w := m[s.Name]; w > 0 {
			p.names = append(p.names, s.Name)
			p.weights = append(p.weights, w)
			p.total += w
		}
	}
	p.credit = make([]float64, len(p.names))
	return p
}

func (p *picker) next() string {
	best := 0
	for i := range p.names {
		p.credit[i] += p.weights[i]
		if p.credit[i] > p.credit[best] {
			best = i
		}
	}
	p.credit[best] -= p.total
	return p.names[best]
}
